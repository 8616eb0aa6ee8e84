"""The one table of a set-up's states: a method that a donor saves without paying. Any other move raises."""

from enum import StrEnum
from typing import Final

from almoner.kernel.moves import NoSuchMove, after


class SetUpState(StrEnum):
    # Asked for, and not answered: nobody was sent there.
    NEW = "new"
    # Waits for the donor, or for the gateway.
    OPEN = "open"
    DONE = "done"
    # The bank or the gateway refused what the donor gave.
    FAILED = "failed"
    # The donor went back, it ran out, or the gateway refused to begin.
    LEFT = "left"
    # The plan was over meanwhile, or what was saved can't be charged any more.
    OVERTAKEN = "overtaken"


class IllegalSetUpMove(NoSuchMove):
    """An event arrived that the table doesn't allow in this state. Nothing was changed."""


SET_UP_EDGES: Final[dict[tuple[str, str], SetUpState]] = {
    (SetUpState.NEW, "opened"): SetUpState.OPEN,
    (SetUpState.NEW, "refused"): SetUpState.LEFT,
    # No answer came for an hour.
    (SetUpState.NEW, "given_up"): SetUpState.LEFT,
    (SetUpState.OPEN, "saved"): SetUpState.DONE,
    (SetUpState.OPEN, "failed"): SetUpState.FAILED,
    (SetUpState.OPEN, "cancelled"): SetUpState.LEFT,
    (SetUpState.OPEN, "overtaken"): SetUpState.OVERTAKEN,
    # The gateway couldn't tell for a week.
    (SetUpState.OPEN, "given_up"): SetUpState.LEFT,
}
UNDER_WAY: Final = (SetUpState.NEW, SetUpState.OPEN)


def next_set_up_state(state: str, event: str) -> SetUpState:
    """Where a set-up goes; raises `IllegalSetUpMove`."""
    return after(SET_UP_EDGES, state, event, illegal=IllegalSetUpMove)
