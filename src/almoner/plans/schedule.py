"""When a plan's gifts fall due: pure arithmetic on local dates.

The n-th period falls on `anchor + n * every` months, worked out from the anchor each time: a chain of months drifts
(31 January, 28 February, 28 March), and this doesn't (31 January, 28 February, 31 March). 29 February comes back in
leap years.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# Gifts are charged at about this local time: banks are awake, and so are people who read that it went wrong.
CHARGED_AT: Final = time(10)
# A day that a donor chose is never nearer to the gift before than this.
NEAREST_DAYS: Final = 15
# Back to a month that is as long as a day needs: the longest search is that for 29 February, over a century's turn.
_MOST_MONTHS_BACK: Final = 12 * 8


def add_months(on: date, months: int) -> date:
    """The same day so many months later (or, below 0, before), or the last day of a shorter month."""
    index = on.year * 12 + on.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def occurrence(anchor: date, every: int, number: int) -> date:
    """The date of a period. `every` is in months."""
    return add_months(anchor, number * every)


def number_from(anchor: date, every: int, first: date) -> int:
    """The number of the first period that falls on `first` or later."""
    months = (first.year - anchor.year) * 12 + first.month - anchor.month
    number = months // every
    while occurrence(anchor, every, number) < first:
        number += 1
    return number


def number_until(anchor: date, every: int, last: date) -> int:
    """The number of the last period that falls on `last` or before."""
    return number_from(anchor, every, last + timedelta(days=1)) - 1


def anchored(month: date, *, every: int, day: int) -> tuple[date, int]:
    """An anchor, and the number of the period that falls in `month` from it, on `day` or the month's last one.

    The anchor lies in a month that has the day, or comes nearest to it: one of 30 April would never come to 31 July.
    It lies before `month`: the number of a plan's next period is never below 0, nor that of the one before.
    """
    first = month.replace(day=1)
    best, best_length = 1, 0
    for number in range(1, _MOST_MONTHS_BACK // every + 2):
        candidate = add_months(first, -number * every)
        length = min(day, calendar.monthrange(candidate.year, candidate.month)[1])
        if length > best_length:
            best, best_length = number, length
        if length == day:
            break
    return add_months(first, -best * every).replace(day=best_length), best


def first_of_plan(given_on: date, *, every: int, day: int | None = None) -> tuple[date, int]:
    """Anchor and number of a plan's second gift, when the first was given on `given_on`. `day` None keeps its day."""
    if day is None or day == given_on.day:
        return given_on, 1
    month = add_months(given_on, every)
    anchor, number = anchored(month, every=every, day=day)
    if (occurrence(anchor, every, number) - given_on).days < NEAREST_DAYS:
        return anchored(add_months(month, 1), every=every, day=day)
    return anchor, number


def moved_to_day(
    due: date, *, every: int, day: int, today: date, given_on: date | None = None
) -> tuple[date, int]:
    """Anchor and number of the next gift, after a donor moved the one of `due` to another day of the month.

    It stays in its month if that day is still to come and far enough from the gift before; else it is a month later.
    """
    earliest = today + timedelta(days=1)
    if given_on is not None:
        earliest = max(earliest, given_on + timedelta(days=NEAREST_DAYS))
    month = due
    while occurrence(*_numbered(anchored(month, every=every, day=day), every)) < earliest:
        month = add_months(month.replace(day=1), 1)
    return anchored(month, every=every, day=day)


def _numbered(found: tuple[date, int], every: int) -> tuple[date, int, int]:
    return found[0], every, found[1]


def charged_at(on: date, timezone: str) -> datetime:
    """The moment at which a period of this local date is charged, in UTC.

    Of a time that comes twice the first is taken; one that is left out (a whole day, where a country crossed the date
    line) is as much later as the clock was moved.
    """
    return datetime.combine(on, CHARGED_AT, ZoneInfo(timezone)).astimezone(UTC)


def local_date(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()
