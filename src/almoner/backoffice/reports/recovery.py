"""What became of the payments of plans that fell due: paid at first, recovered, given up, still open.

A payment counts in the month of its due date, whenever it was paid. A plan's first gift is the donor's own act, and
doesn't count; neither does one that was skipped before anything was charged.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import TruncMonth

from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.plans.models import Period as DuePeriod
from almoner.plans.models import PlanEvent
from almoner.plans.transitions import PeriodState


class Fate(StrEnum):
    """Each payment has one. All but the first three failed at first."""

    # Not charged yet, or charged for the first time and not answered.
    WAITING = "waiting"
    PAID = "paid"
    # Paid, and taken back by the donor's bank.
    CAME_BACK = "came_back"
    RETRY_1 = "retry_1"
    RETRY_2 = "retry_2"
    RETRY_3 = "retry_3"
    # With a method that the donor put in since, or paid by the donor in person.
    BY_DONOR = "by_donor"
    GIVEN_UP = "given_up"
    # The plan was paused or cancelled between two tries.
    STOPPED = "stopped"
    OPEN = "open"


# Where a period's state alone puts its payment. One that was skipped was not due.
_FATES: Final[Mapping[str, Fate]] = {
    PeriodState.DUE: Fate.WAITING,
    PeriodState.CHARGING: Fate.WAITING,
    PeriodState.PAID: Fate.PAID,
    PeriodState.FAILED: Fate.GIVEN_UP,
}
_RETRIES: Final = (Fate.RETRY_1, Fate.RETRY_2, Fate.RETRY_3)
RECOVERED: Final = (*_RETRIES, Fate.BY_DONOR)
FAILED_AT_FIRST: Final = (*RECOVERED, Fate.GIVEN_UP, Fate.STOPPED, Fate.OPEN)


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments, and their amount in minor units of one currency."""

    count: int = 0
    total_minor: int = 0

    def __add__(self, other: "Payments") -> "Payments":
        return Payments(self.count + other.count, self.total_minor + other.total_minor)

    def __neg__(self) -> "Payments":
        return Payments(-self.count, -self.total_minor)


@dataclass(slots=True)
class Month:
    """One month's payments in one currency. `first` is its first day."""

    first: date
    currency: str
    fates: dict[Fate, Payments] = field(default_factory=lambda: defaultdict(Payments))
    # Of those that failed at first: whether the bank's first word was its last ("hard").
    soft: Payments = Payments()
    hard: Payments = Payments()

    def add(self, fate: Fate, more: Payments, *, hard: bool | None = None) -> None:
        self.fates[fate] += more
        if hard is not None:
            self.hard, self.soft = (self.hard + more, self.soft) if hard else (self.hard, self.soft + more)

    def of(self, fates: Iterable[Fate]) -> Payments:
        return sum((self.fates[fate] for fate in fates), Payments())

    @property
    def due(self) -> Payments:
        return self.of(Fate)

    @property
    def failed(self) -> Payments:
        return self.of(FAILED_AT_FIRST)

    @property
    def recovered(self) -> Payments:
        return self.of(RECOVERED)

    def __add__(self, other: "Month") -> "Month":
        both = Month(self.first, self.currency, soft=self.soft + other.soft, hard=self.hard + other.hard)
        for fate in Fate:
            both.fates[fate] = self.fates[fate] + other.fates[fate]
        return both


class _Declined(NamedTuple):
    """The declines of one payment: how many, when the first came, and whether that one was final."""

    times: int
    first_at: datetime
    hard: bool


# A plan and a due date, as its events write it.
_Key = tuple[uuid.UUID, str]
_ByKey = Mapping[_Key, _Declined]


class _Months(dict[tuple[str, date], Month]):
    """(currency, first day) -> month; one that isn't there yet is made."""

    def __missing__(self, key: tuple[str, date]) -> Month:
        self[key] = Month(key[1], key[0])
        return self[key]


def by_month(charity: Charity, first: date, last: date) -> list[Month]:
    """Months that have any payment due from the first day to the last one, each currency for itself, the charity's own
    first. Five queries, however many plans there are: what went well is summed in the database, and rows are read of
    what didn't."""
    months = _Months()
    _add_made(months, charity, first, last)
    _add_unmade(months, charity, first, last)
    declined, came_back = _events(charity, first, last)
    if declined or came_back:
        _set_apart(months, charity, first, last, declined, came_back)
    found = [month for month in months.values() if month.due.count]
    return sorted(found, key=lambda month: (month.currency != charity.currency, month.currency, month.first))


def totals(months: Iterable[Month]) -> dict[str, Month]:
    """Currency -> all of its months together, the `first` of the earliest."""
    found: dict[str, Month] = {}
    for month in months:
        found[month.currency] = found[month.currency] + month if month.currency in found else month
    return found


def _made(charity: Charity, first: date, last: date) -> QuerySet[Gift]:
    """Gifts of periods that fell due here on these days, with `state`, their period's; none of them a plan's first."""
    states = DuePeriod.objects.filter(gift_id=OuterRef("pk")).values("state")[:1]
    due = Gift.objects.filter(charity=charity, plan__isnull=False, period_on__range=(first, last))
    due = due.filter(plan_origin__isnull=True)
    return due.exclude(pk=F("plan__first_gift_id")).annotate(state=Subquery(states))


def _add_made(months: _Months, charity: Charity, first: date, last: date) -> None:
    rows = (
        _made(charity, first, last)
        .annotate(month=TruncMonth("period_on"))
        .values("month", "currency", "state")
        .annotate(counted=Count("pk"), total=Sum("total_minor"))
        .values_list("month", "currency", "state", "counted", "total")
        .order_by()
    )
    for month, currency, state, counted, total in rows:
        if state in _FATES:
            hard = False if _FATES[state] == Fate.GIVEN_UP else None
            months[currency, month].add(_FATES[state], Payments(counted, total), hard=hard)


def _add_unmade(months: _Months, charity: Charity, first: date, last: date) -> None:
    """Debits whose notice comes first: they have no gift yet."""
    rows = (
        DuePeriod.objects.filter(
            plan__charity=charity, on__range=(first, last), state=PeriodState.DUE, gift_id__isnull=True
        )
        .annotate(month=TruncMonth("on"))
        .values("month", "plan__currency")
        .annotate(counted=Count("pk"), total=Sum(F("plan__amount_minor") + F("plan__cover_minor")))
        .values_list("month", "plan__currency", "counted", "total")
        .order_by()
    )
    for month, currency, counted, total in rows:
        months[currency, month].add(Fate.WAITING, Payments(counted, total))


def _events(charity: Charity, first: date, last: date) -> tuple[dict[_Key, _Declined], set[_Key]]:
    """The payments that were declined, and those that were paid and came back."""
    came = Q(name="returned") | Q(name="gave_up", by=PlanEvent.By.GATEWAY)
    rows = (
        PlanEvent.objects.filter(Q(name="declined") | came, plan__charity=charity)
        .annotate(on=KT("detail__on"))
        .filter(on__range=(first.isoformat(), last.isoformat()))
        .order_by("pk")
        .values_list("plan_id", "on", "name", "at", "detail")
    )
    declined: dict[_Key, _Declined] = {}
    came_back: set[_Key] = set()
    for plan_id, on, name, at, detail in rows.iterator():
        key = (plan_id, on)
        if name != "declined":
            came_back.add(key)
            continue
        before = declined.get(key) or _Declined(0, at, bool(detail.get("final")))
        declined[key] = before._replace(times=before.times + 1)
    return declined, came_back


def _set_apart(
    months: _Months, charity: Charity, first: date, last: date, declined: _ByKey, came_back: set[_Key]
) -> None:
    """Take each payment that had trouble from where its period's state put it, to where it belongs."""
    changed = _methods_changed(charity)
    own = DuePeriod.objects.filter(gift_id=OuterRef("pk"))
    troubled = PlanEvent.objects.filter(plan=OuterRef("plan"), name__in=("declined", "returned", "gave_up"))
    rows = _made(charity, first, last).filter(Exists(troubled)).annotate(
        tries=Subquery(own.values("tries")[:1]), moved_at=Subquery(own.values("updated_at")[:1])
    )  # fmt: skip
    fields = ("plan_id", "period_on", "currency", "total_minor", "state", "tries", "moved_at")
    for plan_id, on, currency, total_minor, state, tries, moved_at in rows.values_list(*fields).iterator():
        key, one = (plan_id, on.isoformat()), Payments(1, total_minor)
        decline = declined.get(key)
        if decline is None and key not in came_back:
            continue
        month = months[currency, on.replace(day=1)]
        if state in _FATES:
            month.add(_FATES[state], -one, hard=False if state == PeriodState.FAILED else None)
        if key in came_back and state == PeriodState.FAILED:
            month.add(Fate.CAME_BACK, one)
        elif decline is None:
            month.add(_FATES[state], one)
        else:
            news = [at for at in changed.get(plan_id, ()) if decline.first_at <= at <= moved_at]
            month.add(_fate(state, decline, tries, renewed=bool(news)), one, hard=decline.hard)


def _fate(state: str, decline: _Declined, tries: int, *, renewed: bool) -> Fate:
    """Of a payment that was declined at first. A try that the donor made in person isn't counted among `tries`."""
    if state != PeriodState.PAID:
        return {PeriodState.FAILED: Fate.GIVEN_UP, PeriodState.SKIPPED: Fate.STOPPED}.get(
            PeriodState(state), Fate.OPEN
        )
    if renewed or tries <= decline.times:
        return Fate.BY_DONOR
    return _RETRIES[min(decline.times, len(_RETRIES)) - 1]


def _methods_changed(charity: Charity) -> dict[uuid.UUID, list[datetime]]:
    """Plan -> when its method was replaced, or renewed by its bank; of plans that were ever declined."""
    declined = PlanEvent.objects.filter(plan=OuterRef("plan"), name="declined")
    changes = PlanEvent.objects.filter(plan__charity=charity, name="changed", detail__what="method")
    found: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    for plan_id, at in changes.filter(Exists(declined)).values_list("plan_id", "at").iterator():
        found[plan_id].append(at)
    return found
