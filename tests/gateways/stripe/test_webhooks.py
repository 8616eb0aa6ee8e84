"""Stripe's signature: over the raw body, by any secret in force, fresh, and of our account and mode."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.payments.gateways.port import About, SignatureInvalid, WebhookEvent
from almoner.payments.gateways.stripe import webhooks
from almoner.payments.models import InboxMessage
from tests.gateways.stripe.walk import give, setup_at
from tests.support.gateways.stripe_server import WEBHOOK_SECRET, StripeServer

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
STAMP = int(AT.timestamp())
KNOWN = "b693320ee4b5b11fffeb63c35b00b3b2b931391c49985684ca248204042649c4"
SETUP = setup_at("http://127.0.0.1:1")


def event(kind: str = "payment_intent.succeeded", thing: dict[str, Any] | None = None, **more: Any) -> bytes:
    found = {"id": "evt_1", "type": kind, "created": STAMP, "livemode": False} | more
    return json.dumps(found | {"data": {"object": thing or {"id": "pi_1"}}}).encode()


def header(body: bytes, *, secret: str = WEBHOOK_SECRET, stamp: int = STAMP) -> str:
    return f"t={stamp},v1={webhooks.sign(body, secret=secret, stamp=stamp)}"


def read(body: bytes, signed: str, **changes: Any) -> list[WebhookEvent]:
    return list(webhooks.read(body, signed, setup=replace(SETUP, **changes), at=AT))


def test_what_stripe_signed_is_read() -> None:
    body = event()
    assert read(body, header(body)) == [
        WebhookEvent("acct_1Scripted", "evt_1", "payment_intent.succeeded", "pi_1", AT, About.CHARGE)
    ]


def test_a_known_signature() -> None:
    """By a tool that is not ours: printf '1764072000.{}' | openssl dgst -sha256 -hmac whsec_scripted."""
    assert webhooks.sign(b"{}", secret="whsec_scripted", stamp=1764072000) == KNOWN


def test_either_secret_signs_while_one_is_rotated() -> None:
    body = event()
    for secret in SETUP.webhook_secrets:
        assert read(body, header(body, secret=secret))
    with pytest.raises(SignatureInvalid):
        read(body, header(body, secret=WEBHOOK_SECRET), webhook_secrets=("whsec_the_next_one",))
    # Stripe signs with the old and the new one for a day.
    old, new = (webhooks.sign(body, secret=secret, stamp=STAMP) for secret in ("whsec_gone", WEBHOOK_SECRET))
    assert read(body, f"t={STAMP},v1={old},v1={new},v0=whatever")


def test_without_a_secret_nothing_is_believed() -> None:
    body = event()
    with pytest.raises(SignatureInvalid):
        read(body, header(body, secret=""), webhook_secrets=())


@pytest.mark.parametrize(
    "signed",
    [
        "", "t=,v1=", "v1=00", f"t={STAMP}", f"t={STAMP},v1=", f"t={STAMP},v0={'0' * 64}", f"t={STAMP},t={STAMP},v1=0",
        "t=-1,v1=00", "t=١٢٣,v1=00", f"t={'9' * 400},v1=00", "=,=,=", f"t={STAMP},v1=ÿ",
    ],
)  # fmt: skip
def test_a_header_that_signs_nothing(signed: str) -> None:
    with pytest.raises(SignatureInvalid):
        read(event(), signed)


@given(st.binary(max_size=80), st.text(max_size=80))
def test_no_garbage_is_believed_or_raises_anything_else(body: bytes, signed: str) -> None:
    for tried in (signed, header(body)):
        with pytest.raises(SignatureInvalid):
            read(body, tried)


@given(st.integers(min_value=0, max_value=len(event()) - 1), st.integers(min_value=1, max_value=255))
def test_any_altered_byte_is_seen(place: int, by: int) -> None:
    body = event()
    altered = body[:place] + bytes([body[place] ^ by]) + body[place + 1 :]
    with pytest.raises(SignatureInvalid):
        read(altered, header(body))


@pytest.mark.parametrize(
    ("seconds", "taken"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_stale_or_early_message(seconds: int, taken: bool) -> None:
    body = event()
    signed = header(body, stamp=STAMP - seconds)
    if taken:
        assert read(body, signed)
    else:
        with pytest.raises(SignatureInvalid):
            read(body, signed)


def test_of_another_mode_or_account() -> None:
    for other in ({"livemode": True}, {"account": "acct_another"}):
        body = event(**other)
        with pytest.raises(SignatureInvalid):
            read(body, header(body))
    body = event(livemode=True, account="acct_1Scripted")
    assert read(body, header(body), secret_key="sk_live_x")


@pytest.mark.parametrize(
    ("kind", "thing", "about", "object_id"),
    [
        ("checkout.session.completed", {"id": "cs_1"}, About.CHARGE, "cs_1"),
        ("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"}, About.CHARGE, "pi_1"),
        ("refund.failed", {"id": "re_1", "payment_intent": "pi_1"}, About.CHARGE, "pi_1"),
        ("charge.dispute.created", {"id": "dp_1", "payment_intent": "pi_1"}, About.DISPUTE, "dp_1"),
        (
            "charge.dispute.created",
            {"id": "dp_1", "payment_intent": "pi_1", "payment_method_details": {"type": "au_becs_debit"}},
            About.CHARGE,
            "pi_1",
        ),
        ("payout.failed", {"id": "po_1"}, About.PAYOUT, "po_1"),
        ("payment_method.automatically_updated", {"id": "pm_1"}, About.METHOD, "pm_1"),
        ("mandate.updated", {"id": "mandate_1", "payment_method": "pm_1"}, About.METHOD, "pm_1"),
    ],
)  # fmt: skip
def test_what_an_event_is_a_reason_to_look_at(
    kind: str, thing: dict[str, Any], about: About, object_id: str
) -> None:
    body = event(kind, thing)
    (found,) = read(body, header(body))
    assert (found.about, found.object_id) == (about, object_id)


def test_what_concerns_nobody_here_is_taken_and_not_kept() -> None:
    for body in (event("customer.created", {"id": "cus_1"}), event("charge.refunded", {"id": "ch_1"})):
        assert read(body, header(body)) == []


@pytest.mark.django_db
def test_over_http(charity: Charity, stripe: StripeServer, client: Client) -> None:
    give(charity)
    (told,) = stripe.undelivered()
    body, signature = stripe.signed(told)

    def posted(content: bytes, signed: str) -> int:
        return client.post(
            "/webhooks/stripe/", content, content_type="application/json", HTTP_STRIPE_SIGNATURE=signed
        ).status_code

    old = int((datetime.now(UTC) - timedelta(days=3)).timestamp())
    for content, signed in (
        (body, ""), (body + b" ", signature), stripe.signed(told, secret="whsec_forged"),
        stripe.signed(told, stamp=old), stripe.signed(told | {"account": "acct_another"}),
    ):  # fmt: skip
        assert posted(content, signed) == 400
    assert not InboxMessage.objects.exists()
    assert [posted(body, signature), posted(body, signature)] == [204, 204]
    assert InboxMessage.objects.count() == 1
