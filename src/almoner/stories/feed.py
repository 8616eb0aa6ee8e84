"""The newest stories as an Atom feed: title, summary, and the picture at the head where consent covers feeds."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.views.decorators.http import require_safe

from almoner.consents.models import Channel
from almoner.stories import renditions, shelves
from almoner.stories.models import StoryPage
from almoner.stories.permits.permits import Permits
from almoner.stories.presenting import shown_until
from almoner.stories.sites import Place, place_asked

PATH: Final = "/feed.xml"
_STORIES: Final = 20


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Kept and dropped like the stories that it tells of."""
    place = place_asked(request)
    own = StoryPage.objects.filter(locale_id=place.root.locale_id)
    stories = list(shelves.readable(own).descendant_of(place.root)[:_STORIES])
    permits = Permits(place.charity, fundraising=False)
    permits.know(story.lead_image for story in stories)
    told = Atom1Feed(
        title=place.charity.name,
        link=place.root_url + "/",
        description="",
        language=place.charity.language,
        feed_url=place.root_url + PATH,
    )
    for story in stories:
        _add(told, story, place, permits)
    response = HttpResponse(told.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    seconds = 0 if permits.of_people else 60
    response["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}"
    response.ready = True  # type: ignore[attr-defined]
    response.ready_until = shown_until(place, permits)  # type: ignore[attr-defined]
    return response


def _add(told: Atom1Feed, story: Any, place: Place, permits: Permits) -> None:
    address = place.root_url + place.address(story)
    told.add_item(
        title=story.title,
        link=address,
        unique_id=address,
        description=story.summary,
        author_name=story.author or place.charity.name,
        pubdate=story.first_published_at,
        updateddate=story.last_published_at,
        enclosures=_pictures(story, place, permits),
    )


def _pictures(story: Any, place: Place, permits: Permits) -> list[Enclosure]:
    image = story.lead_image
    if image is None or not permits.picture(image, Channel.FEED).allowed:
        return []
    cut = image.get_rendition(renditions.FEED)
    return [Enclosure(place.root_url + cut.url, str(cut.file.size), "image/jpeg")]
