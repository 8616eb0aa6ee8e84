"""How the opponents read what is typed: number, flat and words. Written for them, and not the finder's own parser.

A search engine's user has to bring this along; it is part of what is timed, some microseconds a keystroke.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rig import au_names

_NUMBER: Final = r"(\d{1,6})([a-z]?)(?:-(\d{1,6}))?"
_FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:\b(?:unit|flat|apartment|villa|townhouse|shop|suite|u) ?)?\b([a-z]?\d{{1,5}}[a-z]?|[a-z])/{_NUMBER}\b",
        rf"\b(?:unit|flat|apartment|villa|townhouse|shop|suite|u) ([a-z]?\d{{1,5}}[a-z]?|[a-z]),? {_NUMBER}\b",
        rf"\blevel (?:\w+),? (){_NUMBER}\b",
        rf"\b(?:lot )?(){_NUMBER}\b(?=[ ,])",
    )
)
_WORD: Final = re.compile(r"[^\W_]+")
_SAME: Final = {
    "mt": "mount", "saint": "st", "nth": "north", "n": "north", "sth": "south", "s": "south", "e": "east", "w": "west",
    "upr": "upper", "lwr": "lower", "pt": "point", "ft": "fort", "ck": "creek", "jct": "junction",
}  # fmt: skip


def _same_forms() -> Mapping[str, str]:
    """Every short form's long one; "st" stays, as it is a saint as well, and "street" becomes it."""
    found = dict(_SAME)
    for kind, shorts in au_names.TYPES.items():
        found |= {short.lower(): kind.lower() for short in shorts if short != "St"}
    found |= {"street": "st", "str": "st"}
    return found


_FORM_OF: Final = _same_forms()


@dataclass(frozen=True, slots=True)
class Read:
    """`words` in one form each; `begun`: the last word, when it may go on, as it is typed; `number` 0 for none."""

    words: list[str]
    begun: str = ""
    number: int = 0
    suffix: str = ""
    end: int = 0
    unit: str = ""
    lot: bool = False


def words_of(text: str) -> list[str]:
    bare = text.lower().replace("’", "").replace("'", "")
    return [_FORM_OF.get(word, word) for word in _WORD.findall(bare)]


def read(text: str) -> Read:
    bare = text.lower().replace("’", "").replace("'", "")
    number, suffix, end, unit = 0, "", 0, ""
    lot = "lot " in bare
    for form in _FORMS:
        if found := form.search(bare):
            unit, number, suffix, end = found[1].upper(), int(found[2]), found[3].upper(), int(found[4] or 0)
            bare = bare[: found.start()] + " " + bare[found.end() :]
            break
    words = _WORD.findall(bare)
    begun = words.pop() if words and bare[-1:].isalnum() else ""
    return Read([_FORM_OF.get(word, word) for word in words], begun, number, suffix, end, unit, lot)


def endings(begun: str) -> Iterator[str]:
    """Whole words that a begun one may be another writing of: "stre" of "st"."""
    if len(begun) >= 2:
        for written, form in _FORM_OF.items():
            if written.startswith(begun) and not form.startswith(begun):
                yield form
