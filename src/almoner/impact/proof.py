"""What must hold of the register, for `almoner prove`."""

from collections.abc import Iterator

from django.db.models import F, Q

from almoner.impact.models import Observation, Verification
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
