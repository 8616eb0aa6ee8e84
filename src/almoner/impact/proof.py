"""What must hold of the register, for `almoner prove`."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from almoner.impact.models import Claim, Observation, ReleaseApproval, Replacement, Source, Verification
from almoner.kernel.proof import Check


def checks() -> list[Check]:
    return [
        Check(
            "figures verified", "Nobody verified a figure that they entered themselves.", _by_somebody_else
        ),
        Check(
            "figures of one register",
            "A figure, its source, and what it corrects are of one charity, indicator and group.",
            _agree,
        ),
        Check(
            "corrections in place",
            "Each correction that was accepted stands in the place of the number before it, and nothing else does.",
            _in_place,
        ),
        Check(
            "small figures let out",
            "A small figure was let out by two people, from a public source.",
            _let_out,
        ),
        Check(
            "claims rest on figures",
            "What is said in public as true rests on a figure of its indicator that somebody verified.",
            _unfounded,
        ),
    ]


def _by_somebody_else() -> Iterator[str]:
    own = Verification.objects.filter(by_id=F("observation__entered_by_id"))
    for pk in own.values_list("observation_id", flat=True).iterator():
        yield f"observation {pk}"


def _agree() -> Iterator[str]:
    elsewhere = ~Q(source__charity=F("indicator__result__programme__charity"))
    other = Q(supersedes__isnull=False) & (
        ~Q(supersedes__indicator=F("indicator"))
        | ~Q(supersedes__dimension=F("dimension"))
        | ~Q(supersedes__category=F("category"))
    )
    for pk in Observation.objects.filter(elsewhere | other).values_list("pk", flat=True).iterator():
        yield f"observation {pk}"


def _in_place() -> Iterator[str]:
    """Reckoned here from the corrections themselves, all at once, and compared with what `standing` kept."""
    rows: Any = Observation.objects.filter(Q(supersedes__isnull=False) | Q(superseded_by__isnull=False))
    links: dict[UUID, tuple[UUID | None, bool | None]] = {
        pk: (before, accepted)
        for pk, before, accepted in rows.values_list("pk", "supersedes", "verification__accepted").iterator()
    }
    owed = set()
    for pk, (before, accepted) in links.items():
        while before is not None and links[before][1] is False:
            before = links[before][0]
        if accepted and before is not None and links[before][1]:
            owed.add((pk, before))
    kept = set(Replacement.objects.values_list("new", "old").iterator())
    for pk, _ in sorted(owed ^ kept):
        yield f"observation {pk}"


def _let_out() -> Iterator[str]:
    alone = Q(by_id=F("release__by_id"))
    inside = ~Q(release__observation__source__access=Source.Access.PUBLIC)
    found = ReleaseApproval.objects.filter(alone | inside)
    for pk in found.values_list("release__observation_id", flat=True).iterator():
        yield f"observation {pk}"


def _unfounded() -> Iterator[str]:
    """One that nothing shows names no figure, and is told of as such."""
    missing = Q(state=Claim.State.HOLDS, observation=None)
    verified = Q(observation__verification__accepted=True, observation__indicator=F("indicator"))
    found = Claim.objects.filter(missing | Q(observation__isnull=False) & ~verified, ended_at=None)
    for pk in found.values_list("pk", flat=True).iterator():
        yield f"claim {pk}"
