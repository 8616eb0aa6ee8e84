"""Gifts of the past join the regular gifts that they belong to, in whichever order the two moved in.

A gift keeps what its source calls its plan. As soon as both are here, it becomes a paid period of that plan: of its own
day, or, if the plan has not come to that date yet, of the date that it pays, which is then not charged here. Some
hundred gifts are linked at a time, with a few statements for all of them.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction

from almoner.charities.models import Charity
from almoner.giving.actions.submitting import FREQUENCIES
from almoner.giving.importing.records import UNNAMED_PLAN
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments.models import Attempt
from almoner.plans import outcomes, schedule, timing, withdrawing
from almoner.plans.models import Period, Plan, PlanAlias, PlanEvent
from almoner.plans.progress import Actor, move, move_period, note
from almoner.plans.transitions import CHARGEABLE_STATES, PeriodState, PlanState

IMPORT: Final = Actor(PlanEvent.By.IMPORT)
# Sources charge a day early now and then, by their own zone or before a weekend: such a gift is not one of the period
# before, and its own is not charged again.
_EARLY: Final = timedelta(days=3)
# A date holds one gift. What was paid with it on the same day stands under the nearest day before that has none.
_DAYS_BACK: Final = 15
_ROWS_AT_ONCE: Final = 500
_DECIDED: Final = (PeriodState.PAID, PeriodState.FAILED)


class Link(StrEnum):
    NOW = "linked to their regular gifts"
    BEFORE = "linked already"
    NOT = "not linked"


NO_PLAN: Final = "no regular gift here is called that yet; it is linked as soon as one is imported"
_UNNAMED: Final = "it is of a regular gift, but its file does not say of which"
_OTHER_PLAN: Final = "it is another regular gift's already"
_OTHER_CURRENCY: Final = "its regular gift is in another currency"
_DAY_TAKEN: Final = "its regular gift has other gifts of that date and of the days before it"


@dataclass(frozen=True, slots=True)
class Claim:
    """A gift that was imported, now or before, and what its source calls its plan."""

    gift_id: uuid.UUID
    plan_origin: str


@dataclass(frozen=True, slots=True)
class Linked:
    """`why` is empty where the gift stands with its plan."""

    link: Link
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Past:
    """A gift that may join its plan. `given_on` is its day, `period_on` the date that it pays, if its file told it."""

    gift_id: uuid.UUID
    given_on: date
    period_on: date | None
    currency: str
    counts: bool


def link(charity: Charity, claims: Sequence[Claim]) -> dict[uuid.UUID, Linked]:
    """Link each gift to its plan, in one transaction; what became of each. Safe to repeat."""
    with transaction.atomic():
        found = _link(charity, claims, at=now())
        crash_point("link.before-commit")
    crash_point("link.after-commit")
    return found


def link_waiting(plan: Plan, names: Collection[str], *, at: datetime) -> int:
    """Gifts that were imported before their plan join it: how many. Inside the transaction that brings the plan, so
    that nothing is charged which one of them has paid."""
    waiting = Gift.objects.filter(charity=plan.charity_id, plan__isnull=True, plan_origin__in=names)
    claims = [Claim(pk, name) for pk, name in waiting.values_list("pk", "plan_origin") if name is not None]
    found = _link(plan.charity, claims, at=at) if claims else {}
    return sum(each.link == Link.NOW for each in found.values())


def plans_called(charity: Charity, names: Collection[str]) -> dict[str, uuid.UUID]:
    """Name -> plan, of those that are here."""
    own = Plan.objects.filter(charity=charity, imported_from__in=names).values_list("imported_from", "pk")
    further = PlanAlias.objects.filter(charity=charity, origin__in=names).values_list("origin", "plan_id")
    return {name: pk for name, pk in (*further, *own) if name is not None}


def _link(charity: Charity, claims: Sequence[Claim], *, at: datetime) -> dict[uuid.UUID, Linked]:
    called = plans_called(charity, {claim.plan_origin for claim in claims})
    plans = {
        plan.pk: plan
        for plan in Plan.objects.select_for_update().filter(pk__in=set(called.values())).order_by("pk")
    }
    standing = dict(
        Gift.objects.filter(pk__in=[claim.gift_id for claim in claims]).values_list("pk", "plan_id")
    )
    found: dict[uuid.UUID, Linked] = {}
    joining: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for claim in claims:
        plan_id, present = called.get(claim.plan_origin), standing.get(claim.gift_id)
        if plan_id is None:
            unnamed = claim.plan_origin == UNNAMED_PLAN
            found[claim.gift_id] = Linked(Link.NOT, _UNNAMED if unnamed else NO_PLAN)
        elif present is not None:
            other = present != plan_id
            found[claim.gift_id] = Linked(Link.NOT, _OTHER_PLAN) if other else Linked(Link.BEFORE)
        else:
            joining[plan_id].append(claim.gift_id)
    if joining:
        found |= _join({pk: plans[pk] for pk in joining}, joining, charity, at=at)
    return found


# ---- one plan and its gifts --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Book:
    """A locked plan, its dates that have a gift, its other periods, and what joins it.

    `counted_to` is the first date that the source had not charged when it told of the plan: of gifts before it knew,
    and if it `counted`, it counted them.
    """

    plan: Plan
    counted_to: date
    counted: bool
    taken: set[date] = field(default_factory=set)
    others: dict[date, Period] = field(default_factory=dict)
    made: dict[date, _Past] = field(default_factory=dict)
    closed: list[date] = field(default_factory=list)

    def take(self, past: _Past, *, at: datetime) -> str:
        """Let a gift join; or why it can't. Gifts come by their days."""
        plan, paid_on = self.plan, past.period_on or past.given_on + _EARLY
        if past.currency != plan.currency:
            return _OTHER_CURRENCY
        number = schedule.number_until(plan.anchor, plan.every, paid_on)
        due_on = schedule.occurrence(plan.anchor, plan.every, number)
        self._try_no_more(due_on, at=at)
        own = number < plan.next_number and not self._uncharged(due_on)
        on = self._free_day(past.period_on or (past.given_on if own else due_on))
        if on is None:
            return _DAY_TAKEN
        self.made[on] = past
        if number >= plan.next_number:
            plan.next_number = number + 1
            self.closed.append(on)
        if past.counts:
            self._count(paid_on)
        return ""

    def _free_day(self, on: date) -> date | None:
        days = (on - timedelta(days=back) for back in range(_DAYS_BACK + 1))
        return next((day for day in days if (day == on and self._uncharged(day)) or self._free(day)), None)

    def _free(self, day: date) -> bool:
        return day not in self.made and day not in self.taken and day not in self.others

    def _uncharged(self, on: date) -> bool:
        """A debit that was announced, or a gift left out: nothing was charged of it yet."""
        period = self.others.get(on)
        return period is not None and period.gift_id is None and on not in self.made

    def _try_no_more(self, on: date, *, at: datetime) -> None:
        """It was paid at the source: what was declined here is not tried again, and a debit that was asked for ahead is
        stopped if it still can be. What is under way ends as it ends."""
        period = self.others.get(on)
        if period is None or period.gift_id is None or period.state == PeriodState.SKIPPED:
            return
        debit = withdrawing.stoppable(period)
        if debit is not None and withdrawing.asked_of(debit.pk) is None:
            detail = {"what": "given_before", "on": on.isoformat()}
            withdrawing.ask(
                self.plan, period, debit, note(self.plan, by=IMPORT, at=at, detail=detail), "", at=at
            )
        elif period.state == PeriodState.DUE or period.wake_at is not None:
            move_period(period, "skipped", at=at, wake_at=None)
            self._owe_nothing(at=at)

    def _owe_nothing(self, *, at: datetime) -> None:
        waiting = (each.state == PeriodState.CHARGING and each.wake_at for each in self.others.values())
        if self.plan.state == PlanState.RETRYING and not any(waiting):
            move(self.plan, "recovered", by=IMPORT, at=at, **outcomes.NOTHING_OWED)

    def _count(self, paid_on: date) -> None:
        plan = self.plan
        if paid_on < self.counted_to and plan.given_elsewhere:
            plan.given_elsewhere -= 1
            return
        plan.given_count += 1
        if paid_on < self.counted_to and plan.ends_after is not None and not self.counted:
            # The source said how many were left, and not how many there were.
            plan.ends_after += 1


def _join(
    plans: dict[uuid.UUID, Plan],
    joining: dict[uuid.UUID, list[uuid.UUID]],
    charity: Charity,
    *,
    at: datetime,
) -> dict[uuid.UUID, Linked]:
    pasts = _pasts([pk for ids in joining.values() for pk in ids], charity)
    books = _books(plans, pasts.values())
    found: dict[uuid.UUID, Linked] = {}
    for plan_id, gift_ids in joining.items():
        mine = sorted((pasts[pk] for pk in gift_ids), key=lambda past: (past.given_on, past.gift_id))
        for past in mine:
            why = books[plan_id].take(past, at=at)
            found[past.gift_id] = Linked(Link.NOT, why) if why else Linked(Link.NOW)
    _write([book for book in books.values() if book.made], charity, at=at)
    return found


def _books(plans: dict[uuid.UUID, Plan], pasts: Collection[_Past]) -> dict[uuid.UUID, _Book]:
    events = PlanEvent.objects.filter(plan__in=plans, name="imported")
    told = dict(events.values_list("plan_id", "detail"))
    books = {
        pk: _Book(
            plan,
            counted_to=date.fromisoformat(told[pk].get("source_next_on") or told[pk]["next_on"]),
            counted=told[pk].get("given") is not None,
        )
        for pk, plan in plans.items()
    }
    days = [past.period_on or past.given_on for past in pasts]
    given = Period.objects.filter(
        plan__in=plans,
        state__in=_DECIDED,
        on__range=(min(days) - timedelta(days=_DAYS_BACK), max(days) + _EARLY),
    )
    for plan_id, on in given.values_list("plan_id", "on"):
        books[plan_id].taken.add(on)
    for period in Period.objects.filter(plan__in=plans).exclude(state__in=_DECIDED):
        books[period.plan_id].others[period.on] = period
    return books


def _pasts(gift_ids: Collection[uuid.UUID], charity: Charity) -> dict[uuid.UUID, _Past]:
    attempts = Attempt.objects.filter(gift_id__in=gift_ids, ordinal=1)
    told = {pk: (order or {}).get("period_on", "") for pk, order in attempts.values_list("gift_id", "order")}
    rows = Gift.objects.filter(pk__in=gift_ids).values_list("pk", "given_at", "currency", "status")
    return {
        pk: _Past(
            pk,
            schedule.local_date(given_at, charity.timezone),
            date.fromisoformat(told[pk]) if told.get(pk) else None,
            currency,
            counts=status == GiftStatus.SETTLED,
        )
        for pk, given_at, currency, status in rows
    }


# ---- the rows ----------------------------------------------------------------------------------------------------


def _write(books: Sequence[_Book], charity: Charity, *, at: datetime) -> None:
    gifts: list[Gift] = []
    periods: list[Period] = []
    events: list[PlanEvent] = []
    for book in books:
        plan = book.plan
        for on, past in book.made.items():
            gifts.append(
                Gift(pk=past.gift_id, plan_id=plan.pk, period_on=on, frequency=FREQUENCIES[plan.every])
            )
            periods += _period(book, on, past, at=at)
        events += [_event(plan, on, at=at) for on in book.closed]
        for name, value in _next(book, charity).items():
            setattr(plan, name, value)
        plan.updated_at = at
    Gift.objects.bulk_update(gifts, ["plan_id", "period_on", "frequency"], batch_size=_ROWS_AT_ONCE)
    Period.objects.bulk_create(periods, batch_size=_ROWS_AT_ONCE)
    Plan.objects.bulk_update(
        [book.plan for book in books],
        ["next_number", "next_on", "next_at", "ends_after", "given_count", "given_elsewhere", "updated_at"],
        batch_size=_ROWS_AT_ONCE,
    )  # fmt: skip
    PlanEvent.objects.bulk_create(events, batch_size=_ROWS_AT_ONCE)
    for book in books:
        _end_if_done(book.plan, at=at)


def _period(book: _Book, on: date, past: _Past, *, at: datetime) -> Iterable[Period]:
    """The period of a gift that was charged elsewhere; none to be made where it was announced here."""
    uncharged = book.others.get(on)
    if uncharged is not None:
        move_period(uncharged, "paid", at=at, gift_id=past.gift_id, wake_at=None)
        return ()
    plan = book.plan
    number = schedule.number_until(plan.anchor, plan.every, on)
    made = Period(
        id=uuid.uuid5(plan.pk, f"period {on}"), plan=plan, on=on, number=number, state=PeriodState.PAID,
        gift_id=past.gift_id, created_at=at, updated_at=at,
    )  # fmt: skip
    return (made,)


def _next(book: _Book, charity: Charity) -> dict[str, Any]:
    plan = book.plan
    if plan.next_on is None or not (book.closed or timing.given_all(plan)):
        return {}
    return timing.next_columns(plan, plan.next_number, timezone=charity.timezone)


def _event(plan: Plan, on: date, *, at: datetime) -> PlanEvent:
    return PlanEvent(
        plan=plan, name="changed", from_state=plan.state, to_state=plan.state, at=at, by=PlanEvent.By.IMPORT,
        detail={"what": "given_before", "on": on.isoformat()},
    )  # fmt: skip


def _end_if_done(plan: Plan, *, at: datetime) -> None:
    """All that was promised was given at the source. Nobody is written to."""
    if plan.state not in CHARGEABLE_STATES or not (plan.next_on is None or timing.given_all(plan)):
        return
    if not Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING]).exists():
        move(plan, "completed", by=IMPORT, at=at, retry_at=None, **timing.NOTHING_NEXT)
