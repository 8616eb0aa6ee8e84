"""Programmes and their numbers as everybody may read them: what pages, open data and IATI are made of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from almoner.charities.models import Charity
from almoner.impact import disclosing
from almoner.impact.models import Indicator, Observation, Partnership, Programme, Result


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator with its numbers: of everybody, the oldest first, and of the groups of its newest breakdowns."""

    indicator: Indicator
    wholes: Sequence[Observation]
    groups: Sequence[Observation]

    @property
    def newest(self) -> Observation | None:
        return self.wholes[-1] if self.wholes else None


@dataclass(frozen=True, slots=True)
class Reached:
    result: Result
    measured: Sequence[Measured]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A public programme, in the order in which its results and indicators are shown."""

    programme: Programme
    partnerships: Sequence[Partnership]
    results: Sequence[Reached]


def programmes(charity: Charity, *, slug: str = "") -> list[Shelved]:
    """The charity's public programmes, or the one of this slug, in seven queries."""
    found = Programme.objects.filter(charity=charity, public=True).select_related("charity")
    if slug:
        found = found.filter(slug=slug)
    indicators = Indicator.objects.order_by("ordinal", "pk").prefetch_related("targets", "dimensions")
    results = Result.objects.order_by("ordinal", "pk").prefetch_related(Prefetch("indicators", indicators))
    partnerships = Partnership.objects.select_related("partner").order_by("role", "partner__name")
    rows = list(
        found.prefetch_related(Prefetch("results", results), Prefetch("partnerships", partnerships)).order_by(
            "title"
        )
    )
    numbers = _numbers(rows)
    return [_shelved(each, numbers) for each in rows]


def _numbers(rows: list[Programme]) -> dict[int, list[Observation]]:
    numbers: dict[int, list[Observation]] = defaultdict(list)
    wanted = disclosing.public().filter(indicator__result__programme__in=rows)
    for each in wanted.order_by("last", "as_of", "entered_at"):
        numbers[each.indicator_id].append(each)
    return numbers


def _shelved(programme: Programme, numbers: dict[int, list[Observation]]) -> Shelved:
    return Shelved(
        programme,
        list(programme.partnerships.all()),
        [
            Reached(result, [measured(each, numbers[each.pk]) for each in result.indicators.all()])
            for result in programme.results.all()
        ],
    )


def measured(indicator: Indicator, rows: Sequence[Observation]) -> Measured:
    """`rows`: what may be said of the indicator, the oldest first."""
    return Measured(
        indicator, [each for each in rows if not each.dimension], [each for each in rows if each.dimension]
    )
