"""The list of gifts: newest first, searched, filtered and sorted, in the same few queries however many there are."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access, words
from almoner.backoffice.donor_lists import DonorList, donor_html
from almoner.backoffice.gifts.filters import GiftFilters
from almoner.backoffice.money import money_html
from almoner.backoffice.tables import HtmlColumn, chips_html, moment_html, two_lines
from almoner.crm.shapes import GIFT_SHAPES
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.payments.models import Attempt

# Only what the cells show: an address or a message of fifty people is not read for a list.
_COLUMNS = (
    "id", "reference", "given_at", "total_minor", "currency", "status", "flag", "settled_minor", "refunded_minor",
    "channel", "contact__given_name", "contact__family_name", "contact__organisation", "contact__email",
    "contact__erased_at", "fund__name", "form__title", "charity__name", "charity__timezone",
)  # fmt: skip


def listed(gifts: QuerySet[Gift]) -> QuerySet[Gift]:
    """With what a row shows, in one query."""
    return gifts.select_related("contact", "fund", "form", "charity").only(*_COLUMNS)


class GiftList(DonorList):
    model = Gift
    page_title = "Gifts"
    header_icon = "bo-gift"
    index_url_name = "backoffice:gifts"
    index_results_url_name = "backoffice:gifts_results"
    default_ordering = "-given_at"
    filterset_class = GiftFilters
    export_url_name = "backoffice:gifts_export"
    shapes = [(shape.title, shape.name) for shape in GIFT_SHAPES.values()]

    def get_base_queryset(self) -> QuerySet[Gift]:
        return listed(super().get_base_queryset())

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn("donor", label="Donor", cell=_donor, classname="title"),
            HtmlColumn("given_at", label="Given", cell=_given, sort_key="given_at"),
            HtmlColumn(
                "total_minor", label="Amount", cell=_amount, sort_key="total_minor", classname="bo-number"
            ),
            HtmlColumn("status", label="Status", cell=lambda gift: chips_html(words.chips(gift))),
            HtmlColumn("through", label="Through", cell=self._through),
            HtmlColumn("fund", label="Fund", cell=lambda gift: gift.fund.name),
            HtmlColumn("reference", label="Reference", cell=_reference),
        ]
        return self.with_charity(columns)

    def get_table(self, object_list: Any) -> Any:
        """The methods of the page's gifts, by one query: an attempt knows its gift, and not the other way round."""
        attempts = Attempt.objects.filter(gift_id__in=[gift.pk for gift in object_list]).order_by("ordinal")
        self._methods = dict(attempts.values_list("gift_id", "method"))
        return super().get_table(object_list)

    def _through(self, gift: Gift) -> SafeString:
        where = gift.form.title if gift.form is not None else words.channel(gift.channel)
        method = self._methods.get(gift.pk, "")
        return two_lines(where, words.method(method) if method and method != gift.channel else "")

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.ENTER_GIFTS):
            return []
        return [HeaderButton("Enter a gift", url=reverse("backoffice:enter_gift"), icon_name="plus")]


def _donor(gift: Gift) -> SafeString:
    return donor_html(gift.contact, reverse("backoffice:gift", args=[gift.pk]))


def _given(gift: Gift) -> SafeString | str:
    online = gift.channel == Gift.Channel.ONLINE
    return moment_html(gift.given_at, ZoneInfo(gift.charity.timezone), with_time=online)


def _amount(gift: Gift) -> SafeString:
    amount = money_html(gift.total_minor, gift.currency)
    if gift.refunded_minor:
        return two_lines(amount, format_html("− {}", money_html(gift.refunded_minor, gift.currency)))
    return amount


def _reference(gift: Gift) -> SafeString:
    return format_html('<span class="bo-reference">{}</span>', shown_reference(gift.reference))
