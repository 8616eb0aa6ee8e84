"""A request that reaches the gateway after we gave up on it and asked again: it is the same one, and does no more."""

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.payments.models import Attempt, Refund
from tests.gateways import gocardless_walk, paypal_walk
from tests.gateways.gocardless_walk import PAYMENT
from tests.gateways.paypal_walk import CAPTURE, refund
from tests.gateways.walk import holds, state, sweep
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


def test_paypal_takes_the_money_once(charity: Charity, paypal: PayPalServer) -> None:
    attempt = paypal_walk.give(charity)
    paypal.approve(paypal_walk.order(paypal))
    paypal.fault("late", CAPTURE)
    assert actions.look(attempt.pk).state == "unknown"
    sweep(minutes=2)
    assert state() == ("settled", "succeeded")
    paypal.arrive()
    assert len(paypal.state.captures) == 1
    holds("paypal")


def test_paypal_gives_back_once(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.fault("late", "/refund$")
    assert refund(1_000).state == "unknown"
    sweep(minutes=2)
    assert Refund.objects.get().state == "succeeded"
    paypal.arrive()
    assert len(paypal.state.refunds) == 1
    holds("paypal")


def test_gocardless_makes_one_payment(charity: Charity, gocardless: GoCardlessServer) -> None:
    attempt = gocardless_walk.give(charity)
    gocardless.agree(str(attempt.gateway_id))
    gocardless.fault("late", PAYMENT)
    assert actions.look(attempt.pk).state == "unknown"
    sweep(minutes=2)
    assert state() == ("processing", "processing")
    gocardless.arrive()
    assert len(gocardless.state.payments) == 1
    gocardless.confirm(gocardless_walk.payment(gocardless))
    gocardless_walk.tell(gocardless)
    holds("gocardless", "GBP")


def test_gocardless_gives_back_once(charity: Charity, gocardless: GoCardlessServer) -> None:
    gocardless_walk.agreed(charity, gocardless)
    gocardless.confirm(gocardless_walk.payment(gocardless))
    gocardless_walk.tell(gocardless)
    gocardless.fault("late", "POST /refunds$")
    assert refund(1_000).state == "unknown"
    sweep(minutes=2)
    gocardless.arrive()
    assert len(gocardless.state.refunds) == 1
