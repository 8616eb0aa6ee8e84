"""A charge that the donor's bank questions: asked for at the gateway, and booked."""

from django.db import transaction

from almoner.giving.actions.looking import look
from almoner.giving.actions.sweeping import attempt_of
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import disputes, gateways
from almoner.payments.progress import AmountsDiffer
from almoner.payments.transitions import OPEN_STATES


def look_at_dispute(gateway: str, account: str, gateway_id: str) -> bool:
    """A reason to look at a dispute; False when we don't know its charge (yet).

    Raises `AnswerLost` or `TryLater`, `NotOurs`, or `AmountsDiffer` when more is disputed than was paid; the gift is
    flagged then.
    """
    answer = gateways.gateway(gateway, account).retrieve_dispute(gateway_id)
    attempt = attempt_of(gateway, account, answer.charge_id)
    if attempt is None:
        return False
    if attempt.state in OPEN_STATES:
        # It was paid, and told of it is not yet: the charge comes first.
        attempt = look(attempt.pk, code="webhook")
    try:
        with transaction.atomic():
            disputes.absorb(attempt.pk, answer, at=now())
    except AmountsDiffer:
        Gift.objects.filter(pk=attempt.gift_id).update(flag="amounts_differ")
        raise
    return True
