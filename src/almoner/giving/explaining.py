"""What a posting is about: the event that made it, its gift, and who was at work, for whoever reads the books."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.ledger.models import Posting
from almoner.payments.models import Attempt, BankCredit, Dispute, Payout, Refund

# The kind of a posting, without the number of its turn.
_SAYS: Final = {
    "charge": "Paid", "fee": "Gateway’s fee", "return": "Returned by the bank", "return-fee": "Fee of a return",
    "fee-change": "Fee corrected", "unmatched": "Match undone", "refund": "Refunded",
    "refund-failed": "Refund bounced back", "credit": "Credit on the bank account", "sent-back": "Sent back",
    "withdrawn": "Statement taken back", "payout": "Payout from the gateway", "payout-failed": "Payout refused",
    "payout-cancelled": "Payout cancelled", "banked": "Payout arrived on the bank account",
    "unbanked": "Match of a payout undone", "dispute": "Disputed", "dispute-fee": "Dispute’s fee",
    "dispute-won": "Dispute won", "dispute-lost": "Dispute lost",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """`gift_id` None where the posting is of no gift; `credit_id` and `payout` name what it is of then. `person` is the
    donor's name: it stays out of what leaves the house."""

    says: str
    gift_id: uuid.UUID | None = None
    reference: str = ""
    person: str = ""
    credit_id: uuid.UUID | None = None
    payout: str = ""

    def __str__(self) -> str:
        """Without the person."""
        of = f"gift {shown_reference(self.reference)}" if self.reference else self.payout
        return f"{self.says}: {of}" if of else self.says


@dataclass(frozen=True, slots=True)
class _Of:
    """What is said of a gift."""

    pk: uuid.UUID
    reference: str
    person: str = ""


def explain(postings: Iterable[Posting], *, people: bool = True) -> dict[int, Explained]:
    """By the postings' keys. A query for each kind of what they are of, however many; `people` False leaves donors'
    names out, for what leaves the house."""
    rows = list(postings)
    ids: dict[str, set[str]] = {}
    for posting in rows:
        ids.setdefault(posting.source, set()).add(posting.source_id)
    gift_of = _gifts_of(ids)
    gifts = _gifts(set(gift_of.values()), people=people)
    payouts = {str(each.pk): each for each in Payout.objects.filter(pk__in=ids.get("payout", ()))}
    return {posting.pk: _explained(posting, gift_of, gifts, payouts) for posting in rows}


def _gifts(ids: set[uuid.UUID], *, people: bool) -> dict[uuid.UUID, _Of]:
    found = Gift.objects.filter(pk__in=ids)
    if not people:
        return {pk: _Of(pk, reference) for pk, reference in found.values_list("pk", "reference")}
    return {
        gift.pk: _Of(gift.pk, gift.reference, gift.contact.name) for gift in found.select_related("contact")
    }


def _gifts_of(ids: dict[str, set[str]]) -> dict[tuple[str, str], uuid.UUID]:
    """(source, its identifier) -> the gift, where there is one."""
    found: dict[tuple[str, str], uuid.UUID] = {}
    rows = {
        "attempt": Attempt.objects.filter(pk__in=ids.get("attempt", ())).values_list("pk", "gift_id"),
        "refund": Refund.objects.filter(pk__in=ids.get("refund", ())).values_list("pk", "attempt__gift_id"),
        "dispute": Dispute.objects.filter(pk__in=ids.get("dispute", ())).values_list(
            "pk", "attempt__gift_id"
        ),
        "credit": BankCredit.objects.filter(pk__in=ids.get("credit", ()), attempt__isnull=False).values_list(
            "pk", "attempt__gift_id"
        ),
    }
    for source, pairs in rows.items():
        found |= {(source, str(pk)): gift_id for pk, gift_id in pairs}
    return found


def _explained(
    posting: Posting,
    gift_of: dict[tuple[str, str], uuid.UUID],
    gifts: dict[uuid.UUID, _Of],
    payouts: dict[str, Payout],
) -> Explained:
    says = _SAYS.get(posting.kind.partition(":")[0], posting.kind)
    gift = gifts.get(gift_of.get((posting.source, posting.source_id), uuid.UUID(int=0)))
    credit_id = uuid.UUID(posting.source_id) if posting.source == "credit" else None
    payout = payouts.get(posting.source_id)
    named = f"payout {payout.gateway_id}" if payout is not None else ""
    if gift is None:
        return Explained(says, credit_id=credit_id, payout=named)
    return Explained(
        says,
        gift_id=gift.pk,
        reference=gift.reference,
        person=gift.person,
        credit_id=credit_id,
        payout=named,
    )
