"""Forgetting a donor: the name on the receipt and the document that shows it. The books and the numbers stay."""

import uuid
from collections.abc import Iterable

from almoner.kernel.clock import now
from almoner.receipts.models import Receipt, ReceiptFile, ReceiptPerson


def erase(gift_ids: Iterable[uuid.UUID]) -> None:
    """Empty all that these gifts' receipts hold of a person, inside the caller's transaction. Safe to repeat.

    What was signed holds a salted hash of the name; without the salt it says nothing. A copy that the donor kept can
    still be checked, by its fingerprint too.
    """
    # Whoever is making one of their documents now has kept it before we go on, or will find it erased.
    receipts = Receipt.objects.select_for_update(no_key=True).filter(gift__in=list(gift_ids)).order_by("pk")
    keys = list(receipts.values_list("pk", flat=True))
    at = now()
    ReceiptFile.objects.filter(receipt__in=keys).delete()
    ReceiptPerson.objects.filter(receipt__in=keys, erased_at__isnull=True).update(
        name="", address_lines=[], salt="", erased_at=at
    )
    # A document that was never made has no person yet, and is to have none.
    ReceiptPerson.objects.bulk_create(
        [ReceiptPerson(receipt_id=key, erased_at=at) for key in keys], ignore_conflicts=True
    )
