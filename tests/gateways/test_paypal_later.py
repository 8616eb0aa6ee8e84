"""What comes after a gift at PayPal: refunds, and the gifts that repeat."""

import httpx
import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.models import Attempt, Refund
from tests.gateways.paypal_walk import LOST, capture, give, order, refund
from tests.gateways.walk import booked, events, holds, receive, state, sweep, work
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


def test_a_refund_in_parts(paid: Attempt, paypal: PayPalServer) -> None:
    assert refund(1_000).state == "succeeded"
    assert refund(4_000).state == "succeeded"
    assert Gift.objects.get().refunded_minor == 5_000
    receive(paypal, "paypal", paypal.untold())
    work()
    assert state() == ("settled", "succeeded")
    assert len(paypal.state.refunds) == 2
    holds("paypal")


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "error_before"])
def test_the_refund_s_answer_is_lost(paid: Attempt, paypal: PayPalServer, fault: str) -> None:
    paypal.fault(fault, "/refund$", seconds=3.5)
    assert refund(1_000).state == "unknown"
    # The key is forgotten, and the refund is found by its identifier all the same.
    paypal.forget_keys()
    sweep(minutes=2)
    assert Refund.objects.get().state == "succeeded"
    assert len(paypal.state.refunds) == 1
    holds("paypal")


def test_a_refund_that_paypal_refuses(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.refund(capture(paypal), "45.00")
    assert refund(1_000).state == "failed"
    receive(paypal, "paypal", paypal.untold())
    work()
    assert Gift.objects.get().refunded_minor == 4_500
    holds("paypal")


@pytest.mark.parametrize("ok", [True, False])
def test_a_refund_that_takes_its_time(paid: Attempt, paypal: PayPalServer, ok: bool) -> None:
    paypal.state.refund_outcomes.append("PENDING")
    asked = refund(1_000)
    assert asked.state == "submitted"
    paypal.settle_refund(str(asked.gateway_id), ok=ok)
    sweep(minutes=10)
    asked.refresh_from_db()
    assert asked.state == ("succeeded" if ok else "failed")
    holds("paypal")


def test_a_fee_that_is_given_back_with_a_refund_is_booked(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.refund(capture(paypal), "50.00", fee_back="1.30")
    receive(paypal, "paypal", paypal.untold())
    work()
    assert events()[-1] == "fee_changed"
    assert booked("paypal", "AUD") == -30
    assert Attempt.objects.get().fee_minor == 30
    holds("paypal")


def test_the_first_gift_of_a_plan_keeps_the_method_and_the_next_charges_it(
    charity: Charity, paypal: PayPalServer
) -> None:
    attempt = give(charity, every=1)
    vault = paypal.requests[-1].json["payment_source"]["paypal"]["attributes"]["vault"]
    assert (vault["store_in_vault"], vault["usage_type"]) == ("ON_SUCCESS", "MERCHANT")
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    saved = gateways.gateway("paypal").retrieve(order(paypal)).saved
    assert saved is not None and saved.token in paypal.state.tokens
    assert (saved.kind, saved.label, saved.usable) == ("wallet", "PayPal", True)
    holds("paypal")


def test_a_token_that_comes_late(charity: Charity, paypal: PayPalServer) -> None:
    paypal.state.vault_late = True
    attempt = give(charity, every=1)
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    gateway = gateways.gateway("paypal")
    assert gateway.retrieve(order(paypal)).saved is None
    paypal.arrive_late(order(paypal))
    (event,) = gateway.read_webhook(*_signed(paypal, "VAULT.PAYMENT-TOKEN.CREATED"), at=now())
    assert (event.object_id, event.about) == (order(paypal), "charge")
    assert gateway.retrieve(order(paypal)).saved is not None


def _signed(paypal: PayPalServer, kind: str) -> tuple[bytes, httpx.Headers]:
    body, headers = paypal.signed([each for each in paypal.state.events if each["event_type"] == kind][-1:])
    return body, httpx.Headers(headers)
