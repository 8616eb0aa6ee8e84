"""A fence before Wagtail's own views: another charity's page, picture, document or device is not there.

Wagtail's views ask for permission when something is to be changed, and name the thing in their answer of refusal. So
the identifiers that an address carries, in its path or its query, are looked at here, before any view is called.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.views.defaults import page_not_found
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.admin.auth import permission_denied
from wagtail.models import Page, Revision, TaskState, WorkflowState

from almoner.backoffice import whose
from almoner.charities import reader

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_Own = Callable[[Any, set[str]], bool]

_STAFF_ROOT: Final = "/admin/"
_BULK: Final = "wagtail_bulk_action"
_CHOOSE_PAGE: Final = "wagtailadmin_choose_page"
# Views that are there for those who write pages, by the beginning of their names.
_FOR_WRITERS: Final = (
    "wagtailadmin_choose_", "wagtailadmin_tag_", "wagtailadmin_api:", "wagtailadmin_explore", "wagtailadmin_pages:",
    "wagtailadmin_reports:", "wagtailimages", "wagtaildocs", "wagtailembeds:", "wagtailadmin_block_preview", _BULK,
    "wagtailadmin_editing_sessions:",
)  # fmt: skip
# Its list is of every page there is; and a page that exists to fail.
_FOR_SUPERUSERS: Final = (
    "wagtailadmin_reports:page_types_usage", "wagtailadmin_reports:page_types_usage_results", "wagtailadmin_error_test",
)  # fmt: skip


def _all_in(found: Any, ids: set[str]) -> bool:
    numbers = {int(text) for text in ids if text.isdecimal()}
    return len(numbers) == len(ids) and found.filter(pk__in=numbers).count() == len(numbers)


def _pages(user: Any, ids: set[str]) -> bool:
    """The root of all pages is nobody's secret; Wagtail shows of its children those that one may explore."""
    roots = {
        str(pk) for pk in Page.objects.filter(depth=1, pk__in=_numbers(ids)).values_list("pk", flat=True)
    }
    return _all_in(whose.pages_of(user), ids - roots)


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(text) for text in ids if text.isdecimal()]


def _images(user: Any, ids: set[str]) -> bool:
    return _all_in(whose.images_of(user), ids)


def _documents(user: Any, ids: set[str]) -> bool:
    return _all_in(whose.documents_of(user), ids)


def _redirects(user: Any, ids: set[str]) -> bool:
    return _all_in(whose.redirects_of(user), ids)


def _devices(user: Any, ids: set[str]) -> bool:
    return _all_in(TOTPDevice.objects.filter(user_id=user.pk), ids)


def _of_own_page(model: Any, path: str, user: Any, ids: set[str]) -> bool:
    """Revisions and steps of workflows belong to a page, by its key as text."""
    found = model.objects.filter(pk__in=_numbers(ids)).values_list(path, flat=True)
    keys = set(found)
    return bool(keys) and _pages(user, {str(key) for key in keys})


# What the path's arguments name.
_ARGUMENTS: Final[dict[str, _Own]] = {
    "page_id": _pages, "parent_page_id": _pages, "page_to_move_id": _pages, "destination_id": _pages,
    "page_pk": _pages, "image_id": _images, "document_id": _documents, "doc_id": _documents,
    "redirect_id": _redirects,
    "revision_id": partial(_of_own_page, Revision, "object_id"),
    "workflow_state_id": partial(_of_own_page, WorkflowState, "object_id"),
    "task_state_id": partial(_of_own_page, TaskState, "workflow_state__object_id"),
}  # fmt: skip
# What `pk` names, by namespace.
_KEYS: Final[dict[str, _Own]] = {
    "wagtailadmin_api:pages": _pages, "wagtailadmin_api:images": _images, "wagtailadmin_api:documents": _documents,
    "wagtailimages_chooser": _images, "wagtaildocs_chooser": _documents,
}  # fmt: skip
_MODELS: Final[dict[str, _Own]] = {"page": _pages, "image": _images, "document": _documents}
# What stands in the query of a view, by its name: parameter -> what it names.
_QUERIES: Final[dict[str, dict[str, _Own]]] = {
    "wagtailadmin_choose_page_chosen_multiple": {"id": _pages},
    "wagtailimages_chooser:chosen_multiple": {"id": _images},
    "wagtaildocs_chooser:chosen_multiple": {"id": _documents},
}
# Where pages are to go, in the body.
_DESTINATIONS: Final = ("new_parent_page", "chooser")


class Fence:
    """Middleware: see the module. It stands behind whoever says who is asking."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reader.asking(request):
            return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not request.path_info.startswith(_STAFF_ROOT):
            return None
        user = request.user
        if user.is_superuser or not user.has_perm("wagtailadmin.access_admin"):
            # All is a superuser's to see; the others are sent to sign in by Wagtail.
            return None
        name = match.view_name
        if name in _FOR_SUPERUSERS or (name.startswith(_FOR_WRITERS) and not whose.writes_pages(user)):
            return permission_denied(request)
        if not is_own(user, request, match):
            return page_not_found(request, Exception(), template_name="wagtailadmin/404.html")
        return _answer(request, name, view)


def is_own(user: Any, request: HttpRequest, match: ResolverMatch) -> bool:
    """Whether everything that the address names is the reader's to know of."""
    return all(own(user, ids) for own, ids in _named(request, match) if ids)


def _named(request: HttpRequest, match: ResolverMatch) -> Iterable[tuple[_Own, set[str]]]:
    """(who says whether it is one's own, identifiers) of all that an address carries."""
    name, kwargs = match.view_name, match.kwargs
    for argument, own in _ARGUMENTS.items():
        if argument in kwargs:
            yield own, {str(kwargs[argument])}
    if "pk" in kwargs and match.namespace in _KEYS:
        yield _KEYS[match.namespace], {str(kwargs["pk"])}
    if "pk" in kwargs and name.startswith("wagtail_2fa_"):
        yield _devices, {str(kwargs["pk"])}
    if name == "wagtailadmin_pages:revisions_compare":
        yield _pages, {str(match.args[0])}
        yield (
            partial(_of_own_page, Revision, "object_id"),
            {text for text in match.args[1:] if text.isdecimal()},
        )
    if kwargs.get("model_name") in _MODELS and "object_id" in kwargs:
        yield _MODELS[kwargs["model_name"]], {str(kwargs["object_id"])}
    for parameter, own in _QUERIES.get(name, {}).items():
        yield own, set(request.GET.getlist(parameter))
    if name == _BULK:
        yield from _of_bulk(request, kwargs)
    if name == _BULK or name.startswith("wagtailadmin_pages:"):
        yield _pages, {value for field in _DESTINATIONS for value in request.POST.getlist(field) if value}


def _of_bulk(request: HttpRequest, kwargs: dict[str, Any]) -> Iterable[tuple[_Own, set[str]]]:
    """`id=all` means all children of `childOf`: without it, all pages that there are."""
    own = _MODELS.get(kwargs["model_name"])
    if own is None:
        return
    ids = set(request.GET.getlist("id"))
    if "all" in ids and own is _pages:
        yield own, {request.GET.get("childOf", "none")}
    yield own, ids - {"all"}


def _answer(
    request: HttpRequest, name: str, view: Callable[..., HttpResponseBase]
) -> HttpResponseBase | None:
    """Two views that would begin with what is everybody's begin with what is one's own."""
    if name == _CHOOSE_PAGE:
        return view(request, parent_page_id=whose.start_of(request.user).pk)
    if name.startswith("wagtailadmin_tag_"):
        term = request.GET.get("term", "")
        tags = whose.tags_of(request.user).filter(name__istartswith=term)[:10] if term else []
        return JsonResponse([tag.name for tag in tags], safe=False)
    return None
