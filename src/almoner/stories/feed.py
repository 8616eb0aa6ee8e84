"""The newest stories of a language as an Atom feed: title, summary, and the picture at the head where consent covers
feeds."""

from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.views.decorators.http import require_safe

from almoner.consents.models import Channel
from almoner.stories import inline_figures, renditions, shelves, tongues
from almoner.stories.figures import Figures
from almoner.stories.models import StoryPage
from almoner.stories.permits.permits import Permits
from almoner.stories.presenting import shown_until
from almoner.stories.sites import Place, place_asked

_STORIES: Final = 20


@require_safe
def feed(request: HttpRequest, language: str = settings.LANGUAGE_CODE) -> HttpResponse:
    """At `/feed.xml`, and at `/de/feed.xml` for a translation. Kept and dropped like the stories that it tells of; 404
    where no story can be read in the language."""
    place = place_asked(request)
    own = StoryPage.objects.filter(locale__language_code=language)
    stories = list(shelves.readable(own).descendant_of(place.root)[:_STORIES])
    home = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    if not stories and home != "/":
        raise Http404("No story stands here in this language.")
    spoken = tongues.spoken(language, place.charity)
    permits = Permits(place.charity, fundraising=False)
    permits.know(story.lead_image for story in stories)
    told = Atom1Feed(
        title=place.charity.name,
        link=place.root_url + home,
        description="",
        language=spoken,
        feed_url=f"{place.root_url}{home}feed.xml",
    )
    figures = Figures(place.charity)
    with translation.override(spoken):
        for story in stories:
            _add(told, story, place, permits, inline_figures.in_text(story.summary, figures))
    response = HttpResponse(told.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    seconds = 0 if permits.of_people else 60
    response["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}"
    response.ready = True  # type: ignore[attr-defined]
    response.ready_until = shown_until(place, permits)  # type: ignore[attr-defined]
    return response


def _add(told: Atom1Feed, story: Any, place: Place, permits: Permits, summary: str) -> None:
    address = place.root_url + place.address(story)
    told.add_item(
        title=story.title,
        link=address,
        unique_id=address,
        description=summary,
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
