"""Secrets that have to be kept and read again: AES-256-GCM under the first key of a ring, opened with any of them.

    seal:KEY-ID..:nonce, ciphertext and tag in base64

What is sealed is bound to its place (table, column, row): copied to another, it does not open. A value that is looked
for has a mark beside it, a keyed hash, for no two seals of it are alike.
"""

import base64
import hashlib
import hmac
import secrets
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_PREFIX: Final = "seal:"
_ID_LENGTH: Final = 8
_NONCE_BYTES: Final = 12
_TEXT, _HEX = b"\x00", b"\x01"


class Unreadable(Exception):
    """What is sealed can't be opened; the message says why, and what to do."""


class KeyMissing(Unreadable):
    def __init__(self, place: str, key_id: str) -> None:
        self.place, self.key_id = place, key_id
        super().__init__(
            f"{place} is sealed under key {key_id}, which is not here. Put that key back, last in ALMONER_FIELD_KEYS "
            "(or its secret key into ALMONER_SECRET_KEY_FALLBACKS). Nothing was changed."
        )


class SealBroken(Unreadable):
    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(
            f"{place} was altered, or sealed for another row: it does not open here. Nothing was changed. "
            "Take that row from a backup, or ask its owner to enter it anew."
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Its id stands with all that it sealed, and says nothing of the key."""

    secret: bytes = field(repr=False)
    id: str
    _cipher: AESGCM = field(repr=False)
    _marking: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> "Key":
        """`secret`: 32 random bytes."""
        digest = hashlib.sha256(b"almoner key id" + secret).digest()
        return cls(
            secret,
            _base64(digest[:6]),
            AESGCM(_derived(secret, b"almoner seal")),
            _derived(secret, b"almoner mark"),
        )

    @classmethod
    def from_password(cls, text: str) -> "Key":
        return cls.of(_derived(text.encode(), b"almoner field key"))

    def mark(self, text: str) -> str:
        return self.id + _base64(hmac.digest(self._marking, text.encode(), hashlib.sha256)[:16])


@dataclass(frozen=True, slots=True)
class Ring:
    """The first key seals; each opens what it sealed."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> str:
        """What all begins with that the first key sealed."""
        return f"{_PREFIX}{self.keys[0].id}:"

    def seal(self, text: str, place: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self.newest + _base64(
            nonce + self.keys[0]._cipher.encrypt(nonce, _packed(text), place.encode())
        )

    def open(self, sealed: str, place: str) -> str:
        """Raises `KeyMissing` or `SealBroken`."""
        key_id, body = key_id_of(sealed), sealed[len(_PREFIX) + _ID_LENGTH + 1 :]
        key = next((each for each in self.keys if each.id == key_id), None)
        if key is None:
            raise KeyMissing(place, key_id)
        try:
            whole = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            nonce, ciphertext = whole[:_NONCE_BYTES], whole[_NONCE_BYTES:]
            return _unpacked(key._cipher.decrypt(nonce, ciphertext, place.encode()))
        except (InvalidTag, NotBase64, ValueError) as fault:
            raise SealBroken(place) from fault

    def mark(self, text: str) -> str:
        return self.keys[0].mark(text)

    def marks(self, text: str) -> list[str]:
        """All that may stand beside a seal of `text`."""
        return [each.mark(text) for each in self.keys]


def is_sealed(text: str) -> bool:
    return text.startswith(_PREFIX) and text[len(_PREFIX) + _ID_LENGTH :][:1] == ":"


def key_id_of(sealed: str) -> str:
    return sealed[len(_PREFIX) :][:_ID_LENGTH]


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


def _packed(text: str) -> bytes:
    """Hexadecimal digits as their bytes: a seed of django-otp's fits sealed into the 80 characters of its column."""
    try:
        packed = bytes.fromhex(text)
    except ValueError:
        packed = b""
    return _HEX + packed if packed and packed.hex() == text else _TEXT + text.encode()


def _unpacked(packed: bytes) -> str:
    return packed[1:].hex() if packed[:1] == _HEX else packed[1:].decode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
