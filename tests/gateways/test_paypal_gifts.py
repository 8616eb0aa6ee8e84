"""PayPal from the first redirect to the last state, over a socket, through the product's own actions."""

from datetime import UTC, datetime

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.ledger.models import Posting
from almoner.payments import gateways
from almoner.payments.gateways.port import DisputeStatus
from almoner.payments.models import Attempt
from tests.gateways.paypal_walk import CAPTURE, capture, give, order
from tests.gateways.walk import booked, events, holds, receive, state, sweep, work
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db


def test_a_donor_is_sent_to_paypal_agrees_comes_back_and_has_given(
    charity: Charity, paypal: PayPalServer
) -> None:
    attempt = give(charity)
    assert (attempt.state, attempt.next_action) == (
        "action_required",
        {"kind": "redirect", "url": f"{paypal.base}/checkoutnow?token={order(paypal)}", "client_secret": ""},
    )
    # Back without having agreed: nothing is taken.
    assert actions.look(attempt.pk).state == "action_required"
    assert paypal.count(CAPTURE) == 0
    paypal.approve(order(paypal))
    assert actions.look(attempt.pk).state == "succeeded"
    assert state() == ("settled", "succeeded")
    assert events() == ["created", "action_required", "confirming", "succeeded"]
    # 50.00 less 2.6 % and 0.30.
    assert {(p.kind, p.amount_minor) for p in Posting.objects.all()} == {("charge", 5_000), ("fee", 160)}
    assert booked("paypal", "AUD") == 4_840
    assert receive(paypal, "paypal", paypal.untold()) == 2
    work()
    holds("paypal")


def test_what_is_sent_for_an_order(charity: Charity, paypal: PayPalServer) -> None:
    attempt = give(charity)
    gift = Gift.objects.get()
    (sent,) = [each for each in paypal.requests if each.line == "POST /v2/checkout/orders"]
    assert sent.headers["paypal-request-id"] == str(attempt.pk)
    back = attempt_return = "https://lamp.example/give/4840/return/x/"
    assert sent.json == {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "reference_id": "default",
                "custom_id": str(attempt.pk),
                "invoice_id": f"{gift.reference}-{str(attempt.pk)[:8]}",
                "description": "A gift to Lamp",
                "payee": {"merchant_id": "LAMPMERCHANT2"},
                "amount": {"currency_code": "AUD", "value": "50.00"},
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                    "return_url": back,
                    "cancel_url": attempt_return,
                    "locale": "en",
                }
            }
        },
    }
    # Nobody's name or address is PayPal's to know from us: who pays logs in there.
    assert b"ada@" not in sent.raw


def test_who_agrees_and_never_comes_back_has_given_all_the_same(
    charity: Charity, paypal: PayPalServer
) -> None:
    give(charity)
    paypal.approve(order(paypal))
    assert sweep(minutes=2) == 1
    assert state() == ("settled", "succeeded")
    holds("paypal")


def test_two_looks_take_the_money_once(charity: Charity, paypal: PayPalServer) -> None:
    attempt = give(charity)
    paypal.approve(order(paypal))
    for _ in range(3):
        actions.look(attempt.pk)
    assert (paypal.count(CAPTURE), len(paypal.state.captures)) == (1, 1)
    holds("paypal")


def test_what_was_let_go_of_for_another_way_is_never_taken(charity: Charity, paypal: PayPalServer) -> None:
    """The donor leaves PayPal's page open, chooses another way here, and then agrees at PayPal."""
    attempt = give(charity)
    gift, attempt = actions.let_go(Gift.objects.get(), attempt)
    assert (gift.status, attempt.state) == ("failed", "cancelled")
    paypal.approve(order(paypal))
    receive(paypal, "paypal", paypal.untold())
    work()
    actions.look(attempt.pk)
    assert (paypal.count(CAPTURE), attempt.state) == (0, "cancelled")
    holds("paypal")


def test_who_agreed_before_they_were_let_go_of_is_charged_by_whoever_moves_first(
    charity: Charity, paypal: PayPalServer
) -> None:
    attempt = give(charity)
    stale = Attempt.objects.get(pk=attempt.pk)
    paypal.approve(order(paypal))
    actions.look(attempt.pk)
    gift, attempt = actions.let_go(Gift.objects.get(), stale)
    assert (gift.status, attempt.state) == ("settled", "succeeded")
    holds("paypal")


def test_who_is_let_go_of_while_we_find_that_they_agreed_is_not_charged(
    charity: Charity, paypal: PayPalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process cancels between another's look and its capture: only one of them moves the attempt."""
    attempt = give(charity)
    paypal.approve(order(paypal))
    gateway = gateways.gateway("paypal")
    retrieve = gateway.retrieve

    def meanwhile(gateway_id: str) -> object:
        monkeypatch.setattr(gateway, "retrieve", retrieve)
        answer = retrieve(gateway_id)
        actions.let_go(Gift.objects.get(), Attempt.objects.get(pk=attempt.pk))
        return answer

    monkeypatch.setattr(gateway, "retrieve", meanwhile)
    assert actions.look(attempt.pk).state == "cancelled"
    assert paypal.count(CAPTURE) == 0
    holds("paypal")


@pytest.mark.parametrize("hours", [5, 25])
def test_nobody_agreed(charity: Charity, paypal: PayPalServer, hours: int) -> None:
    """PayPal forgets the order after some hours; and if it doesn't, we give it up after a day."""
    give(charity)
    if hours == 5:
        paypal.forget_order(order(paypal))
    sweep(hours=hours)
    assert state() == ("failed", "cancelled")
    holds("paypal")


def test_an_agreement_that_is_found_a_day_late_is_left_alone(charity: Charity, paypal: PayPalServer) -> None:
    give(charity)
    paypal.approve(order(paypal))
    sweep(hours=25)
    assert (state(), paypal.count(CAPTURE)) == (("failed", "cancelled"), 0)


@pytest.mark.parametrize(
    "issue",
    [
        "INSTRUMENT_DECLINED",
        "declined",
        "PAYER_ACCOUNT_RESTRICTED",
        "TRANSACTION_REFUSED",
        "COMPLIANCE_VIOLATION",
    ],
)
def test_a_decline_is_told_and_no_money_is_taken(charity: Charity, paypal: PayPalServer, issue: str) -> None:
    attempt = give(charity)
    paypal.outcomes(issue)
    paypal.approve(order(paypal))
    attempt = actions.look(attempt.pk)
    assert (attempt.state, attempt.decline_code) == ("failed", "generic")
    # PayPal still says that the donor agreed. Nobody tries again behind their back.
    receive(paypal, "paypal", paypal.untold())
    work()
    assert (state(), paypal.count(CAPTURE)) == (("failed", "failed"), 1)
    holds("paypal")


def test_a_second_try_after_a_decline_is_an_order_of_its_own(charity: Charity, paypal: PayPalServer) -> None:
    first = give(charity)
    paypal.outcomes("INSTRUMENT_DECLINED")
    paypal.approve(order(paypal))
    actions.look(first.pk)
    second = give(charity, gift_id=first.gift_id, ordinal=2)
    paypal.approve(str(second.gateway_id))
    actions.look(second.pk)
    assert (state(), len(paypal.state.orders), len(paypal.state.captures)) == (("settled", "succeeded"), 2, 1)
    holds("paypal")


@pytest.mark.parametrize("ok", [True, False])
def test_a_pending_capture_is_awaited(charity: Charity, paypal: PayPalServer, ok: bool) -> None:
    """An e-cheque takes days."""
    attempt = give(charity)
    paypal.outcomes("pending")
    paypal.approve(order(paypal))
    assert actions.look(attempt.pk).state == "processing"
    assert booked("paypal", "AUD") == 0
    paypal.settle(capture(paypal), ok=ok)
    receive(paypal, "paypal", paypal.untold())
    work()
    assert state() == (("settled", "succeeded") if ok else ("failed", "failed"))
    holds("paypal")


def test_a_reversal_by_the_bank_is_a_return(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.reverse(capture(paypal))
    receive(paypal, "paypal", paypal.untold())
    work()
    assert state() == ("returned", "returned")
    # PayPal keeps its fee.
    assert booked("paypal", "AUD") == -160
    holds("paypal")


def test_a_dispute_tells_what_it_took_itself(paid: Attempt, paypal: PayPalServer) -> None:
    """Its capture is reversed too, and that is not booked a second time."""
    dispute = paypal.open_dispute(capture(paypal))
    paypal.reverse(capture(paypal), reason="CHARGEBACK")
    assert actions.look(paid.pk).state == "succeeded"
    gateway = gateways.gateway("paypal")
    answer = gateway.retrieve_dispute(dispute["dispute_id"])
    assert (answer.charge_id, answer.amount_minor, answer.currency) == (order(paypal), 5_000, "AUD")
    assert (answer.status, answer.reason) == (DisputeStatus.NEEDS_RESPONSE, "unauthorised")
    assert answer.respond_by == datetime(2026, 12, 24, tzinfo=UTC)
    for outcome, status in {
        "RESOLVED_BUYER_FAVOUR": DisputeStatus.LOST,
        "RESOLVED_SELLER_FAVOUR": DisputeStatus.WON,
        "CANCELED_BY_BUYER": DisputeStatus.WON,
        "RESOLVED_WITH_PAYOUT": DisputeStatus.PREVENTED,
        "ACCEPTED": DisputeStatus.LOST,
    }.items():
        paypal.resolve_dispute(dispute["dispute_id"], outcome)
        assert gateway.retrieve_dispute(dispute["dispute_id"]).status == status
    assert gateway.retrieve_dispute(
        paypal.open_dispute(capture(paypal), stage="INQUIRY")["dispute_id"]
    ).status == (DisputeStatus.INQUIRY)
