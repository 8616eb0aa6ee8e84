"""What an editor is told when saving, what else drops ready pages, and the way to moves from WordPress."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.rich_text.feature_registry import FeatureRegistry

from almoner.charities.sites import bump
from almoner.stories import claims_desk, editing, figure_picker, gate, held_back, moving, reading, translating
from almoner.stories.models import PublicPage
from almoner.stories.permits import missing
from almoner.stories.permits import views as consents
from almoner.stories.sites import Place, place_of


class WritersItem(MenuItem):
    """A line of the menu that is there for those who may add pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        # What Wagtail's own menu has asked already: whose site it is, the page asks.
        return bool(page_permission_policy.user_has_permission(request.user, "add"))


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("from-wordpress/", moving.imports, name="stories_imports"),
        path("from-wordpress/<int:move_id>/", moving.one, name="stories_import"),
        path("translate/<int:page_id>/", translating.translate, name="stories_translate"),
        path("claims/", claims_desk.index, name="stories_claims"),
        path("claims/new/", claims_desk.add, name="stories_claim_add"),
        path("claims/<int:claim_id>/", claims_desk.one, name="stories_claim"),
        path("figures/choose/", figure_picker.choose, name="stories_figures"),
        path("consents/", consents.listing, name="stories_consents"),
        path("consents/new/", consents.new, name="stories_consent_new"),
        path("consents/<int:consent_id>/", consents.one, name="stories_consent"),
        path("consents/<int:consent_id>/change/", consents.change, name="stories_consent_change"),
        path("consents/<int:consent_id>/withdraw/", consents.withdraw, name="stories_consent_withdraw"),
        path("consents/<int:consent_id>/cover/", consents.cover, name="stories_consent_cover"),
        path("consents/<int:consent_id>/use/", consents.use, name="stories_consent_use"),
    ]


@hooks.register("register_rich_text_features")
def figure_feature(features: FeatureRegistry) -> None:
    features.register_editor_plugin("draftail", figure_picker.FEATURE, figure_picker.feature())
    features.register_converter_rule("contentstate", figure_picker.FEATURE, figure_picker.CONVERSION)


@hooks.register("register_settings_menu_item")
def move_item() -> MenuItem:
    return WritersItem("Move from WordPress", reverse("stories_imports"), icon_name="download", order=150)


@hooks.register("register_admin_menu_item")
def consents_item() -> MenuItem:
    return WritersItem("Consents", reverse("stories_consents"), icon_name="user", order=310)


@hooks.register("before_publish_page")
def through_the_gate(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What may not be read isn't published. The page is kept as a draft, and its editor told what is wrong."""
    specific: Any = page.specific.get_latest_revision_as_object()
    editing.keep_reason(request, specific)
    found = gate.refusals(specific, place_of(specific))
    return held_back.say(request, page, found) if found else None


@hooks.register("before_copy_page")
def copied_through_the_gate(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A copy that is public at once, and an alias, is held against what may be shown where it will stand."""
    if request.method != "POST" or not (request.POST.get("publish_copies") or request.POST.get("alias")):
        return None
    above = Page.objects.filter(pk=request.POST.get("new_parent_page") or 0).first() or page
    below = page.get_descendants().live() if request.POST.get("copy_subpages") else Page.objects.none()
    for each in (page, *below):
        if each.live and (found := gate.refusals(each.specific, place_of(above))):
            return held_back.say(request, each, found)
    return None


class ClaimsItem(MenuItem):
    """For those who write pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        return claims_desk.may_see(request.user)


@hooks.register("register_reports_menu_item")
def claims_item() -> MenuItem:
    return ClaimsItem("Claims", reverse("stories_claims"), icon_name="order", order=45)


@hooks.register("register_page_header_buttons")
def translate_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterable[Button]:
    if page.specific_class is not None and issubclass(page.specific_class, PublicPage):
        place = place_of(page)
        if place is not None and translating.may_translate(page, place, user):
            yield Button(
                "Translate", reverse("stories_translate", args=[page.pk]), icon_name="globe", priority=35
            )


@hooks.register("after_create_page")
def keep_reason(request: HttpRequest, page: Page) -> None:
    """Of a page that was sent for review as it was made: before that it had no number to keep anything under."""
    editing.keep_reason(request, page.specific)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_of_troubles(request: HttpRequest, page: Page) -> None:
    """A shortcode that means nothing here is never dropped in silence. A form that saves itself while somebody types
    shows no message: they would pile up until the next page."""
    if not request.accepts("text/html"):
        return
    specific = page.specific
    place = place_of(specific)
    if place is None or not isinstance(specific, PublicPage) or not hasattr(specific, "body"):
        return
    for trouble in reading.troubles(specific.get_latest_revision_as_object().body, place.charity):
        messages.warning(request, format_html("<code>{}</code>: {}", trouble.typed, trouble.why))
    _tell_of_consents(request, specific.get_latest_revision_as_object(), place)


def _tell_of_consents(request: HttpRequest, draft: Any, place: Place) -> None:
    for each in missing.missing(draft, place):
        messages.warning(request, each)
    for text in missing.narrower(draft, place):
        messages.info(request, f"The picture at the head will not be shown in: {text}")


@hooks.register("before_move_page")
def on_move(request: HttpRequest, page: Page, destination: Page) -> None:
    _leaving(request, [page])


@hooks.register("after_move_page")
def moved(request: HttpRequest, page: Page) -> None:
    _arrived(request, [page])


@hooks.register("before_bulk_action")
def moving_several(request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any) -> None:
    if action_type == "move" and action.models == [Page]:
        _leaving(request, objects)


@hooks.register("after_bulk_action")
def moved_several(request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any) -> None:
    if action_type == "move" and action.models == [Page]:
        _arrived(request, objects)


def _leaving(request: HttpRequest, pages: Iterable[Page]) -> None:
    """Remember whose pages these are: after the move nothing says where they stood."""
    request.charities_left = _charities(pages)  # type: ignore[attr-defined]


def _arrived(request: HttpRequest, pages: Iterable[Page]) -> None:
    """A page that went to another charity is gone from the first one's site, too."""
    for charity_id in sorted(_charities(pages) | getattr(request, "charities_left", set())):
        bump(charity_id)


def _charities(pages: Iterable[Page]) -> set[int]:
    """Whose pages these are now: read again, for a move changes more than the object that it was asked of."""
    found = Page.objects.filter(pk__in=[page.pk for page in pages])
    return {place.charity.pk for page in found if (place := place_of(page)) is not None}
