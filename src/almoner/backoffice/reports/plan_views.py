"""The pages about regular giving: what failed and was recovered, and what is to come."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.exports import csv_response
from almoner.backoffice.money import money, money_html
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.reports import charts, frame
from almoner.backoffice.reports.home import chosen
from almoner.backoffice.reports.period import Period, asked
from almoner.backoffice.reports.recovery import Fate, Month, Payments, by_month, totals
from almoner.backoffice.reports.upcoming import RATE_MONTHS, Coming, Forecast, forecast
from almoner.backoffice.tables import two_lines
from almoner.charities.models import Charity
from almoner.kernel.money import format_plain
from almoner.plans.schedule import add_months

_RECOVERY: Final = "Failed and recovered"
_UPCOMING: Final = "Upcoming income"
# What a column says of a month, in the order of the table and of the CSV.
_COLUMNS: Final[tuple[tuple[str, Callable[[Month], Payments]], ...]] = (
    ("Due", lambda month: month.due),
    ("Not charged yet", lambda month: month.fates[Fate.WAITING]),
    ("Paid at first", lambda month: month.fates[Fate.PAID]),
    ("Came back", lambda month: month.fates[Fate.CAME_BACK]),
    ("Failed at first", lambda month: month.failed),
    ("Soft declines", lambda month: month.soft),
    ("Hard declines", lambda month: month.hard),
    ("Recovered", lambda month: month.recovered),
    ("1st retry, day 3", lambda month: month.fates[Fate.RETRY_1]),
    ("2nd retry, day 7", lambda month: month.fates[Fate.RETRY_2]),
    ("3rd retry, day 14", lambda month: month.fates[Fate.RETRY_3]),
    ("New method or by hand", lambda month: month.fates[Fate.BY_DONOR]),
    ("Given up", lambda month: month.fates[Fate.GIVEN_UP]),
    ("Stopped", lambda month: month.fates[Fate.STOPPED]),
    ("Still open", lambda month: month.fates[Fate.OPEN]),
)


@require_safe
@access.needs(access.VIEW_REPORTS)
def recovery(request: HttpRequest) -> HttpResponseBase:
    wanted = asked(request)
    if wanted is None:
        return frame.nothing(request, _RECOVERY)
    charity, form = wanted
    period = form.period()
    months = by_month(charity, period.first, period.last)
    if request.GET.get("format") == "csv":
        return _recovery_csv(request, charity, period, months)
    context = frame.page(_RECOVERY, form, charity, period) | {
        "columns": [label for label, _ in _COLUMNS],
        "currencies": [_currency(total, months, charity, period) for total in totals(months).values()],
        "csv_url": again(request, format="csv"),
    }
    return render(request, "backoffice/recovery.html", context)


def _currency(total: Month, months: list[Month], charity: Charity, period: Period) -> dict[str, Any]:
    own = [month for month in months if month.currency == total.currency]
    return {
        "code": total.currency,
        "failed": _spoken(total.failed, total.currency),
        "recovered": _spoken(total.recovered, total.currency),
        "share": total.recovered.count * 100 // total.failed.count if total.failed.count else None,
        "chart": charts.stacks(
            [_stack(month) for month in own],
            label=f"Payments of regular gifts in {total.currency}, month by month; the table has the figures.",
        ),
        "rows": [
            (f"{month.first:%B %Y}", _plans_url(month, charity, period), _cells(month)) for month in own
        ],
        "total": _cells(total),
    }


def _plans_url(month: Month, charity: Charity, period: Period) -> str:
    """The plans with a payment of this month that failed at first; "" when none has."""
    if not month.failed.count:
        return ""
    following = add_months(month.first, 1)
    filters = {
        "failed_from": max(month.first, period.first), "failed_to": min(following - timedelta(days=1), period.last),
        "currency": month.currency, "charity": charity.pk,
    }  # fmt: skip
    return f"{reverse('backoffice:plans')}?{urlencode(filters)}"


def _cells(month: Month) -> list[Any]:
    return [_cell(figure(month), month.currency) for _, figure in _COLUMNS]


def _cell(payments: Payments, currency: str) -> Any:
    if not payments.count:
        return "–"
    return two_lines(money_html(payments.total_minor, currency), f"{payments.count:,}")


def _spoken(payments: Payments, currency: str) -> str:
    return f"{money(payments.total_minor, currency)} in {payments.count:,} payment{'' if payments.count == 1 else 's'}"


def _stack(month: Month) -> charts.Stack:
    lost = month.of((Fate.GIVEN_UP, Fate.STOPPED, Fate.CAME_BACK))
    waiting = month.of((Fate.OPEN, Fate.WAITING))
    parts = (month.fates[Fate.PAID], month.recovered, waiting, lost)
    return charts.Stack(
        f"{month.first:%B %Y}",
        [part.total_minor for part in parts],
        money(month.due.total_minor, month.currency),
    )


def _recovery_csv(
    request: HttpRequest, charity: Charity, period: Period, months: list[Month]
) -> HttpResponseBase:
    frame.record_export(
        request, charity, action="export failed and recovered", what="plans", detail=frame.days(period)
    )
    header = ["Month", "Currency"]
    for label, _ in _COLUMNS:
        header += [label, f"{label}: payments"]
    rows: Iterable[list[object]] = ([*_csv_row(month)] for month in months)
    name = f"failed-and-recovered-{charity.slug}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.csv"
    return csv_response(name, header, rows)


def _csv_row(month: Month) -> Iterable[object]:
    yield f"{month.first:%Y-%m}"
    yield month.currency
    for _, figure in _COLUMNS:
        payments = figure(month)
        yield format_plain(payments.total_minor, month.currency)
        yield payments.count


@require_safe
@access.needs(access.VIEW_REPORTS)
def upcoming(request: HttpRequest) -> HttpResponseBase:
    charity = chosen(request)
    if charity is None:
        return frame.nothing(request, _UPCOMING)
    found = forecast(charity)
    if request.GET.get("format") == "csv":
        return _upcoming_csv(request, charity, found)
    own = access.charities(request)
    context = {
        "title": _UPCOMING,
        "breadcrumbs_items": crumbs((_UPCOMING, "")),
        "charity": charity,
        "charities": own if len(own) > 1 else (),
        "currencies": [_coming(found, currency) for currency in found.coming],
        "left_out": found.left_out,
        "rate_months": RATE_MONTHS,
        "csv_url": again(request, format="csv"),
    }
    return render(request, "backoffice/upcoming.html", context)


def _coming(found: Forecast, currency: str) -> dict[str, Any]:
    rows = list(zip(found.months, found.coming[currency], strict=True))
    rate = found.rates.get(currency)
    bars = [
        charts.Bar(f"{month:%B %Y}", row.total_minor, money(row.total_minor, currency)) for month, row in rows
    ]
    return {
        "code": currency,
        "chart": charts.bars(
            bars, label=f"Income to come in {currency}, by month; the table has the figures."
        ),
        # The last is their total.
        "rows": [(f"{month:%B %Y}", *_figures(row, currency)) for month, row in rows]
        + [("All", *_figures(found.total(currency), currency))],
        "rate": rate if rate is not None and rate.enough else None,
        "percent": f"{rate.paid * 100 / rate.ended:.1f}" if rate is not None and rate.enough else "",
    }


def _figures(coming: Coming, currency: str) -> tuple[str, str, str]:
    return (
        f"{coming.count:,}",
        money(coming.total_minor, currency),
        money(coming.expected_minor, currency) or "–",
    )


def _upcoming_csv(request: HttpRequest, charity: Charity, found: Forecast) -> HttpResponseBase:
    first = {"first": found.months[0].isoformat()}
    frame.record_export(request, charity, action="export upcoming income", what="plans", detail=first)
    rows = (
        [
            f"{month:%Y-%m}", currency, row.count, format_plain(row.total_minor, currency),
            "" if row.expected_minor is None else format_plain(row.expected_minor, currency),
        ]
        for currency, coming in found.coming.items()
        for month, row in zip(found.months, coming, strict=True)
    )  # fmt: skip
    header = ("Month", "Currency", "Payments", "If nothing fails", "As payments have gone")
    return csv_response(f"upcoming-{charity.slug}-{found.months[0]:%Y%m}.csv", header, rows)
