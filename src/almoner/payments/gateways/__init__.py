"""The gateways of this installation, by code."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from almoner.payments.gateways.by_hand import BANK, OFFLINE
from almoner.payments.gateways.gocardless.client import Setup as GoCardlessSetup
from almoner.payments.gateways.gocardless.gateway import GoCardless
from almoner.payments.gateways.paypal.client import Setup as PayPalSetup
from almoner.payments.gateways.paypal.gateway import PayPal
from almoner.payments.gateways.port import Gateway, Method
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.gateways.stripe.client import Setup as StripeSetup
from almoner.payments.gateways.stripe.gateway import Stripe


class GatewayUnknown(LookupError):
    """No gateway of this code is set up."""


class MethodUnknown(LookupError):
    """No gateway of this installation offers the method."""


@lru_cache(maxsize=1)
def gateways() -> dict[str, Gateway]:
    """All that are set up. The sandbox is there only where the settings say so; production refuses it."""
    known: list[Gateway] = [BANK, OFFLINE]
    if settings.STRIPE_ACCOUNT:
        known.insert(0, stripe())
    if settings.ALMONER_SANDBOX:
        known.insert(0, sandbox())
    if settings.ALMONER_PAYPAL_CLIENT_ID:
        known.append(paypal())
    if settings.ALMONER_GOCARDLESS_ACCESS_TOKEN:
        known.append(gocardless())
    return {gateway.code: gateway for gateway in known}


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    return Sandbox(
        Path(settings.ALMONER_SANDBOX_PATH),
        site_url="",
        secret=settings.ALMONER_SANDBOX_SECRET,
        stall_seconds=settings.ALMONER_SANDBOX_STALL_SECONDS,
    )


@lru_cache(maxsize=1)
def stripe() -> Stripe:
    return Stripe(
        StripeSetup(
            api_base=settings.STRIPE_API_BASE,
            api_version=settings.STRIPE_API_VERSION,
            account=settings.STRIPE_ACCOUNT,
            secret_key=settings.STRIPE_SECRET_KEY,
            publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
            webhook_secrets=settings.STRIPE_WEBHOOK_SECRETS,
            currencies=settings.STRIPE_CURRENCIES,
            methods=settings.STRIPE_METHODS,
            live_expected=settings.MODE == "production",
        )
    )


def paypal() -> PayPal:
    return PayPal(
        PayPalSetup(
            api_base=settings.ALMONER_PAYPAL_API_BASE,
            client_id=settings.ALMONER_PAYPAL_CLIENT_ID,
            secret=settings.ALMONER_PAYPAL_SECRET,
            merchant_id=settings.ALMONER_PAYPAL_MERCHANT_ID,
            webhook_id=settings.ALMONER_PAYPAL_WEBHOOK_ID,
            live_expected=settings.MODE == "production",
        )
    )


def gocardless() -> GoCardless:
    return GoCardless(
        GoCardlessSetup(
            api_base=settings.ALMONER_GOCARDLESS_API_BASE,
            access_token=settings.ALMONER_GOCARDLESS_ACCESS_TOKEN,
            creditor=settings.ALMONER_GOCARDLESS_CREDITOR,
            methods=settings.ALMONER_GOCARDLESS_METHODS,
            webhook_secrets=tuple(settings.ALMONER_GOCARDLESS_WEBHOOK_SECRETS),
            live_expected=settings.MODE == "production",
        )
    )


def gateway(code: str, account: str = "") -> Gateway:
    """The gateway, asked as the holder of `account` where a row names one; raises `GatewayUnknown`."""
    known = gateways().get(code)
    if known is None or account not in ("", known.account):
        raise GatewayUnknown(f"{code} {account}".strip())
    return known


def method(code: str) -> tuple[Gateway, Method]:
    """The gateway that offers a method, and the method; raises `MethodUnknown`."""
    for candidate in gateways().values():
        for offered in candidate.capabilities().methods:
            if offered.code == code:
                return candidate, offered
    raise MethodUnknown(code)


def method_of_plans(code: str) -> Method | None:
    """A method as plans are charged by it, whether it is still offered or not; None where no gateway here knows it."""
    for candidate in gateways().values():
        able = candidate.capabilities()
        for known in (*able.methods, *able.former):
            if known.code == code:
                return known
    return None


def step_minor(method_code: str, currency: str) -> int:
    """The minor units of which a method's amounts are multiples; 1 of one that is set up no more."""
    known = method_of_plans(method_code)
    return known.steps.get(currency, 1) if known is not None else 1


def least_minor(method_code: str, currency: str) -> int:
    """The least that a method takes, in minor units; 1 of one that is set up no more."""
    known = method_of_plans(method_code)
    return known.least.get(currency, 1) if known is not None else 1
