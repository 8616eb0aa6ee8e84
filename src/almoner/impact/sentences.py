"""Free text, read for what the register counts: a number, and within a few words of it what an indicator calls them.

An indicator's `nouns` are the words that sentences use for it: "clients restored" is found in "286 clients were
restored" and in "restored more than 280 young clients". The first word must follow the number; the others stand
anywhere in the sentence, in any of their forms. Only English is read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from almoner.impact import wording
from almoner.impact.quantities import Quantity, Range, Verdict, verdict
from almoner.impact.wording import Claimed

# Words between a number and what it counts: "286 of the young clients".
_AWAY: Final = 4
_SENTENCE: Final = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(\[]*[A-Z0-9])|\n+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL: Final = frozenset(
    ("and", "of", "the", "a", "an", "who", "were", "was", "have", "been", "in", "to", "by")
)
_ODD: Final = {
    "children": "child", "people": "person", "women": "woman", "men": "man", "families": "family", "lives": "life",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An indicator as texts speak of it. `known` is what stands for it; None where nothing was verified."""

    indicator_id: int
    nouns: str
    percent: bool
    cumulative: bool
    known: Quantity | None


@dataclass(frozen=True, slots=True)
class Said:
    """A number that a sentence says of an indicator, and whether the register carries it."""

    indicator_id: int
    number: str
    sentence: str
    verdict: Verdict


def read(text: str, units: Iterable[Unit]) -> Iterator[Said]:
    """Every number that speaks of one of `units`, in order. Of several that it may mean, one that holds is taken."""
    phrases = [(unit, stems) for unit in units for stems in _phrases(unit.nouns)]
    for sentence in sentences(text) if phrases else ():
        numbers = list(wording.find(sentence))
        present = {_stem(word) for word in _WORD.findall(sentence)}
        for at, claimed in enumerate(numbers):
            end = numbers[at + 1].start if at + 1 < len(numbers) else len(sentence)
            near = [_stem(word) for word in _WORD.findall(sentence[claimed.end : end])][: _AWAY + 1]
            meant = _meant(claimed, near, present, phrases)
            if meant:
                yield min(
                    (
                        Said(unit.indicator_id, claimed.text, sentence, judged(claimed, unit))
                        for unit in meant
                    ),
                    key=lambda said: said.verdict != Verdict.HOLDS,
                )


def sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(text):
        bare = " ".join(sentence.split())
        if bare:
            yield bare


def judged(claimed: Claimed, unit: Unit) -> Verdict:
    """Whether the register carries it. A plain number far below a cumulative one may be a part: that it can't tell."""
    if unit.known is None:
        return Verdict.NOT_SHOWN
    found = verdict(claimed.range, unit.known)
    if found == Verdict.CONTRADICTED and unit.cumulative and may_be_part(claimed.range, unit.known):
        return Verdict.NOT_SHOWN
    return found


def may_be_part(claimed: Range, known: Quantity) -> bool:
    """ "12 children were freed that day" is no claim on all of a thousand: less than half of what is counted."""
    return known.counted and claimed.high < known.value / 2


def _meant(
    claimed: Claimed, near: list[str], present: set[str], phrases: list[tuple[Unit, tuple[str, ...]]]
) -> list[Unit]:
    """The units whose longest phrase fits."""
    fits = [
        (len(stems), unit)
        for unit, stems in phrases
        if unit.percent == claimed.percent and stems[0] in near and present.issuperset(stems)
    ]
    longest = max((length for length, _ in fits), default=0)
    return [unit for length, unit in fits if length == longest]


def _phrases(nouns: str) -> Iterator[tuple[str, ...]]:
    for phrase in nouns.split(","):
        stems = tuple(_stem(word) for word in _WORD.findall(phrase) if word.lower() not in _SMALL)
        if stems:
            yield stems


def _stem(word: str) -> str:
    """A word without what English hangs on it: arrested, arrests and arrest are one."""
    bare = re.sub(r"['’]s?$", "", word.lower())
    bare = _ODD.get(bare, bare)
    for ending in ("ing", "ed", "es", "s", "e"):
        if len(bare) > len(ending) + 2 and bare.endswith(ending):
            bare = bare.removesuffix(ending)
            break
    return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] else bare
