"""Tables, amounts, dates and people as exports write them. A file is read a row at a time."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from almoner.addresses.countries import CountryUnknown, country_of
from almoner.addresses.postal import PostalAddress
from almoner.giving.importing.records import FileWrong, GiftLine, Line, LineWrong, PlanLine
from almoner.kernel.money import AmountInvalid, CurrencyUnknown, exponent, parse_amount
from almoner.kernel.sheets import bare_cell
from almoner.supporters.people import Details

# What can be read one way only. "3/4/2026" is two days: such a file is read with a format of its own.
_DATES: Final = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%B %d, %Y",
    "%A, %B %d, %Y",
    "%d %B %Y",
)
_LONGEST: Final = {"given_name": 100, "family_name": 100, "organisation": 200, "email": 254, "phone": 40}
Row = Mapping[str, str]


def table(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by their columns' names, with the line each ends on. Raises `FileWrong`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        try:
            missing = [name for name in needed if name not in (rows.fieldnames or ())]
            if missing:
                raise FileWrong(f"{path.name} has no column {', '.join(missing)}")
            for row in rows:
                yield (
                    rows.line_num,
                    {name: bare_cell(value) for name, value in row.items() if isinstance(value, str)},
                )
        except (csv.Error, UnicodeError) as error:
            raise FileWrong(f"{path.name}, line {rows.line_num}: {error}") from None


def line_of(number: int, amount: str, currency: str, make: Callable[[int, str], PlanLine | GiftLine]) -> Line:
    """A row as a plan or a gift, or with why it is none. `make` gets minor units and the currency's code."""
    currency = currency.strip().upper()
    try:
        amount_minor = money(amount, currency)
    except LineWrong as wrong:
        return Line(number, wrong=str(wrong))
    try:
        found = make(amount_minor, currency)
    except LineWrong as wrong:
        return Line(number, wrong=str(wrong), amount_minor=amount_minor, currency=currency)
    return Line(number, found, amount_minor=amount_minor, currency=currency)


def money(text: str, currency: str) -> int:
    """Minor units, never guessed. Raises `LineWrong`."""
    try:
        exponent(currency)
        return parse_amount(text, currency)
    except CurrencyUnknown:
        raise LineWrong(f"{currency or 'no currency'} is no currency's code") from None
    except AmountInvalid as invalid:
        raise LineWrong(f"the amount {text!r} can't be read ({invalid.code})") from None


def day(text: str, dates: str, *, name: str = "date") -> date:
    for pattern in (dates,) if dates else _DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day in the charity's zone)
        except ValueError:
            continue
    raise LineWrong(
        f"the {name} {text!r} can't be read" + ("" if dates else "; name its format with --dates")
    )


def optional_day(text: str, dates: str, *, name: str) -> date | None:
    return day(text, dates, name=name) if text else None


def whole(text: str, *, name: str) -> int | None:
    return _number(text, name, least=1)


def count(text: str, *, name: str) -> int | None:
    return _number(text, name, least=0)


def _number(text: str, name: str, *, least: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise LineWrong(f"the {name} {text!r} is no number from {least} up")
    return int(text)


def needed(row: Row, name: str) -> str:
    if not row.get(name):
        raise LineWrong(f"{name} is empty")
    return row[name]


def person(
    *,
    given_name: str = "",
    family_name: str = "",
    email: str = "",
    phone: str = "",
    organisation: str = "",
    address: dict[str, str] | None = None,
    language: str = "en",
) -> Details:
    """Raises `LineWrong` where nobody is named, or a part is longer than it can be kept."""
    parts = {
        "given_name": given_name,
        "family_name": family_name,
        "organisation": organisation,
        "email": email,
        "phone": phone,
    }
    for name, value in parts.items():
        if len(value) > _LONGEST[name]:
            raise LineWrong(f"{name} is longer than {_LONGEST[name]} characters")
    if email and ("@" not in email or any(char.isspace() for char in email)):
        raise LineWrong("the email address is none")
    if not (given_name or family_name or organisation or email):
        raise LineWrong("nobody is named")
    return Details(**parts, address=address, language=language or "en")


def postal(
    country: str,
    *,
    line1: str = "",
    line2: str = "",
    locality: str = "",
    region: str = "",
    postcode: str = "",
) -> dict[str, str] | None:
    """An address as it stood elsewhere: kept as it is, for it is not ours to correct. None where none was given."""
    if not (line1 or locality or postcode):
        return None
    try:
        code = country_of(country.upper()).code
    except CountryUnknown:
        raise LineWrong(f"{country or 'no country'} is no country's code of two letters") from None
    return PostalAddress(
        country=code, line1=line1, line2=line2, locality=locality, region=region, postcode=postcode
    ).to_dict()
