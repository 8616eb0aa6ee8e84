"""What a body says and mentions, without rendering it: its words, its forms, its shortcodes, its picks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from wagtail.rich_text import RichText, get_text_for_indexing

from almoner.charities.models import Charity
from almoner.stories import inline_figures
from almoner.stories.forms import DONATION_TAGS, FIRST, exists, number_in
from almoner.stories.richtext import shortcodes_in
from almoner.stories.shortcodes import Shortcode, parse, render_plain, suspects


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a page that nobody answers to, in words for its editor."""

    typed: str
    why: str


def first_form(body: Any, charity: Charity) -> str:
    """The number of the form that will stand whole on the page: the first that exists; '' if none does."""
    return next((number for number in _form_numbers(body) if exists(charity, number)), "")


def troubles(body: Any, charity: Charity) -> list[Trouble]:
    """What was kept from an import, then every shortcode and form block that means nothing here, as they come."""
    found = [
        Trouble(child.value["what"], f"It was kept from an import: {child.value['why']}")
        for child in body
        if child.block_type == "kept"
    ]
    for mention in _mentions(body):
        if isinstance(mention, str):
            if not exists(charity, mention):
                none = "No form takes gifts yet." if mention == FIRST else "No form answers to this number."
                found.append(Trouble("Giving form" if mention == FIRST else mention, none))
        elif mention.tag not in DONATION_TAGS:
            found.append(Trouble(mention.opening, "Nothing here answers to this shortcode."))
        elif not exists(charity, number_in(mention)):
            found.append(Trouble(mention.opening, "No form answers to this number."))
    return found


def picks(body: Any) -> list[int]:
    """The identifiers of the stories that the editor chose to go with this one, in order."""
    return [
        page.pk
        for child in body
        if child.block_type == "related"
        for page in child.value["stories"]
        if page is not None
    ]


def words(body: Any) -> str:
    """The body as plain text, without headings of forms and without shortcodes: for search and nearness."""
    return " ".join(text for text in _texts(body) if text)


def has_form(body: Any) -> bool:
    """Whether a giving form is asked for in it, by a block or a shortcode, be there one or not."""
    return any(True for _ in _form_numbers(body))


def has_related(body: Any) -> bool:
    return any(child.block_type == "related" for child in body)


def has_drawings(body: Any) -> bool:
    return any(child.block_type in ("progress", "chart") for child in body)


def _form_numbers(body: Any) -> Iterator[str]:
    for mention in _mentions(body):
        if isinstance(mention, str):
            yield mention
        elif mention.tag in DONATION_TAGS:
            yield number_in(mention)


def _mentions(body: Any) -> Iterator[str | Shortcode]:
    """Shortcodes of rich texts, and numbers of form blocks, as they come."""
    for child in body:
        if child.block_type == "form":
            yield child.value["number"].strip() or FIRST
        for text in _rich_texts(child.value):
            yield from shortcodes_in(text.source, known=DONATION_TAGS)


def _rich_texts(value: Any) -> Iterator[RichText]:
    if isinstance(value, RichText):
        yield value
    elif hasattr(value, "values"):
        for inner in value.values():
            yield from _rich_texts(inner)
    elif hasattr(value, "__iter__") and not isinstance(value, str):
        for inner in value:
            yield from _rich_texts(inner)


def _texts(body: Any) -> Iterator[str]:
    for child in body:
        if child.block_type not in ("form", "call", "related", "kept"):
            yield from _texts_of(child.value)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, RichText):
        yield _plain(value.source)
    elif isinstance(value, str):
        yield strip_tags(inline_figures.without(value, mark=""))
    elif hasattr(value, "items"):
        for name, inner in value.items():
            if name not in ("source", "url", "credit", "drawing", "image"):
                yield from _texts_of(inner)
    elif hasattr(value, "__iter__"):
        for inner in value:
            yield from _texts_of(inner)


def _plain(source: str) -> str:
    text = get_text_for_indexing(source)
    return render_plain(parse(text, {*DONATION_TAGS, *suspects(text, DONATION_TAGS)}))
