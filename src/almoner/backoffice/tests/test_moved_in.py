"""A charity moves in: a regular gift's pages show all the gifts it ever made, numbered, and it goes on from there."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from almoner.backoffice.reports.recovery import by_month
from almoner.backoffice.tests.conftest import World
from almoner.config import cli, prove
from almoner.config.commands import importing
from almoner.donors.tests.conftest import Browser
from almoner.giving.models import Gift
from almoner.giving.tests.plans import periods, run_on
from almoner.giving.tests.test_importing import (
    as_stripe,
    days,
    gift_row,
    pages,
    plan_row,
    subscription,
    table,
    unix,
)
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.plans import schedule
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.plans.schedule import add_months

__all__ = ["as_stripe"]

Files = tuple[Path, Path]
EMAIL = "mira@example.org"


def given_days() -> list[date]:
    """Three gifts of the past, and one of today, that paid for the day after tomorrow."""
    return [*(add_months(days(2), -ago) for ago in (3, 2, 1)), days(0)]


def bring(source: str, *files: Path, asked: Iterable[str] = ()) -> int:
    paths = [str(path) for path in files]
    options = cli.parser().parse_args(["import", source, *paths, "--charity", "tide", *asked])
    return importing.run(options)


def from_csv(folder: Path) -> Files:
    plan = plan_row(next_on=days(2).isoformat(), gifts_given="5", gifts_left="6")
    gifts = [
        gift_row(f"G{n}", given_on=on.isoformat(), amount="25.50", plan_number="P1")
        for n, on in enumerate(given_days())
    ]
    return table(folder / "plans.csv", [plan]), table(folder / "gifts.csv", gifts)


def from_givewp(folder: Path) -> Files:
    """Its first donation doesn't say of which subscription it is; the subscription says so."""
    plan = {
        "id": "9", "period": "month", "frequency": "1", "recurring_amount": "25.5000000000", "status": "active",
        "bill_times": "11", "given": "5", "expiration": f"{days(2)} 00:00:00", "profile_id": "I-9",
        "parent_payment_id": "100", "email": EMAIL, "first_name": "Mira", "last_name": "Tan", "currency": "AUD",
    }  # fmt: skip
    gift = {
        "First Name": "Mira", "Last Name": "Tan", "Email Address": EMAIL, "Donation Total": "25.50",
        "Currency Code": "AUD", "Donation Status": "Complete",
    }  # fmt: skip
    gifts = [
        gift
        | {
            "Donation ID": str(100 + n),
            "Donation Date": f"{on:%B %-d, %Y}",
            "Payment Type": "renewal" if n else "subscription",
            "subscription_id": "9" if n else "",
        }
        for n, on in enumerate(given_days())
    ]
    return table(folder / "subscriptions.csv", [plan]), table(folder / "donations.csv", gifts)


def from_charitable(folder: Path) -> Files:
    plan = {
        "Recurring Donation ID": "70", "Billing Period": "month", "Billing Amount": "25.50",
        "Start Date": f"{add_months(days(2), -3):%A, %B %-d, %Y}", "Donor First Name": "Mira",
        "Donor Last Name": "Tan", "Donor Email": EMAIL, "Recurring Donation Status": "charitable-active",
        "Recurring Donation Gateway": "stripe",
    }  # fmt: skip
    gift = {
        "First Name": "Mira", "Last Name": "Tan", "Email": EMAIL, "Donation Amount": "25.50",
        "Donation Status": "Paid", "Parent Donation ID": "70",
    }  # fmt: skip
    gifts = [
        gift | {"Donation ID": str(71 + n), "Date of Donation": f"{on:%B %-d, %Y}"}
        for n, on in enumerate(given_days())
    ]
    return table(folder / "recurring.csv", [plan]), table(folder / "donations.csv", gifts)


def invoice(n: int, on: date, **changed: Any) -> dict[str, Any]:
    found = {
        "id": f"in_{n}", "object": "invoice", "status": "paid", "currency": "aud", "amount_paid": 2550,
        "customer": "cus_1", "customer_name": "Mira Tan", "customer_email": EMAIL,
        "status_transitions": {"paid_at": unix(on)},
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
    }  # fmt: skip
    return found | changed


def from_stripe(folder: Path) -> Files:
    customer = {"id": "cus_1", "name": "Mira Tan", "email": EMAIL}
    plan = subscription(
        1, current_period_end=unix(days(2)), billing_cycle_anchor=unix(days(2)), customer=customer
    )
    plan["items"]["data"][0]["price"]["unit_amount"] = 2550
    invoices = [invoice(n, on) for n, on in enumerate(given_days())]
    # Older versions of its API say it so.
    invoices[0] |= {"subscription": "sub_1", "parent": None}
    return pages(folder / "subs.json", [plan]), pages(folder / "invoices.json", invoices)


SOURCES: dict[str, tuple[Callable[[Path], Files], bool]] = {
    "csv": (from_csv, True), "givewp": (from_givewp, True), "charitable": (from_charitable, False),
    "stripe": (from_stripe, False),
}  # fmt: skip


@pytest.fixture
def in_every_month() -> Iterator[None]:
    """The day after tomorrow is one that every month has: a plan of which only its beginning is known, on 28 February,
    is not of the 31st."""
    with time_machine.travel(now() - timedelta(days=max(0, days(2).day - 28)), tick=True):
        yield


@pytest.fixture
def mira(world: World, sandbox: Sandbox) -> Browser:
    return Browser()


def shown_to_staff(client: Client, plan: Plan) -> list[tuple[str, str, str]]:
    """Number, date and state of each row, as staff see them."""
    page = client.get(reverse("backoffice:plan", args=[plan.pk])).content.decode()
    row = r'<td class="bo-number">(\d*)</td>\s*<td>(?:<a href="[^"]+">)?([^<]+)<.*?bo-chip--\w+">([^<]+)<'
    return re.findall(row, page, re.DOTALL)


def shown_to_donor(mira: Browser, plan: Plan) -> list[tuple[str, str]]:
    mira.sign_in(EMAIL)
    page = mira.get(f"plans/{plan.reference}/").content.decode()
    return re.findall(r"<li>([^<·]+) · (Gift \d+) · <bdi>[^<]+</bdi> <span>· Given</span></li>", page)


@pytest.mark.usefixtures("in_every_month", "as_stripe")
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("gifts_first", [True, False], ids=["gifts-first", "plans-first"])
def test_all_its_gifts_stand_on_its_pages(
    world: World,
    mira: Browser,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    gifts_first: bool,
) -> None:
    files, counted = SOURCES[source]
    plans, gifts = files(tmp_path)
    order = (gifts, plans) if gifts_first else (plans, gifts)
    for path in order:
        assert bring(source, path, asked=["--paused"]) == 0
    told = capsys.readouterr().out
    assert "It does NOT" not in told and not Job.objects.exists()
    if gifts_first:
        assert "not linked: 4" in told and "gifts that had waited, linked to these regular gifts: 4" in told
    else:
        assert "linked to their regular gifts: 4" in told and "AUD: 102.00 named = 102.00 linked to" in told
    plan = Plan.objects.get()
    days_paid = [*given_days()[:3], days(2)]
    assert list(Period.objects.order_by("on").values_list("on", "state")) == [
        (on, "paid") for on in days_paid
    ]
    assert [gift.period_on for gift in Gift.objects.filter(plan=plan).order_by("given_at")] == days_paid
    first = 3 if counted else 1
    assert (plan.given_count, plan.given_elsewhere) == (first + 3, first - 1)
    assert plan.ends_after == (11 if counted else None)
    # What was paid for the day after tomorrow is not charged again.
    assert schedule.occurrence(plan.anchor, 1, plan.next_number) == add_months(days(2), 1)
    numbered = [(str(first + n), f"{on:%-d %b %Y}", "paid") for n, on in enumerate(days_paid)]
    assert shown_to_staff(world.client("fundraiser"), plan) == numbered[::-1]
    assert [number for _, number in shown_to_donor(mira, plan)] == [f"Gift {first + n}" for n in (3, 2, 1, 0)]
    assert prove.report(lambda line: None) == 0
    # Of what the source charged only the successes are known: no report on failed payments counts them.
    assert by_month(world.tide.charity, days(-400), days(40)) == []
    before = Plan.objects.values().get(), [*Gift.objects.order_by("pk").values()]
    assert bring(source, *order, asked=["--paused"]) == 0
    assert "linked already: 4" in capsys.readouterr().out
    assert (Plan.objects.values().get(), [*Gift.objects.order_by("pk").values()]) == before


def test_it_goes_on_counting_and_ends_where_it_was_to_end(
    world: World, mira: Browser, sandbox: Sandbox, tmp_path: Path
) -> None:
    token = world.tide.promise().saved_method
    plan_line = plan_row(next_on=days(2).isoformat(), gifts_given="3", gifts_left="2", saved_method=token)
    _, gifts = from_csv(tmp_path)
    plans = table(tmp_path / "plans.csv", [plan_line])
    assert bring("csv", plans, gifts, asked=["--activate"]) == 0
    plan = Plan.objects.get(imported_from="csv P1")
    assert (plan.state, plan.next_on, plan.given_count, plan.ends_after) == (
        "active", add_months(days(2), 1), 4, 5,
    )  # fmt: skip
    told = PlanEvent.objects.get(plan=plan, name="changed")
    assert (told.by, told.detail) == ("import", {"what": "given_before", "on": days(2).isoformat()})
    run_on(sandbox, plan)
    assert (plan.state, plan.given_count, periods(plan)) == ("completed", 5, ["paid"] * 5)
    rows = shown_to_staff(world.client("fundraiser"), plan)
    assert [number for number, *_ in rows] == ["5", "4", "3", "2", "1"]
    assert shown_to_donor(mira, plan)[0][1] == "Gift 5"
    assert prove.report(lambda line: None) == 0


def test_a_long_history_stands_on_several_pages(world: World, mira: Browser, tmp_path: Path) -> None:
    rows = [
        gift_row(f"G{n}", given_on=add_months(days(-9), -n).isoformat(), plan_number="P1") for n in range(130)
    ]
    plans = table(tmp_path / "plans.csv", [plan_row()])
    assert bring("csv", plans, table(tmp_path / "gifts.csv", rows)) == 0
    plan, client = Plan.objects.get(), world.client("fundraiser")
    assert [number for number, *_ in shown_to_staff(client, plan)] == [str(n) for n in range(130, 10, -1)]
    url = reverse("backoffice:plan", args=[plan.pk])
    page = client.get(f"{url}?page=2").content.decode()
    assert re.findall(r'<td class="bo-number">(\d+)</td>', page) == [str(n) for n in range(10, 0, -1)]
    mira.sign_in(EMAIL)
    last = mira.get(f"plans/{plan.reference}/?page=6").content.decode()
    assert re.findall(r"Gift (\d+)", last) == [str(n) for n in range(10, 0, -1)]
    assert "?page=5" in last and "?page=7" not in last
