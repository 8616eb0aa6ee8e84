"""What a receipt says, as plain values, and which part of it is signed.

The signed part names no person: it holds a salted hash of the donor's name, so that whoever has the receipt (and the
salt, which travels in its PDF) can prove whose it is, and whoever has only our database after an erasure can't.
"""

import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

SIGNED_VERSION: Final = 1

# Marks that order text against its script. They are no part of a name, and an override could show 01 as 10.
_BIDI_MARKS: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset("\u00ad\u200b\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """Such as ("ABN", "12 345 678 901"), as it is printed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CharityFacts:
    """The legal entity that took the gift. `logo` is SVG markup or PNG bytes; colours are #rrggbb."""

    legal_name: str
    name: str
    country: str
    address_lines: tuple[str, ...] = ()
    tax_numbers: tuple[TaxNumber, ...] = ()
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: bytes | None = None
    colour: str = "#1f5f5b"
    accent: str = "#c8553d"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundFacts:
    """What the gift was for. A deductible fund has the name and ABN under which the tax office endorsed it."""

    name: str
    deductible: bool = False
    endorsed_name: str = ""
    endorsed_abn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFacts:
    """Who gave. An empty name is a gift whose giver isn't known, such as coins in a box."""

    name: str
    address_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """What the donor got in return, and what it is worth in the gift's currency, taxes included."""

    description: str
    value_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """All that is printed. Dates are those of the charity's own time zone; `method` is in the receipt's language.

    `salt` keys the hash of the donor's name: 16 random bytes of this receipt alone. `practice` marks a receipt of the
    sandbox, for which no money moved.
    """

    number: str
    charity: CharityFacts
    fund: FundFacts
    donor: DonorFacts
    amount_minor: int
    currency: str
    given_on: date
    issued_on: date
    method: str
    check_url: str
    salt: bytes
    replaces: str = ""
    benefit: Benefit | None = None
    language: str = "en"
    practice: bool = False


def one_line(text: str) -> str:
    """Text from outside as it may be printed or put into a header: NFC, one line, no control or direction marks.

    Joiners (U+200C, U+200D) stay: Persian and Indic names are misspelt without them.
    """
    kept = (
        " " if char.isspace() or unicodedata.category(char) == "Cc" else char
        for char in unicodedata.normalize("NFC", text)
        if char not in _BIDI_MARKS and char not in _INVISIBLE
    )
    return " ".join("".join(kept).split())


def donor_hash(name: str, salt: bytes) -> str:
    """HMAC-SHA256 of the name as printed (`one_line`, UTF-8) under the salt, in hexadecimal."""
    text = one_line(name).encode("utf-8", "surrogatepass")
    return hmac.new(salt, text, hashlib.sha256).hexdigest()


def signed_facts(facts: ReceiptFacts) -> dict[str, str | int]:
    """What the signature covers: enough to check a receipt by, and nobody's name."""
    rare: dict[str, str | int] = {"practice": 1} if facts.practice else {}
    if facts.benefit is not None:
        # Its worth and not its description: staff write that, and might name somebody.
        rare["benefit_minor"] = facts.benefit.value_minor
    return rare | {
        "version": SIGNED_VERSION,
        "number": facts.number,
        "replaces": facts.replaces,
        "charity": facts.charity.legal_name,
        "date": facts.given_on.isoformat(),
        "issued": facts.issued_on.isoformat(),
        "amount_minor": facts.amount_minor,
        "currency": facts.currency,
        "fund": facts.fund.endorsed_name or facts.fund.name,
        "donor_hmac_sha256": donor_hash(facts.donor.name, facts.salt),
    }


def canonical_bytes(facts: ReceiptFacts) -> bytes:
    """The signed facts in canonical form."""
    return canonical_json(signed_facts(facts))


def canonical_json(values: dict[str, str | int]) -> bytes:
    """Sorted keys, no blanks, UTF-8: RFC 8785 for objects of strings and whole numbers with ASCII keys."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")
