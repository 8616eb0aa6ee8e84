"""What the register counts, made and changed: programmes, results and indicators, with what may no longer change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from almoner.charities import audit
from almoner.charities.sites import bump
from almoner.impact import claims
from almoner.impact.models import Dimension, Indicator, Observation, Partner, Programme, Result

Entry = Programme | Result | Indicator
_MOST_CHARACTERS: Final = 60
_MOST_GROUPS: Final = 40


class NotKept(ValueError):
    """It can't stand in the register; the message says why, for staff. `field` is the one to mend."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def keep(found: Entry, *, changed: Sequence[str], write: Callable[[], object], actor: audit.Actor) -> Entry:
    """Save a new or changed one by `write`, which saves it with all that is below it, and log it. `changed` names what
    is other than before. Public pages say it from now on."""
    new = found.pk is None
    with transaction.atomic():
        write()
        kind, charity = found._meta.model_name or "", programme_of(found).charity
        audit.record(
            actor=actor,
            charity=charity,
            action=f"{'make' if new else 'change'} {kind}",
            object_type=kind,
            object_id=found.pk,
            detail={"changed": list(changed)},
        )
        bump(charity.pk)
        if isinstance(found, Programme) and "public" in changed:
            claims.look(charity)
    return found


def programme_of(found: Entry) -> Programme:
    if isinstance(found, Programme):
        return found
    return found.programme if isinstance(found, Result) else found.result.programme


def fixed(indicator: Indicator) -> tuple[str, ...]:
    """The fields that may no longer change: its figures would mean something else."""
    has_figures = indicator.pk is not None and indicator.observations.exists()
    return ("measure", "cumulative") if has_figures else ()


def check_name(indicator: Indicator, slug: str) -> None:
    """Raises `NotKept` for the name of another indicator of the programme, though of another result."""
    others = Indicator.objects.filter(result__programme=indicator.result.programme, slug=slug)
    if others.exclude(pk=indicator.pk).exists():
        raise NotKept("The programme has another indicator of this name.", field="slug")


def figures_of(dimension: Dimension) -> QuerySet[Observation]:
    """Those that are broken down so, by the name that the register has for it."""
    if dimension.pk is None:
        return Observation.objects.none()
    name = Dimension.objects.values_list("name", flat=True).get(pk=dimension.pk)
    return Observation.objects.filter(indicator=dimension.indicator_id, dimension=name)


def check_groups(dimension: Dimension, groups: Collection[str]) -> None:
    """Raises `NotKept` for groups that no breakdown can have, or without one that has figures."""
    if not 2 <= len(groups) <= _MOST_GROUPS or any(len(each) > _MOST_CHARACTERS for each in groups):
        raise NotKept("Name 2 to 40 groups, of at most 60 characters each.", field="breakdowns")
    missing = figures_of(dimension).exclude(category__in=groups).values_list("category", flat=True).first()
    if missing is not None:
        raise NotKept(f"There are figures of the group {missing}: it has to stay.", field="breakdowns")


def set_partners(programme: Programme, wanted: Collection[tuple[str, str, str]]) -> None:
    """Make these its partners, each as (name, kind, role): one that the charity knows, or a new one of that kind.

    Call it inside `keep`. Raises `NotKept`.
    """
    kept = []
    for name, kind, role in wanted:
        partner = Partner.objects.filter(charity=programme.charity, name=name).first()
        if partner is None and not kind:
            raise NotKept(f"Say what kind of organisation {name} is.", field="partners")
        partner = partner or Partner.objects.create(charity=programme.charity, name=name, kind=kind)
        kept.append(programme.partnerships.get_or_create(partner=partner, role=role)[0].pk)
    programme.partnerships.exclude(pk__in=kept).delete()


def set_breakdowns(indicator: Indicator, wanted: Sequence[tuple[str, list[str], bool]]) -> None:
    """Make these its breakdowns in their order, each as (name, groups, whether they add up). What has figures stays.

    Call it inside `keep`. Raises `NotKept`.
    """
    there = {each.name: each for each in indicator.dimensions.all()}
    for ordinal, (name, groups, adds_up) in enumerate(wanted):
        found = there.pop(name, None) or Dimension(indicator=indicator, name=name)
        check_groups(found, groups)
        found.categories, found.adds_up, found.ordinal = groups, adds_up, ordinal
        found.save()
    for gone in there.values():
        if figures_of(gone).exists():
            raise NotKept(f"The breakdown by {gone.name} has figures: it has to stay.", field="breakdowns")
        gone.delete()


def set_targets(indicator: Indicator, wanted: Mapping[tuple[date, date], Decimal]) -> None:
    """Make these its targets, by their first and last day. Call it inside `keep`. Raises `NotKept`."""
    kept = []
    for (first, last), value in wanted.items():
        if last < first:
            raise NotKept("A target’s last day is before its first.", field="targets")
        made, _ = indicator.targets.update_or_create(first=first, last=last, defaults={"value": value})
        kept.append(made.pk)
    indicator.targets.exclude(pk__in=kept).delete()
