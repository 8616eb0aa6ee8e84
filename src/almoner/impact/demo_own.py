"""The demonstration's own programmes, entered and verified as staff do it, until last month. Safe to repeat."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from almoner.charities.models import Charity, Fund
from almoner.impact.demo import Person
from almoner.impact.demo_figures import INVENTED, MONTHS, WORKS, Measured, Told, Work
from almoner.impact.demo_phrases import word
from almoner.impact.demo_translations import translate
from almoner.impact.due import calendar_of
from almoner.impact.entering import Cited, enter_new, keep_source
from almoner.impact.models import (
    Dimension,
    Indicator,
    Observation,
    Partner,
    Partnership,
    Programme,
    Result,
    Source,
    Target,
)
from almoner.impact.register import Figure, correct, decide_all

_ENTERS: Final = Person(-1, "demonstration, entry")
_CHECKS: Final = Person(-2, "demonstration, check")
_PLACE: Final = "Australia"
_DAY: Final = timedelta(days=1)


def seed(charity: Charity, *, today: date) -> None:
    """Two programmes with what they reached in the 24 whole months before `today`, a day where the charity is."""
    if Programme.objects.filter(charity=charity, slug=WORKS[0].slug).exists():
        return
    calendar = _Calendar(today)
    for work in WORKS:
        _work(charity, work, calendar)


@dataclass(frozen=True, slots=True)
class _Calendar:
    today: date

    def month(self, after: int) -> tuple[date, date]:
        """First and last day of the month so many after the last whole one; 0 is that one itself."""
        number = self.today.year * 12 + self.today.month - 2 + after
        year, at = divmod(number, 12)
        first = date(year, at + 1, 1)
        return first, date(year + (at + 1) // 12, (at + 1) % 12 + 1, 1) - _DAY

    @property
    def begins(self) -> date:
        return self.month(1 - MONTHS)[0]

    def times(self, measured: Measured) -> Iterator[tuple[date, date]]:
        """The time that each of its numbers counts, the oldest first."""
        if measured.every_months == 3:
            yield from self._quarters(len(measured.values))
            return
        for back in range(len(measured.values) - 1, -1, -1):
            last = self.month(-back * measured.every_months)[1]
            first = self.month(1 - (back + 1) * measured.every_months)[0]
            yield (self.begins if measured.cumulative else first), last

    def _quarters(self, count: int) -> list[tuple[date, date]]:
        """The last ones of the calendar that are over."""
        found: list[tuple[date, date]] = []
        quarterly, day = Indicator(every_months=3), self.today
        while len(found) < count:
            first = calendar_of(quarterly, day)[0]
            day = first - _DAY
            found.insert(0, calendar_of(quarterly, day))
        return found


def _work(charity: Charity, work: Work, calendar: _Calendar) -> None:
    programme = Programme.objects.create(
        charity=charity, slug=work.slug, title=work.title, summary=work.summary, country="AU",
        sector=work.sector, starts_on=calendar.begins,
    )  # fmt: skip
    programme.funds.set(Fund.objects.filter(charity=charity, code=work.fund))
    for name, kind, role in work.partners:
        partner = Partner.objects.create(charity=charity, name=name + INVENTED, kind=kind)
        Partnership.objects.create(programme=programme, partner=partner, role=role)
    sources = _Sources(charity, work.report, calendar.today)
    slips: list[tuple[Figure, Figure, str]] = []
    figures: list[Figure] = []
    for ordinal, told in enumerate(work.results):
        for measured, indicator in _indicators(programme, told, ordinal):
            found = list(_figures(indicator, measured, calendar, sources))
            figures += found
            slips += _slips(measured, found)
    _enter(programme, figures, slips, role=work.verified_by)
    translate(programme)
    if work is WORKS[0]:
        word(charity, sources.kept, actor=_ENTERS)


class _Sources:
    """A report for each month, dated four days after it: the same one for all that it tells."""

    def __init__(self, charity: Charity, title: str, today: date) -> None:
        self._charity, self._title, self._today = charity, title, today
        self.kept: dict[date, Source] = {}

    def of(self, last: date) -> Source:
        if last not in self.kept:
            cited = Cited(
                title=f"{self._title}, {last:%B %Y}", publisher=self._charity.name,
                dated=min(last + 4 * _DAY, self._today), kept_at=self._charity.name, access=Source.Access.ON_REQUEST,
            )  # fmt: skip
            self.kept[last] = keep_source(self._charity, cited)
        return self.kept[last]


def _indicators(programme: Programme, told: Told, ordinal: int) -> Iterator[tuple[Measured, Indicator]]:
    result = Result.objects.create(
        programme=programme, kind=told.kind, title=told.title, description=told.description, ordinal=ordinal
    )
    for at, measured in enumerate(told.measured):
        yield measured, Indicator.objects.create(
            result=result, slug=measured.slug, title=measured.title, measure=measured.measure,
            nouns=measured.nouns, rule=measured.rule, cumulative=measured.cumulative,
            since=programme.starts_on if measured.cumulative else None, every_months=measured.every_months,
            at_risk=measured.at_risk, baseline_value=measured.baseline,
            baseline_on=programme.starts_on - _DAY if measured.baseline is not None else None, ordinal=at,
        )  # fmt: skip


def _figures(
    indicator: Indicator, measured: Measured, calendar: _Calendar, sources: _Sources
) -> Iterator[Figure]:
    """Its targets and groups are set, and its numbers are made ready: of everybody, and then of the groups."""
    start = indicator.since or calendar.begins
    for after, value in measured.targets.items():
        Target.objects.create(indicator=indicator, first=start, last=calendar.month(after)[1], value=value)
    if measured.by:
        groups = list(next(iter((measured.parts or {}).values())))
        Dimension.objects.create(indicator=indicator, name=measured.by, categories=groups)
    wholes = [
        Figure(
            indicator=indicator, first=first, last=last, as_of=last, value=Decimal(value),
            source=sources.of(last), place=_PLACE, method=measured.method,
        )
        for (first, last), value in zip(calendar.times(measured), measured.values, strict=True)
    ]  # fmt: skip
    yield from wholes
    for after, parts in (measured.parts or {}).items():
        whole = wholes[after - 1]
        for name, value in parts.items():
            yield replace(whole, dimension=measured.by, category=name, value=Decimal(value))


def _slips(measured: Measured, figures: list[Figure]) -> list[tuple[Figure, Figure, str]]:
    """(what was entered at first, what is right, why) of the one that was wrong."""
    if measured.slip is None:
        return []
    after, too_many, why = measured.slip
    right = figures[len(measured.values) + after - 1]
    return [(replace(right, value=right.value + too_many), right, why)]


def _enter(
    programme: Programme, figures: list[Figure], slips: list[tuple[Figure, Figure, str]], *, role: str
) -> None:
    """All are entered by one and verified by another; what was a slip then is corrected by the same two."""
    wrong = {id(right): slip for slip, right, _ in slips}
    rows = enter_new(
        [wrong.get(id(each), each) for each in figures], programme_id=programme.pk, actor=_ENTERS
    )
    _accept(rows, role)
    entered = dict(zip(map(id, figures), rows, strict=True))
    _accept([correct(entered[id(right)], right, reason=why, actor=_ENTERS) for _, right, why in slips], role)


def _accept(rows: Iterable[Observation], role: str) -> None:
    decide_all(rows, accepted=True, role=role, actor=_CHECKS)
