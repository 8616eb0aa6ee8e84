"""A field for each of a charity's phrases, to say it in another language."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final, Generic, Protocol, TypeVar

from django import forms
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import get_language_info

from almoner.charities.models import Charity
from almoner.kernel.spoken import Spoken


class Phrase(Protocol):
    """Words of a kind, as they stand in the charity's language."""

    @property
    def kind(self) -> str: ...
    @property
    def own(self) -> str: ...


class Kept(Protocol):
    """What somebody kept for a phrase."""

    text: str
    by_name: str
    at: datetime


_P = TypeVar("_P", bound=Phrase)
# From here on words are similar, as difflib counts.
_SIMILAR: Final = 0.6


@dataclass(frozen=True, slots=True)
class Like:
    """What is said of similar words, such as those that stood there before."""

    own: Spoken
    text: Spoken


@dataclass(frozen=True, slots=True)
class Row:
    """A phrase's field, and what may help to fill it."""

    field: forms.BoundField
    like: Like | None


def field_of(phrase: Phrase) -> str:
    """What its field is called: the same whatever else stands on the page."""
    return "w" + hashlib.sha256(f"{phrase.kind}\n{phrase.own}".encode()).hexdigest()[:24]


class WordsForm(forms.Form, Generic[_P]):
    """What a field held when the page was made comes back with it: only what somebody changed is kept, and nobody's
    newer words are undone by a page that stood open. `most`: the longest text of each kind; `long`: kinds that need
    more than a line."""

    def __init__(
        self, data: Mapping[str, str] | None, *, phrases: Iterable[_P], language: str, newest: Mapping[_P, Kept],
        most: Mapping[str, int], long: Iterable[str], likes: Mapping[_P, Like] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data)
        self._likes = likes or {}
        self._phrases = {field_of(each): each for each in phrases}
        self._language, self._newest, self._most, self._long = language, newest, most, frozenset(long)
        for name, phrase in self._phrases.items():
            self.fields[name] = self._field(phrase)

    def _field(self, phrase: _P) -> forms.CharField:
        kept = self._newest.get(phrase)
        spoken = {"lang": self._language, "dir": "auto"}
        return forms.CharField(
            label=phrase.own, required=False, max_length=self._most[phrase.kind],
            initial=kept.text if kept is not None else "", show_hidden_initial=True,
            widget=forms.Textarea(spoken | {"rows": 2}) if phrase.kind in self._long else forms.TextInput(spoken),
            help_text=_by(kept) if kept is not None and kept.text else "",
        )  # fmt: skip

    def texts(self) -> dict[_P, str]:
        """What is to be kept: what was changed here and doesn't stand so already."""
        changed = ((self._phrases[name], self.cleaned_data[name]) for name in self.changed_data)
        return {phrase: text for phrase, text in changed if text != self._stands(phrase)}

    def _stands(self, phrase: _P) -> str:
        kept = self._newest.get(phrase)
        return kept.text if kept is not None else ""

    def take(self, name: str) -> None:
        """Put what is said of similar words into a field, to be looked at: it is kept with the rest, or not."""
        like = self._likes.get(self._phrases[name]) if name in self._phrases else None
        if like is None:
            return
        self.data = {**dict(self.data.items()), name: str(like.text)}
        field = self.fields[name]
        field.widget.attrs["autofocus"] = True
        field.help_text = "Not kept yet. It was said of other words: change what doesn’t fit, and keep it."

    def sections(self, labels: Iterable[tuple[str, str]]) -> list[tuple[str, list[Row]]]:
        """By what the phrases are. `labels`: the kinds in their order, each with its heading."""
        found: dict[str, list[Row]] = {}
        for name, phrase in self._phrases.items():
            found.setdefault(phrase.kind, []).append(Row(self[name], self._likes.get(phrase)))
        return [(heading, found[kind]) for kind, heading in labels if kind in found]


def others(charity: Charity) -> dict[str, str]:
    """Code and English name of every language but the charity's."""
    codes = (code for code, _ in settings.LANGUAGES if code != charity.language)
    return {code: get_language_info(code)["name"] for code in codes}


def said(phrase: _P, newest: Mapping[_P, Kept]) -> bool:
    kept = newest.get(phrase)
    return kept is not None and bool(kept.text)


def likes(missing: Iterable[_P], said: Mapping[str, str], *, own: str, language: str) -> dict[_P, Like]:
    """What is said of the words most similar to each. `said`: by the charity's words, whose language is `own`."""
    found = {}
    for phrase in missing:
        near = get_close_matches(phrase.own, said, n=1, cutoff=_SIMILAR)
        if near:
            found[phrase] = Like(Spoken(near[0], own), Spoken(said[near[0]], language))
    return found


def kept_message(count: int, language: str) -> str:
    if not count:
        return "Nothing was changed."
    what = "1 wording is" if count == 1 else f"{count} wordings are"
    return f"{what} kept in {language}: readers find them from now on."


def _by(kept: Kept) -> str:
    return f"Kept by {kept.by_name} on {localtime(kept.at):%-d %B %Y}."
