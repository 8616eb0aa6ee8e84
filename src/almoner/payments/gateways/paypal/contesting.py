"""An answer to a dispute, as PayPal takes it: a multipart form of a JSON part and files.

https://developer.paypal.com/docs/api/customer-disputes/v1/: which of two calls takes it is said by the links of the
dispute. PayPal asks for evidence (`provide-evidence`), or lets one add to what its bank is told of a chargeback
(`provide-supporting-info`). A dispute that shows neither link takes no answer.
"""

import json
from collections.abc import Iterator
from typing import Final

from almoner.payments.gateways.http import Json, Part
from almoner.payments.gateways.port import Evidence, EvidenceFile, Refused

EVIDENCE: Final = "provide-evidence"
SUPPORTING: Final = "provide-supporting-info"
ACCEPT: Final = "accept-claim"
# What PayPal calls the part of a file.
_PARTS: Final = {EVIDENCE: "evidence-file", SUPPORTING: "supporting document"}
_MOST_NOTES: Final = 2_000
_TITLES: Final = {
    "customer_name": "Donor", "customer_email": "Donor's email", "billing_address": "Donor's address",
    "product_description": "What it was", "service_date": "Given on", "receipt_number": "Receipt",
    "authentication": "Authentication", "earlier_gifts": "Earlier gifts", "correspondence": "Mails to the donor",
}  # fmt: skip


def call_for(dispute: Json) -> str:
    """Which call takes our answer now. Raises `Refused`."""
    offered = offers(dispute)
    for call in (EVIDENCE, SUPPORTING):
        if call in offered:
            return call
    raise Refused("the dispute takes no answer")


def offers(dispute: Json) -> set[str]:
    """The last parts of the links that a dispute shows: what may be done with it."""
    return {str(link.get("href", "")).rpartition("/")[2] for link in dispute.get("links") or ()}


def parts(call: str, given: Evidence) -> list[Part]:
    notes = [*_cut(_text(given))]
    content: Json = (
        {"evidences": [{"evidence_type": "OTHER", "notes": each} for each in notes]}
        if call == EVIDENCE
        else {"notes": notes[0]}
    )
    files = [*([given.receipt] if given.receipt is not None else []), *given.files]
    return [_json(content), *(_file(_PARTS[call], each) for each in files)]


def accepting() -> list[Part]:
    return [_json({"note": "The charity accepts the claim.", "accept_claim_type": "REFUND"})]


def _text(given: Evidence) -> str:
    lines = [f"{title}: {given.facts[name]}" for name, title in _TITLES.items() if given.facts.get(name)]
    return "\n\n".join(part for part in (given.text, "\n".join(lines)) if part) or "See the documents."


def _cut(text: str) -> Iterator[str]:
    """A note holds so much; what is longer is told in several."""
    for at in range(0, len(text), _MOST_NOTES):
        yield text[at : at + _MOST_NOTES]


def _json(content: Json) -> Part:
    return ("input", (None, json.dumps(content).encode(), "application/json"))


def _file(part: str, file: EvidenceFile) -> Part:
    return (part, (file.name, file.content, file.content_type))
