"""A gift kept in step with its attempts, their refunds and disputes, inside the transaction that moved one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from almoner.charities.rows import update
from almoner.giving import limits
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.status import derive
from almoner.kernel.clock import now
from almoner.payments import progress
from almoner.payments.disputes import DisputeChange
from almoner.payments.gateways.port import Answer
from almoner.payments.models import Attempt
from almoner.payments.progress import Change, Moved
from almoner.payments.refunds import RefundChange
from almoner.payments.transitions import OPEN_STATES, RefundState, State
from almoner.plans import forgetting, outcomes
from almoner.plans import progress as plan_progress
from almoner.plans.models import Plan


@dataclass(frozen=True, slots=True)
class _Try:
    """An attempt as far as its gift's figures follow from it. Minor units."""

    state: str
    settled_minor: int
    refunded_minor: int


def advance(
    gift: Gift, attempt: Attempt, *events: str, code: str = "", answer: Answer | None = None, **changes: Any
) -> Attempt:
    """Commit moves of an attempt that bring no money. `answer` is what the gateway said, where it was that. If somebody
    moved it first, such as a webhook that overtook the answer we waited for in vain, what they wrote stands."""
    try:
        with transaction.atomic():
            plan = plan_of(gift)
            change = progress.move(attempt, *events, at=now(), code=code, **changes)
            follow(gift, replace(change, answer=answer), plan)
    except Moved:
        return Attempt.objects.get(pk=attempt.pk)
    return change.attempt


def plan_of(gift: Gift) -> Plan | None:
    """The plan of a gift, locked. Whoever moves a plan's gift asks for it first: two locks in two orders would wait for
    each other."""
    return plan_progress.lock(gift.plan_id) if gift.plan_id is not None else None


def follow(gift: Gift, change: Change, plan: Plan | None = None) -> None:
    """Bring the gift in step with its attempt, and its plan with the gift, inside the transaction that moved it.

    `plan` is the gift's own, locked (`plan_of`); None for a gift that has none.
    """
    attempt, at = change.attempt, now()
    if change.event is None or change.event == "fee_changed":
        return
    tries = _tries_after(gift, change)
    first_paid = change.settled and sum(each.state == State.SUCCEEDED for each in tries) == 1
    _write(gift, tries, **_settled(change, tries, first_paid=first_paid, at=at))
    if change.settled:
        # A second payment too: of the first, all may have been given back, and its receipt with it.
        hooks.on_settled(gift, attempt, at)
    elif change.unsettled:
        hooks.on_returned(gift, attempt, at)
    elif change.event == "unmatched":
        hooks.on_unmatched(gift, attempt, at)
    elif change.event == "awaiting":
        hooks.on_awaiting(gift, attempt, at)
    elif (
        change.event in ("failed", "refused")
        and attempt.decline_code != "try_later"
        and not off_session(attempt)
    ):
        # A gateway that is busy said nothing about the card: an outage must not look like an attack.
        limits.mark_declined(attempt.pk, form_id=gift.form_id)
    if change.answer is not None and change.answer.left_over and attempt.state not in OPEN_STATES:
        forgetting.leave_over(
            attempt.gateway, attempt.account, change.answer.left_over, occasion=str(attempt.pk)
        )
    if plan is not None:
        _follow_plan(plan, gift, change, at)


def _settled(change: Change, tries: Sequence[_Try], *, first_paid: bool, at: datetime) -> dict[str, object]:
    """When the gift was paid; and of one whose only payment was another's, that it never was."""
    if first_paid:
        return {"settled_at": at}
    if change.event == "unmatched" and not _counted(tries):
        return {"settled_at": None, "settled_minor": None}
    return {}


def off_session(attempt: Attempt) -> bool:
    """Charged to a plan's saved method: the donor is not there. Such an attempt keeps its order until it is settled."""
    return bool((attempt.order or {}).get("saved_method"))


def _follow_plan(plan: Plan, gift: Gift, change: Change, at: datetime) -> None:
    attempt, answer = change.attempt, change.answer
    outcome = outcomes.Outcome(
        gift_id=gift.pk,
        gateway=attempt.gateway,
        account=attempt.account,
        method=attempt.method,
        on_session=not off_session(attempt),
        code=change.event or "",
        decline_code=attempt.decline_code,
        final=answer is not None and answer.final,
        saved=answer.saved if answer is not None else None,
        attempt_id=attempt.pk,
        charge_on=answer.charge_on if answer is not None else None,
    )
    if change.settled:
        outcomes.paid(plan, outcome, at=at)
    elif change.unsettled and gift.status == GiftStatus.RETURNED:
        outcomes.returned(plan, outcome, at=at)
    elif change.event == "processing":
        outcomes.under_way(plan, outcome, at=at)
    elif change.event == "action_required":
        outcomes.ask_donor(plan, outcome, at=at)
    elif gift.status == GiftStatus.FAILED:
        outcomes.declined(plan, outcome, at=at)


def follow_refund(attempt: Attempt, change: RefundChange) -> None:
    """Bring the gift in step with a refund of one of its attempts, inside the transaction that moved it."""
    if not change.delta_minor:
        return
    gift = Gift.objects.select_for_update().get(pk=attempt.gift_id)
    _write(gift, _tries_of(gift))
    hooks.on_refunded(gift, attempt, now())


def follow_dispute(attempt: Attempt, change: DisputeChange, plan: Plan | None) -> None:
    """What the donor's bank took for good, or gave back after all, inside the transaction that decided a dispute. The
    gift's own figures stay: it was paid, and its loss is booked with the dispute. `plan` as with `follow`."""
    if not change.lost_delta_minor:
        return
    at = now()
    hooks.on_disputed(Gift.objects.select_for_update().get(pk=attempt.gift_id), attempt, at)
    if plan is not None and change.lost_delta_minor > 0:
        outcomes.disputed(plan, attempt.gift_id, charged_at=attempt.created_at, at=at)


def _tries_after(gift: Gift, change: Change) -> list[_Try]:
    """The gift's attempts as they now stand, oldest first. Nearly every gift has one; where there may be more, or
    refunds, the gift's row is locked, so that two attempts that settle at once see each other."""
    attempt = change.attempt
    if attempt.ordinal == 1 and change.event not in ("corrected", "returned", "unmatched", "collected"):
        return [_Try(attempt.state, attempt.settled_minor or 0, 0)]
    fresh = Gift.objects.select_for_update().get(pk=gift.pk)
    for name in ("status", "settled_minor", "refunded_minor", "settled_at", "flag"):
        setattr(gift, name, getattr(fresh, name))
    return _tries_of(gift)


def _tries_of(gift: Gift) -> list[_Try]:
    back = Sum("refunds__amount_minor", filter=Q(refunds__state=RefundState.SUCCEEDED), default=0)
    rows = Attempt.objects.filter(gift_id=gift.pk).annotate(back=back).order_by("ordinal")
    return [
        _Try(state, settled_minor or 0, back_minor)
        for state, settled_minor, back_minor in rows.values_list("state", "settled_minor", "back")
    ]


def _write(gift: Gift, tries: Sequence[_Try], **more: object) -> None:
    """The figures that follow from the attempts, and what needs a person; only what differs is written."""
    wanted: dict[str, object] = {"status": derive(each.state for each in tries), **more}
    if counted := _counted(tries):
        wanted["settled_minor"] = sum(each.settled_minor for each in counted)
        wanted["refunded_minor"] = sum(each.refunded_minor for each in counted)
    if flag := _flag(tries):
        wanted["flag"] = flag
    changes = {name: value for name, value in wanted.items() if getattr(gift, name) != value}
    if changes:
        update(Gift, changes, id=gift.pk)
    for name, value in changes.items():
        setattr(gift, name, value)


def _counted(tries: Sequence[_Try]) -> Sequence[_Try]:
    """Whose money the gift's figures tell of: the attempts that are paid. If none is any more, the newest that the bank
    took back: what was returned keeps what it once was."""
    paid = [each for each in tries if each.state == State.SUCCEEDED]
    return paid or [each for each in tries if each.state == State.RETURNED][-1:]


def _flag(tries: Sequence[_Try]) -> str:
    if sum(each.state == State.SUCCEEDED for each in tries) > 1:
        return "paid_twice"
    if any(each.state == State.RETURNED and each.refunded_minor for each in tries):
        # The donor has it twice: from us, and from the bank.
        return "back_twice"
    return ""
