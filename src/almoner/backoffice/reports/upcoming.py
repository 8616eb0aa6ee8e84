"""What plans that live will bring in the next twelve months, from their schedules: by month, each currency for itself.

Plans are summed in the database by what decides their dates (rhythm, day of the month, next date, end), so that the
work grows with the calendar and not with the plans. A plan's day is exact in every month: the arithmetic is
`plans.schedule`'s own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, ExtractDay, TruncMonth

from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.plans import schedule
from almoner.plans.models import Period, Plan
from almoner.plans.transitions import CHARGEABLE_STATES, PeriodState, PlanState

MONTHS: Final = 12
# So many whole months tell how well payments go, if at least so many came to an end in them.
RATE_MONTHS: Final = 6
ENOUGH: Final = 30
# Any January: it has every day.
_JANUARY: Final = 2000
_OPEN: Final = (PeriodState.DUE, PeriodState.CHARGING)
_CHARGEABLE: Final = Q(method_usable=True) & ~Q(saved_method="")
_TOTAL: Final = F("amount_minor") + F("cover_minor")


@dataclass(frozen=True, slots=True)
class Batch:
    """Plans whose dates are the same: `first` is the first to come, `left` how many may come (None: until stopped)."""

    currency: str
    every: int
    day: int
    first: date
    ends_on: date | None
    left: int | None
    count: int
    total_minor: int

    def dates(self, today: date, end: date) -> Iterator[date]:
        """The dates on which they give before `end`. Of dates that went by unnoticed the last one is charged, now."""
        index = (self.first.year - _JANUARY) * 12 + self.first.month - 1
        left = self.left
        while left is None or left > 0:
            on, after = self._on(index), self._on(index + self.every)
            if on >= end or (self.ends_on is not None and on > self.ends_on):
                return
            index += self.every
            if on < today and after <= today and not (self.ends_on is not None and after > self.ends_on):
                continue
            yield max(on, today)
            left = None if left is None else left - 1

    def _on(self, index: int) -> date:
        return schedule.add_months(date(_JANUARY, 1, self.day), index)


@dataclass(frozen=True, slots=True)
class Coming:
    """Payments to come, in minor units. `expected_minor` None: too few payments came to an end to say."""

    count: int = 0
    total_minor: int = 0
    expected_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How many payments were paid, at first or later, of those that came to an end."""

    paid: int = 0
    ended: int = 0

    @property
    def enough(self) -> bool:
        return self.ended >= ENOUGH

    def of(self, amount_minor: int) -> int | None:
        return (amount_minor * self.paid * 2 + self.ended) // (self.ended * 2) if self.enough else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`months` are first days, this month's first; `left_out` counts plans that can't be charged as they stand."""

    months: list[date]
    coming: dict[str, list[Coming]]
    rates: dict[str, Rate]
    left_out: int

    def total(self, currency: str) -> Coming:
        rows = self.coming[currency]
        total_minor = sum(row.total_minor for row in rows)
        rate = self.rates.get(currency, Rate())
        return Coming(sum(row.count for row in rows), total_minor, rate.of(total_minor))


def forecast(charity: Charity) -> Forecast:
    """From today, in the charity's time zone, to the end of the twelfth month. Five queries."""
    today = schedule.local_date(now(), charity.timezone)
    months = [schedule.add_months(today.replace(day=1), at) for at in range(MONTHS + 1)]
    end = months.pop()
    sums: dict[tuple[str, date], Coming] = defaultdict(Coming)
    for batch in (*_scheduled(charity, end), *_resuming(charity, today, end)):
        for on in batch.dates(today, end):
            _add(sums, (batch.currency, on.replace(day=1)), batch.count, batch.total_minor)
    for currency, month, count, total_minor in _open(charity):
        _add(sums, (currency, max(month, months[0])), count, total_minor)
    rates = rates_of(charity, schedule.add_months(months[0], -RATE_MONTHS), months[0])
    currencies = sorted({currency for currency, _ in sums}, key=lambda code: (code != charity.currency, code))
    coming = {
        code: [_expected(sums[code, month], rates.get(code, Rate())) for month in months]
        for code in currencies
    }
    return Forecast(months, coming, rates, _left_out(charity))


def rates_of(charity: Charity, first: date, end: date) -> dict[str, Rate]:
    """Currency -> how payments went that fell due here from the first day to before `end`. A plan's first gift is none,
    and of what was charged elsewhere only the successes are known."""
    ended = Q(state__in=(PeriodState.PAID, PeriodState.FAILED)) | Q(
        state=PeriodState.SKIPPED, gift_id__isnull=False
    )
    rows = (
        Period.objects.filter(
            ended, plan__charity=charity, on__gte=first, on__lt=end, charged_at__isnull=False
        )
        .exclude(gift_id=F("plan__first_gift_id"))
        .values("plan__currency")
        .annotate(paid=Count("pk", filter=Q(state=PeriodState.PAID)), ended=Count("pk"))
        .values_list("plan__currency", "paid", "ended")
        .order_by()
    )
    return {currency: Rate(paid, number) for currency, paid, number in rows}


def _add(sums: dict[tuple[str, date], Coming], key: tuple[str, date], count: int, total_minor: int) -> None:
    before = sums[key]
    sums[key] = Coming(before.count + count, before.total_minor + total_minor)


def _expected(coming: Coming, rate: Rate) -> Coming:
    return replace(coming, expected_minor=rate.of(coming.total_minor))


def _summed(plans: QuerySet[Plan], end: date, *fields: str) -> Iterator[tuple[Any, ...]]:
    """(currency, every, *fields, last day within the time asked for, how many may come, plans, their amount)."""
    open_ones = (
        Period.objects.filter(plan=OuterRef("pk"), state__in=_OPEN)
        .order_by()
        .values("plan")
        .annotate(number=Count("pk"))
        .values("number")
    )
    may_come = F("ends_after") - F("given_count") - Coalesce(Subquery(open_ones), 0)
    return (
        plans.annotate(
            # One that ends beyond the time asked for is as one that doesn't.
            last=Case(When(ends_on__lt=end, then=F("ends_on")), default=None, output_field=DateField()),
            may_come=Case(
                When(ends_after__isnull=False, then=may_come), default=None, output_field=IntegerField()
            ),
        )
        .values("currency", "every", *fields, "last", "may_come")
        .annotate(counted=Count("pk"), total=Sum(_TOTAL))
        .values_list("currency", "every", *fields, "last", "may_come", "counted", "total")
        .order_by()
        .iterator()
    )


def _scheduled(charity: Charity, end: date) -> Iterator[Batch]:
    plans = Plan.objects.filter(_CHARGEABLE, charity=charity, state__in=CHARGEABLE_STATES, next_on__lt=end)
    rows = _summed(plans.annotate(day=ExtractDay("anchor")), end, "day", "next_on")
    for currency, every, day, first, last, left, count, total_minor in rows:
        yield Batch(currency, every, day, first, last, left, count, total_minor)


def _resuming(charity: Charity, today: date, end: date) -> Iterator[Batch]:
    """Paused until a day: they go on with the first date from then on that has no period yet, and with none before the
    one that was next."""
    newest = Period.objects.filter(plan=OuterRef("pk")).order_by("-on").values("on")[:1]
    plans = Plan.objects.filter(_CHARGEABLE, charity=charity, state=PlanState.PAUSED, resume_on__lt=end)
    rows = _summed(
        plans.annotate(newest=Subquery(newest)), end, "anchor", "next_number", "resume_on", "newest"
    )
    for currency, every, anchor, next_number, resume_on, newest_on, last, left, count, total_minor in rows:
        begin = max(resume_on, today, newest_on + timedelta(days=1) if newest_on else today)
        number = max(next_number, schedule.number_from(anchor, every, begin))
        first = schedule.occurrence(anchor, every, number)
        yield Batch(currency, every, anchor.day, first, last, left, count, total_minor)


def _open(charity: Charity) -> Iterator[tuple[str, date, int, int]]:
    """(currency, month due, payments, their amount) of those that are on their way, announced, or tried again."""
    of_gift = Gift.objects.filter(pk=OuterRef("gift_id")).values("total_minor")[:1]
    of_plan = F("plan__amount_minor") + F("plan__cover_minor")
    return (
        Period.objects.filter(
            plan__charity=charity,
            plan__state__in=CHARGEABLE_STATES,
            plan__method_usable=True,
            state__in=_OPEN,
        )
        .exclude(plan__saved_method="")
        .annotate(month=TruncMonth("on"), total=Coalesce(Subquery(of_gift), of_plan))
        .values("plan__currency", "month")
        .annotate(counted=Count("pk"), summed=Sum("total"))
        .values_list("plan__currency", "month", "counted", "summed")
        .order_by()
        .iterator()
    )


def _left_out(charity: Charity) -> int:
    """Plans that wait for somebody: without a method that can be charged, or paused without a day."""
    living = Plan.objects.filter(charity=charity, state__in=(*CHARGEABLE_STATES, PlanState.PAUSED))
    return living.filter(~_CHARGEABLE | Q(state=PlanState.PAUSED, resume_on__isnull=True)).count()
