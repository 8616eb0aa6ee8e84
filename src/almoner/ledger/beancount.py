"""The books as a beancount file: each posting a transaction, each account opened, each balance asserted.

https://beancount.github.io/docs/beancount_language_syntax.html. `bean-check` finds nothing in it; an assertion would.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from almoner.charities.models import Charity
from almoner.kernel.money import format_plain
from almoner.ledger import reading
from almoner.ledger.models import Account, Posting
from almoner.ledger.reading import Row, Span

_ROOTS: Final = {
    Account.Kind.ASSET: "Assets",
    Account.Kind.LIABILITY: "Liabilities",
    Account.Kind.INCOME: "Income",
    Account.Kind.EXPENSE: "Expenses",
}
_OPENING: Final = "Equity:Opening-Balances"

# What explains postings: a sentence for each, by its key.
Explain = Callable[[Iterable[Posting]], dict[int, str]]


def written(charity: Charity, span: Span, explain: Explain) -> Iterator[str]:
    """The file's lines, with their ends. Before `span` stand the balances with which it begins."""
    rows = reading.trial_balance(charity.pk, span)
    names = _names(row.account for row in rows)
    begins = span.first or reading.first_day(charity.pk, span.zone) or span.last
    yield f'option "title" {_quoted(charity.name)}\n'
    for currency in sorted({row.account.currency for row in rows}):
        yield f'option "operating_currency" "{currency}"\n'
    yield "\n"
    if any(row.opening_minor for row in rows):
        yield f"{begins} open {_OPENING}\n"
    for row in rows:
        yield f"{begins} open {names[row.account.pk]} {row.account.currency}\n"
    yield "\n"
    yield from _opening(rows, names, begins)
    yield from _transactions(charity, span, names, explain)
    yield from _asserted(rows, names, span.last + timedelta(days=1))


def _opening(rows: list[Row], names: dict[int, str], begins: date) -> Iterator[str]:
    for row in rows:
        if row.opening_minor:
            amount = _amount(row.opening_minor, row.account.currency)
            back = _amount(-row.opening_minor, row.account.currency)
            yield f'{begins} * "Opening balance"\n  {names[row.account.pk]}  {amount}\n  {_OPENING}  {back}\n\n'


def _transactions(charity: Charity, span: Span, names: dict[int, str], explain: Explain) -> Iterator[str]:
    for some in reading.in_turn(reading.postings(charity.pk, span)):
        said = explain(some)
        for posting in some:
            yield _transaction(posting, names, said.get(posting.pk, posting.kind), span.zone)


def _transaction(posting: Posting, names: dict[int, str], says: str, zone: ZoneInfo) -> str:
    amount, back = (_amount(sign * posting.amount_minor, posting.currency) for sign in (1, -1))
    return (
        f"{posting.at.astimezone(zone).date()} * {_quoted(says)}\n"
        f'  posting: "{posting.pk}"\n  source: "{posting.source} {posting.source_id} {posting.kind}"\n'
        f"  {names[posting.debit_id]}  {amount}\n  {names[posting.credit_id]}  {back}\n\n"
    )


def _asserted(rows: list[Row], names: dict[int, str], day: date) -> Iterator[str]:
    """What stands at the beginning of the day after, to the cent: beancount would let one pass unless told."""
    for row in rows:
        number, _, currency = _amount(row.closing_minor, row.account.currency).partition(" ")
        yield f"{day} balance {names[row.account.pk]}  {number} ~ 0 {currency}\n"


def _names(accounts: Iterable[Account]) -> dict[int, str]:
    """Each account's name in beancount's letters, its currency last: an account is opened once there, with one. Two
    that would be the same get their keys."""
    names: dict[int, str] = {}
    for account in accounts:
        root, parts = _ROOTS[Account.Kind(account.kind)], [_part(part) for part in account.code.split(":")]
        name = ":".join((root, *(parts[1:] if parts[0] == root else parts), account.currency))
        names[account.pk] = f"{name}-{account.pk}" if name in names.values() else name
    return names


def _part(text: str) -> str:
    """ "in_transit" -> "In-Transit": a capital or a digit first, then letters, digits and dashes."""
    bare = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "X"
    return "-".join(word[:1].upper() + word[1:] for word in bare.split("-"))


def _amount(minor: int, currency: str) -> str:
    return f"{'-' if minor < 0 else ''}{format_plain(abs(minor), currency)} {currency}"


def _quoted(text: str) -> str:
    bare = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{bare}"'
