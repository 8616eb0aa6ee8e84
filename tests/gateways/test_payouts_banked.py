"""Payouts of a gateway found on the bank's statement, by the rule or by a person, and in transit again when undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from almoner.banking import importing
from almoner.banking.models import BankAccount, Statement
from almoner.charities.models import AuditEntry, Charity
from almoner.config.wiring import HANDLERS
from almoner.kernel.clock import now
from almoner.ledger.books import balance_minor
from almoner.outbox.worker import drain
from almoner.payments import gateways, payouts
from almoner.payments.models import Attempt, BankCredit, Payout
from tests.gateways.stripe.walk import give, receive
from tests.gateways.walk import broken, work
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.gocardless_state import CREDITOR
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db
COLUMNS: dict[str, Any] = {
    "do": "book", "date": "0", "date_order": "ymd", "amount": "2", "decimal": ".", "text": ["1"], "skip": "1",
}  # fmt: skip
NET = "48.82"


@pytest.fixture
def desk(charity: Charity) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("treasurer"))
    client.post(
        "/admin/bank-accounts/new/",
        {"charity": str(charity.pk), "name": "Everyday", "currency": "AUD", "number": ""},
    )
    return client


def paid_out(charity: Charity, stripe: StripeServer, *, trace: str = "") -> Payout:
    give(charity)
    made = stripe.state.make_payout(amount=4_882)
    if trace:
        stripe.state.find(made["id"])["trace_id"] = {"status": "supported", "value": trace}
    receive(stripe)
    work()
    return Payout.objects.get(gateway_id=made["id"])


def booked(desk: Client, *rows: tuple[str, str], days: int = 1) -> Statement:
    day = (now() + timedelta(days=days)).date()
    content = "\n".join(["Date,Text,Amount", *(f"{day},{text},{amount}" for text, amount in rows)])
    file = SimpleUploadedFile("may.csv", content.encode())
    desk.post("/admin/statements/new/", {"account": str(BankAccount.objects.get().pk), "file": file})
    statement = Statement.objects.latest("created_at")
    desk.post(f"/admin/statements/{statement.pk}/", COLUMNS)
    drain(HANDLERS)
    return statement


def stands(charity: Charity, *, bank: int, suspense: int, in_transit: int, gateway: str = "stripe") -> None:
    codes = ("bank", "suspense", f"in_transit:{gateway}")
    assert [balance_minor(charity.pk, code, "AUD") for code in codes] == [bank, -suspense, in_transit]
    assert broken() == []


def test_a_payout_is_found_on_the_statement_and_taken_back_with_it(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    payout = paid_out(charity, stripe)
    stands(charity, bank=0, suspense=0, in_transit=4_882)
    statement = booked(desk, ("STRIPE PAYMENTS AU", NET), ("STRIPE PAYMENTS AU", "12.00"))
    payout.refresh_from_db()
    assert payout.state == "banked"
    assert list(statement.lines.order_by("number").values_list("outcome", "note")) == [
        ("payout", payout.gateway_id), ("suspense", ""),
    ]  # fmt: skip
    stands(charity, bank=4_882 + 1_200, suspense=1_200, in_transit=0)
    page = desk.get(f"/admin/statements/{statement.pk}/").content.decode()
    assert "Payouts of gateways" in page
    credit = BankCredit.objects.get(payout=payout)
    assert f"payout {payout.gateway_id}" in desk.get(f"/admin/transfers/{credit.pk}/").content.decode()
    listed = desk.get("/admin/payouts/").content.decode()
    assert "On the statement" in listed
    assert f"/admin/transfers/{credit.pk}/" in listed
    # The gateway says so too, later: nothing moves.
    stripe.state.move_payout(payout.gateway_id, "paid")
    receive(stripe)
    work()
    payout.refresh_from_db()
    assert payout.state == "banked"
    for _ in range(2):
        desk.post(f"/admin/statements/{statement.pk}/undo/")
        drain(HANDLERS)
    payout.refresh_from_db()
    assert (payout.state, list(statement.lines.values_list("outcome", flat=True))) == (
        "in_transit", ["undone", "undone"],
    )  # fmt: skip
    stands(charity, bank=0, suspense=0, in_transit=4_882)
    booked(desk, ("STRIPE PAYMENTS AU", NET))
    payouts.bring_up_to_date(gateways.gateway("stripe"), at=now())
    payout.refresh_from_db()
    assert (payout.state, payout.events.filter(name="banked").count()) == ("banked", 2)
    stands(charity, bank=4_882, suspense=0, in_transit=0)


@pytest.mark.parametrize(
    ("text", "amount", "days", "matched", "suggested"),
    [
        ("TFR FROM STRIPE", NET, 1, True, False),
        ("ref 9xk2-77 aa", NET, 1, True, False),
        # Nobody's name, a day too late, a cent off: a person decides, or nothing is offered.
        ("DEPOSIT", NET, 1, False, True),
        ("TFR FROM STRIPE", NET, 13, False, False),
        ("TFR FROM STRIPE", NET, -2, False, False),
        ("TFR FROM STRIPE", "48.83", 1, False, False),
    ],
)
def test_what_is_matched_by_the_rule_and_what_is_suggested(
    charity: Charity, stripe: StripeServer, desk: Client, text: str, amount: str, days: int, matched: bool,
    suggested: bool,
) -> None:  # fmt: skip
    payout = paid_out(charity, stripe, trace="9XK277AA")
    booked(desk, (text, amount), days=days)
    payout.refresh_from_db()
    assert (payout.state == "banked") is matched
    credit = BankCredit.objects.get()
    page = desk.get(f"/admin/transfers/{credit.pk}/").content.decode()
    assert ("Is it a payout?" in page) is suggested


def test_two_payouts_alike_are_a_persons_to_tell_apart(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    first, second = (paid_out(charity, stripe) for _ in range(2))
    booked(desk, ("STRIPE", NET))
    assert set(Payout.objects.values_list("state", flat=True)) == {"in_transit"}
    credit = BankCredit.objects.get()
    before = AuditEntry.objects.count()
    desk.post(f"/admin/transfers/{credit.pk}/payout/{second.pk}/")
    desk.post(f"/admin/transfers/{credit.pk}/payout/{first.pk}/")
    assert dict(Payout.objects.values_list("pk", "state")) == {first.pk: "in_transit", second.pk: "banked"}
    assert AuditEntry.objects.count() == before + 1
    # It was the other; and nothing takes it from a person's hand again.
    desk.post(f"/admin/transfers/{credit.pk}/unmatch/")
    stands(charity, bank=4_882, suspense=4_882, in_transit=2 * 4_882)
    desk.post(f"/admin/transfers/{credit.pk}/payout/{first.pk}/")
    booked(desk, ("STRIPE", NET), days=2)
    assert Payout.objects.get(pk=second.pk).state == "banked", "the only one left is sure"
    stands(charity, bank=2 * 4_882, suspense=0, in_transit=0)


def test_one_that_is_told_after_its_statement_is_found_by_the_worker(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    give(charity)
    stripe.state.make_payout()
    booked(desk, ("STRIPE", NET))
    stands(charity, bank=4_882, suspense=4_882, in_transit=0)
    assert importing.match_payouts() == 0
    receive(stripe)
    work()
    assert [importing.match_payouts(), importing.match_payouts()] == [1, 0]
    stands(charity, bank=4_882, suspense=0, in_transit=0)
    credit = BankCredit.objects.get()
    desk.post(f"/admin/transfers/{credit.pk}/unmatch/")
    assert importing.match_payouts() == 0, "a person has parted them"


def test_one_that_failed_after_it_was_seen_waits_for_a_person(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    payout = paid_out(charity, stripe)
    booked(desk, ("STRIPE", NET))
    stripe.state.move_payout(payout.gateway_id, "failed")
    receive(stripe)
    work()
    assert Payout.objects.get().state == "banked"
    desk.post(f"/admin/transfers/{BankCredit.objects.get().pk}/unmatch/")
    payouts.bring_up_to_date(gateways.gateway("stripe"), at=now())
    assert Payout.objects.get().state == "failed"
    stands(charity, bank=4_882, suspense=4_882, in_transit=0)


def test_a_gateway_that_takes_money_back_is_found_among_what_left(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    """Refunds came to more than charges: Stripe takes the rest from the bank account, as a payout below 0."""
    paid = paid_out(charity, stripe)
    booked(desk, ("STRIPE PAYMENTS AU", NET))
    stands(charity, bank=4_882, suspense=0, in_transit=0)
    attempt = Attempt.objects.get()
    stripe.state.dashboard_refund(attempt.gateway_id or "", 5_000)
    made = stripe.state.make_payout(amount=-5_000)
    assert stripe.state.held["aud"] == 0
    # The statement is there before the gateway has told of it.
    statement = booked(
        desk, ("STRIPE DEBIT", "-50.00"), ("STRIPE DEBIT", "-49.99"), ("A SMITH", "-50.00"), days=2
    )
    assert [*statement.lines.order_by("number").values_list("outcome", "text")] == [
        ("left", "STRIPE DEBIT"), ("left", "STRIPE DEBIT"), ("left", ""),
    ]  # fmt: skip
    stands(charity, bank=4_882, suspense=0, in_transit=0)
    receive(stripe)
    work()
    taken = Payout.objects.exclude(pk=paid.pk).get()
    assert (taken.amount_minor, taken.state, taken.gateway_id) == (-5_000, "in_transit", made["id"])
    assert balance_minor(charity.pk, "clearing:stripe", "AUD") == 0
    stands(charity, bank=4_882, suspense=0, in_transit=-5_000)
    assert [importing.match_payouts(), importing.match_payouts()] == [1, 0]
    taken.refresh_from_db()
    assert (taken.state, statement.lines.get(number=2).payout, taken.line.note) == (
        "banked",
        taken,
        made["id"],
    )
    stands(charity, bank=-118, suspense=0, in_transit=0)
    listed = desk.get(f"/admin/statements/{statement.pk}/").content.decode()
    assert "Payouts of gateways" in listed
    assert "−$50.00" in desk.get("/admin/payouts/").content.decode().replace("\u00a0", "")
    for _ in range(2):
        desk.post(f"/admin/statements/{statement.pk}/undo/")
        drain(HANDLERS)
    stands(charity, bank=4_882, suspense=0, in_transit=-5_000)
    # Told of before, it is matched when the statement is booked; the line that is a cent less never is.
    again = booked(desk, ("STRIPE DEBIT", "-49.99"), ("STRIPE DEBIT", "-50.00"), days=2)
    assert [*again.lines.order_by("number").values_list("outcome", flat=True)] == ["left", "payout"]
    stands(charity, bank=-118, suspense=0, in_transit=0)


def test_a_person_says_which_line_a_gateway_took_and_takes_it_back(
    charity: Charity, stripe: StripeServer, desk: Client
) -> None:
    give(charity)
    stripe.state.dashboard_refund(Attempt.objects.get().gateway_id or "", 5_000)
    stripe.state.make_payout(amount=-118)
    receive(stripe)
    work()
    payout = Payout.objects.get()
    statement = booked(desk, ("DEBIT 7", "-1.18"), ("DEBIT 8", "-1.19"))
    line, other = statement.lines.order_by("number")
    page = f"/admin/statements/{statement.pk}/"
    assert desk.get(page).content.decode().count(f"It is stripe’s {payout.gateway_id}") == 1
    # The wrong amount, and a line of no such statement: nothing happens.
    desk.post(f"{page}lines/{other.pk}/payout/{payout.pk}/")
    desk.post(f"{page}lines/{line.pk + 100}/payout/{payout.pk}/")
    stands(charity, bank=0, suspense=0, in_transit=-118)
    for _ in range(2):
        desk.post(f"{page}lines/{line.pk}/payout/{payout.pk}/")
    stands(charity, bank=-118, suspense=0, in_transit=0)
    assert "It was not this payout" in desk.get(page).content.decode()
    for _ in range(2):
        desk.post(f"{page}lines/{line.pk}/part/")
    stands(charity, bank=0, suspense=0, in_transit=-118)
    assert importing.match_payouts() == 0
    line.refresh_from_db()
    assert (line.outcome, line.payout, line.note) == ("left", None, "")
    said = AuditEntry.objects.filter(object_type="payout").order_by("id").values_list("action", flat=True)
    assert [*said] == ["match payout", "unmatch payout"]


def test_gocardless_names_its_reference(charity: Charity, gocardless: GoCardlessServer, desk: Client) -> None:
    made = {"id": "PO000123", "amount": 2_500, "currency": "AUD", "status": "pending", "reference": "LAMP-7KQ2P",
            "links": {"creditor": CREDITOR}, "created_at": gocardless.state.stamp(),
            "arrival_date": f"{now().date() + timedelta(days=1)}"}  # fmt: skip
    gocardless.state.payouts[made["id"]] = made
    payouts.bring_up_to_date(gateways.gateway("gocardless"), at=now())
    assert Payout.objects.get().reference == "LAMP-7KQ2P"
    booked(desk, ("DIRECT CREDIT LAMP7KQ2P", "25.00"))
    assert Payout.objects.get().state == "banked"
    stands(charity, bank=2_500, suspense=0, in_transit=0, gateway="gocardless")
