"""Move plans and their periods along the tables of states, with their events, inside the caller's transaction.

A plan's row is locked first, by everybody: what is decided of it is decided by one at a time. Nothing here speaks to a
gateway.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.charities.rows import insert, update
from almoner.charities.sealed import columns
from almoner.plans.hooks import News, PlanNews, hooks
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.plans.transitions import next_period_state, next_plan_state


class Moved(Exception):
    """Somebody else moved it first. Read it again."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `staff` is the member of staff: what they do stands in the audit log too."""

    by: str
    staff: audit.Actor | None = None

    @classmethod
    def of_staff(cls, user: audit.Actor) -> "Actor":
        return cls(PlanEvent.By.STAFF, user)


DONOR = Actor(PlanEvent.By.DONOR)
WORKER = Actor(PlanEvent.By.WORKER)
GATEWAY = Actor(PlanEvent.By.GATEWAY)


def lock(plan_id: uuid.UUID) -> Plan:
    """The plan, for the caller's transaction alone. Raises `Plan.DoesNotExist`."""
    return Plan.objects.select_for_update().get(pk=plan_id)


def move(
    plan: Plan,
    event: str,
    *,
    by: Actor,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> PlanEvent:
    """Apply an event of the table. `changes` are further columns. Raises `IllegalPlanMove` or `Moved`."""
    before = plan.state
    after = next_plan_state(before, event)
    write(plan, at=at, state=after, **changes)
    return _event(plan, event, before, by=by, at=at, detail=detail)


def note(
    plan: Plan, *, by: Actor, at: datetime, detail: Mapping[str, Any], name: str = "changed", **changes: Any
) -> PlanEvent:
    """Write down what moves no state: a changed amount, a skipped period."""
    write(plan, at=at, **changes)
    return _event(plan, name, plan.state, by=by, at=at, detail=detail)


def write(plan: Plan, *, at: datetime, **changes: Any) -> None:
    """Columns of a plan that is locked; its state must still be the one that it was read with."""
    changes["updated_at"] = at
    if not update(Plan, columns(plan, changes), id=plan.pk, state=plan.state):
        raise Moved(str(plan.pk))
    for name, value in changes.items():
        setattr(plan, name, value)


def move_period(period: Period, event: str, *, at: datetime, **changes: Any) -> None:
    """Apply an event of the periods' table. Raises `IllegalPlanMove` or `Moved`."""
    write_period(period, at=at, state=next_period_state(period.state, event), **changes)


def write_period(period: Period, *, at: datetime, **changes: Any) -> None:
    changes["updated_at"] = at
    if not update(Period, changes, id=period.pk, state=period.state):
        raise Moved(str(period.pk))
    for name, value in changes.items():
        setattr(period, name, value)


def tell(
    plan: Plan,
    name: News,
    *,
    at: datetime,
    event: PlanEvent | None = None,
    period: Period | None = None,
    gift_id: uuid.UUID | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Let the rooms above know, in the same transaction. `more` is told besides the event's detail."""
    detail = {**(event.detail if event is not None else {}), **(more or {})}
    event_id = event.pk if event is not None else None
    hooks.on_plan(PlanNews(plan, name, at, event_id=event_id, period=period, gift_id=gift_id, detail=detail))


def _event(
    plan: Plan, name: str, before: str, *, by: Actor, at: datetime, detail: Mapping[str, Any] | None
) -> PlanEvent:
    event = PlanEvent(
        plan_id=plan.pk,
        name=name,
        from_state=before,
        to_state=plan.state,
        at=at,
        by=by.by,
        actor_id=by.staff.pk if by.staff is not None else None,
        detail=dict(detail or {}),
    )
    insert(event)
    if by.staff is not None:
        _log(plan, event, by.staff)
    return event


def _log(plan: Plan, event: PlanEvent, staff: audit.Actor) -> None:
    what = str(event.detail.get("what", ""))
    audit.record(
        actor=staff,
        charity=Charity.objects.get(pk=plan.charity_id),
        action=f"{event.name} plan: {what}" if event.name == "changed" and what else f"{event.name} plan",
        object_type="plan",
        object_id=plan.pk,
        detail=event.detail,
    )
