"""Regular giving at a glance, for the home panel."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum

from almoner.backoffice.money import money
from almoner.charities.models import Charity
from almoner.plans.beginning import ABANDONED
from almoner.plans.models import Plan
from almoner.plans.transitions import CHARGEABLE_STATES, PlanState

_RUNNING: Final = Q(state__in=CHARGEABLE_STATES)
# Declined and tried again, or given up: each waits for its money.
_FAILING: Final = Q(state=PlanState.RETRYING) | (Q(state=PlanState.PAUSED) & ~Q(decline_code=""))
_PARTS_OF_A_MONTH: Final = 12


@dataclass(frozen=True, slots=True)
class Glance:
    """`worth` is (currency, minor units a month) of the plans that run: a year's twelfth, a quarter's third."""

    active: int
    begun: int
    cancelled: int
    failing: int
    worth: list[tuple[str, int]]

    def shown(self) -> dict[str, Any]:
        return {
            "active": self.active,
            "worth": [money(amount_minor, currency) for currency, amount_minor in self.worth],
            "rows": [
                ("New this month", self.begun), ("Cancelled this month", self.cancelled), ("Failing", self.failing),
            ],
        }  # fmt: skip


def glance(charity: Charity, today: date) -> Glance | None:
    """How regular giving stands; None when there is none. One query, summed in the database."""
    start = datetime.combine(today.replace(day=1), time.min, ZoneInfo(charity.timezone))
    begun = Q(created_at__gte=start) & ~Q(state=PlanState.STARTING) & ~Q(cancel_reason=ABANDONED)
    cancelled = Q(cancelled_at__gte=start) & ~Q(cancel_reason=ABANDONED)
    rows = list(
        Plan.objects.filter(_RUNNING | _FAILING | begun | cancelled, charity=charity)
        .values("currency", "every")
        .annotate(
            active=Count("pk", filter=_RUNNING),
            worth=Sum(F("amount_minor") + F("cover_minor"), filter=_RUNNING),
            begun=Count("pk", filter=begun),
            ended=Count("pk", filter=cancelled),
            failing=Count("pk", filter=_FAILING),
        )
        .order_by()
    )
    if not rows:
        return None
    parts: dict[str, int] = {}
    for row in rows:
        share = (row["worth"] or 0) * (_PARTS_OF_A_MONTH // row["every"])
        parts[row["currency"]] = parts.get(row["currency"], 0) + share
    worth = [
        (code, (part * 2 + _PARTS_OF_A_MONTH) // (_PARTS_OF_A_MONTH * 2)) for code, part in parts.items()
    ]
    return Glance(
        active=sum(row["active"] for row in rows),
        begun=sum(row["begun"] for row in rows),
        cancelled=sum(row["ended"] for row in rows),
        failing=sum(row["failing"] for row in rows),
        worth=sorted(
            ((code, amount_minor) for code, amount_minor in worth if amount_minor),
            key=lambda one: (one[0] != charity.currency, one[0]),
        ),
    )
