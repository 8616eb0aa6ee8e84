"""What is known of a number, what a sentence claims of it, and whether the one carries the other.

Both are ranges. "Over 1,000" claims a number above 1,000; a register that says "at least 900" knows one of 900 or more.
A claim holds when every number that the register leaves open would make it true; it is contradicted when none would.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

_INFINITE: Final = Decimal("Infinity")


class Bound(StrEnum):
    """How a source gives its number."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"


class Verdict(StrEnum):
    HOLDS = "holds"
    CONTRADICTED = "contradicted"
    # It may be true, but what the register has doesn't show it.
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; a side that is open doesn't have its end. `whole`: there are no others between."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False

    def within(self, other: "Range") -> bool:
        above = self.low > other.low or (self.low == other.low and (self.low_open or not other.low_open))
        below = self.high < other.high or (
            self.high == other.high and (self.high_open or not other.high_open)
        )
        return above and below

    def meets(self, other: "Range") -> bool:
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low < high
        return self._has(low) and other._has(low)

    def _has(self, number: Decimal) -> bool:
        above = number > self.low or (number == self.low and not self.low_open)
        return above and (number < self.high or (number == self.high and not self.high_open))

    def whole(self) -> "Range":
        """The same for what is counted, with ends that belong to it: above 10 is 11 or more."""
        low, high = self.low, self.high
        if low.is_finite():
            low = low.to_integral_value("ROUND_FLOOR") + 1 if self.low_open else _up(low)
        if high.is_finite():
            high = _up(high) - 1 if self.high_open else high.to_integral_value("ROUND_FLOOR")
        return Range(low, high, high_open=not high.is_finite())


@dataclass(frozen=True, slots=True)
class Quantity:
    """What an observation says: a number, how its source gives it, and whether it is counted, in whole ones."""

    value: Decimal
    bound: Bound = Bound.EXACT
    counted: bool = True

    @property
    def range(self) -> Range:
        if self.bound == Bound.EXACT:
            return Range(self.value, self.value)
        return Range(self.value, _INFINITE, low_open=self.bound == Bound.MORE_THAN, high_open=True)


def verdict(claimed: Range, known: Quantity) -> Verdict:
    """Whether what is known carries what is claimed."""
    claim, fact = claimed, known.range
    if known.counted:
        claim, fact = claim.whole(), fact.whole()
    if fact.within(claim):
        return Verdict.HOLDS
    return Verdict.NOT_SHOWN if fact.meets(claim) else Verdict.CONTRADICTED


def exactly(number: Decimal) -> Range:
    return Range(number, number)


def above(number: Decimal) -> Range:
    return Range(number, _INFINITE, low_open=True, high_open=True)


def at_least(number: Decimal) -> Range:
    return Range(number, _INFINITE, high_open=True)


def below(number: Decimal) -> Range:
    return Range(-_INFINITE, number, low_open=True, high_open=True)


def at_most(number: Decimal) -> Range:
    return Range(-_INFINITE, number, low_open=True)


def _up(number: Decimal) -> Decimal:
    return number.to_integral_value("ROUND_CEILING")
