"""Where readers came from links to the old site: paths are Wagtail's redirects; a number in a query is looked up here.

A path that is no page's is no ready page either, so Wagtail's middleware answers it. `/?p=4711` is the home's path, but
a query that may change the page is never answered from a ready one.
"""

from typing import Any

from django.http import HttpRequest, HttpResponsePermanentRedirect

from almoner.stories.sites import place_of
from almoner.stories.wordpress.export import whole


def by_number(imported: Any, home: Any, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
    """The way to the published page that stood at `/?p=4711` or `/?page_id=4711`; None for every other query.

    `imported` is a queryset of `ImportedPost`: the models themselves ask.
    """
    number = whole(request.GET.get("p") or request.GET.get("page_id") or "")
    place = place_of(home) if number else None
    if place is None:
        return None
    posts = imported.filter(charity=place.charity, number=number, page__live=True)
    found = posts.select_related("page").order_by("pk").first()
    return HttpResponsePermanentRedirect(place.address(found.page)) if found is not None else None
