"""Gifts that moved in and their regular gifts: what isn't linked is named, and what was paid is not charged again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.importing import running
from almoner.giving.importing.linking import Link
from almoner.giving.importing.report import Fate
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun, events, next_time, periods, run_on
from almoner.giving.tests.test_importing import (
    Import,
    as_stripe,
    bring,
    days,
    gift_row,
    holds,
    pages,
    plan_row,
    said,
    subscription,
    table,
    unix,
    wish,
)
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing, schedule, timing
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR
from almoner.plans.schedule import add_months

__all__ = ["as_stripe", "bring", "said", "wish"]


def past(number: str, **changed: Any) -> dict[str, Any]:
    return gift_row(number, amount="25.50", plan_number="P1", period_on="") | changed


def next_on(plan: Plan) -> Any:
    plan.refresh_from_db()
    return schedule.occurrence(plan.anchor, plan.every, plan.next_number)


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    """In Sydney, where the hour at which gifts are charged is over: before it a day has one more of them."""
    with time_machine.travel(datetime.combine(now().date(), time(3), UTC)):
        yield


@pytest.fixture
def moved_in(bring: Import, form: DonationForm, sandbox: Sandbox, tmp_path: Path) -> Plan:
    """P1, active, from a card that the sandbox knows; the next gift is due the day after tomorrow."""
    token = begun(form).saved_method
    line = plan_row(next_on=days(2).isoformat(), saved_method=token)
    bring("csv", table(tmp_path / "plans.csv", [line]), activate=True)
    return Plan.objects.get(imported_from="csv P1")


def test_what_cannot_be_linked_is_kept_and_named(
    bring: Import, said: list[str], moved_in: Plan, tmp_path: Path
) -> None:
    other = plan_row("P2", next_on=days(9).isoformat())
    bring("csv", table(tmp_path / "other.csv", [other]))
    rows = [
        past("1", given_on="2024-02-29"), past("2", given_on="2024-02-29"),
        past("3", given_on="2024-03-29", currency="NZD"), past("4", given_on="2024-04-29", plan_number="P9"),
        past("5", given_on="2024-05-29", plan_number=""),
    ]  # fmt: skip
    report = bring("csv", table(tmp_path / "gifts.csv", rows))
    assert report.fates == {Fate.GIFT: 5} and report.balances()
    assert report.links == {Link.NOW: 2, Link.NOT: 2} and report.named == {"AUD": 7650, "NZD": 2550}
    assert said == ["gifts.csv, line 4: not linked: its regular gift is in another currency"]
    told: list[str] = []
    report.tell(told.append)
    assert "    1: no regular gift here is called that yet; it is linked as soon as one is imported" in told
    assert (
        "  AUD: 76.50 named = 51.00 linked to their regular gifts + 0.00 linked already + 25.50 not linked"
        in told
    )
    # One that stands with its regular gift is no other's, whatever another file says.
    claimed = bring("csv", table(tmp_path / "again.csv", [past("1", plan_number="P2")]))
    assert claimed.links == {Link.NOT: 1} and said[-1].endswith("it is another regular gift's already")
    assert [gift.plan for gift in Gift.objects.exclude(plan_origin=None).order_by("given_at", "-plan")].count(
        moved_in
    ) == 2
    report.linked[Link.NOW, "AUD"] -= 1
    assert not report.balances()
    assert holds()


def test_gifts_of_one_day_stand_under_it_and_the_free_days_before_it(
    bring: Import, said: list[str], moved_in: Plan, tmp_path: Path
) -> None:
    """Where a source caught up, or charged twice. None is lost, and none is charged again."""
    rows = [past(str(number), given_on="2024-03-20") for number in range(17)]
    first = bring("csv", table(tmp_path / "first.csv", [past("before", given_on="2024-03-18"), rows[0]]))
    report = bring("csv", table(tmp_path / "gifts.csv", rows))
    assert first.links == {Link.NOW: 2} and report.links == {Link.BEFORE: 1, Link.NOW: 14, Link.NOT: 2}
    why = "not linked: its regular gift has other gifts of that date and of the days before it"
    assert [each.partition(": ")[2] for each in said] == [why, why] and report.balances()
    moved_in.refresh_from_db()
    assert moved_in.given_count == 16 and next_on(moved_in) == days(2)
    paid = [*Period.objects.filter(plan=moved_in).order_by("on").values_list("on", flat=True)]
    assert paid == [date(2024, 3, 20) - timedelta(days=back) for back in range(15, -1, -1)]
    assert bring("csv", tmp_path / "gifts.csv").links == {Link.BEFORE: 15, Link.NOT: 2} and holds()


def test_two_gifts_of_today_close_the_next_date_once(bring: Import, moved_in: Plan, tmp_path: Path) -> None:
    """The first pays what is due the day after tomorrow; the second stands under its own day."""
    rows = [past(str(number), given_on=days(0).isoformat()) for number in (1, 2)]
    assert bring("csv", table(tmp_path / "gifts.csv", rows)).links == {Link.NOW: 2}
    assert {gift.period_on for gift in Gift.objects.filter(plan=moved_in)} == {days(2), days(0)}
    assert next_on(moved_in) == add_months(days(2), 1) and holds()


def test_a_gift_that_came_before_without_saying_so_is_linked_when_it_does(
    bring: Import, moved_in: Plan, tmp_path: Path
) -> None:
    bring("csv", table(tmp_path / "old.csv", [gift_row("1"), gift_row("1")]))
    report = bring("csv", table(tmp_path / "new.csv", [gift_row("1", plan_number="P1")] * 2))
    assert (report.fates, report.links) == ({Fate.KNOWN: 2}, {Link.NOW: 1, Link.BEFORE: 1})
    assert Gift.objects.get(plan=moved_in).period_on is not None and report.balances() and holds()


def test_a_dry_run_says_as_much_and_links_nothing(bring: Import, tmp_path: Path) -> None:
    files = (
        table(tmp_path / "gifts.csv", [past("1"), past("2", plan_number="P9")]),
        table(tmp_path / "plans.csv", [plan_row()]),
    )
    dry = bring("csv", *files[::-1], dry_run=True)
    assert dry.links == {Link.NOW: 1, Link.NOT: 1} and not Gift.objects.exists()
    assert bring("csv", *files[::-1]).links == dry.links and holds()


def test_how_many_are_left_is_not_lessened_by_gifts_of_the_past(bring: Import, tmp_path: Path) -> None:
    """A source that says how many are left, and not how many there were."""
    rows = [past(str(n), given_on=f"2024-0{n}-15") for n in (1, 2, 3)]
    bring("csv", table(tmp_path / "plans.csv", [plan_row(gifts_left="2")]))
    bring("csv", table(tmp_path / "gifts.csv", rows))
    plan = Plan.objects.get()
    assert (plan.given_count, plan.given_elsewhere, plan.ends_after) == (3, 0, 5) and holds()


# ---- no second charge --------------------------------------------------------------------------------------------


def test_all_that_was_promised_was_given_at_the_source(
    bring: Import, sandbox: Sandbox, moved_in: Plan, tmp_path: Path
) -> None:
    changing.change_end(moved_in.pk, by=DONOR, ends_after=1)
    bring("csv", table(tmp_path / "gifts.csv", [past("1", given_on=days(0).isoformat())]))
    moved_in.refresh_from_db()
    assert (moved_in.state, moved_in.next_at, moved_in.given_count) == ("completed", None, 1) and holds()


def test_what_was_declined_here_and_paid_at_the_source_is_not_tried_again(
    bring: Import, sandbox: Sandbox, moved_in: Plan, tmp_path: Path
) -> None:
    next_time(sandbox, moved_in, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, moved_in)
    assert moved_in.state == "retrying"
    bring("csv", table(tmp_path / "gifts.csv", [past("1", given_on=days(1).isoformat())]))
    moved_in.refresh_from_db()
    assert (moved_in.state, moved_in.retry_at, moved_in.declines) == ("active", None, 0)
    assert (periods(moved_in), moved_in.given_count) == (["paid", "skipped"], 1)
    next_time(sandbox, moved_in, Outcome.SUCCESS)
    run_on(sandbox, moved_in)
    assert periods(moved_in) == ["paid", "skipped", "paid"] and moved_in.given_count == 2
    assert holds()


def test_a_debit_that_was_announced_here_and_paid_at_the_source_is_not_made(
    bring: Import, sandbox: Sandbox, moved_in: Plan, tmp_path: Path
) -> None:
    at = moved_in.created_at
    announced = Period.objects.create(plan=moved_in, on=days(2), number=0, created_at=at, updated_at=at)
    columns = timing.next_columns(moved_in, moved_in.next_number + 1, timezone=moved_in.charity.timezone)
    Plan.objects.filter(pk=moved_in.pk).update(**columns)
    bring("csv", table(tmp_path / "gifts.csv", [past("1", given_on=days(0).isoformat())]))
    announced.refresh_from_db()
    gift = Gift.objects.get(plan=moved_in)
    assert (announced.state, announced.gift_id, gift.period_on) == ("paid", gift.pk, days(2))
    assert next_on(moved_in) == add_months(days(2), 1) and holds()


def test_a_subscription_begins_after_what_its_last_invoice_paid(
    bring: Import, as_stripe: None, tmp_path: Path
) -> None:
    """Stripe charged it between the first export and its end."""
    running = subscription(1, current_period_end=unix(days(2)), billing_cycle_anchor=unix(days(2)))
    invoice = {
        "id": "in_1", "object": "invoice", "status": "paid", "currency": "aud", "amount_paid": 3000,
        "customer_email": "ola1@example.org", "status_transitions": {"paid_at": unix(days(0))},
        "charge": {"amount_refunded": 500, "refunds": {"data": [{"created": unix(days(0))}]}},
        "subscription": "sub_1",
    }  # fmt: skip
    bring("stripe", pages(tmp_path / "running.json", [running]))
    others = [
        invoice | {"id": "in_2", "status": "open"}, invoice | {"id": "in_3", "subscription": None},
        invoice | {"id": "in_4", "amount_paid": 0},
    ]  # fmt: skip
    report = bring("stripe", pages(tmp_path / "invoices.json", [invoice, *others]))
    assert report.fates == {Fate.GIFT: 1, Fate.LEFT_OUT: 3} and report.balances()
    ended = running | {"status": "canceled", "canceled_at": unix(days(1))}
    assert bring("stripe", pages(tmp_path / "ended.json", [ended]), activate=True).activated == 1
    plan = Plan.objects.get()
    assert (plan.state, plan.next_on, events(plan)) == (
        "active", add_months(days(2), 1), ["imported", "changed", "resumed"],
    )  # fmt: skip
    gift = Gift.objects.get()
    assert (gift.plan, gift.settled_minor, gift.refunded_minor) == (plan, 3000, 500) and holds()


def test_a_plan_of_stripes_has_givewps_number_too(bring: Import, as_stripe: None, tmp_path: Path) -> None:
    row = {
        "id": "9", "period": "month", "recurring_amount": "30.00", "status": "active", "currency": "AUD",
        "expiration": f"{days(10)} 00:00:00", "profile_id": "sub_1", "email": "ola1@example.org",
    }  # fmt: skip
    gift = {
        "Donation ID": "4711", "Donation Total": "30", "Donation Status": "Complete", "Currency Code": "AUD",
        "Donation Date": "2024-05-05", "Email Address": "ola1@example.org", "subscription_id": "9",
    }  # fmt: skip
    bring("stripe", pages(tmp_path / "subs.json", [subscription(1)]))
    unnamed = gift | {"Donation ID": "4712", "subscription_id": "", "Payment Type": "renewal"}
    waits = bring("givewp", table(tmp_path / "donations.csv", [gift | {"Payment Type": ""}, unnamed]))
    assert waits.links == {Link.NOT: 2}
    assert "it is of a regular gift, but its file does not say of which" in waits.unlinked
    report = bring("givewp", table(tmp_path / "subscriptions.csv", [row]), paused=True)
    assert (report.fates, report.joined) == ({Fate.KNOWN: 1}, 1)
    assert Gift.objects.get(plan_origin="givewp sub 9").plan == Plan.objects.get() and holds()


# ---- refunds, and what it costs ----------------------------------------------------------------------------------


def test_a_gift_that_was_given_back_is_so_here_and_can_be_given_back_here(
    bring: Import, said: list[str], moved_in: Plan, charity: Charity, tmp_path: Path
) -> None:
    rows = [
        past("1", refunded_minor="550", refunded_on="2024-03-04"),
        past("2", given_on="2024-04-01", refunded_minor="2551"), past("3", given_on="2024-05-01"),
    ]  # fmt: skip
    rows = [{"refunded_minor": "", "refunded_on": "", **row} for row in rows]
    report = bring("csv", table(tmp_path / "gifts.csv", rows))
    assert report.links == {Link.NOW: 2} and "more was given back than it was" in said[0]
    gift, other = Gift.objects.filter(plan=moved_in).order_by("given_at")
    posted = Posting.objects.get(source="refund")
    assert (gift.refunded_minor, posted.amount_minor) == (550, 550)
    assert schedule.local_date(posted.at, charity.timezone).isoformat() == "2024-03-04"
    staff = User.objects.create_superuser("treasurer")
    actions.refund(gift_id=other.pk, amount_minor=2550, reason="asked", actor=staff)
    other.refresh_from_db()
    moved_in.refresh_from_db()
    assert (other.refunded_minor, other.plan, moved_in.given_count) == (2550, moved_in, 2) and holds()


def test_linking_costs_no_query_a_gift(
    bring: Import, moved_in: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(name: str, plan: str, ago: int = 40) -> int:
        rows = [past(f"{name} {n}", plan_number=plan, given_on=days(-ago - n).isoformat()) for n in range(40)]
        path = table(tmp_path / f"{name}.csv", rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert bring("csv", path).fates == {Fate.GIFT: 40}
        return len(queries)

    alone, linked = cost("alone", ""), cost("linked", "P1")
    assert Gift.objects.filter(plan=moved_in).count() == 40
    # A transaction with the plans, their names, events and periods read, and what joins written, for five hundred.
    assert linked - alone <= 20
    monkeypatch.setattr(running, "_LINKED_AT_ONCE", 7)
    assert cost("in bits", "P1", ago=100) - alone <= 20 * 6
    assert Gift.objects.filter(plan=moved_in).count() == 80 and holds()
