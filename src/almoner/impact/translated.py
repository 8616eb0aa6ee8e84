"""The register's words in the languages of readers: what staff entered, each question in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import cached_property

from almoner.charities.models import Charity
from almoner.impact import worded
from almoner.impact.models import Indicator, Programme, Result, Translation
from almoner.impact.worded import Phrase

_Named = Programme | Result | Indicator


@dataclass(frozen=True, slots=True)
class Said:
    """A title in one language, and what stands under it: a summary, a description, a counting rule."""

    language: str
    title: str
    text: str


class Words:
    """What each programme, result and indicator is called in other languages than its charity's, and how what was
    entered with their numbers is worded there."""

    def __init__(
        self,
        rows: Mapping[tuple[str, int], Sequence[Said]],
        phrases: Mapping[Phrase, Mapping[str, str]] = MappingProxyType({}),
        *,
        own: str = "en",
    ) -> None:
        """`own` is the charity's language, which is none of theirs."""
        self._rows, self._phrases, self.own = rows, phrases, own

    def of(self, named: _Named) -> Sequence[Said]:
        return self._rows.get((named._meta.model_name or "", named.pk), ())

    def worded(self, kind: str, own: str) -> Mapping[str, str]:
        """By language."""
        return self._phrases.get(Phrase(kind, own), {})


NONE: Final = Words({})


@dataclass(frozen=True, slots=True)
class Line:
    """Words as a page shows them. `language` is theirs where it isn't the page's own, and else empty."""

    text: str
    language: str = ""


class Reader:
    """Says to readers of one language what the register calls things: in the charity's language, where it has no words
    of theirs. A query for names and one for phrases, once either is asked for, and none for the charity's own."""

    def __init__(self, charity: Charity, language: str, *, kind: str = "") -> None:
        """`kind`: the only one of phrases that is asked for, where a letter needs no other."""
        self._charity, self._language, self._kind = charity, language, kind
        self._own = language == charity.language

    @cached_property
    def _words(self) -> Words:
        return NONE if self._own else Words(_names(self._charity, self._language))

    @cached_property
    def _phrases(self) -> Words:
        return NONE if self._own else Words({}, worded.said(self._charity, self._language, self._kind))

    def title(self, named: _Named) -> Line:
        return self._line(next((each.title for each in self._words.of(named)), ""), named.title)

    def text(self, named: _Named) -> Line:
        """A programme's summary, a result's description, an indicator's counting rule."""
        return self._line(next((each.text for each in self._words.of(named)), ""), _text_of(named))

    def phrase(self, kind: str, own: str) -> Line:
        """What was entered with a number: a group, a method, a place, a source's title."""
        return self._line(self._phrases.worded(kind, own).get(self._language, ""), own)

    def _line(self, said: str, own: str) -> Line:
        return Line(said) if said else Line(own, "" if self._own or not own else self._charity.language)


def _text_of(named: _Named) -> str:
    if isinstance(named, Programme):
        return named.summary
    return named.description if isinstance(named, Result) else named.rule


def root(charity: Charity, language: str) -> str:
    """What stands before the public addresses of programmes and figures: nothing for the charity's own language."""
    return "" if language == charity.language else f"/{language}"


def words(charity: Charity) -> Words:
    """All of a charity's, languages in their order, in two queries."""
    return Words(_names(charity), worded.said(charity), own=charity.language)


def _names(charity: Charity, language: str = "") -> dict[tuple[str, int], list[Said]]:
    rows = Translation.objects.filter(programme__charity=charity)
    if language:
        rows = rows.filter(language=language)
    found: dict[tuple[str, int], list[Said]] = defaultdict(list)
    for each in rows.order_by("language"):
        key = (
            ("indicator", each.indicator_id) if each.indicator_id is not None
            else ("result", each.result_id) if each.result_id is not None
            else ("programme", each.programme_id)
        )  # fmt: skip
        found[key[0], int(key[1] or 0)].append(Said(each.language, each.title, each.text))
    return found


def titles(charity: Charity, language: str) -> dict[str, str]:
    """Of each indicator that has one in this language: "programme/indicator", title."""
    rows = Translation.objects.filter(programme__charity=charity, language=language, indicator__isnull=False)
    named = rows.values_list("programme__slug", "indicator__slug", "title")
    return {f"{programme}/{indicator}": title for programme, indicator, title in named}


def languages(charity: Charity) -> set[str]:
    """In which the register says something beside the charity's own."""
    rows = Translation.objects.filter(programme__charity=charity, programme__public=True)
    return set(rows.order_by().values_list("language", flat=True).distinct())


def nouns(charity: Charity) -> dict[int, str]:
    """By indicator: the words of every language for what it counts, with commas."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Translation.objects.filter(programme__charity=charity, indicator__isnull=False).exclude(nouns="")
    for indicator_id, text in rows.order_by("language").values_list("indicator_id", "nouns"):
        if indicator_id is not None:
            found[indicator_id].append(text)
    return {pk: ", ".join(each) for pk, each in found.items()}
