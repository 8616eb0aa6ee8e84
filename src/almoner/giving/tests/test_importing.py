"""What moves in from elsewhere: each format, totals to the cent, nothing twice, and no second charge."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.charities.models import Charity, Fund
from almoner.config import prove
from almoner.giving.importing import reading, stripe, writing
from almoner.giving.importing.records import FileWrong, LineWrong, PlanLine, Reading
from almoner.giving.importing.report import Fate, Report
from almoner.giving.importing.running import run
from almoner.giving.importing.writing import Wish
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.ledger.models import Posting
from almoner.outbox.models import Job
from almoner.payments import gateways
from almoner.payments.models import Attempt
from almoner.plans import schedule
from almoner.plans.models import Plan, PlanEvent
from almoner.plans.transitions import PlanState
from almoner.receipts.models import Receipt
from almoner.supporters.people import Details

Import = Callable[..., Report]
PERSON = {"given_name": "Mira", "family_name": "Tan", "email": "mira@example.org"}


def table(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def plan_row(number: str = "P1", **changed: Any) -> dict[str, Any]:
    row = {
        "number": number, "amount": "25.50", "currency": "AUD", "every": "monthly", "next_on": days(9).isoformat(),
        "state": "active", "gateway": "sandbox", "method": "sandbox_card", "saved_method": "cus_7 pm_7",
        "gifts_left": "", "ends_on": "",
    }  # fmt: skip
    return row | PERSON | changed


def gift_row(number: str = "G1", **changed: Any) -> dict[str, Any]:
    row = {"number": number, "amount": "40.00", "currency": "AUD", "given_on": "2024-02-29", "note": "Well"}
    return row | PERSON | changed


def days(count: int) -> date:
    return schedule.local_date(now(), "Australia/Sydney") + timedelta(days=count)


def unix(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 1, tzinfo=UTC).timestamp())


def subscription(number: int = 1, **changed: Any) -> dict[str, Any]:
    price = {"unit_amount": 3000, "currency": "aud", "recurring": {"interval": "month", "interval_count": 1}}
    found: dict[str, Any] = {
        "id": f"sub_{number}", "object": "subscription", "status": "active", "cancel_at_period_end": False,
        "billing_cycle_anchor": unix(days(-20)), "current_period_end": unix(days(10)),
        "customer": {"id": f"cus_{number}", "name": "Ola van Dijk", "email": f"ola{number}@example.org"},
        "default_payment_method": {
            "id": f"pm_{number}", "type": "card",
            "card": {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2031},
        },
        "items": {"object": "list", "data": [{"price": price, "quantity": 1}]}, "metadata": {},
    }  # fmt: skip
    return found | changed


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def wish(charity: Charity) -> Wish:
    return Wish(charity, Fund.objects.filter(charity=charity, is_default=True).get())


@pytest.fixture
def bring(charity: Charity, wish: Wish, said: list[str]) -> Import:
    def bring(source: str, *paths: Path, dry_run: bool = False, dates: str = "", **wanted: Any) -> Report:
        given = Reading("AUD", charity.timezone, dates, wanted.pop("columns", None))
        asked = Wish(wish.charity, wish.fund, **wanted)
        return run(source, paths, given, asked, dry_run=dry_run, tell=said.append)

    return bring


def holds() -> bool:
    return prove.report(lambda line: None) == 0


# ---- plans -------------------------------------------------------------------------------------------------------


def test_a_plan_waits_until_its_source_was_stopped(bring: Import, tmp_path: Path) -> None:
    path = table(tmp_path / "plans.csv", [plan_row()])
    report = bring("csv", path)
    plan = Plan.objects.get()
    assert (report.fates[Fate.PLAN], report.balances()) == (1, True)
    assert (plan.state, plan.next_at, plan.amount_minor, plan.every) == (PlanState.PAUSED, None, 2550, 1)
    assert (plan.saved_method, plan.imported_from) == ("cus_7 pm_7", "csv P1")
    again = bring("csv", path)
    assert (again.fates[Fate.KNOWN], again.activated, again.balances()) == (1, 0, True)
    begun = bring("csv", path, activate=True)
    plan.refresh_from_db()
    assert (begun.activated, plan.state, plan.next_on) == (1, PlanState.ACTIVE, days(9))
    assert bring("csv", path, activate=True).activated == 0
    assert Plan.objects.count() == 1 and holds()
    # Nobody was written to.
    assert not Job.objects.exists()


def test_what_the_source_may_have_charged_is_not_charged_again(bring: Import, tmp_path: Path) -> None:
    rows = [plan_row("today", next_on=days(0).isoformat()), plan_row("past", next_on=days(-3).isoformat())]
    bring("csv", table(tmp_path / "plans.csv", rows), activate=True)
    for plan in Plan.objects.all():
        assert plan.next_on is not None and plan.next_on > days(0)
        assert plan.next_on >= days(20), "the next one is a month after what the source charged"


def test_a_plan_that_a_donor_paused_later_is_not_begun(bring: Import, tmp_path: Path) -> None:
    path = table(tmp_path / "plans.csv", [plan_row()])
    bring("csv", path)
    plan = Plan.objects.get()
    PlanEvent.objects.create(
        plan=plan, name="changed", from_state="paused", to_state="paused", at=now(), by="donor"
    )
    assert bring("csv", path, activate=True).activated == 0


def test_a_plan_that_cannot_be_charged_here_is_named(bring: Import, said: list[str], tmp_path: Path) -> None:
    path = table(tmp_path / "plans.csv", [plan_row(gateway="elsewhere")])
    report = bring("csv", path)
    assert report.fates[Fate.LEFT_OUT] == 1 and report.balances() and not Plan.objects.exists()
    assert said == [
        "plans.csv, line 2: the gateway elsewhere is not set up here (--paused imports it to wait)"
    ]
    assert bring("csv", path, paused=True).fates[Fate.PLAN] == 1
    plan = Plan.objects.get()
    assert (plan.state, plan.method_usable) == (PlanState.PAUSED, False)


def test_an_amount_that_changed_at_the_source_does_not_balance(bring: Import, tmp_path: Path) -> None:
    bring("csv", table(tmp_path / "plans.csv", [plan_row()]))
    assert not bring("csv", table(tmp_path / "plans.csv", [plan_row(amount="25.51")])).balances()


# ---- gifts -------------------------------------------------------------------------------------------------------


def test_a_gift_of_the_past_keeps_its_day_and_gets_no_receipt(bring: Import, tmp_path: Path) -> None:
    path = table(tmp_path / "gifts.csv", [gift_row(), gift_row("G2", amount="0.07")])
    dry = bring("csv", path, dry_run=True)
    assert not Gift.objects.exists()
    report = bring("csv", path)
    assert dry.became == report.became and report.balances()
    gift = Gift.objects.get(amount_minor=4000)
    assert (gift.status, gift.settled_minor, gift.given_at) == ("settled", 4000, gift.settled_at)
    assert schedule.local_date(gift.given_at, "Australia/Sydney") == date(2024, 2, 29)
    assert Attempt.objects.get(gift_id=gift.pk).order == {"imported_from": "csv G1"}
    assert bring("csv", path).fates == {Fate.KNOWN: 2}
    assert not Receipt.objects.exists() and not Job.objects.exists() and holds()


def test_a_bad_row_is_named_and_nothing_of_it_is_kept(bring: Import, said: list[str], tmp_path: Path) -> None:
    rows = [
        gift_row("1"), gift_row("2", amount="1.234"), gift_row("3", given_on="3/4/2024"),
        gift_row("4", given_name="", family_name="", email=""), gift_row("5", currency="XXY"),
        gift_row("6", status="failed"),
    ]  # fmt: skip
    report = bring("csv", table(tmp_path / "gifts.csv", [{"status": "", **row} for row in rows]))
    assert [line.partition(":")[0] for line in said] == [f"gifts.csv, line {n}" for n in (3, 4, 5, 6, 7)]
    assert (report.rows, report.no_amount, report.fates[Fate.LEFT_OUT]) == (6, 2, 5) and report.balances()
    assert report.read["AUD"] == 4 * 4000 and Gift.objects.count() == 1


def test_other_columns_are_read_by_a_map(bring: Import, tmp_path: Path) -> None:
    path = table(
        tmp_path / "theirs.csv", [{"Ref": "7", "Value": "12", "When": "03/04/2024", "Who": "Ng Trust"}]
    )
    theirs = {"number": "Ref", "amount": "Value", "given_on": "When", "organisation": "Who"}
    assert bring("csv", path, columns=theirs, dates="%d/%m/%Y").fates[Fate.GIFT] == 1
    assert schedule.local_date(Gift.objects.get().given_at, "Australia/Sydney") == date(2024, 4, 3)
    with pytest.raises(FileWrong, match="donor"):
        bring("csv", path, columns={"donor": "Who"})


def test_givewp(bring: Import, said: list[str], tmp_path: Path) -> None:
    donation = {
        "Donation ID": "4711", "Donation Number": "4711", "First Name": "Aroha", "Last Name": "Parata",
        "Email Address": "aroha@example.org", "Company Name": "", "Address 1": "8 Cuba Street", "Address 2": "",
        "City": "Wellington", "State": "", "Zip": "6011", "Country": "NZ", "Donation Total": "1,250.00",
        "Currency Code": "AUD", "Donation Status": "Complete", "Payment Gateway": "stripe", "Form Title": "Wells",
        "Donation Date": "March 3, 2023",
    }  # fmt: skip
    refunded = {"Donation ID": "4712", "Donation Status": "Refunded"}
    report = bring("givewp", table(tmp_path / "donations.csv", [donation, donation | refunded]))
    assert (report.fates, report.balances()) == ({Fate.GIFT: 2}, True)
    gift, back = Gift.objects.order_by("refunded_minor")
    assert (gift.amount_minor, gift.contact.family_name, gift.message) == (125_000, "Parata", "Wells")
    given_back(back)
    assert gift.contact.address is not None and gift.contact.address["country"] == "NZ"
    row = {
        "id": "9", "period": "month", "frequency": "3", "recurring_amount": "60.0010000000", "status": "active",
        "expiration": f"{days(5)} 00:00:00", "profile_id": "sub_1", "email": "aroha@example.org",
    }  # fmt: skip
    wrong = bring("givewp", table(tmp_path / "subscriptions.csv", [row]), paused=True)
    # The table has ten decimals; a tenth of a cent is named, not rounded.
    assert wrong.fates[Fate.LEFT_OUT] == 1
    row["recurring_amount"] = "60.5000000000"
    assert bring("givewp", table(tmp_path / "subscriptions.csv", [row]), paused=True).fates[Fate.PLAN] == 1
    plan = Plan.objects.get()
    assert (plan.every, plan.imported_from, plan.method_usable) == (3, "stripe sub_1", False)
    assert plan.amount_minor == 6050


def test_givewps_subscriptions_end_where_they_were_to_end(
    bring: Import, said: list[str], tmp_path: Path
) -> None:
    """The columns of its table, and those that the how-to's query joins to them."""
    row = {
        "id": "9", "customer_id": "4", "period": "month", "frequency": "1", "initial_amount": "60.0000000000",
        "recurring_amount": "60.0000000000", "recurring_fee_amount": "0.0000000000", "bill_times": "12",
        "transaction_id": "", "parent_payment_id": "4711", "payment_mode": "live", "product_id": "3",
        "created": "2026-01-05 10:00:00", "expiration": f"{days(5)} 00:00:00", "status": "active",
        "profile_id": "I-9", "notes": "", "given": "10", "first_name": "Aroha", "last_name": "Parata",
        "email": "aroha@example.org", "currency": "AUD", "gateway": "paypal-commerce", "customer": "",
        "payment_method": "",
    }  # fmt: skip
    rows = [
        row,
        row | {"id": "10", "bill_times": "0"},
        row | {"id": "11", "given": ""},
        row | {"id": "12", "given": "12"},
        row | {"id": "13", "payment_mode": "test"},
        row | {"id": "14", "period": "week"},
        row | {"id": "15", "period": "quarter"},
    ]
    path = table(tmp_path / "subscriptions.csv", rows)
    report = bring("givewp", path, paused=True)
    assert report.fates == {Fate.PLAN: 3, Fate.LEFT_OUT: 4} and report.balances()
    assert said == [
        "subscriptions.csv, line 4: it ends after 12 gifts, and no column given says how many there were",
        "subscriptions.csv, line 5: all of its 12 gifts were given",
        "subscriptions.csv, line 6: it was made in test mode",
        "subscriptions.csv, line 7: every 'week' is not offered: monthly, quarterly or yearly",
    ]
    found = Plan.objects.values_list("imported_from", "ends_after", "given_count", "every").order_by(
        "imported_from"
    )
    assert [*found] == [
        ("givewp sub 10", None, 10, 1), ("givewp sub 15", 12, 10, 3), ("givewp sub 9", 12, 10, 1),
    ]  # fmt: skip
    again = bring("givewp", path, paused=True)
    assert again.fates == {Fate.KNOWN: 3, Fate.LEFT_OUT: 4} and Plan.objects.count() == 3


def test_charitable(bring: Import, said: list[str], tmp_path: Path) -> None:
    donation = {
        "Donation ID": "88", "Campaign ID": "3", "Campaign Title": "Wells", "First Name": "Priya",
        "Last Name": "Rao", "Email": "priya@example.org", "Address": "", "Donation Amount": "15.25",
        "Date of Donation": "January 31, 2024", "Donation Status": "Paid", "Made in Test Mode": "0",
    }  # fmt: skip
    rows = [
        donation,
        donation | {"Campaign ID": "4"},
        donation | {"Donation ID": "89", "Donation Status": "Pending"},
        donation | {"Donation ID": "90", "Donation Status": "Refunded"},
    ]
    report = bring("charitable", table(tmp_path / "donations.csv", rows))
    assert report.fates == {Fate.GIFT: 3, Fate.LEFT_OUT: 1} and report.balances()
    given_back(Gift.objects.get(refunded_minor__gt=0))
    recurring = {
        "Recurring Donation ID": "5", "Billing Period": "month", "Billing Amount": "20",
        "Start Date": f"{days(-40):%A, %B %d, %Y}", "Donor First Name": "Priya", "Donor Last Name": "Rao",
        "Donor Email": "priya@example.org", "Recurring Donation Status": "charitable-active",
        "Recurring Donation Gateway": "stripe",
    }  # fmt: skip
    bring("charitable", table(tmp_path / "recurring.csv", [recurring]), paused=True)
    plan = Plan.objects.get()
    assert (plan.amount_minor, plan.state) == (2000, PlanState.PAUSED)
    assert schedule.occurrence(plan.anchor, 1, plan.next_number) > days(0)


def test_charitables_recurring_donations_as_its_plugin_writes_them(bring: Import, tmp_path: Path) -> None:
    """Its headings in their order, among them one that has no cell: all that follows stands one too far left."""
    headings = (
        "Recurring Donation ID,Campaign ID,Campaign Title,Billing Period,Billing Amount,Total Amount Donated,"
        "Start Date,Start Time,End Date,Donor First Name,Donor Last Name,Donor Email,Address,Address 2,City,State,"
        "Postcode,Country,Phone Number,Address Formatted,Recurring Donation Status,Recurring Donation Gateway"
    )
    cells = (
        'month,20.00,60.00,"Tuesday, March 3, 2026","09:15 AM",Priya,Rao,priya@example.org,1 Mill Lane,,Hobart,TAS,'
        '7000,AU,0400,"1 Mill Lane",charitable-active,stripe'
    )
    path = tmp_path / "recurring.csv"
    path.write_text(f"{headings}\n5,3,Wells,{cells}\n6,3,Wells,{cells.replace('-active', '-onhold')}\n")
    assert bring("charitable", path, paused=True).fates == {Fate.PLAN: 1, Fate.LEFT_OUT: 1}
    plan = Plan.objects.get()
    assert (plan.imported_from, plan.gateway, plan.amount_minor) == ("charitable plan 5", "stripe", 2000)
    contact = plan.contact
    assert (contact.given_name, contact.family_name, contact.email) == ("Priya", "Rao", "priya@example.org")
    assert contact.address is not None and contact.address["postcode"] == "7000"
    # With the column that the how-to adds, it is Stripe's subscription, and has both numbers.
    whole = cells.replace('"09:15 AM",', '"09:15 AM",,')
    path.write_text(f"{headings},Gateway Subscription ID\n7,3,Wells,{whole},sub_7\n")
    assert bring("charitable", path, paused=True).fates == {Fate.PLAN: 1}
    assert Plan.objects.get(aliases__origin="charitable plan 7").imported_from == "stripe sub_7"


def given_back(gift: Gift) -> None:
    """All of it, on its own day: no export says another."""
    assert (gift.status, gift.refunded_minor) == ("settled", gift.settled_minor)
    posted = Posting.objects.get(source="refund")
    assert (posted.amount_minor, posted.at) == (gift.total_minor, gift.given_at)
    assert holds()


# ---- Stripe ------------------------------------------------------------------------------------------------------


def pages(path: Path, *lists: Sequence[dict[str, Any]], indent: int | None = 2) -> Path:
    texts = [
        json.dumps({"object": "list", "data": list(found), "has_more": False, "url": "/v1/s"}, indent=indent)
        for found in lists
    ]
    path.write_text("\n".join(texts))
    return path


@pytest.fixture
def as_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox takes the place of Stripe's account."""
    real = gateways

    def gateway(code: str, account: str = "") -> Any:
        return real.gateway("sandbox" if code == "stripe" else code, account)

    monkeypatch.setattr(
        writing, "gateways", SimpleNamespace(gateway=gateway, GatewayUnknown=real.GatewayUnknown)
    )
    monkeypatch.setattr(stripe, "_METHODS", {"card": "sandbox_card"})


def test_stripe_keeps_tokens_dates_and_amounts(bring: Import, as_stripe: None, tmp_path: Path) -> None:
    path = pages(tmp_path / "subs.json", [subscription(1), subscription(2)], [], [subscription(3)])
    report = bring("stripe", path)
    assert report.fates == {Fate.PLAN: 3} and report.balances() and report.read["AUD"] == 9000
    plan = Plan.objects.get(imported_from="stripe sub_1")
    assert (plan.saved_method, plan.method_label) == ("cus_1 pm_1", "Visa ···· 4242")
    assert (plan.method_expires, plan.contact.family_name) == ("2031-04", "Dijk")
    assert bring("stripe", path, activate=True).fates == {Fate.LEFT_OUT: 3}, "Stripe still charges them"
    ended = [
        subscription(n, status="canceled", canceled_at=int((now() + timedelta(minutes=1)).timestamp()))
        for n in (1, 2)
    ]
    before = subscription(3, status="canceled", canceled_at=unix(days(-2)))
    report = bring("stripe", pages(tmp_path / "ended.json", [*ended, before]), activate=True)
    # The third was ended by its donor before the move.
    assert (report.activated, report.fates[Fate.LEFT_OUT], report.balances()) == (2, 1, True)
    active = Plan.objects.filter(state=PlanState.ACTIVE)
    assert [each.next_on for each in active] == [days(10)] * 2
    assert holds()


def test_what_ended_at_stripe_comes_as_history_unless_plans_are_to_begin(
    bring: Import, as_stripe: None, said: list[str], tmp_path: Path
) -> None:
    """Cancelled by somebody, after its time had run out, and with a method that Stripe no longer has."""
    ended_at = unix(days(-40))
    over = {"status": "canceled", "canceled_at": ended_at, "ended_at": ended_at}
    gone = over | {"default_payment_method": None}
    asked = over | {"cancel_at": ended_at, "cancel_at_period_end": True}
    path = pages(
        tmp_path / "over.json",
        [
            subscription(1, **over),
            subscription(2, **over, cancel_at=ended_at),
            subscription(3, **gone),
            subscription(4, **asked),
        ],
    )
    # Where plans are to begin, what ended may have been stopped for the move: it must not come as over unnoticed.
    report = bring("stripe", path, activate=True)
    assert (report.fates, report.balances()) == ({Fate.LEFT_OUT: 4}, True)
    assert said and all("without --activate" in each for each in said) and not Plan.objects.exists()
    report = bring("stripe", path)
    told: list[str] = []
    report.tell(told.append)
    assert "of these plans, over at their source: 4" in told and report.balances()
    assert report.fates == {Fate.PLAN: 4} and report.read["AUD"] == 12000
    plans = Plan.objects.order_by("imported_from")
    assert [plan.state for plan in plans] == ["cancelled", "completed", "cancelled", "cancelled"]
    assert [plan.cancelled_at is not None for plan in plans] == [True, False, True, True]
    assert {(plan.next_on, plan.next_at, plan.saved_method, plan.method_usable) for plan in plans} == {
        (None, None, "", False)
    }
    assert Job.objects.count() == 0 and holds()
    # Neither does one of them begin, whatever is asked for.
    again = bring("stripe", path, activate=True, paused=True)
    assert (again.fates, again.activated) == ({Fate.KNOWN: 4}, 0)
    assert not Plan.objects.filter(next_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"status": "incomplete_expired"}, "does not go on"),
        ({"cancel_at_period_end": True}, "does not go on"),
        ({"discount": {"id": "di_1"}}, "discount"),
        ({"customer": "cus_1"}, "expanded"),
        ({"default_payment_method": None}, "no saved method"),
        ({"items": {"data": []}}, "no amount"),
        ({"object": "customer"}, "no subscription"),
    ],
)
def test_stripe_names_what_it_leaves_out(
    bring: Import, as_stripe: None, said: list[str], tmp_path: Path, changed: dict[str, Any], why: str
) -> None:
    report = bring("stripe", pages(tmp_path / "subs.json", [subscription(**changed)]))
    assert report.balances() and not Plan.objects.exists()
    assert len(said) == 1 and why in said[0]


def test_stripe_is_refused_where_it_is_not_set_up(bring: Import, said: list[str], tmp_path: Path) -> None:
    bring("stripe", pages(tmp_path / "subs.json", [subscription()]))
    assert "the gateway stripe is not set up here" in said[0]


def test_a_list_is_read_a_subscription_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_ = Reading("AUD", "Australia/Sydney")
    path = pages(tmp_path / "subs.json", [subscription(n) for n in range(30)])
    whole = [line.found for line in stripe.read(path, given_)]
    monkeypatch.setattr(stripe, "_CHUNK", 7)
    assert [line.found for line in stripe.read(path, given_)] == whole and len(whole) == 30
    lines = tmp_path / "subs.jsonl"
    lines.write_text("".join(json.dumps(subscription(n)) + "\n" for n in range(3)))
    assert [line.number for line in stripe.read(lines, given_)] == [1, 2, 3]
    path.write_text(path.read_text()[:2000])
    with pytest.raises(FileWrong, match="cut short"):
        list(stripe.read(path, given_))


# ---- amounts and dates -------------------------------------------------------------------------------------------


@given(st.integers(1, 10**9), st.sampled_from(["AUD", "JPY", "KWD", "EUR"]))
def test_an_amount_that_was_written_is_the_one_that_is_read(amount_minor: int, currency: str) -> None:
    assert reading.money(format_plain(amount_minor, currency), currency) == amount_minor


@given(
    st.dates(date(2024, 1, 1), date(2032, 12, 31)),
    st.sampled_from([1, 3, 12]),
    st.integers(-400, 60),
    st.integers(1, 31),
)
def test_the_first_date_is_the_source_s_or_later_and_after_today(
    next_on: date, every: int, ago: int, day: int
) -> None:
    today = next_on + timedelta(days=-ago)
    line = PlanLine("x", Details("A", "B", ""), 100, "AUD", every, next_on, day)
    anchor, number = writing._dates(line, today=today)
    first = schedule.occurrence(anchor, every, number)
    assert first > today and first >= next_on
    if next_on > today:
        assert first == next_on
    else:
        # One period of the source's at most lies between: none is left out, none is charged twice.
        assert schedule.occurrence(anchor, every, number - 1) <= max(today, next_on)


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)))
def test_dates_are_read_as_they_are_written(on: date) -> None:
    for pattern in ("%Y-%m-%d", "%B %d, %Y", "%A, %B %d, %Y"):
        assert reading.day(on.strftime(pattern), "") == on
    with pytest.raises(LineWrong):
        reading.day(on.strftime("%d/%m/%Y"), "")
