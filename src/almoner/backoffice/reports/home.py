"""The home panel: what needs a person; today, this month against last, regular giving, and where it came from. Whoever
sees no money finds the way to their own work instead."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from almoner.backoffice import access
from almoner.backoffice.money import money
from almoner.backoffice.reports import attention, charts, register
from almoner.backoffice.reports.income import Income, by_day, by_source
from almoner.backoffice.reports.need import Need
from almoner.backoffice.reports.regular import glance
from almoner.charities.models import Charity
from almoner.kernel.clock import now

_SOURCES_SHOWN = 6


class GivingPanel(Component):
    """Above Wagtail's own panels. The figures are one charity's, the needs all of the reader's."""

    name = "giving"
    template_name = "backoffice/home_panel.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = self.request
        own = access.charities(request)
        context: dict[str, Any] = {
            "charities": own if len(own) > 1 else (),
            "needs": _needs(request, own),
        }
        if not own and access.may(request.user, access.SUPERUSER):
            # Nothing else leads anywhere before there is one.
            return context | {"first": reverse("charities:add")}
        charity = chosen(request)
        if charity is not None and access.may(request.user, access.VIEW_REPORTS):
            today = now().astimezone(ZoneInfo(charity.timezone)).date()
            return context | _figures(charity, today) | {"charity": charity, "today_is": today}
        return context | {"ways": _ways(request)}


def _needs(request: HttpRequest, own: Sequence[Charity]) -> list[Need]:
    """By the clock of the reader's first charity, as their lists are: this is Wagtail's page, which goes by UTC."""
    with timezone.override(ZoneInfo(own[0].timezone) if own else None):
        return attention.needs(request)


def _ways(request: HttpRequest) -> list[tuple[str, str]]:
    """Where the reader's own work begins."""
    ways = (
        (access.VIEW_GIFTS, "Gifts", "backoffice:gifts"),
        (access.ENTER_FIGURES, "Enter figures", "backoffice:programmes"),
        (access.VERIFY_FIGURES, "Verify figures", "backoffice:figure_queue"),
        (access.EDIT_FORMS, "Forms", "forms:index"),
    )
    found = [
        (label, reverse(name)) for permission, label, name in ways if access.may(request.user, permission)
    ]
    if register.writes(request.user):
        found += [
            ("Pages and stories", reverse("wagtailadmin_explore_root")),
            ("Claims", reverse("stories_claims")),
        ]
    return found


def chosen(request: HttpRequest) -> Charity | None:
    """The charity that the address names, if it is one's own; else one's first."""
    own = access.charities(request)
    asked = request.GET.get("charity", "")
    return next((charity for charity in own if str(charity.pk) == asked), own[0] if own else None)


def _figures(charity: Charity, today: date) -> dict[str, Any]:
    first = today.replace(day=1)
    before_last = first - timedelta(days=1)
    before_first = before_last.replace(day=1)
    days = by_day(charity, before_first, today)
    this_month, last_month = (
        _month(days, charity, first, today),
        _month(days, charity, before_first, before_last),
    )
    same_day = sum(last_month[: today.day], Income())
    so_far, whole = sum(this_month, Income()), sum(last_month, Income())
    regular = glance(charity, today)
    return {
        "regular": regular.shown() if regular is not None else None,
        "today": _all_currencies(days, today, today),
        "chart": charts.lines(
            list(accumulate(i.total_minor for i in this_month)),
            list(accumulate(i.total_minor for i in last_month)),
            label=_spoken(charity, so_far, same_day, before_first),
            top=money(max(so_far.total_minor, whole.total_minor), charity.currency),
        ),
        "months": [
            (f"{first:%B} so far", so_far.gifts, money(so_far.total_minor, charity.currency)),
            (
                f"{before_first:%B}, to the same day",
                same_day.gifts,
                money(same_day.total_minor, charity.currency),
            ),
            (f"{before_first:%B}, all of it", whole.gifts, money(whole.total_minor, charity.currency)),
        ],
        "names": (f"{first:%B}", f"{before_first:%B}"),
        "sources": [
            (s.name, s.kind, s.income.gifts, money(s.income.total_minor, s.currency))
            for s in by_source(charity, first, today)[:_SOURCES_SHOWN]
        ],
    }


def _month(days: dict[tuple[str, date], Income], charity: Charity, first: date, last: date) -> list[Income]:
    """Each day's income in the charity's own currency."""
    return [
        days.get((charity.currency, first + timedelta(days=at)), Income())
        for at in range((last - first).days + 1)
    ]


def _all_currencies(days: dict[tuple[str, date], Income], first: date, last: date) -> list[tuple[int, str]]:
    found: dict[str, Income] = {}
    for (currency, day), income in days.items():
        if first <= day <= last:
            found[currency] = found.get(currency, Income()) + income
    return [(income.gifts, money(income.total_minor, currency)) for currency, income in sorted(found.items())]


def _spoken(charity: Charity, so_far: Income, same_day: Income, before: date) -> str:
    return (
        f"Income this month rises to {money(so_far.total_minor, charity.currency)}; by the same day in {before:%B} it "
        f"had reached {money(same_day.total_minor, charity.currency)}. The table beside it has the figures."
    )
