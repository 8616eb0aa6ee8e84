"""What stands in the register now: of each indicator and group the newest number that a second person accepted."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from almoner.impact.models import Indicator, Observation


def standing() -> QuerySet[Observation]:
    """Observations that were accepted and that no accepted one took the place of."""
    # A correction that was sent back is itself corrected: what that takes the place of is the number before both.
    by_way = Q(supersedes__verification__accepted=False, supersedes__supersedes=OuterRef("pk"))
    replaced = Observation.objects.filter(Q(supersedes=OuterRef("pk")) | by_way, verification__accepted=True)
    return (
        Observation.objects.filter(verification__accepted=True)
        .exclude(Exists(replaced))
        .select_related("indicator__result__programme__charity", "source", "verification")
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
