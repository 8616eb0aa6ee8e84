"""What people type into an address field, and which address they meant by it.

The mix follows what is known of Australian forms: 72 % a plain number, 24 % "5/18", 4 % "12a". Rarer ways of writing
(a word for the unit, a level, a lot) are drawn beside the mix, as slices of their own, so that they are judged without
weighing more than they do in life.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from almoner.addresses.index.rows import Row
from rig import au_names
from rig.australia import Australia

# How many of a hundred of the mix.
_MIX: Final = (("plain", 72), ("slash", 24), ("letter", 4))
SLICES: Final = ("unit word", "u3/12", "shop", "level", "lot", "range", "range's end")
_MOST_TRIES: Final = 4_000

Role = Literal["number", "street", "type", "place", "region", "postcode", "between"]


@dataclass(frozen=True, slots=True)
class Typed:
    """One text on its way. `roles` has one role for each character. `mixed`: drawn from the mix, not for a slice.

    `tags`: what it is an example of, one word or two for each question ("form", "order", "type", ...).
    """

    text: str
    roles: tuple[Role, ...]
    row: Row
    tags: dict[str, str]
    mixed: bool

    def letters(self) -> list[int]:
        """Where a finger may slip: in the letters of words, not in the number."""
        return [at for at, char in enumerate(self.text) if char.isalpha() and self.roles[at] != "number"]


class Typists:
    """Draws what is typed. Fresh `dice` are fresh people."""

    def __init__(self, australia: Australia, dice: random.Random, *, among: Sequence[int] = ()) -> None:
        """`among`: only who lives in these streets."""
        self._australia, self._dice = australia, dice
        self._among = np.array(among, dtype=np.int64)
        self._upto = np.cumsum(australia.sizes[self._among] if len(among) else australia.sizes)

    def mixed(self, count: int) -> list[Typed]:
        forms = [form for form, _ in _MIX]
        weights = [weight for _, weight in _MIX]
        drawn = [self._typed(form, True) for form in self._dice.choices(forms, weights, k=count)]
        return [typed for typed in drawn if typed is not None]

    def slices(self, count: int) -> list[Typed]:
        """So many of every rarer form, fewer where a small country has none of it."""
        drawn = [self._typed(form, False) for form in SLICES for _ in range(count)]
        return [typed for typed in drawn if typed is not None]

    def street(self) -> int:
        """A street, drawn as people live: by its addresses."""
        at = int(np.searchsorted(self._upto, self._dice.randrange(int(self._upto[-1])), side="right"))
        return int(self._among[at]) if len(self._among) else at

    def _typed(self, form: str, mixed: bool) -> Typed | None:
        dice = self._dice
        row = self._lives(form, alike=mixed)
        if row is None:
            return None
        number, named = _number(form, row, dice)
        pieces = _Pieces(dice)
        street = _street(row.street, dice, pieces.tags)
        place = _worded(row.locality, dice, pieces.tags)
        order = dice.choices(("street first", "postcode only", "place first"), (88, 6, 6))[0]
        pieces.tags |= {"form": named, "order": order, "numbered": "range" if row.end else "single"}
        comma = ", " if dice.random() < 0.5 else " "
        if order == "place first":
            pieces.add(place, "place")
            pieces.add(comma, "between")
        pieces.add(number, "number")
        pieces.add(", " if dice.random() < 0.04 else " ", "between")
        for text, role in street:
            pieces.add(text, role)
        if order == "postcode only":
            pieces.add(comma + row.postcode, "postcode")
        elif order == "street first":
            pieces.add(comma, "between")
            pieces.add(place, "place")
            _ending(row, pieces, dice)
        return pieces.typed(row, mixed)

    def _lives(self, form: str, *, alike: bool) -> Row | None:
        """Somebody whose address can be typed in that form; with `alike`, each of them as likely as any other."""
        able = _ABLE[form]
        for _ in range(_MOST_TRIES):
            rows = self._australia.rows_of(self.street())
            found = [row for row in rows if able(row)]
            # Streets came by their sizes: for their houses to come alike, a street with few such is mostly refused.
            if found and (not alike or self._dice.random() < len(found) / len(rows)):
                return self._dice.choice(found)
        return None


def _single(row: Row) -> bool:
    return not (row.unit or row.level or row.lot or row.suffix)


_ABLE: Final[dict[str, Callable[[Row], bool]]] = {
    "plain": _single,
    "slash": lambda row: bool(row.unit) and row.unit_kind not in ("Shop", "Suite"),
    "letter": lambda row: bool(row.suffix) and not row.unit,
    "unit word": lambda row: bool(row.unit) and row.unit_kind not in ("Shop", "Suite"),
    "u3/12": lambda row: row.unit_kind == "Unit" and row.unit.isdigit(),
    "shop": lambda row: row.unit_kind in ("Shop", "Suite"),
    "level": lambda row: bool(row.level) and not row.unit,
    "lot": lambda row: row.lot,
    "range": lambda row: bool(row.end) and not row.unit,
    "range's end": lambda row: bool(row.end) and not row.unit,
}


def _number(form: str, row: Row, dice: random.Random) -> tuple[str, str]:
    """The text of unit and number, and the form's name in the tables."""
    number = f"{row.number}{row.suffix.lower() if dice.random() < 0.7 else row.suffix}"
    kind = row.unit_kind
    if form == "range" or (row.end and form == "plain" and dice.random() < 0.6):
        number = f"{row.number}-{row.end}"
    elif form == "range's end":
        number = str(row.end)
    if form == "slash":
        return f"{row.unit}/{number}", form
    if form in ("unit word", "shop"):
        return dice.choice(
            (f"{kind} {row.unit} {number}", f"{kind} {row.unit}, {number}", f"{kind} {row.unit}/{number}")
        ), form
    if form == "u3/12":
        return f"{dice.choice('Uu')}{row.unit}/{number}", form
    if form == "level":
        return f"{row.level}{dice.choice((', ', ' '))}{number}", form
    if form == "lot":
        return f"{dice.choice(('Lot', 'lot'))} {number}", form
    return number, form


# ---- Words ------------------------------------------------------------------------------------------------------

_LONG_AND_SHORT: Final = {
    "Mount": ("Mt",), "Mt": ("Mount",), "St": ("Saint", "St."), "Saint": ("St",), "North": ("Nth", "N"),
    "South": ("Sth", "S"), "East": ("E",), "West": ("W",), "Upper": ("Upr",), "Lower": ("Lwr",), "Point": ("Pt",),
    "Fort": ("Ft",), "Creek": ("Ck",), "Junction": ("Jct",),
}  # fmt: skip


def _worded(text: str, dice: random.Random, tags: dict[str, str]) -> str:
    """A name as somebody may write it: Mt for Mount, Saint for St, without its apostrophes."""
    words = text.split()
    if len(words) > 1:
        for at, word in enumerate(words):
            if word in _LONG_AND_SHORT and dice.random() < 0.35:
                words[at] = dice.choice(_LONG_AND_SHORT[word])
                tags["words"] = f"{word} as {words[at]}"
    shown = " ".join(words)
    return shown if dice.random() < 0.4 else shown.replace("’", "").replace("'", "")


def _street(name: str, dice: random.Random, tags: dict[str, str]) -> list[tuple[str, Role]]:
    stem, kind, side = au_names.typed_apart(name)
    parts: list[tuple[str, Role]] = [(_worded(stem, dice, tags), "street")]
    way = dice.choices(("in full", "short", "left out"), (45, 45, 10))[0] if kind else "none"
    if way == "short" and not au_names.TYPES[kind]:
        way = "in full"
    if way == "left out" and side:
        way = "in full"
    tags["type"] = way
    if way == "in full":
        parts.append((f" {kind}", "type"))
    elif way == "short":
        parts.append((f" {dice.choice(au_names.TYPES[kind])}{'.' if dice.random() < 0.05 else ''}", "type"))
    if side:
        parts.append((f" {side}", "street"))
    return parts


def _ending(row: Row, pieces: "_Pieces", dice: random.Random) -> None:
    ending = dice.choices(
        ("place", "place, state", "place, postcode", "place, state, postcode"), (50, 10, 15, 25)
    )[0]
    pieces.tags["ending"] = ending
    if "state" in ending:
        pieces.add(f"{',' if dice.random() < 0.2 else ''} {row.region}", "region")
    if "postcode" in ending:
        pieces.add(f" {row.postcode}", "postcode")


class _Pieces:
    """Texts with their roles, put together."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._texts: list[str] = []
        self._roles: list[Role] = []
        self.tags: dict[str, str] = {}

    def add(self, text: str, role: Role) -> None:
        self._texts.append(text)
        self._roles.extend([role] * len(text))

    def typed(self, row: Row, mixed: bool) -> Typed:
        text = "".join(self._texts)
        case = self._dice.choices(("small", "as shown", "capitals"), (60, 35, 5))[0]
        self.tags["case"] = case
        text = text.lower() if case == "small" else text.upper() if case == "capitals" else text
        return Typed(text, tuple(self._roles), row, self.tags, mixed)


def fitting(typed: Typed, australia: Australia) -> int:
    """How many addresses fit the finished text as well as the one meant: 1 where it is the only one."""
    row, tags = typed.row, typed.tags
    stem, _, _ = au_names.typed_apart(row.street)
    streets = australia.stemmed(stem) if tags["type"] == "left out" else [row.street]
    count = 0
    for name in streets:
        for number in australia.named(name):
            street = australia.street(number)
            if tags["order"] == "postcode only":
                here = street.postcode == row.postcode
            else:
                ending = tags.get("ending", "place")
                here = (
                    street.locality == row.locality
                    and ("state" not in ending or street.region == row.region)
                    and ("postcode" not in ending or street.postcode == row.postcode)
                )
            if here:
                count += _has(australia.rows_of(number), row)
    return count


def _has(rows: list[Row], wanted: Row) -> bool:
    return any(
        (row.number, row.suffix, row.end, row.unit, row.lot)
        == (wanted.number, wanted.suffix, wanted.end, wanted.unit, wanted.lot)
        for row in rows
    )
