"""How far a form's goal is reached, the same in every process."""

from datetime import datetime, timedelta
from typing import Final

from almoner.giving.views_model import Goal
from almoner.ledger.books import tagged_income

# A posting of the last second of a minute is committed so long after it at the latest.
_COMMITTED_AFTER: Final = timedelta(seconds=5)


def goal_time(at: datetime) -> datetime:
    """The end of the minute up to which a goal's bar counts at a moment. It is the same in every process, so that all
    of them show the same bytes, and it moves once a minute."""
    return (at - _COMMITTED_AFTER).replace(second=0, microsecond=0)


def goal_of(form_id: int, goal_minor: int | None, currency: str, as_of: datetime | None) -> Goal | None:
    """How far the goal is reached: from the books alone, which keep what was so at any moment. None without a goal."""
    if not goal_minor or as_of is None:
        return None
    raised = tagged_income(f"form:{form_id}", currency, before=as_of)
    return Goal(
        raised_minor=max(0, raised.amount_minor),
        goal_minor=goal_minor,
        currency=currency,
        donors=raised.payments,
    )
