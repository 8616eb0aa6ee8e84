"""A plan begins with an ordinary gift, whose payment saves its method. Inside the transactions that move that gift."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from almoner.charities.models import Charity
from almoner.charities.rows import insert
from almoner.kernel.references import new_reference
from almoner.payments.gateways.port import SavedMethod
from almoner.plans import schedule, timing
from almoner.plans.hooks import News, hooks
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.plans.progress import WORKER, Actor, lock, move, move_period, tell
from almoner.plans.transitions import PeriodState, PlanState
from almoner.supporters.models import Contact
from almoner.supporters.people import copy_contact

# Why a plan was cancelled whose first gift nobody paid: it begins all the same if that is proven paid later.
ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a donor promises with a first gift. Amounts in minor units; `every` in months; `day` None: its own day."""

    plan_id: uuid.UUID
    first_gift_id: uuid.UUID
    charity_id: int
    fund_id: int
    form_id: int | None
    amount_minor: int
    cover_minor: int
    currency: str
    every: int
    gateway: str
    account: str
    method: str
    language: str
    day: int | None = None
    ends_on: date | None = None
    ends_after: int | None = None
    source: Mapping[str, str] = field(default_factory=dict)


def begin(promise: Promise, contact: Contact, *, at: datetime) -> Period:
    """Save the plan, with the period that its first gift pays; nothing falls due before that is paid."""
    timezone = Charity.objects.values_list("timezone", flat=True).get(pk=promise.charity_id)
    today = schedule.local_date(hooks.clock(promise.gateway), timezone)
    anchor, number = schedule.first_of_plan(today, every=promise.every, day=promise.day)
    plan = Plan(
        id=promise.plan_id,
        charity_id=promise.charity_id,
        fund_id=promise.fund_id,
        contact=copy_contact(contact, at=at),
        reference=new_reference(),
        form_id=promise.form_id,
        first_gift_id=promise.first_gift_id,
        source=dict(promise.source),
        language=promise.language,
        amount_minor=promise.amount_minor,
        cover_minor=promise.cover_minor,
        currency=promise.currency,
        every=promise.every,
        anchor=anchor,
        next_number=number,
        ends_on=promise.ends_on,
        ends_after=promise.ends_after,
        gateway=promise.gateway,
        account=promise.account,
        method=promise.method,
        created_at=at,
        updated_at=at,
    )
    period = Period(
        plan=plan,
        on=today,
        number=number - 1,
        state=PeriodState.CHARGING,
        gift_id=promise.first_gift_id,
        tries=1,
        charged_at=at,
        created_at=at,
        updated_at=at,
    )
    insert(plan, period)
    return period


def start(
    plan: Plan,
    saved: SavedMethod | None,
    *,
    gateway: str,
    account: str,
    method: str,
    by: Actor,
    at: datetime,
) -> PlanEvent:
    """The first gift is paid (or its debit is under way): what paid it is kept, and the next date set.

    `plan` is locked. Without a saved method the plan is active all the same: its next gift then asks the donor.
    """
    timezone = plan.charity.timezone
    plan.method = method
    plan.anchor, number = _dates_from(plan, timing.today_of(plan, timezone))
    columns = timing.next_columns(plan, number, timezone=timezone) | {"anchor": plan.anchor}
    event = move(
        plan,
        "started",
        by=by,
        at=at,
        gateway=gateway,
        account=account,
        method=method,
        cancelled_at=None,
        cancel_reason="",
        **kept(saved),
        **columns,
    )
    tell(plan, News.STARTED, at=at, event=event, gift_id=plan.first_gift_id)
    return event


def _dates_from(plan: Plan, today: date) -> tuple[date, int]:
    """Anchor and number of the second gift, from the day on which the first is paid: that may be weeks after it was
    promised on the phone, and the second would come on its heels."""
    promised_on = Period.objects.values_list("on", flat=True).get(gift_id=plan.first_gift_id)
    if today <= promised_on:
        return plan.anchor, plan.next_number
    chosen = plan.anchor.day if plan.anchor != promised_on else None
    return schedule.first_of_plan(today, every=plan.every, day=chosen)


def kept(saved: SavedMethod | None) -> dict[str, Any]:
    """A saved method as a plan's columns."""
    if saved is None:
        return {"method_usable": False}
    return {
        "saved_method": saved.token,
        "method_label": saved.label[:80],
        "method_expires": saved.expires,
        "method_usable": saved.usable,
    }


def may_start(plan: Plan) -> bool:
    abandoned = plan.state == PlanState.CANCELLED and plan.cancel_reason == ABANDONED
    return plan.state == PlanState.STARTING or abandoned


def abandon(plan_id: uuid.UUID, *, at: datetime) -> None:
    """Its first gift was not paid, and nobody tries any more. The caller knows that nothing is under way."""
    plan = lock(plan_id)
    if plan.state != PlanState.STARTING:
        return
    move(plan, "abandoned", by=WORKER, at=at, cancelled_at=at, cancel_reason=ABANDONED, **timing.NOTHING_NEXT)
    for period in Period.objects.filter(plan=plan, state=PeriodState.CHARGING):
        move_period(period, "failed", at=at, wake_at=None)
