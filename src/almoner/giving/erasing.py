"""Forgetting a donor: what they wrote with their gifts, and the lines from which staff entered them."""

import uuid
from collections.abc import Collection

from almoner.giving.models import BatchLine, Gift


def erase(gift_ids: Collection[uuid.UUID]) -> None:
    """Empty what these gifts say of a person, inside the caller's transaction. Safe to repeat.

    Without its digest a gift that was declined can't be tried again from a page that is still open: that would be a
    gift of somebody new.
    """
    Gift.objects.filter(pk__in=gift_ids).update(
        message="", tribute_kind="", tribute_name="", content_digest=""
    )
    BatchLine.objects.filter(key__in=gift_ids).update(
        given_name="", family_name="", organisation="", email="", address=None, note=""
    )
