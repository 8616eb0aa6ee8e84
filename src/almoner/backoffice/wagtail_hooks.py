"""What this room adds to Wagtail's admin: addresses, menu, icons, the permissions of a group, the look."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import DismissibleMenuItem, MenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from almoner.backoffice import access, named, narrowing, redirecting, urls, veil
from almoner.backoffice.editor.charities import CharitiesViewSet
from almoner.backoffice.editor.forms import FormsViewSet
from almoner.backoffice.editor.funds import FundsViewSet
from almoner.backoffice.models import KeptModelLogEntry, KeptPageLogEntry
from almoner.backoffice.reports.home import GivingPanel

narrowing.narrow_filters()
named.refuse_others()
veil.hide_others()
redirecting.narrow_redirects()


class RoomItem(MenuItem):
    """A line of the menu that is there for those who may use it."""

    def __init__(self, label: str, url_name: str, permission: str, **options: Any) -> None:
        super().__init__(label, reverse(url_name), name=url_name.replace(":", "-"), **options)
        self._permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return access.may(request.user, self._permission)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(urls))]


@hooks.register("register_admin_viewset")
def viewsets() -> list[ModelViewSet]:
    return [FormsViewSet(), CharitiesViewSet(), FundsViewSet()]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="backoffice")


@hooks.register("after_create_user")
def say_what_they_do(request: HttpRequest, user: Any) -> None:
    """An account alone sees nothing, and this page doesn't ask for whom somebody works."""
    if not user.is_superuser:
        said = f"Now say what {user.get_full_name() or user.get_username()} does, and for which charity."
        button = messages.button(reverse("backoffice:person", args=[user.pk]), "Say it")
        messages.warning(request, said, buttons=[button])


@hooks.register("register_admin_menu_item")
def gifts_item() -> MenuItem:
    return RoomItem("Gifts", "backoffice:gifts", access.VIEW_GIFTS, icon_name="bo-gift", order=10)


@hooks.register("register_admin_menu_item")
def plans_item() -> MenuItem:
    return RoomItem("Regular gifts", "backoffice:plans", access.VIEW_GIFTS, icon_name="bo-plan", order=15)


@hooks.register("register_admin_menu_item")
def disputes_item() -> MenuItem:
    return RoomItem("Disputes", "backoffice:disputes", access.VIEW_GIFTS, icon_name="warning", order=17)


@hooks.register("register_admin_menu_item")
def batches_item() -> MenuItem:
    return RoomItem("Batches", "backoffice:batches", access.VIEW_GIFTS, icon_name="table", order=20)


@hooks.register("register_admin_menu_item")
def credits_item() -> MenuItem:
    return RoomItem("Transfers", "backoffice:credits", access.VIEW_GIFTS, icon_name="bo-bank", order=30)


@hooks.register("register_admin_menu_item")
def statements_item() -> MenuItem:
    return RoomItem("Statements", "backoffice:statements", access.VIEW_GIFTS, icon_name="doc-full", order=35)


@hooks.register("register_admin_menu_item")
def payouts_item() -> MenuItem:
    return RoomItem("Payouts", "backoffice:payouts", access.VIEW_GIFTS, icon_name="bo-bank", order=37)


@hooks.register("register_admin_menu_item")
def programmes_item() -> MenuItem:
    return RoomItem("Impact", "backoffice:programmes", access.VIEW_IMPACT, icon_name="tasks", order=40)


@hooks.register("register_reports_menu_item")
def income_item() -> MenuItem:
    return RoomItem(
        "Income by source", "backoffice:income", access.VIEW_REPORTS, icon_name="bo-gift", order=10
    )


@hooks.register("register_reports_menu_item")
def books_item() -> MenuItem:
    return RoomItem("Books", "backoffice:books", access.VIEW_REPORTS, icon_name="table", order=15)


@hooks.register("register_reports_menu_item")
def proved_item() -> MenuItem:
    return RoomItem(
        "Proof of the books", "backoffice:proved", access.VIEW_REPORTS, icon_name="check", order=17
    )


@hooks.register("register_reports_menu_item")
def steps_item() -> MenuItem:
    return RoomItem(
        "Steps and devices", "backoffice:steps", access.VIEW_REPORTS, icon_name="mobile-alt", order=20
    )


@hooks.register("register_reports_menu_item")
def recovery_item() -> MenuItem:
    return RoomItem(
        "Failed and recovered", "backoffice:recovery", access.VIEW_REPORTS, icon_name="rotate", order=22
    )


@hooks.register("register_reports_menu_item")
def upcoming_item() -> MenuItem:
    return RoomItem(
        "Upcoming income", "backoffice:upcoming", access.VIEW_REPORTS, icon_name="calendar", order=24
    )


@hooks.register("register_reports_menu_item")
def troubled_item() -> MenuItem:
    return RoomItem(
        "Regular gifts that need a person",
        "backoffice:troubled",
        access.VIEW_GIFTS,
        icon_name="warning",
        order=26,
    )


@hooks.register("register_reports_menu_item")
def attacks_item() -> MenuItem:
    return RoomItem("Card testing", "backoffice:attacks", access.MANAGE_ATTACKS, icon_name="lock", order=28)


@hooks.register("register_reports_menu_item")
def yearly_item() -> MenuItem:
    return RoomItem(
        "Yearly message", "backoffice:yearly_messages", access.VIEW_GIFTS, icon_name="mail", order=29
    )


@hooks.register("register_reports_menu_item")
def mail_item() -> MenuItem:
    return RoomItem(
        "Mail and tasks that failed", "backoffice:mail", access.VIEW_GIFTS, icon_name="mail", order=30
    )


@hooks.register("register_reports_menu_item")
def audit_item() -> MenuItem:
    return RoomItem("Audit log", "backoffice:audit", access.VIEW_AUDIT, icon_name="history", order=40)


@hooks.register("register_settings_menu_item")
def staff_item() -> MenuItem:
    return RoomItem("Staff", "backoffice:staff", access.SUPERUSER, icon_name="group", order=120)


@hooks.register("register_settings_menu_item")
def gateways_item() -> MenuItem:
    return RoomItem("Gateways", "backoffice:gateways", access.SUPERUSER, icon_name="bo-bank", order=130)


@hooks.register("register_settings_menu_item")
def tokens_item() -> MenuItem:
    return RoomItem("API tokens", "backoffice:api_tokens", access.SUPERUSER, icon_name="key", order=140)


@hooks.register("register_settings_menu_item")
def webhooks_item() -> MenuItem:
    return RoomItem("Webhooks", "backoffice:webhooks", access.SUPERUSER, icon_name="link-external", order=150)


@hooks.register("register_settings_menu_item")
def salesforce_item() -> MenuItem:
    return RoomItem("Salesforce", "backoffice:salesforce", access.SUPERUSER, icon_name="rotate", order=160)


@hooks.register("register_reports_menu_item")
def salesforce_held_item() -> MenuItem:
    return RoomItem(
        "Not taken by Salesforce",
        "backoffice:salesforce_held",
        access.VIEW_GIFTS,
        icon_name="warning",
        order=32,
    )


# After Wagtail's own, whose models these take the place of.
@hooks.register("register_log_actions", order=100)
def log_actions(registry: LogActionRegistry) -> None:
    for model, own, wagtails in (
        (models.Model, KeptModelLogEntry, ModelLogEntry),
        (Page, KeptPageLogEntry, PageLogEntry),
    ):
        registry.register_model(model, own)
        # Else every report would count an entry twice.
        registry.log_entry_models.discard(wagtails)


@hooks.register("construct_homepage_panels")
def home(request: HttpRequest, panels: list[Any]) -> None:
    if access.may(request.user, access.VIEW_GIFTS) or access.may(request.user, access.VIEW_IMPACT):
        panels.insert(0, GivingPanel(request))


# After Wagtail's own: how many pages and pictures there are is nobody's first question.
@hooks.register("construct_homepage_summary_items", order=1000)
def summary(request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_help_menu")
def help_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Without what is new in Wagtail and its guide, whose badge counted on until each was put away."""
    items[:] = [item for item in items if not isinstance(item, DismissibleMenuItem)]


@hooks.register("register_icons")
def icons(known: list[str]) -> list[str]:
    return [*known, *(f"backoffice/icons/{name}.svg" for name in ("bo-gift", "bo-bank", "bo-plan"))]


@hooks.register("insert_global_admin_css")
def look() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("backoffice/backoffice.css"))


@hooks.register("insert_global_admin_js")
def script() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("backoffice/backoffice.js"))
