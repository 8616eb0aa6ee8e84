"""A scripted Stripe in the place of the real one. Every request to it is held against Stripe's own description."""

from collections.abc import Iterator

import pytest

from tests.gateways.conftest import stand_in
from tests.gateways.stripe.walk import stripe_at
from tests.support.gateways import stripe_spec
from tests.support.gateways.stripe_server import StripeServer


@pytest.fixture
def stripe(sandbox: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeServer]:
    with StripeServer() as server:
        stand_in(monkeypatch, stripe_at(server.base))
        yield server
    if not stripe_spec.missing():
        assert stripe_spec.errors(server.requests) == []
