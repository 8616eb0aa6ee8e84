"""Free text, read for what the register counts: a number, and within a few words of it what an indicator calls them.

An indicator's `nouns` are the words that sentences use for it: "clients restored" is found in "286 clients were
restored" and in "restored more than 280 young clients". The first word must follow the number, or lead to it with a
colon; the others stand anywhere in the sentence, in any of their forms. Nouns may be in any language, and are
compared as the text's own does. Where the register has no words of a language, a number speaks of a figure that the
page tells of and that it is near.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from almoner.impact import wording
from almoner.impact.quantities import Quantity, Range, Verdict, verdict
from almoner.impact.tongue import Tongue, folded
from almoner.impact.tongues import tongue_of
from almoner.impact.wording import Claimed

# Words between a number and what it counts: "286 of the young clients".
_AWAY: Final = 4
_ENDS: Final = r"(?<=[.!?؟]){after}[\"”’»)]*\s+(?=[\"“‘«(\[¿¡]*(?:[A-Z0-9À-ÖØ-Þ]|[\u0621-\u064a]))|\n+"
_SENTENCE: Final = re.compile(_ENDS.format(after=""))
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# A number alone speaks of a figure when it is no further from it than a fifth; of a small one it tells nothing.
_NEAR: Final = Decimal("0.2")
_TELLING: Final = 20


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


def read(
    text: str, units: Iterable[Unit], language: str = "en", *, told_of: Sequence[Unit] = ()
) -> Iterator[Said]:
    """Every number that speaks of one of `units`, in order. Of several that it may mean, one that holds is taken.

    `told_of` are those whose figures the page says otherwise, for numbers whose words nobody knows.
    """
    tongue = tongue_of(language)
    if tongue is None:
        return
    phrases = [(unit, stems) for unit in units for stems in _phrases(unit.nouns, tongue)]
    for sentence in sentences(text, tongue) if phrases or told_of else ():
        numbers = list(wording.find(sentence, language))
        present = set(_stems(sentence, tongue))
        for at, claimed in enumerate(numbers):
            end = numbers[at + 1].start if at + 1 < len(numbers) else len(sentence)
            # "Un enfant sur cinq": what is counted may stand inside.
            near = [*_stems(claimed.text, tongue), *_stems(sentence[claimed.end : end], tongue)[: _AWAY + 1]]
            meant = (
                _meant(claimed, _leading(sentence[: claimed.start], tongue), present, phrases)
                or _meant(claimed, near, present, phrases)
                or [unit for unit in told_of if _is_near(claimed, unit)]
            )
            if meant:
                yield min(
                    (
                        Said(unit.indicator_id, claimed.text, sentence, judged(claimed, unit))
                        for unit in meant
                    ),
                    key=lambda said: said.verdict != Verdict.HOLDS,
                )


def _leading(before: str, tongue: Tongue) -> list[str]:
    """The words whose colon leads to a number: "Clients restored: 286"."""
    bare = before.rstrip()
    return _stems(bare, tongue)[-_AWAY - 1 :] if bare.endswith(":") else []


def sentences(text: str, tongue: Tongue | None = None) -> Iterator[str]:
    ends = re.compile(_ENDS.format(after=tongue.no_end)) if tongue is not None else _SENTENCE
    for sentence in ends.split(text):
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


def _is_near(claimed: Claimed, unit: Unit) -> bool:
    if unit.known is None or unit.percent != claimed.percent:
        return False
    value, low, high = unit.known.value, claimed.range.low, claimed.range.high
    middle = low if not high.is_finite() else high if not low.is_finite() else (low + high) / 2
    return (unit.percent or value >= _TELLING) and abs(middle - value) <= value * _NEAR


def _phrases(nouns: str, tongue: Tongue) -> Iterator[tuple[str, ...]]:
    for phrase in nouns.split(","):
        stems = tuple(
            _stem(word, tongue) for word in _WORD.findall(folded(phrase)[0]) if word not in tongue.small
        )
        if stems:
            yield stems


def _stems(text: str, tongue: Tongue) -> list[str]:
    return [_stem(word, tongue) for word in _WORD.findall(folded(text)[0])]


def _stem(word: str, tongue: Tongue) -> str:
    """A folded word without what its language hangs on it: arrested, arrests and arrest are one."""
    bare = re.sub(r"^\w{1,2}'|'s?$", "", word)
    bare = tongue.odd.get(bare, bare)
    for beginning in tongue.beginnings:
        if len(bare) > len(beginning) + 2 and bare.startswith(beginning):
            bare = bare.removeprefix(beginning)
            break
    for ending in tongue.endings:
        if len(bare) > len(ending) + 2 and bare.endswith(ending):
            bare = bare.removesuffix(ending)
            break
    return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] else bare
