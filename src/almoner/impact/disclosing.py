"""The one gate between the register and everything public: each verified number passes once, and that is remembered.

Pages, stories, charts, open data and IATI all read `public()`; the rules are `disclosure`'s. A breakdown waits until
each of its groups is verified, for one that is missing would be what the others leave.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import BigIntegerField, Exists, Max, OuterRef, Q, QuerySet

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select
from almoner.impact import standing
from almoner.impact.disclosure import Table, Whole, Why, judge, told, whole_hidden
from almoner.impact.models import (
    Dimension,
    Disclosure,
    Indicator,
    Observation,
    ReleaseApproval,
    quantity_of,
)
from almoner.impact.quantities import Bound, Quantity
from almoner.kernel.clock import now

# When and where a number counts: first and last day, place.
_Time = tuple[date, date, str]


def passed() -> Q:
    """What the gate let through: by its verdict, or let out by two people who didn't take it back."""
    return Q(disclosure__shown=True) | Q(Exists(_agreed().filter(release__end=None)))


def _agreed() -> QuerySet[ReleaseApproval]:
    return ReleaseApproval.objects.filter(release__observation=OuterRef("pk"))


def public() -> QuerySet[Observation]:
    """What stands and may be said to anybody."""
    return standing.standing().filter(passed())


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an indicator by a number of everybody. `programme` and `indicator` are their slugs. `replaced`
    are the days for which the numbers stood whose place it took."""

    programme: str
    indicator: str
    title: str
    as_of: date
    quantity: Quantity
    percent: bool
    replaced: tuple[date, ...] = ()


def known(charity: Charity) -> dict[str, list[Known]]:
    """By "programme/indicator", of public programmes: each number of everybody that may be said, the newest last."""
    found: dict[str, list[Known]] = defaultdict(list)
    for programme, indicator, title, measure, as_of, value, bound, *before in _wholes.all(charity=charity.pk):
        quantity = quantity_of(value, bound, measure)
        percent = measure == Indicator.Measure.PERCENT
        replaced = tuple(filter(None, before))
        found[f"{programme}/{indicator}"].append(
            Known(programme, indicator, title, as_of, quantity, percent, replaced)
        )
    return dict(found)


def at(numbers: Sequence[Known], day: date | None) -> Known | None:
    """The number that stands; with a `day`, the one that stands for it: the newest that isn't of a later time.

    None where the number of that day was wrong, and what is right is of a later one: an older number would say what
    nobody ever said of that day.
    """
    found = next((each for each in reversed(numbers) if day is None or each.as_of <= day), None)
    if day is None or found is None:
        return found
    moved = (before for each in numbers if each.as_of > day for before in each.replaced)
    return None if any(found.as_of < before <= day for before in moved) else found


# Stories ask it at each reading, and the ORM takes longer to write it than a database to answer.
_wholes: Final = Select[tuple[str, str, str, str, date, Decimal, str, date | None, date | None]](
    lambda: (
        public()
        .filter(
            dimension="",
            indicator__result__programme__charity=Given("charity", BigIntegerField()),
            indicator__result__programme__public=True,
        )
        .order_by("as_of", "last", "entered_at")
        .select_related(None)
        .values_list(
            "indicator__result__programme__slug",
            "indicator__slug",
            "indicator__title",
            "indicator__measure",
            "as_of",
            "value",
            "bound",
            # A correction, and one that was corrected again.
            "replaces__old__as_of",
            "replaces__old__replaces__old__as_of",
        )
    )
)


def ever_said(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """With their verdicts, and `let_out`: whether two people ever let it out. Nobody forgets it if it is taken back."""
    return rows.select_related("disclosure").annotate(let_out=Exists(_agreed()))


def ever_accepted() -> QuerySet[Observation]:
    """Numbers of everybody that may be said, also those that were corrected since: what stands on evidence pages."""
    return Observation.objects.filter(passed(), dimension="", verification__accepted=True)


def changed(indicators: Iterable[int]) -> dict[int, datetime]:
    """By indicator: when what is told in public of its numbers of everybody changed last. One of which none was ever
    told has no time here. One query."""
    said = Q(disclosure__shown=True)
    ever = said | Q(releases__approval__isnull=False)
    times = (
        Observation.objects.filter(indicator__in=indicators, dimension="")
        .order_by()
        .values_list("indicator")
        .annotate(
            told=Max("disclosure__at", filter=said),
            let_out=Max("releases__approval__at"),
            taken_back=Max("releases__end__at", filter=Q(releases__approval__isnull=False)),
            # Also by one that is hidden: from then on the older one stands no more.
            replaced=Max("replacement__at", filter=ever),
        )
    )
    found = {indicator: [each for each in at if each is not None] for indicator, *at in times}
    return {indicator: max(at) for indicator, at in found.items() if at}


def settle(indicator: Indicator) -> None:
    """Judge each number that stands and wasn't judged. Call it in the transaction that verified one."""
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    stands = list(ever_said(standing.standing().filter(indicator=indicator)))
    fresh = [each for each in stands if not hasattr(each, "disclosure")]
    if not indicator.at_risk:
        _record(fresh, dict.fromkeys((each.pk for each in fresh), None))
        return
    torn = _settle_breakdowns(indicator, stands, [each for each in stands if not each.dimension])
    _settle_wholes(indicator, stands, torn)


def _settle_breakdowns(
    indicator: Indicator, stands: list[Observation], wholes: list[Observation]
) -> set[_Time]:
    """Judge each breakdown that is whole; the times whose number of everybody would give a hidden group away."""
    torn: set[_Time] = set()
    for dimension in indicator.dimensions.order_by("ordinal", "pk"):
        times: dict[_Time, dict[str, Observation]] = defaultdict(dict)
        for each in stands:
            if each.dimension == dimension.name:
                times[_time(each)][each.category] = each
        before = judged_tables(indicator, dimension)
        for time in sorted(times, key=lambda each: each[1]):
            cells = times[time]
            fresh = [each for each in cells.values() if not hasattr(each, "disclosure")]
            if not fresh or set(cells) != set(dimension.categories):
                continue
            if indicator.percent:
                _record(fresh, dict.fromkeys((each.pk for each in fresh), Why.SHARE))
                continue
            table, total = _table(time, cells), _exact(time, wholes)
            if dimension.adds_up and total not in (None, sum(table.cells.values())):
                # One of them is wrong, or its correction isn't verified yet.
                continue
            found = judge(
                table, before, whole=total, cumulative=indicator.cumulative, adds_up=dimension.adds_up
            )
            if found.gives_away:
                torn.add(time)
            _record(fresh, {each.pk: found.why.get(each.category) for each in fresh})
            before.insert(0, replace(table, said=_said(cells.values())))
    return torn


def _settle_wholes(indicator: Indicator, stands: list[Observation], torn: set[_Time]) -> None:
    wholes = [each for each in stands if not each.dimension]
    said = [_whole(each) for each in wholes if _was_said(each)]
    for each in sorted(wholes, key=lambda each: (each.last, each.first)):
        if hasattr(each, "disclosure") or _disagrees(indicator, each, stands):
            continue
        why = None
        if not indicator.percent:
            why = whole_hidden(_whole(each), said, cumulative=indicator.cumulative)
            why = why or (Why.TORN if _time(each) in torn else None)
        _record([each], {each.pk: why})
        if why is None:
            said.append(_whole(each))


def _disagrees(indicator: Indicator, whole: Observation, stands: list[Observation]) -> bool:
    """Whether a breakdown of that time, of which something is said, adds up to another number."""
    if whole.bound != Bound.EXACT:
        return False
    for dimension in indicator.dimensions.all():
        cells = [each for each in stands if each.dimension == dimension.name and _time(each) == _time(whole)]
        complete = {each.category for each in cells} == set(dimension.categories)
        said = any(_was_said(each) for each in cells)
        if dimension.adds_up and said and complete and sum(each.value for each in cells) != whole.value:
            return True
    return False


def said_wholes(indicator: Indicator) -> list[Whole]:
    """The numbers of everybody that stand and were ever said."""
    rows = ever_said(standing.standing().filter(indicator=indicator, dimension=""))
    return [_whole(each) for each in rows if _was_said(each)]


def judged_tables(indicator: Indicator, dimension: Dimension) -> list[Table]:
    """What was judged of a breakdown: each time's table as it was last, then each number that was said before."""
    rows = ever_said(
        Observation.objects.filter(indicator=indicator, dimension=dimension.name, disclosure__isnull=False)
    )
    latest: dict[_Time, dict[str, Observation]] = defaultdict(dict)
    older: list[Table] = []
    for each in rows.order_by("disclosure__pk"):
        cells = latest[_time(each)]
        if each.category in cells and _was_said(cells[each.category]):
            gone = cells[each.category]
            older.append(_table(_time(gone), {gone.category: gone}, said=True))
        cells[each.category] = each
    return [_table(time, cells, said=True) for time, cells in latest.items()] + older


def _table(time: _Time, cells: dict[str, Observation], *, said: bool = False) -> Table:
    first, last, place = time
    counts = {name: int(each.value) for name, each in cells.items()}
    found = Table(first=first, last=last, place=place, cells=counts)
    if not said:
        return found
    found = replace(found, said=_said(cells.values()))
    return replace(found, said=told(found)) if any(let_out(each) for each in cells.values()) else found


def _said(cells: Iterable[Observation]) -> frozenset[str]:
    """The groups of which a number stands in public."""
    return frozenset(each.category for each in cells if _was_said(each))


def _was_said(each: Observation) -> bool:
    return hasattr(each, "disclosure") and (each.disclosure.shown or let_out(each))


def let_out(each: Observation) -> bool:
    """Of a row of `ever_said`."""
    return bool(vars(each)["let_out"])


def _time(each: Observation) -> _Time:
    return each.first, each.last, each.place


def _whole(each: Observation) -> Whole:
    return Whole(each.first, each.last, int(each.value), each.place)


def _exact(time: _Time, wholes: list[Observation]) -> int | None:
    for each in wholes:
        if _time(each) == time and each.bound == Bound.EXACT:
            return int(each.value)
    return None


def _record(judged: Iterable[Observation], why: Mapping[UUID, Why | None]) -> None:
    """`why`: of each number why it is hidden; None or missing where it is said."""
    at = now()
    for each in judged:
        hidden = why.get(each.pk)
        each.disclosure = Disclosure.objects.create(
            observation=each, shown=hidden is None, why=hidden or "", at=at
        )
