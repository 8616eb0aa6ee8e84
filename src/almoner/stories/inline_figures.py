"""Figures inside sentences: kept as the name of an indicator and how it is said, never as words.

In rich text a figure is `<embed embedtype="figure" indicator="rescue/rescued" wording="over"/>`, which Draftail's
picker writes. In a field without markup, such as a summary, it is `[figure rescue/rescued over]`. Nothing else in
either is looked at, and nothing is run.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.rich_text.rewriters import FIND_EMBED_TAG, extract_attrs

from almoner.impact.saying import Style
from almoner.stories.figures import Figures, Shown

# What stands where the register says nothing: a sentence must not read as if there had been no number.
MISSING: Final = "[…]"
_SHORT: Final = re.compile(
    r"(?<!\[)\[figure\s+([a-z0-9_-]+/[a-z0-9_-]+)(?:\s+([a-z]+))?\s*/?\](?!\])", re.IGNORECASE
)
_Said = Callable[[str, Style], str]


def style_of(text: str) -> Style:
    """How it is to be said; a word that is no style says it as it is."""
    return Style(text) if text in list(Style) else Style.EXACT


def in_html(html: str, figures: Figures) -> str:
    """Rich text with each figure as the register says it now, leading to how it is known."""

    def said(key: str, style: Style) -> str:
        shown = figures.shown(key, style)
        if shown is None:
            return MISSING
        title = f"{_('How this is known')}: {shown.label}"
        return format_html(
            '<a class="s-said" href="{}" title="{}">{}</a>', shown.evidence_url, title, shown.value
        )

    return _replaced(html, said)


def in_text(text: str, figures: Figures) -> str:
    """A text without markup, with each `[figure programme/indicator style]` in words."""
    return _SHORT.sub(lambda found: _value(figures.shown(found[1], style_of((found[2] or "").lower()))), text)


def named_in_html(html: str) -> Iterator[tuple[str, Style]]:
    """("programme/indicator", style) of each figure of a rich text, as they come."""
    for match in FIND_EMBED_TAG.finditer(html):
        attributes = extract_attrs(match[1])
        if attributes.get("embedtype") == "figure":
            yield attributes.get("indicator", ""), style_of(attributes.get("wording", ""))


def named_in_text(text: str) -> Iterator[tuple[str, Style]]:
    for found in _SHORT.finditer(text):
        yield found[1], style_of((found[2] or "").lower())


def without(html: str, *, mark: str = "[figure]") -> str:
    """Rich text or plain text with `mark` in the place of each figure: what is left was typed."""
    return _SHORT.sub(mark, _replaced(html, lambda key, style: mark))


def _replaced(html: str, said: _Said) -> str:
    if "<embed" not in html:
        return html

    def each(match: re.Match[str]) -> str:
        attributes = extract_attrs(match[1])
        if attributes.get("embedtype") != "figure":
            return match[0]
        return said(attributes.get("indicator", ""), style_of(attributes.get("wording", "")))

    return FIND_EMBED_TAG.sub(each, html)


def _value(shown: Shown | None) -> str:
    return shown.value if shown is not None else MISSING
