"""What an editor is told when saving, and what else drops ready pages."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page

from almoner.charities.sites import bump
from almoner.stories import reading
from almoner.stories.models import PublicPage
from almoner.stories.sites import place_of


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_of_troubles(request: HttpRequest, page: Page) -> None:
    """A shortcode that means nothing here is never dropped in silence."""
    specific = page.specific
    place = place_of(specific)
    if place is None or not isinstance(specific, PublicPage) or not hasattr(specific, "body"):
        return
    for trouble in reading.troubles(specific.get_latest_revision_as_object().body, place.charity):
        messages.warning(request, format_html("<code>{}</code>: {}", trouble.typed, trouble.why))


@hooks.register("after_move_page")
def moved(request: HttpRequest, page: Page) -> None:
    place = place_of(page)
    if place is not None:
        bump(place.charity.pk)
