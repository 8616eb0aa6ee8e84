"""The list of disputes: those that wait for an answer first, the soonest at the top."""

from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access
from almoner.backoffice.disputes.wording import chip, deadline, reason
from almoner.backoffice.money import money_html
from almoner.backoffice.tables import (
    HtmlColumn,
    RoomList,
    chip_html,
    link,
    made_at,
    two_lines,
)
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.payments.models import Dispute
from almoner.payments.transitions import DisputeState

_SHOWN = {
    "": (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW),
    "won": (DisputeState.WON, DisputeState.PREVENTED),
    "lost": (DisputeState.LOST,),
}
_LABELS = {"": "Open", "won": "Won", "lost": "Lost"}


class DisputeList(RoomList):
    model = Dispute
    permission = access.VIEW_GIFTS
    charity_path = "attempt__charity_id"
    page_title = "Disputes"
    header_icon = "warning"
    index_url_name = "backoffice:disputes"
    index_results_url_name = "backoffice:disputes_results"
    default_ordering = "respond_by"
    explanation = (
        "Payments that a donor’s bank questions. What isn’t answered in time is lost; a refund is not possible while a "
        "dispute is open."
    )

    def get_base_queryset(self) -> QuerySet[Dispute]:
        shown = _SHOWN.get(self.request.GET.get("state", ""), _SHOWN[""])
        rows = super().get_base_queryset().filter(state__in=shown)
        return rows.select_related("attempt__charity")

    def order_queryset(self, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        if self.ordering == self.default_ordering:
            return queryset.order_by(F("respond_by").asc(nulls_last=True), "created_at")
        return super().order_queryset(queryset)

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn(
                "respond_by", label="Answer by", cell=_deadline, sort_key="respond_by", classname="title"
            ),
            HtmlColumn(
                "amount_minor", label="Amount", cell=_amount, sort_key="amount_minor", classname="bo-number"
            ),
            HtmlColumn("gift", label="Gift", cell=self._gift),
            HtmlColumn("reason", label="Reason", cell=lambda row: reason(row.reason)),
            HtmlColumn("state", label="State", cell=lambda row: chip_html(chip(row))),
            made_at("Opened"),
        ]
        return self.with_charity(columns, of="attempt.charity.name")

    def get_table(self, object_list: Any) -> Any:
        """The gifts of the page's disputes, by one query: a payment knows none."""
        ids = [row.attempt.gift_id for row in object_list]
        self._gifts = Gift.objects.select_related("contact").in_bulk(ids)
        return super().get_table(object_list)

    def _gift(self, row: Dispute) -> object:
        gift = self._gifts.get(row.attempt.gift_id)
        return two_lines(gift.contact.name, shown_reference(gift.reference)) if gift is not None else ""

    @cached_property
    def header_buttons(self) -> list[Any]:
        here = self.request.GET.get("state", "")
        address = reverse("backoffice:disputes")
        return [
            HeaderButton(label, url=f"{address}?state={state}" if state else address)
            for state, label in _LABELS.items()
            if state != here
        ]


def _deadline(row: Dispute) -> object:
    return link(reverse("backoffice:dispute", args=[row.pk]), deadline(row))


def _amount(row: Dispute) -> object:
    return money_html(row.amount_minor, row.currency)
