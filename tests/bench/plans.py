"""Many regular gifts, as they stand after some years: most active, some paused, failing, ended."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm
from almoner.kernel.references import new_reference
from almoner.plans import schedule
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.supporters.models import Contact
from tests.bench.gifts import make_contacts

_STATES: Final = ("active",) * 14 + ("paused", "gave_up", "retrying", "completed", "cancelled", "cancelled")
_METHODS: Final = ("sandbox_card", "sandbox_card", "sandbox_debit")
_AT_ONCE: Final = 2000


def make_plans(
    charity: Charity, fund: Fund, form: DonationForm, *, count: int, until: datetime, days: int = 1500
) -> None:
    """Add `count` plans begun in the last `days` days, by a seeded dice: the same rows' shape each time."""
    dice = random.Random(4841)
    moments = sorted(until - timedelta(seconds=dice.random() * days * 86_400) for _ in range(count))
    for start in range(0, count, _AT_ONCE):
        chunk = moments[start : start + _AT_ONCE]
        contacts = make_contacts(charity, dice, chunk)
        plans = [
            _plan(charity, fund, form, contact, dice, at, until)
            for contact, at in zip(contacts, chunk, strict=True)
        ]
        Plan.objects.bulk_create(plans)
        PlanEvent.objects.bulk_create(_events(plans, until))
        Period.objects.bulk_create(_periods(plans, dice))


def _plan(
    charity: Charity,
    fund: Fund,
    form: DonationForm,
    contact: Contact,
    dice: random.Random,
    at: datetime,
    until: datetime,
) -> Plan:
    state, method = dice.choice(_STATES), dice.choice(_METHODS)
    anchor = schedule.local_date(at, charity.timezone)
    number = schedule.number_from(anchor, 1, schedule.local_date(until, charity.timezone) + timedelta(days=1))
    columns: dict[str, Any] = {"state": state}
    if state in ("active", "retrying"):
        next_on = schedule.occurrence(anchor, 1, number)
        columns |= {"next_on": next_on, "next_at": schedule.charged_at(next_on, charity.timezone)}
    if state in ("gave_up", "retrying"):
        columns |= {"decline_code": "generic", "state": "paused" if state == "gave_up" else state}
    return Plan(
        id=uuid.UUID(int=dice.getrandbits(128), version=4), charity=charity, fund=fund, contact=contact,
        reference=new_reference(), form_id=form.pk, amount_minor=dice.choice((1000, 1500, 2500, 5000)),
        currency=charity.currency, every=1, anchor=anchor, next_number=number, given_count=max(1, number),
        gateway="sandbox", method=method, saved_method="token", created_at=at, updated_at=at, **columns,
    )  # fmt: skip


def _periods(plans: Sequence[Plan], dice: random.Random) -> list[Period]:
    """The last three of each, paid."""
    return [
        Period(
            plan=plan, on=schedule.occurrence(plan.anchor, 1, number), number=number, state="paid", tries=1,
            gift_id=uuid.UUID(int=dice.getrandbits(128), version=4), created_at=plan.created_at,
            updated_at=plan.created_at,
        )
        for plan in plans
        for number in range(max(0, plan.next_number - 3), plan.next_number)
    ]  # fmt: skip


def _events(plans: Sequence[Plan], until: datetime) -> list[PlanEvent]:
    """How each began, and for those that fail the decline that did it."""
    events = []
    for plan in plans:
        events.append(
            PlanEvent(
                plan=plan,
                name="started",
                from_state="starting",
                to_state="active",
                at=plan.created_at,
                by="gateway",
            )
        )
        if plan.decline_code:
            detail = {"on": f"{until - timedelta(days=3):%Y-%m-%d}", "code": "generic", "final": False}
            events.append(
                PlanEvent(
                    plan=plan, name="declined", from_state="active", to_state="retrying", at=until, by="gateway",
                    detail=detail,
                )
            )  # fmt: skip
    return events
