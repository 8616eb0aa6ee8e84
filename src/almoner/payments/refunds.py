"""Refunds: asked for, sent to the gateway, and booked when it says so."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from almoner.ledger.books import Entry, post
from almoner.payments.gateways.port import Status
from almoner.payments.models import Attempt, Refund, RefundEvent
from almoner.payments.progress import Moved, holding_account
from almoner.payments.transitions import OPEN_REFUND_STATES, RefundState, State, next_refund_state

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
    """What may still be given back: settled, less refunds done and under way."""
    if attempt.state != State.SUCCEEDED:
        return 0
    taken = (
        attempt.refunds.exclude(state=RefundState.FAILED).aggregate(total=Sum("amount_minor"))["total"] or 0
    )
    return (attempt.settled_minor or 0) - int(taken)


def request(
    attempt_id: uuid.UUID, *, amount_minor: int, reason: str, by_id: int | None, at: datetime
) -> Refund:
    """Save the intent. Locks the attempt, so that two refunds can't both take what is left."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    left = refundable_minor(attempt)
    if attempt.state != State.SUCCEEDED:
        raise NotRefundable("Only a gift that was paid can be refunded.")
    if not 0 < amount_minor <= left:
        raise NotRefundable(
            "That is more than is left of this gift." if left else "Nothing is left to refund."
        )
    refund = Refund.objects.create(
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
        "look_at": at + timedelta(minutes=1) if after in OPEN_REFUND_STATES else None,
    }
    if not Refund.objects.filter(pk=refund.pk, state=before).update(**changes):
        raise Moved(str(refund.pk))
    RefundEvent.objects.create(refund=refund, name=event, from_state=before, to_state=after, at=at, code=code)
    for name, value in changes.items():
        setattr(refund, name, value)
    delta_minor = _post(refund, before, after, at=at)
    return RefundChange(refund, event, delta_minor)


def apply_status(refund: Refund, status: Status, gateway_id: str, *, at: datetime) -> RefundChange:
    """Move a refund by what its gateway said; PROCESSING is no news."""
    event = _EVENT_OF.get(status)
    if event is None or refund.state == event:
        Refund.objects.filter(pk=refund.pk).update(gateway_id=gateway_id, look_at=at + timedelta(hours=1))
        return RefundChange(refund, None, 0)
    return move(refund, event, at=at, gateway_id=gateway_id)


def refund_entry(*, gateway: str, income_code: str, amount_minor: int, failed: bool) -> Entry:
    """What a refund posts; one that bounced posts the reverse."""
    given_back = income_code.replace("income:", "refunds:", 1)
    holding = holding_account(gateway)
    if failed:
        return Entry(holding, given_back, amount_minor, "refund-failed")
    return Entry(given_back, holding, amount_minor, "refund")


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


def postpone(refund_id: uuid.UUID, *, at: datetime) -> None:
    """The gateway couldn't say: ask again in an hour."""
    Refund.objects.filter(pk=refund_id).update(look_at=at + timedelta(hours=1))
