"""Wagtail's lists and choices, narrowed to what the reader may know of.

Where Wagtail has a hook it is used. Choices of its filters have none: their sources are replaced here, by name, and
`test_canaries` fails when a release of Wagtail moves one.
"""

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin import filters as admin_filters
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.pages.listing import PageFilterSet
from wagtail.admin.views.reports import audit_logging, locked_pages
from wagtail.admin.views.reports.workflows import WorkflowReportFilterSet, WorkflowTasksReportFilterSet
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.views import chooser as image_chooser
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page

from almoner.backoffice import reviewing, trees, whose
from almoner.charities.scope import charities_of

# Shown to those who have something to do with pages; the last one names every page of the installation.
_OF_PAGES: Final = frozenset({"locked-pages", "workflows", "workflow-tasks", "site-history", "aging-pages"})
_OF_ALL: Final = "page-types-usage"


@hooks.register("construct_page_chooser_queryset")
def choosable(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=whose.pages_of(request.user).values("pk"))


@hooks.register("construct_reports_menu")
def reports(request: HttpRequest, items: list[MenuItem]) -> None:
    hidden = set() if request.user.is_superuser else {_OF_ALL}
    if not whose.writes_pages(request.user):
        hidden |= _OF_PAGES
    items[:] = [item for item in items if item.name not in hidden]


class OwnPages(PagesAdminAPIViewSet):
    # The screens only read by it. What it could do calls no hook, and so would pass by publishing's gate.
    actions: ClassVar[dict[str, Any]] = {}

    def get_base_queryset(self) -> QuerySet[Page]:
        found = super().get_base_queryset()
        return found.filter(pk__in=whose.pages_of(self.request.user).values("pk"))


class OwnImages(ImagesAdminAPIViewSet):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(pk__in=whose.images_of(self.request.user).values("pk"))


class OwnDocuments(DocumentsAdminAPIViewSet):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(pk__in=whose.documents_of(self.request.user).values("pk"))


# After Wagtail's own apps have registered theirs: the last of a name stands.
@hooks.register("construct_admin_api", order=100)
def api(router: WagtailAPIRouter) -> None:
    router.register_endpoint("pages", OwnPages)
    router.register_endpoint("images", OwnImages)
    router.register_endpoint("documents", OwnDocuments)


def narrow_filters() -> None:
    """The names of people, sites and tags that Wagtail's lists offer to filter by. Called once, by `wagtail_hooks`."""
    for name in ("owner", "edited_by"):
        narrow(PageFilterSet.declared_filters[name], whose.people_of)
    narrow(PageFilterSet.declared_filters["site"], lambda user: trees.sites_of(charities_of(user)))
    narrow(locked_pages.LockedPagesReportFilterSet.declared_filters["locked_by"], whose.people_of)
    narrow(WorkflowReportFilterSet.base_filters["requested_by"], whose.people_of)
    for filters in (WorkflowReportFilterSet, WorkflowTasksReportFilterSet):
        narrow(filters.base_filters["workflow"], lambda user: reviewing.workflows_of(whose.groups_of(user)))
    narrow(
        WorkflowTasksReportFilterSet.base_filters["task"],
        lambda user: reviewing.tasks_of(whose.groups_of(user)),
    )
    audit_logging.SiteHistoryReportFilterSet.get_users_queryset = _people_in_history
    admin_filters.popular_tags_for_model = _popular_tags
    image_chooser.popular_tags_for_model = _popular_tags


def narrow(offered: Any, of: Any) -> None:
    """Keep of a filter's choices those that `of` gives for the reader."""
    source = offered.queryset

    def narrowed(request: HttpRequest) -> QuerySet[Any]:
        all_of_them = source(request) if callable(source) else source.all()
        if request.user.is_superuser:
            return all_of_them
        return all_of_them.filter(pk__in=of(request.user).values("pk"))

    offered.queryset = narrowed


def _people_in_history(filters: Any) -> QuerySet[Any]:
    """Wagtail asks for the people of every entry, not of those that the reader may see."""
    user = filters.request.user
    found: QuerySet[Any] = audit_logging.get_users_for_filter(user)
    return found.filter(pk__in=whose.people_of(user).values("pk"))


def _popular_tags(model: type[Any], count: int = 10) -> QuerySet[Any]:
    """Wagtail's own, of the reader's things only. Whose request it is stands in its log's context."""
    user = get_active_log_context().user
    tags = whose.tags_of(user).filter(taggit_taggeditem_items__content_type__model=model._meta.model_name)
    return tags.distinct()[:count]
