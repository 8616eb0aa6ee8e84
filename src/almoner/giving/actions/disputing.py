"""A charge that the donor's bank questions: asked for, answered, booked, and its receipt kept in step."""

import uuid

from django.db import transaction

from almoner.giving.actions.following import follow_dispute, plan_of
from almoner.giving.actions.looking import look
from almoner.giving.actions.sweeping import NotOurs, attempt_of
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import disputes, gateways, replies
from almoner.payments.gateways.port import Contests, DisputeAnswer, DisputeStatus, Evidence, Refused
from almoner.payments.models import Attempt, DisputeReply
from almoner.payments.progress import AmountsDiffer

_TAKES_ANSWERS = (DisputeStatus.INQUIRY, DisputeStatus.NEEDS_RESPONSE)


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
    _book(attempt, answer)
    return True


def send_reply(reply_id: uuid.UUID, evidence: Evidence) -> DisputeReply:
    """Send what staff said to a dispute, once, and book what comes of it. One that was sent before, and whose answer
    was lost, is not sent again: the gateway no longer waits for one.

    Raises `AnswerLost` or `TryLater`.
    """
    reply = DisputeReply.objects.select_related("dispute__attempt").get(pk=reply_id)
    dispute, attempt = reply.dispute, reply.dispute.attempt
    if reply.state != DisputeReply.State.ASKED:
        return reply
    gateway = gateways.gateway(attempt.gateway, attempt.account)
    answer = gateway.retrieve_dispute(dispute.gateway_id)
    state = DisputeReply.State.SENT
    if answer.status in _TAKES_ANSWERS and isinstance(gateway, Contests):
        try:
            if reply.kind == DisputeReply.Kind.ACCEPT:
                answer = gateway.accept_dispute(dispute.gateway_id, key=str(reply.pk))
            else:
                answer = gateway.submit_evidence(dispute.gateway_id, evidence)
        except Refused:
            state = DisputeReply.State.REFUSED
        crash_point("reply.after-call")
    _book(attempt, answer, reply_id=reply.pk, reply_state=state)
    return DisputeReply.objects.get(pk=reply.pk)


def _book(
    attempt: Attempt,
    answer: DisputeAnswer,
    *,
    reply_id: uuid.UUID | None = None,
    reply_state: DisputeReply.State = DisputeReply.State.SENT,
) -> None:
    """What the gateway says of a dispute, and that our reply is sent: one commit."""
    gift = Gift.objects.get(pk=attempt.gift_id)
    try:
        with transaction.atomic():
            plan = plan_of(gift)
            follow_dispute(attempt, disputes.absorb(attempt.pk, answer, at=now()), plan)
            if reply_id is not None:
                replies.end(reply_id, reply_state, at=now())
            crash_point("dispute.before-commit")
    except AmountsDiffer:
        Gift.objects.filter(pk=attempt.gift_id).update(flag="amounts_differ")
        raise
    crash_point("dispute.after-commit")
