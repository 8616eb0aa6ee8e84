"""What giving asks of stories: which to read after a gift, and what a gift's story was called. Wired by `config`."""

from almoner.charities.models import Charity
from almoner.giving.hooks import RelatedStory
from almoner.stories import illustrations, shelves
from almoner.stories.models import StoryPage
from almoner.stories.permits.permits import Permits
from almoner.stories.sites import Place, place_for


def related_for(story_id: int | None, charity_id: int, *, limit: int = 3) -> tuple[RelatedStory, ...]:
    """Stories for the thank-you page: those that go with the one the donor came from, or the newest."""
    place = _place(charity_id)
    if place is None:
        return ()
    permits = Permits(place.charity, fundraising=True)
    cards = shelves.related(StoryPage, story_id, place, permits, limit=limit)
    return tuple(_plain(card, place.charity) for card in cards)


def story_title(story_id: int, charity_id: int) -> str:
    """A published story's title; '' for a number that is no story of this charity: anybody can send one."""
    place = _place(charity_id)
    if place is None:
        return ""
    ours = StoryPage.objects.descendant_of(place.root).filter(first_published_at__isnull=False)
    return str(ours.filter(pk=story_id).values_list("title", flat=True).first() or "")


def _place(charity_id: int) -> Place | None:
    charity = Charity.objects.filter(pk=charity_id).first()
    return place_for(charity) if charity is not None else None


def _plain(card: shelves.Card, charity: Charity) -> RelatedStory:
    drawn = illustrations.address(card.drawing, primary=charity.colour_primary, accent=charity.colour_accent)
    return RelatedStory(
        title=card.title,
        # A path alone: a donor stays on the host on which they gave.
        url=card.url,
        summary=card.summary,
        image_url=card.image.url if card.image else drawn,
    )
