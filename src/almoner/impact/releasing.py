"""Letting a small number out that its source has made public: one person asks, a second agrees or refuses, and what was
let out can be taken back. All of it stays to be read by staff."""

from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from almoner.charities import audit
from almoner.charities.sites import bump
from almoner.impact import standing
from almoner.impact.disclosing import ever_said, judged_tables, said_wholes
from almoner.impact.disclosure import Whole, Why, small, tells_others, whole_tells_others
from almoner.impact.models import (
    Dimension,
    Indicator,
    Observation,
    Release,
    ReleaseApproval,
    ReleaseEnd,
    Source,
)
from almoner.kernel.clock import now

# A group's one of 43, and the next total of 44: then the group is one or two.
_GROWS: Final = (
    "It is of a group, and counts from the beginning: with it and the totals that follow, later numbers could be "
    "worked out. Only a number of everybody is let out here."
)
_TELLS: Final = "With it, another hidden number could be worked out: it has to stay hidden."


class NotReleasable(ValueError):
    """A hidden number can't be let out, or not by this person; the message says why, for staff."""


def open_releases() -> QuerySet[Release]:
    """Asked for, and neither agreed nor refused."""
    return Release.objects.filter(approval=None, end=None)


def hindrance(observation: Observation) -> str:
    """Why nobody can ask to let this number out, in words for staff; "" where somebody can.

    The row comes through `standing`, with its source and indicator.
    """
    found = ever_said(standing.standing().filter(pk=observation.pk)).first()
    if found is None:
        return "It doesn’t stand any more: it was corrected."
    if not hasattr(found, "disclosure"):
        return "It isn’t judged yet: it waits for other figures of its breakdown."
    if found.disclosure.shown:
        return "It isn’t hidden."
    if found.disclosure.why not in ("", Why.SMALL) or not (found.value == 0 or small(int(found.value))):
        return "It isn’t small itself: it is hidden because it would give another number away."
    if found.source.access != Source.Access.PUBLIC:
        return "Its source isn’t public. If another one is that says so too, correct the figure and name that source."
    if found.dimension and found.indicator.cumulative:
        return _GROWS
    return _TELLS if _tells_others(found) else ""


def release(observation: Observation, *, reason: str, actor: audit.Actor) -> Release:
    """Say why a hidden number may stand: its source is public already. Raises `NotReleasable`, with nothing kept."""
    if not reason.strip():
        raise NotReleasable("Say where it has been made public, and why it leads to nobody.")
    with transaction.atomic():
        Indicator.objects.select_for_update().get(pk=observation.indicator_id)
        hinders = hindrance(observation)
        if hinders:
            raise NotReleasable(hinders)
        before = Release.objects.filter(observation=observation)
        if before.filter(end=None).exists():
            raise NotReleasable("Somebody asked for that already: a second person has to agree.")
        asked = Release.objects.create(
            observation=observation,
            attempt=before.count() + 1,
            reason=reason.strip(),
            by_id=actor.pk,
            by_name=actor.get_username(),
            at=now(),
        )
        _audit("ask to show small figure", observation, actor, reason=asked.reason)
    return asked


def approve(asked: Release, *, actor: audit.Actor) -> ReleaseApproval:
    """Let a hidden number out. Raises `NotReleasable`: not by who asked, not twice, and not if it tells another now."""
    with transaction.atomic():
        locked = _locked(asked)
        _by_another(locked, actor)
        hinders = hindrance(locked.observation)
        if hinders:
            raise NotReleasable(hinders)
        agreed = ReleaseApproval.objects.create(
            release=locked, by_id=actor.pk, by_name=actor.get_username(), at=now()
        )
        _audit("show small figure", locked.observation, actor)
        _told(locked.observation)
    return agreed


def refuse(asked: Release, *, reason: str, actor: audit.Actor) -> ReleaseEnd:
    """Leave a number hidden. Raises `NotReleasable`: not by who asked, and not once it was decided."""
    if not reason.strip():
        raise NotReleasable("Say why: whoever asked reads it.")
    with transaction.atomic():
        locked = _locked(asked)
        _by_another(locked, actor)
        ended = _end(locked, reason, actor)
        _audit("keep small figure hidden", locked.observation, actor, reason=ended.reason)
    return ended


def take_back(asked: Release, *, reason: str, actor: audit.Actor) -> ReleaseEnd:
    """Hide again what was let out. One person is enough. Raises `NotReleasable`."""
    if not reason.strip():
        raise NotReleasable("Say why it is taken back.")
    with transaction.atomic():
        locked = _locked(asked)
        if not ReleaseApproval.objects.filter(release=locked).exists():
            raise NotReleasable("Nobody has agreed to it yet.")
        if ReleaseEnd.objects.filter(release=locked).exists():
            raise NotReleasable("It was taken back already.")
        ended = _end(locked, reason, actor)
        _audit("hide small figure again", locked.observation, actor, reason=ended.reason)
        _told(locked.observation)
    return ended


def _locked(asked: Release) -> Release:
    """The indicator is locked first, as by `disclosing.settle`: nothing is judged meanwhile."""
    Indicator.objects.select_for_update().get(pk=asked.observation.indicator_id)
    return Release.objects.select_for_update().get(pk=asked.pk)


def _by_another(locked: Release, actor: audit.Actor) -> None:
    if locked.by_id == actor.pk:
        raise NotReleasable("Somebody else has to decide: you asked for it.")
    if ReleaseApproval.objects.filter(release=locked).exists():
        raise NotReleasable("It was agreed already.")
    if ReleaseEnd.objects.filter(release=locked).exists():
        raise NotReleasable("It was refused already.")


def _end(locked: Release, reason: str, actor: audit.Actor) -> ReleaseEnd:
    return ReleaseEnd.objects.create(
        release=locked, reason=reason.strip(), by_id=actor.pk, by_name=actor.get_username(), at=now()
    )


def _tells_others(found: Observation) -> bool:
    indicator = found.indicator
    if not found.dimension:
        whole = Whole(found.first, found.last, int(found.value), found.place)
        return whole_tells_others(whole, said_wholes(indicator), cumulative=indicator.cumulative)
    dimension = Dimension.objects.filter(indicator=indicator, name=found.dimension).first()
    if dimension is None or not dimension.adds_up:
        return False
    same = (found.first, found.last, found.place)
    own, *others = sorted(
        (
            each
            for each in judged_tables(indicator, dimension)
            if each.first <= found.last and found.first <= each.last
        ),
        key=lambda each: (each.first, each.last, each.place) != same,
    )
    # What a group was at another time could then be told by how the hidden ones grew together.
    return bool(others) or tells_others(own, found.category)


def _told(observation: Observation) -> None:
    """Whatever shows it is made anew."""
    bump(observation.source.charity_id)


def _audit(action: str, observation: Observation, actor: audit.Actor, **detail: str) -> None:
    audit.record(
        actor=actor,
        charity=observation.source.charity,
        action=action,
        object_type="observation",
        object_id=observation.pk,
        detail={"indicator": observation.indicator.title} | detail,
    )
