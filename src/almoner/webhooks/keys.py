"""Secrets of endpoints, and what is signed with them: Standard Webhooks, symmetric (https://www.standardwebhooks.com).

A token of the API can be kept as a digest, for its holder sends it. This one signs, so it is kept as it is, sealed.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from almoner.kernel.sealing import Unreadable

_PREFIX: Final = "whsec_"
_BYTES: Final = 32


def mint() -> str:
    """A new secret, as it is shown."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def unseal_former(sealed: str) -> str:
    """One that was sealed in a way of its own, before all secrets were in one. Raises `Unreadable`."""
    if sealed.startswith(_PREFIX):
        return sealed
    try:
        return _former_keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "The secret of a webhook was sealed under a secret key that is gone. Make a new one, or put that key into "
            "ALMONER_SECRET_KEY_FALLBACKS. Nothing was changed."
        ) from None


def signatures(shown: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret, with a space between."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_mac(secret, content)}" for secret in shown)


def _mac(shown: str, content: bytes) -> str:
    key = base64.b64decode(shown.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _former_keys() -> MultiFernet:
    return MultiFernet(
        [Fernet(_derive(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derive(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"almoner webhook secret").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(key)
