"""What saving a charity or a fund has in common: an audit entry and the content's stamp, in the same transaction."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.viewsets.model import ModelViewSet

from almoner.backoffice import access
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.sites import bump


def kept(
    request: HttpRequest,
    *,
    charity: Charity,
    act: str,
    object_type: str,
    object_id: object,
    changed: list[str],
) -> None:
    """Names of changed fields only: never what stands in them."""
    audit.record(
        actor=request.user,
        charity=charity,
        action=act,
        object_type=object_type,
        object_id=object_id,
        detail={"fields": sorted(changed)},
    )
    bump(charity.pk)


class Own:
    """Only rows of the reader's charities; any other is not there."""

    request: HttpRequest
    model: Any
    charity_path = "charity_id"

    def get_queryset(self) -> QuerySet[Any]:
        return access.within(self.model._default_manager.all(), self.request, self.charity_path)


class AsksWho:
    """Gives the form the reader, and comes back to it after saving."""

    request: HttpRequest
    edit_url_name: str
    object: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"for_user": self.request.user}  # type: ignore[misc]  # of the view

    def get_success_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer([])


class PlainViewSet(ModelViewSet):
    """A list, a page to add and one to change. No other of Wagtail's addresses: they would not ask whose row it is."""

    add_to_reference_index = False
    copy_view_enabled = False
    add_to_settings_menu = True

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        hidden = {"history_url_name": None, "usage_url_name": None, "delete_url_name": None}
        return super().get_common_view_kwargs(**kwargs) | hidden

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
        ]

    def get_permissions_to_register(self) -> QuerySet[Any]:
        return super().get_permissions_to_register().none()

    def register_admin_url_finder(self) -> None:
        """Nothing links here from elsewhere."""
