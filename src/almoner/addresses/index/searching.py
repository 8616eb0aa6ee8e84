"""The search: streets first, then the house in the street. A keystroke costs some comparisons in sorted arrays.

The words typed are split into a street's and a place's in every way; each half is one range of a sorted array; the
streets of the one that lie in the other are the candidates, the largest first, and only of so many as are shown it is
asked what stands at the number. Where nothing good comes, single words are taken for slips of the finger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import islice
from typing import Final

import numpy as np

from almoner.addresses.index.candidates import Asked, Candidate, Split
from almoner.addresses.index.collecting import NUMBER_BITS
from almoner.addresses.index.container import Container
from almoner.addresses.index.houses import Entry, House, Houses
from almoner.addresses.index.identifying import Identifiers
from almoner.addresses.index.layout import NO_TARGET
from almoner.addresses.index.misspelling import Misspelling
from almoner.addresses.index.parsing import Reading, readings
from almoner.addresses.index.places import NOT_MEANT, Costs, Numbers, Places
from almoner.addresses.index.rules import rules_for
from almoner.addresses.index.texts import Texts, before, bisect, bisect_view
from almoner.addresses.index.words import only_left_out, vocabulary

# How many streets of a range are asked for the number at the most, and how many may have it before that is enough.
_ASKED: Final = 48
_ENOUGH: Final = 12
_BESIDE: Final = 3
_MOST_SPLITS: Final = 140
_LOOKED_AT: Final = 2_048
_MOST_INNER: Final = 64
_FEW_PLACES: Final = 24
_MOST_CORRECTED: Final = 14
_SHORT_WORD: Final = 5
_FORM_WEIGHT: Final = 160
_END: Final = "\U0010ffff"

# What a candidate's faults cost. A doubling of a street's size is worth 8 / WEIGHT.
SLIP, LEFT_OUT, INNER, NO_NUMBER, NOT_PLACED, NO_UNIT, WEIGHT, GOOD = 60, 66, 24, 90, 90, 12, 4, 70


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


class Index:
    """A country's open file."""

    def __init__(self, file: Container) -> None:
        self.file = file
        self.country: str = file.meta["country"]
        self.rules = rules_for(self.country)
        self.vocabulary = vocabulary(self.country)
        self.houses = Houses(file)
        self.misspelling = Misspelling(file)
        self._identifiers = Identifiers(file, self.houses)
        self._ready_at: dict[str, list[int]] = file.meta["ready"]
        self._ready = np.frombuffer(file.view("ready_streets"), dtype=np.uint32).astype(np.int64)
        self._names = Texts(file, "name", heads=True)
        self._shown = Texts(file, "name_shown")
        self._places = Places(file, self.rules, self.vocabulary)
        self._first = file.view("name_first")
        self._inner_name, self._inner_at = file.view("inner_name"), file.view("inner_at")
        self._street_place = np.frombuffer(file.view("street_place"), dtype=np.uint32)
        self._rank = np.frombuffer(file.view("street_weight"), dtype=np.uint8) // np.uint8(WEIGHT)
        self._largest = np.frombuffer(file.view("street_largest"), dtype=np.uint16)
        self._place_first, self._place_streets = file.view("place_first"), file.view("place_streets")
        self._aliases = file.view("alias")
        self._alias_street, self._alias_number = file.view("alias_street"), file.view("alias_number")
        self._targets = file.view("target_of")
        self._target_street, self._target_number = file.view("target_street"), file.view("target_number")
        self._target_affix, self._target_end = file.view("target_affix"), file.view("target_end")
        self._only_names = set(self._targets)

    def find(self, query: str, *, limit: int) -> list[Hit]:
        """The best hits first. Any text is a query."""
        asked = Asked()
        typed = list(readings(query, self.rules))
        for way in (self._forward, self._otherwise, self._by_later_words):
            for reading in typed:
                self._go(asked, way(reading), reading, 0, later_words=way == self._by_later_words)
            if asked.lowest < GOOD:
                break
        else:
            self._allow_for_slips(asked, typed)
        return self._best(asked, limit)

    def place(self, number: int) -> list[str]:
        """Locality, region, postcode."""
        return self._places[number]

    def place_of(self, street: int) -> list[str]:
        return self.place(int(self._street_place[street]))

    def name_of(self, street: int) -> str:
        """A street's name as it is shown."""
        return self._shown[before(self._first, street)]

    def identifier(self, hit: Hit) -> str:
        """The source's own identifier of the address, where the file keeps them; "" for a street as a whole."""
        return self._identifiers.of(hit.street, hit.house)

    # ---- Ways to tell the street's words from the place's --------------------------------------------------------

    def _forward(self, reading: Reading) -> Iterator[Split]:
        """In the country's own order."""
        left, right, open_end = reading.before, reading.after, reading.open_end
        if left and right:
            if self.rules.number_first:
                # "Sydney 12 George".
                for at in range(1, len(right) + 1):
                    yield Split(right[:at], left + right[at:], open_end and at == len(right), False)
            else:
                # "Hauptstr 12": the word before the number is often cut short.
                yield Split(left, right, True, open_end)
            return
        words = right or left
        last = (open_end and bool(right)) or not self.rules.number_first
        for at in range(1, len(words) + 1):
            yield Split(words[:at], words[at:], last and at == len(words), last)

    def _otherwise(self, reading: Reading) -> Iterator[Split]:
        """The other way round: the place first, or the number behind the street after all."""
        left, right, open_end = reading.before, reading.after, reading.open_end
        if left and right:
            if self.rules.number_first:
                yield Split(left, right, False, open_end)
                # "Carlyle Gardens, 60 North Beck Drive, Condon": what stands before the number may be a building.
                for at in range(1, len(right) + 1):
                    yield Split(right[:at], right[at:], open_end and at == len(right), open_end, NOT_PLACED)
            else:
                for at in range(1, len(left)):
                    yield Split(left[at:], left[:at] + right, True, open_end)
            return
        words = right or left
        last = (open_end and bool(right)) or not self.rules.number_first
        for at in range(1, len(words)):
            yield Split(words[at:], words[:at], last, False)

    def _by_later_words(self, reading: Reading) -> Iterator[Split]:
        yield from self._forward(reading)
        yield from self._otherwise(reading)

    # ---- Streets ------------------------------------------------------------------------------------------------

    def _go(
        self, asked: Asked, splits: Iterator[Split], reading: Reading, slips: int, *, later_words: bool
    ) -> None:
        nothing: tuple[str, ...] | None = None
        for split in splits:
            # Where no street begins with these words, none begins with them and more.
            if nothing is not None and split.street[: len(nothing)] == nothing:
                continue
            asked.splits += 1
            if asked.splits > _MOST_SPLITS:
                return
            named = self._ranges(asked, split, later_words=later_words)
            if named:
                self._collect(asked, split, named, reading, slips)
            elif not (later_words or split.street_open or only_left_out(split.street)):
                nothing = split.street

    def _collect(
        self, asked: Asked, split: Split, named: list[tuple[int, int, int]], reading: Reading, slips: int
    ) -> None:
        """Adds the streets of a split, cheapest first, until enough of them have the number."""
        costs = self._costs(asked, split) if split.place else None
        if split.place and costs is None:
            return
        number = reading.number or 0
        for first, end, cost in named:
            found = 0
            for street, more in self._inside(first, end, costs, number, split):
                has = number == 0 or self._has(street, number)
                price = cost + more + slips + split.cost + (0 if has else NO_NUMBER)
                candidate = Candidate(street, price, reading, has)
                asked.add(candidate, whole=not split.cost, placed=costs is not None)
                found += has
                if found >= _ENOUGH:
                    break

    def _ranges(self, asked: Asked, split: Split, *, later_words: bool) -> list[tuple[int, int, int]]:
        key = split.street, split.street_open, later_words
        if key not in asked.named:
            asked.named[key] = self._inner(split) if later_words else self._named(split)
        return asked.named[key]

    def _has(self, street: int, number: int) -> bool:
        """Whether something stands at the number, here or where the name leads."""
        if street in self._only_names:
            target, house = self._target(street)
            return (house is not None and house.number == number) or self._has(target, number)
        return (
            self.houses.has(street, number)
            or self.houses.detailed(street, number) >= 0
            or self._alias(street, number) is not None
        )

    def _costs(self, asked: Asked, split: Split) -> Costs | None:
        key = split.place, split.place_open
        if key not in asked.places:
            asked.places[key] = self._places.costs(split.place, open_end=split.place_open)
        return asked.places[key]

    def _named(self, split: Split) -> list[tuple[int, int, int]]:
        """Ranges of streets whose names begin so, with what the fit costs."""
        words = self.vocabulary.compared(split.street)
        phrase = " ".join(words)
        found: list[tuple[int, int, int]] = []
        self._range(found, phrase, phrase + "!", 0)
        typed = split.street[-1]
        if split.street_open and words[-1] == self.vocabulary.forms.get(typed, typed):
            for form in self.vocabulary.begun(typed):
                whole = " ".join([*words[:-1], form])
                self._range(found, whole, whole + "!", 2)
            start = " ".join([*words[:-1], typed])
            self._range(found, start, start + _END, 4)
        return found

    def _range(self, found: list[tuple[int, int, int]], low: str, high: str, cost: int) -> None:
        first = self._names.at(low)
        end = self._names.at(high, first)
        if first < end:
            found.append((self._first[first], self._first[end], cost))

    def _inner(self, split: Split) -> list[tuple[int, int, int]]:
        """Names in which it is not the first word: "Kilda" in St Kilda Road."""
        low = " ".join(self.vocabulary.compared(split.street))
        if len(low) < 3:
            return []
        high = low + (_END if split.street_open else "!")
        first = bisect(self._inner_text, low, 0, len(self._inner_name))
        end = bisect(self._inner_text, high, first, len(self._inner_name))
        names = (self._inner_name[at] for at in islice(range(first, end), _MOST_INNER))
        return [(self._first[name], self._first[name + 1], INNER) for name in names]

    def _inner_text(self, at: int) -> str:
        return self._names[self._inner_name[at]][self._inner_at[at] :]

    def _inside(
        self, first: int, end: int, costs: Costs | None, number: int, split: Split
    ) -> Iterator[tuple[int, int]]:
        """The streets of a range that lie in the places with their costs, the best first."""
        if costs is None:
            streets = self._largest_of(first, end, split)
            price = -self._rank[streets].astype(np.int16)
        else:
            streets = self._lying_in(first, end, costs)
            price = costs[self._street_place[streets]].astype(np.int16) - self._rank[streets]
        if len(streets) > _ASKED and number:
            able = self._largest[streets] >= min(number, 65_535)
            # Where hardly any street is so long, the others are still worth naming.
            if able.sum() > _ENOUGH:
                streets, price = streets[able], price[able]
        if len(streets) > _ASKED:
            best = np.argpartition(price, _ASKED)[:_ASKED]
            streets, price = streets[best], price[best]
        order = np.argsort(price, kind="stable")
        return zip(streets[order].tolist(), price[order].tolist(), strict=True)

    def _largest_of(self, first: int, end: int, split: Split) -> Numbers:
        if end - first > _LOOKED_AT and len(split.street) == 1:
            ready = self._ready_at.get(split.street[0][:3])
            if ready is not None:
                return self._ready[ready[0] : ready[1]]
        return np.arange(first, end)

    def _lying_in(self, first: int, end: int, costs: Costs) -> Numbers:
        if end - first > _LOOKED_AT:
            places = np.flatnonzero(costs != NOT_MEANT)
            if len(places) <= _FEW_PLACES:
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

    def _best(self, asked: Asked, limit: int) -> list[Hit]:
        """The cheapest candidates asked what stands at the number, as many as are shown."""
        found: list[Hit] = []
        shown: set[tuple[int, str, str]] = set()
        # An answer can only cost more than its candidate: of so many candidates so many answers are sure.
        for candidate in nsmallest(
            limit + 4, asked.candidates.values(), key=lambda each: (each.cost, each.street)
        ):
            for hit in self._at(candidate):
                house = hit.house
                key = (
                    hit.street,
                    house.numbered if house else "",
                    f"{house.level} {house.unit}" if house else "",
                )
                if key not in shown:
                    shown.add(key)
                    found.append(hit)
        found.sort(key=lambda hit: (hit.cost, hit.street))
        known = [hit for hit in found if hit.house is not None or hit.reading.number is None]
        if known:
            # Beside an address that exists, streets without the number are for whoever's is missing: a few.
            found = [*known, *(hit for hit in found if hit not in known)][: max(len(known), _BESIDE + 1)]
        return found[:limit]

    def _at(self, candidate: Candidate) -> Iterator[Hit]:
        """The houses of a street that the reading names; the street as a whole when the number isn't known."""
        street, reading, cost = candidate.street, candidate.reading, candidate.cost
        known_as, named = -1, None
        if street in self._only_names:
            known_as, (street, named) = street, self._target(street)
            if named is not None and reading.number in (None, named.number):
                yield Hit(street, named if named.number else None, cost, reading, True, known_as, True)
                return
        if reading.number is None:
            yield Hit(street, None, cost + (NO_UNIT if reading.unit else 0), reading, True, known_as)
            return
        missing = cost if not candidate.has_number else cost + NO_NUMBER
        found = list(self._houses(street, reading)) if candidate.has_number else []
        if found:
            yield from (
                Hit(street, house, cost + more, reading, exact, known_as) for house, more, exact in found
            )
            return
        alias = self._alias(street, reading.number) if candidate.has_number else None
        if alias is not None:
            yield Hit(
                alias[0], House(alias[1]) if alias[1] else None, cost, reading, not reading.unit, street
            )
        elif named is None:
            yield Hit(street, None, missing, reading, True, known_as)

    def _alias(self, street: int, number: int) -> tuple[int, int] | None:
        """The principal address of one that goes by another street or number."""
        if not len(self._aliases):
            return None
        wanted = street << NUMBER_BITS | number
        at = bisect_view(self._aliases, wanted, 0, len(self._aliases))
        if at < len(self._aliases) and self._aliases[at] == wanted:
            return self._alias_street[at], self._alias_number[at]
        return None

    def _target(self, street: int) -> tuple[int, House | None]:
        """What a name leads to: a building's street and house (number 0 without one), or a street by another name."""
        at = bisect_view(self._targets, street, 0, len(self._targets))
        number = self._target_number[at]
        if number == NO_TARGET:
            return self._target_street[at], None
        affix, end = self.houses.affix(self._target_affix[at]), self._target_end[at] or None
        return self._target_street[at], House(number, affix, end)

    def _houses(self, street: int, reading: Reading) -> Iterator[tuple[House, int, bool]]:
        """(the house, what it costs, whether its unit is the one typed)."""
        number, unit = reading.number or 0, reading.unit.upper()
        if not (reading.suffix or reading.end or reading.lot) and self.houses.has(street, number):
            yield House(number), NO_UNIT if unit else 0, not unit
        at = self.houses.detailed(street, number)
        if at < 0:
            return
        seen: set[tuple[int, int, int | None, bool]] = set()
        for entry in self.houses.entries(at, number=number):
            says = entry.first, entry.affix, entry.last, entry.lot
            exact = not unit or (entry.unit is not None and unit in self.houses.units(entry.unit, entry.run))
            if says in seen and not (exact and unit):
                continue
            cost = _fit(entry, self.houses.affix(entry.affix), reading)
            if cost is None:
                continue
            seen.add(says)
            # A building of flats is one suggestion until a flat is named.
            cost += 0 if exact else NO_UNIT
            yield (
                self.houses.house(entry, unit if exact else ""),
                cost + (entry.unit is not None and not unit),
                exact,
            )

    # ---- Slips --------------------------------------------------------------------------------------------------

    def _allow_for_slips(self, asked: Asked, typed: Sequence[Reading]) -> None:
        """Takes single words for others, the likeliest first, until a street in its place has the number."""
        for reading in typed:
            for corrected, cost in self._corrected(reading):
                for way in (self._forward, self._otherwise):
                    self._go(asked, way(corrected), corrected, cost, later_words=False)
                if asked.lowest_placed < SLIP:
                    return

    def _corrected(self, reading: Reading) -> Iterator[tuple[Reading, int]]:
        """The reading with one word taken for another, or left out where it is short, with what that costs.

        Words that no street and no place has come first, for they must be wrong.
        """
        words = reading.before + reading.after
        options: list[tuple[int, int, int, int, str]] = []
        for at, word in enumerate(words):
            if word.isdigit() or word in self.rules.regions:
                continue
            begins = reading.open_end and at == len(words) - 1
            known = word in self.vocabulary.forms
            if not known:
                sure = not self.misspelling.knows(word, begins=begins)
                for each in self.misspelling.corrections(word, begins=begins):
                    options.append((each.slips + (not sure), each.slips * SLIP, -each.weight, at, each.text))
                options.extend(
                    (2 - sure, SLIP, -_FORM_WEIGHT, at, form) for form in self.vocabulary.near(word)
                )
            if at and len(word) <= _SHORT_WORD:
                options.append((1 + known, LEFT_OUT, 0, at, ""))
        for _, cost, _, at, text in sorted(options)[:_MOST_CORRECTED]:
            yield _changed(reading, at, text), cost


def _changed(reading: Reading, at: int, text: str) -> Reading:
    """The reading with another word at a place, or none."""
    left = len(reading.before)
    before_, after = list(reading.before), list(reading.after)
    side, place = (before_, at) if at < left else (after, at - left)
    side[place : place + 1] = [text] if text else []
    return replace(reading, before=tuple(before_), after=tuple(after))


def _fit(entry: Entry, affix: str, reading: Reading) -> int | None:
    """What an entry costs for the reading; None when it isn't the one meant."""
    before_, after, _ = affix.split("\0")
    if entry.lot != reading.lot or (
        after != reading.suffix.upper() and (reading.suffix or entry.last is None)
    ):
        return None
    if reading.end is not None and (entry.first, entry.last) != (reading.number, reading.end):
        return None
    return (4 if before_ else 0) + (2 if entry.last is not None and reading.end is None else 0)
