"""CAMT.053: what is booked is read once, of whatever version; what doesn't add up is refused."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.banking import camt
from almoner.banking.lines import Contents, StatementUnreadable
from almoner.banking.tests.camt_file import detail, document, entry

IBAN = "DE89 3704 0044 0532 0130 00"


def read(content: bytes, *, number: str = IBAN, currency: str = "EUR") -> Contents:
    return camt.read(content, number=number, currency=currency)


@pytest.mark.parametrize(("version", "new"), [("02", False), ("08", True), ("13", True)])
def test_lines_of_every_version(version: str, new: bool) -> None:
    one = entry(
        "50.00",
        details=detail(text=["Spende", "RF18K7Q2"], name="Jörg Müller & Co", new=new),
        bank_id="A1",
    )
    two = entry("2.50", side="DBIT", day="2026-11-21", extra="<AddtlNtryInf>Entgelt</AddtlNtryInf>")
    contents = read(document(one, two, opening="100.00", closing="147.50", version=version))
    assert [
        (each.number, each.booked_on, each.amount_minor, each.name, each.text, each.bank_id)
        for each in contents.lines
    ] == [
        (1, date(2026, 11, 20), 5000, "Jörg Müller & Co", "Spende RF18K7Q2", "A1"),
        (2, date(2026, 11, 21), -250, "", "Entgelt", ""),
    ]


def test_a_batch_is_a_line_for_each_of_its_payments() -> None:
    parts = detail(text=["one"], amount="20.00", name="A") + detail(
        reference="RF18X", amount="30.00", name="B"
    )
    contents = read(document(entry("50.00", details=parts, bank_id="B7")))
    assert [(each.amount_minor, each.name, each.text) for each in contents.lines] == [
        (2000, "A", "one"), (3000, "B", "RF18X"),
    ]  # fmt: skip
    # Parts that don't come to the whole are told in one line: no cent is made up.
    short = detail(text=["one"], amount="20.00") + detail(text=["two"], amount="29.00")
    (whole,) = read(document(entry("50.00", details=short))).lines
    assert (whole.amount_minor, whole.text) == (5000, "one two")


def test_what_is_not_booked_yet_is_counted_and_left() -> None:
    contents = read(document(entry("50.00", status="PDNG"), entry("1.00", status="BOOK")))
    assert ([each.amount_minor for each in contents.lines], contents.pending) == ([100], 1)


def test_an_entry_of_nothing_is_named_and_no_line() -> None:
    nothing = detail(text=["a"], amount="0.00") + detail(text=["b"], amount="0.00")
    contents = read(
        document(entry("0.00"), entry("1.00"), entry("0.00", details=nothing), opening="1.00", closing="2.00")
    )
    assert [(each.number, each.amount_minor) for each in contents.lines] == [(2, 100)]
    assert [(each.number, each.why) for each in contents.left_out] == [
        (1, "It moves no money."), (3, "It moves no money."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            document(entry("50.00"), opening="100.00", closing="151.00"),
            "come to 50.00 EUR, its balances to 51.00",
        ),
        (document(entry("50.00"), iban="FR7630006000011234567890189"), "not of DE89"),
        (document(entry("50.00"))[:-30], "cut short"),
        (document(entry("50.001")), "no amount"),
        (document(entry("x")), "no amount"),
        (document(entry("5", currency="ZZZ")), "“ZZZ” is no currency"),
        (document(entry("50.00", side="")), "came in or left"),
        (document(entry("50.00", day="soon")), "no booking date"),
        (b"<rss/>", "no CAMT.053"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', "damaged"),
    ],
)
def test_what_can_not_be_trusted_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(StatementUnreadable, match=says):
        read(content)


def test_another_currencys_account_is_refused() -> None:
    with pytest.raises(StatementUnreadable, match="in EUR, not in AUD"):
        read(document(entry("50.00")), currency="AUD")


@pytest.mark.parametrize("says", [b"<Ccy>EUR</Ccy>", b""])
def test_an_entry_in_another_currency_is_never_taken_for_the_accounts(says: bytes) -> None:
    """What the account is kept in need not stand in the file."""
    content = document(entry("50.00"), entry("7.00", currency="USD")).replace(b"<Ccy>EUR</Ccy>", says)
    with pytest.raises(StatementUnreadable, match="an entry in USD; this account is in EUR"):
        read(content)


# A busy machine makes numbers slowly.
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
amounts = st.lists(st.integers(-(10**9), 10**9).filter(bool), max_size=8)


@at_leisure
@given(amounts, st.integers(-10, 10))
def test_the_balances_hold_to_the_cent(minor: list[int], off: int) -> None:
    def money(amount: int) -> str:
        return f"{amount // 100}.{amount % 100:02d}"

    entries = [entry(money(abs(each)), side="CRDT" if each > 0 else "DBIT") for each in minor]
    opening = 10**11
    content = document(*entries, opening=money(opening), closing=money(opening + sum(minor) + off))
    if off:
        with pytest.raises(StatementUnreadable, match="add up"):
            read(content)
    else:
        assert [line.amount_minor for line in read(content).lines] == minor


@at_leisure
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(document(entry("50.00", details=detail(text=["x"])), opening="1.00", closing="51.00"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except StatementUnreadable as refused:
        assert str(refused)
