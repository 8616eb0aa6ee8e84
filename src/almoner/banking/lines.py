"""What a statement says, whatever file it came in."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.kernel.money import exponent

# A reference may stand anywhere in it, and is looked for among all gifts: without an end one file could ask about more
# than a database takes in one question, again and again.
MOST_TEXT: Final = 20_000


class StatementUnreadable(ValueError):
    """The file can't be taken as a statement of this account. The message says why and what to do, for staff."""


@dataclass(frozen=True, slots=True)
class Line:
    """One booked line. `amount_minor` is above 0 for money that came in, below for money that left."""

    number: int
    booked_on: date
    amount_minor: int
    currency: str
    # Everything a reference may stand in: what the sender wrote, line after line, and structured references.
    text: str
    # Who sent it, or whom it went to.
    name: str = ""
    # The bank's own identifier of the booking, where it gives one.
    bank_id: str = ""

    @property
    def whole_text(self) -> str:
        """The name and the text in one, as staff read it. No bank writes as much as is kept of it."""
        return ": ".join(part for part in (self.name, self.text) if part)[:MOST_TEXT]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be read, and why."""

    number: int
    why: str


@dataclass(slots=True)
class Contents:
    """All that a file holds."""

    lines: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    # Lines that are announced and not booked yet: they come again, booked, in a later file.
    pending: int = 0
    # How many lines were numbered so far, over all statements of the file.
    numbered: int = 0

    def ahead(self, charity: Charity) -> int:
        """How many lines are of a day to come, though it had begun at a bank further east: days were read as months."""
        tomorrow = now().astimezone(ZoneInfo(charity.timezone)).date() + timedelta(days=1)
        return sum(line.booked_on > tomorrow for line in self.lines)


def fingerprints(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """Each line with what makes it the same line in another file of the same account.

    Two lines alike in all, such as two gifts of one person on one day, are the first and the second of their kind.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        said = "\x1f".join(
            (
                line.booked_on.isoformat(),
                str(line.amount_minor),
                line.currency,
                line.bank_id,
                " ".join(line.whole_text.split()).casefold(),
            )
        )
        seen[said] += 1
        yield line, hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest()


def minor_units(amount: Decimal, currency: str) -> int:
    """Raises `ValueError` with a sentence when the currency has no such small unit, or no such currency is known."""
    minor = amount.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency} has.")
    if abs(minor) >= 10**15:
        raise ValueError(f"{amount} is more than any line of a bank.")
    return int(minor)
