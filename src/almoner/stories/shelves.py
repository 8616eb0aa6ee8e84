"""Lists of stories as readers see them: only what is published now, open to all, and of this charity.

`stories` is a queryset of story pages. Whoever asks hands it in, for the models themselves ask what to show.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.safestring import SafeString

from almoner.consents.models import Channel
from almoner.kernel.clock import now
from almoner.stories import illustrations, inline_figures, renditions
from almoner.stories.figures import Figures
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place

if TYPE_CHECKING:
    from almoner.stories.models import StoryPage


@dataclass(frozen=True, slots=True)
class Card:
    """A story as a list shows it. `image` is None where the drawing stands."""

    id: int
    title: str
    url: str
    summary: str
    drawing: str
    image: renditions.Responsive | None
    published_at: datetime | None

    @property
    def art(self) -> SafeString:
        return illustrations.inline(self.drawing)


def readable(stories: Any, place: Place | None = None) -> Any:
    """Stories anybody may read now, the newest first. A lapsed one is out even before Wagtail has unpublished it."""
    current = Q(expire_at__isnull=True) | Q(expire_at__gt=now())
    restricted = place.restricted if place is not None else stories.private_q()
    found = stories.live().exclude(restricted).filter(current)
    return found.order_by("-first_published_at", "-pk").select_related("lead_image")


def newest(
    stories: Any, place: Place, permits: Permits, *, limit: int, code: str = settings.LANGUAGE_CODE
) -> list[Card]:
    """`code` names the locale whose stories they are."""
    return cards(_of(stories, place, code)[:limit], place, permits)


def _of(stories: Any, place: Place, code: str) -> Any:
    return readable(stories, place).descendant_of(place.root).filter(locale__language_code=code)


def related(
    stories: Any,
    story_id: int | None,
    place: Place,
    permits: Permits,
    *,
    limit: int,
    picks: list[int] | None = None,
    code: str = settings.LANGUAGE_CODE,
) -> list[Card]:
    """Up to `limit` stories to read next: the editor's picks, then the nearest, then the newest; never itself.

    `picks` stands in for what the table holds (a draft's picks aren't there yet). Without a story, the newest.
    """
    wanted = _ranked(stories, story_id, picks) if story_id else list(picks or ())
    mine = _of(stories, place, code).exclude(pk=story_id or 0)
    found = {story.pk: story for story in mine.filter(pk__in=wanted)} if wanted else {}
    chosen = [found[pk] for pk in dict.fromkeys(wanted) if pk in found][:limit]
    if len(chosen) < limit:
        rest = mine.exclude(pk__in=[story.pk for story in chosen])
        chosen += rest[: limit - len(chosen)]
    return cards(chosen, place, permits)


def cards(stories: Iterable["StoryPage"], place: Place, permits: Permits) -> list[Card]:
    """Stories as a list shows them; a figure in a summary is the register's, asked for once. In a list a picture needs
    a consent for lists."""
    found, figures = list(stories), Figures(place.charity)
    permits.know(story.lead_image for story in found)
    return [_card(story, place, permits, figures) for story in found]


def _card(story: "StoryPage", place: Place, permits: Permits, figures: Figures) -> Card:
    image = story.lead_image
    if image is not None and not permits.picture(image, Channel.LISTS).allowed:
        image = None
    return Card(
        id=story.pk,
        title=story.title,
        url=place.address(story),
        summary=inline_figures.in_text(story.summary, figures),
        drawing=story.drawing,
        image=renditions.responsive(image, renditions.CARD) if image is not None else None,
        published_at=story.first_published_at,
    )


def _ranked(stories: Any, story_id: int, picks: list[int] | None) -> list[int]:
    rows = (
        stories.filter(pk=story_id, related_rows__isnull=False)
        .order_by("-related_rows__picked", "related_rows__rank")
        .values_list("related_rows__other_id", "related_rows__picked")
    )
    if picks is None:
        return [other for other, _ in rows]
    return picks + [other for other, picked in rows if not picked]
