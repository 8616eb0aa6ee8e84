"""What PayPal reports, and what is wrong with how it is set up: withdrawals, disputes, balances, the check."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from almoner.charities.models import Charity
from almoner.config import donors
from almoner.giving import actions
from almoner.giving.models import DonationForm
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.kernel.clock import now
from almoner.payments import clearing, gateways
from almoner.payments.gateways.port import AnswerLost, Status
from almoner.payments.models import Attempt, Dispute, InboxMessage, Payout
from tests.gateways.conftest import paypal_at
from tests.gateways.paypal_walk import capture
from tests.gateways.walk import booked, broken, holds, receive, work
from tests.support.gateways.paypal_server import PayPalServer

pytestmark = pytest.mark.django_db
HOOK = "https://lamp.example/webhooks/paypal/"


def test_a_withdrawal_to_the_bank_is_a_payout(paid: Attempt, paypal: PayPalServer) -> None:
    paypal.withdraw("40.00", "AUD")
    paypal.withdraw("1.00", "AUD", code="T0001")  # sent to somebody else: none of ours
    donors.compare_balances()
    payout = Payout.objects.get()
    assert (payout.amount_minor, payout.currency, payout.state) == (4_000, "AUD", "paid")
    assert booked("paypal", "AUD") == 840
    assert gateways.gateway("paypal").balance() == {"AUD": 740}
    assert broken() == []


def test_a_withdrawal_that_the_bank_sent_back(paid: Attempt, paypal: PayPalServer) -> None:
    info = paypal.withdraw("40.00", "AUD")
    info["transaction_status"] = "V"
    (found,) = gateways.gateway("paypal").payouts(now() - timedelta(days=1))
    assert (found.status, found.amount_minor) == (Status.FAILED, 4_000)


def test_months_of_transactions_are_read_page_by_page(paid: Attempt, paypal: PayPalServer) -> None:
    for days in (1, 40, 80, 300):
        paypal.state.ahead = timedelta(days=-days)
        for _ in range(3):
            paypal.withdraw("0.10", "AUD")
    found = list(gateways.gateway("paypal").payouts(datetime(2015, 1, 1, tzinfo=UTC)))
    assert len(found) == 12
    assert [each.created_at for each in found] == sorted(each.created_at for each in found)
    assert len(list(gateways.gateway("paypal").payouts(now() - timedelta(days=50)))) == 6


@pytest.mark.parametrize(
    ("outcome", "state"), [("RESOLVED_SELLER_FAVOUR", "won"), ("RESOLVED_BUYER_FAVOUR", "lost")]
)
def test_a_dispute_from_its_opening_to_its_end(
    paid: Attempt, paypal: PayPalServer, outcome: str, state: str
) -> None:
    made = paypal.open_dispute(capture(paypal))
    receive(paypal, "paypal", paypal.untold())
    work()
    dispute = Dispute.objects.get()
    assert (dispute.attempt_id, dispute.state, dispute.amount_minor) == (paid.pk, "needs_response", 5_000)
    assert dispute.respond_by == datetime(2026, 12, 24, tzinfo=UTC)
    if state == "lost":
        paypal.reverse(capture(paypal), reason="CHARGEBACK")
    paypal.resolve_dispute(made["dispute_id"], outcome)
    receive(paypal, "paypal", paypal.untold())
    work()
    dispute.refresh_from_db()
    assert (dispute.state, Attempt.objects.get().state) == (state, "succeeded")
    holds("paypal")


def test_a_dispute_about_another_program_s_sale_is_none_of_ours(paid: Attempt, paypal: PayPalServer) -> None:
    """Its capture belongs to no order."""
    sale = dict(paypal.state.captures[capture(paypal)], id="SALE", supplementary_data={})
    paypal.state.captures["SALE"] = sale
    paypal.untold()
    paypal.open_dispute("SALE")
    receive(paypal, "paypal", paypal.untold())
    work()
    assert (InboxMessage.objects.get().state, Dispute.objects.count()) == ("foreign", 0)


def test_money_that_came_from_elsewhere_is_seen(paid: Attempt, paypal: PayPalServer) -> None:
    """A payment request by mail, paid into the same account."""
    paypal.move("T0007", "ELSEWHERE", Decimal("12.00"), "AUD", custom="invoice 7")
    assert clearing.differences(gateways.gateway("paypal")) == {}
    assert gateways.gateway("paypal").balance()["AUD"] == booked("paypal", "AUD") + 1_200


def test_a_balance_that_cannot_be_read_is_not_taken_for_nothing(paid: Attempt, paypal: PayPalServer) -> None:
    for fault in ("garbage", "drop_answer", "error_after"):
        paypal.fault(fault, "balances")
        with pytest.raises(AnswerLost):
            gateways.gateway("paypal").balance()


# ---- The check --------------------------------------------------------------------------------------------------
def check(paypal: PayPalServer, **how: bool) -> list[tuple[str, str]]:
    return [(each.code, each.detail) for each in paypal_at(paypal.base, **how).check(webhook_url=HOOK)]


@pytest.fixture
def well(paypal: PayPalServer) -> PayPalServer:
    paypal.webhook["url"] = HOOK
    return paypal


def test_all_is_well_when_it_is(well: PayPalServer) -> None:
    assert check(well, live_expected=True) == []


def test_what_is_wrong_is_said(well: PayPalServer) -> None:
    # This address is not the sandbox's, and no real money is meant to move.
    assert check(well) == [("wrong_mode", "ALMONER_PAYPAL_API_BASE is live")]
    well.webhook["url"] = "https://old.example/webhooks/paypal/"
    assert check(well, live_expected=True) == [("webhook_elsewhere", "https://old.example/webhooks/paypal/")]
    well.webhook |= {"url": HOOK, "event_types": [{"name": "PAYMENT.CAPTURE.COMPLETED"}]}
    ((code, detail),) = check(well, live_expected=True)
    assert (code, "PAYMENT.CAPTURE.REFUNDED" in detail, "COMPLETED" in detail) == (
        "webhook_missing_events",
        True,
        False,
    )
    well.webhook["event_types"] = [{"name": "*"}]
    well.scopes = "openid"
    assert [each for each, _ in check(well, live_expected=True)] == ["missing_capability"] * 4


def test_a_webhook_that_is_not_there(well: PayPalServer) -> None:
    well.fault("drop_answer", "GET /v1/notifications/webhooks/")
    assert check(well, live_expected=True)[0][0] == "unreachable"
    well.fault("unavailable", "GET /v1/notifications/webhooks/")
    assert check(well, live_expected=True)[0][0] == "busy"
    paypal_server_without = paypal_at(well.base, live_expected=True)
    object.__setattr__(paypal_server_without._setup, "webhook_id", "ANOTHER")
    assert [each.code for each in paypal_server_without.check(webhook_url=HOOK)] == ["no_webhook"]


def test_a_wrong_key_and_a_paypal_that_is_away(well: PayPalServer) -> None:
    gateway = paypal_at(well.base, live_expected=True)
    object.__setattr__(gateway._setup, "secret", "wrong")
    assert [each.code for each in gateway.check(webhook_url=HOOK)] == ["bad_key"]
    assert [
        each.code for each in paypal_at("http://127.0.0.1:9", live_expected=True).check(webhook_url=HOOK)
    ] == ["unreachable"]


def test_the_donor_walks_by_the_pages_themselves(charity: Charity, paypal: PayPalServer) -> None:
    form = DonationForm.objects.get(charity=charity)
    form.methods = ["paypal", *form.methods]
    form.save()
    donor = Donor(UrlencodedClient())
    answer = donor.give(donor.to_payment(), method="paypal")
    attempt = Attempt.objects.get()
    assert attempt.method == "paypal"
    assert f'href="{paypal.base}/checkoutnow?token={attempt.gateway_id}"' in answer.content.decode()
    sent = paypal.requests[-1].json["payment_source"]["paypal"]["experience_context"]
    paypal.approve(str(attempt.gateway_id))
    back = donor.client.get(sent["return_url"], {"token": attempt.gateway_id, "PayerID": "XYZ"})
    thanks = donor.client.get(back.headers["Location"])
    assert thanks.status_code == 200
    assert actions.standing(attempt.gift_id)[0].status == "settled"
    holds("paypal")
