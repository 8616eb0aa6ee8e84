"""The funnel: how far donors come, counted without anything of theirs, and never in a gift's way."""

import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError

from almoner.charities.models import Charity
from almoner.giving import funnel
from almoner.giving.models import DonationForm, FunnelCount, Gift
from almoner.giving.tests.conftest import Donor

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
TABLET = "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0"


@pytest.fixture(autouse=True)
def nothing_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funnel._Gathered, "counts", Counter())
    monkeypatch.setattr(funnel._Gathered, "written_at", time.monotonic())


def rows() -> dict[tuple[str, str], int]:
    return {(row.step, row.device): row.count for row in FunnelCount.objects.all()}


def test_each_answered_step_is_counted_by_device_and_nothing_else_is_kept(donor: Donor) -> None:
    for agent in (PHONE, TABLET, DESKTOP):
        donor.client.defaults["HTTP_USER_AGENT"] = agent
        details = donor.amount()
    donor.give(donor.details(details))
    assert FunnelCount.objects.count() == 0
    funnel.flush()
    assert rows() == {
        ("details", "phone"): 1, ("details", "tablet"): 1, ("details", "desktop"): 1,
        ("payment", "desktop"): 1, ("submit", "desktop"): 1,
    }  # fmt: skip
    donor.amount()
    funnel.flush()
    assert rows()["details", "desktop"] == 2
    assert {field.name for field in FunnelCount._meta.get_fields()} == {
        "id", "form", "day", "step", "device", "count",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Australia/Sydney", datetime(2026, 11, 26, 20, tzinfo=UTC), date(2026, 11, 27)),
        ("Pacific/Honolulu", datetime(2026, 11, 27, 5, tzinfo=UTC), date(2026, 11, 26)),
    ],
)
def test_a_step_is_counted_on_the_charity_s_day(donor: Donor, zone: str, at: datetime, day: date) -> None:
    Charity.objects.update(timezone=zone)
    with time_machine.travel(at, tick=False):
        donor.give(donor.to_payment())
        funnel.flush()
    assert {row.step: row.day for row in FunnelCount.objects.all()} == dict.fromkeys(funnel.STEPS, day)


def test_a_step_with_an_error_is_not_a_step_further(donor: Donor) -> None:
    donor.amount(amount="other", other_amount="abc")
    funnel.flush()
    assert rows() == {}


def test_counts_of_a_form_that_is_gone_are_dropped(form: DonationForm) -> None:
    funnel.count(form.pk, "details", PHONE, timezone="Australia/Sydney")
    funnel.count(form.pk + 10_000, "details", PHONE, timezone="Australia/Sydney")
    funnel.flush()
    assert rows() == {("details", "phone"): 1}


def test_counts_that_cannot_be_written_stop_no_gift(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(funnel, "_FLUSH_SECONDS", -1)
    monkeypatch.setattr(funnel, "flush", broken)
    answer = donor.give(donor.to_payment())
    assert answer.status_code == 303
    assert Gift.objects.get().status == "settled"
