"""What the tests of Stripe share: a gift, its payment there, its webhooks, and the marks that must hold."""

from datetime import UTC, datetime
from typing import Any

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.payments import gateways, inbox
from almoner.payments.gateways.stripe.client import Setup
from almoner.payments.gateways.stripe.gateway import Stripe
from almoner.payments.models import Attempt
from tests.gateways.walk import holds, intent
from tests.support.gateways import stripe_server
from tests.support.gateways.stripe_server import StripeServer

CREATE = "POST /v1/payment_intents$"
CONFIRM = "POST .*/confirm$"
REFUND = "POST /v1/refunds$"
WEBHOOK = "https://lamp.example/webhooks/stripe/"
# So long that a machine under load is never taken for a gateway that is silent.
PATIENT_SECONDS = 20.0


def setup_at(base: str, **changes: Any) -> Setup:
    values: dict[str, Any] = {
        "api_base": base,
        "api_version": "2026-08-26.dahlia",
        "account": "acct_1Scripted",
        "secret_key": stripe_server.SECRET_KEY,
        "publishable_key": "pk_test_scripted",
        "webhook_secrets": (stripe_server.WEBHOOK_SECRET, "whsec_the_next_one"),
        "currencies": frozenset({"AUD", "GBP", "EUR", "JPY", "ISK", "MGA", "KWD"}),
        "methods": ("card", "link", "checkout", "becs", "bacs", "sepa"),
        "live_expected": False,
        "timeout_seconds": PATIENT_SECONDS,
    }
    return Setup(**(values | changes))


def stripe_at(base: str, **changes: Any) -> Stripe:
    return Stripe(setup_at(base, **changes))


def give(
    charity: Charity, outcome: str = "success", *, method: str = "stripe_element", **more: Any
) -> Attempt:
    values = {"currency": "AUD", "input": {"confirmation_token": f"ctoken_{outcome}"}} | more
    return actions.submit(intent(charity, method=method, gateway="stripe", **values))[1]


def charged(stripe: StripeServer) -> int:
    """How many payments took money at Stripe."""
    return sum(each["status"] == "succeeded" for each in stripe.state.intents)


def receive(stripe: StripeServer, told: list[dict[str, Any]] | None = None) -> int:
    """Webhooks for these events, or for all that none has told yet; how many were new."""
    taken = 0
    for event in stripe.undelivered() if told is None else told:
        body, signature = stripe.signed(event)
        headers = {"Stripe-Signature": signature}
        at = datetime.fromtimestamp(stripe.state.now(), UTC)
        taken += inbox.receive(gateways.gateway("stripe"), body=body, headers=headers, at=at)
    return taken


def stands(stripe: StripeServer) -> None:
    """The pass marks: a gift ends as its payment did, charged once at most; the books hold what Stripe holds."""
    for gift in Gift.objects.all():
        keys = {str(pk) for pk in Attempt.objects.filter(gift_id=gift.pk).values_list("pk", flat=True)}
        paid = [
            each
            for each in stripe.state.intents
            if each["metadata"].get("almoner_attempt") in keys and each["status"] == "succeeded"
        ]
        assert len(paid) <= 1
        assert (gift.status == "settled") == bool(paid), gift.status
        assert gift.status in ("settled", "failed")
    holds("stripe")
    assert gateways.gateway("stripe").balance() == booked_by_currency(stripe)


def booked_by_currency(stripe: StripeServer) -> dict[str, int]:
    return {currency.upper(): amount for currency, amount in stripe.state.held.items()}
