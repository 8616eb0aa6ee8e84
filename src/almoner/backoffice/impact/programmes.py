"""Programmes: which figures are due, which wait for a second person, which are stale; and one programme whole."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from almoner.backoffice import access
from almoner.backoffice.impact import releases, words
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import chip_html, chips_html
from almoner.backoffice.words import Chip
from almoner.impact import due
from almoner.impact.due import State
from almoner.impact.models import Indicator, Programme


@require_safe
@access.needs(access.VIEW_IMPACT)
def programmes(request: HttpRequest) -> HttpResponse:
    found = list(access.within(Programme.objects.select_related("charity"), request).order_by("title"))
    indicators = Indicator.objects.filter(result__programme__in=found)
    by_programme: dict[int, list[State]] = defaultdict(list)
    for state in due.states(_joined(indicators), timezone.localdate()):
        by_programme[state.indicator.result.programme_id].append(state)
    context = {
        "title": "Programmes",
        "breadcrumbs_items": crumbs(("Programmes", "")),
        "rows": [_row(each, by_programme[each.pk]) for each in found],
        "several": len(access.charities(request)) > 1,
        "may_edit": access.may(request.user, access.EDIT_PROGRAMMES),
        "may_enter": access.may(request.user, access.ENTER_FIGURES),
        "may_verify": access.may(request.user, access.VERIFY_FIGURES),
        "waiting": sum(state.waiting for states in by_programme.values() for state in states),
        "releases": releases.waiting(request).count(),
        "charities": access.charities(request),
    }
    return render(request, "backoffice/impact/programmes.html", context)


def _joined(indicators: QuerySet[Indicator]) -> list[Indicator]:
    joined = indicators.select_related("result__programme__charity")
    return list(joined.order_by("result__ordinal", "result_id", "ordinal", "pk"))


def _row(programme: Programme, states: list[State]) -> dict[str, Any]:
    counts = (
        (sum(state.due is not None for state in states), "due", "wait"),
        (sum(state.waiting for state in states), "to verify", "wait"),
        (sum(state.stale for state in states), "stale", "bad"),
    )
    chips = [Chip(f"{count} {what}", tone) for count, what, tone in counts if count]
    if not chips:
        chips = [Chip("Up to date", "good") if states else Chip("No indicators yet", "quiet")]
    return {"programme": programme, "indicators": len(states), "chips": chips_html(chips)}


@require_safe
@access.needs(access.VIEW_IMPACT)
def programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    """Its facts, partners and results, each indicator with what stands and what is asked for."""
    found = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    indicators = _joined(Indicator.objects.filter(result__programme=found).prefetch_related("targets"))
    by_result: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for state in due.states(indicators, timezone.localdate()):
        by_result[state.indicator.result_id].append(_indicator_row(state))
    results = found.results.order_by("ordinal", "pk")
    context = {
        "title": found.title,
        "breadcrumbs_items": crumbs(("Programmes", reverse("backoffice:programmes")), (found.title, "")),
        "programme": found,
        "facts": _facts(found),
        "partners": list(found.partnerships.select_related("partner").order_by("role", "partner__name")),
        "results": [(each, by_result[each.pk]) for each in results],
        "has_indicators": bool(indicators),
        "may_edit": access.may(request.user, access.EDIT_PROGRAMMES),
        "may_enter": access.may(request.user, access.ENTER_FIGURES),
        "may_verify": access.may(request.user, access.VERIFY_FIGURES),
    }
    return render(request, "backoffice/impact/programme.html", context)


def _indicator_row(state: State) -> dict[str, Any]:
    targets = sorted(state.indicator.targets.all(), key=lambda each: each.last)
    return {
        "indicator": state.indicator,
        "said": words.said(state.newest),
        "as_of": state.newest.as_of if state.newest is not None else None,
        "target": words.target(targets[-1]) if targets else "",
        "chips": chips_html(words.chips(state)),
    }


def _facts(programme: Programme) -> list[dict[str, object]]:
    ends = f" to {programme.ends_on:%-d %B %Y}" if programme.ends_on else ""
    facts: list[tuple[str, object]] = [
        (
            "Runs",
            f"since {programme.starts_on:%-d %B %Y}"
            if not ends
            else f"{programme.starts_on:%-d %B %Y}{ends}",
        ),
        ("Country", programme.country or "several"),
        ("Sector (DAC)", programme.sector or "not said"),
        (
            "In public",
            chip_html(Chip("Public", "good") if programme.public else Chip("Not public", "quiet")),
        ),
        ("Charity", programme.charity.name),
    ]
    return [{"label": label, "value": value} for label, value in facts]
