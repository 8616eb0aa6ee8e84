"""Figures inside sentences: kept as the name of an indicator and how it is said, never as words.

In rich text a figure is `<embed embedtype="figure" indicator="rescue/rescued" wording="over"/>`, which Draftail's
picker writes. In a field without markup, such as a summary, it is `[figure rescue/rescued over]`. Nothing else in
either is looked at, and nothing is run.

A sentence that tells of a day names it too (`day="2022-09-15"`, `[figure rescue/rescued over 2022-09-15]`): it says
what the register says of that day, with its corrections, and isn't moved by what was counted later.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.dateparse import parse_date
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.rich_text.rewriters import FIND_EMBED_TAG, extract_attrs

from almoner.impact.saying import Style
from almoner.stories.figures import Figures, Shown, is_indicator

# What stands where the register says nothing: a sentence must not read as if there had been no number.
MISSING: Final = "[…]"
UNCHOSEN: Final = "Readers see nothing here: no figure of the register is chosen."
_NOTICE: Final = ' <mark class="s-notice" role="note" lang="en" dir="ltr">{}</mark>'
_SHORT: Final = re.compile(
    r"(?<!\[)\[figure\s+([a-z0-9_-]+/[a-z0-9_-]+)(?:\s+([a-z]+))?(?:\s+(\d{4}-\d\d-\d\d))?\s*/?\](?!\])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A figure as a text names it: "programme/indicator", how it is to be said, and as of which day, if not of now."""

    key: str
    style: Style
    day: date | None = None


_Said = Callable[[Named], str]


def style_of(text: str) -> Style:
    """How it is to be said; a word that is no style says it as it is."""
    return Style(text) if text in list(Style) else Style.EXACT


def day_of(text: str) -> date | None:
    """ "2022-09-15" as a day; what is none is read as not being there."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def in_html(html: str, figures: Figures) -> str:
    """Rich text with each figure as the register says it now, leading to how it is known."""
    return _replaced(html, lambda named: _linked(named, figures))


def in_heading(text: str, figures: Figures) -> SafeString:
    """A text without markup as HTML, each figure leading to how it is known."""
    parts, end = [], 0
    for match in _SHORT.finditer(text):
        parts += [escape(text[end : match.start()]), _linked(_short(match), figures)]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 (each part is escaped)


def in_text(text: str, figures: Figures) -> str:
    """A text without markup, with each `[figure programme/indicator style]` in words."""

    def said(match: re.Match[str]) -> str:
        named = _short(match)
        return _value(figures.shown(named.key, named.style, named.day))

    return _SHORT.sub(said, text)


def named_in_html(html: str) -> Iterator[Named]:
    """The figures of a rich text, as they come."""
    for match in FIND_EMBED_TAG.finditer(html):
        attributes = extract_attrs(match[1])
        if attributes.get("embedtype") == "figure":
            yield _embedded(attributes)


def named_in_text(text: str) -> Iterator[Named]:
    for found in _SHORT.finditer(text):
        yield _short(found)


def without(html: str, *, mark: str = "[figure]") -> str:
    """Rich text or plain text with `mark` in the place of each figure: what is left was typed."""
    return _SHORT.sub(mark, _replaced(html, lambda named: mark))


def _replaced(html: str, said: _Said) -> str:
    if "<embed" not in html:
        return html

    def each(match: re.Match[str]) -> str:
        attributes = extract_attrs(match[1])
        if attributes.get("embedtype") != "figure":
            return match[0]
        return said(_embedded(attributes))

    return FIND_EMBED_TAG.sub(each, html)


def _embedded(attributes: dict[str, str]) -> Named:
    return Named(
        attributes.get("indicator", ""),
        style_of(attributes.get("wording", "")),
        day_of(attributes.get("day", "")),
    )


def _short(match: re.Match[str]) -> Named:
    return Named(match[1], style_of((match[2] or "").lower()), day_of(match[3] or ""))


def _linked(named: Named, figures: Figures) -> str:
    shown = figures.shown(named.key, named.style, named.day)
    if shown is None:
        notice = unsaid(named.key, figures)
        return MISSING + (format_html(_NOTICE, notice) if notice else "")
    title = f"{_('How this is known')}: {shown.label}"
    return format_html(
        '<a class="s-said" href="{}" title="{}">{}</a>', shown.evidence_url, title, shown.value
    )


def unsaid(key: str, figures: Figures) -> str:
    """What an editor reads where a figure would stand; '' for readers, who can't mend it."""
    if not figures.editor:
        return ""
    if not is_indicator(key):
        return f"Readers see no figure here: the register has no indicator “{key}”. Choose another, or take it out."
    return f"Readers see no figure here: the register has no number of “{key}” that may be shown."


def _value(shown: Shown | None) -> str:
    return shown.value if shown is not None else MISSING
