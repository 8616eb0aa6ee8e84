"""What giving asks of stories: which to read after a gift, and what a gift's story was called. Wired by `config`."""

from urllib.parse import urlsplit

from almoner.charities.models import Charity
from almoner.giving.hooks import RelatedStory
from almoner.stories import illustrations, shelves
from almoner.stories.sites import root_of


def related_for(story_id: int | None, charity_id: int, *, limit: int = 3) -> tuple[RelatedStory, ...]:
    """Stories for the thank-you page: those that go with the one the donor came from, or the newest."""
    charity = Charity.objects.filter(pk=charity_id).first()
    if charity is None:
        return ()
    return tuple(_plain(card, charity) for card in shelves.related(story_id, charity, limit=limit))


def story_title(story_id: int, charity_id: int) -> str:
    """A published story's title; '' for a number that is no story of this charity: anybody can send one."""
    charity = Charity.objects.filter(pk=charity_id).first()
    root = root_of(charity) if charity is not None else None
    if root is None:
        return ""
    story = (
        shelves.stories().descendant_of(root).filter(pk=story_id, first_published_at__isnull=False).first()
    )
    return str(story.title) if story is not None else ""


def _plain(card: shelves.Card, charity: Charity) -> RelatedStory:
    drawn = illustrations.address(card.drawing, primary=charity.colour_primary, accent=charity.colour_accent)
    return RelatedStory(
        title=card.title,
        # Its path alone: a donor stays on the host on which they gave.
        url=urlsplit(card.url).path,
        summary=card.summary,
        image_url=card.image.url if card.image else drawn,
    )
