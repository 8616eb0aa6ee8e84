"""Forgetting a donor: the name on the receipt and the document that shows it. The books and the numbers stay."""

import uuid
from collections.abc import Iterable

from almoner.kernel.clock import now
from almoner.receipts.models import ReceiptFile, ReceiptPerson


def erase(gift_ids: Iterable[uuid.UUID]) -> None:
    """Empty all that these gifts' receipts hold of a person, inside the caller's transaction. Safe to repeat.

    What was signed holds a salted hash of the name; without the salt it says nothing. A copy that the donor kept can
    still be checked, by its fingerprint too.
    """
    wanted = {"receipt__gift__in": list(gift_ids)}
    ReceiptFile.objects.filter(**wanted).delete()
    ReceiptPerson.objects.filter(**wanted, erased_at__isnull=True).update(
        name="", address_lines=[], salt="", erased_at=now()
    )
