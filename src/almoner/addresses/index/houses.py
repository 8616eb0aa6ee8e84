"""The houses of a street, packed: which numbers exist, and what stands at each.

Plain numbers ("12") are a bitmap where they lie close together, as in most streets, and a sorted list elsewhere. What
is more than a plain number ("12A", "12-14", flats, levels, lots) stands in details, found by its number.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from almoner.addresses.index.container import Container

_BITMAP, _LIST = 0, 1
_LIST_ITEM_BYTES: Final = 3

AFFIX, END, LEVEL, KIND, UNIT, RUN, LOT, LAST = (1 << bit for bit in range(8))
_VALUES: Final = (AFFIX, END, LEVEL, KIND, UNIT, RUN)
UNIT_NUMBER_BITS: Final = 20
_NUMBER_MASK: Final = (1 << UNIT_NUMBER_BITS) - 1
_LETTER_BITS: Final = 5
# A unit that is no letters and digits ("3/4", "GF-2") is kept as a text: this bit, and the text's place.
UNIT_TEXT: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class House:
    """An address of a street, without the street. `ordinal` counts the street's addresses in the file's order."""

    number: int
    affix: str = "\0\0"
    end: int | None = None
    unit: str = ""
    unit_kind: str = ""
    level: str = ""
    lot: bool = False
    ordinal: int = 0
    # Found by the last number of its range.
    leads: bool = False

    @property
    def numbered(self) -> str:
        """ "12", "A12B", "12-14", "Lot 5"; "" for the street as a whole."""
        before, after, after_end = (*self.affix.split("\0"), "", "")[:3]
        text = f"{before}{self.number}{after}"
        if self.end is not None:
            text += f"-{self.end}{after_end}"
        return f"Lot {text}" if self.lot else text


class Entry(NamedTuple):
    """Details as they are packed: numbers of texts, the first unit (None for none) and how many follow it."""

    first: int
    affix: int
    last: int | None
    level: int
    kind: int
    unit: int | None
    run: int
    lot: bool
    leads: bool


@dataclass(frozen=True, slots=True)
class Units:
    """A run of neighbouring units."""

    first: int
    run: int
    texts: list[str]

    def __contains__(self, text: str) -> bool:
        if self.first >= UNIT_TEXT:
            place = self.first - UNIT_TEXT
            return text in self.texts[place : place + self.run + 1]
        packed = pack_unit(text)
        return packed is not None and self.first <= packed <= self.first + self.run


def pack_numbers(numbers: list[int]) -> bytes:
    """Sorted, distinct numbers as a bitmap or a list, whichever is shorter; b"" for none."""
    if not numbers:
        return b""
    if numbers[-1] // 8 + 1 <= _LIST_ITEM_BYTES * len(numbers):
        bits = 0
        for number in numbers:
            bits |= 1 << number
        return bytes([_BITMAP]) + bits.to_bytes(numbers[-1] // 8 + 1, "little")
    return bytes([_LIST]) + b"".join(number.to_bytes(_LIST_ITEM_BYTES, "little") for number in numbers)


def pack_int(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def pack_unit(text: str) -> int | None:
    """A unit ("3", "A12", "G03", "12B") as an int in which neighbours are neighbours; None for other texts.

    Letters before, letter after, digits with how many zeros lead them: 5 + 5 + 1 + 20 bits.
    """
    digits = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    before, after = text[: len(text) - len(digits)], ""
    if digits[-1:].isalpha():
        digits, after = digits[:-1], digits[-1]
    if (
        not digits.isascii()
        or not (digits.isdigit() or (not digits and before))
        or len(before) > 1
        or len(digits) > 5
    ):
        return None
    if digits.startswith("0"):
        return None
    if not digits and after == "":
        # A letter alone: "A".
        digits = "0"
    return (
        _letter(before) << (UNIT_NUMBER_BITS + _LETTER_BITS)
        | _letter(after) << UNIT_NUMBER_BITS
        | int(digits)
    )


def unit_text(packed: int) -> str:
    number = packed & _NUMBER_MASK
    after = _character(packed >> UNIT_NUMBER_BITS & 31)
    before = _character(packed >> (UNIT_NUMBER_BITS + _LETTER_BITS) & 31)
    return f"{before}{number or ''}{after}"


class Houses:
    """The packed houses of an open file, by the number of the street in it."""

    def __init__(self, file: Container) -> None:
        self._at = file.view("street_numbers_at")
        self._numbers = file.view("numbers")
        self._details_from = file.view("street_details_from")
        self._detailed = file.view("detailed_numbers")
        self._detail_at = file.view("detail_at")
        self._details = file.view("details")
        self._affixes: list[str] = file.meta["affixes"]
        self._levels: list[str] = file.meta["levels"]
        self._kinds: list[str] = file.meta["unit_kinds"]
        self._units: list[str] = file.meta["unit_texts"]

    def affix(self, number: int) -> str:
        return self._affixes[number]

    def has(self, street: int, number: int) -> bool:
        """Whether the plain number is an address of the street."""
        at, end = self._at[street], self._at[street + 1]
        if at == end:
            return False
        if self._numbers[at] == _BITMAP:
            byte = at + 1 + (number >> 3)
            return byte < end and bool(self._numbers[byte] >> (number & 7) & 1)
        return self._listed(at + 1, end, number)

    def detailed(self, street: int, number: int) -> int:
        """Where the details of a number stand, for `details`; -1 when it has none."""
        end = self._details_from[street + 1]
        at = bisect_left(self._detailed, number, self._details_from[street], end)
        return at if at < end and self._detailed[at] == number else -1

    def plain(self, street: int) -> list[int]:
        """All plain numbers of a street."""
        at, end = self._at[street], self._at[street + 1]
        if at == end:
            return []
        content = bytes(self._numbers[at + 1 : end])
        if self._numbers[at] == _LIST:
            size = _LIST_ITEM_BYTES
            return [int.from_bytes(content[i : i + size], "little") for i in range(0, len(content), size)]
        bits = int.from_bytes(content, "little")
        return [number for number in range(len(content) * 8) if bits >> number & 1]

    def ordinal(self, street: int, house: House) -> int | None:
        """Which of its street's addresses a house is, in the order of the file; None where it isn't one by itself."""
        plain = self.plain(street)
        if replace(house, ordinal=0, leads=False) == House(house.number):
            at = bisect_left(plain, house.number)
            return at if at < len(plain) and plain[at] == house.number else None
        before = len(plain)
        for at in range(self._details_from[street], self._details_from[street + 1]):
            number = self._detailed[at]
            if number == house.number:
                return next(
                    (
                        before + each.ordinal
                        for each in self.details(at, number=number)
                        if not each.leads and replace(each, ordinal=house.ordinal, leads=house.leads) == house
                    ),
                    None,
                )
            before += sum(entry.run + 1 for entry in self.entries(at, number=number) if not entry.leads)
        return None

    def details(self, at: int, *, number: int) -> Iterator[House]:
        """What stands at a number, in the file's order; a run of flats is many."""
        ordinal = 0
        for entry in self.entries(at, number=number):
            for step in range(entry.run + 1):
                unit = self._unit(entry.unit + step) if entry.unit is not None else ""
                yield replace(self.house(entry, unit), ordinal=ordinal)
                ordinal += not entry.leads

    def house(self, entry: "Entry", unit: str) -> House:
        """An entry of the details with one of its units, or as a whole."""
        return House(
            entry.first,
            self._affixes[entry.affix],
            entry.last,
            unit,
            self._kinds[entry.kind] if unit else "",
            self._levels[entry.level] if unit or entry.unit is None else "",
            entry.lot,
            leads=entry.leads,
        )

    def entries(self, at: int, *, number: int) -> "Iterator[Entry]":
        """What stands at a number, a run of flats as one."""
        position, content, end = self._detail_at[at], self._details, self._detail_at[at + 1]
        while position < end:
            flags = content[position]
            position += 1
            values = []
            for flag in _VALUES:
                value = 0
                if flags & flag:
                    value = content[position]
                    position += 1
                    if value > 0x7F:
                        value, position = self._long(value & 0x7F, position)
                values.append(value)
            affix, other, level, kind, unit, run = values
            leads = bool(flags & LAST)
            first, last = (other, number) if leads else (number, other if flags & END else None)
            yield Entry(
                first, affix, last, level, kind, unit if flags & UNIT else None, run, bool(flags & LOT), leads
            )

    def units(self, first: int, run: int) -> "Units":
        """Which units a run has, without writing them out."""
        return Units(first, run, self._units)

    def _long(self, value: int, position: int) -> tuple[int, int]:
        """The rest of an int that takes more than a byte, and where what follows it begins."""
        content, shift = self._details, 7
        while True:
            byte = content[position]
            value |= (byte & 0x7F) << shift
            position += 1
            if byte < 0x80:
                return value, position
            shift += 7

    def _unit(self, packed: int) -> str:
        return self._units[packed - UNIT_TEXT] if packed >= UNIT_TEXT else unit_text(packed)

    def _listed(self, at: int, end: int, number: int) -> bool:
        low, high = 0, (end - at) // _LIST_ITEM_BYTES
        while low < high:
            middle = (low + high) // 2
            place = at + middle * _LIST_ITEM_BYTES
            found = int.from_bytes(self._numbers[place : place + _LIST_ITEM_BYTES], "little")
            if found == number:
                return True
            low, high = (middle + 1, high) if found < number else (low, middle)
        return False


def _letter(text: str) -> int:
    return ord(text) - 64 if text else 0


def _character(code: int) -> str:
    return chr(code + 64) if code else ""
