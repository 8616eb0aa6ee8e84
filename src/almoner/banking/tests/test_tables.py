"""CSV as banks write it: what is guessed, what is read, and what is said of a row that is no line."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.banking import tables
from almoner.banking.lines import StatementUnreadable, fingerprints
from almoner.banking.tables import ColumnMap

AUSTRALIAN = b"""Date,Description,Debit,Credit,Balance
20/11/2026,DIRECT CREDIT A NGUYEN K7Q2M9XTB4,,"1,250.00","5,250.00"
21/11/2026,ACCOUNT FEE,10.00,,"5,240.00"
"""
GERMAN = (
    "Kontoauszug;;;\r\nKonto;DE89370400440532013000;;\r\n"
    "Buchungstag;Auftraggeber;Verwendungszweck;Betrag\r\n"
    "20.11.2026;Jörg Müller;Spende RF18 K7Q2;1.250,00\r\n21.11.2026;Bank;Entgelt;-10,00\r\n"
).encode("cp1252")
BRITISH = "\ufeffDate\tType\tDescription\tPaid out\tPaid in\n20 Nov 26\tFPI\tNGUYEN A\t\t£50.00\n".encode()
AMERICAN = (
    b'"Posting Date","Description","Amount"\n"11/20/2026","ACH CREDIT","50.00"\n"11/21/2026","FEE","(2.50)"\n'
)
BARE = b"2026-11-20;50,00;Thanks\n2026-11-21;-2,50;Fee\n"


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (
            AUSTRALIAN,
            [
                (date(2026, 11, 20), 125000, "", "DIRECT CREDIT A NGUYEN K7Q2M9XTB4"),
                (date(2026, 11, 21), -1000, "", "ACCOUNT FEE"),
            ],
        ),
        (
            GERMAN,
            [
                (date(2026, 11, 20), 125000, "Jörg Müller", "Spende RF18 K7Q2"),
                (date(2026, 11, 21), -1000, "Bank", "Entgelt"),
            ],
        ),
        (BRITISH, [(date(2026, 11, 20), 5000, "", "NGUYEN A")]),
        (
            AMERICAN,
            [(date(2026, 11, 20), 5000, "", "ACH CREDIT"), (date(2026, 11, 21), -250, "", "FEE")],
        ),
    ],
    ids=["australian", "german", "british", "american"],
)
def test_a_banks_file_is_read_without_a_word(content: bytes, lines: list[tuple[date, int, str, str]]) -> None:
    rows = tables.rows_of(content)
    columns = tables.guessed(rows)
    assert columns is not None
    contents = tables.read(rows, columns, currency="AUD")
    assert [(each.booked_on, each.amount_minor, each.name, each.text) for each in contents.lines] == lines
    assert contents.left_out == []
    assert ColumnMap.from_json(columns.as_json()) == columns


def test_without_headings_a_person_names_the_columns() -> None:
    rows = tables.rows_of(BARE)
    assert tables.headings(rows)[0] == 0
    assert tables.guessed(rows) is None
    columns = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd", decimal=",", skip=0)
    contents = tables.read(rows, columns, currency="EUR")
    assert [each.amount_minor for each in contents.lines] == [5000, -250]


def test_a_row_that_is_no_line_is_named_with_its_reason() -> None:
    content = (
        "Date,Amount,Text\n2026-11-20,5.00,ok\n31/02/2026,5.00,x\n2026-11-20,five,x\n2026-11-20,5.001,x\n"
        "2026-11-20,0.00,x\n,,Total 5.00\n2026-11-20,99999999999999999,x\n"
    )
    columns = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd")
    contents = tables.read(tables.rows_of(content.encode()), columns, currency="AUD")
    assert [line.text for line in contents.lines] == ["ok"]
    assert [(each.number, each.why) for each in contents.left_out] == [
        (3, "“31/02/2026” is no date."),
        (4, "“five” is no amount."),
        (5, "5.001 has more decimals than AUD has."),
        (6, "No amount stands here."),
        (7, "No date stands here."),
        (8, "99999999999999999 is more than any line of a bank."),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7\x00", "no text file"),
        (b"", "No columns"),
        (b"just words\nand more\n", "No columns"),
        (b"\xff\xfea", "damaged"),
        (b"a,b\n" + b'"' + b"x" * 200_000, "not a CSV"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(StatementUnreadable, match=says):
        tables.rows_of(content)


@pytest.mark.parametrize(
    ("text", "sign", "minor"),
    [
        ("1,234.50", ".", 123450), ("1.234,50", ",", 123450), ("1 234,50", ",", 123450), ("1'234.50", ".", 123450),
        ("-5", ".", -500), ("5-", ".", -500), ("(5.00)", ".", -500), ("5.00 DR", ".", -500), ("5.00 CR", ".", 500),
        ("$5.00", ".", 500), ("AUD 5.00", ".", 500), ("+5.00", ".", 500), ("1,23.50", ".", None),
        ("1.234", ",", 123400),
        ("1e3", ".", None), ("", ".", None), ("5.00.00", ".", None), ("NaN", ".", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_one_way_or_not_at_all(text: str, sign: str, minor: int | None) -> None:
    columns = ColumnMap(date=0, amount=1, text=(), date_order="ymd", decimal=sign, skip=0)
    contents = tables.read([["2026-11-20", text]], columns, currency="AUD")
    assert [line.amount_minor for line in contents.lines] == ([] if minor is None else [minor])


# A busy machine makes texts slowly.
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
cells = st.lists(
    st.text(max_size=12) | st.sampled_from(["20/11/2026", "5.00", "-1,50", "Date", "Amount"]), max_size=6
)


@at_leisure
@given(st.lists(cells, max_size=12), st.sampled_from(",;\t|"))
def test_whatever_a_table_holds_it_is_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    content = "\n".join(delimiter.join(row) for row in rows).encode("utf-8", "replace")
    try:
        found = tables.rows_of(content)
    except StatementUnreadable:
        return
    columns = tables.guessed(found) or ColumnMap(date=0, amount=1, text=(2,), skip=0)
    contents = tables.read(found, columns, currency="AUD")
    assert len(contents.lines) + len(contents.left_out) == max(0, len(found) - columns.skip)


@at_leisure
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        tables.rows_of(content)
    except StatementUnreadable as refused:
        assert str(refused)


def test_the_same_line_is_told_from_its_twin() -> None:
    columns = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd")
    rows = tables.rows_of(b"Date,Amount,Text\n2026-11-20,5.00,A\n2026-11-20,5.00,A\n2026-11-20,5.00,B\n")
    first = [mark for _, mark in fingerprints(tables.read(rows, columns, currency="AUD").lines)]
    assert len(set(first)) == 3
    # A later file begins in the middle of the day, and writes its spaces otherwise.
    rows = tables.rows_of(b"Date;Amount;Text\n2026-11-20;5.00;a \n2026-11-20;5.00;B\n2026-11-21;5.00;C\n")
    later = [mark for _, mark in fingerprints(tables.read(rows, columns, currency="AUD").lines)]
    assert [mark in first for mark in later] == [True, True, False]
