"""A gift's status, as a pure function of its attempts."""

from collections.abc import Iterable

from almoner.giving.models import GiftStatus
from almoner.payments.transitions import State

_OF_STATE = {
    State.NEW: GiftStatus.PENDING,
    State.CREATED: GiftStatus.PENDING,
    State.CONFIRMING: GiftStatus.PENDING,
    State.ACTION_REQUIRED: GiftStatus.PENDING,
    State.PROCESSING: GiftStatus.PROCESSING,
    State.UNKNOWN: GiftStatus.UNKNOWN,
    State.AWAITING: GiftStatus.AWAITING,
    State.SUCCEEDED: GiftStatus.SETTLED,
    State.FAILED: GiftStatus.FAILED,
    State.CANCELLED: GiftStatus.FAILED,
    State.RETURNED: GiftStatus.RETURNED,
}


def derive(states: Iterable[str]) -> GiftStatus:
    """From the states of a gift's attempts, oldest first: paid if any is, else what became of the newest."""
    every = [State(state) for state in states]
    if State.SUCCEEDED in every:
        return GiftStatus.SETTLED
    return _OF_STATE[every[-1]] if every else GiftStatus.PENDING
