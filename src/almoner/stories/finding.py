"""A story by its address: with one question where Wagtail asks three, for each page above it.

What is found is put where Wagtail keeps the site and the page of a request, and everything after that is Wagtail's.
"""

from typing import Final

from django.db.models import CharField
from django.http import HttpRequest, HttpResponse
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtails

from almoner.charities.rows import Given, Select
from almoner.stories import beginning
from almoner.stories.models import StoryPage
from almoner.stories.sites import restricted, site_asked

_story: Final = Select[StoryPage](
    lambda: (
        # The last word has an index, the whole way has none.
        StoryPage.objects.filter(
            slug=Given("slug", CharField()), url_path=Given("way", CharField()), live=True
        )
        .select_related("lead_image", "locale")
        .annotate(guarded=restricted())
    )
)


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """A page of Wagtail's. A path of one word leads to no story, for each stands in a list."""
    words = path.strip("/").split("/")
    site = site_asked(request) if len(words) > 1 or not path else None
    if site is not None and not path:
        if beginning.is_before(site):
            return beginning.page()
    elif site is not None:
        way = f"{site.root_page.url_path}{'/'.join(words)}/"
        found = _story.first(slug=words[-1], way=way)
        if found is not None:
            request._wagtail_route_for_request = RouteResult(found)  # type: ignore[attr-defined]
    response: HttpResponse = wagtails(request, path)
    return response
