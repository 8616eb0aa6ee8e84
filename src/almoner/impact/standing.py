"""What stands in the register now: of each indicator and group the newest number that a second person accepted."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, QuerySet

from almoner.impact.models import Indicator, Observation, Replacement
from almoner.kernel.clock import now


def standing() -> QuerySet[Observation]:
    """Observations that were accepted and that no accepted one took the place of."""
    return Observation.objects.filter(verification__accepted=True, replacement=None).select_related(
        "indicator__result__programme__charity", "source", "verification"
    )


def record(indicators: Iterable[Indicator]) -> None:
    """Keep which accepted corrections took which number's place. Call it in the transaction that decided on any.

    Kept, because the way back leads over every correction that was sent back, and a database that has to walk it in a
    query plans for longer than it reads.
    """
    fresh = Observation.objects.filter(
        indicator__in=indicators, verification__accepted=True, supersedes__isnull=False, replaces=None
    )
    for each in fresh.order_by("entered_at"):
        before = _whose_place(each)
        if before is not None:
            Replacement.objects.create(old=before, new=each, at=now())


def _whose_place(correction: Observation) -> Observation | None:
    """What stood before it. None where nothing did, or where what is between was not decided on yet."""
    for before in history(correction):
        said = getattr(before, "verification", None)
        if said is None or said.accepted:
            return before if said is not None else None
    return None


def live() -> QuerySet[Observation]:
    """What was entered and not sent back, and has no correction that was not sent back: it stands, or waits to."""
    taken_over = Observation.objects.filter(supersedes=OuterRef("pk")).exclude(verification__accepted=False)
    return Observation.objects.exclude(verification__accepted=False).exclude(Exists(taken_over))


def newest(indicators: Iterable[Indicator]) -> dict[int, Observation]:
    """The total that stands now of each indicator that has one, in one query (`indicators` may be one itself)."""
    found: dict[int, Observation] = {}
    rows = standing().filter(indicator__in=indicators, dimension="")
    for each in rows.order_by("as_of", "last", "entered_at"):
        found[each.indicator_id] = each
    return found


def history(observation: Observation) -> Iterator[Observation]:
    """What an observation was entered to correct, the nearest first, with what was sent back."""
    seen = observation.supersedes
    while seen is not None:
        yield seen
        seen = seen.supersedes


def never_stood(observation: Observation) -> bool:
    """Whether it was sent back, and so was everything that it was entered to correct: it is entered anew."""
    return all(_sent_back(each) for each in (observation, *history(observation)))


def _sent_back(observation: Observation) -> bool:
    said = getattr(observation, "verification", None)
    return said is not None and not said.accepted
