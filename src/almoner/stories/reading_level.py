"""How hard a text is to read: the Flesch-Kincaid grade, which was made for English and holds for nothing else.

0.39 x words a sentence + 11.8 x syllables a word - 15.59: the year of school after which it is read with ease
(Kincaid, Fishburne, Rogers and Chissom, 1975). Syllables are counted by their vowels, as such tools do.
"""

import re
from typing import Final

from almoner.impact.sentences import sentences

_WORD: Final = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_VOWELS: Final = re.compile(r"[aeiouy]+")
# Below this a number says nothing of a text.
_WORDS_LEAST: Final = 60
# The school years of readers of a newspaper: more is hard for many.
HARD: Final = 9.0


def grade(text: str, language: str) -> float | None:
    """The grade, to a tenth; None for a short text, and for one that isn't English."""
    words = _WORD.findall(text)
    if language.split("-")[0] != "en" or len(words) < _WORDS_LEAST:
        return None
    count = sum(1 for each in sentences(text) if _WORD.search(each))
    in_all = sum(map(syllables, words))
    return round(0.39 * len(words) / count + 11.8 * in_all / len(words) - 15.59, 1)


def syllables(word: str) -> int:
    """At least one: groups of vowels, without a silent e, es or ed at the end."""
    bare = word.lower().replace("’", "'")
    found = len(_VOWELS.findall(bare))
    silent = re.search(r"(?<![aeiouylr])e$|[^aeiouytd]ed$|[^aeiouyscxz]es$|[aeiouy][lr]e$", bare) is not None
    return max(1, found - silent)
