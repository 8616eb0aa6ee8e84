"""How a figure is known: its public page, with its source and every number that stood before it."""

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from almoner.stories import figures, presenting
from almoner.stories.presenting import Plain
from almoner.stories.sites import place_asked


@require_safe
def page(request: HttpRequest, programme: str, indicator: str) -> HttpResponse:
    """Kept and purged like a story: the same bytes for everybody."""
    place = place_asked(request)
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
