"""What must hold of the register, for `almoner prove`."""

from collections.abc import Iterator

from django.db.models import F, Q

from almoner.impact.models import Claim, Observation, ReleaseApproval, Source, Verification
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
