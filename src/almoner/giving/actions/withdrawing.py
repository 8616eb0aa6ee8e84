"""A debit that was asked for ahead is stopped at its gateway, while the banks don't have it yet."""

import uuid

from almoner.giving.actions.looking import absorb, look
from almoner.giving.models import Gift
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES, State


def stop(attempt_id: uuid.UUID) -> bool | None:
    """Whether it is stopped; None while its gateway may still be making it. `plans.hooks.stop`. Harmless to repeat.

    Raises `GatewayError`.
    """
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.gateway_id is None:
        attempt = look(attempt_id, code="withdrawn")
    if attempt.state in OPEN_STATES:
        if attempt.gateway_id is None:
            return None
        answer = gateways.gateway(attempt.gateway, attempt.account).cancel(attempt.gateway_id)
        crash_point("withdraw.after-call")
        gift = Gift.objects.get(pk=attempt.gift_id)
        attempt = absorb(gift, attempt, answer, code="withdrawn")
    return attempt.state in (State.CANCELLED, State.FAILED)
