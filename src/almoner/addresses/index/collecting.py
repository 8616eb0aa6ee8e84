"""Rows in, packed arrays out: what the builder keeps of sixteen million addresses until it writes the file.

A plain address costs eight bytes here, one with details twenty, and each street and place is kept once.
"""

from array import array
from dataclasses import dataclass, field
from typing import Final

from almoner.addresses.index import houses
from almoner.addresses.index.rows import BadRow, Row

LARGEST_NUMBER: Final = 999_999
NUMBER_BITS: Final = 20
# What is said of a number in one int: affix 14, end 20, level 12, kind 8, lot 1, last 1 bits.
_AFFIX_BITS, _LEVEL_BITS, _KIND_BITS = 14, 12, 8
# An identifier in one int: which letters it begins with, then its number.
DIGITS_OF_ID: Final = 32
_MOST_ID_PREFIXES: Final = 1 << 8

StreetKey = tuple[str, str, str, str]


class Texts:
    """Distinct texts by the order in which they came; "" is 0."""

    def __init__(self, first: str = "", *, most: int) -> None:
        self._most = most
        self._places = {first: 0}

    def place(self, text: str) -> int:
        found = self._places.get(text)
        if found is None:
            if len(self._places) >= self._most:
                raise BadRow("one of too many different texts at numbers")
            found = self._places[text] = len(self._places)
        return found

    def all(self) -> list[str]:
        return list(self._places)


@dataclass(slots=True)
class Collected:
    """Everything the rows said. `streets` maps (street, locality, region, postcode) to its number."""

    streets: dict[StreetKey, int] = field(default_factory=dict)
    # street << NUMBER_BITS | number, once an address that is nothing but a number.
    plain: "array[int]" = field(default_factory=lambda: array("Q"))
    # Four columns of the same length.
    detail_street: "array[int]" = field(default_factory=lambda: array("I"))
    detail_number: "array[int]" = field(default_factory=lambda: array("I"))
    detail_says: "array[int]" = field(default_factory=lambda: array("Q"))
    detail_unit: "array[int]" = field(default_factory=lambda: array("I"))
    # Identifiers of the source, beside `plain` and beside the details; empty when none are kept.
    plain_ids: "array[int]" = field(default_factory=lambda: array("Q"))
    detail_ids: "array[int]" = field(default_factory=lambda: array("Q"))
    affixes: Texts = field(default_factory=lambda: Texts("\0\0", most=1 << _AFFIX_BITS))
    levels: Texts = field(default_factory=lambda: Texts(most=1 << _LEVEL_BITS))
    kinds: Texts = field(default_factory=lambda: Texts(most=1 << _KIND_BITS))
    units: Texts = field(default_factory=lambda: Texts(most=1 << 30))
    id_prefixes: Texts = field(default_factory=lambda: Texts(most=_MOST_ID_PREFIXES))
    # (name, street, house: number, affix and last number) of buildings; (name, street) of streets by another name.
    buildings: list[tuple[str, int, tuple[int, int, int]]] = field(default_factory=list)
    other_names: list[tuple[str, int]] = field(default_factory=list)
    # (locality, region) by another name: the name typed -> the places meant, and whether it is only a neighbour's.
    other_places: list[tuple[str, tuple[str, str], bool]] = field(default_factory=list)
    # (street, number) that leads to another (street, number): an alias of an address.
    aliases: list[tuple[int, int, int, int]] = field(default_factory=list)
    addresses: int = 0


class Collector:
    """Takes rows. With `ids` the source's identifiers are kept too."""

    def __init__(self, *, ids: bool = False) -> None:
        self.collected = Collected()
        self.ids = ids

    def add(self, row: Row) -> None:
        """Raises BadRow."""
        if not row.street or not (row.locality or row.postcode):
            raise BadRow("without a street or a place")
        if not 0 <= row.number <= LARGEST_NUMBER or row.end > LARGEST_NUMBER:
            raise BadRow("with a number out of range")
        kept = self.collected
        key = (row.street, row.place, row.region, row.postcode)
        street = kept.streets.get(key)
        if street is None:
            street = kept.streets[key] = len(kept.streets)
        if row.building:
            kept.buildings.append((row.building, street, (row.number, self._affix(row), row.end)))
        if row.number:
            self._number(street, row)
        kept.addresses += 1

    def add_alias(self, key: StreetKey, number: int, to: StreetKey, to_number: int) -> None:
        """An address by another street or number; the street may be one that has nothing but aliases."""
        streets = self.collected.streets
        if to in streets:
            street = streets.setdefault(key, len(streets))
            self.collected.aliases.append((street, number, streets[to], to_number))

    def add_street_name(self, name: str, key: StreetKey) -> None:
        if key in self.collected.streets:
            self.collected.other_names.append((name, self.collected.streets[key]))

    def add_place_name(self, name: str, place: tuple[str, str], *, neighbour: bool) -> None:
        """(locality, region) by another name, or by that of the place beside it."""
        self.collected.other_places.append((name, place, neighbour))

    def _number(self, street: int, row: Row) -> None:
        kept = self.collected
        if not (row.suffix or row.end or row.unit or row.prefix or row.level or row.lot):
            kept.plain.append(street << NUMBER_BITS | row.number)
            if self.ids:
                kept.plain_ids.append(self._id(row.source_id))
            return
        says = says_of(
            affix=self._affix(row),
            end=row.end,
            level=kept.levels.place(row.level),
            kind=kept.kinds.place(row.unit_kind) if row.unit else 0,
            lot=row.lot,
        )
        unit = self._unit(row.unit.upper())
        identifier = self._id(row.source_id) if self.ids else 0
        self._detail(street, row.number, says, unit, identifier)
        if row.end:
            # The last number of a range leads to it as well.
            self._detail(street, row.end, says_with_end(says, row.number, last=True), unit, identifier)

    def _affix(self, row: Row) -> int:
        return self.collected.affixes.place(f"{row.prefix}\0{row.suffix}\0{row.end_suffix}".upper())

    def _detail(self, street: int, number: int, says: int, unit: int, identifier: int) -> None:
        kept = self.collected
        kept.detail_street.append(street)
        kept.detail_number.append(number)
        kept.detail_says.append(says)
        kept.detail_unit.append(unit)
        if self.ids:
            kept.detail_ids.append(identifier)

    def _unit(self, text: str) -> int:
        """0 for none, else the packed unit and one."""
        if not text:
            return 0
        packed = houses.pack_unit(text)
        if packed is None:
            packed = houses.UNIT_TEXT | self.collected.units.place(text)
        return packed + 1

    def _id(self, text: str) -> int:
        """An identifier of letters and up to nine digits as prefix << 32 | digits; others are not kept (0)."""
        bare = text.rstrip("0123456789")
        digits = text[len(bare) :]
        if not digits or len(digits) > 9 or digits.startswith("0"):
            return 0
        try:
            return self.collected.id_prefixes.place(bare) << DIGITS_OF_ID | int(digits)
        except BadRow:
            # Random letters, such as a hash: the address is good without them.
            return 0


def says_of(*, affix: int, end: int, level: int, kind: int, lot: bool) -> int:
    says = affix
    for value, bits in ((end, NUMBER_BITS), (level, _LEVEL_BITS), (kind, _KIND_BITS), (int(lot), 1), (0, 1)):
        says = says << bits | value
    return says


def says_with_end(says: int, end: int, *, last: bool) -> int:
    affix, _, level, kind, lot, _ = parts_of(says)
    return says_of(affix=affix, end=end, level=level, kind=kind, lot=bool(lot)) | int(last)


def parts_of(says: int) -> tuple[int, int, int, int, int, int]:
    """affix, end, level, kind, lot, last."""
    last, says = says & 1, says >> 1
    lot, says = says & 1, says >> 1
    kind, says = says & (1 << _KIND_BITS) - 1, says >> _KIND_BITS
    level, says = says & (1 << _LEVEL_BITS) - 1, says >> _LEVEL_BITS
    end, affix = says & (1 << NUMBER_BITS) - 1, says >> NUMBER_BITS
    return affix, end, level, kind, lot, last
