"""What plans need besides their charges: one whose first gift nobody paid is ended after some days."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.plans.beginning import abandon
from almoner.plans.models import Plan
from almoner.plans.transitions import PlanState

# Long enough for a donor to come back with another card.
_ABANDONED_AFTER: Final = timedelta(days=3)


def abandon_unpaid(limit: int = 100) -> int:
    """End plans whose first gift was declined or left, and is no longer tried; returns how many. One that is proven paid
    afterwards begins all the same."""
    at = now()
    left = Plan.objects.filter(state=PlanState.STARTING, created_at__lt=at - _ABANDONED_AFTER)
    ended = 0
    for plan_id, gift_id in left.order_by("created_at").values_list("pk", "first_gift_id")[:limit]:
        with transaction.atomic():
            # The gift's row is held, so that no donor begins another attempt while the plan is ended.
            gift = Gift.objects.select_for_update(of=("self",)).filter(pk=gift_id).first()
            if gift is not None and gift.status == GiftStatus.FAILED:
                abandon(plan_id, at=at)
                ended += 1
    return ended
