"""The list of gifts as CSV, ours or in another system's shape: the same search and filters, the same charities, and a
line in the audit log."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from almoner.backoffice import access, words
from almoner.backoffice.donor_lists import asked_for, note_export
from almoner.backoffice.exports import csv_response
from almoner.backoffice.gifts.filters import GiftFilters
from almoner.crm.shapes import GIFT_SHAPES, lines
from almoner.giving.models import Gift
from almoner.kernel.money import format_plain
from almoner.payments.models import Attempt

_HEADER: Final = (
    "Reference", "Charity", "Given", "Paid on", "Status", "Gift", "Cover", "Total", "Settled", "Refunded", "Currency",
    "Fund", "Form", "Channel", "Method", "First name", "Family name", "Organisation", "Email", "Phone", "Country",
    "Postcode", "In memory or honour", "Of", "Message", "Anonymous", "Story", "Appeal", "utm_source", "utm_medium",
    "utm_campaign", "Referrer", "Page (as it says)", "Given in return", "Worth",
)  # fmt: skip
_AT_ONCE: Final = 1000


@require_safe
@access.needs(access.EXPORT_GIFTS)
def export(request: HttpRequest) -> StreamingHttpResponse:
    gifts, name = asked_for(Gift.objects.all(), GiftFilters, request), request.GET.get("as", "")
    shape = GIFT_SHAPES.get(name)
    if name and shape is None:
        raise Http404
    note_export(request, "gifts", shape=name or "csv")
    if shape is not None:
        return csv_response(f"{name}-{timezone.localdate():%Y-%m-%d}.csv", shape.header, lines(shape, gifts))
    gifts = gifts.select_related("charity", "contact", "fund", "form", "source").order_by("-given_at", "-id")
    return csv_response(f"gifts-{timezone.localdate():%Y-%m-%d}.csv", _HEADER, _rows(gifts))


def _rows(gifts: QuerySet[Gift]) -> Iterator[list[object]]:
    page: list[Gift] = []
    for gift in gifts.iterator(chunk_size=_AT_ONCE):
        page.append(gift)
        if len(page) >= _AT_ONCE:
            yield from _page(page)
            page = []
    yield from _page(page)


def _page(gifts: list[Gift]) -> Iterator[list[object]]:
    attempts = Attempt.objects.filter(gift_id__in=[gift.pk for gift in gifts]).order_by("ordinal")
    methods = dict(attempts.values_list("gift_id", "method"))
    for gift in gifts:
        yield _row(gift, methods.get(gift.pk, ""))


def _row(gift: Gift, method: str) -> list[object]:
    zone = ZoneInfo(gift.charity.timezone)
    contact, source, address = gift.contact, getattr(gift, "source", None), gift.contact.address or {}
    paid_on = f"{gift.settled_at.astimezone(zone):%Y-%m-%d}" if gift.settled_at else ""
    return [
        gift.reference, gift.charity.name, f"{gift.given_at.astimezone(zone):%Y-%m-%d %H:%M}", paid_on,
        words.chips(gift)[0].label, *(_amount(minor, gift) for minor in _amounts(gift)), gift.currency,
        gift.fund.name, gift.form.title if gift.form is not None else "", gift.get_channel_display(),
        words.method(method) if method else "", contact.given_name, contact.family_name, contact.organisation,
        contact.email, contact.phone, address.get("country", ""), address.get("postcode", ""), gift.tribute_kind,
        gift.tribute_name, gift.message, "yes" if gift.anonymous else "",
        *(getattr(source, name, "") for name in _SOURCE), gift.benefit, _amount(gift.benefit_minor, gift),
    ]  # fmt: skip


_SOURCE: Final = (
    "story_title",
    "appeal",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "referrer_host",
    "page_url",
)


def _amounts(gift: Gift) -> tuple[int | None, ...]:
    return (gift.amount_minor, gift.cover_minor, gift.total_minor, gift.settled_minor, gift.refunded_minor)


def _amount(minor: int | None, gift: Gift) -> str:
    return "" if minor is None else format_plain(minor, gift.currency)
