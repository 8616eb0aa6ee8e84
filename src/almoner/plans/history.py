"""A plan's periods as pages show them: newest first, each gift with its number among all that were ever given."""

from dataclasses import dataclass

from almoner.plans.models import Period, Plan
from almoner.plans.transitions import PeriodState


@dataclass(frozen=True, slots=True)
class Turn:
    """A period; `number` says which of the plan's gifts it is, the first being 1. 0: nothing was given."""

    period: Period
    number: int


@dataclass(frozen=True, slots=True)
class History:
    """One page. `newer` and `older` are numbers of pages; 0: there is none."""

    turns: tuple[Turn, ...]
    newer: int
    older: int


def history_of(plan: Plan, *, wanted_page: str, size: int) -> History:
    """The page that an address asks for: "2"; anything else is the first. Two queries at most."""
    asked = (
        int(wanted_page) if wanted_page.isascii() and wanted_page.isdigit() and len(wanted_page) < 6 else 1
    )
    page = max(1, asked)
    first = (page - 1) * size
    rows = list(Period.objects.filter(plan=plan).order_by("-on")[first : first + size + 1])
    shown, older = rows[:size], len(rows) > size
    number = plan.given_elsewhere
    if older:
        number += Period.objects.filter(plan=plan, state=PeriodState.PAID, on__lt=shown[-1].on).count()
    turns: list[Turn] = []
    for period in reversed(shown):
        paid = period.state == PeriodState.PAID
        number += paid
        turns.append(Turn(period, number if paid else 0))
    return History(tuple(reversed(turns)), newer=page - 1, older=page + 1 if older else 0)
