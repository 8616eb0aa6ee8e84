"""The one table of a plan's states, and of its periods'. Every legal move stands here; any other raises."""

from enum import StrEnum
from typing import Final

from almoner.kernel.moves import NoSuchMove, after


class PlanState(StrEnum):
    # The first gift is not paid yet; the plan charges nothing by itself.
    STARTING = "starting"
    ACTIVE = "active"
    # A period was declined and is tried again: on days 0, 3, 7 and 14.
    RETRYING = "retrying"
    # By the donor, by staff, or after the last try. Until `resume_on`, or until somebody resumes it.
    PAUSED = "paused"
    # All that was promised was given.
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PeriodState(StrEnum):
    # Waits for its day, or for the notice before its debit to be sent; again, when another day or amount is announced.
    DUE = "due"
    # Its gift was made: being paid, or tried again.
    CHARGING = "charging"
    PAID = "paid"
    FAILED = "failed"
    SKIPPED = "skipped"


class IllegalPlanMove(NoSuchMove):
    """An event arrived that the table doesn't allow in this state. Nothing was changed."""


CHARGEABLE_STATES: Final = (PlanState.ACTIVE, PlanState.RETRYING)
LIVING_STATES: Final = (PlanState.STARTING, PlanState.ACTIVE, PlanState.RETRYING, PlanState.PAUSED)

PLAN_EDGES: Final[dict[tuple[str, str], PlanState]] = {
    (PlanState.STARTING, "started"): PlanState.ACTIVE,
    # The first gift was not paid, and nobody tries any more.
    (PlanState.STARTING, "abandoned"): PlanState.CANCELLED,
    # A first gift that was proven paid late.
    (PlanState.CANCELLED, "started"): PlanState.ACTIVE,
    (PlanState.ACTIVE, "declined"): PlanState.RETRYING,
    (PlanState.RETRYING, "declined"): PlanState.RETRYING,
    (PlanState.RETRYING, "recovered"): PlanState.ACTIVE,
    (PlanState.RETRYING, "gave_up"): PlanState.PAUSED,
    (PlanState.ACTIVE, "gave_up"): PlanState.PAUSED,
    (PlanState.ACTIVE, "paused"): PlanState.PAUSED,
    (PlanState.RETRYING, "paused"): PlanState.PAUSED,
    (PlanState.PAUSED, "resumed"): PlanState.ACTIVE,
    (PlanState.STARTING, "cancelled"): PlanState.CANCELLED,
    (PlanState.ACTIVE, "cancelled"): PlanState.CANCELLED,
    (PlanState.RETRYING, "cancelled"): PlanState.CANCELLED,
    (PlanState.PAUSED, "cancelled"): PlanState.CANCELLED,
    (PlanState.ACTIVE, "completed"): PlanState.COMPLETED,
    (PlanState.RETRYING, "completed"): PlanState.COMPLETED,
}

PERIOD_EDGES: Final[dict[tuple[str, str], PeriodState]] = {
    (PeriodState.DUE, "charging"): PeriodState.CHARGING,
    (PeriodState.DUE, "skipped"): PeriodState.SKIPPED,
    # A debit that its bank hasn't yet was stopped, or came too late for its day: it is announced anew.
    (PeriodState.CHARGING, "announced"): PeriodState.DUE,
    (PeriodState.CHARGING, "paid"): PeriodState.PAID,
    (PeriodState.CHARGING, "failed"): PeriodState.FAILED,
    # The plan was cancelled or paused between two tries.
    (PeriodState.CHARGING, "skipped"): PeriodState.SKIPPED,
    # A success proven late, and a debit that came back.
    (PeriodState.DUE, "paid"): PeriodState.PAID,
    (PeriodState.FAILED, "paid"): PeriodState.PAID,
    (PeriodState.SKIPPED, "paid"): PeriodState.PAID,
    (PeriodState.PAID, "failed"): PeriodState.FAILED,
}


def next_plan_state(state: str, event: str) -> PlanState:
    """Where a plan goes; raises `IllegalPlanMove`."""
    return after(PLAN_EDGES, state, event, illegal=IllegalPlanMove)


def next_period_state(state: str, event: str) -> PeriodState:
    """Where a period goes; raises `IllegalPlanMove`."""
    return after(PERIOD_EDGES, state, event, illegal=IllegalPlanMove)
