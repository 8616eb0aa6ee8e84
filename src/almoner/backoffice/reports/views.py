"""The pages of the reports: drawn, tabled, and as CSV."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.exports import csv_response
from almoner.backoffice.money import money
from almoner.backoffice.pages import again
from almoner.backoffice.reports import charts
from almoner.backoffice.reports.frame import days, nothing, page, record_export
from almoner.backoffice.reports.income import GROUPINGS, Source, by_source, total_of
from almoner.backoffice.reports.period import Period, asked
from almoner.charities.models import Charity
from almoner.giving.funnel import STEPS
from almoner.giving.models import DonationForm, FunnelCount, Gift
from almoner.kernel.money import format_plain

_DRAWN = 12
_STEP_NAMES = {
    "details": "Chose an amount",
    "payment": "Filled in their details",
    "submit": "Submitted payment",
}
_GAVE = "Gave"
_DEVICES = ("phone", "tablet", "desktop")


@require_safe
@access.needs(access.VIEW_REPORTS)
def income(request: HttpRequest) -> HttpResponseBase:
    wanted = asked(request)
    if wanted is None:
        return nothing(request, "Income by source")
    charity, form = wanted
    period, grouping = form.period(), request.GET.get("by", "source")
    grouping = grouping if grouping in GROUPINGS else "source"
    sources = by_source(charity, period.first, period.last, grouping)
    if request.GET.get("format") == "csv":
        return _income_csv(request, charity, period, grouping, sources)
    shown = [(s, money(s.income.total_minor, s.currency), _gifts_url(charity, period, s)) for s in sources]
    context = page("Income by source", form, charity, period) | {
        "groupings": [(key, label) for key, (label, _, _) in GROUPINGS.items()],
        "grouping": grouping,
        "rows": shown,
        "totals": [(i.gifts, money(i.total_minor, code)) for code, i in total_of(sources).items()],
        "chart": _drawn(charity, sources),
        "csv_url": again(request, format="csv"),
    }
    return render(request, "backoffice/income.html", context)


def _drawn(charity: Charity, sources: list[Source]) -> object:
    """The largest of the charity's own currency: two currencies have no common scale."""
    own = [
        source for source in sources if source.currency == charity.currency and source.income.total_minor > 0
    ]
    if not own:
        return ""
    rows = [
        charts.Bar(s.name, s.income.total_minor, money(s.income.total_minor, s.currency))
        for s in own[:_DRAWN]
    ]
    return charts.bars(
        rows, label=f"The {len(rows)} largest sources in {charity.currency}; the table has all."
    )


def _gifts_url(charity: Charity, period: Period, source: Source) -> str:
    """The gifts behind a line, where the list can be narrowed to them."""
    if source.kind not in (
        "Story",
        "Appeal",
        "Campaign source",
        "Source",
        "Campaign",
        "Site",
        "No source given",
    ):
        return ""
    filters = {
        "source": source.name, "status": "settled", "paid_from": period.first, "paid_to": period.last,
        "charity": charity.pk,
    }  # fmt: skip
    return f"{reverse('backoffice:gifts')}?{urlencode(filters)}"


def _income_csv(
    request: HttpRequest, charity: Charity, period: Period, grouping: str, sources: list[Source]
) -> HttpResponseBase:
    record_export(request, charity, action="export income", what=grouping, detail=days(period))
    rows = (
        [s.kind, s.name, s.income.gifts, format_plain(s.income.total_minor, s.currency), s.currency]
        for s in sources
    )
    name = f"income-{charity.slug}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.csv"
    return csv_response(name, ("Kind", "Source", "Gifts", "Income after refunds", "Currency"), rows)


@require_safe
@access.needs(access.VIEW_REPORTS)
def steps(request: HttpRequest) -> HttpResponse:
    wanted = asked(request)
    if wanted is None:
        return nothing(request, "Steps and devices")
    charity, form = wanted
    period = form.period()
    rows = _funnels(charity, period)
    context = page("Steps and devices", form, charity, period) | {"devices": _DEVICES, "forms": rows}
    return render(request, "backoffice/steps.html", context)


def _funnels(charity: Charity, period: Period) -> list[dict[str, Any]]:
    """For each form that was used: how many reached each step, in all and by device. Three queries."""
    counts: dict[tuple[int, str, str], int] = {}
    found = FunnelCount.objects.filter(form__charity=charity, day__range=(period.first, period.last))
    for form_id, step, device, number in found.values_list("form_id", "step", "device").annotate(
        Sum("count")
    ):
        counts[form_id, step, device] = number
    titles = DonationForm.objects.filter(charity=charity).order_by("title").values_list("pk", "title")
    paid = _paid(charity, period)
    return [
        _funnel(pk, title, counts, paid.get(pk, 0))
        for pk, title in titles
        if any(key[0] == pk for key in counts)
    ]


def _paid(charity: Charity, period: Period) -> dict[int, int]:
    """Form -> how many gifts that donors submitted with it on these days have been paid."""
    zone = ZoneInfo(charity.timezone)
    begin = datetime.combine(period.first, time(), zone)
    end = datetime.combine(period.last + timedelta(days=1), time(), zone)
    online = Gift.objects.filter(charity=charity, channel=Gift.Channel.ONLINE, settled_at__isnull=False)
    counted = online.filter(given_at__gte=begin, given_at__lt=end).values_list("form_id")
    return {form_id: number for form_id, number in counted.annotate(Count("id")) if form_id is not None}


def _funnel(pk: int, title: str, counts: dict[tuple[int, str, str], int], paid: int) -> dict[str, Any]:
    table: list[tuple[str, int, list[int | str]]] = []
    for step in STEPS:
        by_device = [counts.get((pk, step, device), 0) for device in _DEVICES]
        table.append((_STEP_NAMES[step], sum(by_device), [*by_device]))
    # A gift doesn't know on what device it was made.
    table.append((_GAVE, paid, ["–" for _ in _DEVICES]))
    first = table[0][1] or 1
    bars = [charts.Bar(name, number, f"{number:,} ({number * 100 // first} %)") for name, number, _ in table]
    return {
        "title": title,
        "rows": table,
        "chart": charts.bars(bars, label=f"How far donors came on “{title}”; the table has the figures."),
    }
