"""Where in a charity's pages something stands: what is public, and what waits in drafts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wagtail.models import Revision

from almoner.consents import marks
from almoner.consents.models import Consent, Covered
from almoner.stories.permits.models import PictureMark
from almoner.stories.sites import place_for


@dataclass(frozen=True, slots=True)
class Use:
    """`part`: "picture at its head", "picture" or "quote". Not `live`: only in a draft."""

    page_id: int
    title: str
    part: str
    live: bool


def uses(consent: Consent) -> list[Use]:
    """Each page once for each part of it, public ones first."""
    place = place_for(consent.charity)
    if place is None:
        return []
    sought = _sought(consent)
    pages = place.root.get_descendants(inclusive=True).specific().order_by("path")
    found = {use for page in pages.iterator() for use in _on(page, sought)}
    return sorted(found, key=lambda use: (not use.live, use.title, use.part, use.page_id))


def images_of(consent: Consent) -> list[Any]:
    """The pictures here that show what it covers: several, if the same one was sent twice."""
    digests = [row.digest for row in consent.covered.all() if row.kind == Covered.Kind.PICTURE]
    rows = PictureMark.objects.filter(digest__in=digests).select_related("image").order_by("image_id")
    return [row.image for row in rows]


@dataclass(frozen=True, slots=True)
class _Sought:
    images: frozenset[int]
    words: frozenset[str]


def _sought(consent: Consent) -> _Sought:
    words = {row.digest for row in consent.covered.all() if row.kind == Covered.Kind.WORDS}
    return _Sought(frozenset(image.pk for image in images_of(consent)), frozenset(words))


def _on(page: Any, sought: _Sought) -> Iterator[Use]:
    public = set(_parts(getattr(page, "lead_image_id", None), _raw(getattr(page, "body", None)), sought))
    for part in public:
        yield Use(page.pk, page.title, part, live=page.live)
    if page.has_unpublished_changes and page.latest_revision_id:
        content = Revision.objects.values_list("content", flat=True).get(pk=page.latest_revision_id)
        draft = _parts(content.get("lead_image"), json.loads(content.get("body") or "[]"), sought)
        for part in set(draft) - public:
            yield Use(page.pk, page.title, part, live=False)


def _raw(body: Any) -> Iterable[Any]:
    return body.raw_data if body is not None else ()


def _parts(lead: int | None, body: Iterable[Any], sought: _Sought) -> Iterator[str]:
    if lead in sought.images:
        yield "picture at its head"
    for child in body:
        if child["type"] == "picture" and child["value"].get("image") in sought.images:
            yield "picture"
        if (
            child["type"] == "quote"
            and marks.words_of(child["value"].get("text") or "").digest in sought.words
        ):
            yield "quote"
