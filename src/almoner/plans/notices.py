"""Notices before debits: no debit goes out until its notice was sent, and the promised days have passed."""

import uuid
from datetime import date, datetime

from django.db import transaction

from almoner.plans import schedule, timing
from almoner.plans.hooks import News, hooks
from almoner.plans.models import Period, Plan
from almoner.plans.progress import lock, move_period, tell, write_period
from almoner.plans.transitions import PeriodState


def note_sent(period_id: uuid.UUID, *, at: datetime) -> bool:
    """The notice of a period's debit is out: from now on the days count. False when it was noted before, or the period
    is no longer to be charged, or the mail came too late for the day that it names: another day is announced then."""
    plan_id = Period.objects.values_list("plan_id", flat=True).get(pk=period_id)
    with transaction.atomic():
        plan = lock(plan_id)
        period = Period.objects.get(pk=period_id)
        if period.state != PeriodState.DUE or period.notice_sent_at is not None:
            return False
        sent_at, timezone = max(at, hooks.clock(plan.gateway)), plan.charity.timezone
        ahead = timing.lead_of(plan.method)
        if ahead is None:
            wake_at = timing.debited_at(plan.method, period.on, sent_at, timezone=timezone)
        else:
            told_on = schedule.local_date(sent_at, timezone)
            if period.debit_on is None or (
                timing.debit_day(ahead, period.debit_on, told_on=told_on) > period.debit_on
            ):
                announce(plan, period, at=at)
                return False
            wake_at = timing.asked_at(ahead, period.debit_on, timezone=timezone)
        write_period(period, at=at, notice_sent_at=sent_at, wake_at=wake_at)
    return True


def announce(plan: Plan, period: Period, *, at: datetime) -> None:
    """Ask for the notice of a period's debit, again where its day or amount is another than was told. `plan` is locked;
    nothing is under way."""
    changes = {"debit_on": debit_day_of(plan, period.on), "notice_sent_at": None, "wake_at": None}
    if period.state == PeriodState.CHARGING:
        move_period(period, "announced", at=at, tries=max(0, period.tries - 1), **changes)
    else:
        write_period(period, at=at, **changes)
    tell(plan, News.NOTICE, at=at, period=period)


def announce_anew(plan: Plan, *, at: datetime) -> None:
    """The plan's method is another now, and what was announced waits for its day: it is announced as that method needs
    it, or charged on the day that was told. `plan` is locked."""
    for period in Period.objects.filter(plan=plan, state=PeriodState.DUE):
        if timing.notice_of(plan.method) is not None:
            announce(plan, period, at=at)
        else:
            told_on = period.debit_on or period.on
            write_period(period, at=at, wake_at=schedule.charged_at(told_on, plan.charity.timezone))


def debit_day_of(plan: Plan, on: date) -> date | None:
    """The day that a notice of today's can name; None where a debit is asked for on its day."""
    ahead = timing.lead_of(plan.method)
    if ahead is None:
        return None
    return timing.debit_day(ahead, on, told_on=timing.today_of(plan, plan.charity.timezone))


def keep_day(plan: Plan, period: Period, charge_on: date | None, *, at: datetime) -> None:
    """The gateway has said on which day it debits: one that differs from what was told is told at once."""
    if charge_on is None or period.debit_on is None or period.debit_on == charge_on:
        return
    write_period(period, at=at, debit_on=charge_on)
    tell(plan, News.DEBIT_MOVED, at=at, period=period, gift_id=period.gift_id)
