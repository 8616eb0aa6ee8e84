"""A refund that was never answered for: a person says that it was not made, and the gateway has the last word."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from almoner.charities.models import AuditEntry
from almoner.giving import actions
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor
from almoner.giving.tests.test_refunds import broken, busy, lost_refund, refund, told_of
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, Refund, RefundEvent
from almoner.payments.progress import AmountsDiffer
from almoner.payments.refunds import NotRefundable


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("treasurer")


@pytest.fixture
def gift(donor: Donor) -> Gift:
    donor.give(donor.to_payment())
    return Gift.objects.get()


def not_made(lost: Refund, staff: User, *, hours: int = 24) -> Refund:
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        return actions.refund_not_made(refund_id=lost.pk, checked="Ada, on Monday", actor=staff)


def test_a_person_says_that_a_refund_was_not_made_and_it_may_be_asked_for_again(
    gift: Gift, staff: User, sandbox: Sandbox
) -> None:
    lost = lost_refund(gift, staff, sandbox, 5_000, arrived=False)
    with pytest.raises(NotRefundable):
        refund(gift, 5_000, staff)
    failed = not_made(lost, staff)
    assert (failed.state, failed.look_at) == ("failed", None)
    event = RefundEvent.objects.order_by("id").last()
    assert event is not None and (event.name, event.code) == ("failed", "staff")
    entry = AuditEntry.objects.order_by("id").last()
    assert entry is not None
    assert (entry.action, entry.object_id, entry.actor_id) == ("refund was not made", str(gift.pk), staff.pk)
    assert entry.detail == {
        "amount_minor": 5_000, "currency": "AUD", "refund": str(lost.pk), "checked": "Ada, on Monday",
    }  # fmt: skip
    assert Posting.objects.filter(source="refund").count() == 0
    with pytest.raises(actions.NotStuck):
        not_made(lost, staff)
    assert refund(gift, 5_000, staff).state == "succeeded"
    assert [charge.refunded_minor for charge in sandbox.charges()] == [5_000]
    assert broken() == []


@pytest.mark.parametrize(("hours", "arrived"), [(22, False), (24, True)])
def test_a_refund_that_we_may_still_send_or_that_the_gateway_knows_is_no_persons_to_fail(
    gift: Gift, staff: User, sandbox: Sandbox, hours: int, arrived: bool
) -> None:
    lost = lost_refund(gift, staff, sandbox, arrived=arrived)
    written = AuditEntry.objects.count()
    with pytest.raises(actions.NotStuck):
        not_made(lost, staff, hours=hours)
    lost.refresh_from_db()
    assert lost.state == ("succeeded" if arrived else "unknown")
    assert AuditEntry.objects.count() == written
    assert broken() == []


def test_a_gateway_that_cannot_be_asked_leaves_it_to_the_person(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lost_refund(gift, staff, sandbox, arrived=False)
    monkeypatch.setattr(sandbox, "find_refund", busy)
    assert not_made(lost, staff).state == "failed"


def test_a_refund_said_not_made_that_was_made_after_all_is_booked(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(hooks, "on_refunded", lambda gift, attempt, at: told.append(gift.refunded_minor))
    lost = lost_refund(gift, staff, sandbox, arrived=False)
    not_made(lost, staff)
    charge = Attempt.objects.get().gateway_id or ""
    sandbox.refund(charge, key=str(lost.pk), amount_minor=2_000, currency="AUD")
    told_of(sandbox, charge)
    told_of(sandbox, charge)
    gift.refresh_from_db()
    lost.refresh_from_db()
    assert (lost.state, gift.refunded_minor, told) == ("succeeded", 2_000, [2_000])
    assert [event.name for event in RefundEvent.objects.order_by("id")] == [
        "submitted", "unknown", "failed", "corrected",
    ]  # fmt: skip
    assert broken() == []


def test_one_made_after_all_beside_another_for_the_same_money_is_flagged_and_not_booked(
    gift: Gift, staff: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lost_refund(gift, staff, sandbox, 5_000, arrived=False)
    not_made(lost, staff)
    refund(gift, 5_000, staff)
    both = sandbox.refunds_of(Attempt.objects.get().gateway_id or "")
    too_many = [*both, replace(both[0], gateway_id="sbr_late", key=str(lost.pk))]
    monkeypatch.setattr(sandbox, "refunds_of", lambda gateway_id: too_many)
    with pytest.raises(AmountsDiffer):
        told_of(sandbox, Attempt.objects.get().gateway_id or "")
    gift.refresh_from_db()
    lost.refresh_from_db()
    assert (lost.state, gift.flag, gift.refunded_minor) == ("failed", "amounts_differ", 5_000)
