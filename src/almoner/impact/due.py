"""How a programme's figures stand: which are due, which wait for a second person, which have grown stale."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Max

from almoner.impact import standing
from almoner.impact.models import Indicator, Observation

Period = tuple[date, date]
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class State:
    """`due` is the time whose figure is missing. `stale`: what stands is older than two of its indicator's times."""

    indicator: Indicator
    newest: Observation | None
    waiting: int
    due: Period | None
    stale: bool


def states(indicators: Collection[Indicator], today: date) -> list[State]:
    """One for each, in three queries. Their result and programme are joined."""
    newest = standing.newest(indicators)
    totals = Observation.objects.filter(indicator__in=indicators)
    told = totals.filter(dimension="").exclude(verification__accepted=False)
    as_of = dict(told.values_list("indicator").annotate(Max("as_of")))
    waiting = dict(totals.filter(verification=None).values_list("indicator").annotate(Count("pk")))
    return [
        _state(each, newest.get(each.pk), waiting.get(each.pk, 0), as_of.get(each.pk), today)
        for each in indicators
    ]


def period_of(indicator: Indicator, day: date) -> Period:
    """The time that a figure of `day` counts: from the beginning, or the month, quarter or year of it."""
    first, last = calendar_of(indicator, day)
    if indicator.cumulative:
        return indicator.since or indicator.result.programme.starts_on, last
    return first, last


def calendar_of(indicator: Indicator, day: date) -> Period:
    """The month, quarter or year in which one figure of the indicator is asked for."""
    return _calendar(indicator.every_months or 1, day)


def _state(
    indicator: Indicator, newest: Observation | None, waiting: int, as_of: date | None, today: date
) -> State:
    if not indicator.every_months:
        return State(indicator, newest, waiting, None, stale=False)
    full = _calendar(indicator.every_months, _calendar(indicator.every_months, today)[0] - timedelta(days=1))
    programme = indicator.result.programme
    runs = programme.starts_on <= full[1] and (programme.ends_on is None or programme.ends_on >= full[0])
    due = full if runs and (as_of is None or as_of < full[0]) else None
    before = _calendar(indicator.every_months, full[0] - timedelta(days=1))
    stale = runs and newest is not None and newest.as_of < before[0]
    return State(indicator, newest, waiting, due, stale)


def _calendar(months: int, day: date) -> Period:
    """The month, quarter or year of `day`, both days included."""
    at = (day.month - 1) // months * months
    after = day.year * _YEAR + at + months
    return date(day.year, at + 1, 1), date(after // _YEAR, after % _YEAR + 1, 1) - timedelta(days=1)
