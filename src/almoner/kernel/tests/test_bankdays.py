"""The days on which banks rest, against what their clearings have published."""

from datetime import date, timedelta

import pytest

from almoner.kernel.bankdays import bank_day_from, bank_days_after, bank_days_before, is_bank_day

PUBLISHED = {
    # England and Wales, as the government lists them; without the days that were proclaimed once.
    ("bacs", 2021): "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    ("bacs", 2023): "01-02 04-07 04-10 05-01 05-29 08-28 12-25 12-26",
    ("bacs", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    ("bacs", 2027): "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    ("bacs", 2028): "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    # Australia, where Sydney and Melbourne both rest; on a weekend Anzac Day moves nothing.
    ("becs", 2026): "01-01 01-26 04-03 04-06 06-08 12-25 12-28",
    ("becs", 2028): "01-03 01-26 04-14 04-17 04-25 06-12 12-25 12-26",
    ("becs", 2022): "01-03 01-26 04-15 04-18 04-25 06-13 12-26 12-27",
    # The euro: no substitute for a weekend.
    ("target", 2025): "01-01 04-18 04-21 05-01 12-25 12-26",
    ("target", 2027): "01-01 03-26 03-29",
}


@pytest.mark.parametrize(("calendar", "year"), PUBLISHED)
def test_holidays_are_those_that_are_published(calendar: str, year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=each) for each in range(365 + (year % 4 == 0)))
    resting = [day for day in days if day.weekday() < 5 and not is_bank_day(day, calendar)]
    assert " ".join(f"{day:%m-%d}" for day in resting) == PUBLISHED[calendar, year]


def test_counting_steps_over_them() -> None:
    """Christmas 2026 falls on a Friday: Boxing Day is had on Monday."""
    before, after = date(2026, 12, 24), date(2026, 12, 29)
    assert bank_day_from(date(2026, 12, 25), "bacs") == after
    assert (bank_days_after(before, 1, "bacs"), bank_days_before(after, 1, "bacs")) == (after, before)
    assert bank_days_after(before, 1, "target") == date(2026, 12, 28)
    assert bank_days_after(before, 1, "") == date(2026, 12, 25)
