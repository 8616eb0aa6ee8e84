"""Statements as CSV, by a map of columns: each bank has its own, and it is kept with the account."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

from almoner.banking.lines import Contents, LeftOut, Line, StatementUnreadable, minor_units
from almoner.kernel.clock import now

# Where a day begins first.
_FURTHEST_EAST: Final = timezone(timedelta(hours=14))
_DELIMITERS: Final = ",;\t|"
_MOST_ROWS: Final = 100_000
_MOST_COLUMNS: Final = 60
_ENCODINGS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DATE_PARTS: Final = re.compile(r"\d+|[a-z]{3,}", re.IGNORECASE)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan janv januar january enero gennaio", "feb fev fevr februar february", "mar mars mrz marz march",
            "apr avr april avril", "may mai mayo", "jun juin juni june", "jul juil juli july",
            "aug aout august", "sep sept september", "oct okt october oktober", "nov november",
            "dec dez december dezember",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# What banks call their columns, by a word that stands in the heading; the first that fits wins.
_HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "credit": ("credit", "paid in", "money in", "deposit", "gutschrift", "crédit", "haben", "entrate"),
    "debit": ("debit", "paid out", "money out", "withdrawal", "lastschrift", "débit", "soll", "uscite"),
    "amount": ("amount", "betrag", "montant", "importe", "importo", "bedrag", "value", "umsatz"),
    "date": ("booking date", "buchungstag", "date", "datum", "fecha", "data"),
    "name": ("payer", "payee", "other party", "auftraggeber", "beguenstigter", "begünstigter", "name", "nom"),
    "bank_id": ("transaction id", "unique id", "bank reference", "fitid"),
}
_TEXT: Final = (
    "description", "narrative", "details", "particulars", "code", "reference", "memo", "verwendungszweck", "libellé",
    "libelle", "concepto", "omschrijving", "remittance", "other party reference", "text",
)  # fmt: skip
_NOT_THE_AMOUNT: Final = ("balance", "saldo", "solde")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column says what; columns are counted from 0. Either `amount`, or `credit` and (for what left) `debit`."""

    date: int
    text: tuple[int, ...]
    amount: int | None = None
    credit: int | None = None
    debit: int | None = None
    name: int | None = None
    bank_id: int | None = None
    # "dmy", "mdy" or "ymd".
    date_order: str = "dmy"
    decimal: str = "."
    # Rows above the first line.
    skip: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Raises `TypeError` when what was kept isn't a map."""
        return cls(**{**kept, "text": tuple(kept.get("text", ()))})


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of a file, whatever its encoding and delimiter. Raises `StatementUnreadable`."""
    text = _decoded(content)
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise StatementUnreadable(f"This is not a CSV file: {error}.") from error
    rows = [[cell.strip() for cell in row] for row in found if any(cell.strip() for cell in row)]
    if len(rows) > _MOST_ROWS:
        raise StatementUnreadable(f"The file has more than {_MOST_ROWS} rows. Export a shorter time.")
    if max((len(row) for row in rows), default=0) < 2:
        raise StatementUnreadable("No columns were found. Export the statement as CSV, or as CAMT.053.")
    if max(len(row) for row in rows) > _MOST_COLUMNS:
        raise StatementUnreadable(f"The file has more than {_MOST_COLUMNS} columns: it is no statement.")
    return rows


def _decoded(content: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise StatementUnreadable("The file is damaged: its text can't be read.") from error
    if b"\0" in content:
        raise StatementUnreadable("This is no text file. Export the statement as CSV, or as CAMT.053.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that makes the most columns alike from row to row."""
    lines = [line for line in text.splitlines() if line.strip()][:50]

    def fit(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        commonest = max(set(counts), key=lambda count: (counts.count(count), count))
        return (counts.count(commonest) if commonest > 1 else 0, commonest)

    try:
        return max(_DELIMITERS, key=fit) if lines else ","
    except csv.Error:
        return ","


def headings(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """How many rows stand above the first line, and what the columns are called ("" where nothing says so)."""
    width = max(len(row) for row in rows)
    for at, row in enumerate(rows):
        if any(_amount_like(cell) for cell in row) and any(_date_like(cell) for cell in row):
            above = rows[at - 1] if at else []
            return at, [above[column] if column < len(above) else "" for column in range(width)]
    return 1, [*rows[0], *[""] * (width - len(rows[0]))]


def _date_like(cell: str) -> bool:
    return any(_date(cell, order) is not None for order in ("dmy", "mdy", "ymd"))


def _amount_like(cell: str) -> bool:
    return any(_amount(cell, sign) is not None for sign in ".,") and not _date_like(cell)


def guessed(rows: Sequence[Sequence[str]]) -> ColumnMap | None:
    """A map by what the columns are called and what stands in them; None when a date or an amount isn't found."""
    skip, names = headings(rows)
    lower = [name.casefold() for name in names]
    body = rows[skip : skip + 200]
    found: dict[str, int] = {}
    for what, words in _HEADINGS.items():
        for word in words:
            at = next((column for column, name in enumerate(lower) if _says(name, word)), None)
            if at is not None:
                found[what] = at
                break
    if "date" not in found:
        columns = range(len(names))
        dated = next((c for c in columns if body and all(_date_like(_cell(row, c)) for row in body)), None)
        if dated is None:
            return None
        found["date"] = dated
    if "credit" in found:
        found.pop("amount", None)
    elif "amount" not in found:
        return None
    named = set(found.values())
    text = tuple(c for c, name in enumerate(lower) if c not in named and any(word in name for word in _TEXT))
    amounts = [_cell(row, found.get("amount", found.get("credit", 0))) for row in body]
    return ColumnMap(
        text=text or tuple(column for column in range(len(names)) if column not in named)[:1],
        date_order=_order([_cell(row, found["date"]) for row in body]),
        decimal="," if sum(_comma_last(a) for a in amounts) > len(amounts) / 2 else ".",
        skip=skip,
        **{what: found.get(what) for what in ("amount", "credit", "debit", "name", "bank_id")},
        date=found["date"],
    )


def _says(name: str, word: str) -> bool:
    return word in name and not any(other in name for other in _NOT_THE_AMOUNT)


def _comma_last(text: str) -> bool:
    return bool(re.search(r",\d{1,2}\D*$", text))


def _order(dates: Sequence[str]) -> str:
    """The order of day and month that reads the most dates, for a file may end with a total, and of these the one that
    reads the fewest as days to come; else the day first."""
    today, read = now().astimezone(_FURTHEST_EAST).date(), {}
    for order in ("ymd", "dmy", "mdy"):
        found = [day for text in dates if (day := _date(text, order)) is not None]
        read[order] = len(found), -sum(day > today for day in found)
    return max(read, key=lambda order: read[order]) if any(count for count, _ in read.values()) else "dmy"


def read(rows: Sequence[Sequence[str]], columns: ColumnMap, *, currency: str) -> Contents:
    """The lines of the rows, and the rows that are none with the reason; nothing is guessed here."""
    contents = Contents()
    for number, row in enumerate(rows[columns.skip :], start=columns.skip + 1):
        try:
            contents.lines.append(_line(number, row, columns, currency))
        except ValueError as error:
            contents.left_out.append(LeftOut(number, str(error)))
    return contents


def _line(number: int, row: Sequence[str], columns: ColumnMap, currency: str) -> Line:
    if not _cell(row, columns.date):
        raise ValueError("No date stands here.")
    booked_on = _date(_cell(row, columns.date), columns.date_order)
    if booked_on is None:
        raise ValueError(f"“{_cell(row, columns.date)[:40]}” is no date.")
    amount = _signed(row, columns)
    if not amount:
        raise ValueError("No amount stands here.")
    return Line(
        number=number,
        booked_on=booked_on,
        amount_minor=minor_units(amount, currency),
        currency=currency,
        text=" ".join(filter(None, (_cell(row, column) for column in columns.text))),
        name=_cell(row, columns.name),
        bank_id=_cell(row, columns.bank_id),
    )


def _signed(row: Sequence[str], columns: ColumnMap) -> Decimal:
    if columns.amount is not None:
        return _decimal(_cell(row, columns.amount), columns.decimal)
    came = _decimal(_cell(row, columns.credit), columns.decimal)
    left = _decimal(_cell(row, columns.debit), columns.decimal)
    if came and left:
        raise ValueError("Money came in and left in one row.")
    return came or -abs(left)


def _decimal(text: str, sign: str) -> Decimal:
    if not text:
        return Decimal(0)
    amount = _amount(text, sign)
    if amount is None:
        raise ValueError(f"“{text[:40]}” is no amount.")
    return amount


def _amount(text: str, sign: str) -> Decimal | None:
    """ "1,234.50", "1.234,50-", "(12.00)", "$50.00 CR": None when it is no amount with that decimal sign."""
    bare = re.sub(r"[\s\u00a0\u202f'’]|[A-Z]{3}\b|[$€£]", "", text.strip())
    negative = bare.startswith(("-", "−", "(")) or bare.endswith(("-", "−", ")", "DR"))
    digits = re.sub(r"^[-−+(]+|[-−)]+$|(CR|DR)$", "", bare)
    thousands = "," if sign == "." else "."
    if not re.fullmatch(rf"(\d{{1,3}}(\{thousands}\d{{3}})+|\d+)?(\{sign}\d+)?", digits) or not digits:
        return None
    try:
        amount = Decimal(digits.replace(thousands, "").replace(sign, "."))
    except InvalidOperation:
        return None
    return -amount if negative else amount


def _date(text: str, order: str) -> date | None:
    """ "26/11/2026", "2026-11-26", "26 Nov 26", "20261126", with or without a time after it."""
    first = re.split(r"[T ]\d{1,2}:", text.strip())[0]
    if re.fullmatch(r"\d{8}", first):
        cuts = {"ymd": (4, 6), "dmy": (2, 4), "mdy": (2, 4)}[order]
        first = f"{first[: cuts[0]]} {first[cuts[0] : cuts[1]]} {first[cuts[1] :]}"
    parts = _DATE_PARTS.findall(first)
    if len(parts) != 3 or re.sub(r"[\d\s./,-]|[a-z]", "", first, flags=re.IGNORECASE):
        return None
    named = [part for part in parts if not part.isdigit()]
    if named:
        # A month by its name can't be mistaken, whatever order was meant.
        month = _MONTHS.get(named[0].casefold()) if len(named) == 1 else None
        rest = [part for part in parts if part.isdigit()]
        day, year = (rest[1], rest[0]) if len(rest[0]) == 4 else (rest[0], rest[-1])
        return _real(year, month, day) if month else None
    at = {letter: order.index(letter) for letter in "ymd"}
    return _real(parts[at["y"]], int(parts[at["m"]]), parts[at["d"]])


def _real(year: str, month: int, day: str) -> date | None:
    if len(year) not in (2, 4):
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    except ValueError:
        return None


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""
