"""Slips of the finger, for judging only: nothing that tunes the finder may look at this one.

One slip in a text: a letter too many, too few, another one, or two swapped; anywhere among the letters that may be
hit, a word's first one included. Half of the wrong letters are neighbours on the keyboard, as thumbs have it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("insert", "delete", "substitute", "transpose")
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _beside() -> dict[str, str]:
    found: dict[str, str] = {}
    for at, row in enumerate(_ROWS):
        for column, letter in enumerate(row):
            near = row[max(0, column - 1) : column] + row[column + 1 : column + 2]
            for other in (at - 1, at + 1):
                if 0 <= other < len(_ROWS):
                    near += _ROWS[other][max(0, column - 1) : column + 2]
            found[letter] = near
    return found


_BESIDE: Final = _beside()


@dataclass(frozen=True, slots=True)
class Slip:
    """`text` with the slip in it, which is at `at`; `kind` is one of KINDS."""

    text: str
    kind: str
    at: int


def slip(text: str, places: Sequence[int], dice: random.Random) -> Slip | None:
    """One slip at one of `places`, which are letters of the text; None where there are none."""
    if not places:
        return None
    for _ in range(20):
        at, kind = dice.choice(places), dice.choice(KINDS)
        slipped = _slipped(text, at, kind, dice)
        if slipped.lower() != text.lower():
            return Slip(slipped, kind, at)
    return None


def _slipped(text: str, at: int, kind: str, dice: random.Random) -> str:
    if kind == "delete":
        return text[:at] + text[at + 1 :]
    if kind == "transpose":
        following = text[at + 1 : at + 2]
        return text[:at] + following + text[at] + text[at + 2 :] if following.isalpha() else text
    wrong = _wrong(text[at], dice)
    if kind == "substitute":
        return text[:at] + wrong + text[at + 1 :]
    # Before or after the letter; twice the same letter as often as not.
    extra = text[at] if dice.random() < 0.5 else wrong
    before = dice.random() < 0.5
    return text[:at] + (extra + text[at] if before else text[at] + extra) + text[at + 1 :]


def _wrong(letter: str, dice: random.Random) -> str:
    near = _BESIDE.get(letter.lower(), "")
    wrong = dice.choice(near) if near and dice.random() < 0.5 else dice.choice(_ALPHABET)
    return wrong.upper() if letter.isupper() else wrong
