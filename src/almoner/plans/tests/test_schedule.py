"""Dates over leap years, month ends, time zones and daylight saving."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from almoner.plans import schedule
from almoner.plans.schedule import (
    add_months,
    anchored,
    charged_at,
    first_of_plan,
    local_date,
    moved_to_day,
    number_from,
    number_until,
    occurrence,
)

dates = st.dates(date(1990, 1, 1), date(2110, 12, 31))
everies = st.sampled_from([1, 3, 12])
days = st.integers(1, 31)
numbers = st.integers(-200, 600)
zones = st.sampled_from(
    [
        "Australia/Sydney", "Australia/Lord_Howe", "Europe/Berlin", "Europe/London", "America/New_York",
        "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu", "Africa/Cairo", "UTC",
    ]
)  # fmt: skip


def test_the_last_day_of_a_month_comes_back() -> None:
    anchor = date(2027, 1, 31)
    assert [occurrence(anchor, 1, number) for number in range(5)] == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31),
    ]  # fmt: skip


def test_29_february_comes_back_in_leap_years() -> None:
    anchor = date(2028, 2, 29)
    assert [occurrence(anchor, 12, number).day for number in range(9)] == [29, 28, 28, 28, 29, 28, 28, 28, 29]
    assert occurrence(anchor, 12, 72) == date(2100, 2, 28), "no leap year"


@given(dates, everies, numbers)
@example(date(2096, 2, 29), 12, 1)
def test_no_drift_and_one_a_period(anchor: date, every: int, number: int) -> None:
    here, there = occurrence(anchor, every, number), occurrence(anchor, every, number + 1)
    assert here < there
    months = (there.year - here.year) * 12 + there.month - here.month
    assert months == every, "one in each month, quarter or year: none is skipped, none has two"
    assert here.day == min(anchor.day, calendar.monthrange(here.year, here.month)[1])


@given(dates, everies, st.integers(0, 300), st.integers(0, 300))
def test_stable_under_recomputation(anchor: date, every: int, first: int, then: int) -> None:
    """Worked out from the anchor or from any later period's number, a date is the same."""
    assert occurrence(anchor, every, first + then) == add_months(anchor, first * every + then * every)
    assert number_from(anchor, every, occurrence(anchor, every, first)) == first
    assert number_until(anchor, every, occurrence(anchor, every, first)) == first


@given(dates, everies, dates)
def test_the_next_and_the_last_date(anchor: date, every: int, today: date) -> None:
    after, until = number_from(anchor, every, today), number_until(anchor, every, today)
    assert occurrence(anchor, every, after - 1) < today <= occurrence(anchor, every, after)
    assert occurrence(anchor, every, until) <= today < occurrence(anchor, every, until + 1)


@given(dates, everies, days)
@example(date(2027, 2, 10), 12, 31)
@example(date(2027, 4, 10), 12, 31)
@example(date(1904, 2, 1), 12, 29)
def test_an_anchor_has_the_day(month: date, every: int, day: int) -> None:
    anchor, number = anchored(month, every=every, day=day)
    found = occurrence(anchor, every, number)
    assert (found.year, found.month) == (month.year, month.month)
    assert found.day == min(day, calendar.monthrange(month.year, month.month)[1])
    for later in range(number, number + 16):
        on = occurrence(anchor, every, later)
        longest = max(
            calendar.monthrange(each.year, each.month)[1]
            for each in (occurrence(anchor, every, later + step) for step in range(0, 97, 1))
        )
        assert on.day == min(min(day, longest), calendar.monthrange(on.year, on.month)[1])


@given(dates, everies, st.none() | days)
def test_the_second_gift_is_near_enough_and_not_too_near(given_on: date, every: int, day: int | None) -> None:
    anchor, number = first_of_plan(given_on, every=every, day=day)
    second = occurrence(anchor, every, number)
    assert (second - given_on).days >= schedule.NEAREST_DAYS
    assert second <= add_months(given_on.replace(day=1), every + 2)
    if day is None:
        assert second == add_months(given_on, every)


@given(dates, everies, days, dates, st.none() | dates)
def test_a_moved_day(due: date, every: int, day: int, today: date, given_on: date | None) -> None:
    anchor, number = moved_to_day(due, every=every, day=day, today=today, given_on=given_on)
    moved = occurrence(anchor, every, number)
    assert moved > today
    assert given_on is None or (moved - given_on).days >= schedule.NEAREST_DAYS
    assert (moved.year, moved.month) >= (due.year, due.month)


@given(dates, zones, everies)
def test_charged_on_its_local_day_at_about_ten(anchor: date, zone: str, every: int) -> None:
    moments = [charged_at(occurrence(anchor, every, number), zone) for number in range(14)]
    assert moments == sorted(set(moments)), "strictly later each time"
    for number, moment in enumerate(moments):
        on = occurrence(anchor, every, number)
        assert local_date(moment, zone) in (on, on + timedelta(days=1))
        if local_date(moment, zone) == on:
            assert moment.astimezone(ZoneInfo(zone)).hour in (10, 11)
        assert charged_at(on, zone) == moment


def test_a_day_that_a_country_left_out() -> None:
    """Samoa crossed the date line: there was no 30 December 2011."""
    assert charged_at(date(2011, 12, 30), "Pacific/Apia") == datetime(2011, 12, 30, 20, tzinfo=UTC)
    assert local_date(charged_at(date(2011, 12, 30), "Pacific/Apia"), "Pacific/Apia") == date(2011, 12, 31)


def test_the_hour_follows_daylight_saving() -> None:
    assert charged_at(date(2026, 10, 3), "Australia/Sydney").hour == 0
    assert charged_at(date(2026, 10, 4), "Australia/Sydney").hour == 23, "the day before, in UTC"
