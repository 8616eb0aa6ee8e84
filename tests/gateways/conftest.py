"""Scripted gateways in the place of the real ones."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.payments import gateways
from almoner.payments.gateways.gocardless.client import Setup as GoCardlessSetup
from almoner.payments.gateways.gocardless.gateway import GoCardless
from almoner.payments.gateways.paypal.client import Setup as PayPalSetup
from almoner.payments.gateways.paypal.gateway import PayPal
from almoner.payments.gateways.port import Gateway
from almoner.payments.models import Attempt
from tests.gateways.paypal_walk import give, order
from tests.gateways.stripe.walk import PATIENT_SECONDS, stripe_at
from tests.support.gateways import gocardless_server, paypal_server, stripe_spec
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.gocardless_state import CREDITOR
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.gateways.stripe_server import StripeServer

# Far longer than an answer takes over loopback on a busy machine, and short enough to wait for: faults stall longer.
_SILENT_SECONDS = 2.5


@pytest.fixture
def timeout_seconds(request: pytest.FixtureRequest) -> float:
    """How long a gateway is waited for: short only where it is to be silent."""
    given = request.node.callspec.params.values() if hasattr(request.node, "callspec") else ()
    silent = request.node.get_closest_marker("stalls") or any(
        str(each).startswith("stall_") for each in given
    )
    return _SILENT_SECONDS if silent else PATIENT_SECONDS


def stand_in(monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> None:
    """The installation has this gateway beside the sandbox and those by hand."""
    gateways.gateways.cache_clear()
    known = {**gateways.gateways(), gateway.code: gateway}
    monkeypatch.setattr(gateways, "gateways", lru_cache(maxsize=1)(lambda: known))


def paypal_at(base: str, *, live_expected: bool = False, timeout_seconds: float = PATIENT_SECONDS) -> PayPal:
    return PayPal(
        PayPalSetup(
            api_base=base,
            client_id=paypal_server.CLIENT_ID,
            secret=paypal_server.SECRET,
            merchant_id="LAMPMERCHANT2",
            webhook_id=paypal_server.WEBHOOK_ID,
            live_expected=live_expected,
            timeout_seconds=timeout_seconds,
        )
    )


@pytest.fixture
def paypal(
    sandbox: object, monkeypatch: pytest.MonkeyPatch, timeout_seconds: float
) -> Iterator[PayPalServer]:
    with PayPalServer() as server:
        stand_in(monkeypatch, paypal_at(server.base, timeout_seconds=timeout_seconds))
        yield server


@pytest.fixture
def paid(charity: Charity, paypal: PayPalServer) -> Attempt:
    attempt = give(charity)
    paypal.approve(order(paypal))
    return actions.look(attempt.pk)


def gocardless_at(
    base: str,
    *,
    live_expected: bool = False,
    methods: tuple[str, ...] = ("becs", "bacs", "sepa"),
    timeout_seconds: float = PATIENT_SECONDS,
) -> GoCardless:
    return GoCardless(
        GoCardlessSetup(
            methods=methods,
            api_base=base,
            access_token=gocardless_server.ACCESS_TOKEN,
            creditor=CREDITOR,
            webhook_secrets=("an older secret", gocardless_server.WEBHOOK_SECRET),
            live_expected=live_expected,
            timeout_seconds=timeout_seconds,
        )
    )


@pytest.fixture
def gocardless(
    sandbox: object, monkeypatch: pytest.MonkeyPatch, timeout_seconds: float
) -> Iterator[GoCardlessServer]:
    with GoCardlessServer() as server:
        stand_in(monkeypatch, gocardless_at(server.base, timeout_seconds=timeout_seconds))
        yield server


@pytest.fixture
def stripe(
    sandbox: object, monkeypatch: pytest.MonkeyPatch, timeout_seconds: float
) -> Iterator[StripeServer]:
    """In the place of the real one. Every request to it is held against Stripe's own description."""
    with StripeServer() as server:
        stand_in(monkeypatch, stripe_at(server.base, timeout_seconds=timeout_seconds))
        yield server
    if not stripe_spec.missing():
        assert stripe_spec.errors(server.requests) == []
