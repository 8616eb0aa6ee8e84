"""What somebody typed, read as an address: number, unit and level on one side, words on the other.

A text can be read in more than one way ("2000 George St" may begin with a number or a postcode). `readings` gives them
in the order in which they are likely; the search decides by what exists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from almoner.addresses.index.rules import Rules
from almoner.addresses.index.words import folded

MOST_WORDS: Final = 12
_LARGEST_NUMBER: Final = 999_999
_UNIT_WORDS: Final = {
    "unit": "Unit",
    "u": "Unit",
    "flat": "Flat",
    "fl": "Flat",
    "flt": "Flat",
    "apartment": "Apartment",
    "apt": "Apartment",
    "suite": "Suite",
    "ste": "Suite",
    "shop": "Shop",
    "villa": "Villa",
    "townhouse": "Townhouse",
    "th": "Townhouse",
    "office": "Office",
    "room": "Room",
    "rm": "Room",
    "studio": "Studio",
    "penthouse": "Penthouse",
    "ph": "Penthouse",
    "duplex": "Duplex",
    "factory": "Factory",
    "warehouse": "Warehouse",
    "shed": "Shed",
    "site": "Site",
    "kiosk": "Kiosk",
    "tenancy": "Tenancy",
    "cottage": "Cottage",
    "house": "House",
    "hse": "House",
    "block": "Block",
    "building": "Building",
}
_LEVEL_WORDS: Final = {
    "level": "Level",
    "lvl": "Level",
    "l": "Level",
    "floor": "Floor",
    "ground floor": "Ground Floor",
    "basement": "Basement",
    "lower ground": "Lower Ground",
    "upper ground": "Upper Ground",
    "mezzanine": "Mezzanine",
}
_SPELT: Final = r"[a-z]{0,2}\d{1,5}[a-z]?"
_EDGE: Final = r"(?<![\w/-])"
_END: Final = r"(?=[\s,;]|$)"
_NUMBER: Final = r"(\d{1,6})([a-z]?)(?:\s?-\s?(\d{1,6})([a-z]?))?"
_UNIT_NAMES: Final = "|".join(sorted(_UNIT_WORDS, key=len, reverse=True))
# "3/12", "unit 3 / 12a", "u3/12-14", "shop g03/12".
_SLASHED: Final = re.compile(rf"{_EDGE}(?:({_UNIT_NAMES})\s*\.?\s*)?({_SPELT}|[a-z])\s?/\s?{_NUMBER}{_END}")
_UNIT: Final = re.compile(
    rf"{_EDGE}({_UNIT_NAMES})\s*\.?\s*#?\s*({_SPELT}|[a-z](?=[\s,;]+\d)){_END}|{_EDGE}#\s*({_SPELT}){_END}"
)


def _level_pattern(words: str) -> "re.Pattern[str]":
    return re.compile(
        rf"{_EDGE}({words})\s*\.?\s*(\d{{1,3}}|g|ug|lg|b\d?|m){_END}"
        rf"|{_EDGE}(\d{{1,3}})(?:st|nd|rd|th)\s+floor{_END}"
        rf"|{_EDGE}(ground floor|basement|lower ground|upper ground|mezzanine){_END}"
    )


_LEVEL: Final = _level_pattern("level|lvl|floor|l")
# Elsewhere "L3" may begin a postcode.
_LEVEL_SPELT: Final = _level_pattern("level|lvl|floor")
_LOT: Final = re.compile(rf"{_EDGE}lot\s*(\d{{1,6}})([a-z]?){_END}")
_HOUSE: Final = re.compile(rf"{_EDGE}{_NUMBER}{_END}")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a query. Numbers are None and texts "" where there are none.

    `before` and `after` are the words on either side of the number, folded; without a number all stand in `after`.
    `open_end`: the last word may still be on its way.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    number: int | None = None
    suffix: str = ""
    end: int | None = None
    end_suffix: str = ""
    unit: str = ""
    unit_type: str = ""
    level: str = ""
    lot: bool = False
    open_end: bool = True

    @property
    def numbered(self) -> str:
        """The number as it is written: "12", "12A", "12-14", "Lot 5"."""
        if self.number is None:
            return ""
        text = f"{self.number}{self.suffix.upper()}"
        if self.end is not None:
            text += f"-{self.end}{self.end_suffix.upper()}"
        return f"Lot {text}" if self.lot else text


def readings(query: str, rules: Rules) -> Iterator[Reading]:
    """The ways to read a query, the likeliest first; at least one, of no words when nothing can be read."""
    for found in _readings(query, rules):
        with_unit = _with_unit_first(found)
        if with_unit is None:
            yield found
        else:
            # "5 12 George" in Australia, "800 3 Street" in Calgary.
            yield from (with_unit, found) if rules.unit_slash else (found, with_unit)


def _readings(query: str, rules: Rules) -> Iterator[Reading]:
    text = folded(query).replace("’", "").replace("–", "-").replace("—", "-")
    open_end = bool(text) and text[-1].isalnum()
    found, rest = _inside(text, rules)
    found = replace(found, open_end=open_end)
    if found.number is not None:
        yield _placed(found, rest, found.number is not None)
        return
    house = _house(rest, rules)
    if house is None:
        yield _placed(found, rest, False)
        last = next(iter(_HOUSE.finditer(rest)), None)
        if last is not None:
            # "George St 12": the number after the street after all.
            yield _placed(_numbered(found, last), rest[: last.start()] + "\0" + rest[last.end() :], True)
        return
    yield _placed(_numbered(found, house), rest[: house.start()] + "\0" + rest[house.end() :], True)
    # A postcode, or a part of a name ("Dublin 2").
    leads = not _WORD.search(rest[: house.start()])
    if not leads:
        # "Big 4 Park, 1 Ocean Parade": the number may be a later one.
        for later in islice(_HOUSE.finditer(rest, house.end()), 1):
            yield _placed(_numbered(found, later), rest[: later.start()] + "\0" + rest[later.end() :], True)
    if not leads or rules.postcode.fullmatch(house[0]) or not rules.number_first:
        yield _placed(found, rest, False)


def _inside(text: str, rules: Rules) -> tuple[Reading, str]:
    """Takes unit, level and lot out of the text; a number that stands with its unit leaves \\0 in its place."""
    found = Reading()
    slashed = _SLASHED.search(text)
    if slashed:
        kind, unit, *number = slashed.groups()
        found = _with_number(replace(found, unit=unit, unit_type=_UNIT_WORDS.get(kind or "", "")), *number)
        text = text[: slashed.start()] + "\0" + text[slashed.end() :]
    else:
        unit_at = _UNIT.search(text)
        if unit_at and (unit_at.end() < len(text) or _HOUSE.search(text[: unit_at.start()])):
            kind = _UNIT_WORDS.get(unit_at[1] or "unit", "")
            found = replace(found, unit=unit_at[2] or unit_at[3], unit_type=kind)
            text = text[: unit_at.start()] + " " + text[unit_at.end() :]
    level = (_LEVEL if rules.unit_slash else _LEVEL_SPELT).search(text)
    if level and level.end() < len(text):
        found = replace(found, level=_level(level))
        text = text[: level.start()] + " " + text[level.end() :]
    lot = None if found.number is not None else _LOT.search(text)
    if lot:
        found = replace(_with_number(found, lot[1], lot[2], None, None), lot=True)
        text = text[: lot.start()] + "\0" + text[lot.end() :]
    return found, text


def _level(match: "re.Match[str]") -> str:
    word, number, ordinal, whole = match.groups()
    if whole:
        return _LEVEL_WORDS[whole]
    return f"{_LEVEL_WORDS.get(word or 'floor', 'Level')} {(number or ordinal).upper()}"


def _house(text: str, rules: Rules) -> "re.Match[str] | None":
    """The house's number: the first one, unless it can only be a postcode."""
    found = list(_HOUSE.finditer(text))
    if not found:
        return None
    first = found[0]
    leads = not _WORD.search(text[: first.start()])
    if (
        rules.number_first
        and not leads
        and not _WORD.search(text[first.end() :])
        and _only_postcode(first[0], rules)
    ):
        return None
    if not rules.number_first and leads and rules.postcode.fullmatch(first[0]) and len(found) > 1:
        return found[1]
    return first


def _only_postcode(text: str, rules: Rules) -> bool:
    """In "George St Sydney 20" the number is on its way to be a postcode, not a house."""
    return text.isdigit() and len(text) <= 5 and rules.postcode.pattern.startswith(r"\d")


def _numbered(found: Reading, match: "re.Match[str]") -> Reading:
    return _with_number(found, *match.groups())


def _with_number(
    found: Reading, number: str, suffix: str, end: str | None, end_suffix: str | None
) -> Reading:
    last = int(end) if end else None
    if last is not None and last <= int(number):
        last, end_suffix = None, ""
    return replace(
        found,
        number=min(int(number), _LARGEST_NUMBER),
        suffix=suffix or "",
        end=last,
        end_suffix=end_suffix or "",
    )


def _placed(found: Reading, text: str, numbered: bool) -> Reading:
    before, _, after = text.partition("\0") if numbered else ("", "", text)
    left, right = _WORD.findall(before)[:MOST_WORDS], _WORD.findall(after)[:MOST_WORDS]
    return replace(found, before=tuple(left), after=tuple(right))


def _with_unit_first(found: Reading) -> Reading | None:
    """The first of two numbers as a unit's; None where there aren't two."""
    words = found.after
    if found.number is None or found.unit or found.before or len(words) < 2 or not words[0].isdigit():
        return None
    bare = replace(found, unit=str(found.number), number=None, suffix="", end=None, after=words[1:])
    return _with_number(bare, words[0], "", None, None)
