"""A language's way of writing numbers, as a table (`tongues` has them all), and a text as the tables have it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

# Signs that count as another.
_SIGNS: Final = {"٬": ",", "٫": ".", "٪": "%", "’": "'"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Tongue:
    """One language. Its words stand here folded; what is called an expression is a regular one."""

    # Between thousands (the characters), and before decimals.
    groups: str
    point: str
    # Number words and their values; `times` multiply what stands before them, `large` end a group of three digits.
    atoms: Mapping[str, int]
    times: Mapping[str, int]
    large: Mapping[str, int]
    # The same as letters at the end of digits: 10k.
    scales: Mapping[str, int] = field(default_factory=dict)
    # Between number words, an expression; and whether they are also written as one word, with what between.
    link: str = r"\s+"
    glued: bool = False
    inside: str = ""
    # What begins a number only: "a" hundred. Whether "thousand" begins one. What alone is an article more often.
    begins_large: bool = True
    leads: frozenset[str] = frozenset()
    articles: frozenset[str]
    # What a number claims ("above", "nearly" …) by the words before it, and by those after it.
    before: Mapping[str, str]
    after: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[int, int]]
    # Round numbers as they are spoken: "a dozen" of about so many, and "hundreds" of at least two of these.
    roughly: Mapping[str, int]
    many: Mapping[str, int]
    # The middle of "one in five", an expression, and its beginning: `{few}` is the number of "un enfant sur cinq".
    share: str
    share_first: str = "{few}"
    # What stands before two ends and between them, expressions: "between" 200 " and " 300.
    between: str
    middle: str
    # Expressions: per cent, and what makes a number something else.
    percent: str
    months: str
    not_after: str
    not_before: str = r"(?!)"
    # An expression for letters that may be written onto the word after them.
    prefix: str = ""
    # Where a full stop ends no sentence: expressions that look back.
    no_end: str = ""
    # How words are compared: by what is left without these, with odd ones named, and without small ones.
    beginnings: tuple[str, ...] = ()
    endings: tuple[str, ...]
    odd: Mapping[str, str] = field(default_factory=dict)
    small: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every part of a number word, the longest first."""
        return tuple(sorted({*self.atoms, *self.times, *self.large}, key=len, reverse=True))

    def value(self, words: str) -> int | None:
        """ "two hundred and eighty-six" -> 286; None for what is no number."""
        lead, _, rest = words.partition(" ")
        led = lead in self.leads
        parts = self._split(rest if led else words)
        if parts is None:
            return 1 if led and not rest else None
        total, group = 0, int(led)
        for each in parts:
            if each in self.large:
                total, group = total + max(group, 1) * self.large[each], 0
            elif each in self.times:
                group = max(group, 1) * self.times[each]
            else:
                group += self.atoms[each]
        return total + group

    def _split(self, text: str) -> list[str] | None:
        for word in self.words:
            if text == word:
                return [word]
            if text.startswith(word):
                for rest in self._rests(text[len(word) :]):
                    further = self._split(rest)
                    if further is not None:
                        return [word, *further]
        return None

    def _rests(self, text: str) -> list[str]:
        """What may be the next number word: behind a link, behind the space alone, or at once where words are glued."""
        found = [text[match.end() :] for each in (self.link, r"\s+") if (match := re.match(each, text))]
        if self.glued:
            found += [
                text,
                *([text[len(self.inside) :]] if self.inside and text.startswith(self.inside) else []),
            ]
        return found


def folded(text: str) -> tuple[str, list[int]]:
    """Small letters without accents and vowel marks, digits of any script as 0 to 9; and of each character where it
    stood, with one place more for the end."""
    found: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for each in unicodedata.normalize("NFKD", character) if character.isalpha() else character:
            if not unicodedata.combining(each):
                digit = unicodedata.decimal(each, None)
                found.append(str(digit) if digit is not None else _SIGNS.get(each, each.lower()[:1]))
                places.append(at)
    return "".join(found), [*places, len(text)]
