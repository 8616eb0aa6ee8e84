"""Statements as CAMT.053 (ISO 20022), of any version: the bank-to-customer statement that European banks give.

What is booked is read, a line for each transaction of a batch where the batch names them; each balance that the file
states is held against the sum of its lines.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree import ElementTree as ET

from almoner.banking.lines import Contents, LeftOut, Line, StatementUnreadable, minor_units
from almoner.kernel.money import CURRENCIES, format_plain

_NAMESPACE: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d\}Document")
_DOCTYPE: Final = re.compile(rb"<\0?!\0?(D\0?O\0?C\0?T|E\0?N\0?T)", re.IGNORECASE)
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)


def looks_like(content: bytes) -> bool:
    """Whether a file is XML at all; what kind of XML is said by `read`."""
    return content.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").replace(b"\0", b"").startswith(b"<")


def read(content: bytes, *, number: str, currency: str) -> Contents:
    """The lines of the file's statements. `number` and `currency` are the account's; a file of another is refused.

    Raises `StatementUnreadable`.
    """
    if _DOCTYPE.search(content):
        raise StatementUnreadable("The file declares a document type, as no bank's statement does.")
    try:
        root = ET.fromstring(content)  # noqa: S314 (no document type, so no entity: nothing to expand or fetch)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise StatementUnreadable(f"The file is damaged or cut short: {error}.") from error
    if not _NAMESPACE.fullmatch(root.tag):
        raise StatementUnreadable(
            "This XML is no CAMT.053 statement. Ask your bank for “camt.053”, or for CSV."
        )
    contents = Contents()
    for statement in _all(root, "BkToCstmrStmt", "Stmt"):
        _of_this_account(statement, number=number, currency=currency)
        lines = [line for entry in _all(statement, "Ntry") for line in _lines(entry, contents)]
        _of_this_currency(lines, currency)
        _balances(statement, lines, currency)
        contents.lines += lines
    return contents


def _all(node: ET.Element, *path: str) -> Iterator[ET.Element]:
    """Descendants along a path of local names: versions differ in their namespace only."""
    if not path:
        yield node
        return
    for child in node:
        if child.tag.rpartition("}")[2] == path[0]:
            yield from _all(child, *path[1:])


def _text(node: ET.Element, *path: str) -> str:
    """What the first such descendant says; "" where there is none."""
    found = next(_all(node, *path), None)
    return " ".join((found.text or "").split()) if found is not None else ""


def _of_this_account(statement: ET.Element, *, number: str, currency: str) -> None:
    own = _text(statement, "Acct", "Id", "IBAN") or _text(statement, "Acct", "Id", "Othr", "Id")
    if number and own and _bare(number) != _bare(own):
        raise StatementUnreadable(f"This is the statement of account {own}, not of {number}.")
    kept_in = _text(statement, "Acct", "Ccy")
    if kept_in and kept_in != currency:
        raise StatementUnreadable(f"This is the statement of an account in {kept_in}, not in {currency}.")


def _of_this_currency(lines: list[Line], currency: str) -> None:
    """A file need not say what its account is kept in; its entries do."""
    other = next((line.currency for line in lines if line.currency != currency), None)
    if other is not None:
        raise StatementUnreadable(f"The statement has an entry in {other}; this account is in {currency}.")


def _bare(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _lines(entry: ET.Element, contents: Contents) -> Iterator[Line]:
    """One line for an entry, or one for each of its transactions where these have amounts that come to the entry's."""
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if status != "BOOK":
        contents.pending += 1
        return
    total = _money(entry, entry)
    booked_on = _day(entry)
    details = list(_all(entry, "NtryDtls", "TxDtls"))
    amounts = [_detail_money(each, entry) for each in details]
    if len(details) > 1 and None not in amounts and sum(filter(None, amounts)) == total:
        parts = [(each, amount) for each, amount in zip(details, amounts, strict=True) if amount]
    else:
        parts = [(details[0] if len(details) == 1 else entry, total)] if total else []
    if not parts:
        # Banks write interest of nothing, and fees that were waived.
        contents.left_out.append(LeftOut(_next_number(contents), "It moves no money."))
    for part, amount_minor in parts:
        yield Line(
            number=_next_number(contents),
            booked_on=booked_on,
            amount_minor=amount_minor,
            currency=_currency(entry),
            text=_remittance(part, entry, details),
            name=_other_party(part, came=amount_minor > 0),
            bank_id=_text(part, "Refs", "AcctSvcrRef") or _text(entry, "AcctSvcrRef"),
        )


def _next_number(contents: Contents) -> int:
    contents.numbered += 1
    return contents.numbered


def _currency(node: ET.Element) -> str:
    amount = next(_all(node, "Amt"), None)
    code = amount.get("Ccy", "") if amount is not None else ""
    if code not in CURRENCIES:
        raise StatementUnreadable(f"“{code[:10]}” is no currency.")
    return code


def _money(node: ET.Element, entry: ET.Element) -> int:
    """Minor units, below 0 for what left; raises `StatementUnreadable`."""
    said, currency = _text(node, "Amt"), _currency(node)
    try:
        minor = minor_units(Decimal(said), currency)
    except (InvalidOperation, ValueError) as error:
        raise StatementUnreadable(f"“{said[:40]}” is no amount.") from error
    return minor if _came(node, entry) else -minor


def _came(node: ET.Element, entry: ET.Element) -> bool:
    side = _text(node, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise StatementUnreadable("An entry doesn't say whether money came in or left (CdtDbtInd).")
    return side == "CRDT"


def _detail_money(detail: ET.Element, entry: ET.Element) -> int | None:
    """A transaction's own amount in the entry's currency; None where it has none."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        amount = next(_all(detail, *path), None)
        if amount is not None and amount.get("Ccy") == _currency(entry):
            try:
                minor = minor_units(Decimal((amount.text or "").strip()), _currency(entry))
            except (InvalidOperation, ValueError):
                return None
            return minor if _came(detail, entry) else -minor
    return None


def _day(entry: ET.Element) -> date:
    for day in ("BookgDt", "ValDt"):
        said = _text(entry, day, "Dt") or _text(entry, day, "DtTm")
        try:
            return date.fromisoformat(said[:10])
        except ValueError:
            continue
    raise StatementUnreadable("An entry has no booking date.")


def _remittance(part: ET.Element, entry: ET.Element, details: list[ET.Element]) -> str:
    """All that a reference may stand in, in the order of the file."""
    nodes = details if part is entry else [part]
    said: list[str] = []
    for node in nodes:
        said += [" ".join((each.text or "").split()) for each in _all(node, "RmtInf", "Ustrd")]
        said += [
            " ".join((each.text or "").split()) for each in _all(node, "RmtInf", "Strd", "CdtrRefInf", "Ref")
        ]
        end_to_end = _text(node, "Refs", "EndToEndId")
        said += [end_to_end] if end_to_end not in ("", "NOTPROVIDED") else []
        said.append(_text(node, "AddtlTxInf"))
    return " ".join(dict.fromkeys(filter(None, said))) or _text(entry, "AddtlNtryInf")


def _other_party(part: ET.Element, *, came: bool) -> str:
    """Who sent what came in, or got what left. Newer versions put a party into `Pty`."""
    side = "Dbtr" if came else "Cdtr"
    return _text(part, "RltdPties", side, "Pty", "Nm") or _text(part, "RltdPties", side, "Nm")


def _balances(statement: ET.Element, found: list[Line], currency: str) -> None:
    """What stood there before and what came and went make what stands there after, where the file says both."""
    stated: dict[str, int] = {}
    for balance in _all(statement, "Bal"):
        stated.setdefault(_text(balance, "Tp", "CdOrPrtry", "Cd"), _money(balance, balance))
    opening = next((stated[code] for code in _OPENING if code in stated), None)
    closing = next((stated[code] for code in _CLOSING if code in stated), None)
    if opening is None or closing is None:
        return
    moved = sum(line.amount_minor for line in found)
    if opening + moved != closing:
        lines, balances = (format_plain(minor, currency) for minor in (moved, closing - opening))
        raise StatementUnreadable(
            f"The statement doesn't add up: its lines come to {lines} {currency}, its balances to {balances} "
            f"{currency}. The file is cut short or was changed: fetch it again."
        )
