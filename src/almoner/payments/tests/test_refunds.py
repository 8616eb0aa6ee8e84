"""Refunds: never more than is left, each booked once, and taken back when they bounce."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.ledger.books import post
from almoner.ledger.models import Posting
from almoner.payments import proof, refunds
from almoner.payments.gateways.port import Status
from almoner.payments.models import Attempt, Refund, RefundEvent
from almoner.payments.progress import AmountsDiffer, Moved
from almoner.payments.refunds import NotRefundable
from almoner.payments.tests.conftest import AMOUNT, balances, begun, brought_to, undone
from almoner.payments.transitions import IllegalMove, State

ROOM = ("refund states", "ledger from events", "refunds bounded")


def broken() -> list[str]:
    return [f"{check.name}: {row}" for check in proof.checks() if check.name in ROOM for row in check.run()]


@pytest.fixture
def paid(charity: Charity) -> Attempt:
    return brought_to(begun(charity), State.SUCCEEDED)


def asked(attempt: Attempt, amount_minor: int) -> Refund:
    return refunds.request(attempt.pk, amount_minor=amount_minor, reason="asked", by_id=7, at=now())


def test_a_request_is_saved_before_anything_is_sent(paid: Attempt) -> None:
    refund = asked(paid, 2_000)
    refund.refresh_from_db()
    assert (refund.state, refund.amount_minor, refund.currency, refund.requested_by_id) == (
        "submitted",
        2_000,
        "AUD",
        7,
    )
    assert [e.name for e in refund.events.all()] == ["submitted"]
    assert refund.look_at is not None
    assert not Posting.objects.filter(source="refund").exists()
    assert refunds.refundable_minor(paid) == AMOUNT - 2_000


@pytest.mark.parametrize("amount_minor", [AMOUNT + 1, 0, -1])
def test_more_than_was_paid_or_nothing_is_refused(paid: Attempt, amount_minor: int) -> None:
    with pytest.raises(NotRefundable):
        asked(paid, amount_minor)
    assert Refund.objects.count() == 0


def test_what_is_under_way_is_not_left(paid: Attempt) -> None:
    asked(paid, 3_000)
    with pytest.raises(NotRefundable):
        asked(paid, 2_001)
    asked(paid, 2_000)
    with pytest.raises(NotRefundable, match="Nothing is left"):
        asked(paid, 1)
    assert broken() == []


@pytest.mark.parametrize("state", [state for state in State if state != State.SUCCEEDED])
def test_only_what_was_paid_goes_back(charity: Charity, state: State) -> None:
    attempt = brought_to(begun(charity), state)
    with pytest.raises(NotRefundable):
        asked(attempt, 1)


def test_the_database_itself_refuses_a_refund_of_nothing(paid: Attempt) -> None:
    at = now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(attempt=paid, amount_minor=0, currency="AUD", created_at=at, updated_at=at)


def test_success_is_booked_once_whoever_brings_it(charity: Charity, paid: Attempt) -> None:
    refund = asked(paid, 2_000)
    stale = Refund.objects.select_related("attempt").get(pk=refund.pk)
    before = balances(charity)
    change = refunds.apply_status(refund, Status.SUCCEEDED, "sbr_1", at=now())
    assert (change.delta_minor, change.refund.state, change.refund.look_at) == (2_000, "succeeded", None)
    assert refunds.apply_status(change.refund, Status.SUCCEEDED, "sbr_1", at=now()).delta_minor == 0
    with pytest.raises(Moved), transaction.atomic():
        refunds.apply_status(stale, Status.SUCCEEDED, "sbr_1", at=now())
    posting = Posting.objects.get(source="refund")
    assert (posting.debit.code, posting.credit.code, posting.amount_minor) == (
        "refunds:children", "clearing:sandbox", 2_000,
    )  # fmt: skip
    after = balances(charity)
    assert after["clearing:sandbox"] == before["clearing:sandbox"] - 2_000
    # What was given is still income; what was given back stands beside it.
    assert (after["income:children"], after["refunds:children"]) == (-AMOUNT, 2_000)
    assert broken() == []


def test_a_refund_that_bounces_after_its_success_is_reversed_and_may_be_made_again(
    charity: Charity, paid: Attempt
) -> None:
    before = balances(charity)
    refund = refunds.apply_status(asked(paid, AMOUNT), Status.SUCCEEDED, "sbr_1", at=now()).refund
    change = refunds.apply_status(refund, Status.FAILED, "sbr_1", at=now())
    assert change.delta_minor == -AMOUNT
    assert balances(charity) == before
    assert refunds.refundable_minor(paid) == AMOUNT
    asked(paid, AMOUNT)
    assert broken() == []


def test_a_refund_held_for_failed_that_proves_done_is_booked_as_often_as_it_turns(
    charity: Charity, paid: Attempt
) -> None:
    before = balances(charity)
    unknown = refunds.move(asked(paid, 2_000), "unknown", at=now()).refund
    refund = refunds.move(unknown, "failed", at=now(), code="staff").refund
    deltas = []
    for status in (Status.SUCCEEDED, Status.SUCCEEDED, Status.FAILED, Status.SUCCEEDED):
        change = refunds.apply_status(refund, status, "sbr_1", at=now())
        deltas.append(change.delta_minor)
        refund = change.refund
        assert broken() == []
    assert deltas == [2_000, 0, -2_000, 2_000]
    assert (refund.state, refund.look_at) == ("succeeded", None)
    assert [event.name for event in refund.events.order_by("id")] == [
        "submitted", "unknown", "failed", "corrected", "failed", "corrected",
    ]  # fmt: skip
    kinds = Posting.objects.filter(source="refund").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["refund", "refund-failed", "refund:2"]
    assert balances(charity)["clearing:sandbox"] == before["clearing:sandbox"] - 2_000
    assert refunds.refundable_minor(paid) == AMOUNT - 2_000


def test_a_posting_of_a_correction_that_no_event_calls_for_is_found(paid: Attempt) -> None:
    refund = refunds.apply_status(asked(paid, 100), Status.SUCCEEDED, "sbr_1", at=now()).refund
    entry = refunds.refund_entry(
        gateway="sandbox", income_code="income:children", amount_minor=100, failed=False, turn=2
    )
    post(
        [entry],
        charity_id=paid.charity_id,
        currency="AUD",
        source="refund",
        source_id=refund.pk,
        at=now(),
        tag="",
    )
    assert broken() == [f"ledger from events: refund {refund.pk}: refund:2 has no event"]


def test_what_was_refunded_anew_meanwhile_is_not_booked_over_what_was_paid(paid: Attempt) -> None:
    first = refunds.apply_status(asked(paid, AMOUNT), Status.FAILED, "sbr_1", at=now()).refund
    refunds.apply_status(asked(paid, AMOUNT), Status.SUCCEEDED, "sbr_2", at=now())
    with pytest.raises(AmountsDiffer), transaction.atomic():
        refunds.apply_status(first, Status.SUCCEEDED, "sbr_1", at=now())
    first.refresh_from_db()
    assert (first.state, Posting.objects.filter(source="refund").count()) == ("failed", 1)
    assert broken() == []


def test_of_several_payments_the_newest_that_has_anything_left_goes_first(charity: Charity) -> None:
    first = brought_to(begun(charity), State.SUCCEEDED)
    second = brought_to(begun(charity, gift_id=first.gift_id, ordinal=2), State.SUCCEEDED)
    both = [first, second]
    assert refunds.to_refund([]) == (None, 0)
    assert refunds.to_refund(both) == (second, AMOUNT)
    asked(second, 2_000)
    assert refunds.to_refund(both) == (second, AMOUNT - 2_000)
    asked(second, AMOUNT - 2_000)
    assert refunds.to_refund(both) == (first, AMOUNT)
    asked(first, AMOUNT)
    assert refunds.to_refund(both) == (second, 0)


def test_a_refund_under_way_is_no_news_but_keeps_its_object(paid: Attempt) -> None:
    refund = asked(paid, 100)
    assert refunds.apply_status(refund, Status.PROCESSING, "sbr_1", at=now()).event is None
    refund.refresh_from_db()
    assert (refund.state, refund.gateway_id) == ("submitted", "sbr_1")
    assert refund.look_at is not None and refund.look_at > now()


def test_two_sweeps_that_meet_leave_a_settled_refund_settled(paid: Attempt) -> None:
    """Nobody asks about it every hour for ever after."""
    refund = asked(paid, 100)
    stale = Refund.objects.select_related("attempt").get(pk=refund.pk)
    refunds.apply_status(refund, Status.SUCCEEDED, "sbr_1", at=now())
    refunds.apply_status(refund, Status.SUCCEEDED, "sbr_1", at=now())
    refunds.apply_status(stale, Status.PROCESSING, "sbr_1", at=now())
    refund.refresh_from_db()
    assert (refund.state, refund.look_at) == ("succeeded", None)


def test_an_open_refund_is_asked_about_less_and_less_often(paid: Attempt) -> None:
    refund, waits = asked(paid, 100), []
    for _ in range(3):
        at = now()
        refunds.postpone(refund.pk, at=at)
        refund.refresh_from_db()
        assert refund.look_at is not None
        waits.append(refund.look_at - at)
    assert waits == [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1)]


def test_an_illegal_move_changes_nothing(paid: Attempt) -> None:
    refund = refunds.move(asked(paid, 100), "failed", at=now()).refund
    before = (Refund.objects.values().get(), list(RefundEvent.objects.values()), Posting.objects.count())
    for event in ("submitted", "unknown", "succeeded", "failed"):
        with pytest.raises(IllegalMove):
            refunds.move(refund, event, at=now())
    assert (
        Refund.objects.values().get(),
        list(RefundEvent.objects.values()),
        Posting.objects.count(),
    ) == before


@given(
    amounts=st.lists(st.integers(1, AMOUNT), max_size=6),
    ends=st.lists(st.sampled_from(["succeeded", "failed", "unknown"]), min_size=6, max_size=6),
    # What the gateway says afterwards, and it may change its mind.
    laters=st.lists(
        st.lists(st.sampled_from([Status.SUCCEEDED, Status.FAILED]), max_size=4), min_size=6, max_size=6
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_never_more_than_was_captured(
    charity: Charity, amounts: list[int], ends: list[str], laters: list[list[Status]]
) -> None:
    with undone():
        attempt = brought_to(begun(charity), State.SUCCEEDED)
        given_back = 0
        for amount_minor, end, later in zip(amounts, ends, laters, strict=False):
            left = refunds.refundable_minor(attempt)
            if amount_minor > left:
                with pytest.raises(NotRefundable):
                    asked(attempt, amount_minor)
                continue
            refund = refunds.move(asked(attempt, amount_minor), end, at=now()).refund
            for status in later:
                refund = refunds.apply_status(refund, status, str(refund.pk), at=now()).refund
            given_back += amount_minor if refund.state != "failed" else 0
            assert refunds.refundable_minor(attempt) == AMOUNT - given_back
        assert balances(charity).get("refunds:children", 0) <= given_back <= AMOUNT
        assert broken() == []
