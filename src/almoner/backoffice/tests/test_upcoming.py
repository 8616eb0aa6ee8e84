"""What plans bring in the next twelve months, against the plain enumeration of every plan's schedule."""

import csv
import io
import random
import uuid
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.backoffice.reports.upcoming import Batch, Rate, forecast
from almoner.backoffice.tests.conftest import House, World
from almoner.backoffice.tests.test_gift import plain
from almoner.charities.models import AuditEntry
from almoner.giving.tests.plans import begun, next_time
from almoner.kernel.references import new_reference
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing, schedule
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR
from almoner.supporters.models import Contact

# In Sydney the 24th of November, ten in the morning; in UTC still the 23rd.
TODAY = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def a_plan(house: House, contact: Contact, **values: Any) -> Plan:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = {
        "charity": house.charity, "fund": house.fund, "contact": contact, "reference": new_reference(),
        "amount_minor": 1000, "currency": "AUD", "every": 1, "anchor": date(2026, 1, 31), "state": "active",
        "gateway": "sandbox", "method": "sandbox_card", "saved_method": "x", "created_at": at, "updated_at": at,
    }  # fmt: skip
    return Plan(**(made | values))


@pytest.fixture
def contact(world: World) -> Contact:
    return Contact.objects.create(charity=world.tide.charity, created_at=TODAY)


def rows(client: Client) -> list[tuple[str, ...]]:
    response: Any = client.get("/admin/giving-reports/upcoming/?format=csv")
    text = b"".join(response).decode().removeprefix("\ufeff")
    return [tuple(row) for row in csv.reader(io.StringIO(text))][1:]


def enumerated(plan: Plan, today: date, end: date, newest: date | None, open_count: int) -> list[date]:
    """One date after another, as the worker would come to it if nothing failed."""
    if plan.state == "paused":
        if plan.resume_on is None:
            return []
        first = max(plan.resume_on, today, newest + timedelta(days=1) if newest else today)
        number = 0
        while schedule.occurrence(plan.anchor, plan.every, number) < first:
            number += 1
    elif plan.next_on is None:
        return []
    else:
        number = plan.next_number
        later = number + 1
        while schedule.occurrence(plan.anchor, plan.every, later) <= today:
            number, later = later, later + 1
    dates: list[date] = []
    while True:
        on = schedule.occurrence(plan.anchor, plan.every, number)
        left = plan.ends_after is None or plan.given_count + open_count + len(dates) < plan.ends_after
        if on >= end or not left or (plan.ends_on is not None and on > plan.ends_on):
            return dates
        dates.append(max(on, today))
        number += 1


def some_plan(house: House, contact: Contact, chance: random.Random, today: date) -> Plan:
    every = chance.choice([1, 1, 3, 12])
    anchor = date(2020, 1, 1) + timedelta(days=chance.choice([30, 58, 59, 59, 90, chance.randrange(1400)]))
    number = schedule.number_from(anchor, every, today - timedelta(days=chance.choice([0, 0, 0, 40])))
    paused = chance.random() < 0.25
    resumes = chance.choice([None, today + timedelta(days=chance.randrange(-3, 400))])
    # Beyond today: a date that went by is caught up with, whatever day the plan ends on.
    ends_on = today + timedelta(days=chance.randrange(0, 500)) if chance.random() < 0.3 else None
    next_on = None if paused else schedule.occurrence(anchor, every, number)
    if ends_on is not None and next_on is not None and next_on > ends_on:
        next_on = None
    return a_plan(
        house, contact, anchor=anchor, every=every, currency=chance.choice(["AUD", "AUD", "NZD"]),
        next_number=number, next_on=next_on, state="paused" if paused else chance.choice(["active", "retrying"]),
        resume_on=resumes if paused else None, ends_on=ends_on, amount_minor=chance.randrange(100, 9999),
        cover_minor=chance.choice([0, 30]), given_count=3,
        ends_after=chance.choice([None, None, 3, 4, 5, 9, 30]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Australia/Sydney", TODAY),
        # The same moment is the last of a month in one zone and the first of the next in another.
        ("Pacific/Kiritimati", datetime(2027, 12, 31, 11, 0, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2028, 1, 1, 7, 0, tzinfo=UTC)),
        # Towards 29 February, and on it.
        ("Europe/Berlin", datetime(2027, 3, 30, 22, 30, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2028, 2, 28, 12, 0, tzinfo=UTC)),
    ],
)
def test_it_is_what_the_schedules_say(world: World, contact: Contact, zone: str, at: datetime) -> None:
    house, chance = world.tide, random.Random(zone)
    house.charity.timezone = zone
    house.charity.save()
    today = schedule.local_date(at, zone)
    end = schedule.add_months(today.replace(day=1), 12)
    plans = [some_plan(house, contact, chance, today) for _ in range(400)]
    Plan.objects.bulk_create(plans)
    expected: dict[tuple[str, date], list[int]] = defaultdict(list)
    for plan in plans:
        newest, open_count = None, 0
        if chance.random() < 0.5:
            newest = today + timedelta(days=chance.randrange(-60, 5))
            state = chance.choice(["skipped", "due"])
            Period.objects.create(plan=plan, on=newest, number=0, state=state, created_at=at, updated_at=at)
            open_count = state == "due"
        if open_count and plan.state != "paused":
            expected[plan.currency, max(newest or today, today).replace(day=1)].append(plan.total_minor)
        for on in enumerated(plan, today, end, newest, open_count):
            expected[plan.currency, on.replace(day=1)].append(plan.total_minor)
    with time_machine.travel(at):
        found = forecast(house.charity)
    got = {
        (currency, month): (row.count, row.total_minor)
        for currency, months in found.coming.items()
        for month, row in zip(found.months, months, strict=True)
        if row.count
    }
    assert got == {key: (len(amounts), sum(amounts)) for key, amounts in expected.items()}
    assert found.months[0] == today.replace(day=1) and len(found.months) == 12
    assert sum(row[0] for row in got.values()) > 1000


def test_a_day_that_a_month_lacks_comes_back() -> None:
    batch = Batch("AUD", 1, 31, date(2028, 1, 31), date(2028, 4, 29), None, 1, 100)
    dates = list(batch.dates(date(2028, 1, 1), date(2029, 1, 1)))
    assert dates == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]


def test_the_page_and_the_csv_say_so(world: World, sandbox: Sandbox) -> None:
    with time_machine.travel(TODAY):
        form = world.tide.form
        begun(form, amount_minor=2500)
        begun(form, amount_minor=30_000, every=12)
        begun(form, amount_minor=1000, ends_after=3)
        skipped = begun(form, amount_minor=700)
        changing.skip(skipped.pk, by=DONOR, on=date(2026, 12, 24))
        paused = begun(form, amount_minor=40)
        changing.pause(paused.pk, by=DONOR, until=date(2027, 9, 25))
        forever = begun(form, amount_minor=99_999)
        changing.pause(forever.pk, by=DONOR)
        changing.cancel(begun(form, amount_minor=88_888).pk, by=DONOR)
        begun(world.river.form, amount_minor=77_777, currency="NZD")
        client = world.client("fundraiser")
        months = [("2026-11", "0", "0.00"), ("2026-12", "2", "35.00"), ("2027-01", "3", "42.00")]
        months += [(f"2027-{at:02}", "2", "32.00") for at in range(2, 10)]
        months += [("2027-10", "3", "32.40")]
        assert rows(client) == [(month, "AUD", count, amount, "") for month, count, amount in months]
        page = plain(client.get("/admin/giving-reports/upcoming/").content.decode())
    assert AuditEntry.objects.get(action="export upcoming income").charity == world.tide.charity
    assert "$365.40 AUD" in page and "Too few payments" in page and "777.77" not in page
    assert "<strong>1</strong> regular gift that waits for somebody" in page
    assert page.count('class="bo-bar-value"') == 12


def test_the_charitys_own_success_stands_beside_it(world: World, contact: Contact) -> None:
    plans = [
        a_plan(world.tide, contact, next_number=11, next_on=date(2026, 12, 31), first_gift_id=None)
        for _ in range(40)
    ]
    Plan.objects.bulk_create(plans)
    for at, plan in enumerate(plans):
        state = "paid" if at < 35 else "failed" if at < 38 else "skipped"
        gift = None if at == 39 else plan.pk
        Period.objects.create(
            plan=plan, on=date(2026, 10, 31), number=9, state=state, gift_id=gift, created_at=TODAY,
            updated_at=TODAY, charged_at=None if gift is None else TODAY,
        )  # fmt: skip
    # The first gift of a plan does not count.
    first = plans[0]
    Plan.objects.filter(pk=first.pk).update(first_gift_id=plans[39].pk)
    Period.objects.create(
        plan=first, on=date(2026, 9, 30), number=8, state="failed", gift_id=plans[39].pk, created_at=TODAY,
        updated_at=TODAY, charged_at=TODAY,
    )  # fmt: skip
    # Nor does one that was charged before its plan moved in.
    Period.objects.create(
        plan=first, on=date(2026, 10, 3), number=-8, state="paid", gift_id=uuid.uuid4(), created_at=TODAY,
        updated_at=TODAY,
    )  # fmt: skip
    with time_machine.travel(TODAY):
        page = plain(world.client("fundraiser").get("/admin/giving-reports/upcoming/").content.decode())
        december = rows(world.client("fundraiser"))[1]
    # 35 of 39, for the one that was skipped without a charge was never due.
    assert "35 of 39 payments were paid, at first or later: 89.7 %" in page
    assert december == ("2026-12", "AUD", "40", "400.00", "358.97")


def test_too_few_payments_say_nothing() -> None:
    assert Rate(29, 29).of(100) is None
    assert Rate(29, 30).of(100) == 97
    assert Rate(0, 30).of(100) == 0


def test_what_can_not_be_charged_is_not_expected(world: World, sandbox: Sandbox) -> None:
    plan = begun(world.tide.form)
    next_time(sandbox, plan, Outcome.LOST_CARD)
    Plan.objects.filter(pk=plan.pk).update(method_usable=False)
    client = world.client("fundraiser")
    assert rows(client) == []
    page = plain(client.get("/admin/giving-reports/upcoming/").content.decode())
    assert "No regular gift is due" in page and "<strong>1</strong> regular gift" in page


def test_it_costs_the_same_queries_however_many_plans_there_are(world: World, contact: Contact) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured, time_machine.travel(TODAY):
            forecast(world.tide.charity)
        counts.append(len(captured))
        chance = random.Random(7)
        Plan.objects.bulk_create(
            [some_plan(world.tide, contact, chance, date(2026, 11, 24)) for _ in range(50)]
        )
    assert counts == [5, 5]


def test_others_see_nothing_of_it(world: World, contact: Contact) -> None:
    Plan.objects.bulk_create([a_plan(world.tide, contact, next_number=11, next_on=date(2026, 12, 31))])
    with time_machine.travel(TODAY):
        assert len(rows(world.client("fundraiser"))) == 12
        assert rows(world.client("river fundraiser")) == []
        assert world.client("editor").get("/admin/giving-reports/upcoming/").status_code == 302
