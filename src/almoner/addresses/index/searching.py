"""The search: streets first, then the house in the street. A keystroke costs some comparisons in sorted arrays.

The words typed are split into a street's and a place's in every way; each half is one range of a sorted array; the
streets of the one that lie in the other are the candidates, and only of the best is it asked whether the number exists.
Where nothing good comes, single words are taken for slips of the finger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from almoner.addresses.index.collecting import NUMBER_BITS
from almoner.addresses.index.container import Container
from almoner.addresses.index.houses import House, Houses
from almoner.addresses.index.layout import NO_TARGET
from almoner.addresses.index.misspelling import Misspelling
from almoner.addresses.index.parsing import Reading, readings
from almoner.addresses.index.places import NOT_MEANT, Costs, Numbers, Places
from almoner.addresses.index.rules import rules_for
from almoner.addresses.index.texts import Texts, before, bisect, bisect_view
from almoner.addresses.index.words import vocabulary

# How many streets are asked for the number, and how many a range may have before only its largest are looked at.
_ASKED: Final = 48
_LOOKED_AT: Final = 8_192
_MOST_INNER: Final = 64
_FEW_PLACES: Final = 24
_MOST_CORRECTED: Final = 14
_END: Final = "\U0010ffff"

# What a candidate's faults cost. A doubling of a street's size is worth 8 / WEIGHT.
SLIP, INNER, NO_NUMBER, NO_UNIT, NOT_EXACT = 60, 24, 90, 12, 10
NO_PLACE, WEIGHT, GOOD = 0, 4, 70


@dataclass(frozen=True, slots=True)
class Hit:
    """A street with a house in it, or as a whole (`house` None) when the number typed isn't known in it.

    `exact_unit`: the unit typed is known there, or none was typed. The lower the cost, the better.
    """

    street: int
    house: House | None
    cost: int
    reading: Reading
    exact_unit: bool = True
    # What else it goes by: a building's name, or another name of the street; -1 for nothing.
    known_as: int = -1
    # That name is a building's, and the street all that is known besides.
    building: bool = False


@dataclass(frozen=True, slots=True)
class _Split:
    """Words of a street and words of a place, as compared; `street_open`/`place_open`: the last one may go on."""

    street: tuple[str, ...]
    place: tuple[str, ...]
    street_open: bool
    place_open: bool


class Index:
    """A country's open file."""

    def __init__(self, file: Container) -> None:
        self.file = file
        self.country: str = file.meta["country"]
        self.rules = rules_for(self.country)
        self.vocabulary = vocabulary(self.country)
        self.houses = Houses(file)
        self.misspelling = Misspelling(file)
        self._ready_at: dict[str, list[int]] = file.meta["ready"]
        self._ready = np.frombuffer(file.view("ready_streets"), dtype=np.uint32)
        self._names = Texts(file, "name")
        self._shown = Texts(file, "name_shown")
        self._places = Places(file, self.rules, self.vocabulary)
        self._first = file.view("name_first")
        self._inner_name, self._inner_at = file.view("inner_name"), file.view("inner_at")
        self._street_place = np.frombuffer(file.view("street_place"), dtype=np.uint32)
        self._weight = np.frombuffer(file.view("street_weight"), dtype=np.uint8)
        self._largest = np.frombuffer(file.view("street_largest"), dtype=np.uint16)
        self._place_first, self._place_streets = file.view("place_first"), file.view("place_streets")
        self._aliases = file.view("alias")
        self._alias_street, self._alias_number = file.view("alias_street"), file.view("alias_number")
        self._targets = file.view("target_of")
        self._target_street, self._target_number = file.view("target_street"), file.view("target_number")
        self._target_affix, self._target_end = file.view("target_affix"), file.view("target_end")

    def find(self, query: str, *, limit: int) -> list[Hit]:
        """The best hits first. Any text is a query."""
        best: dict[tuple[int, str, str], Hit] = {}
        typed = list(readings(query, self.rules))
        for reading in typed:
            self._add(best, self._search(reading, slips=0))
            if _good(best):
                break
        if not _good(best):
            for reading in typed:
                for corrected, slips in self._corrected(reading):
                    self._add(best, self._search(corrected, slips=slips))
        return sorted(best.values(), key=lambda hit: (hit.cost, hit.street))[:limit]

    def place(self, number: int) -> list[str]:
        """Locality, region, postcode."""
        return self._places[number]

    def place_of(self, street: int) -> list[str]:
        return self.place(int(self._street_place[street]))

    def name_of(self, street: int) -> str:
        """A street's name as it is shown."""
        return self._shown[before(self._first, street)]

    def _add(self, best: dict[tuple[int, str, str], Hit], hits: Iterator[Hit]) -> None:
        for hit in hits:
            house = hit.house
            key = (
                hit.street,
                house.numbered if house else "",
                f"{house.level} {house.unit}" if house else "",
            )
            if key not in best or best[key].cost > hit.cost:
                best[key] = hit

    def _search(self, reading: Reading, *, slips: int) -> Iterator[Hit]:
        for split in self._splits(reading):
            for street, cost in self._candidates(split, reading.number or 0):
                yield from self._at(street, reading, cost + slips * SLIP)

    # ---- Streets ------------------------------------------------------------------------------------------------

    def _splits(self, reading: Reading) -> Iterator[_Split]:
        """Ways to tell the street's words from the place's."""
        before, after, open_end = reading.before, reading.after, reading.open_end
        if before and after:
            if self.rules.number_first:
                # "Sydney 12 George", and "George 12 Sydney" for whoever comes from elsewhere.
                for at in range(len(after), 0, -1):
                    yield self._split(after[:at], before + after[at:], open_end and at == len(after), False)
                yield self._split(before, after, False, open_end)
                return
            # "Hauptstr 12": the word before the number is often cut short.
            yield self._split(before, after, True, open_end)
            for at in range(1, len(before)):
                yield self._split(before[at:], before[:at] + after, True, open_end)
            return
        words = after or before
        last = (open_end and bool(after)) or not self.rules.number_first
        for at in range(len(words), 0, -1):
            yield self._split(words[:at], words[at:], last and at == len(words), last)
        # The place first: "Sydney George St", "2000 George".
        for at in range(1, len(words)):
            yield self._split(words[at:], words[:at], last, False)

    def _split(
        self, street: Sequence[str], place: Sequence[str], street_open: bool, place_open: bool
    ) -> _Split:
        return _Split(tuple(street), tuple(place), street_open, place_open)

    def _candidates(self, split: _Split, number: int) -> Iterator[tuple[int, int]]:
        """Streets with what their names and places cost."""
        named = self._named(split)
        if not named:
            return
        costs = self._places.costs(split.place, open_end=split.place_open) if split.place else None
        if split.place and costs is None:
            return
        for first, end, cost in named:
            for street, more in self._inside(first, end, costs, number, split):
                yield street, cost + more

    def _named(self, split: _Split) -> list[tuple[int, int, int]]:
        """Ranges of streets whose names fit, with what the fit costs."""
        words = self.vocabulary.compared(split.street)
        phrase = " ".join(words)
        found: list[tuple[int, int, int]] = []
        self._range(found, phrase, phrase + "!", 0)
        typed = split.street[-1]
        if split.street_open and words[-1] == self.vocabulary.forms.get(typed, typed):
            start = " ".join([*words[:-1], typed])
            for form in self.vocabulary.begun(typed):
                whole = " ".join([*words[:-1], form])
                self._range(found, whole, whole + "!", 2)
            self._range(found, start, start + _END, 4)
        if len(phrase) > 2 and (not found or len(split.street) == 1):
            self._inner(found, phrase, phrase + (_END if split.street_open else "!"))
        return found

    def _range(self, found: list[tuple[int, int, int]], low: str, high: str, cost: int) -> None:
        first = self._names.at(low)
        end = self._names.at(high, first)
        if first < end:
            found.append((self._first[first], self._first[end], cost))

    def _inner(self, found: list[tuple[int, int, int]], low: str, high: str) -> None:
        """Names in which it is not the first word: "Kilda" in St Kilda Road."""
        first = bisect(self._inner_text, low, 0, len(self._inner_name))
        end = bisect(self._inner_text, high, first, len(self._inner_name))
        for at in islice(range(first, end), _MOST_INNER):
            name = self._inner_name[at]
            found.append((self._first[name], self._first[name + 1], INNER))

    def _inner_text(self, at: int) -> str:
        return self._names[self._inner_name[at]][self._inner_at[at] :]

    def _inside(
        self,
        first: int,
        end: int,
        costs: Costs | None,
        number: int,
        split: _Split,
    ) -> Iterator[tuple[int, int]]:
        """The streets of a range that lie in the places, the best first, as many as are worth asking."""
        if costs is None:
            streets = self._largest_of(first, end, number, split)
            price = NO_PLACE - (self._weight[streets].astype(np.int32) // WEIGHT)
        else:
            streets = self._lying_in(first, end, costs)
            here = costs[self._street_place[streets]].astype(np.int32)
            price = here - (self._weight[streets].astype(np.int32) // WEIGHT)
        if len(streets) > _ASKED:
            if number:
                able = self._largest[streets] >= min(number, 65_535)
                streets, price = streets[able], price[able]
            if len(streets) > _ASKED:
                best = np.argpartition(price, _ASKED)[:_ASKED]
                streets, price = streets[best], price[best]
        yield from zip(streets.tolist(), price.tolist(), strict=True)

    def _largest_of(self, first: int, end: int, number: int, split: _Split) -> Numbers:
        if end - first <= _LOOKED_AT:
            return np.arange(first, end)
        ready = self._ready_at.get(split.street[0][:3]) if len(split.street) == 1 else None
        if ready is None:
            return np.arange(first, end)
        return self._ready[ready[0] : ready[1]].astype(np.int64)

    def _lying_in(self, first: int, end: int, costs: Costs) -> Numbers:
        if end - first > _FEW_PLACES:
            places = np.flatnonzero(costs != NOT_MEANT)
            if len(places) <= _FEW_PLACES and end - first > _LOOKED_AT // 8:
                return self._through_places(first, end, places.tolist())
        return first + np.flatnonzero(costs[self._street_place[first:end]] != NOT_MEANT)

    def _through_places(self, first: int, end: int, places: list[int]) -> Numbers:
        streets: list[int] = []
        for place in places:
            low = bisect_view(
                self._place_streets, first, self._place_first[place], self._place_first[place + 1]
            )
            high = bisect_view(self._place_streets, end, low, self._place_first[place + 1])
            streets.extend(self._place_streets[low:high])
        return np.array(streets, dtype=np.int64)

    # ---- Houses -------------------------------------------------------------------------------------------------

    def _at(self, street: int, reading: Reading, cost: int) -> Iterator[Hit]:
        """The houses of a street that the reading names; the street as a whole when the number isn't known."""
        known_as, building = -1, False
        target = self._target(street)
        if target is not None:
            known_as, (street, house) = street, target
            building = house is not None
            if house is not None and reading.number in (None, house.number):
                yield Hit(street, house if house.number else None, cost, reading, True, known_as, True)
                return
        if reading.number is None:
            yield Hit(street, None, cost + (NO_UNIT if reading.unit else 0), reading, True, known_as)
            return
        found = list(self._houses(street, reading))
        if found:
            yield from (
                Hit(street, house, cost + more, reading, exact, known_as) for house, more, exact in found
            )
            return
        alias = self._alias(street, reading)
        if alias is not None:
            yield Hit(
                alias[0], House(alias[1]) if alias[1] else None, cost, reading, not reading.unit, street
            )
        elif not building:
            yield Hit(street, None, cost + NO_NUMBER, reading, True, known_as)

    def _alias(self, street: int, reading: Reading) -> tuple[int, int] | None:
        """The principal address of one that goes by another street or number."""
        if not len(self._aliases):
            return None
        wanted = street << NUMBER_BITS | (reading.number or 0)
        at = bisect_view(self._aliases, wanted, 0, len(self._aliases))
        if at < len(self._aliases) and self._aliases[at] == wanted:
            return self._alias_street[at], self._alias_number[at]
        return None

    def _target(self, street: int) -> tuple[int, House | None] | None:
        """What a name leads to: a building's street and house (number 0 without one), or a street by another name."""
        if not len(self._targets):
            return None
        at = bisect_view(self._targets, street, 0, len(self._targets))
        if at == len(self._targets) or self._targets[at] != street:
            return None
        number = self._target_number[at]
        if number == NO_TARGET:
            return self._target_street[at], None
        affix, end = self.houses.affix(self._target_affix[at]), self._target_end[at] or None
        return self._target_street[at], House(number, affix, end)

    def _houses(self, street: int, reading: Reading) -> Iterator[tuple[House, int, bool]]:
        number = reading.number or 0
        plain = not (reading.suffix or reading.end or reading.lot)
        unit = reading.unit.upper()
        if plain and self.houses.has(street, number):
            yield House(number), NO_UNIT if unit else 0, not unit
        at = self.houses.detailed(street, number)
        if at < 0:
            return
        seen: set[str] = set()
        for house in self.houses.details(at, number=number):
            verdict = _fits(house, reading, unit)
            if verdict is None:
                continue
            cost, exact = verdict
            # A building of flats is one suggestion until a flat is named.
            shown = house if exact and unit else replace(house, unit="", unit_kind="", level="")
            if shown.numbered + shown.unit not in seen:
                seen.add(shown.numbered + shown.unit)
                yield shown, cost, exact

    # ---- Slips --------------------------------------------------------------------------------------------------

    def _corrected(self, reading: Reading) -> Iterator[tuple[Reading, int]]:
        """The reading with one word taken for another, the likeliest first; then with two words taken so."""
        words = reading.before + reading.after
        options: list[tuple[int, int, int, str]] = []
        for at, word in enumerate(words):
            if word.isdigit() or word in self.vocabulary.forms:
                continue
            begins = reading.open_end and at == len(words) - 1
            for each in self.misspelling.corrections(word, begins=begins):
                options.append((each.slips, -each.weight, at, each.text))
            options.extend((1, -_FORM_WEIGHT, at, form) for form in self.vocabulary.near(word))
        for slips, _, at, text in sorted(options)[:_MOST_CORRECTED]:
            changed = (*words[:at], text, *words[at + 1 :])
            count = len(reading.before)
            yield replace(reading, before=changed[:count], after=changed[count:]), slips


_FORM_WEIGHT: Final = 160


def _good(best: dict[tuple[int, str, str], Hit]) -> bool:
    return any(hit.cost < GOOD for hit in best.values())


def _fits(house: House, reading: Reading, unit: str) -> tuple[int, bool] | None:
    """What a house costs for the reading, and whether its unit is the one typed; None when it isn't the one meant."""
    before, after, _ = house.affix.split("\0")
    if house.lot != reading.lot or (
        after != reading.suffix.upper() and (reading.suffix or house.end is None)
    ):
        return None
    if reading.end is not None and (house.number, house.end) != (reading.number, reading.end):
        return None
    cost = (4 if before else 0) + (2 if house.end is not None and reading.end is None else 0)
    if not unit:
        return cost + (1 if house.unit else 0), True
    return (cost, True) if house.unit == unit else (cost + NO_UNIT, False)
