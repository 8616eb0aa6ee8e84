"""A regular gift as other systems know it: NPSP’s words for its rhythm and its state, and the days it counts from."""

from datetime import date
from typing import Final

from almoner.plans import schedule
from almoner.plans.models import Every, Plan
from almoner.plans.transitions import PlanState

# Of a Recurring Donation's Status, which NPSP restricts to Active, Lapsed, Closed and Paused.
NPSP_STATUS: Final = {
    PlanState.STARTING: "Active",
    PlanState.ACTIVE: "Active",
    PlanState.RETRYING: "Active",
    PlanState.PAUSED: "Paused",
    PlanState.COMPLETED: "Closed",
    PlanState.CANCELLED: "Closed",
}
# A month's quarter is three times a month there: its own quarter is of the older kind of Recurring Donations.
NPSP_PERIOD: Final = {Every.MONTH: ("Monthly", 1), Every.QUARTER: ("Monthly", 3), Every.YEAR: ("Yearly", 1)}


def begun_on(plan: Plan) -> date:
    """The day on which it was promised, where the charity is. Its charity is joined."""
    return schedule.local_date(plan.created_at, plan.charity.timezone)


def first_on(plan: Plan) -> date:
    """The first of its days that isn't before the promise: the anchor may lie long before it."""
    number = schedule.number_from(plan.anchor, plan.every, begun_on(plan))
    return schedule.occurrence(plan.anchor, plan.every, number)
