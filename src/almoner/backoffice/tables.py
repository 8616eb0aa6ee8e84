"""Lists: Wagtail's own listing, with a count that stops counting and cells that are written without a template."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, Table
from wagtail.admin.views import generic

from almoner.backoffice.access import RoomPolicy, charities, in_charity_time, within
from almoner.backoffice.words import Chip
from almoner.charities.templatetags.staff_lists import cell_html, joined, row_html, stacked_html, title_html

# Nobody pages further; they search or filter. Counting a million rows to say so would cost more than the page.
MOST_COUNTED: Final = 10_000


class CappedPaginator(WagtailPaginator):
    """Counts to 10,000 and then says "more than 10,000"; later pages than those aren't offered."""

    @cached_property
    def counted(self) -> int:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        return int(self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.counted, MOST_COUNTED)

    @cached_property
    def items_count_label(self) -> str:
        if self.counted > MOST_COUNTED:
            return f"more than {MOST_COUNTED:,} {self.verbose_name_plural}"
        noun = self.verbose_name if self.counted == 1 else self.verbose_name_plural
        return f"{self.counted:,} {noun}"


class HtmlColumn(Column):
    """A column whose cells a function makes from the row: text, or SafeString when it holds markup."""

    def __init__(self, name: str, *, cell: Callable[[Any], object], label: str = "", **options: Any) -> None:
        super().__init__(name, label=label, **options)
        self._cell = cell

    def render_header_html(self, parent_context: Any) -> SafeString:
        made = str(super().render_header_html(parent_context))
        return mark_safe(made.replace("<th ", '<th role="columnheader" ', 1))  # noqa: S308 (Wagtail's own template)

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        classes = str(self.classname or "")
        if "title" in classes.split():
            return title_html(self._cell(instance), classes)
        return cell_html(self.label, self._cell(instance), classes)


class StackedTable(Table):
    """Wagtail's table, of `HtmlColumn`s, written as all lists of staff's are; named as its page is."""

    def render_html(self, parent_context: Any = None) -> SafeString:
        context = self.get_context_data(parent_context)
        columns = self.columns.values()
        rows = [
            row_html(joined(column.render_cell_html(each, context) for column in columns))
            for each in self.data
        ]
        return stacked_html(
            parent_context["view"].page_title,
            [column.render_header_html(context) for column in columns],
            joined(rows),
            sorts=any(column.sort_key for column in columns),
        )


def made_at(label: str, **options: Any) -> HtmlColumn:
    """When a row was made, which the list may be sorted by."""
    return HtmlColumn(
        "created_at",
        label=label,
        cell=lambda row: moment_html(row.created_at),
        sort_key="created_at",
        **options,
    )


class RoomList(generic.IndexView):
    """A list of one charity-scoped model. Subclasses name the model, the permission and the columns."""

    permission = ""
    # The way from a row to its charity.
    charity_path = "charity_id"
    any_permission_required = ["view"]
    paginate_by = 50
    paginator_class = CappedPaginator
    table_class = StackedTable
    results_template_name = "backoffice/list_results.html"
    search_placeholder = ""
    is_searchable = False
    explanation = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # Wagtail's own export would pass by our scope's audit and our cells' cleaning.
        self.is_export = False

    @cached_property
    def permission_policy(self) -> RoomPolicy:
        return RoomPolicy(self.model, self.permission)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        in_charity_time(request)
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            # Now, while the charity's time zone is active: Wagtail renders later, in the reader's own.
            response.render()
        return response

    def get_base_queryset(self) -> QuerySet[Any]:
        return within(self.model._default_manager.all(), self.request, self.charity_path)

    def get_search_form(self) -> SearchForm | None:
        if not self.is_searchable:
            return None
        data = self.request.GET if self.search_kwarg in self.request.GET else None
        return SearchForm(data, placeholder=self.search_placeholder)

    def with_charity(self, columns: list[HtmlColumn], *, of: str = "charity.name") -> list[HtmlColumn]:
        """The charity stands second, for who works for several. `of`: the way from a row to its name."""
        if len(charities(self.request)) <= 1:
            return columns
        return [columns[0], HtmlColumn("charity", label="Charity", cell=attrgetter(of)), *columns[1:]]

    def get_edit_url(self, instance: Model) -> str | None:
        return None


def chip_html(chip: Chip) -> SafeString:
    return format_html('<span class="bo-chip bo-chip--{}">{}</span>', chip.tone, chip.label)


def chips_html(chips: list[Chip]) -> SafeString:
    return format_html_join(" ", "{}", [(chip_html(chip),) for chip in chips])


def link(url: str, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


def two_lines(first: object, second: object) -> SafeString:
    """What matters, and under it what helps."""
    if not second:
        return format_html("{}", first)
    return format_html('{}<span class="bo-under">{}</span>', first, second)


def moment_html(
    moment: datetime | None, zone: ZoneInfo | None = None, *, with_time: bool = True
) -> SafeString | str:
    """A date, and under it the time: in `zone`, else in the one that is active."""
    if moment is None:
        return ""
    local = localtime(moment, zone)
    return two_lines(f"{local:%-d %b %Y}", f"{local:%H:%M}" if with_time else "")
