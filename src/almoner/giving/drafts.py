"""What a donor has typed so far, between the steps: an encrypted, authenticated token in the form's own body.

No session, no cookie, no row in the database until the donor submits payment details. The gift's identifier is minted
with the draft, so that one draft can't become two gifts.
"""

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from almoner.giving.views_model import Frequency
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key, new_uuid

LIFE_SECONDS: Final = 24 * 3600
_LONGEST_VALUE: Final = 600
_MAX_TOKEN: Final = 120_000


class DraftInvalid(ValueError):
    """Not a token of ours, or one of another form."""


class DraftExpired(ValueError):
    """A token of ours that is older than a day; `draft` holds what was typed."""

    def __init__(self, draft: "Draft") -> None:
        super().__init__("expired")
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Draft:
    """One gift in the making. `values` is what was typed in Your Details, by field name; `source` where it began."""

    gift_id: uuid.UUID
    public_key: str
    form_id: int
    currency: str
    amount_minor: int
    fund_id: int
    frequency: Frequency = "once"
    # Which attempt to pay this draft's next submit will be.
    ordinal: int = 1
    # Since when it waits to be sent without a proof of work: a Unix time, good for that attempt alone. 0: it doesn't.
    waits_since: int = 0
    # Which words each consent question was asked in: channel -> wording. Answers are kept against these.
    asked: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)

    def seal(self) -> str:
        """The token."""
        # What is longer than any field takes is an error on the page that shows it, and isn't carried further: a token
        # of any size would no longer be read.
        values = {name: text[:_LONGEST_VALUE] for name, text in self.values.items()}
        content = asdict(self) | {"gift_id": self.gift_id.hex, "values": values}
        if not self.waits_since:
            # A process of the version before reads all that waits for nothing.
            del content["waits_since"]
        packed = zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 6)
        return _keys().encrypt(packed).decode()

    def afresh(self) -> "Draft":
        """The same content as another gift, for this draft has had its day."""
        return replace(self, gift_id=new_uuid(), public_key=new_public_key(), ordinal=1, waits_since=0)

    def next_try(self, ordinal: int) -> "Draft":
        """The same gift, for another attempt: a wait is for one."""
        return replace(self, ordinal=ordinal, waits_since=0)

    def has_waited(self, seconds: int, *, at: int) -> bool:
        return bool(self.waits_since) and at - self.waits_since >= seconds

    def waiting(self, at: int) -> "Draft":
        """It waits from now on, if it doesn't already."""
        return self if self.waits_since else replace(self, waits_since=at)

    def successor(self, digest: str) -> "Draft":
        """Changed content after a decline, as a gift of its own. The same change is always the same gift, so that a
        button pressed twice is; and nobody can guess its key, for this draft's identifiers are known to nobody else."""
        gift_id = uuid.uuid5(self.gift_id, digest)
        key = hashlib.sha256(f"{gift_id} {self.public_key}".encode()).digest()[:16]
        return replace(
            self,
            gift_id=gift_id,
            public_key=base64.urlsafe_b64encode(key).decode().rstrip("="),
            ordinal=1,
            waits_since=0,
        )


def new_draft(
    *,
    form_id: int,
    currency: str,
    amount_minor: int,
    fund_id: int,
    source: Mapping[str, str],
    frequency: Frequency = "once",
) -> Draft:
    return Draft(
        gift_id=new_uuid(),
        public_key=new_public_key(),
        form_id=form_id,
        currency=currency,
        amount_minor=amount_minor,
        fund_id=fund_id,
        frequency=frequency,
        source=source,
    )


def open_draft(token: str, *, form_id: int) -> Draft:
    """Read a token; raises `DraftInvalid` or `DraftExpired`."""
    if not token or len(token) > _MAX_TOKEN or not _written_as_sealed(token):
        raise DraftInvalid("no token")
    try:
        made_at = _keys().extract_timestamp(token)
        content: dict[str, Any] = json.loads(zlib.decompress(_keys().decrypt(token)))
    except InvalidToken:
        raise DraftInvalid("forged or damaged") from None
    try:
        draft = Draft(**(content | {"gift_id": uuid.UUID(hex=content["gift_id"])}))
    except (KeyError, TypeError):
        raise DraftInvalid("of another release, which kept other fields") from None
    if draft.form_id != form_id:
        raise DraftInvalid("of another form")
    if now().timestamp() - made_at > LIFE_SECONDS:
        raise DraftExpired(draft)
    return draft


def _written_as_sealed(token: str) -> bool:
    """Whether the text is the one way to write its bytes: a decoder that forgives takes what follows padding too."""
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)).decode() == token
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _keys() -> MultiFernet:
    """One key a secret: the newest seals, all of them open."""
    return MultiFernet(
        [Fernet(_derive(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derive(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"almoner giving draft").derive(secret.encode())
    return base64.urlsafe_b64encode(key)
