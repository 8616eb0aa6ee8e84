"""The list of gifts: newest first, searched, filtered and sorted, in the same few queries however many there are."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.button import Button, HeaderButton

from almoner.backoffice import access, words
from almoner.backoffice.gifts.filters import GiftFilters
from almoner.backoffice.gifts.search import matching
from almoner.backoffice.money import money_html
from almoner.backoffice.tables import HtmlColumn, RoomList, chips_html, link, moment_html, two_lines
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


class GiftList(RoomList):
    model = Gift
    permission = access.VIEW_GIFTS
    page_title = "Gifts"
    header_icon = "bo-gift"
    index_url_name = "backoffice:gifts"
    index_results_url_name = "backoffice:gifts_results"
    default_ordering = "-given_at"
    filterset_class = GiftFilters
    is_searchable = True
    search_placeholder = "Name, email or reference"

    def get_base_queryset(self) -> QuerySet[Gift]:
        return listed(super().get_base_queryset())

    def search_queryset(self, queryset: QuerySet[Gift]) -> QuerySet[Gift]:
        if not self.is_searching:
            return queryset
        ids = [charity.pk for charity in access.charities(self.request)]
        return queryset.filter(matching(self.search_query, ids))

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
        if len(access.charities(self.request)) > 1:
            columns.insert(1, HtmlColumn("charity", label="Charity", cell=lambda gift: gift.charity.name))
        return columns

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

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.EXPORT_GIFTS):
            return []
        asked = urlencode([(k, v) for k, vs in self.request.GET.lists() for v in vs if k != "p"])
        url = f"{reverse('backoffice:gifts_export')}?{asked}"
        return [Button("Download as CSV", url=url, icon_name="download", priority=90)]


def _donor(gift: Gift) -> SafeString:
    contact = gift.contact
    name = "Erased" if contact.erased_at else contact.name or contact.email or "No name"
    under = format_html('<bdi class="bo-email">{}</bdi>', contact.email) if contact.email else ""
    url = reverse("backoffice:gift", args=[gift.pk])
    return two_lines(link(url, format_html("<bdi>{}</bdi>", name)), under)


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
