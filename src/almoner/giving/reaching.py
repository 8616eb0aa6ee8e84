"""What a gift's fund has reached, as a donor's pages say it: each figure leads to how it is known."""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format

from almoner.charities.models import Charity
from almoner.giving.catalogue import reader_of
from almoner.giving.hooks import hooks
from almoner.giving.views_model import ReachedFigure
from almoner.impact.reached import Reached
from almoner.impact.translated import Line, Reader, root


def in_words(found: Iterable[Reached], charity: Charity, language: str) -> tuple[ReachedFigure, ...]:
    """In a language, which is the active one. A figure whose evidence stands nowhere is not said."""
    figures = [(each, url) for each in found if (url := hooks.evidence_url(each.indicator))]
    if not figures:
        return ()
    own, before = language == charity.language, root(charity, language)
    reader = Reader(charity, language) if own else reader_of(charity, language)
    return tuple(_in_words(each, reader.title(each.indicator), url=before + url) for each, url in figures)


def _in_words(each: Reached, title: Line, *, url: str) -> ReachedFigure:
    return ReachedFigure(
        value=each.value,
        label=title.text,
        as_of=_day(each.now.as_of),
        url=url,
        before=each.value_before,
        corrected=_day(each.corrected_on) if each.corrected_on else "",
        label_language=title.language,
    )


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
