"""What became of the lines of an import, counted apart from what was read, so that the two can be compared."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

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
    no_amount: int = 0

    def balances(self) -> bool:
        """Rows and, to the cent, each currency: read = imported + known + left out."""
        totals: Counter[str] = Counter()
        for (_, currency), minor in self.became.items():
            totals[currency] += minor
        same = all(self.read[code] == totals[code] for code in self.read.keys() | totals.keys())
        return same and self.rows == sum(self.fates.values())

    def tell(self, out: Callable[[str], None]) -> None:
        out(f"rows read: {self.rows}")
        for fate in Fate:
            out(f"{fate}: {self.fates[fate]}")
        if self.activated:
            out(f"plans begun that were waiting: {self.activated}")
        if self.no_amount:
            out(f"rows without an amount that could be read, in no total: {self.no_amount}")
        for reason, count in self.reasons.most_common():
            out(f"  left out, {count}: {reason}")
        for currency in sorted({*self.read, *(code for _, code in self.became)} - {""}):
            parts = [f"{format_plain(self.became[fate, currency], currency)} {fate}" for fate in Fate]
            out(f"{currency}: {format_plain(self.read[currency], currency)} read = {' + '.join(parts)}")
        wrong = "It does NOT balance: what stands in the books differs from the file."
        out("It balances." if self.balances() else wrong)
