"""A synthetic Australia as large as the real one: which streets there are, where, and how large.

Drawn from a seed with NumPy, so that two processes have the same one without handing it over. Sizes follow a long
tail; the same names stand in many places, long roads run through neighbouring suburbs and go on counting.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from almoner.addresses.index.rows import Row
from rig import au_names, parcels
from rig.parcels import Street

REAL_ROWS: Final = 15_500_000
_STREETS_AT_FULL: Final = 730_000
_FLATS: Final = 0.29
# Streets in a place, on average, by its remoteness from 1 to 7; and how a few are far larger than the others.
_STREETS_A_PLACE: Final = (0, 86, 95, 70, 62, 10, 12, 14)
_PLACE_SIGMA: Final = 0.75
_SMALL_TYPES: Final = frozenset(
    {"Court", "Close", "Place", "Mews", "Lane", "Glade", "Link", "Nook", "Gardens", "Grove"}
)
_LARGE_TYPES: Final = frozenset({"Road", "Highway", "Parade", "Esplanade", "Boulevard"})
_CENTRES: Final = frozenset({"2000", "3000", "4000", "5000", "6000"})
_TALL_FROM_FLATS: Final = 60
_LONG_ROADS: Final = 0.012
_MOST_HOUSES, _MOST_FLATS = 1_400, 4_000
_DISTANCE_SHARE: Final = (0, 0.01, 0.03, 0.08, 0.12, 0.75, 0.7, 0.6)

Ints = NDArray[np.int64]


class Australia:
    """`count` streets with about `rows` addresses. A street is its number; the same `seed` makes the same country."""

    def __init__(self, rows: int, seed: int) -> None:
        self.seed, self.wanted_rows = seed, rows
        self.names = au_names.names(seed)
        dice = np.random.default_rng(seed)
        self.place_numbers = self._chosen_places(dice)
        self.street_name, self.street_place, self.first = self._named(dice)
        self.count = len(self.street_name)
        self.houses, self.flats, self.numbering = self._sized(dice)
        self.sizes = self.houses + self.flats

    @property
    def rows(self) -> int:
        """How many addresses, but for a few that find no room."""
        return int(self.sizes.sum())

    def street(self, number: int) -> Street:
        name = self.names.streets[self.street_name[number]]
        place = self.names.places[self.street_place[number]]
        flats = int(self.flats[number])
        return Street(
            self.seed * 1_000_003 + number, name, place.locality, place.region, place.postcode,
            int(self.numbering[number]), int(self.first[number]), int(self.houses[number]), flats,
            flats >= _TALL_FROM_FLATS or place.postcode in _CENTRES,
        )  # fmt: skip

    def rows_of(self, number: int) -> list[Row]:
        return parcels.rows_of(self.street(number))

    def order(self, most_rows: int = 0) -> list[int]:
        """The streets in no particular order, as a source gives them; of `most_rows` addresses when that is given."""
        order = np.random.default_rng(self.seed + 1).permutation(self.count)
        if most_rows and most_rows < self.rows:
            order = order[: int(np.searchsorted(np.cumsum(self.sizes[order]), most_rows)) + 1]
        return order.tolist()

    def street_of(self, name: str, locality: str, region: str, postcode: str) -> int | None:
        for number in self.named(name):
            place = self.names.places[self.street_place[number]]
            if (place.locality, place.region, place.postcode) == (locality, region, postcode):
                return number
        return None

    def named(self, name: str) -> list[int]:
        """All streets of that name."""
        at = self._name_numbers.get(name)
        if at is None:
            return []
        low, high = np.searchsorted(self._sorted_names, (at, at + 1))
        return self._by_name[low:high].tolist()

    def stemmed(self, stem: str) -> list[str]:
        """All names that are this one when their type is left out."""
        return self._stems.get(stem.lower(), [])

    @cached_property
    def _by_name(self) -> Ints:
        return np.argsort(self.street_name, kind="stable")

    @cached_property
    def _sorted_names(self) -> Ints:
        return self.street_name[self._by_name]

    @cached_property
    def _name_numbers(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names.streets)}

    @cached_property
    def _stems(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.names.streets:
            stem, _, _ = au_names.typed_apart(name)
            found.setdefault(stem.lower(), []).append(name)
        return found

    # ---- How it is drawn ----------------------------------------------------------------------------------------

    def _chosen_places(self, dice: np.random.Generator) -> Ints:
        """Of a smaller country some places only; those of one name stay together, as what they are mistaken for."""
        share = min(1.0, self.wanted_rows / REAL_ROWS)
        groups: dict[str, list[int]] = {}
        for at, place in enumerate(self.names.places):
            groups.setdefault(_bare(place.locality), []).append(at)
        drawn: list[int] = []
        keys = list(groups)
        for key in dice.permutation(len(keys)).tolist():
            if len(drawn) >= max(24, share * len(self.names.places)):
                break
            drawn.extend(groups[keys[key]])
        return np.array(sorted(drawn), dtype=np.int64)

    def _named(self, dice: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        """Names and places of all streets, each pair once, and where their numbers begin."""
        wanted = max(200, round(_STREETS_AT_FULL * self.wanted_rows / REAL_ROWS))
        remoteness = np.array([self.names.places[at].remoteness for at in self.place_numbers])
        share = np.array(_STREETS_A_PLACE)[remoteness] * dice.lognormal(0, _PLACE_SIGMA, len(remoteness))
        long_names, long_places, long_firsts = self._long_roads(dice, round(wanted * _LONG_ROADS))
        plain = wanted - len(long_names)
        # Drawn with some to spare: a name drawn twice for a place is one street.
        place = dice.choice(self.place_numbers, size=int(plain * 1.06), p=share / share.sum())
        name = dice.choice(len(self.names.streets), size=len(place), p=self.names.weights)
        names, places = np.concatenate((long_names, name)), np.concatenate((long_places, place))
        firsts = np.concatenate((long_firsts, np.ones(len(place), dtype=np.int64)))
        _, first_seen = np.unique(places * len(self.names.streets) + names, return_index=True)
        kept = np.sort(first_seen)[:wanted]
        return names[kept], places[kept], firsts[kept]

    def _long_roads(self, dice: np.random.Generator, count: int) -> tuple[Ints, Ints, Ints]:
        """Roads through two to twelve places that follow each other in postcode, counting on."""
        able = [
            at
            for at, name in enumerate(self.names.streets)
            if au_names.typed_apart(name)[1] in ("Road", "Highway")
        ]
        names, places, firsts = [], [], []
        while len(names) < count:
            name = able[dice.integers(len(able))]
            begins, length = int(dice.integers(len(self.place_numbers))), int(dice.integers(2, 13))
            at = 1
            for number in self.place_numbers[begins : begins + length].tolist():
                if self.names.places[number].region == self.names.places[self.place_numbers[begins]].region:
                    names.append(name)
                    places.append(number)
                    firsts.append(at)
                    at += int(dice.integers(20, 400))
        return np.array(names), np.array(places), np.array(firsts)

    def _sized(self, dice: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        """Houses and flats of every street, and how it is numbered."""
        factor = np.array([_factor(name) for name in self.names.streets])[self.street_name]
        remoteness = np.array([place.remoteness for place in self.names.places])[self.street_place]
        centre = np.array([place.postcode in _CENTRES for place in self.names.places])[self.street_place]
        raw = factor * dice.lognormal(0, 0.85, self.count) * np.where(remoteness >= 5, 0.7, 1.0)
        raw *= np.where(self.first > 1, 1.8, 1.0)
        houses = np.clip(_scaled(raw, self.wanted_rows * (1 - _FLATS)), 1, _MOST_HOUSES)
        urban = np.array((0, 0.34, 0.22, 0.16, 0.12, 0.03, 0.02, 0.02))[remoteness]
        built = np.where(centre, dice.random(self.count) < 0.8, dice.random(self.count) < urban)
        raw = built * np.sqrt(houses) * dice.lognormal(0, 1.2, self.count) * np.where(centre, 25, 1.0)
        flats = np.clip(_scaled(raw, self.wanted_rows * _FLATS), 0, _MOST_FLATS)
        distance = dice.random(self.count) < np.array(_DISTANCE_SHARE)[remoteness]
        one = dice.random(self.count) < 0.08
        numbering = np.where(distance, parcels.DISTANCE, np.where(one, parcels.ONE, parcels.BOTH))
        return houses, flats, numbering


def _bare(locality: str) -> str:
    words = [
        word for word in locality.split() if word not in ("North", "South", "East", "West", "Upper", "Lower")
    ]
    return " ".join(words[:1] if words[0] not in ("Mount", "St", "Port", "The", "Lake") else words[:2])


def _factor(name: str) -> float:
    _, kind, _ = au_names.typed_apart(name)
    return 0.5 if kind in _SMALL_TYPES else 1.7 if kind in _LARGE_TYPES else 1.0


def _scaled(raw: "NDArray[np.float64]", total: float) -> Ints:
    return np.rint(raw * (total / max(raw.sum(), 1))).astype(np.int64)
