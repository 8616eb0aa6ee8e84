"""Regular gifts through PayPal and GoCardless: the first gift keeps the method, and the workers charge it."""

from datetime import timedelta

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.config.wiring import HANDLERS
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan
from almoner.plans.notices import note_sent
from almoner.plans.progress import DONOR
from tests.gateways import gocardless_walk, paypal_walk
from tests.gateways.walk import broken, holds, receive, sweep, work
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "clock", lambda gateway: now())
    monkeypatch.setattr(hooks, "on_plan", lambda news: None)


@pytest.fixture
def by_paypal(charity: Charity, paypal: PayPalServer) -> Plan:
    attempt = paypal_walk.give(charity, every=1)
    paypal.approve(paypal_walk.order(paypal))
    actions.look(attempt.pk)
    return Plan.objects.get()


def due(plan: Plan) -> timedelta:
    plan.refresh_from_db()
    assert plan.next_at is not None
    return plan.next_at - now() + timedelta(minutes=1)


def charge(plan: Plan) -> int:
    with time_machine.travel(now() + due(plan), tick=True):
        return charge_due(in_flight=1)


def test_the_token_is_kept_with_the_plan_and_charged_without_the_donor(
    by_paypal: Plan, paypal: PayPalServer
) -> None:
    (token,) = paypal.state.tokens
    assert (by_paypal.state, by_paypal.saved_method, by_paypal.method_label) == ("active", token, "PayPal")
    assert charge(by_paypal) == 1
    assert list(Gift.objects.values_list("status", flat=True)) == ["settled", "settled"]
    created, captured = [each for each in paypal.requests if each.method == "POST"][-2:]
    # Nothing is taken before the order's identifier stands in our books: the capture names the method.
    assert "payment_source" not in created.json
    assert captured.json == {
        "payment_source": {
            "paypal": {
                "vault_id": token,
                "stored_credential": {
                    "payment_initiator": "MERCHANT",
                    "usage": "SUBSEQUENT",
                    "usage_pattern": "RECURRING_PREPAID",
                },
            }
        }
    }
    holds("paypal")


def test_a_plan_whose_last_gift_was_given_leaves_no_token_behind(
    by_paypal: Plan, paypal: PayPalServer
) -> None:
    changing.change_end(by_paypal.pk, by=DONOR, ends_after=2)
    assert charge(by_paypal) == 1
    by_paypal.refresh_from_db()
    assert (by_paypal.state, list(paypal.state.tokens)) == ("completed", [by_paypal.saved_method])
    paypal.fault("drop_answer", "DELETE /v3/vault/payment-tokens/")
    for _ in ("its answer is lost", "it is gone already"):
        Job.objects.filter(state="ready").update(run_at=now())
        drain(HANDLERS)
    assert not paypal.state.tokens
    assert not Job.objects.exclude(state="done").exists()
    holds("paypal")


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        (fault, match)
        for fault in ("drop_request", "drop_answer", "error_after")
        for match in ("orders$", "capture$")
    ],
)
def test_a_renewal_whose_answer_is_lost_is_charged_once(
    by_paypal: Plan, paypal: PayPalServer, fault: str, match: str
) -> None:
    paypal.fault(fault, match)
    later = due(by_paypal)
    charge(by_paypal)
    with time_machine.travel(now() + later, tick=True):
        sweep(minutes=5)
        charge_due(in_flight=1)
        sweep(hours=2)
    assert len(paypal.state.captures) == 2
    assert list(Gift.objects.values_list("status", flat=True)) == ["settled", "settled"]
    holds("paypal")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_two_hours_off_charges_no_period_twice(
    by_paypal: Plan, paypal: PayPalServer, hours: int
) -> None:
    due_in = due(by_paypal)
    assert charge(by_paypal) == 1
    for off in (hours, 0, -hours, hours):
        with time_machine.travel(now() + due_in + timedelta(hours=off), tick=True):
            assert charge_due(in_flight=1) == 0
            sweep(minutes=5)
    assert len(paypal.state.captures) == 2
    holds("paypal")


def test_a_hard_decline_is_not_tried_again(by_paypal: Plan, paypal: PayPalServer) -> None:
    paypal.outcomes("PAYER_ACCOUNT_LOCKED_OR_CLOSED")
    charge(by_paypal)
    by_paypal.refresh_from_db()
    assert (by_paypal.state, by_paypal.retry_at) == ("retrying", None)
    assert len(paypal.state.captures) == 1


def test_a_soft_decline_is_tried_again_with_an_order_of_its_own(
    by_paypal: Plan, paypal: PayPalServer
) -> None:
    paypal.outcomes("INSTRUMENT_DECLINED")
    charge(by_paypal)
    by_paypal.refresh_from_db()
    assert by_paypal.retry_at is not None
    with time_machine.travel(by_paypal.retry_at + timedelta(hours=1), tick=True):
        assert charge_due(in_flight=1) == 1
    assert (len(paypal.state.orders), len(paypal.state.captures)) == (3, 2)
    holds("paypal")


def test_an_agreement_that_the_donor_takes_away_at_paypal_stops_the_plan(
    by_paypal: Plan, paypal: PayPalServer
) -> None:
    paypal.revoke(by_paypal.saved_method)
    receive(paypal, "paypal", paypal.untold())
    work()
    by_paypal.refresh_from_db()
    assert by_paypal.method_usable is False
    assert broken() == []


def test_paypal_is_busy_and_the_renewal_waits(by_paypal: Plan, paypal: PayPalServer) -> None:
    paypal.fault("busy", "POST /v2/checkout/orders$")
    later = due(by_paypal)
    charge(by_paypal)
    with time_machine.travel(now() + later + timedelta(hours=1), tick=True):
        charge_due(in_flight=1)
        sweep(hours=1)
    assert len(paypal.state.captures) == 2
    holds("paypal")


@pytest.fixture
def by_mandate(charity: Charity, gocardless: GoCardlessServer) -> Plan:
    gocardless_walk.agreed(charity, gocardless, every=1)
    gocardless.confirm(gocardless_walk.payment(gocardless))
    gocardless_walk.tell(gocardless)
    return Plan.objects.get()


def test_a_mandate_is_debited_only_after_its_notice_was_sent(
    by_mandate: Plan, gocardless: GoCardlessServer
) -> None:
    (mandate,) = gocardless.state.mandates
    assert (by_mandate.state, by_mandate.saved_method) == ("active", mandate)
    assert by_mandate.method_label == "Bacs ···· 11"
    later = due(by_mandate)
    assert charge(by_mandate) == 0
    period = Period.objects.get(state="due")
    with time_machine.travel(now() + later + timedelta(days=40), tick=True):
        charge_due(in_flight=1)
        assert len(gocardless.state.payments) == 1
    note_sent(period.pk, at=now() + later)
    period.refresh_from_db()
    assert period.wake_at is not None
    with time_machine.travel(period.wake_at + timedelta(minutes=1), tick=True):
        charge_due(in_flight=1)
    assert len(gocardless.state.payments) == 2
    renewal = gocardless.state.payments[gocardless_walk.payment(gocardless)]
    assert renewal["charge_date"] == str(period.debit_on)
    assert renewal["links"]["mandate"] == mandate
    gocardless.confirm(renewal["id"])
    gocardless_walk.tell(gocardless)
    assert list(Gift.objects.values_list("status", flat=True)) == ["settled", "settled"]
    assert Attempt.objects.filter(gateway_id=renewal["id"]).exists()
    gocardless_walk.agrees(gocardless)


def test_a_plan_that_has_ended_leaves_no_mandate_behind(
    by_mandate: Plan, gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(hooks, "on_plan", lambda news: told.append(news.name))
    changing.change_end(by_mandate.pk, by=DONOR, ends_after=1)
    (mandate,) = gocardless.state.mandates.values()
    assert mandate["status"] != "cancelled", "nothing is asked of it inside the transaction"
    drain(HANDLERS)
    assert mandate["status"] == "cancelled"
    # GoCardless tells of it, and the donor hears nothing of a method that was lost.
    gocardless_walk.tell(gocardless)
    by_mandate.refresh_from_db()
    assert (by_mandate.state, told) == ("completed", ["changed", "completed"])
    gocardless_walk.agrees(gocardless)


@pytest.mark.parametrize("status", ["cancelled", "expired", "failed"])
def test_a_mandate_that_ends_at_the_bank_ends_at_the_plan(
    by_mandate: Plan, gocardless: GoCardlessServer, status: str
) -> None:
    gocardless.move_mandate(by_mandate.saved_method, status)
    gocardless_walk.tell(gocardless)
    by_mandate.refresh_from_db()
    assert by_mandate.method_usable is False
    gocardless_walk.agrees(gocardless)


def test_a_mandate_that_another_took_the_place_of_is_followed(
    by_mandate: Plan, gocardless: GoCardlessServer
) -> None:
    new = gocardless.replace_mandate(by_mandate.saved_method)
    gocardless_walk.tell(gocardless)
    by_mandate.refresh_from_db()
    assert (by_mandate.saved_method, by_mandate.method_usable) == (new, True)
