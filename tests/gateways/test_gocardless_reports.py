"""What GoCardless reports, and what is wrong with how it is set up: payouts, balances, fees of old, the check."""

from datetime import timedelta
from typing import Any

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import DonationForm
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.port import Refused, Status
from almoner.payments.models import Attempt, Payout
from tests.gateways.conftest import gocardless_at
from tests.gateways.gocardless_walk import CODE, agreed, agrees, payment, tell
from tests.gateways.walk import booked, events
from tests.support.gateways.gocardless_server import GoCardlessServer

pytestmark = pytest.mark.django_db
HOOK = "https://lamp.example/webhooks/gocardless/"


def collected(charity: Charity, gocardless: GoCardlessServer, count: int = 1) -> None:
    for _ in range(count):
        agreed(charity, gocardless)
        gocardless.confirm(payment(gocardless))
    tell(gocardless)


def test_a_payout_on_its_way_and_at_the_bank(charity: Charity, gocardless: GoCardlessServer) -> None:
    collected(charity, gocardless)
    gocardless.pay_out("GBP")
    tell(gocardless)
    payout = Payout.objects.get()
    assert (payout.amount_minor, payout.currency, payout.state) == (4_930, "GBP", "paid")
    assert (booked(CODE, "GBP"), gateways.gateway(CODE).balance()["GBP"]) == (0, 0)
    agrees(gocardless)


def test_a_payout_that_the_bank_sends_back(charity: Charity, gocardless: GoCardlessServer) -> None:
    collected(charity, gocardless)
    payout_id = gocardless.pay_out("GBP")
    tell(gocardless)
    gocardless.bounce_payout(payout_id)
    tell(gocardless)
    assert Payout.objects.get().state == "failed"
    assert booked(CODE, "GBP") == 4_930
    (found,) = gateways.gateway(CODE).payouts(now() - timedelta(days=1))
    assert found.status == Status.FAILED


def test_fees_with_tenths_are_told_to_the_nearest_unit(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    """GoCardless rounds the payout as a whole, and we each gift: a payout of many may differ by a few units."""
    for amount_minor in (1_050, 1_010, 3_333):
        agreed(charity, gocardless, amount_minor=amount_minor)
        gocardless.confirm(payment(gocardless))
    gocardless.pay_out("GBP")
    tell(gocardless)
    fees = sorted(Attempt.objects.values_list("fee_minor", flat=True))
    # 30.1 and 30.5, and 53.3.
    assert fees == [30, 31, 53]
    assert abs(booked(CODE, "GBP")) <= 1


def test_items_of_old_payouts_are_gone_and_their_fees_stay_booked(
    charity: Charity, gocardless: GoCardlessServer
) -> None:
    collected(charity, gocardless)
    payout_id = gocardless.pay_out("GBP")
    tell(gocardless)
    attempt = Attempt.objects.get()
    fresh = gocardless_at(gocardless.base)
    assert (fresh.retrieve(str(attempt.gateway_id)).fee_minor, attempt.fee_minor) == (70, 70)
    gocardless.gone = frozenset({payout_id})
    fresh = gocardless_at(gocardless.base)
    answer = fresh.retrieve(str(attempt.gateway_id))
    assert (answer.fee_known, answer.status) == (False, Status.SUCCEEDED)
    gateways.gateways()[CODE]._ledger._fees.clear()  # type: ignore[attr-defined]
    actions.look(attempt.pk)
    assert events().count("fee_changed") == 1
    assert Attempt.objects.get().fee_minor == 70


def test_there_are_no_disputes(gocardless: GoCardlessServer) -> None:
    with pytest.raises(Refused):
        gateways.gateway(CODE).retrieve_dispute("DP1")


# ---- The check --------------------------------------------------------------------------------------------------
def check(gocardless: GoCardlessServer, **how: Any) -> list[tuple[str, str]]:
    return [
        (each.code, each.detail) for each in gocardless_at(gocardless.base, **how).check(webhook_url=HOOK)
    ]


def test_what_is_wrong_is_said(gocardless: GoCardlessServer) -> None:
    assert check(gocardless, live_expected=True) == [("no_webhook", "")]
    gocardless.state.webhooks.append({"id": "WB1", "url": "https://old.example/", "created_at": "2026"})
    assert check(gocardless, live_expected=True) == [("webhook_elsewhere", "https://old.example/")]
    gocardless.state.webhooks.append({"id": "WB2", "url": HOOK, "created_at": "2027"})
    assert check(gocardless, live_expected=True) == []
    gocardless.state.webhooks.append({"id": "WB3", "url": "https://books.example/", "created_at": "2028"})
    assert check(gocardless, live_expected=True) == [], "another listens too"
    gocardless.state.webhooks[1] |= {"successful": False, "response_code": 400}
    assert check(gocardless, live_expected=True) == [("webhook_failing", f"{HOOK}: 400")]
    gocardless.state.webhooks[1] |= {"successful": True, "response_code": 204}
    assert check(gocardless) == [("wrong_mode", "ALMONER_GOCARDLESS_API_BASE is live")]
    gocardless.state.creditor |= {
        "verification_status": "action_required",
        "can_create_refunds": False,
        "scheme_identifiers": [
            {"scheme": "bacs", "status": "active"},
            {"scheme": "sepa", "status": "pending"},
        ],
    }
    assert check(gocardless, live_expected=True) == [
        ("missing_capability", name) for name in ("verification", "refunds", "becs", "sepa")
    ]
    assert check(gocardless, live_expected=True, methods=("bacs",)) == [
        ("missing_capability", name) for name in ("verification", "refunds")
    ]
    gocardless.state.creditor["id"] = "CR-ANOTHER"
    assert check(gocardless, live_expected=True) == [("wrong_account", "CR-ANOTHER")]


def test_a_wrong_key_and_a_gocardless_that_is_away(gocardless: GoCardlessServer) -> None:
    gateway = gocardless_at(gocardless.base, live_expected=True)
    gateway._client._http._client.headers["Authorization"] = "Bearer wrong"
    assert [each.code for each in gateway.check(webhook_url=HOOK)] == ["bad_key"]
    away = gocardless_at("http://127.0.0.1:9", live_expected=True)
    assert [each.code for each in away.check(webhook_url=HOOK)] == ["unreachable"]


def test_the_donor_walks_by_the_pages_themselves(charity: Charity, gocardless: GoCardlessServer) -> None:
    form = DonationForm.objects.get(charity=charity)
    form.methods = ["gocardless_becs", *form.methods]
    form.save()
    donor = Donor(UrlencodedClient())
    answer = donor.give(donor.to_payment(), method="gocardless_becs")
    attempt = Attempt.objects.get()
    (flow,) = gocardless.state.billing_request_flows.values()
    assert f'href="{flow["authorisation_url"]}"' in answer.content.decode()
    gocardless.agree(str(attempt.gateway_id))
    back = donor.client.get(flow["redirect_uri"])
    assert donor.client.get(back.headers["Location"]).status_code == 200
    assert actions.standing(attempt.gift_id)[0].status == "processing"
    gocardless.confirm(payment(gocardless))
    tell(gocardless)
    agrees(gocardless, "AUD")
