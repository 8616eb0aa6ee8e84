"""Forgetting a donor: the text of a bank's statement may name who sent a transfer. The amount and the day stay."""

import uuid
from collections.abc import Iterable

from almoner.payments.models import BankCredit


def erase(gift_ids: Iterable[uuid.UUID]) -> None:
    """Empty what these gifts' payments say of a person, inside the caller's transaction. Safe to repeat."""
    BankCredit.objects.filter(attempt__gift_id__in=list(gift_ids)).update(text="")
