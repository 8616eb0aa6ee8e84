"""Figures that the register has and the public doesn't: each with why, and the way to let a small one out."""

import uuid
from typing import Any, Final

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.impact import words
from almoner.backoffice.pages import again, crumbs
from almoner.backoffice.tables import CappedPaginator, chip_html
from almoner.backoffice.words import Chip
from almoner.impact import disclosing, releasing, standing
from almoner.impact.disclosure import Why
from almoner.impact.models import Observation, Release, Source
from almoner.impact.releasing import NotReleasable

OF_FIGURE: Final = "indicator__result__programme__charity_id"
_TITLE: Final = "Hidden figures"
_A_PAGE: Final = 50


@require_safe
@access.needs(access.VIEW_IMPACT)
def hidden_figures(request: HttpRequest) -> HttpResponse:
    stands = access.within(standing.standing(), request, OF_FIGURE).select_related("disclosure")
    hidden = stands.exclude(disclosing.passed()).order_by(
        "indicator__result__programme__title", "indicator__title", "indicator_id", "-last", "dimension",
        "category", "pk",
    )  # fmt: skip
    page = CappedPaginator(_with_releases(hidden), _A_PAGE).get_page(request.GET.get("p"))
    may_ask = access.may(request.user, access.ENTER_FIGURES)
    context = {
        "title": _TITLE,
        "breadcrumbs_items": crumbs(("Programmes", reverse("backoffice:programmes")), (_TITLE, "")),
        "rows": [_row(each, may_ask=may_ask) for each in page],
        "less": again(request, p=str(page.previous_page_number())) if page.has_previous() else "",
        "more": again(request, p=str(page.next_page_number())) if page.has_next() else "",
        "may_ask": may_ask,
        "may_decide": access.may(request.user, access.VERIFY_FIGURES),
    }
    return render(request, "backoffice/impact/hidden.html", context)


def _with_releases(found: QuerySet[Observation]) -> QuerySet[Observation]:
    return found.prefetch_related(
        Prefetch("releases", Release.objects.select_related("approval", "end").order_by("attempt"))
    )


def _row(observation: Observation, *, may_ask: bool) -> dict[str, Any]:
    last = next(reversed(observation.releases.all()), None)
    waits = last is not None and not hasattr(last, "end")
    return {
        "figure": observation,
        "said": words.said(observation),
        "days": words.days(observation.first, observation.last),
        "why": words.why_hidden(observation),
        "chip": chip_html(_chip(last)) if last is not None else "",
        "last": last,
        "may_ask": may_ask and not waits and _is_small(observation),
    }


def _chip(last: Release) -> Chip:
    if not hasattr(last, "end"):
        return Chip("Waits for a second person", "wait")
    return Chip("Taken back", "quiet") if hasattr(last, "approval") else Chip("Refused", "bad")


def _is_small(observation: Observation) -> bool:
    """Whether asking makes sense at all. What else may stand against it, its own page says."""
    verdict = getattr(observation, "disclosure", None)
    public = observation.source.access == Source.Access.PUBLIC
    return verdict is not None and verdict.why in ("", Why.SMALL) and public


class AskForm(forms.Form):
    reason = forms.CharField(
        label="Where it is public already, and why it leads to nobody",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as: page 4 of the partner’s report, which names no place and no day. For your colleagues; no "
        "person and no case in it.",
    )
    looked = forms.BooleanField(label="I have opened the source, and the number stands there")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_FIGURES)
def release_figure(request: HttpRequest, figure_id: uuid.UUID) -> HttpResponse:
    joined = Observation.objects.select_related(
        "indicator__result__programme__charity", "source", "disclosure"
    )
    found = access.one_of(joined, request, path=OF_FIGURE, pk=figure_id)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            releasing.release(found, reason=form.cleaned_data["reason"], actor=request.user)
        except NotReleasable as refused:
            form.add_error(None, f"{refused} Nothing was asked for.")
        else:
            messages.success(request, "Asked for: it is said in public once somebody else has agreed.")
            return redirect("backoffice:hidden_figures")
    context = {
        "title": "Let a small figure out",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            (_TITLE, reverse("backoffice:hidden_figures")),
            ("Let it out", ""),
        ),
        "figure": found,
        "said": words.said(found),
        "days": words.days(found.first, found.last),
        "why": words.why_hidden(found),
        "hindrance": releasing.hindrance(found),
        "form": form,
        "back_url": reverse("backoffice:hidden_figures"),
    }
    return render(request, "backoffice/impact/release.html", context)
