"""Whatever is lost on the way to PayPal and back: one charge at most, and the gift ends as PayPal says."""

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.actions.looking import order_of
from almoner.giving.models import Gift
from almoner.payments import gateways
from almoner.payments.models import Attempt
from tests.gateways.conftest import paypal_at, stand_in
from tests.gateways.paypal_walk import CAPTURE, LOST, ORDERS, give, order
from tests.gateways.walk import holds, receive, state, sweep, work
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "stall_request", "error_before", "unavailable"])
def test_the_capture_s_answer_is_lost(charity: Charity, paypal: PayPalServer, fault: str) -> None:
    """Whether PayPal took the money or not, asking tells; and the donor had agreed, so what was not taken is taken."""
    attempt = give(charity)
    paypal.approve(order(paypal))
    paypal.fault(fault, CAPTURE, seconds=3.5)
    assert actions.look(attempt.pk).state == "unknown"
    assert sweep(minutes=2) == 1
    assert state() == ("settled", "succeeded")
    assert len(paypal.state.captures) == 1
    assert paypal.count(CAPTURE) == (1 if fault in LOST else 2)
    holds("paypal")


def test_an_order_is_captured_once_whoever_asks_and_however_late(
    charity: Charity, paypal: PayPalServer
) -> None:
    """PayPal forgets the key of a capture after six hours; that the order was captured it knows for ever."""
    attempt = give(charity)
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    paypal.forget_keys()
    gateway = gateways.gateway("paypal")
    again = gateway.confirm(order(paypal), order=actions.looking.order_of(Gift.objects.get(), attempt))  # type: ignore[attr-defined]
    assert (again.status, again.amount_minor, again.fee_minor) == ("succeeded", 5_000, 160)
    assert (paypal.count(CAPTURE), len(paypal.state.captures)) == (2, 1)


@pytest.mark.parametrize("fault", [*LOST, "drop_request", "error_before", "conflict"])
def test_the_create_s_answer_is_lost(charity: Charity, paypal: PayPalServer, fault: str) -> None:
    """The donor was told to wait and is gone: the order, which nobody agreed to, is not held against them."""
    paypal.fault(fault, ORDERS, seconds=3.5)
    give(charity)
    if fault == "conflict":
        assert state() == ("failed", "failed")
        return
    assert state() == ("pending", "new")
    sweep(minutes=2)
    assert state() == ("failed", "cancelled")
    # PayPal answers a repeat with what the first one made.
    assert len(paypal.state.orders) == 1
    first, again = [each for each in paypal.requests if each.line == "POST /v2/checkout/orders"]
    assert (first.raw, first.headers["paypal-request-id"]) == (again.raw, again.headers["paypal-request-id"])
    holds("paypal")


def test_no_create_is_repeated_once_paypal_may_have_forgotten_its_key(
    charity: Charity, paypal: PayPalServer
) -> None:
    """A second order is never made. Of the first, which we don't know by name, no money is taken."""
    paypal.fault("drop_answer", ORDERS)
    give(charity)
    first = order(paypal)
    sweep(hours=8)
    assert (state(), paypal.count(ORDERS)) == (("failed", "cancelled"), 1)
    paypal.approve(first)
    receive(paypal, "paypal", paypal.untold())
    work()
    assert paypal.count(CAPTURE) == 0
    holds("paypal")


@pytest.mark.parametrize("listed", [True, False])
def test_a_restored_backup_finds_the_order_that_was_paid_and_makes_no_other(
    charity: Charity, paypal: PayPalServer, listed: bool
) -> None:
    """The backup knows the intent and nothing more, and meanwhile the donor has paid. It is found by our key in
    PayPal's list of transactions; or, where the account may not see that, PayPal tells of it later."""
    attempt = lost_order_is_paid(charity, paypal)
    if not listed:
        paypal.fault("conflict", "GET /v1/reporting", times=99)
    sweep(hours=8)
    if not listed:
        assert state() == ("failed", "cancelled")
        receive(paypal, "paypal", paypal.untold())
        work()
    assert (state(), paypal.count(ORDERS), len(paypal.state.captures)) == (("settled", "succeeded"), 1, 1)
    assert Attempt.objects.get(pk=attempt.pk).gateway_id == order(paypal)
    paypal.faults.clear()
    holds("paypal")


def test_of_two_orders_of_one_attempt_the_one_that_was_paid_counts(
    charity: Charity, paypal: PayPalServer
) -> None:
    """PayPal refuses the second as an invoice that was paid before; as an earlier version may have made it."""
    attempt = lost_order_is_paid(charity, paypal)
    first = order(paypal)
    paypal.forget_keys()
    second = gateways.gateway("paypal").create(order_of(Gift.objects.get(), attempt)).gateway_id
    paypal.approve(second)
    paypal.state.outcomes.append("DUPLICATE_INVOICE_ID")
    Attempt.objects.update(state="action_required", gateway_id=second)
    actions.look(attempt.pk)
    assert (state(), Attempt.objects.get().gateway_id) == (("settled", "succeeded"), first)
    assert len(paypal.state.captures) == 1


def lost_order_is_paid(charity: Charity, paypal: PayPalServer) -> Attempt:
    """An order whose name the books don't know, and whose money is taken all the same."""
    paypal.fault("drop_answer", ORDERS)
    attempt = give(charity)
    paypal.approve(order(paypal))
    gateways.gateway("paypal").confirm(order(paypal), order=order_of(Gift.objects.get(), attempt))
    assert (state(), len(paypal.state.captures)) == (("pending", "new"), 1)
    return attempt


def test_paypal_is_busy(charity: Charity, paypal: PayPalServer) -> None:
    """429: surely not done. The donor may press again; and what was agreed to is taken at the next look."""
    paypal.fault("busy", ORDERS)
    assert give(charity).decline_code == "try_later"
    Gift.objects.get()
    second = give(charity, gift_id=Gift.objects.get().pk, ordinal=2)
    paypal.approve(order(paypal))
    paypal.fault("busy", CAPTURE)
    sweep(minutes=2)
    assert Attempt.objects.get(pk=second.pk).state == "confirming"
    sweep(minutes=10)
    assert state() == ("settled", "succeeded")
    holds("paypal")


def test_how_long_paypal_asks_us_to_wait(paypal: PayPalServer) -> None:
    paypal.fault("busy", "GET /v1/reporting/balances")
    with pytest.raises(gateways.gateway("paypal").balance.__globals__["Refused"].__mro__[1]) as busy:
        gateways.gateway("paypal").balance()
    assert busy.value.after_seconds == 7


@pytest.mark.stalls
def test_the_look_s_answer_is_lost(charity: Charity, paypal: PayPalServer) -> None:
    give(charity)
    for hours, fault in enumerate(
        ("drop_answer", "stall_answer", "garbage", "error_before", "busy"), start=1
    ):
        paypal.fault(fault, "GET /v2/checkout/orders/", seconds=3.5)
        assert sweep(hours=hours) == 1
        assert state() == ("pending", "action_required")
    paypal.approve(order(paypal))
    sweep(hours=8)
    assert state() == ("settled", "succeeded")
    holds("paypal")


def test_paypal_cannot_be_reached(charity: Charity, monkeypatch: pytest.MonkeyPatch, sandbox: object) -> None:
    """What was never sent was surely not done."""
    stand_in(monkeypatch, paypal_at("http://127.0.0.1:9"))
    assert give(charity).decline_code == "try_later"


@pytest.mark.parametrize("fault", ["drop_answer", "error_before", "busy", "stall_answer"])
def test_without_a_token_nothing_was_sent(charity: Charity, paypal: PayPalServer, fault: str) -> None:
    paypal.fault(fault, "oauth2/token", seconds=3.5)
    assert give(charity).decline_code == "try_later"
    assert paypal.state.orders == {}


def test_a_token_that_paypal_no_longer_takes_is_fetched_anew(charity: Charity, paypal: PayPalServer) -> None:
    attempt = give(charity)
    actions.look(attempt.pk)
    assert paypal.count("oauth2/token") == 1
    paypal.expire_tokens()
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    assert (state(), paypal.count("oauth2/token")) == (("settled", "succeeded"), 2)
