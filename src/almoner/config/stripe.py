"""Stripe's settings. Keys stand in the environment only; half of a set is refused by the name of what is missing."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from almoner.kernel.environment import Environment
from almoner.kernel.money import CURRENCIES

API_BASE: Final = "https://api.stripe.com"
# The version whose description the tests hold every request against; the SDK in the lock is of the same.
API_VERSION: Final = "2026-08-26.dahlia"
METHODS: Final = ("card", "link", "checkout", "becs", "bacs", "sepa")
# Stripe's own documents give it both with decimals and without.
NOT_OFFERED: Final = frozenset({"UGX"})

_NEEDED: Final = (
    "ALMONER_STRIPE_ACCOUNT",
    "ALMONER_STRIPE_SECRET_KEY",
    "ALMONER_STRIPE_PUBLISHABLE_KEY",
    "ALMONER_STRIPE_WEBHOOK_SECRETS",
    "ALMONER_STRIPE_CURRENCIES",
)
_FORMS: Final = {
    "ALMONER_STRIPE_ACCOUNT": (r"acct_\w+", "acct_…"),
    "ALMONER_STRIPE_SECRET_KEY": (r"(sk|rk)_(test|live)_\w+", "sk_… or rk_…"),
    "ALMONER_STRIPE_PUBLISHABLE_KEY": (r"pk_(test|live)_\w+", "pk_…"),
}
_VERSION: Final = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}\.[a-z]+"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """`account` empty: Stripe is not used."""

    account: str
    secret_key: str
    publishable_key: str
    webhook_secrets: tuple[str, ...]
    currencies: frozenset[str]
    methods: tuple[str, ...]
    api_base: str
    api_version: str
    apple_pay_file: Path | None


def read(env: Environment, *, mode: str) -> StripeSettings:
    """All of them, or none. A live key outside production is refused: no real card pays a demonstration."""
    used = any(env.is_set(name) for name in _NEEDED)
    values = {name: env.text(name, required=used) for name in _NEEDED}
    for name, (form, shown) in _FORMS.items():
        if values[name] and not re.fullmatch(form, values[name], re.ASCII):
            env.refuse(name, f"must be of the form {shown}.")
    _check_mode(env, mode=mode, secret=values["ALMONER_STRIPE_SECRET_KEY"],
                publishable=values["ALMONER_STRIPE_PUBLISHABLE_KEY"])  # fmt: skip
    apple_pay = env.text("ALMONER_STRIPE_APPLE_PAY_FILE")
    return StripeSettings(
        account=values["ALMONER_STRIPE_ACCOUNT"],
        secret_key=values["ALMONER_STRIPE_SECRET_KEY"],
        publishable_key=values["ALMONER_STRIPE_PUBLISHABLE_KEY"],
        webhook_secrets=_webhook_secrets(env),
        currencies=_currencies(env),
        methods=_methods(env),
        api_base=_api_base(env, mode=mode),
        api_version=_api_version(env),
        apple_pay_file=_file(env, apple_pay) if apple_pay else None,
    )


def _check_mode(env: Environment, *, mode: str, secret: str, publishable: str) -> None:
    live = "_live_" in secret
    if secret and publishable and live != ("_live_" in publishable):
        env.refuse(
            "ALMONER_STRIPE_PUBLISHABLE_KEY", "is of the other mode than the secret key, live or test."
        )
    if live and mode != "production":
        env.refuse(
            "ALMONER_STRIPE_SECRET_KEY", "must be a test key outside production: this one moves real money."
        )


def _webhook_secrets(env: Environment) -> tuple[str, ...]:
    secrets = env.words("ALMONER_STRIPE_WEBHOOK_SECRETS")
    if any(not re.fullmatch(r"whsec_[\w+/=]{8,}", secret, re.ASCII) for secret in secrets):
        env.refuse(
            "ALMONER_STRIPE_WEBHOOK_SECRETS", "must be secrets of the form whsec_…, with commas between."
        )
    return tuple(secrets)


def _currencies(env: Environment) -> frozenset[str]:
    codes = frozenset(env.words("ALMONER_STRIPE_CURRENCIES"))
    if not codes <= CURRENCIES - NOT_OFFERED:
        wrong = ", ".join(sorted(codes - (CURRENCIES - NOT_OFFERED)))
        env.refuse("ALMONER_STRIPE_CURRENCIES", f"must be codes of currencies, such as AUD: not {wrong}.")
    return codes


def _methods(env: Environment) -> tuple[str, ...]:
    methods = tuple(env.words("ALMONER_STRIPE_METHODS", ("card", "checkout")))
    if not set(methods) <= set(METHODS):
        env.refuse("ALMONER_STRIPE_METHODS", f"must be of {', '.join(METHODS)}.")
    elif not {"card", "checkout"} & set(methods) and "link" in methods:
        env.refuse("ALMONER_STRIPE_METHODS", "needs card or checkout with link, which comes beside cards.")
    return methods


def _api_base(env: Environment, *, mode: str) -> str:
    base = env.text("ALMONER_STRIPE_API_BASE", API_BASE).rstrip("/")
    env.url(
        "ALMONER_STRIPE_API_BASE", API_BASE, schemes=("https",) if mode == "production" else ("https", "http")
    )
    return base


def _api_version(env: Environment) -> str:
    version = env.text("ALMONER_STRIPE_API_VERSION", API_VERSION)
    if not re.fullmatch(_VERSION, version):
        env.refuse("ALMONER_STRIPE_API_VERSION", f"must be a version such as {API_VERSION}.")
    return version


def _file(env: Environment, name: str) -> Path:
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        env.refuse("ALMONER_STRIPE_APPLE_PAY_FILE", "names no file.")
    return path
