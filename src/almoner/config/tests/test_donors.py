"""What no webhook brought, gateways that are down for a day, and balances that differ."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from almoner.config import donors, prove, wiring
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor
from almoner.kernel.clock import now
from almoner.ledger.books import Entry, post
from almoner.outbox import worker
from almoner.outbox.lease import Leases
from almoner.outbox.models import Job, State
from almoner.outbox.periodic import run_due
from almoner.payments import inbox
from almoner.payments.gateways.port import AnswerLost, WebhookEvent
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, BalanceCheck, EventCursor, InboxMessage, Refund

HANDLERS = {inbox.KIND: donors.look_into_message}


@pytest.fixture
def debit(donor: Donor, sandbox: Sandbox) -> Attempt:
    """A debit that has settled, here too."""
    donor.give(donor.to_payment(), "debit_settles", method="sandbox_debit")
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    return actions.look(Attempt.objects.get().pk)


def fetched() -> None:
    donors.fetch_events()
    worker.drain(HANDLERS)


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in prove.checks()}
    return {name: rows for name, rows in found.items() if rows}


def test_a_lost_webhook_is_found_in_the_gateways_own_list(debit: Attempt, sandbox: Sandbox) -> None:
    """No webhook is delivered in this test: the return of a settled debit stands in the gateway's events alone."""
    sandbox.return_debit(debit.gateway_id or "")
    assert actions.look_at_due() == 0
    fetched()
    gift = Gift.objects.get()
    assert (gift.status, Attempt.objects.get().state) == ("returned", "returned")
    assert broken() == {}


def test_events_are_kept_once_and_read_on_from_where_the_last_fetch_ended(
    debit: Attempt, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    events = sandbox.events

    def spied(since: datetime) -> Iterator[WebhookEvent]:
        asked.append(since)
        return events(since)

    monkeypatch.setattr(sandbox, "events", spied)
    fetched()
    kept = InboxMessage.objects.count()
    newest = max(event.created_at for event in events(now() - timedelta(days=1)))
    assert EventCursor.objects.get().at == newest
    fetched()
    assert InboxMessage.objects.count() == kept > 0
    assert asked[0] < now() - timedelta(days=29)
    assert asked[1] == newest - timedelta(hours=1)
    assert not InboxMessage.objects.exclude(state="done").exists()


def test_a_webhook_and_the_list_of_events_bring_one_message(debit: Attempt, sandbox: Sandbox) -> None:
    fetched()
    before = Job.objects.count()
    InboxMessage.objects.update(received_at=now())
    EventCursor.objects.all().delete()
    fetched()
    assert Job.objects.count() == before


def test_a_fetch_that_fails_begins_again_where_it_was(
    debit: Attempt, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(since: datetime) -> Iterator[WebhookEvent]:
        raise AnswerLost("down")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "events", lost)
        with pytest.raises(AnswerLost):
            donors.fetch_events()
    assert not EventCursor.objects.exists()
    sandbox.return_debit(debit.gateway_id or "")
    fetched()
    assert Gift.objects.get().status == "returned"


def test_a_worker_that_starts_fetches_and_compares_at_once(debit: Attempt) -> None:
    daily = [task for task in wiring.PERIODIC if task[0] in ("payments.events", "payments.balance")]
    assert [every_seconds for _, every_seconds, _ in daily] == [86_400.0, 86_400.0]
    assert run_due(daily, Leases("one")) == 2
    assert run_due(daily, Leases("one")) == 0
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        assert run_due(daily, Leases("one")) == 2


def test_a_message_outlives_a_gateway_that_is_down_for_a_day(
    debit: Attempt, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.return_debit(debit.gateway_id or "")
    donors.fetch_events()

    def down(gateway_id: str) -> object:
        raise AnswerLost("down")

    begun, at = now(), now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "retrieve", down)
        while at < begun + timedelta(hours=24):
            with time_machine.travel(at, tick=False):
                worker.drain(HANDLERS)
            at = min(Job.objects.filter(kind=inbox.KIND, state=State.READY).values_list("run_at", flat=True))
    assert not Job.objects.filter(state=State.DEAD).exists()
    with time_machine.travel(at + timedelta(hours=5), tick=False):
        worker.drain(HANDLERS)
    assert Gift.objects.get().status == "returned"


def test_an_object_that_we_do_not_know_yet_is_parked_and_asked_about_again(
    debit: Attempt, sandbox: Sandbox
) -> None:
    Attempt.objects.update(gateway_id="sbx_later")
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET key = ?", (str(uuid.uuid4()),))
    fetched()
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"parked"}
    Attempt.objects.update(gateway_id=debit.gateway_id)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        worker.drain(HANDLERS)
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"done"}


def test_an_event_of_another_account_is_none_of_ours(debit: Attempt, sandbox: Sandbox) -> None:
    assert actions.look_by_gateway_id("sandbox", "sandbox", debit.gateway_id or "")
    assert not actions.look_by_gateway_id("sandbox", "another", debit.gateway_id or "")


def test_one_that_is_flagged_for_a_person_is_looked_into(debit: Attempt, sandbox: Sandbox) -> None:
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET amount_minor = amount_minor + 1")
    fetched()
    assert Gift.objects.get().flag == "amounts_differ"
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"done"}


def test_the_books_are_compared_with_the_balance(debit: Attempt, sandbox: Sandbox) -> None:
    donors.compare_balances()
    checked = BalanceCheck.objects.get()
    assert (checked.gateway, checked.currency, checked.difference_minor) == ("sandbox", "AUD", 0)
    post(
        [Entry("clearing:sandbox", "bank", 7, "x")], charity_id=debit.charity_id, currency="AUD", source="x",
        source_id="x", at=now(),
    )  # fmt: skip
    donors.compare_balances()
    checked.refresh_from_db()
    assert (checked.difference_minor, checked.sources) == (7, "x x")


def test_what_is_under_way_is_no_difference(donor: Donor, sandbox: Sandbox) -> None:
    donor.give(donor.to_payment(), "answer_lost")
    assert sandbox.balance() == {"AUD": 5_000 - 118}
    donors.compare_balances()
    assert BalanceCheck.objects.get().difference_minor == 0


def test_the_balance_is_what_the_charges_come_to(debit: Attempt, donor: Donor, sandbox: Sandbox) -> None:
    donor.give(donor.to_payment())
    donor.give(donor.to_payment(), "lost_card")
    gift = Gift.objects.filter(status="settled").latest("given_at")
    actions.refund(gift_id=gift.pk, amount_minor=700, reason="x", actor=User.objects.create_superuser("x"))
    sandbox.return_debit(debit.gateway_id or "")
    assert Refund.objects.get().state == "succeeded"
    held = 5_000 - 118 - 700 - (118 + 250)
    assert sandbox.balance() == {"AUD": held}
