"""The one table of states. Every legal move of an attempt and of a refund stands here; any other raises.

An attempt that is `unknown` counts as open: money may have moved, so no second method is offered until it is known.
"""

from enum import StrEnum
from typing import Final

from almoner.kernel.moves import NoSuchMove, after


class State(StrEnum):
    NEW = "new"
    CREATED = "created"
    CONFIRMING = "confirming"
    ACTION_REQUIRED = "action_required"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    AWAITING = "awaiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    NEW = "new"  # never committed
    INQUIRY = "inquiry"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


class PayoutState(StrEnum):
    NEW = "new"  # never committed
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    # Seen on the bank's statement.
    BANKED = "banked"
    FAILED = "failed"
    CANCELLED = "cancelled"


class IllegalMove(NoSuchMove):
    """An event arrived that the table doesn't allow in this state. Nothing was changed."""


OPEN_STATES: Final = (
    State.NEW,
    State.CREATED,
    State.CONFIRMING,
    State.ACTION_REQUIRED,
    State.PROCESSING,
    State.UNKNOWN,
    State.AWAITING,
)

OPEN_REFUND_STATES: Final = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.UNKNOWN)

# Open at a gateway: somebody has to ask it until it is settled. (A transfer awaits a person instead.)
ASKABLE_STATES: Final = tuple(state for state in OPEN_STATES if state != State.AWAITING)

# Open until the donor does something elsewhere. Nothing is under way, so it can be cancelled for another way to pay.
LEFT_OPEN_STATES: Final = (State.CREATED, State.ACTION_REQUIRED)

ATTEMPT_EDGES: Final[dict[tuple[str, str], State]] = {
    (State.NEW, "created"): State.CREATED,
    (State.NEW, "refused"): State.FAILED,
    (State.NEW, "given_up"): State.CANCELLED,
    (State.NEW, "awaiting"): State.AWAITING,
    (State.AWAITING, "received"): State.SUCCEEDED,
    (State.AWAITING, "expired"): State.CANCELLED,
    # The credit on the bank account was another's, or the statement that showed it is taken back.
    (State.SUCCEEDED, "unmatched"): State.AWAITING,
    (State.CREATED, "confirming"): State.CONFIRMING,
    (State.CONFIRMING, "unknown"): State.UNKNOWN,
    # The donor has agreed on the gateway's own page, and the money is about to be asked for.
    (State.ACTION_REQUIRED, "confirming"): State.CONFIRMING,
    (State.CREATED, "action_required"): State.ACTION_REQUIRED,
    (State.CONFIRMING, "action_required"): State.ACTION_REQUIRED,
    (State.UNKNOWN, "action_required"): State.ACTION_REQUIRED,
    (State.CREATED, "processing"): State.PROCESSING,
    (State.CONFIRMING, "processing"): State.PROCESSING,
    (State.ACTION_REQUIRED, "processing"): State.PROCESSING,
    (State.UNKNOWN, "processing"): State.PROCESSING,
    (State.CREATED, "succeeded"): State.SUCCEEDED,
    (State.CONFIRMING, "succeeded"): State.SUCCEEDED,
    (State.ACTION_REQUIRED, "succeeded"): State.SUCCEEDED,
    (State.PROCESSING, "succeeded"): State.SUCCEEDED,
    (State.UNKNOWN, "succeeded"): State.SUCCEEDED,
    (State.CREATED, "failed"): State.FAILED,
    (State.CONFIRMING, "failed"): State.FAILED,
    (State.ACTION_REQUIRED, "failed"): State.FAILED,
    (State.PROCESSING, "failed"): State.FAILED,
    (State.UNKNOWN, "failed"): State.FAILED,
    # Only after the gateway itself has cancelled.
    (State.CREATED, "cancelled"): State.CANCELLED,
    (State.CONFIRMING, "cancelled"): State.CANCELLED,
    (State.ACTION_REQUIRED, "cancelled"): State.CANCELLED,
    (State.PROCESSING, "cancelled"): State.CANCELLED,
    (State.UNKNOWN, "cancelled"): State.CANCELLED,
    # A success proven late is a correction, told apart from an ordinary one.
    (State.FAILED, "corrected"): State.SUCCEEDED,
    (State.CANCELLED, "corrected"): State.SUCCEEDED,
    (State.SUCCEEDED, "returned"): State.RETURNED,
    (State.RETURNED, "collected"): State.SUCCEEDED,
    # What the gateway kept came out, or changed, after the money had moved.
    (State.SUCCEEDED, "fee_changed"): State.SUCCEEDED,
    (State.RETURNED, "fee_changed"): State.RETURNED,
}

REFUND_EDGES: Final[dict[tuple[str, str], RefundState]] = {
    (RefundState.REQUESTED, "submitted"): RefundState.SUBMITTED,
    (RefundState.SUBMITTED, "unknown"): RefundState.UNKNOWN,
    (RefundState.SUBMITTED, "succeeded"): RefundState.SUCCEEDED,
    (RefundState.UNKNOWN, "succeeded"): RefundState.SUCCEEDED,
    (RefundState.SUBMITTED, "failed"): RefundState.FAILED,
    (RefundState.UNKNOWN, "failed"): RefundState.FAILED,
    # A refund that bounced back after it was reported as done.
    (RefundState.SUCCEEDED, "failed"): RefundState.FAILED,
    # Held for failed, by what a person saw or by the gateway's own word, and proven done later.
    (RefundState.FAILED, "corrected"): RefundState.SUCCEEDED,
}

# `opened`: the gateway has taken the money, until it is won.
DISPUTE_EDGES: Final[dict[tuple[str, str], DisputeState]] = {
    (DisputeState.NEW, "inquiry"): DisputeState.INQUIRY,
    (DisputeState.NEW, "opened"): DisputeState.NEEDS_RESPONSE,
    (DisputeState.NEW, "prevented"): DisputeState.PREVENTED,
    (DisputeState.INQUIRY, "opened"): DisputeState.NEEDS_RESPONSE,
    (DisputeState.INQUIRY, "prevented"): DisputeState.PREVENTED,
    (DisputeState.NEEDS_RESPONSE, "answered"): DisputeState.UNDER_REVIEW,
    (DisputeState.UNDER_REVIEW, "reopened"): DisputeState.NEEDS_RESPONSE,
    (DisputeState.NEEDS_RESPONSE, "won"): DisputeState.WON,
    (DisputeState.UNDER_REVIEW, "won"): DisputeState.WON,
    (DisputeState.NEEDS_RESPONSE, "lost"): DisputeState.LOST,
    (DisputeState.UNDER_REVIEW, "lost"): DisputeState.LOST,
    # Banks think again, either way.
    (DisputeState.LOST, "won"): DisputeState.WON,
    (DisputeState.WON, "lost"): DisputeState.LOST,
    (DisputeState.NEEDS_RESPONSE, "fee_changed"): DisputeState.NEEDS_RESPONSE,
    (DisputeState.UNDER_REVIEW, "fee_changed"): DisputeState.UNDER_REVIEW,
    (DisputeState.WON, "fee_changed"): DisputeState.WON,
    (DisputeState.LOST, "fee_changed"): DisputeState.LOST,
}

# What is disputed can't be refunded too: the donor would have it twice.
HELD_DISPUTE_STATES: Final = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST)

PAYOUT_EDGES: Final[dict[tuple[str, str], PayoutState]] = {
    (PayoutState.NEW, "made"): PayoutState.IN_TRANSIT,
    (PayoutState.IN_TRANSIT, "paid"): PayoutState.PAID,
    (PayoutState.IN_TRANSIT, "failed"): PayoutState.FAILED,
    (PayoutState.IN_TRANSIT, "cancelled"): PayoutState.CANCELLED,
    # A bank may send it back days after it was reported as paid.
    (PayoutState.PAID, "failed"): PayoutState.FAILED,
    (PayoutState.IN_TRANSIT, "banked"): PayoutState.BANKED,
    (PayoutState.PAID, "banked"): PayoutState.BANKED,
    # The credit was another's, or its statement is taken back. One that fails after it was banked is a person's to
    # look at: this comes first.
    (PayoutState.BANKED, "unbanked"): PayoutState.IN_TRANSIT,
}

# What the gateway has sent, and no statement has shown yet.
UNBANKED_STATES: Final = (PayoutState.IN_TRANSIT, PayoutState.PAID)

# Events after which money stands with the charity, and after which it no longer does.
SETTLING_EVENTS: Final = frozenset({"succeeded", "received", "corrected", "collected"})

# Events after which a refund has left the charity.
REFUNDING_EVENTS: Final = frozenset({"succeeded", "corrected"})


def next_state(state: str, event: str) -> State:
    """Where an attempt goes; raises `IllegalMove`."""
    return after(ATTEMPT_EDGES, state, event, illegal=IllegalMove)


def next_refund_state(state: str, event: str) -> RefundState:
    """Where a refund goes; raises `IllegalMove`."""
    return after(REFUND_EDGES, state, event, illegal=IllegalMove)


def next_dispute_state(state: str, event: str) -> DisputeState:
    """Where a dispute goes; raises `IllegalMove`."""
    return after(DISPUTE_EDGES, state, event, illegal=IllegalMove)


def next_payout_state(state: str, event: str) -> PayoutState:
    """Where a payout goes; raises `IllegalMove`."""
    return after(PAYOUT_EDGES, state, event, illegal=IllegalMove)
