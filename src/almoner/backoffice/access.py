"""Who may see and do what. Every view of this room is guarded by `needs`, and every row comes through `within`.

A row of a charity that is not one's own answers 404, as if it didn't exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from wagtail.permission_policies.base import BasePermissionPolicy

from almoner.charities.models import Charity
from almoner.charities.scope import charities_of

VIEW_GIFTS: Final = "view_gifts"
ENTER_GIFTS: Final = "enter_gifts"
BOOK_BANK: Final = "book_bank"
REFUND_GIFTS: Final = "refund_gifts"
EXPORT_GIFTS: Final = "export_gifts"
RESEND_RECEIPTS: Final = "resend_receipts"
ERASE_DONORS: Final = "erase_donors"
EDIT_FORMS: Final = "edit_forms"
EDIT_CHARITIES: Final = "edit_charities"
VIEW_REPORTS: Final = "view_reports"
VIEW_AUDIT: Final = "view_audit"
CLOSE_BOOKS: Final = "close_books"
MANAGE_ATTACKS: Final = "manage_attacks"
ANSWER_DISPUTES: Final = "answer_disputes"
VIEW_IMPACT: Final = "view_impact"
ENTER_FIGURES: Final = "enter_figures"
VERIFY_FIGURES: Final = "verify_figures"
EDIT_PROGRAMMES: Final = "edit_programmes"
# Not a permission that a group could be given: making legal entities and naming who works for them.
SUPERUSER: Final = "superuser"

_P = ParamSpec("_P")
_M = TypeVar("_M", bound=Model)
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def may(user: Any, permission: str) -> bool:
    """Whether a member of staff has a permission of this room, for any charity of theirs."""
    if permission == SUPERUSER:
        return bool(user.is_active and user.is_superuser)
    return bool(user.has_perm(f"backoffice.{permission}"))


def needs(permission: str) -> Callable[[_View[_P]], _View[_P]]:
    """Guard a view. Without the permission Wagtail sends the reader home with a word of explanation."""

    def decorate(view: _View[_P]) -> _View[_P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            if not may(request.user, permission):
                raise PermissionDenied
            in_charity_time(request)
            return view(request, *args, **kwargs)

        return cast("_View[_P]", guarded)

    return decorate


def charities(request: HttpRequest) -> tuple[Charity, ...]:
    """The reader's charities, the default one first: one query a request."""
    known: tuple[Charity, ...] | None = getattr(request, "_charities", None)
    if known is None:
        known = tuple(charities_of(request.user).defer("logo_svg").order_by("-is_default", "name"))
        request._charities = known  # type: ignore[attr-defined]
    return known


def within(queryset: QuerySet[_M], request: HttpRequest, path: str = "charity_id") -> QuerySet[_M]:
    """Only the rows of the reader's charities. One charity is an equality, so that its indexes give the order too."""
    ids = [charity.pk for charity in charities(request)]
    lookup: dict[str, Any] = {path: ids[0]} if len(ids) == 1 else {f"{path}__in": ids}
    return queryset.filter(**lookup)


def one_of(queryset: QuerySet[_M], request: HttpRequest, *, path: str = "charity_id", **lookup: object) -> _M:
    """The row, or 404 when it doesn't exist or is another charity's."""
    return get_object_or_404(within(queryset, request, path), **lookup)


def in_charity_time(request: HttpRequest) -> None:
    """Dates are read and shown in the time zone of the reader's first charity. Wagtail restores its own afterwards."""
    own = charities(request)
    if own:
        timezone.activate(ZoneInfo(own[0].timezone))


class RoomPolicy(BasePermissionPolicy):
    """For Wagtail's generic views: one permission for all they do, and only rows of one's charities.

    `adding` names who may add, where that differs; nobody deletes.
    """

    def __init__(
        self, model: type[Model], permission: str, *, path: str = "charity", adding: str = ""
    ) -> None:
        super().__init__(model)
        self._permission = permission
        self._path = path
        self._adding = adding or permission

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == "delete":
            return False
        return may(user, self._adding if action == "add" else self._permission)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if not self.user_has_permission(user, action):
            return False
        own = self.instances_user_has_any_permission_for(user, [action])
        return own.filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[Any]:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(**{f"{self._path}__in": charities_of(user)})
