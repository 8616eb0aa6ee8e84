"""What became of the lines of an import, counted apart from what was read, so that the two can be compared."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from almoner.giving.importing.linking import Link
from almoner.kernel.money import format_plain


class Fate(StrEnum):
    PLAN = "plans imported"
    GIFT = "gifts imported"
    KNOWN = "known already"
    LEFT_OUT = "left out"


@dataclass(slots=True)
class Report:
    """Totals by currency, in minor units. `became` is what the database holds of a line, not what the file says."""

    rows: int = 0
    read: Counter[str] = field(default_factory=Counter)
    fates: Counter[Fate] = field(default_factory=Counter)
    became: Counter[tuple[Fate, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    activated: int = 0
    ended: int = 0
    no_amount: int = 0
    # Gifts that name their regular gift, and what came of it; `joined` had waited for the plans of these files.
    named: Counter[str] = field(default_factory=Counter)
    links: Counter[Link] = field(default_factory=Counter)
    linked: Counter[tuple[Link, str]] = field(default_factory=Counter)
    unlinked: Counter[str] = field(default_factory=Counter)
    joined: int = 0

    def balances(self) -> bool:
        """Rows and, to the cent, each currency: read = imported + known + left out; and of the gifts that name their
        regular gift: named = linked + linked already + not linked."""
        return (
            _by_currency(self.became) == +self.read
            and _by_currency(self.linked) == +self.named
            and self.rows == sum(self.fates.values())
        )

    def tell(self, out: Callable[[str], None]) -> None:
        out(f"rows read: {self.rows}")
        for fate in Fate:
            out(f"{fate}: {self.fates[fate]}")
        if self.ended:
            out(f"of these plans, over at their source: {self.ended}")
        if self.activated:
            out(f"plans begun that were waiting: {self.activated}")
        if self.no_amount:
            out(f"rows without an amount that could be read, in no total: {self.no_amount}")
        for reason, count in self.reasons.most_common():
            out(f"  left out, {count}: {reason}")
        for currency in sorted({*self.read, *(code for _, code in self.became)} - {""}):
            parts = [f"{format_plain(self.became[fate, currency], currency)} {fate}" for fate in Fate]
            out(f"{currency}: {format_plain(self.read[currency], currency)} read = {' + '.join(parts)}")
        self._tell_links(out)
        wrong = "It does NOT balance: what stands in the books differs from the file."
        out("It balances." if self.balances() else wrong)

    def _tell_links(self, out: Callable[[str], None]) -> None:
        if self.joined:
            out(f"gifts that had waited, linked to these regular gifts: {self.joined}")
        if not self.links:
            return
        out(f"gifts that name their regular gift: {sum(self.links.values())}")
        for link in Link:
            out(f"  {link}: {self.links[link]}")
        for why, count in self.unlinked.most_common():
            out(f"    {count}: {why}")
        for currency in sorted(self.named):
            parts = [f"{format_plain(self.linked[link, currency], currency)} {link}" for link in Link]
            out(f"  {currency}: {format_plain(self.named[currency], currency)} named = {' + '.join(parts)}")


def _by_currency(parts: Mapping[tuple[Fate, str], int] | Mapping[tuple[Link, str], int]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for (_, currency), minor in parts.items():
        totals[currency] += minor
    return +totals
