"""What became of a plan's gift, and what that means for the plan: inside the transaction that moves the gift."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from almoner.charities.rows import update
from almoner.kernel.bankdays import bank_day_from, bank_days_after
from almoner.payments.gateways.port import Decline, SavedMethod
from almoner.plans import notices, schedule, timing, withdrawing
from almoner.plans.beginning import kept, may_start, start
from almoner.plans.forgetting import ask_again, leave_over, put_away
from almoner.plans.hooks import News, hooks
from almoner.plans.models import Period, Plan, PlanEvent
from almoner.plans.progress import GATEWAY, WORKER, move, move_period, note, tell, write, write_period
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PeriodState, PlanState

# The days after the first try on which a period that was declined is tried again; after the last the plan is paused.
DUNNING_DAYS: Final = (3, 7, 14)
# No bank declined anything: the charge was never sent, or withdrawn, or our own keys or account are not in order.
_UNSENT: Final = frozenset({"try_later", "refused", "given_up", "abandoned", "other_way", "cancelled"})
# The debit was asked for when its day could no longer be kept.
TOO_LATE: Final = "too_late"
_AGAIN_AFTER: Final = timedelta(hours=1)
_REFUSED_AGAIN_AFTER: Final = timedelta(days=1)
NOTHING_OWED: Final[dict[str, Any]] = {"declines": 0, "retry_at": None, "decline_code": ""}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt at a plan's gift came to. `on_session`: the donor was there, and paid with a method of their
    choice, which `saved` says if it was kept. `final` is of declines: never again with this method."""

    gift_id: uuid.UUID
    gateway: str
    account: str
    method: str
    on_session: bool
    code: str = ""
    decline_code: str = ""
    final: bool = False
    saved: SavedMethod | None = None
    attempt_id: uuid.UUID | None = None
    # The day on which the account is debited, where the gateway says so.
    charge_on: date | None = None


def under_way(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """A debit was accepted: its mandate stands, so the plan begins, and a decline weeks later is tried again."""
    if may_start(plan) and outcome.saved is not None:
        _start(plan, outcome, at=at)
    if not outcome.on_session:
        notices.keep_day(plan, Period.objects.get(gift_id=outcome.gift_id), outcome.charge_on, at=at)


def paid(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """The gift is settled, for the first time or once more after it had come back."""
    if not _mark_paid(outcome.gift_id, at=at):
        return
    plan.given_count += 1
    if may_start(plan):
        _start(plan, outcome, at=at, given_count=plan.given_count)
    elif plan.state == PlanState.RETRYING and not _still_declined(plan):
        event = move(
            plan,
            "recovered",
            by=GATEWAY,
            at=at,
            given_count=plan.given_count,
            **NOTHING_OWED,
            **_next(plan),
        )
        tell(plan, News.RECOVERED, at=at, event=event, gift_id=outcome.gift_id)
    else:
        write(plan, at=at, given_count=plan.given_count)
    if outcome.on_session and outcome.saved is not None and outcome.saved.token != plan.saved_method:
        if plan.state in LIVING_STATES:
            _replace_method(plan, outcome, at=at)
        else:
            # It was cancelled while the donor paid: nobody may charge what that payment saved.
            leave_over(outcome.gateway, outcome.account, outcome.saved.token, occasion=str(outcome.gift_id))
    # A claim that is taken back is no payment of the donor's, and no wish to go on.
    claimed = plan.decline_code == Decline.DISPUTED and outcome.code == "collected"
    if plan.state == PlanState.PAUSED and plan.decline_code and outcome.on_session and not claimed:
        go_on(plan, at=at)
    complete_if_done(plan, at=at)
    if plan.state == PlanState.CANCELLED:
        ask_again(plan, outcome.gift_id)


def declined(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """The attempt failed, or was withdrawn. Of a donor who was there nothing follows: they see it, and try again; but
    what was let go while they were on the gateway's page is left out."""
    period = Period.objects.get(gift_id=outcome.gift_id)
    if period.state != PeriodState.CHARGING:
        return
    if outcome.on_session:
        if period.wake_at is None and outcome.gift_id != plan.first_gift_id:
            _leave_out(plan, period, at=at)
        return
    asked = withdrawing.asked_of(outcome.attempt_id) if outcome.attempt_id is not None else None
    if plan.state not in CHARGEABLE_STATES or asked not in (None, News.CHANGED):
        _leave_out(plan, period, at=at)
        return
    if asked is not None or TOO_LATE in (outcome.decline_code, outcome.code):
        notices.announce(plan, period, at=at)
        return
    if outcome.decline_code in _UNSENT or outcome.code in _UNSENT:
        wait = _REFUSED_AGAIN_AFTER if outcome.decline_code == "refused" else _AGAIN_AFTER
        if _clock(plan) < (period.charged_at or at) + timedelta(days=DUNNING_DAYS[-1]):
            write_period(period, at=at, tries=max(0, period.tries - 1), wake_at=_clock(plan) + wait)
            return
    needs_donor = outcome.final or outcome.decline_code == Decline.AUTHENTICATION
    timezone = plan.charity.timezone
    tried_at = _next_try(plan, period, timezone=timezone, after=_clock(plan), last=needs_donor)
    changes: dict[str, Any] = {
        "declines": plan.declines + 1,
        "decline_code": outcome.decline_code or "generic",
        "retry_at": None if needs_donor else tried_at,
        "method_usable": plan.method_usable and not outcome.final,
    }
    detail = {"on": period.on.isoformat(), "code": changes["decline_code"], "final": outcome.final}
    event = move(plan, "declined", by=GATEWAY, at=at, detail=detail, **changes)
    write_period(period, at=at, **_woken_for(plan, tried_at, waits=needs_donor, timezone=timezone))
    if tried_at is None:
        give_up(plan, period, at=at)
        return
    news = News.AUTHENTICATE if outcome.decline_code == Decline.AUTHENTICATION else News.DECLINED
    tell(plan, news, at=at, event=event, period=period, gift_id=outcome.gift_id)


def _leave_out(plan: Plan, period: Period, *, at: datetime) -> None:
    """Its last attempt came to nothing, and no other follows."""
    move_period(period, "skipped", at=at, wake_at=None)
    complete_if_done(plan, at=at)
    if plan.state == PlanState.CANCELLED and period.gift_id is not None:
        ask_again(plan, period.gift_id)


def ask_donor(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """The bank wants the donor to confirm a charge at which they were not present; it stays open until they did."""
    if not outcome.on_session and plan.state in CHARGEABLE_STATES:
        tell(plan, News.AUTHENTICATE, at=at, gift_id=outcome.gift_id)


def give_up(plan: Plan, period: Period, *, at: datetime) -> None:
    """After the last try, or when nobody did what a hard decline asked for: the plan waits for its donor."""
    move_period(period, "failed", at=at, wake_at=None)
    event = move(
        plan, "gave_up", by=WORKER, at=at, detail={"on": period.on.isoformat()}, retry_at=None, declines=0,
        decline_code=plan.decline_code or "generic", **timing.NOTHING_NEXT,
    )  # fmt: skip
    tell(plan, News.GAVE_UP, at=at, event=event, period=period, gift_id=period.gift_id)


def returned(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """The donor's bank took a paid debit back. It is not asked for again: they may have wanted that."""
    period = Period.objects.get(gift_id=outcome.gift_id)
    if period.state != PeriodState.PAID:
        return
    move_period(period, "failed", at=at, wake_at=None)
    detail = {"on": period.on.isoformat()}
    changes: dict[str, Any] = {"given_count": plan.given_count - 1}
    if outcome.decline_code == Decline.DISPUTED:
        if not _stopped(plan, period, at=at, **changes):
            note(plan, name="returned", by=GATEWAY, at=at, detail=detail, **changes)
        return
    if outcome.final and plan.state in CHARGEABLE_STATES:
        changes |= {
            "method_usable": False,
            "decline_code": "generic",
            "retry_at": None,
            **timing.NOTHING_NEXT,
        }
        event = move(plan, "gave_up", by=GATEWAY, at=at, detail=detail, **changes)
    else:
        event = note(plan, name="returned", by=GATEWAY, at=at, detail=detail, **changes)
    tell(plan, News.RETURNED, at=at, event=event, period=period, gift_id=outcome.gift_id)


def disputed(plan: Plan, gift_id: uuid.UUID, *, charged_at: datetime, at: datetime) -> None:
    """A dispute of a paid gift is lost, charged at that moment: its bank has given it back to the donor for good."""
    period = Period.objects.filter(gift_id=gift_id).first()
    replaced = PlanEvent.objects.filter(
        plan=plan, name="changed", detail__what="method", detail__has_key="to", at__gt=charged_at
    )
    # "Until somebody acts": another method since is such an act.
    if period is not None and not replaced.exists():
        _stopped(plan, period, at=at)


def _stopped(plan: Plan, period: Period, *, at: datetime, **changes: Any) -> bool:
    """Whoever has a gift given back by their bank hasn't agreed to the next: nothing more is charged until they, or
    staff for them, say so. They are written to once. False when nothing was to be stopped, and nothing is written."""
    if plan.state == PlanState.PAUSED and plan.decline_code == Decline.DISPUTED:
        return False
    detail = {"on": period.on.isoformat(), "what": "disputed"}
    changes |= {"decline_code": str(Decline.DISPUTED), "declines": 0, "retry_at": None, "resume_on": None}
    if plan.state in CHARGEABLE_STATES:
        event = move(plan, "gave_up", by=GATEWAY, at=at, detail=detail, **changes, **timing.NOTHING_NEXT)
        withdrawing.let_go(plan, event, "", at=at)
    elif plan.state == PlanState.PAUSED:
        event = note(plan, name="disputed", by=GATEWAY, at=at, detail=detail, **changes)
    else:
        return False
    tell(plan, News.GAVE_UP, at=at, event=event)
    return True


def _replace_method(plan: Plan, outcome: Outcome, *, at: datetime) -> None:
    """A donor paid with another method, which was kept: later gifts are charged to it, and the old one is put away."""
    old, before = (plan.gateway, plan.account, plan.saved_method), plan.method
    plan.method = outcome.method
    changes = kept(outcome.saved) | timing.remade_columns(plan) | {
        "gateway": outcome.gateway, "account": outcome.account, "method": outcome.method,
    }  # fmt: skip
    event = note(plan, by=GATEWAY, at=at, detail={"what": "method", "to": outcome.method}, **changes)
    if before != outcome.method:
        notices.announce_anew(plan, at=at)
    put_away(plan, old, News.METHOD_CHANGED, event, at=at)


def go_on(plan: Plan, *, at: datetime) -> None:
    """The donor did what was asked of them: a plan that had been given up goes on."""
    event = move(plan, "resumed", by=WORKER, at=at, resume_on=None, **NOTHING_OWED, **_next(plan))
    tell(plan, News.RESUMED, at=at, event=event)


def complete_if_done(plan: Plan, *, at: datetime) -> None:
    """All that was promised was given, and nothing is open any more."""
    if plan.state not in CHARGEABLE_STATES:
        return
    if plan.next_on is not None and not timing.given_all(plan):
        return
    if Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING]).exists():
        return
    event = move(plan, "completed", by=WORKER, at=at, retry_at=None, **timing.NOTHING_NEXT)
    tell(plan, News.COMPLETED, at=at, event=event)
    if plan.has_method:
        # Nothing is charged to it any more, so nobody may be able to. The donor needn't wait for that to be told.
        leave_over(plan.gateway, plan.account, plan.saved_method, occasion=f"plan {plan.pk}")


def _mark_paid(gift_id: uuid.UUID, *, at: datetime) -> bool:
    """Nearly always the period is being charged: one statement. False when it counts as paid already."""
    changes = {"state": PeriodState.PAID, "wake_at": None, "updated_at": at}
    if update(Period, changes, gift_id=gift_id, state=PeriodState.CHARGING):
        return True
    period = Period.objects.get(gift_id=gift_id)
    if period.state == PeriodState.PAID:
        return False
    move_period(period, "paid", at=at, wake_at=None)
    return True


def _still_declined(plan: Plan) -> bool:
    open_ones = Period.objects.filter(plan=plan, state=PeriodState.CHARGING, wake_at__isnull=False)
    return open_ones.exists()


def _next(plan: Plan) -> dict[str, Any]:
    """A plan that waited goes on with its next date that is still to come; one that has a date keeps it."""
    if plan.next_on is not None:
        return {}
    timezone = plan.charity.timezone
    late = schedule.number_from(plan.anchor, plan.every, timing.today_of(plan, timezone) + timedelta(days=1))
    return timing.next_columns(plan, max(plan.next_number, late), timezone=timezone)


def _start(plan: Plan, outcome: Outcome, *, at: datetime, **changes: Any) -> None:
    if changes:
        write(plan, at=at, **changes)
    start(
        plan, outcome.saved, gateway=outcome.gateway, account=outcome.account, method=outcome.method,
        by=GATEWAY, at=at,
    )  # fmt: skip


def _next_try(plan: Plan, period: Period, *, timezone: str, after: datetime, last: bool) -> datetime | None:
    """When the period is tried again; None: it was the last try. `last`: it waits for the donor until then. A debit
    that is asked for ahead is tried on a bank day that can still be had."""
    ahead = timing.lead_of(plan.method) if not last else None
    today = schedule.local_date(after, timezone)
    first_on = schedule.local_date(period.charged_at or after, timezone)
    for days in DUNNING_DAYS[-1:] if last else DUNNING_DAYS[max(0, period.tries - 1) :]:
        on = first_on + timedelta(days=days)
        if ahead is None and schedule.charged_at(on, timezone) > after:
            return schedule.charged_at(on, timezone)
        if ahead is not None:
            on = bank_day_from(on, ahead.bank_calendar)
            if bank_days_after(today, ahead.lead_days, ahead.bank_calendar) <= on:
                return schedule.charged_at(on, timezone)
    return None


def _woken_for(plan: Plan, tried_at: datetime | None, *, waits: bool, timezone: str) -> dict[str, Any]:
    """A period's columns for its next try: the mail about the decline tells its day, so a debit is asked for ahead."""
    ahead = timing.lead_of(plan.method)
    if ahead is None or tried_at is None or waits:
        return {"wake_at": tried_at}
    debit_on = schedule.local_date(tried_at, timezone)
    return {"wake_at": timing.asked_at(ahead, debit_on, timezone=timezone), "debit_on": debit_on}


def _clock(plan: Plan) -> datetime:
    return hooks.clock(plan.gateway)
