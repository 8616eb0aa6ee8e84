"""Forgetting a donor: the text of a bank's statement may name who sent a transfer, and so do
answers to disputes. Amounts and days stay."""

import uuid
from collections.abc import Iterable

from almoner.payments.models import BankCredit, DisputeFile, DisputeReply


def erase(gift_ids: Iterable[uuid.UUID]) -> None:
    """Empty what these gifts' payments say of a person, inside the caller's transaction. Safe to repeat."""
    gifts = list(gift_ids)
    BankCredit.objects.filter(attempt__gift_id__in=gifts).update(text="")
    DisputeReply.objects.filter(dispute__attempt__gift_id__in=gifts).update(text="")
    DisputeFile.objects.filter(reply__dispute__attempt__gift_id__in=gifts).update(content=None, name="")
