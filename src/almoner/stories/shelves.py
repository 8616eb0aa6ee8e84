"""Lists of stories as readers see them: only what is published now, open to all, and of this charity.

`stories` is the model of story pages. Whoever asks hands it in, for the models themselves ask what to show.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import BigIntegerField, CharField, DateTimeField, Q
from django.utils.safestring import SafeString

from almoner.charities.rows import Given, Select
from almoner.consents.models import Channel
from almoner.kernel.clock import now
from almoner.stories import illustrations, inline_figures, renditions
from almoner.stories.figures import Figures
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place, restricted

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


# What a list shows of a story.
_ON_A_CARD: Final = (
    "title", "url_path", "summary", "drawing", "first_published_at", "lead_image",
)  # fmt: skip


def readable(stories: Any) -> Any:
    """Stories anybody may read now, the newest first. A lapsed one is out even before Wagtail has unpublished it."""
    found = stories.filter(_public(now()), ~restricted())
    return found.order_by("-first_published_at", "-pk").select_related("lead_image")


def newest(
    stories: Any,
    place: Place,
    permits: Permits,
    figures: Figures,
    *,
    limit: int,
    code: str = settings.LANGUAGE_CODE,
) -> list[Card]:
    """`code` names the locale whose stories they are."""
    return cards(_newest(stories, limit).all(**_asked(place, code)), place, permits, figures)


def related(
    stories: Any,
    story_id: int | None,
    place: Place,
    permits: Permits,
    *,
    limit: int,
    picks: list[int] | None = None,
    code: str = settings.LANGUAGE_CODE,
    figures: Figures | None = None,
) -> list[Card]:
    """Up to `limit` stories to read next: the editor's picks, then the nearest, then the newest; never itself.

    `picks` stands in for what the table holds (a draft's picks aren't there yet). Without a story, the newest.
    `figures`: the page's own, where it has some.
    """
    asked = _asked(place, code)
    beside = _beside(stories, limit).all(story=story_id, **asked) if story_id else []
    found = [row.other for row in beside if picks is None or not row.picked]
    if picks:
        found = _picked(stories, picks, asked) + found
    chosen = {story.pk: story for story in found if story.pk != story_id}
    if len(chosen) < limit:
        for story in _newest(stories, limit + 1).all(**asked):
            if story.pk != story_id:
                chosen.setdefault(story.pk, story)
    return cards(list(chosen.values())[:limit], place, permits, figures or Figures(place.charity))


def _picked(stories: Any, picks: list[int], asked: Mapping[str, Any]) -> list["StoryPage"]:
    """Those of a draft's picks that anybody may read, in their order."""
    one = _one(stories)
    return [story for pk in picks for story in one.all(pk=pk, **asked)]


def _public(at: Any, story: str = "") -> Q:
    """Published, and not lapsed at a time. `story`: how a query comes to it, with the underscores."""
    current = Q(**{f"{story}expire_at": None}) | Q(**{f"{story}expire_at__gt": at})
    return current & Q(**{f"{story}live": True})


def _listed(story: str = "") -> Q:
    """Readable, below a site's home, in a locale: see `_asked`."""
    return _public(Given("at", DateTimeField()), story) & Q(
        ~restricted(f"{story}path"),
        **{
            f"{story}path__startswith": Given("root", CharField()),
            f"{story}locale__language_code": Given("code", CharField()),
        },
    )


def _asked(place: Place, code: str) -> dict[str, Any]:
    return {"at": now(), "root": place.root.path, "code": code}


def _of(stories: Any) -> Any:
    found = stories.filter(_listed()).order_by("-first_published_at", "-pk")
    return found.select_related("lead_image").only(*_ON_A_CARD)


# What is shown beside other things is composed once: these pages ask at each reading.


@cache
def _newest(stories: Any, limit: int) -> Select[Any]:
    return Select(lambda: _of(stories.objects)[:limit])


@cache
def _one(stories: Any) -> Select[Any]:
    return Select(lambda: _of(stories.objects).filter(pk=Given("pk", BigIntegerField())))


@cache
def _beside(stories: Any, limit: int) -> Select[Any]:
    """Twice as many rows: a story may be both picked and near."""
    beside: Any = stories._meta.get_field("related_rows").related_model
    return Select(
        lambda: (
            beside.objects.filter(_listed("other__"), story=Given("story", BigIntegerField()))
            .order_by("-picked", "rank")
            .select_related("other__lead_image")
            .only("picked", "rank", *(f"other__{name}" for name in _ON_A_CARD))[: 2 * limit]
        )
    )


def cards(stories: Iterable["StoryPage"], place: Place, permits: Permits, figures: Figures) -> list[Card]:
    """Stories as a list shows them; a figure in a summary is the register's. In a list a picture needs a consent for
    lists."""
    found = list(stories)
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
