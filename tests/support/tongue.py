"""What is left in English in a page or a mail of another script."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, TextField

_SEEN = frozenset(
    {"title", "alt", "aria-label", "placeholder", "data-label", "data-sending", "data-slow", "data-failed"}
)
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]+")
# Where the editors' own words stand, and the donors': they have no translation here.
_ROOMS = ("charities", "giving", "supporters", "ledger")


class _Seen(HTMLParser):
    """Text and attributes that a reader meets, but for links that say themselves that they are in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = ""
        self._joined = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A place where an address may break is no end of a word.
        self._joined = tag == "wbr"
        # Options name countries, and regions as their own post does.
        if tag in ("style", "script", "option") or "hreflang" in dict(attrs):
            self._silent = tag
        self.words += [value for name, value in attrs if name in _SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if self._joined and self.words:
            self.words[-1] += data
        elif not self._silent:
            self.words.append(data)


def latin_in(html: str, *, besides: Iterable[str] = ()) -> set[str]:
    """Words in Latin letters that a reader of this page sees, but for what stands in the database and `besides`."""
    seen = _Seen()
    seen.feed(html)
    known = {word for text in (*besides, *_data()) for word in _WORD.findall(text)}
    # Addresses of the web are no words.
    texts = [re.sub(r"\S*\w/\S*", " ", text) for text in seen.words]
    # Nor are the parts of a reference, "K7Q2 M9X TB4".
    found = {word for text in texts for word in _WORD.findall(text) if not re.fullmatch("[A-Z]{2,4}", word)}
    return found - known


def _data() -> Iterable[str]:
    for model in apps.get_models():
        if model._meta.app_label not in _ROOMS:
            continue
        names = [
            field.name for field in model._meta.fields if isinstance(field, CharField | TextField | JSONField)
        ]
        manager: Any = model._default_manager
        for row in manager.values_list(*names) if names else ():
            yield from (str(value) for value in row)
