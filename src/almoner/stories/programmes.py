"""What the charity's programmes reach: a page of all of them, and one of each with its numbers, charts and files."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
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
from almoner.stories import drawings, figures, presenting
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

    label: str
    value: str
    as_of: date | None
    evidence_url: str
    line: SafeString
    wholes: list[Row]
    # By what its newest breakdown is, which stands drawn and with those before it.
    by: str
    bars: SafeString
    groups: list[Row]
    aim: Aim | None
    before: str
    before_on: date | None
    at_risk: bool


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    place = place_asked(request)
    found = Programme.objects.filter(charity=place.charity, public=True).order_by("title")
    plain = Plain(
        title=place.charity.name,
        search_description="",
        path=reverse("stories-programmes"),
        template="stories/programmes.html",
        context={"programmes": found},
        url_path=place.root.url_path + "programmes/",
    )
    return presenting.answer_at(place, plain, request)


@require_safe
def page(request: HttpRequest, programme: str) -> HttpResponse:
    place = place_asked(request)
    found = next(iter(shelf.programmes(place.charity, slug=programme)), None)
    if found is None:
        raise Http404("No such programme.")
    path = address(found.programme)
    plain = Told(
        title=found.programme.title,
        search_description=found.programme.summary[:160],
        path=path,
        template="stories/programme.html",
        context={"shelved": found, "programme": found.programme},
        url_path=place.root.url_path + path.removeprefix("/"),
    )
    return presenting.answer_at(place, plain, request)


def address(programme: Programme) -> str:
    return reverse("stories-programme", args=[programme.slug])


def public_address(charity: Charity) -> str:
    """Where all of a charity's public programmes stand; "" while it has none, and where no site of its shows pages."""
    told = Programme.objects.filter(charity=charity, public=True).exists() and place_for(charity) is not None
    return reverse("stories-programmes") if told else ""


class Told(Plain):
    """A programme's page: its numbers are put into words only where the charity's language is on."""

    def public_context(self, request: HttpRequest, frame: Frame) -> dict[str, Any]:
        found: Shelved = self.context["shelved"]
        partners = [(each.partner, _ROLES[each.role]) for each in found.partnerships]
        results = [(each.result, [_shown(one) for one in each.measured]) for each in found.results]
        form = DonationForm.objects.filter(
            charity=frame.charity, active=True, form_funds__fund__in=found.programme.funds.all()
        ).first()
        give_url = frame.page_forms.address(form.slug) if form is not None else ""
        files = [*((name, reverse(view)) for name, view in _FILES), ("CC BY 4.0", opendata.LICENCE)]
        return self.context | {
            "partners": partners,
            "results": results,
            "give_to_url": give_url,
            "files": files,
        }


def _shown(measured: Measured) -> Shown:
    indicator, newest = measured.indicator, measured.newest
    return Shown(
        label=capfirst(indicator.title),
        value=figures.said(newest, Style.EXACT) if newest is not None else "",
        as_of=newest.as_of if newest is not None else None,
        evidence_url=figures.evidence_url(indicator),
        line=drawings.line(measured, key=f"l{indicator.pk}"),
        # One number stands above already.
        wholes=drawings.rows(reversed(measured.wholes)) if len(measured.wholes) > 1 else [],
        by=measured.groups[-1].dimension if measured.groups else "",
        bars=drawings.bars(measured, key=f"b{indicator.pk}"),
        groups=drawings.rows(sorted(measured.groups, key=lambda each: each.last, reverse=True)),
        aim=drawings.aim(indicator, newest, key=f"p{indicator.pk}"),
        before=drawings.said(indicator, indicator.baseline_value)
        if indicator.baseline_value is not None
        else "",
        before_on=indicator.baseline_on,
        at_risk=indicator.at_risk and bool(indicator.dimensions.all()),
    )
