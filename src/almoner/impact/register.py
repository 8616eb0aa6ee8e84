"""Writing into the register: a number is entered by one person and stands once another has looked at its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.impact import claims, disclosing, standing
from almoner.impact.models import Indicator, Observation, Source, Verification
from almoner.impact.quantities import Bound
from almoner.kernel.clock import now

_MOST: Final = Decimal(10) ** 15
NEVER_STOOD: Final = "It was sent back and never stood, so there is nothing to correct: enter it anew."


class NotEntered(ValueError):
    """The number can't stand in the register; the message says why, for staff. `field` is the one to mend."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class NotDecidable(ValueError):
    """Nothing can be said of this observation, or not by this person; the message says why, for staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as it is entered. `dimension` and `category` are of a breakdown's cell, both empty for the total."""

    indicator: Indicator
    first: date
    last: date
    as_of: date
    value: Decimal
    source: Source
    bound: Bound = Bound.EXACT
    dimension: str = ""
    category: str = ""
    place: str = ""
    method: str = ""


def enter(figure: Figure, *, actor: audit.Actor, observation_id: UUID | None = None) -> Observation:
    """Keep a number for a second person to verify. Raises `NotEntered`, with nothing kept."""
    with transaction.atomic():
        return _enter(figure, supersedes=None, reason="", actor=actor, observation_id=observation_id)


def correct(
    wrong: Observation,
    figure: Figure,
    *,
    reason: str,
    actor: audit.Actor,
    observation_id: UUID | None = None,
) -> Observation:
    """Keep a number that takes another's place once it is verified; the other stays, to be read as what it was.

    Called again with the same `observation_id` it returns what it kept. Raises `NotEntered`, with nothing kept.
    """
    if not reason.strip():
        raise NotEntered(
            "Say what changed and why: it stands in public, beside both numbers.", field="reason"
        )
    if figure.indicator.pk != wrong.indicator_id:
        raise NotEntered("A correction is of the same indicator.", field="indicator")
    if (figure.dimension, figure.category) != (wrong.dimension, wrong.category):
        raise NotEntered("A correction is of the same group.", field="category")
    with transaction.atomic():
        locked = Observation.objects.select_for_update().get(pk=wrong.pk)
        newer = Observation.objects.filter(supersedes=locked).first()
        if newer is not None and newer.pk == observation_id:
            return newer
        if newer is not None:
            raise NotEntered("It was corrected already: correct the newer number.", field="value")
        if standing.never_stood(locked):
            raise NotEntered(NEVER_STOOD, field="value")
        return _enter(
            figure, supersedes=locked, reason=reason.strip(), actor=actor, observation_id=observation_id
        )


def decide(
    observation: Observation, *, accepted: bool, role: str, note: str = "", actor: audit.Actor
) -> Verification:
    """Say that the source says so, or send it back. Raises `NotDecidable`: not one's own number, and not twice."""
    return decide_all([observation], accepted=accepted, role=role, note=note, actor=actor)[0]


def decide_all(
    observations: Iterable[Observation], *, accepted: bool, role: str, note: str = "", actor: audit.Actor
) -> list[Verification]:
    """The same of several, all or none, in the order in which they come. Each indicator is judged once."""
    if not role.strip():
        raise NotDecidable(
            "Say in which role you looked at the source: it stands in public, your name doesn't."
        )
    keys = [each.pk for each in observations]
    with transaction.atomic():
        rows = Observation.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        locked = {each.pk: each for each in rows.select_related("indicator__result__programme__charity")}
        if any(each.entered_by_id == actor.pk for each in locked.values()):
            raise NotDecidable("Somebody else has to look at it: you entered it.")
        if Verification.objects.filter(observation__in=keys).exists():
            raise NotDecidable("It was decided on already.")
        made = [
            _verify(locked[key], accepted=accepted, role=role, note=note, actor=actor)
            for key in dict.fromkeys(keys)
        ]
        indicators = {each.indicator_id: each.indicator for each in locked.values()}.values()
        standing.record(indicators)
        if accepted:
            _stand(indicators)
    return made


def _verify(
    observation: Observation, *, accepted: bool, role: str, note: str, actor: audit.Actor
) -> Verification:
    verification = Verification.objects.create(
        observation=observation,
        accepted=accepted,
        role=role.strip(),
        note=note.strip(),
        by_id=actor.pk,
        by_name=actor.get_username(),
        at=now(),
    )
    _record("verify figure" if accepted else "send figure back", observation, actor)
    return verification


def _stand(indicators: Iterable[Indicator]) -> None:
    """Every page that shows them says the new numbers from now on; what else was said is held against these."""
    found = sorted(indicators, key=lambda each: each.pk)
    for indicator in found:
        disclosing.settle(indicator)
        claims.look(charity_of(indicator), of=indicator)
    for charity_id in sorted({charity_of(each).pk for each in found}):
        bump(charity_id)


def _enter(
    figure: Figure,
    *,
    supersedes: Observation | None,
    reason: str,
    actor: audit.Actor,
    observation_id: UUID | None = None,
) -> Observation:
    check(figure)
    observation = Observation.objects.create(
        id=observation_id or uuid4(),
        indicator=figure.indicator,
        first=figure.first,
        last=figure.last,
        as_of=figure.as_of,
        value=figure.value,
        bound=figure.bound,
        dimension=figure.dimension,
        category=figure.category,
        place=figure.place,
        method=figure.method,
        source=figure.source,
        supersedes=supersedes,
        reason=reason,
        entered_by_id=actor.pk,
        entered_by_name=actor.get_username(),
        entered_at=now(),
    )
    _record("correct figure" if supersedes is not None else "enter figure", observation, actor)
    return observation


def check(figure: Figure) -> None:
    """Raises `NotEntered` for what can't stand in any register."""
    charity = charity_of(figure.indicator)
    if figure.source.charity_id != charity.pk:
        raise NotEntered("That source is another charity's.", field="source")
    if figure.last < figure.first:
        raise NotEntered("The last day is before the first.", field="last")
    today = now().astimezone(ZoneInfo(charity.timezone)).date()
    if not figure.first <= figure.as_of <= today:
        raise NotEntered("The day for which it stands is not before its time, nor to come.", field="as_of")
    if bool(figure.dimension) != bool(figure.category):
        raise NotEntered("A group has a name and belongs to a breakdown: both or neither.", field="category")
    if figure.dimension:
        _check_cell(figure)
    _check_value(figure.value, percent=figure.indicator.percent)


def _check_cell(figure: Figure) -> None:
    """Its breakdown is one of the indicator's, and so is its group: nobody types a group, or it could name a person."""
    found = next((each for each in figure.indicator.dimensions.all() if each.name == figure.dimension), None)
    if found is None:
        raise NotEntered(f"The indicator has no breakdown by {figure.dimension}.", field="dimension")
    if figure.category not in found.categories:
        groups = ", ".join(found.categories)
        raise NotEntered(f"The breakdown by {found.name} has these groups: {groups}.", field="category")


def _check_value(value: Decimal, *, percent: bool) -> None:
    if not value.is_finite() or value < 0 or value >= _MOST:
        raise NotEntered("Enter a number, 0 or more.", field="value")
    if percent and value > 100:
        raise NotEntered("A share is at most 100 per cent.", field="value")
    if not percent and value != value.to_integral_value():
        raise NotEntered("What is counted comes in whole ones.", field="value")
    if value != round(value, 4):
        raise NotEntered("Four decimals at most.", field="value")


def charity_of(indicator: Indicator) -> Charity:
    return indicator.result.programme.charity


def _record(action: str, observation: Observation, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=charity_of(observation.indicator),
        action=action,
        object_type="observation",
        object_id=observation.pk,
        detail={"indicator": observation.indicator.title, "value": f"{observation.value.normalize():f}"},
    )
