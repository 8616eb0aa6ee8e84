"""Whether a place may show who is meant. Pure: no database.

A country's name shows nobody. A village's may, beside a day and a count; no list of the world's villages tells one from
a region. So of people at risk each place that is no country is asked about, until a second person accepted it.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Final

# "Kenya and Uganda", "Kenya, Uganda": each is looked at by itself.
_BETWEEN: Final = re.compile(r"\s*[,;/&،؛]\s*|\s+(?:and|und|et|y|en|e|و)\s+", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^the\s+", re.IGNORECASE)


def doubt(place: str, *, used: Collection[str], countries: frozenset[str]) -> str:
    """What to ask whoever enters it; "" for a place that was `used` before (folded), and for countries."""
    whole = fold(place)
    if not whole or whole in used or whole in _folded(countries):
        return ""
    parts = [fold(_ARTICLE.sub("", each)) for each in _BETWEEN.split(place.strip())]
    if all(part in used or part in _folded(countries) for part in parts if part):
        return ""
    return (
        f"“{place.strip()}” is no country, and no place that figures of this programme stand for already. A place so "
        "small may show who is meant: name the country or region."
    )


def differ(one: str, other: str) -> bool:
    """Whether two places are named, and not the same."""
    named = {fold(one), fold(other)} - {""}
    return len(named) > 1


def fold(text: str) -> str:
    """Letters and digits alone, without marks or case: for comparing, never for showing."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(each for each in bare.casefold() if each.isalnum())


@cache
def _folded(countries: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(each) for each in countries)
