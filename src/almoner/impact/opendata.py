"""The register as open data: every public number with how it is known, as JSON and as a table."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from almoner.charities.models import Charity
from almoner.impact.models import Indicator, Observation, Programme, Result, Source
from almoner.impact.shelf import Measured, Shelved
from almoner.impact.translated import NONE, Words
from almoner.impact.worded import Kind
from almoner.kernel.sheets import safe_cell

# Of the numbers and their words; a source is its publisher's.
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_COLUMNS: Final = (
    "programme", "indicator", "title", "measure", "first", "last", "as_of", "value", "bound", "breakdown", "group",
    "place", "source", "source_url", "verified_on", "verified_by", "method",
    "source_kept_at", "source_publisher",
)  # fmt: skip


def as_json(charity: Charity, shelved: list[Shelved], words: Words = NONE) -> dict[str, Any]:
    """`{"publisher", "language", "licence", "programmes": [...]}`; numbers are strings, so that none is rounded by who
    reads it. Words are in `language`, and those of others stand beside each as `translations`."""
    return {
        "publisher": charity.name,
        "language": charity.language,
        "licence": LICENCE,
        "programmes": [_programme(each, words) for each in shelved],
    }


def as_csv(shelved: list[Shelved]) -> str:
    """A row for each number, with a header. A cell that a spreadsheet would run is led by an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for each in shelved:
        for measured in _all(each):
            for number in (*measured.wholes, *measured.groups):
                table.writerow([safe_cell(cell) for cell in _row(each, measured, number)])
    return out.getvalue()


def plain(value: Decimal) -> str:
    """ "1000", "12.5": never in powers of ten."""
    return f"{value.normalize():f}"


def _translations(named: Programme | Result | Indicator, words: Words) -> list[dict[str, str]]:
    return [{"language": each.language, "title": each.title, "text": each.text} for each in words.of(named)]


def _programme(each: Shelved, words: Words) -> dict[str, Any]:
    programme = each.programme
    return {
        "id": programme.slug,
        "title": programme.title,
        "summary": programme.summary,
        "translations": _translations(programme, words),
        "country": programme.country,
        "sector": programme.sector,
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat() if programme.ends_on else None,
        "partners": [{"name": one.partner.name, "role": one.role} for one in each.partnerships],
        "results": [
            {
                "kind": reached.result.kind,
                "title": reached.result.title,
                "translations": _translations(reached.result, words),
                "indicators": [_indicator(one, words) for one in reached.measured],
            }
            for reached in each.results
        ],
    }


def _indicator(each: Measured, words: Words) -> dict[str, Any]:
    found = each.indicator
    return {
        "id": found.slug,
        "title": found.title,
        "measure": found.measure,
        "rule": found.rule,
        "translations": _translations(found, words),
        "cumulative": found.cumulative,
        "baseline": plain(found.baseline_value) if found.baseline_value is not None else None,
        "targets": [
            {"first": one.first.isoformat(), "last": one.last.isoformat(), "value": plain(one.value)}
            for one in found.targets.all()
        ],
        "numbers": [_number(one, words) for one in (*each.wholes, *each.groups)],
    }


def _worded(phrases: dict[str, tuple[str, str]], words: Words) -> list[dict[str, str]]:
    """`phrases`: what each key says, as (kind, own words). A language has the keys that it has words for."""
    found: dict[str, dict[str, str]] = {}
    for key, (kind, own) in phrases.items():
        for language, text in words.worded(kind, own).items():
            found.setdefault(language, {"language": language})[key] = text
    return [found[language] for language in sorted(found)]


def _number(each: Observation, words: Words) -> dict[str, Any]:
    return {
        "id": str(each.pk),
        "first": each.first.isoformat(),
        "last": each.last.isoformat(),
        "as_of": each.as_of.isoformat(),
        "value": plain(each.value),
        "bound": each.bound,
        "breakdown": each.dimension,
        "group": each.category,
        "place": each.place,
        "method": each.method,
        "translations": _worded(
            {
                "breakdown": (Kind.BREAKDOWN, each.dimension),
                "group": (Kind.GROUP, each.category),
                "place": (Kind.PLACE, each.place),
                "method": (Kind.METHOD, each.method),
            },
            words,
        ),
        "corrects": str(each.supersedes_id) if each.supersedes_id else None,
        "source": {
            "title": each.source.title,
            "publisher": each.source.publisher,
            "dated": each.source.dated.isoformat(),
            "url": _url(each.source),
            "kept_at": each.source.shown_kept_at,
            "translations": _worded(
                {
                    "title": (Kind.SOURCE, each.source.title),
                    "publisher": (Kind.PUBLISHER, each.source.publisher),
                    "kept_at": (Kind.KEPT_AT, each.source.shown_kept_at),
                },
                words,
            ),
        },
        "verified": {"on": _verified_on(each), "by": each.verification.role},
    }


def _row(shelved: Shelved, measured: Measured, each: Observation) -> tuple[str, ...]:
    found = measured.indicator
    return (
        shelved.programme.slug, found.slug, found.title, found.measure, each.first.isoformat(), each.last.isoformat(),
        each.as_of.isoformat(), plain(each.value), each.bound, each.dimension, each.category, each.place,
        each.source.title, _url(each.source), _verified_on(each), each.verification.role,
        each.method, each.source.shown_kept_at, each.source.publisher,
    )  # fmt: skip


def _all(shelved: Shelved) -> Iterator[Measured]:
    for reached in shelved.results:
        yield from reached.measured


def _url(source: Source) -> str:
    return source.url if source.access == Source.Access.PUBLIC else ""


def _verified_on(each: Observation) -> str:
    """The day where the charity is, as on its pages."""
    zone = ZoneInfo(each.indicator.result.programme.charity.timezone)
    return each.verification.at.astimezone(zone).date().isoformat()
