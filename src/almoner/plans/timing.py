"""A plan's next date, as the columns that say it."""

from datetime import date, datetime, timedelta
from typing import Any

from almoner.kernel.bankdays import bank_day_from, bank_days_after, bank_days_before
from almoner.payments import gateways
from almoner.payments.gateways.port import Method
from almoner.plans import schedule
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan


def next_columns(plan: Plan, number: int, *, timezone: str) -> dict[str, Any]:
    """What to write so that this period is the next, or none where all that was promised is given."""
    on = schedule.occurrence(plan.anchor, plan.every, number)
    if (plan.ends_on is not None and on > plan.ends_on) or given_all(plan):
        return {"next_number": number, "next_on": None, "next_at": None}
    return {"next_number": number, "next_on": on, "next_at": made_at(plan.method, on, timezone=timezone)}


def remade_columns(plan: Plan) -> dict[str, Any]:
    """When its next period is made, of a plan whose method is another now: a debit is announced before its day, and a
    card is charged on it."""
    if plan.next_on is None:
        return {}
    return {"next_at": made_at(plan.method, plan.next_on, timezone=plan.charity.timezone)}


NOTHING_NEXT: dict[str, Any] = {"next_on": None, "next_at": None}


def given_all(plan: Plan) -> bool:
    return plan.ends_after is not None and plan.given_count >= plan.ends_after


def made_at(method: str, on: date, *, timezone: str) -> datetime:
    """When a period is made: on its day, or, for a debit that needs a notice, a day earlier than the notice has to
    be sent, and earlier than the debit has to be asked for."""
    notice = notice_of(method)
    if notice is None:
        return schedule.charged_at(on, timezone)
    on = bank_day_from(on, notice.bank_calendar) if notice.lead_days else on
    early = _told_before(notice, on, notice.notice_days + 1)
    if notice.lead_days:
        early = min(early, bank_days_before(on, notice.lead_days + 1, notice.bank_calendar))
    return schedule.charged_at(early, timezone)


def debit_day(method: Method, on: date, *, told_on: date) -> date:
    """The day that a notice sent on `told_on` can name: `on`, or the first bank day by which its days have passed and
    the debit can still be asked for."""
    calendar, noticed = method.bank_calendar, _told_long_enough(method, told_on)
    return bank_day_from(max(on, noticed, bank_days_after(told_on, method.lead_days, calendar)), calendar)


def asked_at(method: Method, debit_on: date, *, timezone: str) -> datetime:
    """When a debit of this day is asked for at the gateway."""
    return schedule.charged_at(bank_days_before(debit_on, method.lead_days, method.bank_calendar), timezone)


def _told_before(method: Method, on: date, days: int) -> date:
    if method.notice_in_working_days:
        return bank_days_before(on, days, method.bank_calendar)
    return on - timedelta(days=days)


def _told_long_enough(method: Method, told_on: date) -> date:
    """The first day on which a debit may go out whose notice was sent on this one."""
    if method.notice_in_working_days:
        return bank_days_after(told_on, method.notice_days, method.bank_calendar)
    return told_on + timedelta(days=method.notice_days)


def debited_at(method: str, on: date, noticed_at: datetime, *, timezone: str) -> datetime:
    """When a debit may go out whose notice was sent at `noticed_at`: on its day, or as much later as it was late."""
    notice = notice_of(method)
    if notice is None:
        return schedule.charged_at(on, timezone)
    earliest = _told_long_enough(notice, schedule.local_date(noticed_at, timezone))
    return schedule.charged_at(max(on, earliest), timezone)


def notice_of(method: str) -> Method | None:
    """The method, if its debits have to be announced."""
    known = gateways.method_of_plans(method)
    return known if known is not None and known.notice_days else None


def lead_of(method: str) -> Method | None:
    """The method, if its debits are asked for ahead, each with its day."""
    notice = notice_of(method)
    return notice if notice is not None and notice.lead_days else None


def today_of(plan: Plan, timezone: str) -> date:
    """The date in the charity's time zone, by the clock of the plan's gateway."""
    return schedule.local_date(hooks.clock(plan.gateway), timezone)
