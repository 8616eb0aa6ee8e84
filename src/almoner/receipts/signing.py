"""Ed25519 over a receipt's canonical facts. Keys rotate: the first one signs, and every public key stays listed."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE: Final = b"almoner receipt signing, version 1"


class KeyInvalid(ValueError):
    """A signing key in the settings is not 32 bytes in base64."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`value` is base64 of 64 bytes."""

    key_id: str
    value: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name that its public half gives it."""

    key_id: str
    private: Ed25519PrivateKey
    # base64 of 32 bytes.
    public: str

    def sign(self, message: bytes) -> Signature:
        return Signature(self.key_id, base64.b64encode(self.private.sign(message)).decode())


def key_id_of(public: str) -> str:
    """A key's name comes from itself, so that it can't be given to another: "ed25519-" and 16 hexadecimal digits."""
    return "ed25519-" + hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]


def verify(message: bytes, signature: str, *, public: str) -> bool:
    """Whether `signature` (base64) is this public key's (base64) over `message`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signing_keys() -> tuple[SigningKey, ...]:
    """All keys whose private half this installation holds; the first signs.

    `ALMONER_RECEIPT_KEYS` holds seeds of 32 bytes in base64, newest first. Without it they are derived from SECRET_KEY
    and its fallbacks, which is what the demo does.
    """
    return _keys(tuple(_configured()), settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


def _configured() -> Sequence[str]:
    return getattr(settings, "ALMONER_RECEIPT_KEYS", None) or ()


@lru_cache(maxsize=4)
def _keys(seeds: tuple[str, ...], secret: str, fallbacks: tuple[str, ...]) -> tuple[SigningKey, ...]:
    if seeds:
        return tuple(_key(_seed(text)) for text in seeds)
    return tuple(_key(_derived(text)) for text in (secret, *fallbacks))


def _seed(text: str) -> bytes:
    try:
        seed = base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise KeyInvalid("ALMONER_RECEIPT_KEYS: a key is not base64.") from fault
    if len(seed) != 32:
        raise KeyInvalid("ALMONER_RECEIPT_KEYS: a key must be 32 bytes, as `openssl rand -base64 32` prints.")
    return seed


def _derived(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())


def _key(seed: bytes) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return SigningKey(key_id_of(public), private, public)
