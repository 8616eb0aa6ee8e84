"""Whatever is lost on the way to Stripe and back: one charge at most, and the gift ends as Stripe says."""

from collections.abc import Callable
from typing import Any

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import AnswerLost, TryLater
from almoner.payments.models import Attempt, InboxMessage
from tests.gateways.stripe.walk import CONFIRM, CREATE, charged, give, receive, stands
from tests.gateways.walk import events, state, sweep, work
from tests.support.gateways.stripe_server import StripeServer

pytestmark = pytest.mark.django_db

# Faults after which Stripe has done what was asked and we don't know it, and after which it has not.
DONE = ["drop_answer", "stall_answer", "error_after", "garbage"]
NOT_DONE = ["drop_request", "stall_request", "error_before", "unavailable", "conflict"]


def settled_down(stripe: StripeServer) -> None:
    """The worker's turns of two days, and its inbox."""
    for hours in (0.1, 30, 48):
        sweep(hours=hours)
    receive(stripe)
    work()
    stands(stripe)


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
def test_the_answer_of_the_confirmation_is_lost(charity: Charity, stripe: StripeServer, fault: str) -> None:
    stripe.fault(fault, CONFIRM, seconds=3.5)
    assert give(charity).state == "unknown"
    assert Gift.objects.get().status == "unknown"
    settled_down(stripe)
    assert state() == (("settled", "succeeded") if fault in DONE else ("failed", "cancelled"))
    assert charged(stripe) == (fault in DONE)
    assert stripe.counts[f"POST /v1/payment_intents/{Attempt.objects.get().gateway_id}/confirm"] == 1


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
def test_the_answer_of_the_creation_is_lost(charity: Charity, stripe: StripeServer, fault: str) -> None:
    """The donor was told to wait, and is gone: nothing is charged behind their back."""
    stripe.fault(fault, CREATE, seconds=3.5)
    assert give(charity).state == "new"
    sweep(minutes=2)
    if fault.startswith("error"):
        # Stripe says the same 500 for a day, whatever it did.
        assert state() == ("pending", "new")
    settled_down(stripe)
    assert state() == ("failed", "cancelled")
    assert charged(stripe) == 0
    first, *again = [each for each in stripe.requests if each.line == "POST /v1/payment_intents"]
    for each in again:
        assert (each.body, each.headers["idempotency-key"]) == (first.body, first.headers["idempotency-key"])
    assert len(stripe.state.intents) <= 1


def test_no_second_creation_when_stripe_may_have_forgotten_the_key(
    charity: Charity, stripe: StripeServer
) -> None:
    stripe.fault("drop_answer", CREATE)
    give(charity)
    stripe.fault("unavailable", "", times=1_000)
    sweep(hours=12)
    asked = stripe.counts["POST /v1/payment_intents"]
    sweep(hours=25)
    assert stripe.counts["POST /v1/payment_intents"] == asked
    assert state() == ("failed", "cancelled")


@pytest.mark.parametrize("fault", ["busy", "lock_timeout"])
@pytest.mark.parametrize("line", [CREATE, CONFIRM])
def test_stripe_is_busy(charity: Charity, stripe: StripeServer, fault: str, line: str) -> None:
    """Surely not done: the donor may press again, and pays once."""
    stripe.fault(fault, line)
    attempt = give(charity)
    assert (attempt.state, attempt.decline_code) == ("failed", "try_later")
    assert give(charity, gift_id=attempt.gift_id, ordinal=2).state == "succeeded"
    settled_down(stripe)
    assert charged(stripe) == 1


def test_how_long_stripe_asks_us_to_wait(stripe: StripeServer) -> None:
    stripe.fault("busy", "GET /v1/balance")
    with pytest.raises(TryLater) as busy:
        gateways.gateway("stripe").balance()
    assert busy.value.after_seconds == 1


@pytest.mark.parametrize("fault", ["drop_answer", "stall_answer", "garbage", "error_before", "busy"])
def test_the_answer_of_a_look_is_lost(charity: Charity, stripe: StripeServer, fault: str) -> None:
    attempt = give(charity, "3ds")
    stripe.state.authenticate(attempt.gateway_id or "")
    stripe.fault(fault, "GET /v1/payment_intents/", seconds=3.5)
    with pytest.raises((AnswerLost, TryLater)):
        actions.look(attempt.pk)
    assert state() == ("pending", "action_required")
    settled_down(stripe)
    assert state() == ("settled", "succeeded")


@pytest.mark.parametrize("fault", ["drop_answer", "error_before"])
def test_the_answer_of_a_cancellation_is_lost(charity: Charity, stripe: StripeServer, fault: str) -> None:
    give(charity, "3ds")
    stripe.fault(fault, "POST .*/cancel$")
    sweep(hours=30)
    assert state() == ("pending", "action_required"), "until Stripe says so"
    sweep(hours=60)
    assert state() == ("failed", "cancelled")
    settled_down(stripe)


def test_a_double_click_and_two_tabs(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity)
    with pytest.raises(actions.StandsAlready):
        give(charity, "success.2", gift_id=attempt.gift_id)
    assert Attempt.objects.count() == 1
    settled_down(stripe)
    assert charged(stripe) == 1


def test_a_token_is_confirmed_once(charity: Charity, stripe: StripeServer) -> None:
    give(charity)
    assert give(charity).decline_code == "refused"
    assert charged(stripe) == 1


# ---- Webhooks -------------------------------------------------------------------------------------------------------
def wrapped(monkeypatch: pytest.MonkeyPatch, before_answer: Callable[[], object]) -> None:
    """Something that happens between Stripe's answer to the confirmation and our reading it."""
    client = gateways.gateway("stripe")._client  # type: ignore[attr-defined]
    post = client.post

    def late(path: str, params: Any, *, key: str) -> Any:
        answer = post(path, params, key=key)
        if path.endswith("/confirm"):
            before_answer()
        return answer

    monkeypatch.setattr(client, "post", late)


def test_a_webhook_comes_before_the_answer(
    charity: Charity, stripe: StripeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> None:
        assert receive(stripe) == 1
        work()

    wrapped(monkeypatch, told)
    assert give(charity).state == "succeeded"
    assert events() == ["created", "confirming", "succeeded"]
    settled_down(stripe)


def test_webhooks_twice_and_in_any_order(charity: Charity, stripe: StripeServer) -> None:
    attempt = give(charity, "debit", method="stripe_becs")
    stripe.state.settle_debit(attempt.gateway_id or "")
    stripe.state.dashboard_refund(attempt.gateway_id or "", 1_000)
    told = stripe.undelivered()
    assert len(told) >= 3
    for event in reversed(told):
        receive(stripe, [event, event])
        work()
    assert Gift.objects.get().refunded_minor == 1_000
    stands(stripe)


def test_every_webhook_is_lost(charity: Charity, stripe: StripeServer) -> None:
    """Stripe's own list of events has what no webhook brought."""
    attempt = give(charity, "debit", method="stripe_becs")
    stripe.state.settle_debit(attempt.gateway_id or "")
    sweep(hours=2)
    stripe.state.dashboard_refund(attempt.gateway_id or "", 1_000)
    stripe.state.make_payout()
    dispute = stripe.state.open_dispute(give(charity, "success.2").gateway_id or "")
    fetched()
    gift = Gift.objects.get(pk=attempt.gift_id)
    assert (gift.refunded_minor, Attempt.objects.filter(disputes__gateway_id=dispute["id"]).count()) == (
        1_000,
        1,
    )
    stands(stripe)
    assert fetched() == 0


def fetched() -> int:
    found = inbox.fetch(gateways.gateway("stripe"), at=now())
    work()
    return found


def test_what_somebody_else_made_in_the_same_account_is_nobodys_work(
    charity: Charity, stripe: StripeServer
) -> None:
    shop = stripe.state.create_intent({"amount": "999", "currency": "aud"})
    stripe.state.pay(shop, "success")
    receive(stripe)
    work()
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"foreign"}
