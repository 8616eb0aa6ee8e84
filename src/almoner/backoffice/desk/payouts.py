"""Payouts: what each gateway has sent to the bank, and the credit on the statement that it is."""

from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from almoner.backoffice import access
from almoner.backoffice.money import money_html
from almoner.backoffice.tables import (
    HtmlColumn,
    RoomList,
    chip_html,
    link,
    made_at,
    two_lines,
)
from almoner.backoffice.words import Chip
from almoner.payments.models import Payout
from almoner.payments.transitions import PayoutState

_CHIPS: Final = {
    PayoutState.IN_TRANSIT: Chip("On its way", "wait"),
    PayoutState.PAID: Chip("Not on a statement yet", "wait"),
    PayoutState.BANKED: Chip("On the statement", "good"),
    PayoutState.FAILED: Chip("Refused by the bank", "bad"),
    PayoutState.CANCELLED: Chip("Cancelled", "quiet"),
}


class PayoutList(RoomList):
    model = Payout
    permission = access.VIEW_GIFTS
    page_title = "Payouts"
    header_icon = "bo-bank"
    index_url_name = "backoffice:payouts"
    index_results_url_name = "backoffice:payouts_results"
    default_ordering = "-created_at"
    explanation = (
        "What each gateway has sent to your bank account. A credit on a statement that names the gateway, or the "
        "payout’s reference, and has its amount is matched by itself; others are suggested on the credit’s page."
    )

    def get_base_queryset(self) -> QuerySet[Payout]:
        return super().get_base_queryset().select_related("charity", "bank_credit")

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            made_at("Sent", classname="title"),
            HtmlColumn("gateway", label="Gateway", cell=lambda payout: payout.gateway),
            HtmlColumn("gateway_id", label="Its number there", cell=_number),
            HtmlColumn(
                "arrives_on",
                label="Due on",
                cell=lambda payout: f"{payout.arrives_on:%-d %b %Y}",
                sort_key="arrives_on",
            ),
            HtmlColumn("amount", label="Amount", cell=_amount, classname="bo-number"),
            HtmlColumn("state", label="State", cell=_state),
        ]
        return self.with_charity(columns)


def _number(payout: Payout) -> object:
    """Under it what the bank's statement will show, where the gateway says so."""
    shown = payout.reference if payout.reference != payout.gateway_id else ""
    return two_lines(payout.gateway_id, shown)


def _amount(payout: Payout) -> object:
    return money_html(payout.amount_minor, payout.currency)


def _state(payout: Payout) -> object:
    chip = chip_html(_CHIPS[PayoutState(payout.state)])
    credit = getattr(payout, "bank_credit", None)
    return link(reverse("backoffice:credit", args=[credit.pk]), chip) if credit is not None else chip
