"""Staff give money back: once, whatever is lost on the way, and the gift says how much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction

from almoner.charities.models import AuditEntry
from almoner.giving import actions
from almoner.giving import proof as giving_proof
from almoner.giving.actions.following import follow_refund
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift
from almoner.giving.tests.checking import stored, text_of
from almoner.giving.tests.conftest import Donor
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments import gateways, progress, proof, refunds
from almoner.payments.gateways.port import AnswerLost, RefundAnswer, Refused, Status, TryLater
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, Refund, RefundEvent
from almoner.payments.progress import AmountsDiffer
from almoner.payments.refunds import NotRefundable
from almoner.receipts.models import Receipt


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("treasurer")


@pytest.fixture
def gift(donor: Donor) -> Gift:
    donor.give(donor.to_payment())
    return Gift.objects.get()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each call of the receipts' hook found as given back."""
    seen: list[int] = []
    monkeypatch.setattr(hooks, "on_refunded", lambda gift, attempt, at: seen.append(gift.refunded_minor))
    return seen


def refund(gift: Gift, amount_minor: int, staff: User) -> Refund:
    return actions.refund(gift_id=gift.pk, amount_minor=amount_minor, reason="asked for", actor=staff)


def broken() -> list[str]:
    checks = [*proof.checks(), *giving_proof.checks()]
    return [f"{check.name}: {row}" for check in checks for row in check.run()]


def sweep(**later: float) -> None:
    with time_machine.travel(now() + timedelta(**later), tick=False):
        actions.look_at_due()


def test_in_part_and_then_the_rest(
    gift: Gift, staff: User, sandbox: Sandbox, told: list[int], donor: Donor
) -> None:
    assert refund(gift, 2_000, staff).state == "succeeded"
    assert refund(gift, 3_000, staff).state == "succeeded"
    gift.refresh_from_db()
    assert (gift.refunded_minor, gift.status, told) == (5_000, "settled", [2_000, 5_000])
    assert [charge.refunded_minor for charge in sandbox.charges()] == [5_000]
    rows = Posting.objects.filter(source="refund").values_list("debit__code", "credit__code", "amount_minor")
    assert list(rows.order_by("id")) == [
        ("refunds:children", "clearing:sandbox", 2_000), ("refunds:children", "clearing:sandbox", 3_000),
    ]  # fmt: skip
    with pytest.raises(NotRefundable, match="Nothing is left"):
        refund(gift, 1, staff)
    assert "$50.00" in text_of(donor.client.get(f"/give/thanks/{gift.public_key}/"))
    assert broken() == []


def test_who_why_and_how_much_stand_in_the_log(gift: Gift, staff: User) -> None:
    done = refund(gift, 2_000, staff)
    assert (done.reason, done.requested_by_id) == ("asked for", staff.pk)
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor_id, entry.action, entry.object_id, entry.charity_id) == (
        staff.pk, "refund gift", str(gift.pk), gift.charity_id,
    )  # fmt: skip
    assert entry.detail == {"amount_minor": 2_000, "currency": "AUD", "refund": str(done.pk)}


@pytest.mark.parametrize("amount_minor", [5_001, 0, -5])
def test_a_refused_request_leaves_nothing(gift: Gift, staff: User, amount_minor: int) -> None:
    before = (stored(), AuditEntry.objects.count())
    with pytest.raises(NotRefundable):
        refund(gift, amount_minor, staff)
    assert (stored(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("outcome", "method"),
    [("lost_card", "sandbox_card"), ("answer_lost", "sandbox_card"), ("x", "bank_transfer")],
)
def test_what_was_not_paid_is_not_given_back(donor: Donor, staff: User, outcome: str, method: str) -> None:
    donor.give(donor.to_payment(), outcome, method=method)
    with pytest.raises(NotRefundable, match="Only a gift that was paid"):
        refund(Gift.objects.get(), 100, staff)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_is_asked_for_with_the_same_key(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, told: list[int], arrived: bool
) -> None:
    ask = sandbox.refund

    def lose(*args: Any, **more: Any) -> RefundAnswer:
        if arrived:
            ask(*args, **more)
        raise AnswerLost("late")

    monkeypatch.setattr(sandbox, "refund", lose)
    assert refund(gift, 2_000, staff).state == "unknown"
    with pytest.raises(NotRefundable):
        refund(gift, 3_001, staff)
    sweep(minutes=2)
    # One that arrived is found among the charge's refunds; of one that didn't, nothing is known yet.
    assert (Refund.objects.get().state, told) == (("succeeded", [2_000]) if arrived else ("unknown", []))
    monkeypatch.setattr(sandbox, "refund", ask)
    sweep(hours=2)
    gift.refresh_from_db()
    assert (Refund.objects.get().state, gift.refunded_minor, told) == ("succeeded", 2_000, [2_000])
    assert [charge.refunded_minor for charge in sandbox.charges()] == [2_000]
    assert [e.name for e in RefundEvent.objects.order_by("id")] == ["submitted", "unknown", "succeeded"]
    assert broken() == []


def lost_refund(
    gift: Gift, staff: User, sandbox: Sandbox, amount_minor: int = 2_000, *, arrived: bool
) -> Refund:
    """Asked for, and the answer to the first call was lost."""
    ask = sandbox.refund

    def lose(*args: Any, **more: Any) -> RefundAnswer:
        if arrived:
            ask(*args, **more)
        raise AnswerLost("late")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "refund", lose)
        lost = refund(gift, amount_minor, staff)
    assert lost.state == "unknown"
    return lost


@pytest.mark.parametrize("hours", [1, 30])
def test_a_gateway_that_forgot_the_key_is_not_made_to_refund_again(
    gift: Gift, staff: User, sandbox: Sandbox, hours: int
) -> None:
    """The first call was executed and its answer lost; then the gateway prunes its keys, as they do after a day."""
    lost_refund(gift, staff, sandbox, arrived=True)
    sandbox.prune_keys()
    sweep(hours=hours)
    gift.refresh_from_db()
    assert (Refund.objects.get().state, gift.refunded_minor) == ("succeeded", 2_000)
    assert [charge.refunded_minor for charge in sandbox.charges()] == [2_000]
    assert broken() == []


def test_a_refund_that_the_gateway_has_not_is_sent_no_more_once_keys_are_forgotten(
    gift: Gift, staff: User, sandbox: Sandbox
) -> None:
    """It stays unknown for a person, is asked about all the same, and is booked when it appears after all."""
    lost = lost_refund(gift, staff, sandbox, arrived=False)
    for hours in (24, 48, 24 * 400):
        sweep(hours=hours)
        assert Refund.objects.get().state == "unknown"
        assert [charge.refunded_minor for charge in sandbox.charges()] == [0]
    gateway_id = Attempt.objects.get().gateway_id or ""
    sandbox.refund(gateway_id, key=str(lost.pk), amount_minor=2_000, currency="AUD")
    sweep(hours=24 * 500)
    assert Refund.objects.get().state == "succeeded"
    assert broken() == []


def test_a_refused_repeat_says_nothing_about_the_first_call(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost_refund(gift, staff, sandbox, 5_000, arrived=False)
    monkeypatch.setattr(sandbox, "refund", refuses)
    sweep(hours=2)
    assert Refund.objects.get().state == "unknown"


def test_the_first_call_of_a_killed_process_is_the_sweeps_repeat(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever meets a refund `submitted` can't know whether it was sent: a refusal leaves it unknown."""
    attempt = Attempt.objects.get()
    refunds.request(attempt.pk, amount_minor=2_000, reason="asked", by_id=None, at=now())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "refund", refuses)
        sweep(minutes=2)
    assert Refund.objects.get().state == "unknown"
    sweep(hours=2)
    assert Refund.objects.get().state == "succeeded"
    assert [charge.refunded_minor for charge in sandbox.charges()] == [2_000]


def told_of(sandbox: Sandbox, gateway_id: str) -> None:
    assert actions.look_by_gateway_id("sandbox", sandbox.account, gateway_id)


def test_an_event_of_the_charge_brings_a_refund_that_bounced(
    gift: Gift, staff: User, sandbox: Sandbox, told: list[int]
) -> None:
    done = refund(gift, 2_000, staff)
    sandbox.fail_refund(done.gateway_id or "")
    told_of(sandbox, Attempt.objects.get().gateway_id or "")
    gift.refresh_from_db()
    assert (Refund.objects.get().state, gift.refunded_minor, told) == ("failed", 0, [2_000, 0])
    assert [e.name for e in RefundEvent.objects.order_by("id")] == ["submitted", "succeeded", "failed"]
    assert broken() == []


def test_an_event_of_the_refund_itself_is_understood_too(gift: Gift, staff: User, sandbox: Sandbox) -> None:
    done = refund(gift, 2_000, staff)
    sandbox.fail_refund(done.gateway_id or "")
    told_of(sandbox, done.gateway_id or "")
    assert Refund.objects.get().state == "failed"


def test_a_refund_made_in_the_gateways_dashboard_is_booked_once(
    gift: Gift, staff: User, sandbox: Sandbox, told: list[int]
) -> None:
    refund(gift, 1_000, staff)
    gateway_id = Attempt.objects.get().gateway_id or ""
    made = sandbox.refund(gateway_id, key="by hand", amount_minor=1_500, currency="AUD")
    for _ in range(2):
        told_of(sandbox, gateway_id)
    gift.refresh_from_db()
    theirs = Refund.objects.get(gateway_id=made.gateway_id)
    assert (theirs.reason, theirs.requested_by_id, theirs.state) == ("made at the gateway", None, "succeeded")
    assert (gift.refunded_minor, told) == (2_500, [1_000, 2_500])
    assert Posting.objects.filter(source="refund").count() == 2
    assert broken() == []


def test_more_given_back_at_the_gateway_than_was_paid_is_flagged_and_not_booked(
    gift: Gift, staff: User, sandbox: Sandbox
) -> None:
    refund(gift, 5_000, staff)
    gateway_id = Attempt.objects.get().gateway_id or ""
    with sandbox.store.write() as rows:
        rows.execute(
            "INSERT INTO refund (id, key, charge_id, amount_minor, state, created_at) "
            "VALUES ('sbr_x', 'x', ?, 1, 'succeeded', '')",
            (gateway_id,),
        )
    with pytest.raises(AmountsDiffer):
        told_of(sandbox, gateway_id)
    gift.refresh_from_db()
    assert (gift.flag, gift.refunded_minor, Refund.objects.count()) == ("amounts_differ", 5_000, 1)


@pytest.mark.parametrize(
    ("able", "amount_minor", "says"),
    [
        ({"refunds": False}, 5_000, "gives nothing back"),
        ({"partial_refunds": False}, 4_999, "the whole amount or nothing"),
        ({"partial_refunds": False}, 5_000, ""),
    ],
)
def test_a_gateway_is_asked_for_nothing_that_it_cannot_do(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, able: dict[str, bool],
    amount_minor: int, says: str,
) -> None:  # fmt: skip
    able_to = replace(sandbox.capabilities(), **able)
    monkeypatch.setattr(sandbox, "capabilities", lambda: able_to)
    if not says:
        assert refund(gift, amount_minor, staff).state == "succeeded"
        return
    before = (stored(), AuditEntry.objects.count())
    with pytest.raises(NotRefundable, match=says):
        refund(gift, amount_minor, staff)
    assert (stored(), AuditEntry.objects.count()) == before


def test_a_gateway_that_is_no_longer_set_up_is_said(gift: Gift, staff: User) -> None:
    Attempt.objects.update(account="another")
    before = stored()
    with pytest.raises(NotRefundable, match="no longer set up"):
        refund(gift, 100, staff)
    assert stored() == before


def test_a_refusal_is_a_failure_and_the_money_may_be_asked_for_again(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, told: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "refund", refuses)
        assert refund(gift, 5_000, staff).state == "failed"
    gift.refresh_from_db()
    assert (gift.refunded_minor, told) == (0, [])
    assert refund(gift, 5_000, staff).state == "succeeded"
    assert broken() == []


def refuses(*args: Any, **more: Any) -> RefundAnswer:
    raise Refused("no")


def test_of_a_refund_that_was_taken_a_refusal_says_nothing(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, told: list[int]
) -> None:
    """It is under way; then the gateway doesn't know it for a while; then it is done."""
    ask = sandbox.refund

    def under_way(*args: Any, **more: Any) -> RefundAnswer:
        done = ask(*args, **more)
        return RefundAnswer(done.gateway_id, Status.PROCESSING, done.amount_minor, done.currency)

    monkeypatch.setattr(sandbox, "refund", under_way)
    assert refund(gift, 2_000, staff).state == "submitted"
    assert told == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "retrieve_refund", refuses)
        sweep(hours=2)
        assert Refund.objects.get().state == "unknown"
    sweep(hours=4)
    assert Refund.objects.get().state == "succeeded"


def test_two_who_bring_the_same_answer_book_it_once(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, told: list[int]
) -> None:
    """The sweep asks while the first request still waits for its answer."""
    ask = sandbox.refund

    def slow(*args: Any, **more: Any) -> RefundAnswer:
        monkeypatch.setattr(sandbox, "refund", ask)
        sweep(minutes=2)
        return ask(*args, **more)

    monkeypatch.setattr(sandbox, "refund", slow)
    assert refund(gift, 2_000, staff).state == "succeeded"
    gift.refresh_from_db()
    assert (gift.refunded_minor, told) == (2_000, [2_000])
    assert Posting.objects.filter(source="refund").count() == 1


def test_a_refund_whose_gateway_is_gone_waits(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "refund", busy)
        refund(gift, 2_000, staff)
    Attempt.objects.update(gateway="closed")
    sweep(hours=2)
    assert Refund.objects.get().state == "unknown"
    Attempt.objects.update(gateway="sandbox")
    gateways.gateways.cache_clear()
    sweep(hours=4)
    assert Refund.objects.get().state == "succeeded"


def busy(*args: Any, **more: Any) -> RefundAnswer:
    raise TryLater("busy")


def test_a_refund_that_bounces_brings_the_gift_back(gift: Gift, staff: User, told: list[int]) -> None:
    done = refund(gift, 2_000, staff)
    with transaction.atomic():
        change = refunds.apply_status(done, Status.FAILED, done.gateway_id or "", at=now())
        follow_refund(done.attempt, change)
    gift.refresh_from_db()
    assert (gift.refunded_minor, told) == (0, [2_000, 0])


def paid_twice(donor: Donor, sandbox: Sandbox) -> tuple[Gift, Attempt]:
    """The gift, and its first attempt, which was declined and then paid after all."""
    declined = donor.give(donor.to_payment(), "lost_card")
    first = Attempt.objects.get()
    donor.give(declined)
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 118 WHERE id = ?", (first.gateway_id,)
        )
    actions.look(first.pk)
    gift = Gift.objects.get()
    assert gift.flag == "paid_twice"
    return gift, first


def test_a_gift_paid_twice_is_given_back_once_and_then_again(
    donor: Donor, staff: User, sandbox: Sandbox
) -> None:
    gift, _ = paid_twice(donor, sandbox)
    assert refund(gift, 5_000, staff).attempt.ordinal == 2
    gift.refresh_from_db()
    assert (gift.settled_minor, gift.refunded_minor, gift.status) == (10_000, 5_000, "settled")
    assert broken() == []
    assert refund(gift, 5_000, staff).attempt.ordinal == 1
    with pytest.raises(NotRefundable):
        refund(gift, 1, staff)
    assert broken() == []


def test_a_second_payment_has_its_receipt_when_all_of_the_first_went_back(
    donor: Donor, staff: User, sandbox: Sandbox
) -> None:
    """Declined, paid by a debit that takes days; the first is paid after all, and given back before the debit is."""
    declined = donor.give(donor.to_payment(), "lost_card")
    first = Attempt.objects.get()
    donor.give(declined, "debit_settles", method="sandbox_debit")
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 118 WHERE id = ?", (first.gateway_id,)
        )
    actions.look(first.pk)
    gift = Gift.objects.get()
    refund(gift, 5_000, staff)
    assert not Receipt.objects.valid().exists()
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    actions.look(Attempt.objects.get(ordinal=2).pk)
    (receipt,) = Receipt.objects.valid()
    assert (receipt.attempt_id, receipt.amount_minor) == (Attempt.objects.get(ordinal=2).pk, 5_000)


def test_a_payment_that_is_returned_takes_its_own_refunds_out_of_the_gift(
    donor: Donor, staff: User, sandbox: Sandbox
) -> None:
    """Paid twice, 55.00 of 100.00 given back, and then the bank takes the first payment back."""
    gift, first = paid_twice(donor, sandbox)
    refund(gift, 5_000, staff)
    refund(gift, 500, staff)
    sandbox.return_debit(first.gateway_id or "")
    actions.look(first.pk)
    gift.refresh_from_db()
    assert (gift.settled_minor, gift.refunded_minor, gift.status) == (5_000, 5_000, "settled")
    # Of the first payment the donor has 5.00 twice: from us, and from the bank.
    assert gift.flag == "back_twice"
    assert broken() == []
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET state = 'succeeded' WHERE id = ?", (first.gateway_id,))
    actions.look(first.pk)
    gift.refresh_from_db()
    assert (gift.settled_minor, gift.refunded_minor, gift.flag) == (10_000, 5_500, "paid_twice")
    assert broken() == []


def test_a_refund_under_way_when_the_bank_takes_the_debit_back_is_booked_and_flagged(
    donor: Donor, staff: User, sandbox: Sandbox
) -> None:
    donor.give(donor.to_payment(), "debit_settles", method="sandbox_debit")
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    attempt = Attempt.objects.get()
    actions.look(attempt.pk)
    gift = Gift.objects.get()
    lost_refund(gift, staff, sandbox, 2_000, arrived=True)
    sandbox.return_debit(attempt.gateway_id or "")
    actions.look(attempt.pk)
    gift.refresh_from_db()
    assert (gift.status, gift.settled_minor, gift.refunded_minor, gift.flag) == ("returned", 5_000, 0, "")
    sweep(hours=2)
    gift.refresh_from_db()
    assert (gift.refunded_minor, gift.flag) == (2_000, "back_twice")
    assert broken() == []


def test_a_transfer_and_a_cheque_are_given_back_by_hand(donor: Donor, staff: User) -> None:
    donor.give(donor.to_payment(), method="bank_transfer")
    Attempt.objects.update(gateway="offline", account="offline")
    gift, attempt = Gift.objects.get(), Attempt.objects.get()
    with transaction.atomic():
        actions.follow(gift, progress.move(attempt, "received", at=now()))
    assert refund(gift, 1_000, staff).state == "succeeded"
    entry = Posting.objects.get(source="refund")
    assert (entry.debit.code, entry.credit.code) == ("refunds:children", "undeposited")
