"""Words that were meant where another was typed: one slip anywhere, the first letter included, two in a long word.

Two texts are a slip apart (a letter too many, too few, another one, two swapped) only if they become alike when at most
one letter is left out of each. So the file holds, for every beginning of a word, what is left when one letter is left
out, hashed and sorted: what was typed is looked up the same way, and what is found is measured exactly.
"""

import zlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from almoner.addresses.index.container import Container

# Beginnings of so many letters are kept; longer words are measured whole.
SHORTEST: Final = 3
LONGEST: Final = 7
_LOOKED_UP: Final = LONGEST - 1
_LENGTH_BITS: Final = 3
_LONG_WORD: Final = 8
_MOST_MEASURED: Final = 400


@dataclass(frozen=True, slots=True)
class Correction:
    """`text` was meant; with `begins` it is the beginning of a word. `weight`: how common, `slips`: how many."""

    text: str
    begins: bool
    slips: int
    weight: int


def deletions(words: list[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For sorted words: hashes, and for each the first word with that beginning << 3 | the beginning's length."""
    hashes, at = [], []
    previous = ""
    for number, word in enumerate(words):
        for length in range(SHORTEST, min(LONGEST, len(word)) + 1):
            beginning = word[:length]
            if previous.startswith(beginning):
                continue
            for text in {beginning, *_without_one(beginning)}:
                hashes.append(zlib.crc32(text.encode()))
                at.append(number << _LENGTH_BITS | length)
        previous = word
    order = np.argsort(np.array(hashes, dtype=np.uint32), kind="stable")
    return np.array(hashes, dtype=np.uint32)[order], np.array(at, dtype=np.uint32)[order]


def _without_one(text: str) -> Iterator[str]:
    return (text[:at] + text[at + 1 :] for at in range(len(text)))


class Misspelling:
    """The words of an open file."""

    def __init__(self, file: Container) -> None:
        self._at, self._words = file.view("word_at"), file.view("word")
        self._weights = file.view("word_weight")
        self._hashes, self._first = file.view("slip_hash"), file.view("slip_word")
        self._count = len(self._weights)

    def corrections(self, typed: str, *, begins: bool, limit: int = 10) -> list[Correction]:
        """What may have been meant, the commonest first; `typed` itself isn't among it.

        With `begins` the word may be unfinished, and a correction may be a beginning.
        """
        if len(typed) < SHORTEST + begins:
            return []
        found: dict[str, Correction] = {}
        start, seen_to = typed[:_LOOKED_UP], -1
        for number, length in sorted(self._near(start)):
            text = self._word(number)[:length]
            if text in found or OSA.distance(start, text, score_cutoff=1) > 1:
                continue
            if begins and len(typed) <= _LOOKED_UP:
                found[text] = Correction(text, True, 1, self._weights[number])
            elif number > seen_to:
                # Sorted, so that a longer beginning within a shorter one's words isn't looked through again.
                seen_to = self._whole(found, typed, number, text, begins=begins)
        found.pop(typed, None)
        return sorted(found.values(), key=lambda each: (each.slips, -each.weight))[:limit]

    def _near(self, start: str) -> Iterator[tuple[int, int]]:
        """Words' beginnings that become like `start`: (the first word, letters), each once."""
        seen = set()
        for text in {start, *_without_one(start)}:
            wanted = zlib.crc32(text.encode())
            at = bisect_left(self._hashes, wanted)
            while at < len(self._hashes) and self._hashes[at] == wanted:
                seen.add(self._first[at])
                at += 1
        return ((each >> _LENGTH_BITS, each & (1 << _LENGTH_BITS) - 1) for each in seen)

    def _whole(
        self, found: dict[str, Correction], typed: str, number: int, start: str, *, begins: bool
    ) -> int:
        """Measures the words that begin so; returns the last of them."""
        most = 2 if len(typed) >= _LONG_WORD else 1
        shortest, longest = len(typed) - most, len(typed) + most
        last = min(self._count, number + _MOST_MEASURED)
        for at in range(number, last):
            word = self._word(at)
            if not word.startswith(start):
                return at - 1
            if len(word) < shortest or (len(word) > longest and not begins):
                continue
            slips = self._slips(typed, word, most, begins=begins)
            if slips <= most:
                found[word] = Correction(word, False, slips, self._weights[at])
        return last

    def _slips(self, typed: str, word: str, most: int, *, begins: bool) -> int:
        if not begins or len(word) <= len(typed):
            return OSA.distance(typed, word, score_cutoff=most)
        lengths = (len(typed), len(typed) + 1, len(typed) - 1)
        return min(OSA.distance(typed, word[:length], score_cutoff=most) for length in lengths)

    def knows(self, typed: str, *, begins: bool) -> bool:
        """Whether it is a word, or the beginning of one."""
        low, high, wanted = 0, self._count, typed.encode()
        while low < high:
            middle = (low + high) // 2
            if self._words[self._at[middle] : self._at[middle + 1]].tobytes() < wanted:
                low = middle + 1
            else:
                high = middle
        return low < self._count and (
            self._word(low).startswith(typed) if begins else self._word(low) == typed
        )

    def _word(self, number: int) -> str:
        return str(self._words[self._at[number] : self._at[number + 1]], "utf-8")
