"""The houses of a street, packed: which numbers exist, and what stands at each.

Plain numbers ("12") are a bitmap where they lie close together, as in most streets, and a sorted list elsewhere. What
is more than a plain number ("12A", "12-14", flats, levels, lots) stands in details, found by its number.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from almoner.addresses.index.container import Container

_BITMAP, _LIST = 0, 1
_LIST_ITEM_BYTES: Final = 3

AFFIX, END, LEVEL, KIND, UNIT, RUN, LOT, LAST = (1 << bit for bit in range(8))
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

    @property
    def numbered(self) -> str:
        """ "12", "A12B", "12-14", "Lot 5"; "" for the street as a whole."""
        before, after, after_end = (*self.affix.split("\0"), "", "")[:3]
        text = f"{before}{self.number}{after}"
        if self.end is not None:
            text += f"-{self.end}{after_end}"
        return f"Lot {text}" if self.lot else text


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

    def details(self, at: int, *, number: int) -> Iterator[House]:
        """What stands at a number, in the file's order; a run of flats is many."""
        position = self._detail_at[at]
        content, end = self._details, self._detail_at[at + 1]
        ordinal = 0
        while position < end:
            flags = content[position]
            position += 1
            values = []
            for flag in (AFFIX, END, LEVEL, KIND, UNIT, RUN):
                value = 0
                if flags & flag:
                    shift = 0
                    while True:
                        byte = content[position]
                        position += 1
                        value |= (byte & 0x7F) << shift
                        if byte < 0x80:
                            break
                        shift += 7
                values.append(value)
            affix, other, level, kind, unit, run = values
            first, last = (other, number) if flags & LAST else (number, other if flags & END else None)
            for step in range(run + 1):
                yield House(
                    number=first,
                    affix=self._affixes[affix],
                    end=last,
                    unit=self._unit(unit + step) if flags & UNIT else "",
                    unit_kind=self._kinds[kind],
                    level=self._levels[level],
                    lot=bool(flags & LOT),
                    ordinal=ordinal,
                )
                ordinal += not flags & LAST

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
