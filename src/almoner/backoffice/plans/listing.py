"""The list of regular gifts: newest first, searched, filtered and sorted, in the same few queries however many."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access
from almoner.backoffice.donor_lists import DonorList, donor_html
from almoner.backoffice.money import money_html
from almoner.backoffice.plans import wording
from almoner.backoffice.plans.filters import PlanFilters
from almoner.backoffice.tables import HtmlColumn, chips_html, moment_html, two_lines
from almoner.crm.shapes import PLAN_SHAPES
from almoner.kernel.references import shown_reference
from almoner.plans.models import Every, Plan

# Only what the cells show.
_COLUMNS = (
    "id", "reference", "created_at", "amount_minor", "cover_minor", "currency", "every", "anchor", "state", "next_on",
    "resume_on", "retry_at", "decline_code", "method", "method_label", "given_count", "contact__given_name",
    "contact__family_name", "contact__organisation", "contact__email", "contact__erased_at", "fund__name",
    "charity__name", "charity__timezone",
)  # fmt: skip


class PlanList(DonorList):
    model = Plan
    page_title = "Regular gifts"
    header_icon = "bo-plan"
    index_url_name = "backoffice:plans"
    index_results_url_name = "backoffice:plans_results"
    default_ordering = "-created_at"
    filterset_class = PlanFilters
    export_url_name = "backoffice:plans_export"
    shapes = [(shape.title, shape.name) for shape in PLAN_SHAPES.values()]

    def get_base_queryset(self) -> QuerySet[Plan]:
        return super().get_base_queryset().select_related("contact", "fund", "charity").only(*_COLUMNS)

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn("donor", label="Donor", cell=donor_link, classname="title"),
            HtmlColumn(
                "amount_minor", label="Gives", cell=_amount, sort_key="amount_minor", classname="bo-number"
            ),
            HtmlColumn("state", label="State", cell=lambda plan: chips_html(wording.chips(plan))),
            HtmlColumn("next_on", label="Next gift", cell=_next, sort_key="next_on"),
            HtmlColumn("given_count", label="Given", cell=_given, sort_key="given_count"),
            HtmlColumn("method", label="Paid by", cell=wording.method),
            HtmlColumn("fund", label="Fund", cell=lambda plan: plan.fund.name),
            HtmlColumn("created_at", label="Begun", cell=_begun, sort_key="created_at"),
        ]
        return self.with_charity(columns)

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.ENTER_GIFTS):
            return []
        url = reverse("backoffice:begin_plan")
        return [HeaderButton("Begin one by phone", url=url, icon_name="plus")]


def donor_link(plan: Plan) -> SafeString:
    return donor_html(plan.contact, reverse("backoffice:plan", args=[plan.pk]))


def _amount(plan: Plan) -> SafeString:
    return two_lines(money_html(plan.total_minor, plan.currency), wording.EVERY[Every(plan.every)])


def _next(plan: Plan) -> SafeString | str:
    if plan.next_on is not None:
        return f"{plan.next_on:%-d %b %Y}"
    if plan.resume_on is not None:
        return two_lines("", f"goes on {plan.resume_on:%-d %b %Y}")
    return ""


def _given(plan: Plan) -> SafeString:
    under = format_html('<span class="bo-reference">{}</span>', shown_reference(plan.reference))
    return two_lines("once" if plan.given_count == 1 else f"{plan.given_count} times", under)


def _begun(plan: Plan) -> SafeString | str:
    return moment_html(plan.created_at, ZoneInfo(plan.charity.timezone), with_time=False)
