"""Refunds: asked for, sent to the gateway, and booked when it says so."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Sum

from almoner.kernel.cards import scrub
from almoner.ledger.books import Entry, post
from almoner.payments.gateways.port import RefundAnswer, Status
from almoner.payments.models import Attempt, Refund, RefundEvent
from almoner.payments.progress import AmountsDiffer, Moved, holding_account, wait_before
from almoner.payments.transitions import (
    HELD_DISPUTE_STATES,
    OPEN_REFUND_STATES,
    REFUNDING_EVENTS,
    RefundState,
    State,
    next_refund_state,
)

MADE_THERE: Final = "made at the gateway"
_EVENT_OF = {Status.SUCCEEDED: "succeeded", Status.FAILED: "failed"}


class NotRefundable(ValueError):
    """The attempt has no money left to give back; the message says why, for staff."""


@dataclass(frozen=True, slots=True)
class RefundChange:
    """`delta_minor`: what the gift's refunded total changes by (negative when a refund bounced back)."""

    refund: Refund
    event: str | None
    delta_minor: int


def refundable_minor(attempt: Attempt) -> int:
    """What may still be given back: settled, less refunds done and under way, and less what the bank has taken."""
    if attempt.state != State.SUCCEEDED:
        return 0
    taken = (
        attempt.refunds.exclude(state=RefundState.FAILED).aggregate(total=Sum("amount_minor"))["total"] or 0
    )
    held = attempt.disputes.filter(state__in=HELD_DISPUTE_STATES).aggregate(total=Sum("amount_minor"))[
        "total"
    ]
    return max((attempt.settled_minor or 0) - int(taken) - int(held or 0), 0)


def to_refund(attempts: Iterable[Attempt]) -> tuple[Attempt | None, int]:
    """Of a gift's attempts, the one that its next refund comes from, and what it has left: the newest paid one that has
    anything, so that of a gift paid twice the second payment goes first. None when none is paid."""
    paid = sorted(
        (each for each in attempts if each.state == State.SUCCEEDED), key=lambda each: -each.ordinal
    )
    for attempt in paid:
        if left_minor := refundable_minor(attempt):
            return attempt, left_minor
    return (paid[0] if paid else None), 0


def request(
    attempt_id: uuid.UUID,
    *,
    amount_minor: int,
    reason: str,
    by_id: int | None,
    at: datetime,
    refund_id: uuid.UUID | None = None,
) -> Refund:
    """Save the intent. Locks the attempt, so that two refunds can't both take what is left. `refund_id`: its name,
    where the caller has one."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    left = refundable_minor(attempt)
    if attempt.state != State.SUCCEEDED:
        raise NotRefundable("Only a gift that was paid can be refunded.")
    if not 0 < amount_minor <= left:
        raise NotRefundable(
            "That is more than is left of this gift." if left else "Nothing is left to refund."
        )
    return _insert(attempt, amount_minor, reason=scrub(reason), by_id=by_id, at=at, refund_id=refund_id)


def _insert(
    attempt: Attempt,
    amount_minor: int,
    *,
    reason: str,
    by_id: int | None,
    at: datetime,
    refund_id: uuid.UUID | None = None,
) -> Refund:
    refund = Refund.objects.create(
        id=refund_id or uuid.uuid4(),
        attempt=attempt,
        amount_minor=amount_minor,
        currency=attempt.currency,
        reason=reason,
        requested_by_id=by_id,
        created_at=at,
        updated_at=at,
    )
    move(refund, "submitted", at=at)
    return refund


def move(refund: Refund, event: str, *, at: datetime, code: str = "", **changes: Any) -> RefundChange:
    """One step along the table, with its event and postings. Raises `IllegalMove` or `Moved`."""
    before = refund.state
    after = next_refund_state(before, event)
    changes |= {
        "state": after,
        "updated_at": at,
        "look_at": _next_look_at(after, refund.looks, at),
    }
    if not Refund.objects.filter(pk=refund.pk, state=before).update(**changes):
        raise Moved(str(refund.pk))
    RefundEvent.objects.create(refund=refund, name=event, from_state=before, to_state=after, at=at, code=code)
    for name, value in changes.items():
        setattr(refund, name, value)
    delta_minor = _post(refund, before, after, at=at)
    return RefundChange(refund, event, delta_minor)


def apply_status(refund: Refund, status: Status, gateway_id: str, *, at: datetime) -> RefundChange:
    """Move a refund by what its gateway said; PROCESSING is no news.

    Raises `AmountsDiffer` when one that was held for failed proves done, and with it more went back than came in:
    nothing is booked, and a person has to look.
    """
    event = _EVENT_OF.get(status)
    if event is None or refund.state == event:
        _looked(refund, at=at, gateway_id=gateway_id)
        return RefundChange(refund, None, 0)
    if refund.state == RefundState.FAILED:
        # What it would have given back may have been refunded anew meanwhile.
        event = "corrected"
        _check_left(
            Attempt.objects.select_for_update().get(pk=refund.attempt_id),
            refund.amount_minor,
            refund.currency,
        )
    return move(refund, event, at=at, gateway_id=gateway_id)


def adopt(attempt_id: uuid.UUID, answer: RefundAnswer, *, at: datetime) -> RefundChange:
    """Book a refund that somebody made in the gateway's dashboard. Harmless to repeat.

    Raises `AmountsDiffer` when it is more than the attempt ever had: nothing is booked, and a person has to look.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    known = attempt.refunds.filter(gateway_id=answer.gateway_id).first()
    if known is not None:
        return RefundChange(known, None, 0)
    _check_left(attempt, answer.amount_minor, answer.currency)
    refund = _insert(attempt, answer.amount_minor, reason=MADE_THERE, by_id=None, at=at)
    return apply_status(refund, answer.status, answer.gateway_id, at=at)


def _check_left(attempt: Attempt, amount_minor: int, currency: str) -> None:
    """Raises `AmountsDiffer` unless the attempt, locked by the caller, has as much left beside what was given back."""
    done = attempt.refunds.filter(state=RefundState.SUCCEEDED).aggregate(total=Sum("amount_minor"))["total"]
    left_minor = (attempt.settled_minor or 0) - (done or 0)
    if amount_minor > left_minor or currency != attempt.currency:
        raise AmountsDiffer(
            f"attempt {attempt.pk}: the gateway gave back {amount_minor} {currency}, "
            f"{left_minor} {attempt.currency} are left"
        )


def refund_entry(*, gateway: str, income_code: str, amount_minor: int, failed: bool, turn: int = 1) -> Entry:
    """What a refund posts; one that bounced posts the reverse. `turn` counts either, for one that bounced may prove
    done after all, and bounce again."""
    nth = "" if turn == 1 else f":{turn}"
    given_back = income_code.replace("income:", "refunds:", 1)
    holding = holding_account(gateway)
    if failed:
        return Entry(holding, given_back, amount_minor, f"refund-failed{nth}")
    return Entry(given_back, holding, amount_minor, f"refund{nth}")


def _post(refund: Refund, before: str, after: str, *, at: datetime) -> int:
    failed = before == RefundState.SUCCEEDED and after == RefundState.FAILED
    if after != RefundState.SUCCEEDED and not failed:
        return 0
    attempt = refund.attempt
    entry = refund_entry(
        gateway=attempt.gateway,
        income_code=attempt.income_code,
        amount_minor=refund.amount_minor,
        failed=failed,
        turn=_turn(refund, failed=failed),
    )
    post(
        [entry],
        charity_id=attempt.charity_id,
        currency=refund.currency,
        source="refund",
        source_id=refund.pk,
        at=at,
        tag=attempt.ledger_tag,
    )
    return -refund.amount_minor if failed else refund.amount_minor


def _turn(refund: Refund, *, failed: bool) -> int:
    """Which of its kind the newest event is. It is written already."""
    if failed:
        return refund.events.filter(name="failed", from_state=RefundState.SUCCEEDED).count()
    return refund.events.filter(name__in=REFUNDING_EVENTS).count()


def postpone(refund_id: uuid.UUID, *, at: datetime) -> None:
    """The gateway couldn't say: ask again later, less and less often."""
    _looked(Refund.objects.get(pk=refund_id), at=at)


def _looked(refund: Refund, *, at: datetime, **changes: Any) -> None:
    """No news. Only what is open is asked about again, as the database has it by now."""
    changes |= {"looks": refund.looks + 1, "look_at": _next_look_at(refund.state, refund.looks + 1, at)}
    if not Refund.objects.filter(pk=refund.pk, state=refund.state).update(**changes):
        return
    for name, value in changes.items():
        setattr(refund, name, value)


def _next_look_at(state: str, looks: int, at: datetime) -> datetime | None:
    return at + wait_before(looks) if state in OPEN_REFUND_STATES else None
