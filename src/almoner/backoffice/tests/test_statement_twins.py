"""Lines of a statement that may be in the books already, in other words: a person says whether they are the same."""
# ruff: noqa: F811 (pytest takes fixtures by their names)

import re
from datetime import date

import pytest
from django.test import Client

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import plain
from almoner.backoffice.tests.test_statements import (  # noqa: F401
    COLUMNS,
    account,
    booked,
    client,
    handed_in,
    holds,
    outcomes,
    queries_of,
    table,
)
from almoner.banking.models import BankAccount
from almoner.banking.tests.camt_file import detail, document, entry
from almoner.config.wiring import HANDLERS
from almoner.giving import desk
from almoner.kernel.references import transfer_reference
from almoner.ledger.books import balance_minor
from almoner.outbox.worker import drain
from almoner.payments.models import BankCredit


@pytest.fixture
def euro(world: World, client: Client) -> BankAccount:
    client.post(
        "/admin/bank-accounts/new/",
        {"charity": str(world.tide.charity.pk), "name": "Euro", "currency": "EUR", "number": ""},
    )
    return BankAccount.objects.get(currency="EUR")


def stands(world: World, *codes: str) -> list[int]:
    return [balance_minor(world.tide.charity.pk, code, "EUR") for code in codes]


def shown(page: str) -> str:
    """The mark of the twins that a page shows."""
    return re.findall(r'name="seen" value="(\w+)"', page)[0]


@pytest.mark.parametrize(
    ("again", "brought", "bank", "known"),
    [("leave", [500, 700], 7_200, 4), ("book", [5_000, 500, 500, 500, 700, -100], 13_200, 0)],
)
def test_the_same_days_in_another_format_are_asked_about(
    world: World, client: Client, euro: BankAccount, again: str, brought: list[int], bank: int, known: int
) -> None:
    gift = world.tide.give(method="bank_transfer", currency="EUR")
    day = "20/11/2026"
    rows = ((day, f"SEPA {gift.reference}", "50.00"), (day, "SMITH A", "5.00"), (day, "JONES B", "5.00"))
    booked(client, euro, table(*rows, (day, "FEE", "-1.00")))
    reference = transfer_reference(gift.reference, "EUR").replace(" ", "")
    camt = document(
        entry("50.00", details=detail(reference=reference, name="Ada"), bank_id="1"),
        *(
            entry("5.00", details=detail(text=["gift"], name=who))
            for who in ("C. Lee", "B. Jones", "A. Smith")
        ),
        entry("7.00"),
        entry("1.00", side="DBIT"),
    )
    statement = handed_in(client, euro, camt, "same.xml")
    address = f"/admin/statements/{statement.pk}/"
    page = plain(client.get(address).content.decode())
    assert "4 lines may be in the books already" in page
    asks = page.partition("4 lines may be")[2]
    # What is most alike stands beside each other: the names, and the one gift that both name.
    assert re.search(r"B. Jones: gift</bdi></td>\s*<td>\s*<bdi>JONES B</bdi>", asks)
    assert re.search(rf"{reference}</bdi></td>\s*<td>\s*<bdi>SEPA {gift.reference}</bdi>", asks)
    assert "may.csv" in asks
    for answer in ({}, {"again": "perhaps"}):
        page = client.post(address, {"do": "book", **answer}).content.decode()
        assert "nothing was booked yet" in page or "Select a valid choice" in page
    statement.refresh_from_db()
    assert (statement.state, stands(world, "bank")) == ("draft", [6_000])
    client.post(address, {"do": "book", "again": again, "seen": shown(page)})
    drain(HANDLERS)
    statement.refresh_from_db()
    assert (statement.state, statement.known) == ("done", known)
    assert [amount for amount, _, _ in outcomes(statement)] == brought
    fives = list(statement.lines.filter(amount_minor=500).values_list("credit__text", flat=True))
    assert fives[0] == "C. Lee: gift", "whom nothing in the books is like"
    assert stands(world, "bank", "income:general") == [bank, -5_000]
    holds()


def test_what_names_another_gift_is_another_payment(world: World, client: Client, euro: BankAccount) -> None:
    first, second = (world.tide.give(method="bank_transfer", currency="EUR") for _ in range(2))
    booked(client, euro, table(("20/11/2026", first.reference, "50.00")))
    camt = document(entry("50.00", details=detail(text=[second.reference])))
    statement = handed_in(client, euro, camt, "more.xml")
    assert "may be in the books" not in client.get(f"/admin/statements/{statement.pk}/").content.decode()
    client.post(f"/admin/statements/{statement.pk}/", {"do": "book"})
    drain(HANDLERS)
    assert outcomes(statement) == [(5_000, "matched", "")]


def by_hand(world: World, amount_minor: int) -> BankCredit:
    return desk.record_credit(
        charity=world.tide.charity,
        received_on=date(2026, 11, 20),
        amount_minor=amount_minor,
        currency="AUD",
        text="A SMITH",
        actor=world.users["fundraiser"],
    )


def test_a_credit_entered_by_hand_is_asked_about_until_it_is_withdrawn(
    world: World, client: Client, account: BankAccount
) -> None:
    credit = by_hand(world, 700)
    address = f"/admin/statements/{handed_in(client, account, table(('20/11/2026', 'SMITH', '7.00'))).pk}/"
    page = client.get(address).content.decode()
    assert "1 line may be in the books already" in page
    assert "entered by hand" in page
    desk.withdraw_credit(credit_id=credit.pk, actor=world.users["fundraiser"])
    assert "in the books already" not in client.get(address).content.decode()


def test_an_answer_counts_for_the_lines_that_were_shown(
    world: World, client: Client, account: BankAccount
) -> None:
    rows = (("20/11/2026", "SMITH", "7.00"), ("20/11/2026", "JONES", "9.00"))
    statement = handed_in(client, account, table(*rows))
    address, answer = f"/admin/statements/{statement.pk}/", {"do": "book", "again": "leave", **COLUMNS}
    by_hand(world, 700)
    page = client.get(address).content.decode()
    by_hand(world, 900)
    page = client.post(address, {**answer, "seen": shown(page)}).content.decode()
    assert "2 lines may be in the books already" in page
    assert "nothing was booked yet" in page
    client.post(address, {**answer, "seen": shown(page)})
    statement.refresh_from_db()
    assert (statement.state, statement.known, outcomes(statement)) == ("reading", 2, [])


def test_what_a_file_has_in_common_with_the_books_costs_the_same_however_much(
    client: Client, account: BankAccount
) -> None:
    asked = []
    for count in (2, 20):
        booked(client, account, table(*((f"{count}/11/2026", f"A{at}", "5.00") for at in range(count))))
        again = table(*((f"{count}/11/2026", f"Mr A{at}", "5.00") for at in range(count)))
        statement = handed_in(client, account, again)
        asked.append(queries_of(lambda of=statement: client.get(f"/admin/statements/{of.pk}/")))
    assert asked[0] == asked[1]
