"""What a donor carries and we don't keep: MACs under the site's secret, and digests of random values."""

import base64
import hashlib
import hmac
from typing import Final

from django.conf import settings

_CODE_DIGITS: Final = 8


def mac(kind: str, text: str) -> str:
    """32 URL-safe characters (192 bits) that only this site can make. `kind` keeps uses apart."""
    return _mac(settings.SECRET_KEY, kind, text)


def is_mac(kind: str, text: str, given: str) -> bool:
    """Whether `given` is such a MAC, under the secret of today or of before."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(
        hmac.compare_digest(_mac(secret, kind, text).encode(), given.encode("utf-8", "surrogatepass"))
        for secret in secrets
    )


def code_of(key: str) -> str:
    """The eight digits that stand for a link where it can't be opened: to be typed in the browser that asked."""
    digest = _digest(settings.SECRET_KEY, "code", key)
    return str(int.from_bytes(digest[:16], "big") % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)


def is_code(key: str, given: str) -> bool:
    return hmac.compare_digest(code_of(key).encode(), given.encode("utf-8", "surrogatepass"))


def digest_of(token: str) -> str:
    """SHA-256 in hexadecimal: what is kept of a random value."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _mac(secret: str, kind: str, text: str) -> str:
    return base64.urlsafe_b64encode(_digest(secret, kind, text))[:32].decode()


def _digest(secret: str, kind: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), f"donor {kind} {text}".encode(), hashlib.sha256)
