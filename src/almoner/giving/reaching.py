"""What a gift's fund has reached, as a donor's pages say it: each figure leads to how it is known."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format

from almoner.giving.hooks import hooks
from almoner.giving.views_model import ReachedFigure
from almoner.impact.reached import Reached


def in_words(found: Iterable[Reached]) -> tuple[ReachedFigure, ...]:
    """In the active language. A figure whose evidence stands nowhere is not said."""
    told = ((each, hooks.evidence_url(each.indicator)) for each in found)
    return tuple(
        ReachedFigure(
            value=each.value,
            label=each.indicator.title,
            as_of=_day(each.now.as_of),
            url=url,
            before=each.value_before,
            corrected=_day(each.corrected_on) if each.corrected_on else "",
        )
        for each, url in told
        if url
    )


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
