"""The register's words in the languages of readers: what staff entered, each question in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from almoner.charities.models import Charity
from almoner.impact.models import Indicator, Programme, Result, Translation

_Named = Programme | Result | Indicator


@dataclass(frozen=True, slots=True)
class Said:
    """A title in one language, and what stands under it: a summary, a description, a counting rule."""

    language: str
    title: str
    text: str


class Words:
    """What each programme, result and indicator is called in other languages than its charity's."""

    def __init__(self, rows: Mapping[tuple[str, int], Sequence[Said]]) -> None:
        self._rows = rows

    def of(self, named: _Named) -> Sequence[Said]:
        return self._rows.get((named._meta.model_name or "", named.pk), ())


NONE: Final = Words({})


def words(charity: Charity) -> Words:
    """All of a charity's, languages in their order."""
    found: dict[tuple[str, int], list[Said]] = defaultdict(list)
    for each in Translation.objects.filter(programme__charity=charity).order_by("language"):
        key = (
            ("indicator", each.indicator_id) if each.indicator_id is not None
            else ("result", each.result_id) if each.result_id is not None
            else ("programme", each.programme_id)
        )  # fmt: skip
        found[key[0], int(key[1] or 0)].append(Said(each.language, each.title, each.text))
    return Words(found)


def titles(charity: Charity, language: str) -> dict[str, str]:
    """Of each indicator that has one in this language: "programme/indicator", title."""
    rows = Translation.objects.filter(programme__charity=charity, language=language, indicator__isnull=False)
    named = rows.values_list("programme__slug", "indicator__slug", "title")
    return {f"{programme}/{indicator}": title for programme, indicator, title in named}


def nouns(charity: Charity) -> dict[int, str]:
    """By indicator: the words of every language for what it counts, with commas."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Translation.objects.filter(programme__charity=charity, indicator__isnull=False).exclude(nouns="")
    for indicator_id, text in rows.order_by("language").values_list("indicator_id", "nouns"):
        if indicator_id is not None:
            found[indicator_id].append(text)
    return {pk: ", ".join(each) for pk, each in found.items()}
