"""References that people copy by hand: check-digited by ISO 7064 MOD 37-2, and identifiers nobody can guess."""

import secrets
import time
import uuid
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
# Drawn from these: I, L, O and U are left out, for they are read as 1, 1, 0 and V.
_DRAWN: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILOU", "110V")


def mod37_2(text: str) -> str:
    """The ISO 7064 MOD 37-2 check character of `text` (0-9 and A-Z). It may be `*`."""
    remainder = 0
    for char in text:
        remainder = (remainder + _ALPHABET.index(char)) * 2 % 37
    return _ALPHABET[(38 - remainder) % 37]


def new_reference() -> str:
    """A reference of 9 characters and its check character, such as "K7Q2M9XTB4": 45 bits, at most 18 for a bank.

    A draw whose check character is `*` is thrown away, for banks' reference fields refuse the sign; so is one whose
    check character would be misread.
    """
    while True:
        body = "".join(secrets.choice(_DRAWN) for _ in range(9))
        if (check := mod37_2(body)) in _DRAWN:
            return body + check


def normalise_reference(text: str) -> str:
    """What a person typed, as a reference: upper case, without spaces and dashes, and with the letters that no
    reference holds read as what they were taken for."""
    bare = "".join(char for char in text.upper() if char.isascii() and char.isalnum())
    return bare.translate(_MISREAD)


def valid_reference(text: str) -> bool:
    """True when the last character is the check character of the rest."""
    reference = normalise_reference(text)
    return len(reference) == 10 and mod37_2(reference[:-1]) == reference[-1]


def creditor_reference(reference: str) -> str:
    """A reference as an ISO 11649 creditor reference, which banks in Europe check: "RF" and two digits before it."""
    digits = "".join(str(int(char, 36)) for char in f"{reference}RF00")
    return f"RF{98 - int(digits) % 97:02d}{reference}"


def valid_creditor_reference(text: str) -> bool:
    """True when the two digits after "RF" are those of the rest (ISO 7064 MOD 97-10)."""
    bare = "".join(text.upper().split())
    if not (bare.startswith("RF") and 5 <= len(bare) <= 25 and bare.isascii() and bare.isalnum()):
        return False
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def transfer_reference(reference: str, currency: str) -> str:
    """What a donor writes into a transfer, in groups: in euro a creditor reference, which has a field of its own there;
    else the bare one, which fits the 18 characters that Australian banks take."""
    if currency != "EUR":
        return shown_reference(reference)
    whole = creditor_reference(reference)
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def shown_reference(reference: str) -> str:
    """In groups, as it is read out: "K7Q2 M9X TB4"."""
    return f"{reference[:4]} {reference[4:7]} {reference[7:]}"


def new_uuid() -> uuid.UUID:
    """A UUID of version 7: its order is that of time, so that indexes grow at one end."""
    stamp_ms = time.time_ns() // 1_000_000
    value = stamp_ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def new_public_key() -> str:
    """An unguessable key for an address (128 bits, 22 URL-safe characters)."""
    return secrets.token_urlsafe(16)
