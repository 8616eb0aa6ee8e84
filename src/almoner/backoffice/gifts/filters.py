"""What the list of gifts can be narrowed by. The list, the export and the links of the home panel share it."""

from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.admin.filters import DateRangePickerWidget

from almoner.backoffice import words
from almoner.backoffice.donor_lists import OwnFilters
from almoner.backoffice.money import MoneyInput
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.kernel.money import CURRENCIES, AmountInvalid, exponent, parse_amount
from almoner.payments.gateways import gateways
from almoner.payments.models import Attempt
from almoner.receipts.models import ReceiptSeal

_STATUSES: Final = [
    (GiftStatus.SETTLED.value, "Paid"),
    ("refunded", "Refunded, whole or in part"),
    (GiftStatus.AWAITING.value, "Awaiting transfer"),
    (GiftStatus.PROCESSING.value, "Processing"),
    (GiftStatus.UNKNOWN.value, "Outcome not known"),
    (GiftStatus.PENDING.value, "Being paid"),
    (GiftStatus.RETURNED.value, "Returned by the bank"),
    (GiftStatus.FAILED.value, "Not paid"),
    ("flagged", "Needs a person: paid twice, or amounts differ"),
    ("spelt_out", "Needs a person: a name spelt out on the receipt"),
]
_SOURCE_FIELDS: Final = ("appeal", "utm_source", "utm_campaign", "referrer_host", "page_url")


class GiftFilters(OwnFilters):
    """Narrows a queryset of gifts. Its choices are those of the reader's charities."""

    charity = django_filters.ModelChoiceFilter(
        queryset=Charity.objects.none(), empty_label="All", label="Charity"
    )
    status = django_filters.MultipleChoiceFilter(
        choices=_STATUSES, widget=forms.CheckboxSelectMultiple, label="Status", method="by_status"
    )
    given = django_filters.DateFromToRangeFilter(
        field_name="given_at", widget=DateRangePickerWidget, label="Given"
    )
    paid = django_filters.DateFromToRangeFilter(
        field_name="settled_at", widget=DateRangePickerWidget, label="Paid"
    )
    smallest = django_filters.CharFilter(label="Amount from", widget=MoneyInput(), method="by_smallest")
    largest = django_filters.CharFilter(label="Amount up to", widget=MoneyInput(), method="by_largest")
    form = django_filters.ModelChoiceFilter(
        queryset=DonationForm.objects.none(), empty_label="All", label="Form"
    )
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.none(), empty_label="All", label="Fund")
    channel = django_filters.ChoiceFilter(
        choices=[(code, words.channel(code)) for code in Gift.Channel.values],
        empty_label="All",
        label="Channel",
    )
    method = django_filters.ChoiceFilter(choices=[], empty_label="All", label="Paid by", method="by_method")
    source = django_filters.CharFilter(label="Story, appeal, campaign or site", method="by_source")

    class Meta:
        model = Gift
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        self.filters["method"].extra["choices"] = _methods()

    def by_status(self, gifts: QuerySet[Gift], name: str, chosen: list[str]) -> QuerySet[Gift]:
        if not chosen:
            return gifts
        wanted = Q(status__in=[code for code in chosen if code in GiftStatus.values])
        if "refunded" in chosen:
            wanted |= Q(refunded_minor__gt=0)
        if "flagged" in chosen:
            wanted |= ~Q(flag="")
        if "spelt_out" in chosen:
            wanted |= Q(Exists(spelt_out().filter(receipt__gift=OuterRef("pk"))))
        return gifts.filter(wanted)

    def by_smallest(self, gifts: QuerySet[Gift], name: str, text: str) -> QuerySet[Gift]:
        return _by_amount(gifts, text, "total_minor__gte")

    def by_largest(self, gifts: QuerySet[Gift], name: str, text: str) -> QuerySet[Gift]:
        return _by_amount(gifts, text, "total_minor__lte")

    def by_method(self, gifts: QuerySet[Gift], name: str, code: str) -> QuerySet[Gift]:
        return gifts.filter(Exists(Attempt.objects.filter(gift_id=OuterRef("pk"), method=code)))

    def by_source(self, gifts: QuerySet[Gift], name: str, text: str) -> QuerySet[Gift]:
        """ "direct" finds the online gifts that carried nothing of where they came from."""
        text = text.replace("\0", "")
        if text.lower() == "direct":
            return gifts.filter(source__isnull=True, channel=Gift.Channel.ONLINE)
        wanted = Q(source__story_title=text)
        for field in _SOURCE_FIELDS:
            wanted |= Q(**{f"source__{field}": text})
        return gifts.filter(wanted)


def spelt_out() -> QuerySet[ReceiptSeal]:
    """Of receipts that hold: something on them couldn't be set in its own script."""
    return ReceiptSeal.objects.filter(transliterated=True, receipt__cancellation__isnull=True)


def _methods() -> list[tuple[str, str]]:
    offered = [method.code for gateway in gateways().values() for method in gateway.capabilities().methods]
    return [(code, words.method(code)) for code in offered]


def _by_amount(gifts: QuerySet[Gift], text: str, lookup: str) -> QuerySet[Gift]:
    """Major units mean another number of minor ones in yen and in dinars."""
    wanted, text = Q(), text.strip().lstrip("$€£¥₹ ")
    for decimals, of_these in _BY_DECIMALS.items():
        try:
            amount_minor = parse_amount(text, of_these[0])
        except AmountInvalid:
            continue
        currencies = ~Q(currency__in=_UNUSUAL) if decimals == 2 else Q(currency__in=of_these)
        wanted |= currencies & Q(**{lookup: amount_minor})
    return gifts.filter(wanted) if wanted else gifts.none()


_BY_DECIMALS: Final = {
    decimals: sorted(code for code in CURRENCIES if exponent(code) == decimals) for decimals in (2, 0, 3)
}
_UNUSUAL: Final = sorted(code for code in CURRENCIES if exponent(code) != 2)
