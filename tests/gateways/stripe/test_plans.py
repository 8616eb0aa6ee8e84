"""Regular gifts by Stripe: the first gift saves the card, the workers charge it, and its bank may renew it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.config.wiring import HANDLERS
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.plans import changing, timing
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from tests.gateways.conftest import stand_in
from tests.gateways.stripe.walk import CONFIRM, CREATE, charged, give, receive, stripe_at
from tests.gateways.walk import holds, sweep, work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "clock", lambda gateway: now())
    monkeypatch.setattr(hooks, "on_plan", lambda news: None)


@pytest.fixture
def plan(charity: Charity, stripe: StripeServer) -> Plan:
    give(charity, every=1)
    receive(stripe)
    work()
    return Plan.objects.get()


def method_of(plan: Plan) -> str:
    return plan.saved_method.partition(" ")[2]


def due(plan: Plan) -> timedelta:
    plan.refresh_from_db()
    assert plan.next_at is not None
    return plan.next_at - now() + timedelta(minutes=1)


def charge(plan: Plan) -> int:
    with time_machine.travel(now() + due(plan), tick=True):
        return charge_due(in_flight=1)


def settled() -> list[str]:
    return list(Gift.objects.order_by("given_at").values_list("status", flat=True))


def test_the_card_is_kept_with_the_plan_and_charged_without_the_donor(
    plan: Plan, stripe: StripeServer
) -> None:
    assert (plan.state, plan.method_label, plan.method_expires) == ("active", "Visa ···· 4242", "2034-12")
    assert charge(plan) == 1
    assert settled() == ["settled", "settled"]
    first, later = stripe.state.intents
    assert (first["setup_future_usage"], later["customer"]) == ("off_session", first["customer"])
    assert stripe.requests[-1].body.startswith("off_session=true")
    holds("stripe")


def test_a_plan_whose_last_gift_was_given_leaves_no_card_behind(plan: Plan, stripe: StripeServer) -> None:
    changing.change_end(plan.pk, by=DONOR, ends_after=2)
    assert charge(plan) == 1
    plan.refresh_from_db()
    detach = f"/v1/payment_methods/{method_of(plan)}/detach"
    assert (plan.state, plan.given_count) == ("completed", 2)
    assert detach not in [each.path for each in stripe.requests]
    Job.objects.filter(state="ready").update(run_at=now())
    drain(HANDLERS)
    assert [each.path for each in stripe.requests].count(detach) == 1
    holds("stripe")


@pytest.mark.parametrize("line", [CREATE, CONFIRM])
@pytest.mark.parametrize("fault", ["drop_request", "drop_answer", "stall_answer", "conflict", "unavailable"])
def test_a_later_charge_whose_answer_is_lost_is_made_once(
    plan: Plan, stripe: StripeServer, fault: str, line: str
) -> None:
    stripe.fault(fault, line, seconds=3.5)
    later = due(plan)
    charge(plan)
    with time_machine.travel(now() + later, tick=True):
        for minutes in (5, 10, 180):
            sweep(minutes=minutes)
            charge_due(in_flight=1)
    assert (charged(stripe), settled()) == (2, ["settled", "settled"])
    holds("stripe")


def test_a_500_that_stripe_repeats_for_a_day_is_waited_for(plan: Plan, stripe: StripeServer) -> None:
    """It was not carried out, and the same key says so until it is forgotten: no second charge under another one."""
    stripe.fault("error_before", CONFIRM)
    later = due(plan)
    charge(plan)
    with time_machine.travel(now() + later, tick=True):
        sweep(hours=2)
        assert charged(stripe) == 1
        assert settled()[1] == "unknown"
        stripe.state.pass_seconds(25 * 3600)
        sweep(hours=25)
    assert (charged(stripe), settled()) == (2, ["settled", "settled"])
    holds("stripe")


@pytest.mark.parametrize(
    ("code", "retried"),
    [("insufficient_funds", True), ("expired_card", True), ("stolen_card", False)],
)
def test_a_decline_is_tried_again_only_if_it_may_pass(
    plan: Plan, stripe: StripeServer, code: str, retried: bool
) -> None:
    stripe.state.behave(method_of(plan), code)
    charge(plan)
    plan.refresh_from_db()
    assert (plan.state, plan.retry_at is not None) == ("retrying", retried)
    if plan.retry_at is not None:
        stripe.state.behave(method_of(plan), "success")
        with time_machine.travel(plan.retry_at + timedelta(hours=1), tick=True):
            assert charge_due(in_flight=1) == 1
    assert charged(stripe) == (2 if retried else 1)
    receive(stripe)
    work()
    holds("stripe")


def test_a_card_that_its_bank_renewed(plan: Plan, stripe: StripeServer) -> None:
    stripe.state.update_method(method_of(plan))
    receive(stripe)
    work()
    plan.refresh_from_db()
    assert (plan.method_label, plan.method_expires, plan.method_usable) == ("Visa ···· 9999", "2040-12", True)


def test_a_plan_goes_on_with_what_is_no_longer_offered(
    plan: Plan, stripe: StripeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, stripe_at(stripe.base, methods=("sepa",)))
    assert (charge(plan), charged(stripe)) == (1, 2)
    holds("stripe")


def test_a_card_that_was_taken_away_at_stripe(plan: Plan, stripe: StripeServer) -> None:
    stripe.state.detach(method_of(plan))
    receive(stripe)
    work()
    plan.refresh_from_db()
    assert not plan.method_usable


# ---- notices before a debit --------------------------------------------------------------------------------------
ON = date(2027, 3, 30)  # the Tuesday after Easter; Good Friday and Easter Monday are bank holidays


@pytest.mark.parametrize(
    ("method", "made_on"),
    # Three working days before, one of them to send it: Thursday, Wednesday, Tuesday. SEPA counts every day.
    [("stripe_bacs", date(2027, 3, 23)), ("stripe_sepa", date(2027, 3, 15))],
)
def test_the_notice_of_a_debit_is_made_in_time_over_bank_holidays(
    stripe: StripeServer, method: str, made_on: date
) -> None:
    assert timing.made_at(method, ON, timezone="Europe/London") == datetime(
        made_on.year, made_on.month, made_on.day, 10, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("method", "told_on", "debited_on"),
    [
        ("stripe_bacs", date(2027, 3, 24), ON),  # Thursday, and the Tuesday itself
        ("stripe_bacs", date(2027, 3, 25), date(2027, 3, 31)),
        ("stripe_bacs", date(2027, 3, 27), date(2027, 3, 31)),
        ("stripe_sepa", date(2027, 3, 16), ON),
        ("stripe_sepa", date(2027, 3, 17), date(2027, 3, 31)),
    ],
)
def test_a_debit_waits_until_its_notice_is_old_enough(
    stripe: StripeServer, method: str, told_on: date, debited_on: date
) -> None:
    """Bank holidays are no working days: who is told on Maundy Thursday is debited on Wednesday."""
    told_at = datetime(told_on.year, told_on.month, told_on.day, 12, tzinfo=UTC)
    at = timing.debited_at(method, ON, told_at, timezone="Europe/London")
    assert at == datetime(debited_on.year, debited_on.month, debited_on.day, 9, tzinfo=UTC)
