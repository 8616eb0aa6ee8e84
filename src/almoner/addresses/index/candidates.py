"""What a search holds while it runs: how the words may be split, and the streets that may be meant."""

from dataclasses import dataclass, field

from almoner.addresses.index.parsing import Reading
from almoner.addresses.index.places import Costs


@dataclass(frozen=True, slots=True)
class Candidate:
    """A street that may be meant, before it is asked what stands at the number."""

    street: int
    cost: int
    reading: Reading
    has_number: bool


@dataclass(slots=True)
class Asked:
    """One query: the best candidate of each street, and what was worked out for words that come again."""

    candidates: dict[int, Candidate] = field(default_factory=dict)
    places: dict[tuple[tuple[str, ...], bool], Costs | None] = field(default_factory=dict)
    named: dict[tuple[tuple[str, ...], bool, bool], list[tuple[int, int, int]]] = field(default_factory=dict)
    # How many splits were looked at: a text of a dozen short words would have thousands.
    splits: int = 0
    # The best that has the number, with no word left out.
    lowest: int = 1_000
    # The best of these that lies in a place that was typed.
    lowest_placed: int = 1_000

    def add(self, candidate: Candidate, *, whole: bool, placed: bool) -> None:
        known = self.candidates.get(candidate.street)
        if known is None or known.cost > candidate.cost:
            self.candidates[candidate.street] = candidate
        if candidate.has_number and whole:
            self.lowest = min(self.lowest, candidate.cost)
            if placed:
                self.lowest_placed = min(self.lowest_placed, candidate.cost)


@dataclass(frozen=True, slots=True)
class Split:
    """Words of a street and words of a place; `street_open` and `place_open`: the last one may go on.

    `cost` is of words that are left out of both. However well the others fit, these may have been a slip.
    """

    street: tuple[str, ...]
    place: tuple[str, ...]
    street_open: bool
    place_open: bool
    cost: int = 0
