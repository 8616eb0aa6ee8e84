"""What the lists of gifts and of regular gifts share: the search for a donor, the reader's own charities, forms and
funds to narrow them by, and the download of what they show."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets.button import Button

from almoner.backoffice import access
from almoner.backoffice.gifts.search import matching
from almoner.backoffice.tables import RoomList, link, two_lines
from almoner.charities import audit
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm
from almoner.supporters.models import Contact

_M = TypeVar("_M", bound=Model)


class DonorList(RoomList):
    """A list whose rows have a donor, a charity and a reference."""

    permission = access.VIEW_GIFTS
    is_searchable = True
    search_placeholder = "Name, email or reference"
    # The name of the address at which it is downloaded.
    export_url_name = ""
    # (what a download says it is for, what its address says in `as`), beside the list's own.
    shapes: Sequence[tuple[str, str]] = ()

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return searched(queryset, self.request, self.search_query) if self.is_searching else queryset

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.EXPORT_GIFTS):
            return []
        asked = [(k, v) for k, vs in self.request.GET.lists() for v in vs if k not in ("p", "as")]
        found = [("Download as CSV", asked)]
        found += [(f"Download for {title}", [*asked, ("as", name)]) for title, name in self.shapes]
        return [
            Button(
                label,
                url=f"{reverse(self.export_url_name)}?{urlencode(query)}",
                icon_name="download",
                priority=90 + number,
            )
            for number, (label, query) in enumerate(found)
        ]


class OwnFilters(WagtailFilterSet):
    """Filters whose charities, forms and funds are the reader's. Subclasses declare them, in the order of the page."""

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        own = access.charities(request)
        if len(own) == 1:
            del self.filters["charity"]
        else:
            self._offer("charity", Charity.objects.filter(pk__in=[each.pk for each in own]))
        self._offer("form", access.within(DonationForm.objects.order_by("title"), request))
        self._offer("fund", access.within(Fund.objects.order_by("name"), request))

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        self.filters[name].queryset = rows


def donor_html(contact: Contact, url: str) -> SafeString:
    """Who gave, as a link, and under it their address."""
    name = "Erased" if contact.erased_at else contact.name or contact.email or "No name"
    # Once, where it stands in the place of a name.
    under = (
        format_html('<bdi class="bo-email">{}</bdi>', contact.email) if contact.email and contact.name else ""
    )
    return two_lines(link(url, format_html("<bdi>{}</bdi>", name)), under)


def searched(rows: QuerySet[_M], request: HttpRequest, text: str) -> QuerySet[_M]:
    return rows.filter(matching(text, [charity.pk for charity in access.charities(request)]))


def asked_for(rows: QuerySet[_M], filters: type[OwnFilters], request: HttpRequest) -> QuerySet[_M]:
    """What the list would show for the same address, without its pages; for one with a mistake in it, nothing."""
    rows = access.within(rows, request)
    asked = filters(request.GET, rows, request=request)
    if not asked.is_valid():
        return rows.none()
    found: QuerySet[_M] = asked.filter_queryset(rows)
    text = request.GET.get("q", "").strip()
    return searched(found, request, text) if text else found


def note_export(request: HttpRequest, what: str, *, shape: str = "csv") -> None:
    """A line in the audit log of each charity whose donors are in it: each has a right to know who took a copy."""
    with transaction.atomic():
        for charity in access.charities(request):
            audit.record(
                actor=request.user,
                charity=charity,
                action=f"export {what}",
                object_type=what,
                object_id=shape,
                detail={"filters": sorted(key for key in request.GET if request.GET[key])},
            )
