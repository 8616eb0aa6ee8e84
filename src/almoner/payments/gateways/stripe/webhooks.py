"""What Stripe tells: the signature over the raw body, and which of its events are a reason to look at what."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from almoner.payments.gateways.port import About, SignatureInvalid, WebhookEvent
from almoner.payments.gateways.stripe.answers import DEBITS, SET_UP_KEY
from almoner.payments.gateways.stripe.client import Setup

TOLERANCE_SECONDS: Final = 300

# (what it is about, where its identifier stands in the event's object)
EVENTS: Final[Mapping[str, tuple[About, str]]] = {
    **dict.fromkeys(
        (
            "payment_intent.succeeded", "payment_intent.processing", "payment_intent.payment_failed",
            "payment_intent.requires_action", "payment_intent.canceled",
            "checkout.session.completed", "checkout.session.expired",
            "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
        ),
        (About.CHARGE, "id"),
    ),
    # A charge that was updated has its fee; one that failed after it succeeded is a debit that came back.
    **dict.fromkeys(
        ("charge.updated", "charge.failed", "charge.refunded", "refund.updated", "refund.failed"),
        (About.CHARGE, "payment_intent"),
    ),
    **dict.fromkeys(
        (
            "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
            "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
        ),
        (About.DISPUTE, "id"),
    ),
    **dict.fromkeys(
        ("payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled"),
        (About.PAYOUT, "id"),
    ),
    **dict.fromkeys(
        ("payment_method.automatically_updated", "payment_method.detached"), (About.METHOD, "id")
    ),
    "mandate.updated": (About.METHOD, "payment_method"),
    # A card was saved without a payment. Its page tells of it too, but of one whose bank takes its time only this does.
    **dict.fromkeys(("setup_intent.succeeded", "setup_intent.canceled"), (About.SET_UP, "id")),
}  # fmt: skip


def read(body: bytes, header: str, *, setup: Setup, at: datetime) -> Sequence[WebhookEvent]:
    """Raises `SignatureInvalid` for what Stripe did not sign, what is old, and what is of another account or mode."""
    _verify(body, header, secrets=setup.webhook_secrets, at=at)
    try:
        event = json.loads(body)
        if event["livemode"] is not setup.live:
            raise SignatureInvalid("the message is of the other mode, live or test")
        if event.get("account") not in (None, setup.account):
            raise SignatureInvalid("the message is of another account")
        return read_events([event], account=setup.account)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignatureInvalid("the body is no event") from error


def read_events(events: Iterable[Mapping[str, Any]], *, account: str) -> Sequence[WebhookEvent]:
    """Those that are a reason to look at something."""
    return [found for event in events if (found := _read(event, account)) is not None]


def sign(body: bytes, *, secret: str, stamp: int) -> str:
    """The hexadecimal HMAC-SHA256 of a time stamp, a dot and the body."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _verify(body: bytes, header: str, *, secrets: Sequence[str], at: datetime) -> None:
    """`header` is "t=seconds,v1=signature,v1=…": several signatures while a secret is rotated at Stripe's side."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    signatures = [value.encode() for name, _, value in parts if name == "v1"]
    stamp = stamps[0] if len(stamps) == 1 else ""
    if not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > 12:
        raise SignatureInvalid("no time stamp")
    wanted = [sign(body, secret=secret, stamp=int(stamp)).encode() for secret in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in wanted for theirs in signatures):
        raise SignatureInvalid("the signature is wrong")
    if abs(at.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise SignatureInvalid("the message is too old, or a clock is wrong")


def _read(event: Mapping[str, Any], account: str) -> WebhookEvent | None:
    known = EVENTS.get(event["type"])
    if known is None:
        return None
    (about, name), thing = known, event["data"]["object"]
    if about == About.DISPUTE and (thing.get("payment_method_details") or {}).get("type") in DEBITS:
        # A direct debit isn't argued about: its bank has it back, and the payment says so.
        about, name = About.CHARGE, "payment_intent"
    object_id = thing.get(name)
    if about == About.SET_UP or thing.get("mode") == "setup":
        # Known by the key that we gave it: one without was made elsewhere.
        about, object_id = About.SET_UP, (thing.get("metadata") or {}).get(SET_UP_KEY)
    if not object_id:
        return None
    return WebhookEvent(
        account=account,
        event_id=event["id"],
        event_type=event["type"],
        object_id=object_id,
        created_at=datetime.fromtimestamp(event["created"], UTC),
        about=about,
    )
