"""What the charity's programmes reach: a page of all of them, and one of each with its numbers, charts and files."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm
from almoner.impact import opendata, shelf
from almoner.impact.models import Programme
from almoner.impact.saying import Style
from almoner.impact.shelf import Measured, Shelved
from almoner.impact.translated import Line, Reader
from almoner.impact.worded import Kind
from almoner.stories import drawings, figures, presenting, tongues
from almoner.stories.drawings import Aim, Row
from almoner.stories.presenting import Frame, Plain
from almoner.stories.sites import place_asked, place_for

_ROLES: dict[str, Promise] = {
    "1": _("funds it"), "2": _("answers for it"), "3": _("passes funds on"), "4": _("carries it out"),
}  # fmt: skip


# The names of formats and of the licence are names in every language.
_FILES: Final = (
    ("JSON", "stories-data-json"),
    ("CSV", "stories-data-csv"),
    ("IATI 2.03", "stories-iati-activities"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator as the page shows it. `value` is empty where nothing may be said of it."""

    label: Line
    value: str
    as_of: date | None
    evidence_url: str
    line: SafeString
    wholes: list[Row]
    # By what its newest breakdown is, which stands drawn and with those before it.
    by: Line
    bars: SafeString
    courses: SafeString
    groups: list[Row]
    aim: Aim | None
    before: str
    before_on: date | None
    at_risk: bool


@require_safe
def index(request: HttpRequest, language: str = "") -> HttpResponse:
    place, path = place_asked(request), reverse("stories-programmes")
    if own := tongues.elsewhere(path, language, place):
        return HttpResponseRedirect(own)
    speaks, found = Reader(place.charity, language or place.charity.language), _public(place.charity)
    listed = [
        (speaks.title(each), speaks.text(each), address(each, language or place.charity.language))
        for each in found.order_by("title").select_related("charity")
    ]
    plain = Plain(
        title=place.charity.name,
        search_description="",
        template="stories/programmes.html",
        context={"programmes": listed, "files": _files() if listed else ()},
        **tongues.standing(path, language, place),
    )
    return presenting.answer_at(place, plain, request)


@require_safe
def page(request: HttpRequest, programme: str, language: str = "") -> HttpResponse:
    place = place_asked(request)
    found = next(iter(shelf.programmes(place.charity, slug=programme)), None)
    if found is None:
        raise Http404("No such programme.")
    path = address(found.programme)
    if own := tongues.elsewhere(path, language, place):
        return HttpResponseRedirect(own)
    speaks = Reader(place.charity, language or place.charity.language)
    title, summary = speaks.title(found.programme), speaks.text(found.programme)
    plain = Told(
        title=title.text,
        search_description=summary.text[:160],
        template="stories/programme.html",
        context={"shelved": found, "title": title, "summary_line": summary, "speaks": speaks},
        **tongues.standing(path, language, place),
    )
    return presenting.answer_at(place, plain, request)


def address(programme: Programme, language: str = "") -> str:
    path = reverse("stories-programme", args=[programme.slug])
    return tongues.address(path, language, programme.charity) if language else path


def public_address(charity: Charity, language: str) -> str:
    """Where all of a charity's public programmes stand, in a language if they are told in it; "" while it has none, and
    where no site of its shows pages."""
    place = place_for(charity) if _public(charity).exists() else None
    if place is None:
        return ""
    told = language if language in tongues.offered(place) else charity.language
    return tongues.address(reverse("stories-programmes"), told, charity)


def _public(charity: Charity) -> QuerySet[Programme]:
    return Programme.objects.filter(charity=charity, public=True)


def _files() -> list[tuple[str, str]]:
    """The same as data, and on which terms."""
    return [*((name, reverse(view)) for name, view in _FILES), ("CC BY 4.0", opendata.LICENCE)]


class Told(Plain):
    """A programme's page: its numbers are put into words only where the page's language is on."""

    def public_context(self, request: HttpRequest, frame: Frame) -> dict[str, Any]:
        found: Shelved = self.context["shelved"]
        speaks: Reader = self.context["speaks"]
        partners = [(each.partner, _ROLES[each.role]) for each in found.partnerships]
        results = [
            (
                speaks.title(each.result),
                speaks.text(each.result),
                [_shown(one, speaks, frame) for one in each.measured],
            )
            for each in found.results
        ]
        form = DonationForm.objects.filter(
            charity=frame.charity, active=True, form_funds__fund__in=found.programme.funds.all()
        ).first()
        give_url = frame.page_forms.address(form.slug) if form is not None else ""
        return self.context | {
            "partners": partners,
            "results": results,
            "give_to_url": give_url,
            "files": _files(),
        }


def _shown(measured: Measured, speaks: Reader, frame: Frame) -> Shown:
    indicator, newest = measured.indicator, measured.newest
    said = speaks.title(indicator)
    label = Line(capfirst(said.text), said.language)
    return Shown(
        label=label,
        value=figures.said(newest, Style.EXACT) if newest is not None else "",
        as_of=newest.as_of if newest is not None else None,
        evidence_url=tongues.address(figures.evidence_url(indicator), frame.look.language, frame.charity),
        line=drawings.line(measured, key=f"l{indicator.pk}", title=label.text, speaks=speaks),
        # One number stands above already.
        wholes=drawings.rows(reversed(measured.wholes), speaks) if len(measured.wholes) > 1 else [],
        by=speaks.phrase(Kind.BREAKDOWN, measured.groups[-1].dimension) if measured.groups else Line(""),
        bars=drawings.bars(measured, key=f"b{indicator.pk}", title=label.text, speaks=speaks),
        courses=drawings.by_group(measured, key=f"g{indicator.pk}", title=label.text, speaks=speaks),
        groups=drawings.rows(sorted(measured.groups, key=lambda each: each.last, reverse=True), speaks),
        aim=drawings.aim(indicator, newest, key=f"p{indicator.pk}", title=label.text),
        before=drawings.said(indicator, indicator.baseline_value)
        if indicator.baseline_value is not None
        else "",
        before_on=indicator.baseline_on,
        at_risk=indicator.at_risk and bool(indicator.dimensions.all()),
    )
