"""What stands in the register now: of each indicator and group the newest number that a second person accepted."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from almoner.impact.models import Indicator, Observation

# How often in a row a correction may be sent back and be corrected itself; `register` holds it.
SENT_BACK_MAX: Final = 5


def standing() -> QuerySet[Observation]:
    """Observations that were accepted and that no accepted one took the place of."""
    not_replaced = [~Exists(_accepted_over(each)) for each in range(SENT_BACK_MAX + 1)]
    return Observation.objects.filter(*not_replaced, verification__accepted=True).select_related(
        "indicator__result__programme__charity", "source", "verification"
    )


def _accepted_over(sent_back: int) -> QuerySet[Observation]:
    """Accepted corrections of the outer row with so many between that were sent back: what the last of them takes the
    place of is the number before them all."""
    between = [f"{'supersedes__' * each}verification__accepted" for each in range(1, sent_back + 1)]
    return Observation.objects.filter(
        **{"verification__accepted": True, f"{'supersedes__' * sent_back}supersedes": OuterRef("pk")},
        **dict.fromkeys(between, False),
    )


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
    """An observation's accepted forerunners, the nearest first: what was corrected, and why."""
    seen = observation.supersedes
    while seen is not None:
        yield seen
        seen = seen.supersedes
