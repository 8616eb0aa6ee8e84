"""Statements at the desk: handed in, checked, booked by the worker, and taken back; to the cent, and once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import plain
from almoner.banking import importing
from almoner.banking.models import BankAccount, Statement, StatementLine
from almoner.banking.tables import ColumnMap
from almoner.banking.tests.camt_file import detail, document, entry
from almoner.config import prove
from almoner.config.wiring import HANDLERS
from almoner.giving import desk
from almoner.giving.models import Gift
from almoner.giving.tests.plans import ADA
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference, transfer_reference
from almoner.ledger.books import balance_minor
from almoner.ledger.models import Closing, Posting
from almoner.outbox.worker import drain
from almoner.payments.models import BankCredit
from almoner.receipts.models import Receipt

QUERIES = 11
QUERIES_OF_A_LINE, QUERIES_TO_TAKE_BACK = 40, 39
COLUMNS = {
    "date": "0", "date_order": "dmy", "amount": "2", "decimal": ".", "text": ["1"], "skip": "1",
}  # fmt: skip


@pytest.fixture
def client(world: World) -> Client:
    return world.client("fundraiser")


@pytest.fixture
def account(world: World, client: Client) -> BankAccount:
    client.post(
        "/admin/bank-accounts/new/",
        {"charity": str(world.tide.charity.pk), "name": "Everyday", "currency": "AUD", "number": ""},
    )
    return BankAccount.objects.get()


def table(*rows: tuple[str, str, str]) -> bytes:
    return "\n".join(
        ["Date,Narrative,Amount", *(f"{day},{text},{amount}" for day, text, amount in rows)]
    ).encode()


def handed_in(client: Client, account: BankAccount, content: bytes, name: str = "may.csv") -> Statement:
    response = client.post(
        "/admin/statements/new/", {"account": str(account.pk), "file": SimpleUploadedFile(name, content)}
    )
    statement = Statement.objects.latest("created_at")
    assert response.headers["Location"] == f"/admin/statements/{statement.pk}/"
    return statement


def booked(client: Client, account: BankAccount, content: bytes, **changes: Any) -> Statement:
    statement = handed_in(client, account, content)
    client.post(f"/admin/statements/{statement.pk}/", {"do": "book", **COLUMNS, **changes})
    drain(HANDLERS)
    statement.refresh_from_db()
    assert statement.state == "done"
    return statement


def outcomes(statement: Statement) -> list[tuple[int, str, str]]:
    return [
        (amount, outcome, plain(note))
        for amount, outcome, note in statement.lines.order_by("number").values_list(
            "amount_minor", "outcome", "note"
        )
    ]


def holds() -> None:
    said: list[object] = []
    assert prove.report(said.append) == 0, said


def suspense(world: World) -> int:
    return -balance_minor(world.tide.charity.pk, "suspense", "AUD")


def test_days_that_are_read_as_months_are_asked_about_before_they_are_booked(
    client: Client, account: BankAccount
) -> None:
    with time_machine.travel(datetime(2026, 5, 20, 2, 0, tzinfo=UTC)):
        american = table(("05/11/2026", "A SMITH", "12.00"), ("05/12/2026", "B SMITH", "7.00"))
        statement = handed_in(client, account, american)
        address = f"/admin/statements/{statement.pk}/"
        # What no day to come speaks against is guessed.
        guessed = client.get(address).content.decode()
        assert "11 May 2026" in guessed and "Of a day to come" not in guessed
        told = client.post(address, {"do": "look", **COLUMNS}).content.decode()
        assert "Of a day to come</dt><dd>2 lines. Is the day read as the month?" in told
        assert StatementLine.objects.count() == 0
        # At a bank further east tomorrow may have begun.
        eastern = handed_in(client, account, table(("21/05/2026", "C SMITH", "1.00")))
        told = client.post(f"/admin/statements/{eastern.pk}/", {"do": "look", **COLUMNS}).content.decode()
        assert "21 May 2026" in told and "Of a day to come" not in told


def test_a_statement_pays_the_gifts_that_it_names(world: World, client: Client, account: BankAccount) -> None:
    exact, less = (world.tide.give(method="bank_transfer", amount_minor=each) for each in (5000, 8000))
    river = world.river.give(method="bank_transfer", amount_minor=700)
    yen = world.tide.give(method="bank_transfer", amount_minor=700, currency="JPY")
    content = table(
        ("20/11/2026", f"FROM NGUYEN {shown_reference(exact.reference)} GIFT", "50.00"),
        ("20/11/2026", f"x{less.reference.lower()}y", "75.00"),
        ("21/11/2026", "A SMITH", "12.00"),
        ("21/11/2026", f"{river.reference} {yen.reference}", "7.00"),
        ("22/11/2026", "ACCOUNT FEE", "-10.00"),
        ("not a day", "TOTAL", "134.00"),
    )
    statement = handed_in(client, account, content)
    page = plain(client.get(f"/admin/statements/{statement.pk}/").content.decode())
    assert "4 lines, <strong>$144.00 AUD</strong>" in page
    assert "Row 7: “not a day” is no date." in page
    assert (StatementLine.objects.count(), BankCredit.objects.count()) == (0, 0)
    client.post(f"/admin/statements/{statement.pk}/", {"do": "book", **COLUMNS})
    # What the worker has not booked yet is told as such.
    assert "0 of 5 lines" in client.get(f"/admin/statements/{statement.pk}/").content.decode()
    drain(HANDLERS)
    statement.refresh_from_db()
    assert (statement.state, statement.content, statement.left_out_count) == ("done", None, 1)
    assert outcomes(statement) == [
        (5000, "matched", ""), (7500, "matched", "$5.00 AUD less than promised"), (1200, "suspense", ""),
        (700, "suspense", ""), (-1000, "left", ""),
    ]  # fmt: skip
    for gift, amount_minor in ((exact, 5000), (less, 7500)):
        gift.refresh_from_db()
        assert (gift.status, gift.settled_minor) == ("settled", amount_minor)
        assert Receipt.objects.get(gift=gift).amount_minor == amount_minor
    assert suspense(world) == 1900
    assert balance_minor(world.tide.charity.pk, "bank", "AUD") == 14400
    river.refresh_from_db()
    assert river.status == "awaiting"
    holds()
    page = plain(client.get(f"/admin/statements/{statement.pk}/").content.decode())
    assert "Rows that could not be read" in page
    assert page.index("A SMITH") < page.index("FROM NGUYEN"), "what needs a person stands first"


def test_the_same_line_twice_is_one_line(world: World, client: Client, account: BankAccount) -> None:
    gift = world.tide.give(method="bank_transfer")
    first = ("20/11/2026", gift.reference, "50.00"), ("20/11/2026", "A SMITH", "5.00")
    booked(client, account, table(*first))
    # The next file begins where the last one ended, and has a second gift of the same person on the same day.
    again = booked(client, account, table(*first, first[1], ("21/11/2026", "B", "1.00")))
    assert again.known == 2
    assert [amount for amount, _, _ in outcomes(again)] == [500, 100]
    assert suspense(world) == 1100
    # The account's map was kept: the second file needed no naming of columns.
    account.refresh_from_db()
    assert account.columns["amount"] == 2
    holds()


def test_a_camt_file_needs_no_map_and_finds_its_reference(world: World, client: Client) -> None:
    client.post(
        "/admin/bank-accounts/new/",
        {"charity": str(world.tide.charity.pk), "name": "Euro", "currency": "EUR", "number": "DE89370400440532013000"},
    )  # fmt: skip
    account = BankAccount.objects.get()
    gift = world.tide.give(method="bank_transfer", currency="EUR")
    reference = transfer_reference(gift.reference, "EUR").replace(" ", "")
    content = document(
        entry("50.00", details=detail(reference=reference, name="Ada")),
        entry("0.00"),
        opening="1.00",
        closing="51.00",
    )
    wrong = handed_in(client, account, content.replace(b"DE8937", b"DE8936"), "wrong.xml")
    page = client.get(f"/admin/statements/{wrong.pk}/").content.decode()
    assert "not of DE89" in page
    assert ">Book " not in page
    client.post(f"/admin/statements/{wrong.pk}/", {"do": "book"})
    client.post(f"/admin/statements/{wrong.pk}/discard/")
    assert not Statement.objects.exists()
    statement = booked(client, account, content)
    assert (outcomes(statement), statement.left_out_count) == ([(5000, "matched", "")], 1)
    gift.refresh_from_db()
    assert gift.status == "settled"


def test_a_reference_is_found_at_the_end_of_the_longest_text(
    world: World, client: Client, account: BankAccount
) -> None:
    gift = world.tide.give(method="bank_transfer")
    statement = booked(client, account, table(("20/11/2026", f"{'x ' * 700}{gift.reference}", "50.00")))
    assert outcomes(statement) == [(5000, "matched", "")]
    # What is kept of it is no longer than a credit's text.
    assert len(BankCredit.objects.get().text) == 500
    assert statement.lines.get().text == ""
    holds()


def test_a_statement_taken_back_leaves_nothing_and_can_come_again(
    world: World, client: Client, account: BankAccount
) -> None:
    gift = world.tide.give(method="bank_transfer")
    content = table(
        ("20/11/2026", gift.reference, "50.00"), ("20/11/2026", "A SMITH", "5.00"), ("20/11/2026", "B", "6.00"),
        ("20/11/2026", "FEE", "-1.00"),
    )  # fmt: skip
    statement = booked(client, account, content)
    made = desk.gift_of_credit(
        credit_id=BankCredit.objects.get(amount_minor=500).pk, fund=world.tide.fund,
        details=ADA, actor=world.users["fundraiser"],
    )  # fmt: skip
    sent_back = BankCredit.objects.get(amount_minor=600)
    desk.send_back_credit(credit_id=sent_back.pk, actor=world.users["fundraiser"])
    holds()
    page = client.get(f"/admin/statements/{statement.pk}/undo/").content.decode()
    assert "2 gifts that it paid wait for their transfer again" in page
    for _ in range(2):
        client.post(f"/admin/statements/{statement.pk}/undo/")
    drain(HANDLERS)
    statement.refresh_from_db()
    assert statement.state == "undone"
    assert outcomes(statement) == [
        (5000, "undone", ""), (500, "undone", ""), (600, "kept", "This credit was sent back."), (-100, "undone", ""),
    ]  # fmt: skip
    gift.refresh_from_db()
    made.refresh_from_db()
    assert (gift.status, gift.settled_minor, gift.settled_at) == ("awaiting", None, None)
    assert (made.status, made.settled_minor) == ("failed", None)
    assert Receipt.objects.get(gift=gift).cancellation.reason == "unmatched"
    assert [
        balance_minor(world.tide.charity.pk, code, "AUD") for code in ("bank", "suspense", "income:general")
    ] == [0, 0, 0]
    holds()
    again = booked(client, account, content)
    assert (again.known, [each for _, each, _ in outcomes(again)]) == (1, ["matched", "suspense", "left"])
    gift.refresh_from_db()
    assert (gift.status, gift.settled_minor) == ("settled", 5000)
    assert Receipt.objects.valid().get(gift=gift).turn == 2
    holds()


def test_a_statement_of_closed_days_is_taken_back_on_its_own_day(
    world: World, client: Client, account: BankAccount
) -> None:
    gift = world.tide.give(method="bank_transfer")
    statement = booked(
        client, account, table(("20/11/2026", gift.reference, "50.00"), ("20/11/2026", "A", "5.00"))
    )
    last = now().astimezone(ZoneInfo(world.tide.charity.timezone)).date()
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        closed = {"until": last.isoformat()}
        assert world.client("treasurer").post("/admin/giving-reports/books/close/", closed).status_code == 302
        later = world.client("fundraiser")
        later.post(f"/admin/statements/{statement.pk}/undo/")
        drain(HANDLERS)
        assert [outcome for _, outcome, _ in outcomes(statement)] == ["undone", "undone"]
        assert Closing.objects.get().balances["bank AUD"] == 5_500
        back = Posting.objects.filter(kind__in=("withdrawn", "unmatched"))
        assert back.count() == 3
        assert {each.at.astimezone(ZoneInfo(world.tide.charity.timezone)).date() for each in back} == {
            last + timedelta(days=3)
        }
        assert [balance_minor(world.tide.charity.pk, code, "AUD") for code in ("bank", "suspense")] == [0, 0]
        holds()
        # The days of the file are closed, and it is booked again today.
        again = booked(later, account, table(("20/11/2026", gift.reference, "50.00")))
        assert outcomes(again) == [(5_000, "matched", "")]
        holds()


def test_a_wrong_match_is_undone_and_made_right(world: World, client: Client, account: BankAccount) -> None:
    wrong, right = (world.tide.give(method="bank_transfer") for _ in range(2))
    booked(client, account, table(("20/11/2026", wrong.reference, "50.00")))
    credit = BankCredit.objects.get()
    client.post(f"/admin/transfers/{credit.pk}/unmatch/")
    yen = world.tide.give(method="bank_transfer", currency="JPY")
    page = client.post(f"/admin/transfers/{credit.pk}/match/{yen.pk}/", follow=True).content.decode()
    assert "another charity or currency" in page
    client.post(f"/admin/transfers/{credit.pk}/match/{right.pk}/")
    drain(HANDLERS)
    statuses = [Gift.objects.get(pk=gift.pk).status for gift in (wrong, right)]
    assert statuses == ["awaiting", "settled"]
    page = plain(client.get(f"/admin/gifts/{wrong.pk}/").content.decode())
    assert "Match undone" in page
    assert "Bank credit parted from this gift" in page
    holds()


def test_a_gift_that_was_refunded_keeps_its_credit(
    world: World, client: Client, account: BankAccount
) -> None:
    gift = world.tide.give(method="bank_transfer")
    statement = booked(client, account, table(("20/11/2026", gift.reference, "50.00")))
    world.client("treasurer").post(
        f"/admin/gifts/{gift.pk}/refund/", {"amount": "10", "reason": "meant less"}
    )
    client.post(f"/admin/statements/{statement.pk}/undo/")
    drain(HANDLERS)
    assert outcomes(statement) == [
        (5000, "kept", "Some of this gift was given back: its match can't be undone.")
    ]
    gift.refresh_from_db()
    assert gift.status == "settled"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"amount": "", "credit": ""}, "one of the two"),
        ({"amount": "2", "credit": "1"}, "one of the two"),
        ({"date": "9"}, "Select a valid choice"),
        ({"date": "1"}, "No line of this file could be read"),
        ({"skip": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_map_books_nothing_and_keeps_what_was_chosen(
    client: Client, account: BankAccount, sent: dict[str, str], says: str
) -> None:
    statement = handed_in(client, account, table(("20/11/2026", "A", "5.00")))
    page = client.post(
        f"/admin/statements/{statement.pk}/", {"do": "book", **COLUMNS, **sent}
    ).content.decode()
    assert says in page
    assert '<option value="dmy" selected>' in page
    assert BankCredit.objects.count() == 0
    statement.refresh_from_db()
    assert statement.state == "draft"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 \x00", b"<rss/>", b"hello", b"<!DOCTYPE a><a/>"])
def test_a_file_that_is_no_statement_is_refused_in_words(
    client: Client, account: BankAccount, content: bytes
) -> None:
    sent = {"account": str(account.pk), "file": SimpleUploadedFile("x", content)}
    page = client.post("/admin/statements/new/", sent, follow=True).content.decode()
    assert "help-critical" in page or "The file is empty" in page
    assert ">Book " not in page


def test_a_list_of_statements_costs_the_same_however_many(
    client: Client, account: BankAccount, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booked(client, account, table(("20/11/2026", "A", "5.00")))
    client.get("/admin/statements/")
    with django_assert_num_queries(QUERIES):
        client.get("/admin/statements/")
    for amount in ("6.00", "7.00"):
        booked(client, account, table(("20/11/2026", "A", amount), ("20/11/2026", "B", amount)))
    with django_assert_num_queries(QUERIES):
        client.get("/admin/statements/")


def test_each_line_costs_the_same_however_many(world: World, client: Client, account: BankAccount) -> None:
    """Counted of a line that pays a gift, and of taking it back."""
    asked: list[list[int]] = []
    for count in (2, 5):
        gifts = [world.tide.give(method="bank_transfer") for _ in range(count)]
        content = table(*(("20/11/2026", gift.reference, "50.00") for gift in gifts))
        statement = handed_in(client, account, content)
        columns = ColumnMap(date=0, text=(1,), amount=2)
        importing.submit(statement_id=statement.pk, columns=columns, actor=world.users["fundraiser"])
        acts = (
            lambda of=str(statement.pk): importing.book({"statement": of}),
            lambda of=statement.pk: importing.undo(statement_id=of, actor=world.users["fundraiser"]),
            lambda of=str(statement.pk): importing.take_back({"statement": of, "by": 1, "name": "x"}),
        )
        asked.append([queries_of(act) for act in acts])
    booked_at, _, taken_back_at = ((five - two) / 3 for two, five in zip(*asked, strict=True))
    assert (booked_at, taken_back_at) == (QUERIES_OF_A_LINE, QUERIES_TO_TAKE_BACK)


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_files_that_nobody_booked_are_thrown_away(
    client: Client, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = handed_in(client, account, table(("20/11/2026", "A", "5.00")))
    assert importing.prune() == 0
    Statement.objects.update(created_at=statement.created_at.replace(year=2020))
    assert importing.prune() == 1
