"""The list of regular gifts as CSV, ours or in another system's shape: the same search and filters, the same charities,
and a line in the audit log."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.donor_lists import asked_for, note_export
from almoner.backoffice.exports import csv_response
from almoner.backoffice.plans import wording
from almoner.backoffice.plans.filters import PlanFilters
from almoner.crm.shapes import PLAN_SHAPES, lines
from almoner.giving.models import DonationForm
from almoner.kernel.money import format_plain
from almoner.plans.models import Every, Plan

_HEADER: Final = (
    "Reference", "Charity", "Begun", "State", "Gift", "Cover", "Total", "Currency", "How often", "Day", "Next gift",
    "Ends on", "Ends after", "Given", "Paid by", "Expires", "Cancelled", "Reason", "Fund", "Form", "First name",
    "Family name", "Organisation", "Email", "Phone", "Country", "Postcode",
)  # fmt: skip


@require_safe
@access.needs(access.EXPORT_GIFTS)
def export(request: HttpRequest) -> StreamingHttpResponse:
    plans, name = asked_for(Plan.objects.all(), PlanFilters, request), request.GET.get("as", "")
    shape = PLAN_SHAPES.get(name)
    if name and shape is None:
        raise Http404
    note_export(request, "plans", shape=name or "csv")
    if shape is not None:
        return csv_response(f"{name}-{timezone.localdate():%Y-%m-%d}.csv", shape.header, lines(shape, plans))
    plans = plans.select_related("charity", "contact", "fund").order_by("-created_at", "-id")
    titles = dict(access.within(DonationForm.objects.all(), request).values_list("pk", "title"))
    rows = (_row(plan, titles) for plan in plans.iterator(chunk_size=1000))
    return csv_response(f"regular-gifts-{timezone.localdate():%Y-%m-%d}.csv", _HEADER, rows)


def _row(plan: Plan, titles: dict[int, str]) -> Iterator[object]:
    zone, contact, address = ZoneInfo(plan.charity.timezone), plan.contact, plan.contact.address or {}
    cancelled = f"{plan.cancelled_at.astimezone(zone):%Y-%m-%d}" if plan.cancelled_at else ""
    yield from (
        plan.reference, plan.charity.name, f"{plan.created_at.astimezone(zone):%Y-%m-%d}",
        wording.chips(plan)[0].label,
        *(format_plain(minor, plan.currency) for minor in (plan.amount_minor, plan.cover_minor, plan.total_minor)),
        plan.currency, wording.EVERY[Every(plan.every)], plan.anchor.day, plan.next_on or "", plan.ends_on or "",
        plan.ends_after or "", plan.given_count, wording.method(plan), plan.method_expires, cancelled,
        wording.reason(plan.cancel_reason) if plan.cancel_reason else "", plan.fund.name,
        titles.get(plan.form_id or 0, ""), contact.given_name, contact.family_name, contact.organisation, contact.email,
        contact.phone, address.get("country", ""), address.get("postcode", ""),
    )  # fmt: skip
