"""A charge that the donor's bank questions: asked for at the gateway, booked, and its receipt kept in step."""

from django.db import transaction

from almoner.giving.actions.following import follow_dispute, plan_of
from almoner.giving.actions.looking import look
from almoner.giving.actions.sweeping import NotOurs, attempt_of
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import disputes, gateways
from almoner.payments.gateways.port import Refused
from almoner.payments.progress import AmountsDiffer


def look_at_dispute(gateway: str, account: str, gateway_id: str) -> bool:
    """A reason to look at a dispute; False when we don't know its charge (yet).

    Raises `AnswerLost` or `TryLater`, `NotOurs`, or `AmountsDiffer` when more is disputed than was paid; the gift is
    flagged then.
    """
    try:
        answer = gateways.gateway(gateway, account).retrieve_dispute(gateway_id)
    except Refused as refused:
        # It is about something that its gateway took for somebody else.
        raise NotOurs(gateway_id) from refused
    crash_point("dispute.after-retrieve")
    attempt = attempt_of(gateway, account, answer.charge_id)
    if attempt is None:
        return False
    if attempt.settled_minor is None:
        # It was paid, and that isn't told of yet, or it was given up here before its name was known: the charge comes
        # first.
        attempt = look(attempt.pk, code="webhook", told_id=answer.charge_id)
    gift = Gift.objects.get(pk=attempt.gift_id)
    try:
        with transaction.atomic():
            plan = plan_of(gift)
            follow_dispute(attempt, disputes.absorb(attempt.pk, answer, at=now()), plan)
            crash_point("dispute.before-commit")
    except AmountsDiffer:
        Gift.objects.filter(pk=attempt.gift_id).update(flag="amounts_differ")
        raise
    crash_point("dispute.after-commit")
    return True
