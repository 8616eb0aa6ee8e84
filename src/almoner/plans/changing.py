"""What donors, staff, workers and gateways change of a plan: each locked, checked again, and harmless to repeat.

A charge that is under way ends as it ends, and none goes out after it; a debit that was asked for ahead is stopped at
its gateway while it can be (`withdrawing`).
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways
from almoner.payments.gateways.port import Decline, SavedMethod
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES
from almoner.plans import schedule, timing, withdrawing
from almoner.plans.beginning import kept
from almoner.plans.forgetting import forget_now, put_away
from almoner.plans.hooks import News, hooks
from almoner.plans.models import Every, OldMethod, Period, Plan, PlanEvent, Withdrawal
from almoner.plans.notices import announce, announce_anew
from almoner.plans.outcomes import complete_if_done, go_on
from almoner.plans.progress import WORKER, Actor, lock, move, move_period, note, tell, write_period
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PeriodState, PlanState
from almoner.supporters.people import Details, correct


class NotChangeable(Exception):
    """Refused, and nothing was changed. `code` picks the words: ended, starting, past, no_next, no_method, amount."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def pause(plan_id: uuid.UUID, *, by: Actor, until: date | None = None) -> Plan:
    """Charge nothing until `until` (a local date), or until somebody resumes it."""
    stopping: list[Withdrawal] = []
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        if plan.state == PlanState.STARTING:
            raise NotChangeable("starting")
        if until is not None and until <= timing.today_of(plan, plan.charity.timezone):
            raise NotChangeable("past")
        detail = {"what": "pause", "until": until.isoformat() if until else ""}
        if plan.state == PlanState.PAUSED:
            if plan.resume_on == until:
                return plan
            event = note(plan, by=by, at=at, detail=detail, resume_on=until)
        else:
            event = move(
                plan, "paused", by=by, at=at, detail=detail, resume_on=until, retry_at=None, declines=0,
                decline_code="", **timing.NOTHING_NEXT,
            )  # fmt: skip
            stopping = withdrawing.let_go(plan, event, News.PAUSED, at=at)
        if not stopping:
            tell(plan, News.PAUSED, at=at, event=event)
        crash_point("plan.before-change")
    crash_point("plan.after-change")
    withdrawing.withdraw_now(stopping)
    return plan


def resume(plan_id: uuid.UUID, *, by: Actor, if_due: bool = False) -> Plan:
    """Go on with the first date that is still to come. One that is charged already is left alone. `if_due`: only if its
    pause is over by itself."""
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        if plan.state != PlanState.PAUSED or (if_due and not _pause_is_over(plan)):
            return plan
        if not (plan.has_method and plan.method_usable):
            raise NotChangeable("no_method")
        event = move(
            plan, "resumed", by=by, at=at, resume_on=None, retry_at=None, declines=0, decline_code="",
            **_upcoming(plan),
        )  # fmt: skip
        tell(plan, News.RESUMED, at=at, event=event)
        complete_if_done(plan, at=at)
    return plan


def skip(plan_id: uuid.UUID, *, by: Actor, on: date) -> Plan:
    """Leave out the gift of `on`, the next one; asking again for the same date skips no other."""
    stopping: list[Withdrawal] = []
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        period = Period.objects.filter(plan=plan, on=on).first()
        if period is not None and period.state == PeriodState.SKIPPED:
            return plan
        debit = withdrawing.stoppable(period) if period is not None else None
        if debit is not None and _asked_to_skip(debit.pk):
            return plan
        if period is not None and debit is None and not (period.state == PeriodState.DUE or _put_off(period)):
            raise NotChangeable("past")
        changes: dict[str, Any] = {}
        if period is None:
            if plan.next_on != on:
                raise NotChangeable("no_next")
            period = _skipped(plan, on, at=at)
            changes = timing.next_columns(plan, plan.next_number + 1, timezone=plan.charity.timezone)
        elif debit is None:
            move_period(period, "skipped", at=at, wake_at=None)
        event = note(
            plan, by=by, at=at, name="skipped", detail={"what": "skip", "on": on.isoformat()}, **changes
        )
        if debit is not None:
            stopping = [withdrawing.ask(plan, period, debit, event, News.SKIPPED, at=at)]
        else:
            tell(plan, News.SKIPPED, at=at, event=event, period=period)
            complete_if_done(plan, at=at)
    withdrawing.withdraw_now(stopping)
    return plan


def skippable_on(plan: Plan) -> date | None:
    """The date of the next gift that can be left out: one that was announced, or may still be stopped, stands before
    the plan's next."""
    periods = Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING]).order_by(
        "on"
    )
    for period in periods:
        asked = withdrawing.stoppable(period)
        stops = asked is not None and not _decided(asked.pk)
        if stops or period.state == PeriodState.DUE or _put_off(period):
            return period.on
    return plan.next_on


def _put_off(period: Period) -> bool:
    """Its donor meant to give it early, and didn't: it is charged on its day, as any other."""
    waits = period.state == PeriodState.CHARGING and period.tries == 0 and period.wake_at is not None
    if not waits or period.gift_id is None:
        return False
    return not Attempt.objects.filter(gift_id=period.gift_id, state__in=OPEN_STATES).exists()


def _asked_to_skip(attempt_id: uuid.UUID) -> bool:
    return Withdrawal.objects.filter(attempt_id=attempt_id, news=News.SKIPPED).exists()


def _decided(attempt_id: uuid.UUID) -> bool:
    """It was asked whether the debit can be stopped, or is being asked."""
    return Withdrawal.objects.filter(attempt_id=attempt_id).exists()


def cancel(plan_id: uuid.UUID, *, by: Actor, reason: str = "") -> Plan:
    """End it for good. The saved method is forgotten at the gateway, and only then the donor told that it is done."""
    with transaction.atomic():
        plan, at = lock(plan_id), now()
        if plan.state not in LIVING_STATES:
            if plan.state == PlanState.CANCELLED:
                return plan
            raise NotChangeable("ended")
        old_method = (plan.gateway, plan.account, plan.saved_method)
        event = move(
            plan, "cancelled", by=by, at=at, detail={"reason": reason[:40]}, cancelled_at=at,
            cancel_reason=reason[:40], resume_on=None, retry_at=None, **timing.NOTHING_NEXT,
        )  # fmt: skip
        stopping = withdrawing.let_go(plan, event, "", at=at)
        old = put_away(plan, old_method, News.CANCELLED, event, at=at)
        crash_point("plan.before-cancel")
    crash_point("plan.after-cancel")
    withdrawing.withdraw_now(stopping)
    forget_now(old)
    return plan


def change_amount(plan_id: uuid.UUID, *, by: Actor, amount_minor: int, cover_minor: int = 0) -> Plan:
    """From the next gift on, in the plan's currency. A debit that was announced is announced anew, and one that was
    asked for stopped first."""
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        if amount_minor <= 0 or cover_minor < 0:
            raise NotChangeable("amount")
        if (plan.amount_minor, plan.cover_minor) == (amount_minor, cover_minor):
            return plan
        detail = {
            "what": "amount", "from_minor": plan.total_minor, "to_minor": amount_minor + cover_minor,
            "currency": plan.currency,
        }  # fmt: skip
        event = note(plan, by=by, at=at, detail=detail, amount_minor=amount_minor, cover_minor=cover_minor)
        stopping = _stop_debits(plan, event, at=at)
        if not stopping:
            tell(plan, News.CHANGED, at=at, event=event)
        for period in Period.objects.filter(plan=plan, state=PeriodState.DUE):
            announce(plan, period, at=at)
    withdrawing.withdraw_now(stopping)
    return plan


def cover_for(plan: Plan, amount_minor: int) -> int:
    """What covers the cost of another amount: in proportion, and of a size that the plan's method takes."""
    step_minor = gateways.step_minor(plan.method, plan.currency)
    return round(plan.cover_minor * amount_minor / plan.amount_minor / step_minor) * step_minor


def change_day(plan_id: uuid.UUID, *, by: Actor, day: int) -> Plan:
    """Later gifts fall on this day of the month (or its last one). A gift that is being charged stays where it is."""
    if not 1 <= day <= 31:
        raise NotChangeable("past")
    return _rescheduled(plan_id, by=by, what="day", day=day, every=None)


def change_every(plan_id: uuid.UUID, *, by: Actor, every: int) -> Plan:
    """Another rhythm, from the next gift on: that one stays on its date."""
    if every not in Every.values:
        raise NotChangeable("past")
    return _rescheduled(plan_id, by=by, what="every", day=None, every=every)


def change_end(
    plan_id: uuid.UUID, *, by: Actor, ends_on: date | None = None, ends_after: int | None = None
) -> Plan:
    """The last day, or how many gifts in all, the first included; neither: until it is stopped."""
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        if (plan.ends_on, plan.ends_after) == (ends_on, ends_after):
            return plan
        today = timing.today_of(plan, plan.charity.timezone)
        if (ends_on is not None and ends_on < today) or (ends_after is not None and ends_after < 1):
            raise NotChangeable("past")
        plan.ends_on, plan.ends_after = ends_on, ends_after
        detail = {"what": "end", "on": ends_on.isoformat() if ends_on else "", "after": ends_after or 0}
        columns = _upcoming(plan) if plan.state in CHARGEABLE_STATES else {}
        event = note(plan, by=by, at=at, detail=detail, ends_on=ends_on, ends_after=ends_after, **columns)
        tell(plan, News.CHANGED, at=at, event=event)
        complete_if_done(plan, at=at)
    return plan


def change_contact(plan_id: uuid.UUID, *, by: Actor, details: Details) -> Plan:
    """Name, address, email: of the gifts to come. Those that were given keep what was true on their day."""
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        fields = correct(plan.contact, details, at=at)
        if fields:
            event = note(plan, by=by, at=at, detail={"what": "contact", "fields": fields})
            tell(plan, News.CHANGED, at=at, event=event)
    return plan


def change_method(
    plan_id: uuid.UUID,
    *,
    by: Actor,
    gateway: str,
    account: str,
    method: str,
    saved: SavedMethod,
    taking: Callable[[], bool] = lambda: True,
) -> Plan:
    """Later gifts are charged to another saved method, and one that was declined is tried with it soon. The old one is
    forgotten at its gateway, and only then the donor told.

    `taking` is asked while the plan is locked, and may write; False: somebody else has done this, and nothing changes.
    """
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        if plan.state == PlanState.STARTING:
            raise NotChangeable("starting")
        if not taking():
            return plan
        if (plan.gateway, plan.saved_method, plan.method_usable) == (gateway, saved.token, saved.usable):
            return plan
        old_method = (plan.gateway, plan.account, plan.saved_method)
        before, plan.method = plan.method, method
        event = note(
            plan, by=by, at=at, detail={"what": "method", "to": method}, gateway=gateway, account=account,
            method=method, **kept(saved), **timing.remade_columns(plan),
        )  # fmt: skip
        if before != method:
            announce_anew(plan, at=at)
        if old_method[2] == saved.token:
            old: OldMethod | None = None
            tell(plan, News.METHOD_CHANGED, at=at, event=event)
        else:
            old = put_away(plan, old_method, News.METHOD_CHANGED, event, at=at)
        try_again_soon(plan, at=at, by_person=True)
        crash_point("plan.before-method")
    crash_point("plan.after-method")
    forget_now(old)
    return plan


def try_again_soon(plan: Plan, *, at: datetime, by_person: bool = False) -> None:
    """The method is good (again): what was declined is tried with it, and a plan that was given up goes on; but no bank
    sets one going whose gift the donor's bank took back.

    `plan` is locked. `by_person`: somebody chose the method.
    """
    if not (plan.has_method and plan.method_usable):
        return
    if plan.state == PlanState.PAUSED and plan.decline_code:
        if plan.decline_code != Decline.DISPUTED or by_person:
            go_on(plan, at=at)
        return
    if plan.state != PlanState.RETRYING:
        return
    soon = hooks.clock(plan.gateway)
    for period in Period.objects.filter(plan=plan, state=PeriodState.CHARGING, wake_at__isnull=False):
        write_period(period, at=at, wake_at=soon)
        note(plan, by=WORKER, at=at, detail={"what": "retry"}, retry_at=soon)


def resume_due(limit: int = 100) -> int:
    """Plans whose pause is over by itself; returns how many went on. One with nothing to charge waits for its donor,
    and stands in no other's way."""
    gone_on = 0
    paused = Plan.objects.filter(state=PlanState.PAUSED, resume_on__isnull=False, method_usable=True)
    paused = paused.exclude(saved_method="").select_related("charity")
    for plan in paused.order_by("resume_on")[:limit]:
        if _pause_is_over(plan):
            # Whoever pauses it for longer meanwhile is heard: it is looked at again once it is locked.
            with suppress(NotChangeable):
                gone_on += resume(plan.pk, by=WORKER, if_due=True).state != PlanState.PAUSED
    return gone_on


def _pause_is_over(plan: Plan) -> bool:
    return plan.resume_on is not None and plan.resume_on <= timing.today_of(plan, plan.charity.timezone)


def _living(plan_id: uuid.UUID) -> Plan:
    plan = lock(plan_id)
    if plan.state not in LIVING_STATES:
        raise NotChangeable("ended")
    return plan


def _rescheduled(plan_id: uuid.UUID, *, by: Actor, what: str, day: int | None, every: int | None) -> Plan:
    with transaction.atomic():
        plan, at = _living(plan_id), now()
        timezone, before = plan.charity.timezone, (plan.anchor.day, plan.every)
        wanted = (day or before[0], every or before[1])
        if wanted == before:
            return plan
        today = timing.today_of(plan, timezone)
        due = plan.next_on or schedule.occurrence(plan.anchor, plan.every, _next_number(plan, today))
        plan.every = wanted[1]
        if day is not None:
            newest = (
                Period.objects.filter(plan=plan).exclude(state=PeriodState.SKIPPED).order_by("-on").first()
            )
            anchor, number = schedule.moved_to_day(
                due, every=plan.every, day=day, today=today, given_on=newest.on if newest else None
            )
        else:
            anchor, number = schedule.anchored(due, every=plan.every, day=before[0])
        plan.anchor = anchor
        columns = (
            timing.next_columns(plan, number, timezone=timezone)
            if plan.next_on is not None
            else {"next_number": number}
        )
        detail = {"what": what, "from": before[0 if day else 1], "to": day or every}
        event = note(plan, by=by, at=at, detail=detail, anchor=anchor, every=plan.every, **columns)
        tell(plan, News.CHANGED, at=at, event=event)
        complete_if_done(plan, at=at)
    return plan


def _upcoming(plan: Plan) -> dict[str, Any]:
    """The first date from today on that has no period yet. None before the one that was next already: the anchor knows
    of dates that a chosen day, another rhythm or the source of a plan that moved in had left out."""
    timezone = plan.charity.timezone
    first = timing.today_of(plan, timezone)
    newest = Period.objects.filter(plan=plan).order_by("-on").first()
    if newest is not None:
        first = max(first, newest.on + timedelta(days=1))
    return timing.next_columns(plan, _next_number(plan, first), timezone=timezone)


def _next_number(plan: Plan, first: date) -> int:
    return max(plan.next_number, schedule.number_from(plan.anchor, plan.every, first))


def _skipped(plan: Plan, on: date, *, at: datetime) -> Period:
    return Period.objects.create(
        plan=plan,
        on=on,
        number=plan.next_number,
        state=PeriodState.SKIPPED,
        created_at=at,
        updated_at=at,
    )


def _stop_debits(plan: Plan, event: PlanEvent, *, at: datetime) -> list[Withdrawal]:
    """What is asked for already is to be stopped, and is then announced anew."""
    charging = Period.objects.filter(plan=plan, state=PeriodState.CHARGING)
    debits = [(period, withdrawing.stoppable(period)) for period in charging]
    return [
        withdrawing.ask(plan, period, debit, event, News.CHANGED, at=at)
        for period, debit in debits
        if debit is not None
    ]
