"""What a page shows of people: its pictures and its quotes, by which it is asked what is recorded for them."""

from collections.abc import Iterator
from typing import Any

from almoner.stories import reading


def images(page: Any) -> Iterator[Any]:
    """The picture at its head, then those in its body."""
    lead = getattr(page, "lead_image", None)
    if lead is not None:
        yield lead
    for child in getattr(page, "body", ()):
        if child.block_type == "picture" and child.value.get("image") is not None:
            yield child.value["image"]


def placed_images(page: Any) -> Iterator[tuple[str, Any]]:
    """The same, each with where it stands, in words: its title may be another charity's, who knows."""
    if getattr(page, "lead_image", None) is not None:
        yield "The picture at the head", page.lead_image
    in_text = (
        child.value.get("image") for child in getattr(page, "body", ()) if child.block_type == "picture"
    )
    for number, image in enumerate(in_text, start=1):
        if image is not None:
            yield f"Picture {number} in the text", image


def wordless(page: Any) -> Iterator[str]:
    """Pictures that say nothing to those who can't see them, by where they stand: a title may be another charity's."""
    if getattr(page, "lead_image", None) is not None and not (page.lead_alt.strip() or page.lead_decorative):
        yield "The picture at the head"
    in_text = [child.value for child in getattr(page, "body", None) or () if child.block_type == "picture"]
    for number, value in enumerate(in_text, start=1):
        if value.get("image") and not (value["alt"].strip() or value.get("decorative")):
            yield f"Picture {number} in the text"


def quotes(page: Any) -> Iterator[str]:
    for child in getattr(page, "body", ()):
        if child.block_type == "quote":
            yield child.value["text"]


def asks_for_gifts(body: Any, first_form: str) -> bool:
    """Whether a giving form or a call to give stands in it."""
    return bool(first_form) or any(child.block_type == "call" for child in body) or reading.has_form(body)
