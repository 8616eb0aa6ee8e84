"""What plans need besides their charges: one whose first gift nobody paid is ended after some days."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.payments.models import Attempt
from almoner.plans.beginning import abandon
from almoner.plans.models import Plan
from almoner.plans.transitions import PlanState

# After the last try: long enough for a donor to come back with another card.
_ABANDONED_AFTER: Final = timedelta(days=3)


def abandon_unpaid(limit: int = 100) -> int:
    """End plans whose first gift was declined or left, and is no longer tried; returns how many.

    One that is proven paid afterwards begins all the same.
    """
    at = now()
    left = Plan.objects.filter(
        state=PlanState.STARTING, created_at__lt=at - _ABANDONED_AFTER, first_gift_id__isnull=False
    )
    unpaid = Gift.objects.filter(pk=OuterRef("first_gift_id"), status=GiftStatus.FAILED)
    tried = Attempt.objects.filter(gift_id=OuterRef("first_gift_id"), updated_at__gt=at - _ABANDONED_AFTER)
    left = left.filter(Exists(unpaid), ~Exists(tried))
    ended = list(left.order_by("created_at").values_list("pk", flat=True)[:limit])
    for plan_id in ended:
        with transaction.atomic():
            abandon(plan_id, at=at)
    return len(ended)
