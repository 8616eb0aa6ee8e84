"""The source's identifiers: four bytes an address, in the order of the houses, and their letters once a place.

"GANSW717891234" is letters and a number. The number of each address stands in `ids`, street by street, the plain
numbers first and then the details; 0 is none. The letters are the same all over a place; where others stand is listed.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from almoner.addresses.index.collecting import DIGITS_OF_ID, NUMBER_BITS, Collected
from almoner.addresses.index.container import Container, Section
from almoner.addresses.index.houses import House, Houses
from almoner.addresses.index.texts import bisect_view

_DIGITS: Final = np.uint64((1 << DIGITS_OF_ID) - 1)

Ints = NDArray[Any]


def identifier_sections(
    collected: Collected, *, of_street: Ints, street_place: list[int], details: tuple[Ints, Ints, Ints]
) -> dict[str, Section]:
    """`details`: street, what is said and the collected row of each detail, in the order of the file."""
    count = len(street_place)
    plain = np.frombuffer(collected.plain, dtype=np.uint64)
    street = of_street[(plain >> np.uint64(NUMBER_BITS)).astype(np.int64)].astype(np.uint64)
    number = plain & np.uint64((1 << NUMBER_BITS) - 1)
    keys, first_rows = np.unique(street << np.uint64(NUMBER_BITS) | number, return_index=True)
    plain_street = (keys >> np.uint64(NUMBER_BITS)).astype(np.int64)
    detail_street, says, rows = details
    # What leads to a range from its last number is no address of its own.
    own = says & np.uint64(1) == 0
    detail_street, rows = detail_street[own].astype(np.int64), rows[own]

    plain_counts = np.bincount(plain_street, minlength=count)
    counts = plain_counts + np.bincount(detail_street, minlength=count)
    firsts = np.concatenate(([0], np.cumsum(counts)))
    ids = np.zeros(int(firsts[-1]), dtype=np.uint64)
    ids[firsts[plain_street] + _ranks(plain_street, count)] = _column(collected.plain_ids)[first_rows]
    places = firsts[detail_street] + plain_counts[detail_street] + _ranks(detail_street, count)
    ids[places] = _column(collected.detail_ids)[rows]
    return {
        "street_first_id": Section("I", firsts.astype(np.uint32).tobytes()),
        "ids": Section("I", (ids & _DIGITS).astype(np.uint32).tobytes()),
        **_prefixes(ids, np.repeat(np.array(street_place, dtype=np.int64), counts)),
    }


def kept(sections: dict[str, Section]) -> int:
    """How many addresses have theirs."""
    return int(np.count_nonzero(np.frombuffer(sections["ids"].content, dtype=np.uint32)))


def _ranks(streets: Ints, count: int) -> Ints:
    """Of sorted streets: which one it is of its street."""
    before = np.concatenate(([0], np.cumsum(np.bincount(streets, minlength=count))))
    ranks: Ints = np.arange(len(streets)) - before[streets]
    return ranks


def _prefixes(ids: Ints, places: Ints) -> dict[str, Section]:
    """The commonest letters of each place, and where others stand."""
    known = np.flatnonzero(ids)
    prefixes = (ids >> np.uint64(DIGITS_OF_ID)).astype(np.int64)
    pairs, counts = np.unique(places[known] << 8 | prefixes[known], return_counts=True)
    usual = np.zeros(int(places.max()) + 1 if len(places) else 0, dtype=np.uint8)
    # The last one written to a place stays: its commonest.
    rising = np.argsort(counts, kind="stable")
    usual[pairs[rising] >> 8] = pairs[rising] & 0xFF
    others = known[prefixes[known] != usual[places[known]]]
    return {
        "place_id_prefix": Section("B", usual.tobytes()),
        "other_prefix_at": Section("I", others.astype(np.uint32).tobytes()),
        "other_prefix": Section("B", prefixes[others].astype(np.uint8).tobytes()),
    }


def _column(values: Any) -> Ints:
    return np.frombuffer(values, dtype=np.uint64)


class Identifiers:
    """The identifiers of an open file; `of` answers "" for all where it has none."""

    def __init__(self, file: Container, houses: Houses) -> None:
        self._houses, self._any = houses, file.has("ids")
        if self._any:
            self._first, self._ids = file.view("street_first_id"), file.view("ids")
            self._street_place, self._usual = file.view("street_place"), file.view("place_id_prefix")
            self._other_at, self._other = file.view("other_prefix_at"), file.view("other_prefix")
            self._prefixes: list[str] = file.meta["id_prefixes"]

    def of(self, street: int, house: House | None) -> str:
        """The source's name for an address; "" where it has none, or it stands for a building of many."""
        ordinal = self._houses.ordinal(street, house) if self._any and house is not None else None
        if ordinal is None:
            return ""
        at = self._first[street] + ordinal
        return f"{self._prefix(street, at)}{self._ids[at]}" if self._ids[at] else ""

    def _prefix(self, street: int, at: int) -> str:
        other = bisect_view(self._other_at, at, 0, len(self._other_at))
        if other < len(self._other_at) and self._other_at[other] == at:
            return self._prefixes[self._other[other]]
        return self._prefixes[self._usual[self._street_place[street]]]
