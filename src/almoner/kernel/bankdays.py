"""On which days banks debit accounts: not at weekends, nor on the holidays of their clearing.

The holidays follow from each country's standing rules, so nothing has to be brought up to date every year. A day that
is proclaimed once (a coronation) is not among them; there the gateway's own answer says the day, and donors are told.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_DAY: Final = timedelta(days=1)


def is_bank_day(on: date, calendar: str) -> bool:
    """`calendar` is one of "bacs" (England and Wales), "becs" (Australia), "target" (the euro); "" knows weekends
    only. Raises `KeyError` for any other."""
    return on.weekday() < 5 and not (calendar and on in _holidays(calendar, on.year))


def bank_day_from(on: date, calendar: str) -> date:
    """This day, or the first one after it on which banks debit."""
    while not is_bank_day(on, calendar):
        on += _DAY
    return on


def bank_days_before(on: date, days: int, calendar: str) -> date:
    return _stepped(on, days, -_DAY, calendar)


def bank_days_after(on: date, days: int, calendar: str) -> date:
    return _stepped(on, days, _DAY, calendar)


def _stepped(on: date, days: int, step: timedelta, calendar: str) -> date:
    while days:
        on += step
        days -= is_bank_day(on, calendar)
    return on


@lru_cache(maxsize=32)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    return _CALENDARS[calendar](year)


def _bacs(year: int) -> frozenset[date]:
    """The Banking and Financial Dealings Act 1971, with the substitutes that are proclaimed for weekends."""
    easter = _easter(year)
    return frozenset(
        [
            _monday_if_weekend(date(year, 1, 1)),
            *_around(easter),
            _nth_monday(year, 5, 1),
            _last_monday(year, 5),
            _last_monday(year, 8),
            *_christmas(year),
        ]
    )


def _becs(year: int) -> frozenset[date]:
    """Days on which both Sydney and Melbourne rest, as the Reserve Bank's settlement does. Anzac Day isn't moved."""
    return frozenset(
        [
            _monday_if_weekend(date(year, 1, 1)),
            _monday_if_weekend(date(year, 1, 26)),
            *_around(_easter(year)),
            date(year, 4, 25),
            _nth_monday(year, 6, 2),
            *_christmas(year),
        ]
    )


def _target(year: int) -> frozenset[date]:
    """The closing days of TARGET, which no substitute follows."""
    fixed = [date(year, *each) for each in ((1, 1), (5, 1), (12, 25), (12, 26))]
    return frozenset([*fixed, *_around(_easter(year))])


_CALENDARS: Final[Mapping[str, Callable[[int], frozenset[date]]]] = {
    "bacs": _bacs,
    "becs": _becs,
    "target": _target,
}


def _around(easter: date) -> tuple[date, date]:
    """Good Friday and Easter Monday."""
    return easter - 2 * _DAY, easter + _DAY


def _christmas(year: int) -> tuple[date, date]:
    """25 and 26 December; each that falls on a weekend is had on the next weekday that is free."""
    first, second = date(year, 12, 25), date(year, 12, 26)
    return {4: (first, second + 2 * _DAY), 5: (first + 2 * _DAY, second + 2 * _DAY)}.get(
        first.weekday(), (first + 2 * _DAY, second) if first.weekday() == 6 else (first, second)
    )


def _monday_if_weekend(on: date) -> date:
    return on + (7 - on.weekday()) * _DAY if on.weekday() >= 5 else on


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + ((7 - first.weekday()) % 7 + 7 * (nth - 1)) * _DAY


def _last_monday(year: int, month: int) -> date:
    last = date(year, month + 1, 1) - _DAY
    return last - last.weekday() * _DAY


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the method that Nature printed in 1876."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
