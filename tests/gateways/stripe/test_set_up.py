"""What `check` says of how Stripe is set up, what its page is told, and amounts in Stripe's units."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.config import stripe as settings
from almoner.kernel.money import CURRENCIES, exponent
from almoner.payments.gateways.port import Problem, Refused
from almoner.payments.gateways.stripe import currencies, orders, webhooks
from tests.gateways.stripe.walk import WEBHOOK, stripe_at
from tests.support.gateways.stripe_server import StripeServer


def endpoint(**changes: Any) -> dict[str, Any]:
    values = {
        "id": "we_1", "object": "webhook_endpoint", "url": WEBHOOK, "status": "enabled", "created": 1,
        "enabled_events": sorted(webhooks.EVENTS), "api_version": "2026-08-26.dahlia",
    }  # fmt: skip
    return values | changes


def problems(stripe: StripeServer, **changes: Any) -> list[Problem]:
    return list(stripe_at(stripe.base, **changes).check(webhook_url=WEBHOOK))


def test_all_is_well(stripe: StripeServer) -> None:
    stripe.state.endpoints = [endpoint()]
    assert problems(stripe) == []
    stripe.state.endpoints = [endpoint(enabled_events=["*"], api_version=None)]
    assert problems(stripe) == []


@pytest.mark.parametrize(
    ("endpoints", "problem"),
    [
        ([], Problem("no_webhook", WEBHOOK)),
        ([endpoint(url="https://shop.example/hooks/")], Problem("no_webhook", WEBHOOK)),
        (
            [endpoint(url="https://old.example/webhooks/stripe/")],
            Problem("webhook_elsewhere", "https://old.example/webhooks/stripe/"),
        ),
        ([endpoint(status="disabled")], Problem("webhook_disabled", WEBHOOK)),
        (
            [endpoint(enabled_events=sorted(webhooks.EVENTS.keys() - {"payout.paid", "charge.refunded"}))],
            Problem("webhook_missing_events", "charge.refunded, payout.paid"),
        ),
        ([endpoint(api_version="2020-08-27")], Problem("wrong_version", "2020-08-27")),
    ],
)
def test_webhooks(stripe: StripeServer, endpoints: list[dict[str, Any]], problem: Problem) -> None:
    stripe.state.endpoints = endpoints
    assert problems(stripe) == [problem]


@pytest.mark.parametrize(
    ("plant", "problem"),
    [
        (lambda state: setattr(state, "account", "acct_other"), Problem("wrong_account", "acct_other")),
        (lambda state: setattr(state, "charges_enabled", False), Problem("missing_capability", "charges")),
        (
            lambda state: state.capabilities.update(sepa_debit_payments="pending"),
            Problem("missing_capability", "sepa"),
        ),
        (lambda state: state.capabilities.pop("link_payments"), Problem("missing_capability", "link")),
    ],
)
def test_the_account(stripe: StripeServer, plant: Callable[[Any], object], problem: Problem) -> None:
    stripe.state.endpoints = [endpoint()]
    plant(stripe.state)
    assert problems(stripe) == [problem]


def test_the_key(stripe: StripeServer) -> None:
    stripe.state.endpoints = [endpoint()]
    (bad,) = problems(stripe, secret_key="sk_test_another")
    assert bad.code == "bad_key"
    assert "sk_test_another" not in bad.detail
    assert problems(stripe, live_expected=True) == [
        Problem("wrong_mode", "ALMONER_STRIPE_SECRET_KEY is for tests")
    ]


def test_stripe_can_t_be_reached(stripe: StripeServer) -> None:
    stripe.fault("unavailable", "GET /v1/account")
    assert problems(stripe) == [Problem("busy", "Stripe said 503 APIError")]
    assert list(stripe_at("http://127.0.0.1:9").check(webhook_url=WEBHOOK)) == [Problem("unreachable")]


def test_what_the_page_is_told(stripe: StripeServer) -> None:
    script = stripe_at(stripe.base).page_script()
    assert script.url == "https://js.stripe.com/dahlia/stripe.js"
    assert script.settings["publishable_key"] == "pk_test_scripted"
    assert script.settings["types:stripe_element"] == "card link"
    assert script.settings["types:stripe_becs"] == "au_becs_debit"
    assert not [value for value in script.settings.values() if "sk_" in value or "whsec" in value]


def test_the_settings_know_the_methods_that_there_are() -> None:
    assert set(settings.METHODS) == {*orders.OFFERS, orders.LINK}
    assert settings.NOT_OFFERED == currencies.UNSURE


# ---- Amounts --------------------------------------------------------------------------------------------------------
@given(
    st.integers(min_value=1, max_value=10**12 - 1), st.sampled_from(sorted(CURRENCIES - currencies.UNSURE))
)
def test_what_stripe_is_asked_for_is_what_was_meant(amount_minor: int, currency: str) -> None:
    """There and back is the same amount, or it is refused: never rounded, never shifted."""
    try:
        amount = currencies.to_stripe(amount_minor, currency)
    except Refused:
        assert currency == "MGA" or exponent(currency) == 3
        return
    assert currencies.from_stripe(amount, currency) == amount_minor
    assert currencies.from_stripe(amount, currency.lower()) == amount_minor


@pytest.mark.parametrize(
    ("amount_minor", "currency", "amount"),
    [
        (1_000, "AUD", 1_000), (500, "JPY", 500), (5, "ISK", 500), (500, "MGA", 5), (5_120, "KWD", 5_120),
        (1_045, "HUF", 1_045), (80_045, "TWD", 80_045), (300, "XPF", 300),
    ],
)  # fmt: skip
def test_amounts_by_stripes_own_examples(amount_minor: int, currency: str, amount: int) -> None:
    assert currencies.to_stripe(amount_minor, currency) == amount


@pytest.mark.parametrize(("amount_minor", "currency"), [(5_124, "KWD"), (250, "MGA"), (5, "UGX")])
def test_amounts_that_stripe_does_not_have(amount_minor: int, currency: str) -> None:
    with pytest.raises(Refused):
        currencies.to_stripe(amount_minor, currency)
