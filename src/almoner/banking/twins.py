"""Lines that may be in the books already, in other words: the same days as CSV and as CAMT.053, or a credit that staff
had entered by hand before the statement came.

A fingerprint tells only what is the same to the letter. These have the day and the amount of something that the books
have and the file does not bring to the letter: a person says whether they are the same payments.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from typing import Final

from django.db.models import QuerySet

from almoner.banking.lines import Line, fingerprints
from almoner.banking.matching import references_in
from almoner.banking.models import BankAccount, StatementLine
from almoner.giving.models import Gift
from almoner.payments.models import BankCredit

_ASKED_AT_ONCE: Final = 5_000
# Of many alike in day and amount so many are compared, word by word.
_COMPARED: Final = 50


class Again(StrEnum):
    """What a person says of twins: the same payments are left, others are booked."""

    LEAVE = "leave"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the books have. `file_name` is "" where staff had entered it by hand."""

    text: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Twin:
    line: Line
    fingerprint: str
    earlier: Earlier


@dataclass(frozen=True, slots=True)
class Overlap:
    """A file's lines with their fingerprints, how many of them the account has to the letter, and the twins."""

    marked: list[tuple[Line, str]]
    known: int
    twins: list[Twin]

    @property
    def mark(self) -> str:
        """Of these twins and no others: whoever answered for some has not answered for those that came since."""
        return hashlib.sha256(" ".join(sorted(twin.fingerprint for twin in self.twins)).encode()).hexdigest()


# What the books have of a day and an amount, each under a number.
_Kept = dict[tuple[date, int], dict[int, Earlier]]


def overlap(account: BankAccount, lines: Iterable[Line]) -> Overlap:
    """What a file has in common with the books. A handful of queries, however many lines."""
    marked = list(fingerprints(lines))
    if not marked:
        return Overlap([], 0, [])
    days = [line.booked_on for line, _ in marked]
    kept, known = _kept(account, min(days), max(days), {fingerprint for _, fingerprint in marked})
    wanted = [
        (line, fingerprint)
        for line, fingerprint in marked
        if fingerprint not in known and kept.get((line.booked_on, line.amount_minor))
    ]
    return Overlap(marked, len(known), list(_paired(wanted, kept)))


def _kept(account: BankAccount, first: date, last: date, own: set[str]) -> tuple[_Kept, set[str]]:
    """What stands of these days and is no line of the file's own; and which of its own stand."""
    kept: _Kept = defaultdict(dict)
    known: set[str] = set()
    for number, (fingerprint, day, minor, text, credit_text, name) in enumerate(
        _lines_of(account)
        .filter(booked_on__range=(first, last))
        .values_list(
            "fingerprint", "booked_on", "amount_minor", "text", "credit__text", "statement__file_name"
        )
    ):
        if fingerprint in own:
            known.add(fingerprint)
        else:
            kept[day, minor][number] = Earlier(credit_text or text, name)
    by_hand = BankCredit.objects.filter(
        charity_id=account.charity_id,
        currency=account.currency,
        line=None,
        withdrawn_at=None,
        received_on__range=(first, last),
    )
    for number, (day, minor, text) in enumerate(
        by_hand.order_by("created_at").values_list("received_on", "amount_minor", "text")
    ):
        kept[day, minor][-1 - number] = Earlier(text, "")
    return kept, known


def _lines_of(account: BankAccount) -> QuerySet[StatementLine]:
    rows = StatementLine.objects.filter(account=account).exclude(outcome=StatementLine.Outcome.UNDONE)
    return rows.order_by("pk")


def _paired(wanted: list[tuple[Line, str]], kept: _Kept) -> Iterator[Twin]:
    """Each line with one of its day and amount: those that name the same gift first, then what is most alike. Two that
    name different gifts are different payments."""
    groups = {(line.booked_on, line.amount_minor) for line, _ in wanted}
    texts = chain(
        (line.whole_text for line, _ in wanted),
        (each.text for group in groups for each in kept[group].values()),
    )
    gifts_in = _gifts_in(set(texts))
    for fits in (_of_the_same_gift, _alike, _any):
        rest = []
        for line, fingerprint in wanted:
            group = kept[line.booked_on, line.amount_minor]
            number = fits(line, group, gifts_in)
            if number is None:
                rest.append((line, fingerprint))
            else:
                yield Twin(line, fingerprint, group.pop(number))
        wanted = rest


_GiftsIn = dict[str, frozenset[str]]


def _of_the_same_gift(line: Line, group: dict[int, Earlier], gifts_in: _GiftsIn) -> int | None:
    own = gifts_in[line.whole_text]
    return next((at for at, each in group.items() if own & gifts_in[each.text]), None) if own else None


def _alike(line: Line, group: dict[int, Earlier], gifts_in: _GiftsIn) -> int | None:
    said = _words(line.whole_text)
    shared = {at: len(said & _words(group[at].text)) for at in _possible(line, group, gifts_in)}
    return max((at for at in shared if shared[at]), key=lambda at: shared[at], default=None)


def _any(line: Line, group: dict[int, Earlier], gifts_in: _GiftsIn) -> int | None:
    return next(_possible(line, group, gifts_in), None)


def _possible(line: Line, group: dict[int, Earlier], gifts_in: _GiftsIn) -> Iterator[int]:
    own = gifts_in[line.whole_text]
    return islice((at for at, each in group.items() if not (own and gifts_in[each.text])), _COMPARED)


def _gifts_in(texts: set[str]) -> _GiftsIn:
    """The references of gifts that each text names. What only looks like one counts for nothing."""
    looks = {text: references_in(text) for text in texts}
    every = sorted({reference for some in looks.values() for reference in some})
    real: set[str] = set()
    for at in range(0, len(every), _ASKED_AT_ONCE):
        found = Gift.objects.filter(reference__in=every[at : at + _ASKED_AT_ONCE])
        real.update(found.values_list("reference", flat=True))
    return {text: frozenset(real.intersection(some)) for text, some in looks.items()}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))
