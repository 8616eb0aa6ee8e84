"""What failed and was recovered: payments that really went through the sandbox, and the report's exact figures."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.backoffice.tests.conftest import House, World
from almoner.backoffice.tests.test_gift import plain
from almoner.charities.models import AuditEntry
from almoner.giving.actions.charging import charge_due
from almoner.giving.actions.renewing import due_count
from almoner.giving.tests.plans import begun, next_time
from almoner.payments.gateways.port import SavedMethod
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing, outcomes
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR, lock

# In Sydney the 24th of November, ten in the morning: the plans' next gifts fall due on 24 December.
BEGUN = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
FAILS = Outcome.INSUFFICIENT_FUNDS
DUE = "first=2026-12-01&last=2026-12-31"


def plan_of(house: House, amount_minor: int, **changes: Any) -> Plan:
    return begun(house.form, amount_minor=amount_minor, **changes)


def turn_to(sandbox: Sandbox, day: datetime) -> None:
    """Charge what is due up to that day at noon, in Sydney."""
    sandbox.store.move_clock(day - hooks.clock("sandbox"))
    # A turn ends with one that is given up and not charged.
    while due_count("sandbox", at=hooks.clock("sandbox")):
        charge_due(in_flight=1)


@pytest.fixture
def december(world: World, sandbox: Sandbox) -> dict[str, Plan]:
    """Plans on 24 December: all but the first are declined; then each goes its own way, up to 7 January."""
    with time_machine.travel(BEGUN, tick=False) as clock:
        names = ("paid", "day 3", "day 7", "day 14", "given up", "new card", "stopped", "lost", "dollars")
        plans = {
            name: plan_of(world.tide, 100 * 2**at, currency="NZD" if name == "dollars" else "AUD")
            for at, name in enumerate(names)
        }
        plan_of(world.river, 99_900, currency="NZD")
        for name, plan in plans.items():
            if name not in ("paid", "dollars"):
                next_time(sandbox, plan, Outcome.LOST_CARD if name in ("new card", "lost") else FAILS)

        def at(month: int, day: int) -> None:
            clock.shift(timedelta(minutes=1))
            turn_to(sandbox, datetime(2026 + (month == 1), month, day, 1, tzinfo=UTC))

        at(12, 24)
        next_time(sandbox, plans["day 3"], Outcome.SUCCESS)
        clock.shift(timedelta(minutes=1))
        plans["paid"].refresh_from_db()
        good = plans["paid"].saved_method
        saved = SavedMethod(token=good, kind="sandbox_card", label="Visa ···· 1111", expires="2030-01")
        changing.change_method(
            plans["new card"].pk, by=DONOR, gateway="sandbox", account="", method="sandbox_card", saved=saved
        )
        changing.cancel(plans["stopped"].pk, by=DONOR)
        at(12, 28)
        next_time(sandbox, plans["day 7"], Outcome.SUCCESS)
        at(12, 31)
        next_time(sandbox, plans["day 14"], Outcome.SUCCESS)
    return plans


def figures(client: Client, query: str = DUE) -> list[dict[str, str]]:
    """The CSV's rows, without what is nought."""
    response: Any = client.get(f"/admin/giving-reports/recovery/?{query}&format=csv")
    text = b"".join(response).decode().removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(text))
    return [{name: value for name, value in row.items() if value not in ("0", "0.00")} for row in rows]


def test_each_payment_has_one_fate(world: World, sandbox: Sandbox, december: dict[str, Plan]) -> None:
    client = world.client("fundraiser")
    aud, nzd = figures(client)
    assert aud == {
        "Month": "2026-12", "Currency": "AUD", "Due": "255.00", "Due: payments": "8",
        "Paid at first": "1.00", "Paid at first: payments": "1",
        "Failed at first": "254.00", "Failed at first: payments": "7",
        "Soft declines": "94.00", "Soft declines: payments": "5",
        "Hard declines": "160.00", "Hard declines: payments": "2",
        "Recovered": "38.00", "Recovered: payments": "3",
        "1st retry, day 3": "2.00", "1st retry, day 3: payments": "1",
        "2nd retry, day 7": "4.00", "2nd retry, day 7: payments": "1",
        "New method or by hand": "32.00", "New method or by hand: payments": "1",
        "Stopped": "64.00", "Stopped: payments": "1",
        "Still open": "152.00", "Still open: payments": "3",
    }  # fmt: skip
    assert nzd == {
        "Month": "2026-12", "Currency": "NZD", "Due": "256.00", "Due: payments": "1", "Paid at first": "256.00",
        "Paid at first: payments": "1",
    }  # fmt: skip
    turn_to(sandbox, datetime(2027, 1, 8, tzinfo=UTC))
    aud = figures(client)[0]
    assert (aud["3rd retry, day 14"], aud["Recovered"]) == ("8.00", "46.00")
    assert (aud["Given up"], aud["Given up: payments"], "Still open" in aud) == ("144.00", "2", False)
    assert AuditEntry.objects.filter(action="export failed and recovered", object_type="report").count() == 2


def test_the_page_draws_and_tables_them(world: World, december: dict[str, Plan]) -> None:
    response = world.client("fundraiser").get(f"/admin/giving-reports/recovery/?{DUE}")
    page = plain(response.content.decode())
    assert "Failed at first: <strong>$254.00 AUD in 7 payments</strong>" in page
    assert "Recovered: <strong>$38.00 AUD in 3 payments</strong>, 42 % of them" in page
    assert page.index('id="bo-AUD"') < page.index('id="bo-NZD"')
    assert page.count("bo-chart--bars") == 2
    # 1.00 at first, 38.00 recovered, 152.00 open, 64.00 lost, of 256.00 drawn 400 wide for the larger currency alone.
    widths = re.findall(r'width="([\d.]+)" height="10" class="bo-part', page)
    assert widths == ["1.6", "59.6", "238.4", "100.4", "400.0", "0.0", "0.0", "0.0"]
    assert "999.00" not in page
    assert "No payment of a regular gift" in plain(
        world.client("fundraiser").get("/admin/giving-reports/recovery/").content.decode()
    )


def test_a_debit_that_came_back(world: World, december: dict[str, Plan]) -> None:
    """In whichever way it had been paid, it was not recovered."""
    for name in ("paid", "day 3"):
        period = Period.objects.get(plan=december[name], on="2026-12-24")
        with transaction.atomic():
            outcomes.returned(
                lock(december[name].pk),
                outcomes.Outcome(period.gift_id, "sandbox", "", "sandbox_card", on_session=False),
                at=BEGUN,
            )
    aud = figures(world.client("fundraiser"))[0]
    assert (aud["Came back"], aud["Came back: payments"], aud["Recovered"]) == ("3.00", "2", "36.00")
    assert (aud["Due"], aud["Failed at first"], "Paid at first" in aud) == ("255.00", "252.00", False)


def test_it_costs_the_same_queries_however_many_plans_there_are(
    world: World, sandbox: Sandbox, december: dict[str, Plan]
) -> None:
    client = world.client("fundraiser")
    counts = []
    for _ in range(2):
        client.get(f"/admin/giving-reports/recovery/?{DUE}")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/admin/giving-reports/recovery/?{DUE}")
        counts.append(len([q for q in captured if "plans_" in q["sql"]]))
        more = [plan_of(world.tide, 5000) for _ in range(3)]
        for plan in more:
            next_time(sandbox, plan, FAILS)
        turn_to(sandbox, hooks.clock("sandbox") + timedelta(days=40))
    assert counts == [5, 5]


def test_others_see_nothing_of_it(world: World, december: dict[str, Plan]) -> None:
    assert [row["Due"] for row in figures(world.client("river fundraiser"))] == ["999.00"]
    assert world.client("editor").get("/admin/giving-reports/recovery/").status_code == 302
    charity = world.tide.charity.pk
    assert [row["Due"] for row in figures(world.client("river fundraiser"), f"{DUE}&charity={charity}")] == [
        "999.00"
    ]


def test_a_row_leads_to_the_plans_that_failed(world: World, december: dict[str, Plan]) -> None:
    client = world.client("fundraiser")
    page = client.get(f"/admin/giving-reports/recovery/?{DUE}").content.decode()
    links = [html.unescape(url) for url in re.findall(r'href="(/admin/plans/\?[^"]*)"', page)]
    # New Zealand's dollars were all paid at first.
    assert len(links) == 1
    found = client.get(links[0].replace("/plans/?", "/plans/results/?")).context["object_list"]
    assert {plan.reference for plan in found} == {
        plan.reference for name, plan in december.items() if name not in ("paid", "dollars")
    }
    earlier = "/admin/plans/results/?failed_from=2026-11-01&failed_to=2026-12-23"
    assert list(client.get(earlier).context["object_list"]) == []
