"""What is open is asked about until it is known; and what a gateway tells of, whether it is open or not."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from almoner.giving.actions.looking import look
from almoner.giving.actions.refunding import catch_up, send_refund
from almoner.kernel.clock import now
from almoner.outbox.faults import place_of
from almoner.payments import gateways, progress, refunds
from almoner.payments.gateways.port import Refused
from almoner.payments.models import Attempt, Refund

_log = logging.getLogger(__name__)


class NotOurs(LookupError):
    """The gateway has it, and this installation did not make it: the account is shared with something else."""


def look_at_due(limit: int = 100) -> int:
    """The sweep: ask about every open attempt and refund whose time has come. Returns how many were asked about."""
    at = now()
    attempts = list(
        Attempt.objects.filter(look_at__lte=at).order_by("look_at").values_list("pk", flat=True)[:limit]
    )
    for attempt_id in attempts:
        _each("attempt", attempt_id, lambda pk: look(pk, code="sweep"), progress.postpone)
    asked = list(
        Refund.objects.filter(look_at__lte=at).order_by("look_at").values_list("pk", flat=True)[:limit]
    )
    for refund_id in asked:
        _each("refund", refund_id, send_refund, refunds.postpone)
    return len(attempts) + len(asked)


def look_by_gateway_id(gateway: str, account: str, gateway_id: str) -> bool:
    """A reason to look at a charge, settled or not, and at its refunds; False when we have neither (yet).

    Raises `NotOurs`, besides what the gateway raises.
    """
    attempt = attempt_of(gateway, account, gateway_id)
    if attempt is None:
        return False
    look(attempt.pk, code="webhook", told_id=gateway_id)
    catch_up(attempt.pk)
    return True


def attempt_of(gateway: str, account: str, gateway_id: str) -> Attempt | None:
    """The attempt whose object this is. One that we don't know by this name is asked for its key: it may have overtaken
    our commit, or be the page that a charge came from. Raises `NotOurs` when somebody else made it."""
    found = _of_object(gateway, account, gateway_id)
    if found is not None:
        return found
    try:
        key = gateways.gateway(gateway, account).retrieve(gateway_id).key
    except (Refused, gateways.GatewayUnknown):
        return None
    if key == "":
        raise NotOurs(gateway_id)
    return Attempt.objects.filter(pk=uuid.UUID(key), gateway=gateway).first() if key else None


def _of_object(gateway: str, account: str, gateway_id: str) -> Attempt | None:
    """The attempt whose charge this is, or one of whose refunds. An empty account is the gateway's own."""
    accounts = ("", account)
    attempts = Attempt.objects.filter(gateway=gateway, account__in=accounts)
    found = attempts.filter(gateway_id=gateway_id).first()
    return found if found is not None else attempts.filter(refunds__gateway_id=gateway_id).first()


def _each(
    what: str, pk: uuid.UUID, ask: Callable[[uuid.UUID], object], postpone: Callable[..., None]
) -> None:
    """One row of a sweep. Whatever goes wrong with it, it is put off and stands in no other's way."""
    at: datetime = now()
    try:
        ask(pk)
    except Exception as fault:  # noqa: BLE001 (a bug that one row wakes must not stop the others)
        _log.warning("%s %s could not be asked about: %s", what, pk, place_of(fault))
        postpone(pk, at=at)
