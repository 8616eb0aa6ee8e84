"""PayPal's webhooks: verified by PayPal's certificate.

PayPal offers to verify a message for whoever sends it back, too. That would be a call to PayPal for each message that
anybody sends us, and a message whose JSON must be repeated to the letter. The certificate is fetched once, from
PayPal's own host alone, and kept: forgeries cost us a little arithmetic, and PayPal being slow costs us nothing.
"""

import base64
import binascii
import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from almoner.payments.gateways.http import Http, HttpRefused, Json
from almoner.payments.gateways.port import About, SignatureInvalid, TryLater, WebhookEvent

# PayPal repeats a message for three days; and its clock or ours may be a little off.
OLDEST: Final = timedelta(days=3, hours=1)
_AHEAD: Final = timedelta(minutes=5)
_HOSTS: Final = frozenset(
    {"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}
)
_PATH: Final = "/v1/notifications/certs/"
# PayPal has one certificate for months. Who names others makes us ask for them; not more often than this.
_FETCHES_A_MINUTE: Final = 6
_HEADERS: Final = ("Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url", "Auth-Algo")


class Certificates:
    """The certificates that messages name, by address. `api_base`'s own host may lend them too, for what stands in for
    PayPal does."""

    def __init__(self, api_base: str, *, timeout_seconds: float) -> None:
        self._own = urlsplit(api_base)
        self._timeout_seconds = timeout_seconds
        self._kept: dict[str, x509.Certificate] = {}
        self._fetched: list[float] = []
        self._lock = Lock()

    def of(self, url: str) -> x509.Certificate:
        """Raises `SignatureInvalid` for an address that isn't PayPal's, `TryLater` when it can't be fetched now."""
        parts = urlsplit(url)
        ours = (parts.scheme, parts.netloc) == (self._own.scheme, self._own.netloc)
        if not ours and (parts.scheme != "https" or parts.netloc not in _HOSTS):
            raise SignatureInvalid("the certificate is of another host")
        if not parts.path.startswith(_PATH) or ".." in parts.path or "%" in parts.path or parts.query:
            raise SignatureInvalid("the certificate stands elsewhere")
        with self._lock:
            known = self._kept.get(url)
            if known is None:
                self._count()
                known = self._kept[url] = self._fetch(f"{parts.scheme}://{parts.netloc}", parts.path)
        return known

    def _count(self) -> None:
        now = time.monotonic()
        self._fetched = [at for at in self._fetched if at > now - 60]
        if len(self._fetched) >= _FETCHES_A_MINUTE:
            raise TryLater("too many certificates are named")
        self._fetched.append(now)

    def _fetch(self, base: str, path: str) -> x509.Certificate:
        try:
            pem = Http(base, timeout_seconds=self._timeout_seconds).text(path)
            # PayPal's own stands first; those that vouch for it follow. That it is PayPal's, TLS has told us.
            return x509.load_pem_x509_certificates(pem)[0]
        except HttpRefused as refused:
            raise SignatureInvalid("there is no such certificate") from refused
        except (ValueError, IndexError) as fault:
            # A page of PayPal's that says something else: another time it may be the certificate.
            raise TryLater("the certificate can't be read") from fault


def verify(
    body: bytes, headers: Mapping[str, str], *, webhook_id: str, certificates: Certificates, at: datetime
) -> None:
    """Raises `SignatureInvalid`, or `TryLater` when the certificate can't be had now."""
    sent_id, stamp, signature, url, algorithm = (headers.get(f"PayPal-{name}", "") for name in _HEADERS)
    if algorithm != "SHA256withRSA" or not (sent_id and webhook_id):
        raise SignatureInvalid("not signed")
    sent_at = _time_of(stamp)
    if not -_AHEAD <= at - sent_at <= OLDEST:
        raise SignatureInvalid("too old")
    certificate = certificates.of(url)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise SignatureInvalid("the certificate is not in force")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise SignatureInvalid("the certificate has no such key")
    signed = f"{sent_id}|{stamp}|{webhook_id}|{zlib.crc32(body)}".encode()
    try:
        key.verify(base64.b64decode(signature, validate=True), signed, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as fault:
        raise SignatureInvalid("the signature is wrong") from fault


def _time_of(stamp: str) -> datetime:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError as fault:
        raise SignatureInvalid("no time") from fault
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads PayPal's events. `order_of_capture` asks PayPal; None: no order of ours."""

    account: str
    order_of_capture: Callable[[str], str | None]

    def read(self, body: bytes) -> WebhookEvent | None:
        """Of a verified body; None when it tells of nothing that we look at."""
        try:
            event = json.loads(body)
        except ValueError as fault:
            raise SignatureInvalid("no JSON") from fault
        return self.event(event) if isinstance(event, dict) else None

    def event(self, event: Json) -> WebhookEvent | None:
        resource, kind = event.get("resource"), str(event.get("event_type", ""))
        if not isinstance(resource, dict) or not event.get("id"):
            return None
        about, object_id = self._object(kind, resource)
        if not object_id:
            return None
        return WebhookEvent(
            account=self.account,
            event_id=str(event["id"]),
            event_type=kind,
            object_id=object_id,
            created_at=_time_of(str(event.get("create_time", ""))),
            about=about,
        )

    def _object(self, kind: str, resource: Json) -> tuple[About, str | None]:
        if kind.startswith("CHECKOUT.ORDER."):
            return About.CHARGE, _text(resource.get("id"))
        if kind == "PAYMENT.CAPTURE.REFUNDED" or kind.startswith("PAYMENT.REFUND."):
            capture_id = _up(resource)
            return About.CHARGE, self.order_of_capture(capture_id) if capture_id else None
        if kind.startswith("PAYMENT.CAPTURE."):
            return About.CHARGE, self._order_of(resource)
        if kind.startswith("CUSTOMER.DISPUTE."):
            return About.DISPUTE, _text(resource.get("dispute_id"))
        if kind == "VAULT.PAYMENT-TOKEN.CREATED":
            order_id = _text((resource.get("metadata") or {}).get("order_id"))
            if order_id is not None:
                return About.CHARGE, order_id
            # Saved without a payment: by its customer, who has this one token.
            return About.SET_UP, _text((resource.get("customer") or {}).get("id"))
        if kind.startswith("VAULT.PAYMENT-TOKEN."):
            return About.METHOD, _text(resource.get("id"))
        return About.CHARGE, None

    def _order_of(self, capture: Json) -> str | None:
        related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
        order_id = _text(related.get("order_id"))
        capture_id = _text(capture.get("id"))
        return order_id or (self.order_of_capture(capture_id) if capture_id else None)


def _up(refund: Json) -> str | None:
    """The capture that a refund is of: the last part of the link that leads up to it."""
    for link in refund.get("links", ()):
        if link.get("rel") == "up":
            return str(link.get("href", "")).rstrip("/").rpartition("/")[2] or None
    return None


def _text(value: Any) -> str | None:
    return str(value) if value else None
