"""Paying a regular gift on the gateway's own page, with the donor there: one that was declined, or the next one.

What pays it is kept at the gateway and takes the place of what was charged before, and a plan that had been given up
goes on: `plans.outcomes` sees to both. It is the period's one gift, so it can't be paid twice. A card
that is saved without a payment is `donors.setting_up`'s.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from almoner.charities.rows import insert
from almoner.giving.actions import standing
from almoner.giving.actions.following import plan_of
from almoner.giving.actions.looking import order_of
from almoner.giving.actions.renewing import gift_of
from almoner.giving.actions.submitting import pay
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.payments import gateways, progress
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES
from almoner.plans import schedule, timing
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR, lock, note
from almoner.plans.transitions import LIVING_STATES, PeriodState, PlanState

# A person gives up long before; a machine is stopped here.
_MOST_TRIES: Final = 30


class NotPayable(Exception):
    """There is nothing to pay, or not so. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Way:
    method: str
    gateway: str


def payable(gift: Gift, plan: Plan | None) -> bool:
    """Whether the gift is one of a living plan and was declined, or begun on the phone and never tried."""
    if plan is None or plan.state not in LIVING_STATES:
        return False
    untried = gift.status == GiftStatus.PENDING and not Attempt.objects.filter(gift_id=gift.pk).exists()
    return gift.status == GiftStatus.FAILED or untried


def hosted_ways(
    currency: str, form: DonationForm | None, *, amount_minor: int | None = None
) -> Sequence[Way]:
    """Ways on a gateway's own page that can be charged again: those of the form, or all where there is none. With an
    amount, those that take it."""
    offered = set(form.methods) if form is not None else None
    found = []
    for gateway in gateways.gateways().values():
        takes = gateway.capabilities().currencies
        for method in gateway.capabilities().methods:
            fits = method.currencies is None or currency in method.currencies
            fits = fits and (takes is None or currency in takes)
            fits = fits and (amount_minor is None or method.takes(amount_minor, currency))
            if fits and method.hosted and method.repeats and (offered is None or method.code in offered):
                found.append(Way(method.code, gateway.code))
    return found


def pay_again(gift_id: uuid.UUID, way: Way, *, return_url: str) -> tuple[Gift, Attempt]:
    """Begin another attempt at the gift, as far as it goes without the donor. Raises `NotPayable`."""
    at = now()
    with transaction.atomic():
        plan = plan_of(Gift.objects.get(pk=gift_id))
        gift = Gift.objects.select_for_update(of=("self",)).select_related("contact", "fund").get(pk=gift_id)
        if plan is None or not payable(gift, plan):
            raise NotPayable
        tries = Attempt.objects.filter(gift_id=gift_id)
        ordinal = (tries.aggregate(newest=Max("ordinal"))["newest"] or 0) + 1
        if ordinal > _MOST_TRIES or tries.filter(state__in=OPEN_STATES).exists():
            raise NotPayable
        attempt = _begin(plan, gift, way, ordinal=ordinal, return_url=return_url, at=at)
        Gift.objects.filter(pk=gift.pk).update(status=GiftStatus.PENDING)
        gift.status = GiftStatus.PENDING
    pay(gift, attempt, order_of(gift, attempt))
    return standing(gift_id)


def may_give_next(plan: Plan) -> bool:
    """Whether the next gift can be given now. A debit can't: on its day it would go out without its notice."""
    open_ones = Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING])
    return (
        plan.state == PlanState.ACTIVE
        and plan.next_on is not None
        and timing.notice_of(plan.method) is None
        and not open_ones.exists()
    )


def give_next(plan_id: uuid.UUID, way: Way, *, return_url: str) -> tuple[Gift, Attempt]:
    """Begin the plan's next gift now. If nothing comes of it, the gift is charged on its day as it would have been.

    Raises `NotPayable`.
    """
    at = now()
    with transaction.atomic():
        plan = lock(plan_id)
        if not may_give_next(plan) or plan.next_on is None:
            raise NotPayable
        on, number, timezone = plan.next_on, plan.next_number, plan.charity.timezone
        gift = gift_of(plan, on, plan.contact, at=at)
        due_at = schedule.charged_at(on, timezone)
        period = Period(
            id=uuid.uuid5(plan.pk, f"period {on}"), plan=plan, on=on, number=number, state=PeriodState.CHARGING,
            gift_id=gift.pk, tries=0, charged_at=due_at, wake_at=due_at, created_at=at, updated_at=at,
        )  # fmt: skip
        insert(period)
        columns = timing.next_columns(plan, number + 1, timezone=timezone)
        note(plan, by=DONOR, at=at, detail={"what": "earlier", "on": on.isoformat()}, **columns)
        attempt = _begin(plan, gift, way, ordinal=1, return_url=return_url, at=at)
    pay(gift, attempt, order_of(gift, attempt))
    return standing(gift.pk)


def _begin(plan: Plan, gift: Gift, way: Way, *, ordinal: int, return_url: str, at: datetime) -> Attempt:
    return progress.begin(
        # As the worker makes it: of the two, one alone can begin this try.
        attempt_id=uuid.uuid5(plan.pk, f"{gift.period_on}:{ordinal}"),
        gift_id=gift.pk,
        ordinal=ordinal,
        charity_id=gift.charity_id,
        gateway=way.gateway,
        account=gateways.gateway(way.gateway).account,
        method=way.method,
        amount_minor=gift.total_minor,
        currency=gift.currency,
        income_code=f"income:{gift.fund.code}",
        ledger_tag=f"form:{gift.form_id}" if gift.form_id else "",
        order={"description": plan.reference, "return_url": return_url, "save_method": "1"},
        at=at,
    )
