"""The audit log: who did what, when. It can be read and not changed: the database refuses, and the chain would show."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from almoner.backoffice import access
from almoner.backoffice.money import money
from almoner.backoffice.tables import HtmlColumn, RoomList, link, moment_html
from almoner.charities import audit
from almoner.charities.models import AuditEntry
from almoner.kernel.money import CURRENCIES


class AuditFilters(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(field_name="at", widget=DateRangePickerWidget, label="When")
    actor_name = django_filters.CharFilter(label="Who (user name)", lookup_expr="iexact")
    action = django_filters.CharFilter(label="Act", lookup_expr="icontains")
    object_id = django_filters.CharFilter(label="Identifier")

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()


class AuditLog(RoomList):
    """Entries of the reader's charities; a superuser sees those of the whole installation too."""

    model = AuditEntry
    permission = access.VIEW_AUDIT
    page_title = "Audit log"
    header_icon = "history"
    index_url_name = "backoffice:audit"
    index_results_url_name = "backoffice:audit_results"
    default_ordering = "-id"
    filterset_class = AuditFilters
    results_template_name = "backoffice/audit_results.html"
    explanation = (
        "Every act of staff. The database refuses to change or remove an entry, and each carries a hash over the one "
        "before it. Titles of stories and what changed in them stand under Reports: Site history."
    )

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        entries = AuditEntry.objects.select_related("charity")
        return entries if self.request.user.is_superuser else access.within(entries, self.request)

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        return [
            HtmlColumn("at", label="When", cell=lambda entry: moment_html(entry.at)),
            HtmlColumn("actor", label="Who", cell=lambda entry: entry.actor_name),
            HtmlColumn("action", label="Act", cell=lambda entry: entry.action.capitalize()),
            HtmlColumn("object", label="On", cell=_object),
            HtmlColumn(
                "charity", label="Charity", cell=lambda entry: entry.charity.name if entry.charity else ""
            ),
            HtmlColumn("detail", label="Detail", cell=_detail, classname="bo-wrap"),
            HtmlColumn(
                "hash", label="Hash", cell=lambda entry: format_html("<code>{}</code>", entry.hash[:10])
            ),
        ]

    def get_valid_orderings(self) -> list[str]:
        return ["-id"]


def _object(entry: AuditEntry) -> SafeString:
    short = entry.object_id[:8]
    if entry.object_type == "gift":
        return link(reverse("backoffice:gift", args=[entry.object_id]), f"gift {short}")
    return format_html('<span title="{}">{} {}</span>', entry.object_id, entry.object_type, short)


def _detail(entry: AuditEntry) -> str:
    currency = str(entry.detail.get("currency", ""))
    parts = [_said(name, value, currency) for name, value in entry.detail.items() if name != "currency"]
    return ", ".join(parts)


def _said(name: str, value: object, currency: str) -> str:
    if name.endswith("_minor") and isinstance(value, int) and currency in CURRENCIES:
        return f"{name.removesuffix('_minor').replace('_', ' ')}: {money(value, currency)}"
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{name.replace('_', ' ')}: {shown}"


@require_POST
@access.needs(access.VIEW_AUDIT)
def check_chain(request: HttpRequest) -> HttpResponse:
    """Recompute every hash: a log is worth what somebody checks of it."""
    broken, number = list(audit.broken_links()), AuditEntry.objects.count()
    own = access.charities(request)
    # That somebody checked, and what came of it, is worth as much as the check.
    audit.record(
        actor=request.user,
        charity=own[0] if len(own) == 1 else None,
        action="check audit log",
        object_type="audit log",
        object_id="",
        detail={"entries": number, "broken": len(broken)},
    )
    if broken:
        messages.error(
            request,
            f"The chain is broken at {broken[0]} ({len(broken)} in all). Keep a copy, and ask for help.",
        )
    else:
        messages.success(request, f"The chain holds: {number:,} entries checked.")
    return redirect("backoffice:audit")
