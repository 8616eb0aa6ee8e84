"""The one gate between the register and everything public: each verified number passes once, and that is remembered.

Pages, stories, charts, open data and IATI all read `public()`; the rules are `disclosure`'s. A breakdown waits until
each of its groups is verified, for one that is missing would be what the others leave.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import BigIntegerField, Q, QuerySet

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select
from almoner.charities.sites import bump
from almoner.impact import standing
from almoner.impact.disclosure import Table, Whole, judge, whole_may_stand
from almoner.impact.models import (
    Dimension,
    Disclosure,
    Indicator,
    Observation,
    Release,
    ReleaseApproval,
    Source,
    quantity_of,
)
from almoner.impact.quantities import Bound, Quantity
from almoner.kernel.clock import now

PASSED: Final = Q(disclosure__shown=True) | Q(release__approval__isnull=False)
# When and where a number counts: first and last day, place.
_Time = tuple[date, date, str]


class NotReleasable(ValueError):
    """A hidden number can't be let out, or not by this person; the message says why, for staff."""


def public() -> QuerySet[Observation]:
    """What stands and may be said to anybody."""
    return standing.standing().filter(PASSED)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an indicator by a number of everybody. `programme` and `indicator` are their slugs."""

    programme: str
    indicator: str
    title: str
    as_of: date
    quantity: Quantity
    percent: bool


def newest(charity: Charity) -> list[Known]:
    """The newest number of everybody, of each indicator of a public programme that has one which may be said."""
    found: dict[int, Known] = {}
    for pk, programme, indicator, title, measure, as_of, value, bound in _wholes.all(charity=charity.pk):
        quantity = quantity_of(value, bound, measure)
        percent = measure == Indicator.Measure.PERCENT
        found[pk] = Known(programme, indicator, title, as_of, quantity, percent)
    return list(found.values())


# Stories ask it at each reading, and the ORM takes longer to write it than a database to answer.
_wholes: Final = Select[tuple[int, str, str, str, str, date, Decimal, str]](
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
            "indicator_id",
            "indicator__result__programme__slug",
            "indicator__slug",
            "indicator__title",
            "indicator__measure",
            "as_of",
            "value",
            "bound",
        )
    )
)


def settle(indicator: Indicator) -> None:
    """Judge each number that stands and wasn't judged. Call it in the transaction that verified one."""
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    stands = list(standing.standing().filter(indicator=indicator).select_related("disclosure"))
    fresh = [each for each in stands if not hasattr(each, "disclosure")]
    if not indicator.at_risk:
        _record(fresh, said=frozenset(each.pk for each in fresh))
        return
    torn = _settle_breakdowns(indicator, stands, [each for each in stands if not each.dimension])
    _settle_wholes(indicator, stands, torn)


def release(observation: Observation, *, reason: str, actor: audit.Actor) -> Release:
    """Say why a hidden number may stand: its source is public already. Raises `NotReleasable`, with nothing kept."""
    if not reason.strip():
        raise NotReleasable("Say where it has been made public, and why it leads to nobody.")
    if observation.source.access != Source.Access.PUBLIC:
        raise NotReleasable("Only what a public source says already may be let out.")
    with transaction.atomic():
        locked = Observation.objects.select_for_update().get(pk=observation.pk)
        if not Disclosure.objects.filter(observation=locked, shown=False).exists():
            raise NotReleasable("It isn't hidden.")
        if Release.objects.filter(observation=locked).exists():
            raise NotReleasable("Somebody asked for that already: a second person has to agree.")
        asked = Release.objects.create(
            observation=locked, reason=reason.strip(), by_id=actor.pk, by_name=actor.get_username(), at=now()
        )
        _audit("ask to show small figure", observation, actor)
    return asked


def approve(asked: Release, *, actor: audit.Actor) -> ReleaseApproval:
    """Let a hidden number out. Raises `NotReleasable`: not by who asked, and not twice."""
    with transaction.atomic():
        locked = Release.objects.select_for_update().get(pk=asked.pk)
        if locked.by_id == actor.pk:
            raise NotReleasable("Somebody else has to agree: you asked for it.")
        if ReleaseApproval.objects.filter(release=locked).exists():
            raise NotReleasable("It was agreed already.")
        agreed = ReleaseApproval.objects.create(
            release=locked, by_id=actor.pk, by_name=actor.get_username(), at=now()
        )
        _audit("show small figure", asked.observation, actor)
        bump(asked.observation.source.charity_id)
    return agreed


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
        before = _judged(indicator, dimension)
        for time in sorted(times, key=lambda each: each[1]):
            cells = times[time]
            fresh = [each for each in cells.values() if not hasattr(each, "disclosure")]
            if not fresh or set(cells) != set(dimension.categories):
                continue
            if indicator.percent:
                _record(fresh, said=frozenset())
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
            _record(fresh, said=frozenset(each.pk for each in fresh if each.category in found.said))
            before.insert(0, replace(table, said=_said(cells.values(), found.said)))
    return torn


def _settle_wholes(indicator: Indicator, stands: list[Observation], torn: set[_Time]) -> None:
    wholes = [each for each in stands if not each.dimension]
    said = [_whole(each) for each in wholes if hasattr(each, "disclosure") and each.disclosure.shown]
    for each in sorted(wholes, key=lambda each: (each.last, each.first)):
        if hasattr(each, "disclosure") or _disagrees(indicator, each, stands):
            continue
        stands_alone = whole_may_stand(_whole(each), said, cumulative=indicator.cumulative)
        may = indicator.percent or (stands_alone and _time(each) not in torn)
        _record([each], said=frozenset([each.pk] if may else ()))
        if may:
            said.append(_whole(each))


def _disagrees(indicator: Indicator, whole: Observation, stands: list[Observation]) -> bool:
    """Whether a breakdown of that time, of which something is said, adds up to another number."""
    if whole.bound != Bound.EXACT:
        return False
    for dimension in indicator.dimensions.all():
        cells = [each for each in stands if each.dimension == dimension.name and _time(each) == _time(whole)]
        complete = {each.category for each in cells} == set(dimension.categories)
        said = any(hasattr(each, "disclosure") and each.disclosure.shown for each in cells)
        if dimension.adds_up and said and complete and sum(each.value for each in cells) != whole.value:
            return True
    return False


def _judged(indicator: Indicator, dimension: Dimension) -> list[Table]:
    """What was judged of a breakdown: each time's table as it was last, then each number that was said before."""
    rows = Observation.objects.filter(
        indicator=indicator, dimension=dimension.name, disclosure__isnull=False
    ).select_related("disclosure")
    latest: dict[_Time, dict[str, Observation]] = defaultdict(dict)
    older: list[Table] = []
    for each in rows.order_by("disclosure__pk"):
        cells = latest[_time(each)]
        if each.category in cells and cells[each.category].disclosure.shown:
            gone = cells[each.category]
            older.append(_table(_time(gone), {gone.category: gone}, said=True))
        cells[each.category] = each
    return [_table(time, cells, said=True) for time, cells in latest.items()] + older


def _table(time: _Time, cells: dict[str, Observation], *, said: bool = False) -> Table:
    first, last, place = time
    counts = {name: int(each.value) for name, each in cells.items()}
    return Table(
        first=first, last=last, place=place, cells=counts, said=_said(cells.values()) if said else frozenset()
    )


def _said(cells: Iterable[Observation], judged: frozenset[str] = frozenset()) -> frozenset[str]:
    """The groups of which a number stands in public, with those that were judged just now."""
    return frozenset(
        each.category
        for each in cells
        if (each.disclosure.shown if hasattr(each, "disclosure") else each.category in judged)
    )


def _time(each: Observation) -> _Time:
    return each.first, each.last, each.place


def _whole(each: Observation) -> Whole:
    return Whole(each.first, each.last, int(each.value), each.place)


def _exact(time: _Time, wholes: list[Observation]) -> int | None:
    for each in wholes:
        if _time(each) == time and each.bound == Bound.EXACT:
            return int(each.value)
    return None


def _record(judged: Iterable[Observation], *, said: frozenset[object]) -> None:
    at = now()
    for each in judged:
        each.disclosure = Disclosure.objects.create(observation=each, shown=each.pk in said, at=at)


def _audit(action: str, observation: Observation, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=observation.source.charity,
        action=action,
        object_type="observation",
        object_id=observation.pk,
        detail={"indicator": observation.indicator.title},
    )
