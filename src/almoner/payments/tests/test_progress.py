"""Attempts moved along the table: their events, their postings, and nothing at all when a move is refused."""

import uuid
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.ledger import proof as ledger_proof
from almoner.ledger.models import Posting
from almoner.payments import progress, proof
from almoner.payments.gateways.port import Decline, NextAction, Status
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer, Moved
from almoner.payments.tests.conftest import AMOUNT, FEE, answer, balances, begun, brought_to, rows, undone
from almoner.payments.transitions import ATTEMPT_EDGES, OPEN_STATES, IllegalMove, State

EVENTS = sorted({name for _, name in ATTEMPT_EDGES})
CHARGED = {"clearing:sandbox": AMOUNT - FEE, "income:children": -AMOUNT, "fees:sandbox": FEE}
GIVEN_BACK = {"clearing:sandbox": -FEE, "fees:sandbox": FEE}

within_a_test = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


def broken() -> list[str]:
    """Rows that the rooms' own checks name."""
    found = (*proof.checks(), *ledger_proof.checks())
    return [f"{check.name}: {row}" for check in found for row in check.run()]


@pytest.mark.parametrize("state", State)
def test_an_illegal_event_changes_nothing(charity: Charity, state: State) -> None:
    attempt = brought_to(begun(charity), state)
    before = rows(attempt)
    for event in (name for name in EVENTS if (state, name) not in ATTEMPT_EDGES):
        with pytest.raises(IllegalMove):
            progress.move(attempt, event, at=now())
        with pytest.raises(IllegalMove):
            progress.move(attempt, event, "succeeded", at=now())
    assert rows(attempt) == before
    assert broken() == []


@pytest.mark.parametrize(("state", "event"), ATTEMPT_EDGES)
def test_a_legal_event_writes_the_state_one_event_and_its_postings(
    charity: Charity, state: State, event: str
) -> None:
    attempt = brought_to(begun(charity), state)
    events, at = attempt.events.count(), now()
    change = progress.move(attempt, event, at=at, fee_minor=FEE, code="look")
    attempt.refresh_from_db()
    assert change.event == event
    assert attempt.state == ATTEMPT_EDGES[state, event]
    last = attempt.events.latest("id")
    assert (attempt.events.count(), last.name, last.from_state, last.to_state, last.at, last.code) == (
        events + 1, event, state, attempt.state, at, "look",
    )  # fmt: skip
    open_at_a_gateway = attempt.state in OPEN_STATES
    assert (attempt.look_at is not None) == open_at_a_gateway
    expected = {State.SUCCEEDED: CHARGED, State.RETURNED: GIVEN_BACK}.get(State(attempt.state), {})
    if event == "unmatched":
        # The money was another's; what it cost to receive it stays.
        expected = GIVEN_BACK
    assert balances(charity) == expected
    assert broken() == []


def test_who_comes_second_is_told_so_and_writes_nothing(charity: Charity) -> None:
    mine = brought_to(begun(charity), State.CONFIRMING)
    theirs = Attempt.objects.get(pk=mine.pk)
    progress.move(theirs, "succeeded", at=now(), fee_minor=FEE)
    before = rows(mine)
    for event in ("succeeded", "failed", "unknown"):
        with pytest.raises(Moved), transaction.atomic():
            progress.move(
                Attempt(**{f.attname: getattr(mine, f.attname) for f in mine._meta.fields}), event, at=now()
            )
    assert rows(mine) == before


def test_a_gift_has_one_open_attempt(charity: Charity) -> None:
    gift_id = uuid.uuid4()
    for ordinal, state in enumerate(OPEN_STATES, start=1):
        first = brought_to(begun(charity, gift_id=gift_id, ordinal=2 * ordinal), state)
        with pytest.raises(IntegrityError), transaction.atomic():
            begun(charity, gift_id=gift_id, ordinal=2 * ordinal + 1)
        Attempt.objects.filter(pk=first.pk).update(state=State.CANCELLED)
    begun(charity, gift_id=gift_id, ordinal=99)
    assert Attempt.objects.filter(gift_id=gift_id, state__in=OPEN_STATES).count() == 1


def test_a_gift_counts_its_attempts(charity: Charity) -> None:
    first = begun(charity)
    progress.move(first, "refused", at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        begun(charity, gift_id=first.gift_id, ordinal=1)


def test_one_object_at_a_gateway_belongs_to_one_attempt(charity: Charity) -> None:
    progress.move(begun(charity), "created", at=now(), gateway_id="sbx_1")
    with pytest.raises(IntegrityError), transaction.atomic():
        progress.move(begun(charity), "created", at=now(), gateway_id="sbx_1")


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.RETURNED])
@pytest.mark.parametrize(
    "differing", [{"amount_minor": AMOUNT - 1}, {"amount_minor": AMOUNT * 100}, {"currency": "NZD"}]
)
def test_amount_tampering_another_amount_books_nothing(
    charity: Charity, status: Status, differing: dict[str, object]
) -> None:
    attempt = brought_to(begun(charity), State.CONFIRMING)
    before = rows(attempt)
    with pytest.raises(AmountsDiffer):
        progress.apply(attempt, answer(attempt, status, **differing), at=now(), code="look")
    assert rows(attempt) == before
    assert balances(charity) == {}


def test_a_decline_keeps_its_code_and_an_action_its_address(charity: Charity) -> None:
    attempt = brought_to(begun(charity), State.CONFIRMING)
    said = answer(attempt, Status.ACTION_REQUIRED, next_action=NextAction("redirect", url="/bank/"))
    attempt = progress.apply(attempt, said, at=now(), code="answer").attempt
    assert attempt.next_action == {"kind": "redirect", "url": "/bank/", "client_secret": ""}
    said = answer(attempt, Status.FAILED, decline=Decline.EXPIRED_CARD)
    attempt = progress.apply(attempt, said, at=now(), code="answer").attempt
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code, attempt.next_action) == ("failed", "expired_card", None)
    assert attempt.events.latest("id").code == "expired_card"


def test_no_news_writes_no_event_and_asks_less_and_less_often(charity: Charity) -> None:
    attempt = brought_to(begun(charity), State.PROCESSING)
    events, at = attempt.events.count(), now()
    waits = []
    for _ in range(4):
        assert progress.apply(attempt, answer(attempt, Status.PROCESSING), at=at, code="sweep").event is None
        attempt.refresh_from_db()
        assert attempt.look_at is not None
        waits.append(attempt.look_at - at)
    assert waits == [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=1)]
    assert attempt.events.count() == events
    progress.postpone(attempt.pk, at=at)
    attempt.refresh_from_db()
    assert attempt.looks == 5


def test_a_debit_returned_and_collected_and_returned_again_is_booked_each_time(charity: Charity) -> None:
    attempt = brought_to(begun(charity), State.SUCCEEDED)
    for status in (Status.RETURNED, Status.SUCCEEDED, Status.RETURNED):
        attempt = progress.apply(attempt, answer(attempt, status), at=now(), code="look").attempt
        assert broken() == []
    assert [(p.kind, p.amount_minor) for p in Posting.objects.order_by("id")] == [
        ("charge", AMOUNT), ("fee", FEE), ("return", AMOUNT), ("charge:2", AMOUNT), ("return:2", AMOUNT),
    ]  # fmt: skip
    assert balances(charity) == GIVEN_BACK


def test_a_return_that_overtook_its_success_books_both(charity: Charity) -> None:
    attempt = brought_to(begun(charity), State.PROCESSING)
    attempt = progress.apply(attempt, answer(attempt, Status.RETURNED), at=now(), code="webhook").attempt
    assert [e.name for e in attempt.events.order_by("id")][-2:] == ["succeeded", "returned"]
    assert balances(charity) == GIVEN_BACK
    assert broken() == []


# What may truly happen to an object at its gateway, one thing after another.
LIVES = [
    [Status.CREATED, Status.SUCCEEDED],
    [Status.CREATED, Status.FAILED],
    [Status.CREATED, Status.CANCELLED],
    [Status.CREATED, Status.ACTION_REQUIRED, Status.SUCCEEDED],
    [Status.CREATED, Status.ACTION_REQUIRED, Status.FAILED],
    [Status.CREATED, Status.ACTION_REQUIRED, Status.CANCELLED],
    [Status.CREATED, Status.PROCESSING, Status.SUCCEEDED],
    [Status.CREATED, Status.PROCESSING, Status.FAILED],
    [Status.CREATED, Status.PROCESSING, Status.CANCELLED],
    [Status.CREATED, Status.ACTION_REQUIRED, Status.PROCESSING, Status.SUCCEEDED],
    [Status.CREATED, Status.PROCESSING, Status.SUCCEEDED, Status.RETURNED],
    [Status.CREATED, Status.PROCESSING, Status.SUCCEEDED, Status.RETURNED, Status.SUCCEEDED],
    [Status.CREATED, Status.FAILED, Status.SUCCEEDED],
]
WITHOUT_MONEY = (Status.CREATED, Status.ACTION_REQUIRED, Status.PROCESSING)
STARTS = [State.CREATED, State.CONFIRMING, State.UNKNOWN, State.ACTION_REQUIRED]


@given(data=st.data(), life=st.sampled_from(LIVES), start=st.sampled_from(STARTS))
@within_a_test
def test_the_ledger_follows_from_what_happened_and_not_from_who_told_it_when(
    charity: Charity, data: st.DataObject, life: list[Status], start: State
) -> None:
    """Looks see any part of an object's life, some of it more than once; news that brings no money may arrive late,
    early and out of order. After a last look the books are those of the life's end."""
    last = life[-1]
    seen = [life[at] for at in sorted(data.draw(st.lists(st.integers(0, len(life) - 1), max_size=6)))]
    stale = st.sampled_from([each for each in life if each in WITHOUT_MONEY])
    told = data.draw(st.permutations([*data.draw(st.lists(stale, max_size=4)), *[None] * len(seen)]))
    in_order = iter(seen)
    with undone():
        attempt = brought_to(begun(charity), start)
        for status in [*(each or next(in_order) for each in told), last, last]:
            attempt = progress.apply(attempt, answer(attempt, status), at=now(), code="look").attempt
        assert balances(charity) == {Status.SUCCEEDED: CHARGED, Status.RETURNED: GIVEN_BACK}.get(last, {})
        assert broken() == []
        chain = list(attempt.events.order_by("id").values_list("from_state", "to_state"))
        assert all(before[1] == after[0] for before, after in pairwise(chain))
        assert Attempt.objects.get(pk=attempt.pk).state == str(last)


@given(answers=st.lists(st.sampled_from(list(Status)), max_size=8), start=st.sampled_from(list(State)))
@within_a_test
def test_no_order_of_answers_whatever_breaks_the_books(
    charity: Charity, answers: list[Status], start: State
) -> None:
    """Even a gateway that contradicts itself: each event is an edge, each posting has its event, and twice is once."""
    with undone():
        attempt = brought_to(begun(charity), start)
        for status in answers:
            attempt = progress.apply(attempt, answer(attempt, status), at=now(), code="look").attempt
            before = rows(attempt)[1:]
            attempt = progress.apply(attempt, answer(attempt, status), at=now(), code="look").attempt
            assert rows(attempt)[1:] == before
        assert broken() == []


def test_the_books_know_where_money_stands_before_the_bank(charity: Charity) -> None:
    for gateway, holding in (("sandbox", "clearing:sandbox"), ("bank", "bank"), ("offline", "undeposited")):
        assert progress.holding_account(gateway) == holding
    entries = progress.entries_of(
        "received", gateway="bank", income_code="income:x", settled_minor=5, fee_minor=0, turn=1
    )
    # Its credit went from the bank to suspense when staff saw it.
    assert [(e.debit, e.credit, e.amount_minor) for e in entries] == [("suspense", "income:x", 5)]
