"""Proof of work by ALTCHA's protocol: https://altcha.org/docs/v2/ (its challenges of version 1, by SHA-256).

A challenge names the hash of its salt with a secret number, and who pays finds the number. It is signed, so nothing is
kept of it here. It says until when it holds, how much work it is, and which one attempt it is for; an attempt is made
once (its identifier is UNIQUE in the database), so a solution buys one try, whichever process it is shown to.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.conf import settings

# Long enough to find one's card; a page that is older is shown again, with a fresh one.
_HOLDS_FOR: Final = timedelta(hours=1)
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a page asks for, in the protocol's own names: the number from 0 to `maxnumber` whose SHA-256 after the salt
    is `challenge`, in hexadecimal."""

    algorithm: str
    challenge: str
    maxnumber: int
    salt: str
    signature: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def challenge(bound_to: str, *, most: int, at: datetime) -> Challenge:
    """A fresh one for what `bound_to` names; its work is up to `most` hashes, half as many on average."""
    told = {"expires": int((at + _HOLDS_FOR).timestamp()), "most": most, "for": bound_to}
    # The last sign parts the salt from the number: without it digits could be moved from one to the other.
    salt = f"{secrets.token_hex(12)}?{urlencode(told)}&"
    digest = _digest(salt, secrets.randbelow(most + 1))
    return Challenge("SHA-256", digest, most, salt, _signature(digest))


def solved(posted: str, bound_to: str, *, most: int, at: datetime) -> bool:
    """Whether a page's answer (base64 of JSON) solves a challenge of ours that was for this, is still good, and was at
    least `most` of work."""
    answer = _read(posted)
    salt, number = answer.get("salt"), answer.get("number")
    if not isinstance(salt, str) or type(number) is not int or answer.get("algorithm") != "SHA-256":
        return False
    digest = _digest(salt, number)
    if not hmac.compare_digest(str(answer.get("signature")).encode(), _signature(digest).encode()):
        return False
    # From here on all of it is what we signed.
    told = dict(parse_qsl(salt.partition("?")[2]))
    return (
        told.get("for") == bound_to
        and int(told.get("most", 0)) >= most
        and int(told.get("expires", 0)) > at.timestamp()
    )


def _read(posted: str) -> dict[str, Any]:
    try:
        answer = json.loads(base64.b64decode(posted, validate=True)) if len(posted) <= _LONGEST else None
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode(errors="replace")).hexdigest()


def _signature(digest: str) -> str:
    key = hmac.digest(settings.SECRET_KEY.encode(), b"altcha", hashlib.sha256)
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
