"""How a figure is known: its public page, with its source and every number that stood before it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe
from wagtail.models import Site

from almoner.charities.sites import NoCharity, charity_for
from almoner.stories import figures, presenting
from almoner.stories.presenting import Plain
from almoner.stories.sites import Place


@require_safe
def page(request: HttpRequest, programme: str, indicator: str) -> HttpResponse:
    """Kept and purged like a story: the same bytes for everybody."""
    place = _place(request)
    found = figures.indicator_at(place.charity, programme, indicator)
    path = figures.evidence_url(found)
    plain = Plain(
        title=capfirst(found.title),
        search_description=found.rule,
        path=path,
        template="stories/evidence.html",
        context={"indicator": found, "steps": list(figures.history(found))},
        url_path=place.root.url_path + path.removeprefix("/"),
    )
    return presenting.answer_at(place, plain, request)


def _place(request: HttpRequest) -> Place:
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("No site answers here.")
    try:
        return Place(charity_for(site.hostname), site)
    except NoCharity:
        raise Http404("No charity answers here.") from None
