"""Secrets of endpoints, and what is signed with them: Standard Webhooks, symmetric (https://www.standardwebhooks.com).

A token of the API can be kept as a digest, for its holder sends it. This one signs, so it is kept as it is, encrypted
with a key that is derived from the installation's secret key.
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

_PREFIX: Final = "whsec_"
_BYTES: Final = 32


class Unreadable(Exception):
    """It was sealed under a secret key that is gone. A new one has to be made."""


def mint() -> str:
    """A new secret, as it is shown."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def seal(shown: str) -> str:
    return _keys().encrypt(shown.encode()).decode()


def unseal(sealed: str) -> str:
    """As it was shown. Raises `Unreadable`."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def reseal(sealed: str) -> str:
    """The same under the newest secret key; as it is where it stands under that one already, or under none of ours."""
    try:
        Fernet(_derive(settings.SECRET_KEY)).decrypt(sealed.encode())
    except InvalidToken:
        try:
            return _keys().rotate(sealed.encode()).decode()
        except InvalidToken:
            return sealed
    return sealed


def signatures(shown: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each secret, with a space between."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_mac(secret, content)}" for secret in shown)


def _mac(shown: str, content: bytes) -> str:
    key = base64.b64decode(shown.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _keys() -> MultiFernet:
    """One key a secret: the newest seals, all of them open."""
    return MultiFernet(
        [Fernet(_derive(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derive(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"almoner webhook secret").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(key)
