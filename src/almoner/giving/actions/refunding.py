"""Money given back: asked for by staff, or found at the gateway. Never sent twice, whatever answer is lost."""

import uuid
from contextlib import suppress

from django.db import transaction

from almoner.charities import audit
from almoner.giving.actions.following import follow_refund
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways, progress, refunds
from almoner.payments.gateways.port import AnswerLost, GatewayError, RefundAnswer, Refused, Status, TryLater
from almoner.payments.models import Attempt, Refund
from almoner.payments.progress import AmountsDiffer, Moved
from almoner.payments.transitions import RefundState


class NotStuck(ValueError):
    """The refund's outcome isn't left to a person (any more); the message says why, for staff."""


def refund(
    *,
    gift_id: uuid.UUID,
    amount_minor: int,
    reason: str,
    actor: audit.Actor,
    refund_id: uuid.UUID | None = None,
) -> Refund:
    """Give back all or part of a paid gift. Raises `NotRefundable`; the outcome is in the refund's state.

    The same `refund_id` again asks for no other: it returns the first one, as it stands.
    """
    asked_before = Refund.objects.filter(pk=refund_id).first() if refund_id is not None else None
    if asked_before is not None:
        return asked_before
    with transaction.atomic():
        gift = Gift.objects.select_related("charity").get(pk=gift_id)
        attempt = _to_refund(gift_id)
        _check_capable(attempt, amount_minor)
        asked = refunds.request(
            attempt.pk,
            amount_minor=amount_minor,
            reason=reason,
            by_id=actor.pk,
            at=now(),
            refund_id=refund_id,
        )
        audit.record(
            actor=actor,
            charity=gift.charity,
            action="refund gift",
            object_type="gift",
            object_id=gift.pk,
            detail={"amount_minor": amount_minor, "currency": gift.currency, "refund": str(asked.pk)},
        )
    crash_point("refund.after-intent")
    return send_refund(asked.pk, first=True)


def _to_refund(gift_id: uuid.UUID) -> Attempt:
    attempt, _ = refunds.to_refund(Attempt.objects.filter(gift_id=gift_id))
    if attempt is None:
        raise refunds.NotRefundable("Only a gift that was paid can be refunded.")
    return attempt


def _check_capable(attempt: Attempt, amount_minor: int) -> None:
    """Whether the gateway can do it at all: known before anything is saved."""
    try:
        able = gateways.gateway(attempt.gateway, attempt.account).capabilities()
    except gateways.GatewayUnknown:
        raise refunds.NotRefundable("The payment service of this gift is no longer set up here.") from None
    if not able.refunds:
        raise refunds.NotRefundable(
            "This payment service gives nothing back. Pay the donor another way, and book it there."
        )
    if not able.partial_refunds and amount_minor != attempt.settled_minor:
        raise refunds.NotRefundable("This payment service gives back the whole amount or nothing.")


def send_refund(refund_id: uuid.UUID, *, first: bool = False) -> Refund:
    """Ask the gateway for a refund, or how it went. `first` is the very first call for it: only that one's refusal
    means that nothing was given back, for of a repeat the first call may have been executed all the same."""
    asked = Refund.objects.select_related("attempt").get(pk=refund_id)
    try:
        answer = _ask(asked, first=first)
    except (AnswerLost, TryLater):
        return _without_money(asked, "unknown", code="answer_lost")
    except Refused:
        return _without_money(asked, "failed" if first else "unknown", code="refused")
    if answer is None:
        return _without_money(asked, "unknown", code="not_found")
    crash_point("refund.after-call")
    return _settle(asked, answer)


def refund_not_made(*, refund_id: uuid.UUID, checked: str, actor: audit.Actor) -> Refund:
    """A person looked at the gateway, and it never made this refund: it failed, and its money may be asked for again.

    `checked` says who looked, and when. Raises `NotStuck` while we may still send the refund ourselves, and when the
    gateway, which is asked once more first, knows of it.
    """
    asked = Refund.objects.select_related("attempt").get(pk=refund_id)
    if not is_stuck(asked):
        raise NotStuck("This refund does not wait for a person.")
    with suppress(gateways.GatewayUnknown, GatewayError):
        answer = _ask(asked, first=False)
        if answer is not None:
            _settle(asked, answer)
            raise NotStuck("The payment service knows of this refund. See how it stands now.")
    try:
        with transaction.atomic():
            failed = refunds.move(asked, "failed", at=now(), code="staff").refund
            _record_not_made(failed, checked=checked, actor=actor)
    except Moved:
        raise NotStuck("Somebody else, or the payment service, has settled this refund just now.") from None
    return failed


def is_stuck(asked: Refund) -> bool:
    """Whether nobody but a person can say how a refund went: it is unknown, and too old for us to send it again."""
    age = now() - asked.created_at
    return asked.state == RefundState.UNKNOWN and age > progress.GIVE_UP_AFTER


def _record_not_made(failed: Refund, *, checked: str, actor: audit.Actor) -> None:
    gift = Gift.objects.select_related("charity").get(pk=failed.attempt.gift_id)
    audit.record(
        actor=actor,
        charity=gift.charity,
        action="refund was not made",
        object_type="gift",
        object_id=gift.pk,
        detail={
            "amount_minor": failed.amount_minor,
            "currency": failed.currency,
            "refund": str(failed.pk),
            "checked": checked,
        },
    )


def catch_up(attempt_id: uuid.UUID) -> None:
    """Ask for every refund of a charge: ours may be done or have bounced, and some may have been made at the gateway.

    Raises `GatewayError`, or `AmountsDiffer` when more was given back than was paid; the gift is flagged then.
    """
    attempt = Attempt.objects.get(pk=attempt_id)
    gateway = gateways.gateway(attempt.gateway, attempt.account)
    if attempt.gateway_id is None or gateway.capabilities().by_hand:
        return
    ours = {
        name: each
        for each in attempt.refunds.select_related("attempt")
        for name in (str(each.pk), each.gateway_id)
    }
    for answer in gateway.refunds_of(attempt.gateway_id):
        known = ours.get(answer.gateway_id) or ours.get(answer.key)
        if known is not None:
            _settle(known, answer)
        elif answer.status != Status.FAILED:
            _adopt(attempt, answer)


def _ask(asked: Refund, *, first: bool) -> RefundAnswer | None:
    """What the gateway says of a refund; None when it has none and may no longer be asked for one, since it may have
    forgotten the key by now: a person has to look."""
    attempt, key = asked.attempt, str(asked.pk)
    gateway = gateways.gateway(attempt.gateway, attempt.account)
    if asked.gateway_id is not None:
        return gateway.retrieve_refund(asked.gateway_id)
    charge_id = attempt.gateway_id or ""
    if not first:
        found = gateway.find_refund(charge_id, key=key)
        too_late = now() - asked.created_at > progress.GIVE_UP_AFTER and not gateway.capabilities().by_hand
        if found is not None or too_late:
            return found
    return gateway.refund(charge_id, key=key, amount_minor=asked.amount_minor, currency=asked.currency)


def _settle(asked: Refund, answer: RefundAnswer) -> Refund:
    try:
        with transaction.atomic():
            change = refunds.apply_status(asked, answer.status, answer.gateway_id, at=now())
            follow_refund(asked.attempt, change)
    except Moved:
        return Refund.objects.get(pk=asked.pk)
    except AmountsDiffer:
        _flag(asked.attempt)
        raise
    crash_point("refund.after-commit")
    return change.refund


def _adopt(attempt: Attempt, answer: RefundAnswer) -> None:
    try:
        with transaction.atomic():
            follow_refund(attempt, refunds.adopt(attempt.pk, answer, at=now()))
    except AmountsDiffer:
        _flag(attempt)
        raise


def _flag(attempt: Attempt) -> None:
    Gift.objects.filter(pk=attempt.gift_id).update(flag="amounts_differ")


def _without_money(asked: Refund, event: str, *, code: str) -> Refund:
    """Commit a move that brings no money; one that is unknown already is asked about later."""
    if asked.state == event:
        refunds.postpone(asked.pk, at=now())
        return asked
    try:
        with transaction.atomic():
            return refunds.move(asked, event, at=now(), code=code).refund
    except Moved:
        return Refund.objects.get(pk=asked.pk)
