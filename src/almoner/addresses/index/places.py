"""The places that are meant: by name, by another name, by region and by postcode, in whatever order they are typed."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from almoner.addresses.index.container import Container
from almoner.addresses.index.rules import Rules
from almoner.addresses.index.texts import Texts
from almoner.addresses.index.words import Vocabulary

Costs: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[Any]

# Of a place that isn't meant.
NOT_MEANT: Final = 255
# A name that is only begun, that goes on, in which it is a later word; another name of it; the place beside it.
BEGUN, PART, INNER, OTHER, NEAR = 6, 4, 14, 10, 22
# Each word that no place is called, and of how many that is counted.
EXTRA, _MOST_EXTRA = 40, 4
_MEANT: Final = np.array([0, INNER, OTHER, NEAR], dtype=np.uint8)
_LAST: Final = "\U0010ffff"


class Places:
    """The places of an open file. A place is a locality of a region with one postcode."""

    def __init__(self, file: Container, rules: Rules, vocabulary: Vocabulary) -> None:
        self._rules, self._vocabulary = rules, vocabulary
        self._of, self._names, self._postcodes = (
            Texts(file, "place"),
            Texts(file, "place_name"),
            Texts(file, "postcode"),
        )
        self._of_name = np.frombuffer(file.view("place_of_name"), dtype=np.uint32)
        self._meant = np.frombuffer(file.view("place_meant"), dtype=np.uint8)
        self._of_postcode = np.frombuffer(file.view("place_of_postcode"), dtype=np.uint32)
        self._elsewhere: dict[str, Numbers] = {}
        if rules.regions:
            regions = np.array([self[number][1] for number in range(len(self._of))])
            self._elsewhere = {region: regions != region for region in set(regions.tolist())}

    def __getitem__(self, number: int) -> list[str]:
        """Locality, region, postcode."""
        return self._of[number].split("\t")

    def costs(self, typed: Sequence[str], *, open_end: bool) -> Costs | None:
        """What each place costs for the words typed, NOT_MEANT where it isn't meant; None when no place is.

        With `open_end` the name may be only begun.
        """
        name, region, postcode = self._read(list(typed))
        found = self._narrowed(name, region, postcode, open_end)
        if found is not None:
            # "Washington" is a state, and a town in another one.
            town = (
                self._narrowed(list(typed), "", "", open_end)
                if region and not name and not postcode
                else None
            )
            return found if town is None else np.minimum(found + np.uint8(BEGUN), town)
        if len(name) < len(typed):
            # "Dublin 2" and "Victoria Park" are names as they stand.
            found = self._narrowed(list(typed), "", "", open_end)
        for known in self._names_within(name) if found is None else ():
            # "Sydney Australia": what no place is called is left out.
            found = self._narrowed(name[:known], region, postcode, False, whole=True)
            if found is not None:
                found[found != NOT_MEANT] += np.uint8(EXTRA * min(len(name) - known, _MOST_EXTRA))
                break
        return found

    def _names_within(self, words: list[str]) -> list[int]:
        """How many of the first words, but not all, are a whole name; the most first."""
        found: list[int] = []
        for count in range(1, len(words)):
            phrase = " ".join(self._vocabulary.compared(words[:count]))
            first = self._names.at(phrase)
            name = self._names[first] if first < len(self._names) else ""
            if name == phrase:
                found.insert(0, count)
            elif not name.startswith(phrase):
                break
        return found

    def _read(self, words: list[str]) -> tuple[list[str], str, str]:
        """Takes a region and a postcode from the end, and a postcode from the beginning: (name, region, postcode)."""
        region = postcode = ""
        while words:
            if not postcode and _has_digit(words[-1]):
                pair = "".join(words[-2:])
                count = 2 if len(words) > 1 and _has_digit(words[-2]) and self._one_postcode(pair) else 1
                postcode, words = "".join(words[-count:]), words[:-count]
            elif not region and (taken := self._region(words)):
                region, words = taken[1], words[: -taken[0]]
            else:
                break
        if words and not postcode and _has_digit(words[0]):
            postcode, words = words[0], words[1:]
        return words, region, postcode

    def _narrowed(
        self, name: list[str], region: str, postcode: str, open_end: bool, *, whole: bool = False
    ) -> Costs | None:
        costs = np.full(len(self._of), NOT_MEANT, dtype=np.uint8)
        if name:
            self._by_name(costs, name, open_end=open_end, whole=whole)
        elif postcode:
            costs[self._with_postcode(postcode)] = 0
        else:
            costs[:] = 0
        if name and postcode:
            places = self._with_postcode(postcode)
            named = costs[places]
            costs[:] = NOT_MEANT
            costs[places] = named
        if region:
            if region not in self._elsewhere:
                return None
            costs[self._elsewhere[region]] = NOT_MEANT
        return costs if int(costs.min()) != NOT_MEANT else None

    def _region(self, words: list[str]) -> tuple[int, str] | None:
        """How many of the last words name a region, and its code."""
        for count in (4, 3, 2, 1):
            if len(words) >= count and (code := self._rules.regions.get(" ".join(words[-count:]))):
                return count, code
        return None

    def _one_postcode(self, text: str) -> bool:
        return bool(self._rules.postcode.fullmatch(text)) or (
            text[:1].isalpha()
            and self._postcodes.at(text) < len(self._postcodes)
            and self._postcodes[self._postcodes.at(text)].startswith(text)
        )

    def _with_postcode(self, text: str) -> Numbers:
        first = self._postcodes.at(text)
        return self._of_postcode[first : self._postcodes.at(text + _LAST, first)]

    def _by_name(self, costs: Costs, name: list[str], *, open_end: bool, whole: bool) -> None:
        words = self._vocabulary.compared(name)
        phrase = " ".join(words)
        if open_end and words[-1] == self._vocabulary.forms.get(name[-1], name[-1]):
            start = " ".join([*words[:-1], name[-1]])
            first = self._names.at(start)
            self._mark(costs, first, self._names.at(start + _LAST, first), BEGUN)
            for form in self._vocabulary.begun(name[-1]):
                # "Kippax Ce" is on its way to "Kippax Ctr".
                start = " ".join([*words[:-1], form])
                first = self._names.at(start)
                self._mark(costs, first, self._names.at(start + "!", first), BEGUN)
        first = self._names.at(phrase)
        end = self._names.at(phrase + "!", first)
        if first == end:
            return
        if not whole:
            self._mark(costs, first, end, PART)
        self._mark(costs, first, self._names.at(phrase + "\0", first), 0)

    def _mark(self, costs: Costs, first: int, end: int, cost: int) -> None:
        if first < end:
            places, meant = self._of_name[first:end], self._meant[first:end]
            if end - first == 1:
                place = places[0]
                costs[place] = min(costs[place], _MEANT[meant[0]] + np.uint8(cost))
            else:
                np.minimum.at(costs, places, _MEANT[meant] + np.uint8(cost))


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)
