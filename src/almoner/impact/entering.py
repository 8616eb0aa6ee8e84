"""A form's or a file's figures, entered together: what the register knows already, and what looks like a slip."""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.functional import cached_property

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.impact import places
from almoner.impact.models import Indicator, Observation, Programme, Source
from almoner.impact.register import Figure, NotEntered, enter
from almoner.impact.standing import live, standing
from almoner.kernel.clock import now

_JUMP: Final = 10
# An observation's group within its indicator: breakdown and group, both empty for the whole.
Cell = tuple[int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A source as somebody names it. The hash is of a file that stays where it is; `kept_at` is where paper is."""

    title: str
    dated: date
    publisher: str = ""
    url: str = ""
    file_name: str = ""
    file_sha256: str = ""
    kept_at: str = ""
    access: str = Source.Access.PUBLIC


def check_address(url: str) -> None:
    """Raises `NotEntered` for a source's address that is none. Empty is well."""
    if not url:
        return
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise NotEntered(
            "The source's address is none, such as https://example.org/report.", field="source"
        ) from None


def check_source(cited: Cited, *, old: Collection[Cited] = ()) -> None:
    """Raises `NotEntered` for a new source that nobody could look at again. `old` are those that were kept before this
    was asked (`nowhere`): they stay what they are, and may be cited."""
    if not (cited.url or cited.file_sha256 or cited.kept_at) and cited not in old:
        raise NotEntered(
            "Say where the source can be looked at: its address, its file, or where it is kept on paper.",
            field="source",
        )


def nowhere(charity: Charity) -> frozenset[Cited]:
    """The charity's sources with neither address, file nor place."""
    rows = Source.objects.filter(charity=charity, url="", file_sha256="", kept_at="")
    return frozenset(Cited(**row) for row in rows.values(*Cited.__slots__))


def keep_source(charity: Charity, cited: Cited) -> Source:
    """The charity's source that is this one, or a new row: the same report named twice is one source.

    Raises `NotEntered` for a new one that can't be found (`check_source`).
    """
    named = {name: getattr(cited, name) for name in cited.__slots__}
    found = Source.objects.filter(charity=charity, **named).order_by("pk").first()
    if found is None:
        check_source(cited)
        found = Source.objects.create(charity=charity, created_at=now(), **named)
    return found


def enter_new(
    figures: Collection[Figure], *, programme_id: int, actor: audit.Actor, observation_id: UUID | None = None
) -> list[Observation]:
    """Enter what the register doesn't have: all of it or nothing, and each once, also where two people press at once.

    Returns a row for each, new or known. They are of one programme; `observation_id` is for a single one. Raises
    `NotEntered`.
    """
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme_id)
        known = Known([each.indicator for each in figures])
        rows = []
        for figure in figures:
            row = known.check(figure)
            if row is None:
                row = enter(figure, actor=actor, observation_id=observation_id)
                known.add(row)
            rows.append(row)
    return rows


def cell_of(figure: Figure | Observation) -> Cell:
    return figure.indicator.pk, figure.dimension, figure.category


class Known:
    """What the register has of some indicators, read once: everything that wasn't sent back or corrected.

    `countries` are their names, in whichever languages; None where nobody is there to be asked about a place.
    """

    def __init__(self, indicators: Collection[Indicator], *, countries: frozenset[str] | None = None) -> None:
        self._indicators, self._countries = indicators, countries
        # A file may bring twenty thousand of one group: neither is looked through from its beginning.
        self._rows: dict[Cell, list[Observation]] = {}
        self._times: dict[tuple[Cell, date, date, date], Observation] = {}
        found = live().filter(indicator__in=indicators).select_related("source", "indicator")
        for each in found.order_by("as_of", "entered_at"):
            self.add(each)

    def add(self, observation: Observation) -> None:
        insort(self._rows.setdefault(cell_of(observation), []), observation, key=_as_of)
        self._times.setdefault(_time_of(observation), observation)

    def same_time(self, figure: Figure) -> Observation | None:
        """What it has for the same group and time: another figure would be a correction of this one."""
        return self._times.get(_time_of(figure))

    def of_period(self, cell: Cell, first: date, begins: date, last: date) -> Observation | None:
        """The newest that counts from `first` to a day of the time from `begins` to `last`."""
        rows = [
            each for each in self._rows.get(cell, ()) if each.first == first and begins <= each.last <= last
        ]
        return rows[-1] if rows else None

    def before(self, cell: Cell, day: date) -> Observation | None:
        """The newest that stands for a day before `day`."""
        rows = self._rows.get(cell, [])
        at = bisect_left(rows, day, key=_as_of)
        return rows[at - 1] if at else None

    def check(self, figure: Figure) -> Observation | None:
        """The row that says the same, or None for a new figure. Raises `NotEntered` where it says something else."""
        there = self.same_time(figure)
        if there is None:
            return None
        if (there.value, there.bound) == (figure.value, figure.bound.value):
            return there
        raise NotEntered(
            f"The register has {there.value.normalize():,f} for this time already. If that is wrong, correct it "
            "there, and say why.",
            field="value",
        )

    def doubts(self, figure: Figure) -> list[str]:
        """What looks like a slip, or may show who is meant, in words for whoever enters it."""
        place = self.place_doubt(figure.indicator, figure.place)
        return [*self.value_doubts(figure), *([place] if place else [])]

    def place_doubt(self, indicator: Indicator, place: str) -> str:
        """Of people at risk: why a place may be too small; "" for one that isn't."""
        if self._countries is None or not indicator.at_risk or not place:
            return ""
        if not places.doubt(place, used=(), countries=self._countries):
            return ""
        used = self._used.get(indicator.result.programme_id, set())
        return places.doubt(place, used=used, countries=self._countries)

    @cached_property
    def _used(self) -> dict[int, set[str]]:
        """By programme: the places of numbers that a second person accepted and that stand, folded."""
        found: dict[int, set[str]] = {}
        programmes = {each.result.programme_id for each in self._indicators}
        stand = standing().filter(indicator__result__programme__in=programmes).exclude(place="")
        named = stand.order_by().values_list("indicator__result__programme", "place")
        for programme, place in named.distinct():
            found.setdefault(programme, set()).add(places.fold(place))
        return found

    def value_doubts(self, figure: Figure) -> list[str]:
        """What looks like a slip."""
        before = self.before(cell_of(figure), figure.as_of)
        if before is None:
            return []
        return list(_doubts(figure, before))


def _as_of(row: Observation) -> date:
    return row.as_of


def _time_of(row: Figure | Observation) -> tuple[Cell, date, date, date]:
    return cell_of(row), row.first, row.last, row.as_of


def _doubts(figure: Figure, before: Observation) -> Iterable[str]:
    was = f"{before.value.normalize():,f} on {before.as_of:%-d %B %Y}"
    if figure.indicator.cumulative and figure.value < before.value:
        yield f"It was {was}, and counts from the beginning: it can’t fall, unless the one before was wrong."
    if not figure.indicator.percent and before.value > 0 and figure.value >= before.value * _JUMP:
        yield f"It was {was}: this is ten times as many, or more."
    if not figure.dimension and places.differ(figure.place, before.place):
        yield (
            f"It was {was}, in {before.place}. This number, of {figure.place} alone, is told in its place from now on: "
            "leave the place empty if it counts both, or count each place as a group of a breakdown."
        )


def part_doubts(whole: Figure, parts: Collection[Figure], *, by: str) -> list[str]:
    """Groups of a breakdown that don't add up to the whole, where each was entered and they should."""
    total = sum((each.value for each in parts), Decimal(0))
    if whole.indicator.percent or total == whole.value:
        return []
    return [f"By {by} it adds up to {total.normalize():,f}, and not to {whole.value.normalize():,f}."]


def fingerprint(words: Iterable[str]) -> str:
    """Of what was doubted, so that a word of assurance counts for these doubts alone."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
