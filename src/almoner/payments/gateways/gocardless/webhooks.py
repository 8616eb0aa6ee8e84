"""GoCardless's webhooks: one signature for a body of up to 250 events.

The signature has no time in it, so an old body is as good as a new one. It does no harm: each event is kept once by its
identifier, and is no more than a reason to look.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from almoner.payments.gateways.http import Json
from almoner.payments.gateways.port import About, AnswerLost, SignatureInvalid, WebhookEvent

# What changes whether a mandate can be charged, or which one is charged in its place.
_OF_MANDATES: Final = frozenset(
    {"cancelled", "failed", "expired", "replaced", "reinstated", "transferred", "consumed"}
)
# What ends a billing request that saves a mandate and takes nothing. GoCardless tells each step of its page, too.
_OF_SET_UPS: Final = frozenset({"fulfilled", "cancelled", "failed"})
# In the metadata of such a billing request: the key that it was asked for with.
SET_UP_KEY: Final = "set_up"


def verify(body: bytes, headers: Mapping[str, str], *, secrets: Sequence[str]) -> None:
    """Raises `SignatureInvalid` when it is signed with none of the secrets."""
    given = headers.get("Webhook-Signature", "").encode()
    good = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        good |= hmac.compare_digest(digest.encode(), given)
    if not good:
        raise SignatureInvalid("the signature is wrong")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads GoCardless's events. The function asks GoCardless, for refunds are few; None: nothing of ours."""

    account: str
    charge_of_refund: Callable[[str], str | None]

    def read(self, body: bytes) -> list[WebhookEvent]:
        """All that a verified body tells of and we look at."""
        try:
            events = json.loads(body)["events"]
        except (ValueError, KeyError, TypeError) as fault:
            raise SignatureInvalid("no events") from fault
        return [found for each in events if (found := self.event(each)) is not None]

    def event(self, event: Json) -> WebhookEvent | None:
        about, object_id = self._object(event)
        if not object_id:
            return None
        try:
            return WebhookEvent(
                account=self.account,
                event_id=str(event["id"]),
                event_type=f"{event['resource_type']}.{event['action']}"[:80],
                object_id=object_id,
                created_at=datetime.fromisoformat(str(event["created_at"])),
                about=about,
            )
        except (KeyError, ValueError) as fault:
            raise AnswerLost(f"an event that can't be read: {type(fault).__name__}") from None

    def _object(self, event: Json) -> tuple[About, str | None]:
        links, kind = event.get("links") or {}, event.get("resource_type")
        if kind == "billing_requests":
            set_up = (event.get("resource_metadata") or {}).get(SET_UP_KEY)
            if set_up:
                return About.SET_UP, str(set_up) if event.get("action") in _OF_SET_UPS else None
            return About.CHARGE, _ours(event, links.get("billing_request"))
        if kind == "payments":
            return About.CHARGE, _ours(event, links.get("payment"))
        if kind == "refunds":
            return About.CHARGE, self.charge_of_refund(str(links.get("refund", "")))
        if kind == "mandates":
            return About.METHOD, links.get("mandate") if event.get("action") in _OF_MANDATES else None
        if kind == "payouts":
            return About.PAYOUT, links.get("payout")
        return About.CHARGE, None


def _ours(event: Json, object_id: str | None) -> str | None:
    """What an event is about; a payment is known by the billing request that it came from. The metadata that we gave
    an object comes with its events, where GoCardless sends it: that of others, made by hand or by another program, has
    no key of ours. Where there is none, whoever looks asks whose it is."""
    metadata = event.get("resource_metadata")
    if not isinstance(metadata, dict) or not metadata:
        return object_id
    return str(metadata.get("billing_request") or object_id) if metadata.get("key") else None
