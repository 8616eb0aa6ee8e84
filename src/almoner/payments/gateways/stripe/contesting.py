"""An answer to a dispute, in Stripe's fields. Each holds one file, and all texts together 150,000 characters."""

from collections.abc import Iterator
from typing import Any, Final

from almoner.payments.gateways.port import Evidence, EvidenceFile

MOST_FILES: Final = 3
# Ours -> Stripe's, where it has a field of its own; what it hasn't goes into the text.
_FIELDS: Final = {
    "customer_name": "customer_name",
    "customer_email": "customer_email_address",
    "billing_address": "billing_address",
    "product_description": "product_description",
    "service_date": "service_date",
}
_TITLES: Final = {
    "receipt_number": "Receipt", "authentication": "Authentication", "earlier_gifts": "Earlier gifts",
    "correspondence": "Mails to the donor",
}  # fmt: skip
_PLACES: Final = ("customer_communication", "uncategorized_file", "service_documentation")


def places(evidence: Evidence) -> Iterator[tuple[str, EvidenceFile]]:
    """Where each file goes: the receipt to its own place, what staff added to the next that are free."""
    if evidence.receipt is not None:
        yield "receipt", evidence.receipt
    yield from zip(_PLACES, evidence.files, strict=False)


def evidence(given: Evidence, *, files: dict[str, str]) -> dict[str, Any]:
    """`files` are Stripe's names by place. It is submitted at once: a draft there would wait for a person there."""
    known = {theirs: given.facts[ours] for ours, theirs in _FIELDS.items() if given.facts.get(ours)}
    lines = [f"{title}: {given.facts[name]}" for name, title in _TITLES.items() if given.facts.get(name)]
    text = "\n\n".join(part for part in (given.text, "\n".join(lines)) if part)
    return {"evidence": {**known, "uncategorized_text": text, **files}, "submit": True}
