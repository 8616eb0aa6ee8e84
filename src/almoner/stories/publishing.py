"""What follows when a page is published or taken down: nearness is computed anew, and ready pages are dropped."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from almoner.charities.sites import bump
from almoner.consents.models import Channel
from almoner.stories import claiming, reading, renditions, shelves
from almoner.stories.models import RelatedStory, StoryPage, StoryTerms
from almoner.stories.permits import shown
from almoner.stories.permits.marking import mark
from almoner.stories.permits.permits import Permits
from almoner.stories.related import neighbours, terms
from almoner.stories.sites import Place, place_of

# More than are shown: some may lapse before the next story is published.
_NEIGHBOURS_KEPT = 12


@receiver(page_published, dispatch_uid="stories-published")
def published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    place = place_of(instance)
    for image in shown.images(instance):
        mark(image)
    if not instance.live:
        # Wagtail tells of a schedule, too: nobody reads it yet.
        return
    if place is not None:
        _cut(instance, place)
    if isinstance(instance, StoryPage):
        remember(instance)
        if place is not None:
            rank(place)
    if place is not None:
        claiming.keep(instance, place)
        bump(place.charity.pk)


def _cut(page: Page, place: Place) -> None:
    """Every picture that may be shown is cut now, so that no reader waits for it."""
    permits = Permits(place.charity, fundraising=False)
    lead = getattr(page, "lead_image", None)
    permits.know(shown.images(page))
    for at, image in enumerate(shown.images(page)):
        if permits.picture(image, Channel.WEB).allowed:
            renditions.prepare(image, lead=at == 0 and image == lead)


@receiver(page_unpublished, dispatch_uid="stories-unpublished")
def unpublished(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    place = place_of(instance)
    if place is not None:
        claiming.end(instance, place)
        bump(place.charity.pk)


def remember(story: StoryPage) -> None:
    """Write down a published story's terms and picks."""
    said = f"{story.summary} {story.topics} {reading.words(story.body)}"
    counts = terms(f"{story.title} {story.title} {said}")
    picks = [pk for pk in dict.fromkeys(reading.picks(story.body)) if pk != story.pk]
    with transaction.atomic():
        StoryTerms.objects.update_or_create(story=story, defaults={"counts": dict(counts)})
        RelatedStory.objects.filter(story=story, picked=True).delete()
        RelatedStory.objects.bulk_create(
            RelatedStory(story=story, other_id=pk, picked=True, rank=rank) for rank, pk in enumerate(picks)
        )


def _said(rows: Iterable[RelatedStory]) -> set[tuple[int, int, int, float]]:
    return {(row.story_id, row.other_id, row.rank, row.score) for row in rows}


def rank(place: Place) -> None:
    """Compute which of a charity's stories are near which. A new story changes its neighbours' neighbours too."""
    stories = shelves.readable(StoryPage.objects.all()).descendant_of(place.root).order_by().values("pk")
    counts = dict(StoryTerms.objects.filter(story__in=stories).values_list("story_id", "counts"))
    rows = [
        RelatedStory(story_id=story, other_id=other, picked=False, rank=place, score=score)
        for story, others in neighbours(counts, limit=_NEIGHBOURS_KEPT).items()
        for place, (other, score) in enumerate(others)
    ]
    stand = RelatedStory.objects.filter(story__in=list(counts), picked=False)
    if _said(stand) == _said(rows):
        return
    with transaction.atomic():
        RelatedStory.objects.filter(story__in=list(counts), picked=False).delete()
        RelatedStory.objects.bulk_create(rows, batch_size=500)
