"""The days on which the books were proved, as a calendar of green and red; and what was found on one."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import chip_html
from almoner.backoffice.words import Chip
from almoner.charities.models import Charity
from almoner.ledger.models import DayProved

_MONTHS: Final = 6
_TITLE: Final = "Proof of the books"
_CHIPS: Final = {
    DayProved.Verdict.GREEN: Chip("All held", "good"),
    DayProved.Verdict.RED: Chip("Something differs", "bad"),
    DayProved.Verdict.NOT_ASKED: Chip("A gateway was not asked", "wait"),
}
# A sign besides the colour.
_SIGNS: Final = {
    DayProved.Verdict.GREEN: "✓",
    DayProved.Verdict.RED: "✗",
    DayProved.Verdict.NOT_ASKED: "?",
}


@require_safe
@access.needs(access.VIEW_REPORTS)
def proved(request: HttpRequest) -> HttpResponse:
    """Half a year of days, by charity, as far back as any was proved; each leads to what was found on it."""
    months = _months(timezone.localdate())
    rows = access.within(DayProved.objects.defer("findings"), request)
    known: dict[int, dict[date, DayProved]] = {}
    for row in rows.filter(day__gte=months[-1]):
        known.setdefault(row.charity_id, {})[row.day] = row
    own = access.charities(request)
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs((_TITLE, "")),
        "charities": [_calendar(charity, months, known.get(charity.pk, {})) for charity in own],
        "several": len(own) > 1,
        "weekdays": [(name, name[:2]) for name in calendar.day_name],
        "keys": [(_SIGNS[verdict], chip.label, chip.tone) for verdict, chip in _CHIPS.items()],
    }
    return render(request, "backoffice/proved.html", context)


def _months(today: date) -> list[date]:
    """The first days of this month and those before, newest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < _MONTHS:
        year, month = firsts[-1].year, firsts[-1].month
        firsts.append(date(year - (month == 1), month - 1 or 12, 1))
    return firsts


def _calendar(charity: Charity, months: list[date], known: Mapping[date, DayProved]) -> dict[str, Any]:
    oldest = min(known, default=months[0])
    return {
        "name": charity.name,
        "newest": max(known.values(), key=lambda row: row.day, default=None),
        "months": [
            {
                "first": first,
                "weeks": [
                    [_day(day, first, known) for day in week]
                    for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
                ],
            }
            for first in months
            if first >= oldest.replace(day=1)
        ],
    }


def _day(day: date, first: date, known: Mapping[date, DayProved]) -> dict[str, Any] | None:
    """None for a day of another month."""
    if day.month != first.month:
        return None
    row = known.get(day)
    if row is None:
        return {"day": day}
    verdict = DayProved.Verdict(row.verdict)
    return {
        "day": day,
        "sign": _SIGNS[verdict],
        "label": _CHIPS[verdict].label,
        "tone": _CHIPS[verdict].tone,
        "url": reverse("backoffice:day_proved", args=[row.pk]),
    }


@require_safe
@access.needs(access.VIEW_REPORTS)
def day_proved(request: HttpRequest, proved_id: int) -> HttpResponse:
    """What was found on one day, each with its gift where it is of one."""
    row = access.one_of(DayProved.objects.select_related("charity"), request, pk=proved_id)
    title = f"{row.day:%-d %B %Y}"
    context = {
        "title": title,
        "breadcrumbs_items": crumbs((_TITLE, reverse("backoffice:proved")), (title, "")),
        "row": row,
        "chip": chip_html(_CHIPS[DayProved.Verdict(row.verdict)]),
        "total": row.held + row.broken + row.not_asked,
    }
    return render(request, "backoffice/day_proved.html", context)
