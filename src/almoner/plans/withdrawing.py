"""A debit is asked for some days ahead. Until the banks have it, it can be stopped: when its plan is cancelled or
paused, when it is skipped, or its amount changes. Asked for in the transaction that decides so, done outside any, and
only then told as done; or told as too late."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import transaction

from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.outbox.queue import Retry, enqueue
from almoner.payments import gateways
from almoner.payments.gateways.port import GatewayError
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES
from almoner.plans import timing
from almoner.plans.hooks import News, hooks
from almoner.plans.models import Period, Plan, PlanEvent, Withdrawal
from almoner.plans.progress import GATEWAY, lock, move_period, note, tell, write_period
from almoner.plans.transitions import PeriodState, PlanState

JOB: Final = "plans.withdraw"
# News that say where the plan stands: told only while it stands there.
_OF_STATE: Final = {News.PAUSED: PlanState.PAUSED}


def stoppable(period: Period) -> Attempt | None:
    """The debit of a period that was asked for ahead and may not be at the banks yet. A donor who was there asked for
    theirs themselves: it isn't one."""
    if period.state != PeriodState.CHARGING or period.gift_id is None:
        return None
    attempt = Attempt.objects.filter(gift_id=period.gift_id, state__in=OPEN_STATES).first()
    if attempt is None or not (attempt.order or {}).get("charge_on"):
        return None
    return attempt if timing.lead_of(attempt.method) is not None else None


def ask(
    plan: Plan, period: Period, attempt: Attempt, event: PlanEvent, news: str, *, at: datetime
) -> Withdrawal:
    """Ask for a debit to be stopped, inside the transaction that no longer wants it. `news` is told once it is."""
    row = Withdrawal.objects.create(
        plan=plan, period=period, attempt_id=attempt.pk, news=news, event=event, asked_at=at
    )
    enqueue(JOB, f"withdraw:{row.pk}", {"withdrawal": row.pk})
    return row


def let_go(plan: Plan, event: PlanEvent, news: str, *, at: datetime) -> list[Withdrawal]:
    """Nothing of a plan is charged any more, nor tried again. A charge that is under way ends as it ends; a debit that
    may not be at the banks yet is to be stopped, and `news` told then. Returns those; `plan` is locked."""
    stopping: list[Withdrawal] = []
    for period in Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING]):
        if period.gift_id is None or not _under_way(plan, period.gift_id):
            move_period(period, "skipped", at=at, wake_at=None)
            continue
        write_period(period, at=at, wake_at=None)
        debit = stoppable(period)
        if debit is not None:
            # One mail tells it, though two debits may be stopped.
            stopping.append(ask(plan, period, debit, event, "" if stopping else news, at=at))
    return stopping


def _under_way(plan: Plan, gift_id: uuid.UUID) -> bool:
    """The first gift is the donor's own affair for as long as it isn't paid, whatever becomes of the plan."""
    return (
        gift_id == plan.first_gift_id
        or Attempt.objects.filter(gift_id=gift_id, state__in=OPEN_STATES).exists()
    )


def asked_of(attempt_id: uuid.UUID) -> str | None:
    """Why a debit is being stopped: "changed" to be announced anew, any other to be left out; None when it isn't."""
    asked = set(
        Withdrawal.objects.filter(attempt_id=attempt_id, done_at__isnull=True).values_list("news", flat=True)
    )
    return next(iter(asked - {News.CHANGED} or asked), None)


class Standing(StrEnum):
    """What becomes of a debit that is asked for: taken on its day, being stopped, or taken though it was to be."""

    WANTED = "wanted"
    ASKED = "asked"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Debit:
    """A debit that is at its gateway, and not yet known to be paid. `on` is its day; the amount is in minor units."""

    on: date
    amount_minor: int
    standing: Standing


def debit_of(plan: Plan) -> Debit | None:
    """A plan's next debit, if it is asked for already."""
    for period in Period.objects.filter(plan=plan, state=PeriodState.CHARGING).order_by("on"):
        attempt = stoppable(period)
        if attempt is not None and period.debit_on is not None:
            return Debit(period.debit_on, attempt.amount_minor, _standing(attempt.pk))
    return None


def _standing(attempt_id: uuid.UUID) -> Standing:
    rows = Withdrawal.objects.filter(attempt_id=attempt_id)
    if rows.filter(done_at__isnull=True).exists():
        return Standing.ASKED
    return Standing.TOO_LATE if rows.filter(stopped=False).exists() else Standing.WANTED


def withdraw_now(rows: Iterable[Withdrawal]) -> None:
    """Try at once, so that a donor who waits hears of it; what can't be done now the worker does later."""
    for row in rows:
        try:
            withdraw(row)
        except (GatewayError, gateways.GatewayUnknown):
            return


def deliver(payload: Mapping[str, Any]) -> None:
    """The worker's part."""
    row = Withdrawal.objects.get(pk=payload["withdrawal"])
    if row.done_at is not None:
        return
    try:
        done = withdraw(row)
    except (GatewayError, gateways.GatewayUnknown) as fault:
        raise Retry(f"the debit could not be stopped: {type(fault).__name__}") from fault
    if not done:
        raise Retry("it is not known yet whether the debit was asked for")


def withdraw(row: Withdrawal) -> bool:
    """Make it so at the gateway, and tell; False while the gateway can't know yet. Raises `GatewayError`. Harmless to
    repeat."""
    stopped = hooks.stop(row.attempt_id)
    if stopped is None:
        return False
    with transaction.atomic():
        plan, at = lock(row.plan_id), now()
        won = Withdrawal.objects.filter(pk=row.pk, done_at__isnull=True).update(done_at=at, stopped=stopped)
        if won:
            _tell(plan, row, stopped, at=at)
        crash_point("withdraw.before-commit")
    crash_point("withdraw.after-commit")
    return True


def _tell(plan: Plan, row: Withdrawal, stopped: bool, *, at: datetime) -> None:
    """One mail says all: what was changed, and whether the debit is still taken."""
    period, news = row.period, News(row.news) if row.news else None
    stands = news is not None and _OF_STATE.get(news, plan.state) == plan.state
    if stopped:
        if news is not None and stands:
            tell(plan, news, at=at, event=row.event, period=period)
        return
    attempt = Attempt.objects.get(pk=row.attempt_id)
    on = (period.debit_on or period.on).isoformat()
    taken = {"still_on": on, "still_minor": attempt.amount_minor}
    event = note(
        plan, name="still_taken", by=GATEWAY, at=at,
        detail={"on": period.on.isoformat(), "still_minor": attempt.amount_minor},
    )  # fmt: skip
    if news is not None and news != News.SKIPPED and stands:
        tell(plan, news, at=at, event=row.event, period=period, more=taken)
    else:
        tell(plan, News.STILL_TAKEN, at=at, event=event, period=period, more=taken | {"what": row.news})
