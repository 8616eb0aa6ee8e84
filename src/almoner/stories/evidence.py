"""How a figure is known: its public page, with its source and every number that stood before it."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from almoner.impact.models import Indicator
from almoner.impact.translated import Reader
from almoner.stories import figures, presenting, programmes, tongues
from almoner.stories.figures import Step
from almoner.stories.presenting import Frame, Plain
from almoner.stories.sites import place_asked

# So many numbers an evidence page shows before it folds those that are older.
_OPEN: Final = 6


@require_safe
def page(request: HttpRequest, programme: str, indicator: str, language: str = "") -> HttpResponse:
    """Kept and purged like a story: the same bytes for everybody."""
    place = place_asked(request)
    found = figures.indicator_at(place.charity, programme, indicator)
    path = figures.evidence_url(found)
    if own := tongues.elsewhere(path, language, place):
        return HttpResponseRedirect(own)
    reads = language or place.charity.language
    speaks, of = Reader(place.charity, reads), found.result.programme
    title, rule = speaks.title(found), speaks.text(found)
    plain = Evidence(
        title=capfirst(title.text),
        search_description=rule.text,
        template="stories/evidence.html",
        context={
            "indicator": found,
            "title": title,
            "rule": rule,
            "of": speaks.title(of),
            "of_url": tongues.address(programmes.address(of), reads, place.charity),
            "speaks": speaks,
        },
        **tongues.standing(path, language, place),
    )
    return presenting.answer_at(place, plain, request)


class Evidence(Plain):
    """Its numbers are put into words only where the page's language is on."""

    def public_context(self, request: HttpRequest, frame: Frame) -> dict[str, Any]:
        indicator: Indicator = self.context["indicator"]
        known = list(figures.history(indicator, self.context["speaks"]))
        current = next((each for each in known if each.stands), None)
        # It comes first, also where a wrong number was of a later day.
        steps, earlier = _folded(sorted(known, key=lambda each: each is not current))
        words = figures.words(indicator, current) if current is not None else None
        return self.context | {"steps": steps, "earlier": earlier, "current": current, "words": words}


def _folded(steps: list[Step]) -> tuple[list[Step], list[Step]]:
    """What stands open, and older numbers that are folded away. A correction, and what it corrected, never is."""
    opened = [each for at, each in enumerate(steps) if at < _OPEN or not each.stands or each.correction_of]
    return opened, [each for each in steps if each not in opened]
