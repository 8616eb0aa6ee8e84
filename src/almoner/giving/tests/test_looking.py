"""What becomes of a gift whose answer didn't come: asked about until it is known, and charged at most once."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from almoner.giving import actions
from almoner.giving.hooks import hooks
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import stored, text_of
from almoner.giving.tests.conftest import Donor
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments import gateways, proof, refunds
from almoner.payments.gateways.port import Answer, AnswerLost, Order, RefundAnswer, Refused, Status, TryLater
from almoner.payments.gateways.sandbox.gateway import RETURN_FEE_MINOR, Outcome, Sandbox
from almoner.payments.models import Attempt, Event, Refund


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """The gifts for which a receipt was asked, in order."""
    asked: list[uuid.UUID] = []
    monkeypatch.setattr(hooks, "on_settled", lambda gift, attempt, at: asked.append(gift.pk))
    return asked


def sweep(**later: float) -> int:
    """The sweep, so much later."""
    with time_machine.travel(now() + timedelta(**later), tick=False):
        return actions.look_at_due()


def events() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def state() -> tuple[str, str]:
    """Of the only gift and its newest attempt."""
    return Gift.objects.get().status, Attempt.objects.latest("ordinal").state


@pytest.mark.parametrize("outcome", ["answer_lost", "timeout_after"])
def test_a_lost_answer_is_found_by_asking(donor: Donor, settled: list[uuid.UUID], outcome: str) -> None:
    donor.give(donor.to_payment(), outcome)
    assert state() == ("unknown", "unknown")
    assert (settled, Posting.objects.count()) == ([], 0)
    assert sweep(seconds=30) == 0  # nobody is asked before the first minute is over
    assert sweep(minutes=2) == 1
    assert state() == ("settled", "succeeded")
    assert events() == ["created", "confirming", "unknown", "succeeded"]
    assert settled == [Gift.objects.get().pk]
    assert sweep(minutes=3) == 0


def test_an_order_that_never_arrived_is_cancelled_there_before_it_is_here(
    donor: Donor, sandbox: Sandbox, settled: list[uuid.UUID]
) -> None:
    donor.give(donor.to_payment(), "timeout_before")
    assert state() == ("unknown", "unknown")
    sweep(minutes=2)
    assert state() == ("failed", "cancelled")
    assert [charge.status for charge in sandbox.charges()] == [Status.CANCELLED]
    assert (settled, Posting.objects.count()) == ([], 0)


def test_unknown_never_fails_by_age(donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    donor.give(donor.to_payment(), "answer_lost")
    monkeypatch.setattr(sandbox, "retrieve", lost)
    for hours in (1, 24, 24 * 400):
        assert sweep(hours=hours) == 1
        assert state() == ("unknown", "unknown")
    monkeypatch.undo()
    sweep(hours=24 * 500)
    assert state() == ("settled", "succeeded")


def lost(*args: object, **more: object) -> Answer:
    raise AnswerLost("no answer in time")


def test_the_answer_to_the_create_call_is_lost(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays new; the same key again, and what nobody confirms is cancelled at the gateway."""
    create = sandbox.create

    def create_and_lose(order: Order) -> Answer:
        create(order)
        return lost()

    monkeypatch.setattr(sandbox, "create", create_and_lose)
    answer = donor.give(donor.to_payment())
    assert "Please don’t pay again" in text_of(donor.client.get(answer.headers["Location"]))
    assert state() == ("pending", "new")
    sweep(minutes=2)
    assert state() == ("pending", "new")
    monkeypatch.undo()
    gateways.gateways.cache_clear()
    monkeypatch.setattr(gateways, "sandbox", lambda: sandbox)
    sweep(hours=2)
    assert state() == ("failed", "cancelled")
    charge = next(iter(sandbox.charges()))
    assert (len(list(sandbox.charges())), charge.status) == (1, Status.CANCELLED)


def test_a_create_call_that_is_never_answered_is_given_up_before_keys_are_forgotten(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "create", lost)
    donor.give(donor.to_payment())
    sweep(hours=22)
    assert state() == ("pending", "new")
    sweep(hours=24)
    assert state() == ("failed", "cancelled")
    assert events() == ["given_up"]


def test_a_repeated_create_is_the_same_to_the_letter(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gateways refuse a key that comes with another body. What only the donor's page had is for the confirmation."""
    create, orders = sandbox.create, []

    def lose_the_first(order: Order) -> Answer:
        orders.append(order)
        return create(order) if len(orders) > 1 else lost()

    monkeypatch.setattr(sandbox, "create", lose_the_first)
    donor.give(donor.to_payment())
    assert Attempt.objects.get().order is not None
    sweep(minutes=2)
    first, again = orders
    assert replace(first, input={}) == again
    assert first.description and first.return_url
    # Once the object exists there is nothing to repeat.
    assert (state(), Attempt.objects.get().order) == (("failed", "cancelled"), None)
    assert events() == ["created", "cancelled"]  # no confirmation was sent, and none is claimed


def test_a_refused_repeat_of_a_create_is_no_failure(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call may have been executed, and its object be paid."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "create", lost)
        donor.give(donor.to_payment())

    def refuses(order: Order) -> Answer:
        raise Refused("this key was used for another charge")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "create", refuses)
        sweep(minutes=2)
    assert state() == ("pending", "new")
    attempt = Attempt.objects.get()
    assert attempt.look_at is not None and attempt.looks == 1
    sweep(hours=2)
    assert state() == ("failed", "cancelled")


def test_a_bug_that_one_row_wakes_stands_in_nobodys_way(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        donor.give(donor.to_payment(), "answer_lost")
    first = Attempt.objects.order_by("created_at").first()
    assert first is not None
    retrieve = sandbox.retrieve

    def broken_once(gateway_id: str) -> Answer:
        if gateway_id == first.gateway_id:
            raise KeyError("a field that the gateway's documents don't name")
        return retrieve(gateway_id)

    monkeypatch.setattr(sandbox, "retrieve", broken_once)
    assert sweep(minutes=2) == 2
    first.refresh_from_db()
    assert (first.state, first.looks) == ("unknown", 1)
    assert first.look_at is not None and first.look_at > now() + timedelta(minutes=5)
    assert Attempt.objects.exclude(pk=first.pk).get().state == "succeeded"


def test_a_bug_that_a_refund_wakes_stands_in_nobodys_way(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        donor.give(donor.to_payment())
    for attempt in Attempt.objects.all():
        refunds.request(attempt.pk, amount_minor=100, reason="x", by_id=None, at=now())
    first = Refund.objects.order_by("look_at").first()
    assert first is not None
    ask = sandbox.refund

    def broken_once(gateway_id: str, *, key: str, **more: Any) -> RefundAnswer:
        if key == str(first.pk):
            raise KeyError("x")
        return ask(gateway_id, key=key, **more)

    monkeypatch.setattr(sandbox, "refund", broken_once)
    assert sweep(minutes=2) == 2
    first.refresh_from_db()
    assert (first.state, first.looks) == ("submitted", 1)
    assert Refund.objects.exclude(pk=first.pk).get().state == "succeeded"


def test_the_fee_for_a_return_is_booked(donor: Donor, sandbox: Sandbox) -> None:
    donor.give(donor.to_payment(), "debit_settles", method="sandbox_debit")
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    attempt = actions.look(Attempt.objects.get().pk)
    sandbox.return_debit(attempt.gateway_id or "")
    attempt = actions.look(attempt.pk)
    posted = Posting.objects.order_by("id").values_list("kind", "debit__code", "credit__code", "amount_minor")
    assert list(posted)[2:] == [
        ("return", "income:children", "clearing:sandbox", 5_000),
        ("return-fee", "fees:sandbox", "clearing:sandbox", RETURN_FEE_MINOR),
    ]
    assert (attempt.fee_minor, Event.objects.latest("id").fee_minor) == (118 + 250, 250)
    assert broken() == []


def test_a_transfer_whose_intent_was_all_that_was_saved_waits_after_all(
    donor: Donor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died before the attempt stood at `awaiting`: the sweep puts it there."""
    monkeypatch.setattr(gateways.BANK, "create", lost)
    donor.give(donor.to_payment(), method="bank_transfer")
    monkeypatch.undo()
    assert Attempt.objects.get().state == "new"
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hooks, "on_awaiting", lambda gift, attempt, at: told.append(gift.reference))
        sweep(days=2)
    assert state() == ("awaiting", "awaiting")
    assert (told, Attempt.objects.get().looks) == ([Gift.objects.get().reference], 0)


def test_a_promised_transfer_expires_after_sixty_days(donor: Donor) -> None:
    donor.give(donor.to_payment(), method="bank_transfer")
    sweep(days=59)
    assert state() == ("awaiting", "awaiting")
    sweep(days=61)
    assert state() == ("failed", "cancelled")


def test_who_never_came_back_from_the_hosted_page(donor: Donor, sandbox: Sandbox) -> None:
    donor.give(donor.to_payment(), method="sandbox_hosted")
    sweep(hours=23)
    assert state() == ("pending", "action_required")
    sweep(hours=25)
    assert state() == ("failed", "cancelled")
    assert next(iter(sandbox.charges())).status == Status.CANCELLED


def test_a_success_that_won_against_the_cancelling(donor: Donor, sandbox: Sandbox) -> None:
    donor.give(donor.to_payment(), method="sandbox_hosted")
    charge = next(iter(sandbox.charges()))
    cancel = sandbox.cancel

    def paid_first(gateway_id: str) -> Answer:
        sandbox.decide(gateway_id, Outcome.SUCCESS)
        return cancel(gateway_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "cancel", paid_first)
        sweep(hours=25)
    assert state() == ("settled", "succeeded")
    assert sandbox.retrieve(charge.gateway_id).status == Status.SUCCEEDED


def test_one_that_cannot_be_asked_about_stands_in_nobodys_way(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        donor.give(donor.to_payment(), "answer_lost")
    ids = list(Attempt.objects.order_by("created_at").values_list("gateway_id", flat=True))
    faults = {ids[0]: Refused("no charge"), ids[1]: TryLater("busy"), ids[2]: AnswerLost("late")}
    retrieve = sandbox.retrieve

    def troubled(gateway_id: str) -> Answer:
        if gateway_id in faults:
            raise faults[gateway_id]
        return retrieve(gateway_id)

    monkeypatch.setattr(sandbox, "retrieve", troubled)
    assert sweep(minutes=2) == 4
    assert sorted(Gift.objects.values_list("status", flat=True)) == [
        "settled",
        "unknown",
        "unknown",
        "unknown",
    ]
    late = now() + timedelta(minutes=2)
    assert not Attempt.objects.filter(look_at__lt=late).exists()
    Attempt.objects.filter(gateway_id=ids[0]).update(gateway="closed")
    monkeypatch.undo()
    monkeypatch.setattr(gateways, "sandbox", lambda: sandbox)
    assert sweep(hours=3) == 3
    assert sorted(Gift.objects.values_list("status", flat=True)) == [
        "settled",
        "settled",
        "settled",
        "unknown",
    ]


def test_amount_tampering_another_amount_at_the_gateway_is_flagged_and_nothing_booked(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, settled: list[uuid.UUID]
) -> None:
    retrieve = sandbox.retrieve
    monkeypatch.setattr(sandbox, "retrieve", lambda key: replace(retrieve(key), amount_minor=4_999))
    answer = donor.give(donor.to_payment())
    assert (answer.status_code, Gift.objects.get().flag) == (303, "amounts_differ")
    page = donor.client.get(answer.headers["Location"].replace("thanks", "return"))
    assert "Please don’t pay again" in text_of(donor.client.get(page.headers["Location"]))
    assert sweep(minutes=2) == 1
    assert (Posting.objects.count(), settled, Attempt.objects.get().state) == (0, [], "confirming")


def test_news_that_overtakes_our_own_answer_is_kept_and_the_gateway_asked_again(
    donor: Donor, sandbox: Sandbox, settled: list[uuid.UUID]
) -> None:
    """A webhook settles the gift, and the bank takes it back, before our call returns with its older answer."""
    donor.give(donor.to_payment(), method="sandbox_debit")
    attempt = Attempt.objects.get()
    older = replace(sandbox.retrieve(attempt.gateway_id or ""), status=Status.SUCCEEDED)
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    actions.look(attempt.pk)
    sandbox.return_debit(attempt.gateway_id or "")
    actions.look(attempt.pk)
    assert state() == ("returned", "returned")
    before = stored()
    # The attempt as our call read it, long ago.
    actions.absorb(Gift.objects.get(), attempt, older, code="answer")
    assert state() == ("returned", "returned")
    assert stored() == before


def test_a_debit_settles_days_later_and_may_fail(
    donor: Donor, sandbox: Sandbox, settled: list[uuid.UUID]
) -> None:
    for outcome in ("debit_settles", "debit_fails"):
        donor.give(donor.to_payment(), outcome, method="sandbox_debit")
    assert set(Gift.objects.values_list("status", flat=True)) == {"processing"}
    assert settled == []
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    sweep(minutes=2)
    assert sorted(Gift.objects.values_list("status", flat=True)) == ["failed", "settled"]
    assert len(settled) == 1


def test_a_late_success_is_a_correction_and_two_are_flagged(
    donor: Donor, sandbox: Sandbox, settled: list[uuid.UUID]
) -> None:
    declined = donor.give(donor.to_payment(), "lost_card")
    first = Attempt.objects.get()
    assert donor.give(declined).status_code == 303
    succeed(sandbox, first)
    actions.look(first.pk)
    gift = Gift.objects.get()
    assert (gift.status, gift.flag, gift.settled_minor) == ("settled", "paid_twice", 10_000)
    # Asked for each payment: which of them has a receipt is the receipts' own to say.
    assert settled == [gift.pk, gift.pk]
    assert events()[-1] == "corrected"
    # Of two payments one is taken back: the gift still stands.
    sandbox.return_debit(first.gateway_id or "")
    actions.look(first.pk)
    gift.refresh_from_db()
    assert (gift.status, gift.settled_minor) == ("settled", 5_000)
    assert broken() == []


def succeed(sandbox: Sandbox, attempt: Attempt) -> None:
    """As if the gateway found out late that the money came."""
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 118 WHERE id = ?", (attempt.gateway_id,)
        )


def broken() -> list[str]:
    return [f"{check.name}: {row}" for check in proof.checks() for row in check.run()]


def test_a_corrected_gift_is_receipted(donor: Donor, sandbox: Sandbox, settled: list[uuid.UUID]) -> None:
    donor.give(donor.to_payment(), "lost_card")
    succeed(sandbox, Attempt.objects.get())
    actions.look(Attempt.objects.get().pk)
    assert (state(), settled) == (("settled", "succeeded"), [Gift.objects.get().pk])


def test_a_restored_backup_that_knows_nothing_of_a_declined_gift(donor: Donor) -> None:
    """The donor's page carries attempt two of a gift that the database never had."""
    declined = donor.give(donor.to_payment(), "expired_card")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys=ON")
        for table in ("payments_event", "supporters_consent"):
            unprotect(table)
        for table in (
            "payments_event",
            "payments_attempt",
            "giving_limithit",
            "giving_gift",
            "supporters_consent",
            "supporters_contact",
        ):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    assert donor.give(declined).status_code == 303
    assert state() == ("settled", "succeeded")


def unprotect(table: str) -> None:
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {table}_no_delete{on}")


def test_nothing_is_asked_of_a_gateway_inside_a_transaction(
    donor: Donor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, form: DonationForm
) -> None:
    """Beyond the one that the test itself stands in."""
    depth = len(connection.savepoint_ids)
    asked: list[str] = []
    for name in ("create", "confirm", "retrieve", "cancel", "refund", "retrieve_refund"):
        monkeypatch.setattr(sandbox, name, spied(getattr(sandbox, name), name, asked, depth))
    declined = donor.give(donor.to_payment(), "lost_card")
    donor.give(declined)
    donor.give(donor.to_payment(), "answer_lost")
    donor.give(donor.to_payment(), "timeout_before")
    donor.give(donor.to_payment(), method="sandbox_hosted")
    sweep(hours=25)
    gift = Gift.objects.filter(status="settled").first()
    assert gift is not None
    actions.refund(gift_id=gift.pk, amount_minor=100, reason="asked", actor=Nobody())
    assert set(asked) == {"create", "confirm", "retrieve", "cancel", "refund", "retrieve_refund"}


def spied(call: object, name: str, asked: list[str], depth: int) -> object:
    def inner(*args: object, **more: object) -> object:
        assert len(connection.savepoint_ids) == depth, f"{name} inside a transaction"
        asked.append(name)
        return call(*args, **more)  # type: ignore[operator]

    return inner


class Nobody:
    """An actor for the log."""

    pk = 1

    def get_username(self) -> str:
        return "nobody"
