"""Stripe is set up wholly or not at all, and every fault is said by its variable's name."""

import pytest

from almoner.config import stripe
from almoner.kernel.environment import Environment, SettingsInvalid

SOUND = {
    "ALMONER_STRIPE_ACCOUNT": "acct_1Lamp",
    "ALMONER_STRIPE_SECRET_KEY": "sk_test_secret",
    "ALMONER_STRIPE_PUBLISHABLE_KEY": "pk_test_public",
    "ALMONER_STRIPE_WEBHOOK_SECRETS": "whsec_older111, whsec_newer222",
    "ALMONER_STRIPE_CURRENCIES": "AUD,NZD",
}


def read(mode: str = "demo", **variables: str) -> stripe.StripeSettings:
    env = Environment(variables)
    found = stripe.read(env, mode=mode)
    env.finish()
    return found


def refused(mode: str = "demo", **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as faults:
        read(mode, **variables)
    keys = [value for name, value in variables.items() if "KEY" in name or "SECRET" in name]
    assert not any(key in str(faults.value) for key in keys), "a key is never repeated"
    return faults.value.names


def test_without_any_of_them_stripe_is_not_used() -> None:
    assert read().account == ""


def test_all_of_them() -> None:
    found = read(**SOUND)
    assert found.webhook_secrets == ("whsec_older111", "whsec_newer222")
    assert found.currencies == {"AUD", "NZD"}
    assert found.methods == ("card", "checkout")
    assert (found.api_base, found.api_version) == ("https://api.stripe.com", "2026-08-26.dahlia")
    assert read("production", **SOUND | {"ALMONER_STRIPE_SECRET_KEY": "rk_live_x",
                                         "ALMONER_STRIPE_PUBLISHABLE_KEY": "pk_live_x"}).account  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_half_of_a_set_is_refused_by_name(name: str) -> None:
    assert refused(**{key: value for key, value in SOUND.items() if key != name}) == (name,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALMONER_STRIPE_ACCOUNT", "lamp"),
        ("ALMONER_STRIPE_SECRET_KEY", "pk_test_public"),
        ("ALMONER_STRIPE_PUBLISHABLE_KEY", "sk_test_secret"),
        ("ALMONER_STRIPE_PUBLISHABLE_KEY", "pk_live_public"),
        ("ALMONER_STRIPE_WEBHOOK_SECRETS", "whsec_older111, secret"),
        ("ALMONER_STRIPE_CURRENCIES", "AUD,DOLLAR"),
        ("ALMONER_STRIPE_CURRENCIES", "UGX"),
        ("ALMONER_STRIPE_METHODS", "card,cheque"),
        ("ALMONER_STRIPE_METHODS", "link"),
        ("ALMONER_STRIPE_API_BASE", "ftp://127.0.0.1"),
        ("ALMONER_STRIPE_API_VERSION", "latest"),
        ("ALMONER_STRIPE_APPLE_PAY_FILE", "/no/such/file"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    assert refused(**SOUND | {name: value}) == (name,)


def test_a_live_key_outside_production_is_refused() -> None:
    live = {"ALMONER_STRIPE_SECRET_KEY": "sk_live_x", "ALMONER_STRIPE_PUBLISHABLE_KEY": "pk_live_x"}
    assert refused(**SOUND | live) == ("ALMONER_STRIPE_SECRET_KEY",)


def test_production_speaks_https_only() -> None:
    base = {"ALMONER_STRIPE_API_BASE": "http://127.0.0.1:9"}
    assert read(**SOUND | base).api_base == "http://127.0.0.1:9"
    assert refused("production", **SOUND | base) == ("ALMONER_STRIPE_API_BASE",)
