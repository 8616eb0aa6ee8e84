"""Corrections that are owed: a figure that a donor was told by mail was corrected, and what would be said is another.

A newer figure is no correction: only what takes another's place is. Owed once for each person and correction, also to
those who want no yearly message (ADR 0035), and only what may be said in public.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from almoner.charities.models import AuditEntry, Charity
from almoner.donors import yearly
from almoner.donors.models import ReachedMail, Told
from almoner.donors.since import address_of
from almoner.giving.hooks import hooks
from almoner.impact import disclosing
from almoner.impact.models import Observation, Replacement
from almoner.impact.saying import Style, say
from almoner.impact.translated import Reader
from almoner.impact.worded import Kind

_IN_A_COMMIT: Final = 100


@dataclass(frozen=True, slots=True)
class Owed:
    """`right` stands in the place of what `told` said."""

    supporter_id: int
    right: Observation
    told: int


def ask_owed() -> int:
    """Ask for each mail that is owed, also for one that could not be sent before. Returns how many."""
    by_figure: dict[UUID, list[Owed]] = defaultdict(list)
    for each in owed():
        by_figure[each.right.pk].append(each)
    asked = 0
    for found in by_figure.values():
        for first in range(0, len(found), _IN_A_COMMIT):
            some = [each.supporter_id for each in found[first : first + _IN_A_COMMIT]]
            asked += _ask(found[0].right, some)
    return asked


def _ask(right: Observation, supporter_ids: list[int]) -> int:
    # Whoever can't be reached now is owed it still, should they put their address right.
    contacts = address_of(supporter_ids)
    mails = ReachedMail.objects.filter(correction=right, contact__supporter__in=contacts)
    before = {mail.contact.supporter_id: mail for mail in mails.select_related("contact")}
    new = [contact for person, contact in contacts.items() if person not in before]
    with transaction.atomic():
        yearly.ask(new, charity=charity_of(right), correction=right)
    again = [
        contact for person, contact in contacts.items()
        if person in before and yearly.ask_anew(before[person], contact)
    ]  # fmt: skip
    return len(new) + len(again)


def owed(*, since_before: datetime | None = None) -> Iterator[Owed]:
    """Each correction whose mail is neither on its way nor gone; of those that could be said before a moment, if one
    is given."""
    ancestors: dict[UUID, set[UUID]] = defaultdict(set)
    later = _takers()
    for told in Told.objects.order_by().values_list("observation", flat=True).distinct():
        stands = _stands_for(told, later)
        if stands is not None:
            ancestors[stands].add(told)
    rights = disclosing.public().filter(
        pk__in=list(ancestors), dimension="", indicator__result__programme__public=True
    )
    if since_before is not None:
        rights = rights.filter(verification__at__lt=since_before).exclude(
            disclosure__shown=False, releases__approval__at__gte=since_before
        )
        rights = rights.exclude(indicator__result__programme__in=_changed_since(since_before))
    for right in rights:
        wrong = Observation.objects.select_related("indicator").filter(pk__in=ancestors[right.pk])
        says = number_of(right)
        others = {each.pk for each in wrong if number_of(each) != says}
        if others and hooks.evidence_url(right.indicator):
            yield from _of_figure(right, ancestors[right.pk], others)


def right_for(told: Told) -> Observation | None:
    """What may be said now in the place of what was told; None where it stands, or nothing may be."""
    right = _stands_for(told.observation_id, _takers())
    if right is None:
        return None
    shown = disclosing.public().filter(pk=right, dimension="", indicator__result__programme__public=True)
    found = shown.first()
    return found if found is not None and hooks.evidence_url(found.indicator) else None


def last_told(supporter_id: int | None, right: Observation) -> Told | None:
    """What this person was told last of a figure that `right` took the place of."""
    before, seen = [right.pk], right.supersedes
    while seen is not None:
        before.append(seen.pk)
        seen = seen.supersedes
    mine = Told.objects.filter(contact__supporter=supporter_id, observation__in=before)
    return mine.select_related("observation__indicator").order_by("-pk").first()


def reasons(told: Told, right: Observation, speaks: Reader) -> str:
    """Why, in public words, as readers of a language find them: of each accepted correction on the way, the first one
    first."""
    said: list[str] = []
    seen: Observation | None = right
    while seen is not None and seen.pk != told.observation_id:
        if seen.verification.accepted:
            said.insert(0, speaks.phrase(Kind.REASON, seen.reason).text)
        seen = seen.supersedes
    return " ".join(said)


def number_of(observation: Observation, language: str = "en") -> str:
    return say(observation.quantity, Style.EXACT, percent=observation.indicator.percent, language=language)


def charity_of(observation: Observation) -> Charity:
    return observation.indicator.result.programme.charity


def _of_figure(right: Observation, lineage: set[UUID], others: set[UUID]) -> Iterator[Owed]:
    """Those who were last told one of `others` where `right` stands now."""
    asked = ReachedMail.objects.filter(correction=right, contact__supporter=OuterRef("contact__supporter"))
    asked = asked.exclude(ReachedMail.MAY_GO_YET)
    rows: Any = (
        Told.objects.filter(observation__in=[*lineage, right.pk], contact__supporter__erased_at__isnull=True)
        .filter(~Exists(asked), contact__supporter__isnull=False)
        .annotate(person=F("contact__supporter"))
        .order_by("person", "pk")
        .values_list("person", "pk", "observation")
    )
    for person, told in groupby(list(rows), key=lambda row: row[0]):
        *_before, (_person, pk, observation) = told
        if observation in others:
            yield Owed(person, right, pk)


def _changed_since(moment: datetime) -> list[int]:
    """Programmes that may have become public since."""
    acts = AuditEntry.objects.filter(object_type="programme", at__gte=moment)
    return [int(each) for each in acts.values_list("object_id", flat=True)]


def _takers() -> dict[UUID, UUID]:
    """Number -> the accepted correction that took its place."""
    return dict(Replacement.objects.values_list("old", "new"))


def _stands_for(told: UUID, later: Mapping[UUID, UUID]) -> UUID | None:
    """What stands in its place after all that was corrected; None when nothing was."""
    stands = told
    while stands in later:
        stands = later[stands]
    return stands if stands != told else None
