"""By which clock an editor reads and sets a page's times: the charity's, as its readers live by it, and not UTC's."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.models import Page
from wagtail.users.models import UserProfile

from almoner.stories.sites import place_of

_STAFF_ROOT: Final = "/admin/"


class PageClock:
    """Middleware: Wagtail's views of a page run by the clock that a person chose in their account, else by the clock of
    the page's charity. Wagtail itself would take the server's, which is UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        number = kwargs.get("page_id") or kwargs.get("parent_page_id")
        if number and request.path.startswith(_STAFF_ROOT) and request.user.is_authenticated:
            _set(request.user, number)
        return None


def _set(user: Any, number: int) -> None:
    """On this request's profile alone: nothing is saved."""
    profile = getattr(user, "wagtail_userprofile", None) or UserProfile(user=user)
    page = None if profile.current_time_zone else Page.objects.filter(pk=number).first()
    place = place_of(page) if page is not None else None
    if place is not None:
        profile.current_time_zone = place.charity.timezone
        user.wagtail_userprofile = profile
