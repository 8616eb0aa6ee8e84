"""Which gift a credit is: by a reference anywhere in its text for sure, by amount and name as a suggestion."""

import re
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.references import normalise_reference, valid_reference
from almoner.payments.models import Attempt
from almoner.payments.transitions import State

_LENGTH = 10


def references_in(text: str) -> list[str]:
    """Every valid reference in a statement's text, as it was given out: whole, in groups, misread (an O for a 0), run
    together with other words, or within a creditor reference ("RF12 ...").

    The check character makes a chance hit rare: one in 37 of the windows that look like one.
    """
    bare = re.sub(r"[^0-9A-Z]", "", text.upper())
    windows = (bare[at : at + _LENGTH] for at in range(len(bare) - _LENGTH + 1))
    return list(dict.fromkeys(normalise_reference(window) for window in windows if valid_reference(window)))


def promised(charity_id: int, currency: str) -> QuerySet[Gift]:
    """Gifts that wait for a transfer, and those that were given up: some come late."""
    waiting = Attempt.objects.filter(
        gift_id=OuterRef("pk"), gateway="bank", state__in=(State.AWAITING, State.CANCELLED)
    )
    return Gift.objects.select_related("contact", "fund").filter(
        Exists(waiting), charity_id=charity_id, currency=currency
    )


def named_in(text: str, *, charity_id: int, currency: str) -> list[Gift]:
    """The gifts whose references stand in the text."""
    found = references_in(text)
    return list(promised(charity_id, currency).filter(reference__in=found)) if found else []


def alike(text: str, amount_minor: int, *, charity_id: int, currency: str, most: int) -> Sequence[Gift]:
    """Gifts of exactly this amount that are still unpaid: first those whose donor the text names, then those that are
    awaited, then those that were given up."""
    unpaid = promised(charity_id, currency).filter(
        total_minor=amount_minor, status__in=(GiftStatus.AWAITING, GiftStatus.FAILED)
    )
    # "awaiting" stands before "failed".
    found = list(unpaid.order_by("status", "given_at")[: 10 * most])
    return sorted(found, key=lambda gift: not names_donor(text, gift))[:most]


def names_donor(text: str, gift: Gift) -> bool:
    """Whether the donor's family name, or organisation, stands in the text as words."""
    contact = gift.contact
    said = _words(text)
    return any(
        wanted and all(word in said for word in wanted)
        for wanted in (_words(contact.family_name), _words(contact.organisation))
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
