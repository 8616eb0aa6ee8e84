"""The table of states, held against the rules as they are written down for people."""

import itertools

import pytest

from almoner.payments.transitions import (
    ASKABLE_STATES,
    ATTEMPT_EDGES,
    OPEN_STATES,
    REFUND_EDGES,
    REFUNDING_EVENTS,
    SETTLING_EVENTS,
    IllegalMove,
    RefundState,
    State,
    next_refund_state,
    next_state,
)

# From, event, to: the whole table once more, by hand, so that a change of one has to be a change of both.
LEGAL = """
    new              created          created
    new              refused          failed
    new              given_up         cancelled
    new              awaiting         awaiting
    awaiting         received         succeeded
    awaiting         expired          cancelled
    created          confirming       confirming
    action_required  confirming       confirming
    created          action_required  action_required
    confirming       action_required  action_required
    unknown          action_required  action_required
    created          processing       processing
    confirming       processing       processing
    action_required  processing       processing
    unknown          processing       processing
    created          succeeded        succeeded
    confirming       succeeded        succeeded
    action_required  succeeded        succeeded
    processing       succeeded        succeeded
    unknown          succeeded        succeeded
    created          failed           failed
    confirming       failed           failed
    action_required  failed           failed
    processing       failed           failed
    unknown          failed           failed
    confirming       unknown          unknown
    created          cancelled        cancelled
    confirming       cancelled        cancelled
    action_required  cancelled        cancelled
    processing       cancelled        cancelled
    unknown          cancelled        cancelled
    failed           corrected        succeeded
    cancelled        corrected        succeeded
    succeeded        unmatched        awaiting
    succeeded        returned         returned
    returned         collected        succeeded
    succeeded        fee_changed      succeeded
    returned         fee_changed      returned
"""
LEGAL_REFUNDS = """
    requested  submitted  submitted
    submitted  unknown    unknown
    submitted  succeeded  succeeded
    unknown    succeeded  succeeded
    submitted  failed     failed
    unknown    failed     failed
    succeeded  failed     failed
    failed     corrected  succeeded
"""


def table(text: str) -> dict[tuple[str, str], str]:
    rows = [line.split() for line in text.split("\n") if line.strip()]
    return {(before, event): after for before, event, after in rows}


MOVES = table(LEGAL)
REFUND_MOVES = table(LEGAL_REFUNDS)
EVENTS = sorted({event for _, event in MOVES})
REFUND_EVENTS = sorted({event for _, event in REFUND_MOVES})


@pytest.mark.parametrize(
    ("state", "event"), [*itertools.product(State, [*EVENTS, "", "settled", "SUCCEEDED"])]
)
def test_every_pair_is_a_legal_move_or_raises(state: State, event: str) -> None:
    if (state, event) in MOVES:
        assert next_state(state, event) == MOVES[state, event]
    else:
        with pytest.raises(IllegalMove) as refused:
            next_state(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)


@pytest.mark.parametrize(("state", "event"), [*itertools.product(RefundState, [*REFUND_EVENTS, "", "lost"])])
def test_every_pair_of_a_refund_is_a_legal_move_or_raises(state: RefundState, event: str) -> None:
    if (state, event) in REFUND_MOVES:
        assert next_refund_state(state, event) == REFUND_MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            next_refund_state(state, event)


def test_the_tables_hold_nothing_else() -> None:
    assert {(str(before), name): str(after) for (before, name), after in ATTEMPT_EDGES.items()} == MOVES
    assert {(str(before), name): str(after) for (before, name), after in REFUND_EDGES.items()} == REFUND_MOVES


def test_what_counts_as_open() -> None:
    """Money may still move: no second attempt beside it. `unknown` is one of them."""
    assert set(OPEN_STATES) == {
        "new", "created", "confirming", "action_required", "processing", "unknown", "awaiting",
    }  # fmt: skip
    assert set(ASKABLE_STATES) == set(OPEN_STATES) - {"awaiting"}


def test_nothing_fails_by_age() -> None:
    """An outcome that isn't known ends only in what a gateway said."""
    from_unknown = {event for before, event in MOVES if before == "unknown"}
    assert from_unknown == {"action_required", "processing", "succeeded", "failed", "cancelled"}


def test_money_stands_after_these_events_and_no_others() -> None:
    """A fee that changed moves no gift."""
    moved = {event for (before, event), after in MOVES.items() if before != after == "succeeded"}
    assert moved == SETTLING_EVENTS


def test_money_has_left_after_these_events_of_a_refund_and_no_others() -> None:
    assert {event for (_, event), after in REFUND_MOVES.items() if after == "succeeded"} == REFUNDING_EVENTS


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached, frontier = set(), {str(State.NEW)}
    while frontier:
        reached |= frontier
        frontier = {after for (before, _), after in MOVES.items() if before in frontier} - reached
    assert reached == set(State)
    assert all(any(before == state for before, _ in MOVES) for state in OPEN_STATES)
