"""The gifts that fall due: their periods, gifts and attempts are committed here, a handful at a time, oldest first.

Nothing is sent from here: see `charging`. A plan's row is locked while its period is made, and workers step over each
other's (SKIP LOCKED; on SQLite one writes at a time), so no period is made twice, and a worker may die anywhere.
"""

import logging
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Sum

from almoner.charities.models import Charity, Fund
from almoner.charities.rows import insert, update
from almoner.charities.sealed import seal
from almoner.giving.actions.looking import order_place
from almoner.giving.actions.submitting import FREQUENCIES, save_source
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_public_key, new_reference
from almoner.outbox.faults import place_of
from almoner.payments import progress
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES
from almoner.plans import notices, outcomes, schedule, timing
from almoner.plans.hooks import News
from almoner.plans.models import Period, Plan
from almoner.plans.progress import WORKER, move, move_period, tell, write, write_period
from almoner.plans.transitions import CHARGEABLE_STATES, PeriodState, PlanState
from almoner.supporters.models import Contact
from almoner.supporters.people import copy_contact

# The strictest card network's cap on tries of one card without its holder.
MOST_TRIES: Final = 15
_TRIES_FOR: Final = timedelta(days=30)
_PUT_OFF: Final = timedelta(hours=1)

# Plans that are due, or periods whose time has come.
_Rows = Callable[..., Any]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Charge:
    """A gift and its attempt, committed, and to be sent."""

    gift: Gift
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class _Known:
    """What the plans of one turn share, read at once. `at` is the gateway's clock, `now` ours."""

    at: datetime
    now: datetime
    timezones: Mapping[int, str]
    fund_codes: Mapping[int, str]
    contacts: Mapping[int, Contact]
    # (plan, date) of the periods that exist already, of those that may be made now.
    periods: Collection[tuple[uuid.UUID, date]]

    def timezone(self, plan: Plan) -> str:
        return self.timezones[plan.charity_id]


def claim(gateway: str, *, at: datetime, limit: int) -> list[Charge]:
    """Commit the next charges of a gateway's plans, up to `limit`: first the periods that waited, then the plans that
    are due. `at` is the gateway's clock. One plan that can't be read stands in no other's way."""
    return _claimed(_woken, gateway, at, limit) or _claimed(_due, gateway, at, limit)


def due_count(gateway: str, *, at: datetime) -> int:
    """How many plans and periods are due."""
    plans = Plan.objects.filter(gateway=gateway, next_at__lte=at, state=PlanState.ACTIVE)
    return int(plans.count() + _waiting(gateway, at).count())


def _claimed(turn: _Rows, gateway: str, at: datetime, limit: int) -> list[Charge]:
    # A plain read first: on SQLite an idle worker would otherwise take the write lock each time.
    if not turn(gateway, at).exists():
        return []
    try:
        return _commit(turn, gateway, at, limit)
    except Exception as fault:  # noqa: BLE001 (one plan's rows must not stop all others)
        _log.error("plans of %s could not be charged together: %s", gateway, place_of(fault))
    charges: list[Charge] = []
    for _ in range(limit):
        try:
            charges += _commit(turn, gateway, at, 1)
        except Exception as fault:  # noqa: BLE001
            _put_off(turn, gateway, at, place_of(fault))
    return charges


def _commit(turn: _Rows, gateway: str, at: datetime, limit: int) -> list[Charge]:
    with transaction.atomic():
        rows = list(turn(gateway, at, locked=True)[:limit])
        known = _known([row.plan if isinstance(row, Period) else row for row in rows], at)
        charges = [
            _period_turn(row, known) if isinstance(row, Period) else _plan_turn(row, known) for row in rows
        ]
        crash_point("renew.before-commit")
    crash_point("renew.after-commit")
    return [charge for charge in charges if charge is not None]


def _due(gateway: str, at: datetime, *, locked: bool = False) -> Any:
    plans = Plan.objects.filter(gateway=gateway, next_at__lte=at, state=PlanState.ACTIVE).order_by("next_at")
    return plans.select_for_update(skip_locked=True) if locked else plans


def _woken(gateway: str, at: datetime, *, locked: bool = False) -> Any:
    periods = _waiting(gateway, at).select_related("plan").order_by("wake_at")
    return periods.select_for_update(skip_locked=True, of=("self", "plan")) if locked else periods


def _waiting(gateway: str, at: datetime) -> Any:
    return Period.objects.filter(
        wake_at__lte=at, plan__gateway=gateway, state__in=[PeriodState.DUE, PeriodState.CHARGING]
    )


def _put_off(turn: _Rows, gateway: str, at: datetime, why: str) -> None:
    """The row that could not be charged, if it is still due: locked as it was for its charge, so that no other worker's
    is taken for it, and none that moved on meanwhile is made due again before its date."""
    later = at + _PUT_OFF
    with transaction.atomic():
        row = turn(gateway, at, locked=True).first()
        if row is None:
            return
        _log.error("%s could not be charged and is put off: %s", row, why)
        changes = {"wake_at": later} if isinstance(row, Period) else {"next_at": later}
        turn(gateway, at).filter(pk=row.pk).update(**changes)


def _known(plans: Sequence[Plan], at: datetime) -> _Known:
    contacts = Contact.objects.in_bulk({plan.contact_id for plan in plans})
    charities = Charity.objects.filter(pk__in={plan.charity_id for plan in plans})
    funds = Fund.objects.filter(pk__in={plan.fund_id for plan in plans})
    first = min((plan.next_on for plan in plans if plan.next_on is not None), default=None)
    periods = (
        Period.objects.filter(plan__in=[plan.pk for plan in plans], on__gte=first)
        if first
        else Period.objects.none()
    )
    return _Known(
        at=at,
        now=now(),
        timezones=dict(charities.values_list("pk", "timezone")),
        fund_codes=dict(funds.values_list("pk", "code")),
        contacts=contacts,
        periods=set(periods.values_list("plan_id", "on")),
    )


def _plan_turn(plan: Plan, known: _Known) -> Charge | None:
    """A plan that is due, locked: its period is made, and the next date set, in one. Dates that went by unnoticed are
    left out: one charge catches up, never a backlog."""
    at, timezone = known.now, known.timezone(plan)
    if not (plan.has_method and plan.method_usable):
        event = move(
            plan, "gave_up", by=WORKER, at=at, detail={"what": "method"},
            decline_code=plan.decline_code or "no_method", **timing.NOTHING_NEXT,
        )  # fmt: skip
        tell(plan, News.GAVE_UP, at=at, event=event)
        return None
    if plan.ends_after is not None and plan.given_count + _open_count(plan) >= plan.ends_after:
        # The last one promised is under way. If it comes to nothing, there is one more to give.
        write(plan, at=at, next_at=known.at + timedelta(days=1))
        return None
    today = schedule.local_date(known.at, timezone)
    last_on = min(today, plan.ends_on) if plan.ends_on is not None else today
    number = max(plan.next_number, schedule.number_until(plan.anchor, plan.every, last_on))
    on = schedule.occurrence(plan.anchor, plan.every, number)
    write(plan, at=at, **timing.next_columns(plan, number + 1, timezone=timezone))
    if (plan.pk, on) in known.periods:
        return None
    period = Period(
        id=uuid.uuid5(plan.pk, f"period {on}"), plan=plan, on=on, number=number, state=PeriodState.DUE,
        debit_on=_debit_day(plan, on, today), created_at=at, updated_at=at,
    )  # fmt: skip
    if timing.notice_of(plan.method) is not None:
        insert(period)
        tell(plan, News.NOTICE, at=at, period=period)
        return None
    return _first_try(plan, period, known, new=True)


def _period_turn(period: Period, known: _Known) -> Charge | None:
    """A period whose time has come, locked with its plan: charged for the first time, tried again, or given up."""
    plan = period.plan
    if plan.state not in CHARGEABLE_STATES:
        move_period(period, "skipped", at=known.now, wake_at=None)
        return None
    if _too_late(plan, period, known):
        notices.announce(plan, period, at=known.now)
        return None
    if period.state == PeriodState.DUE and period.gift_id is None:
        return _first_try(plan, period, known, new=False)
    assert period.gift_id is not None  # the database says so too: plans_charged_period_has_gift
    if Attempt.objects.filter(gift_id=period.gift_id, state__in=OPEN_STATES).exists():
        # Not known yet: a second charge might be one too many.
        write_period(period, at=known.now, wake_at=known.at + _PUT_OFF)
        return None
    waits = plan.state == PlanState.RETRYING and plan.retry_at is None and period.state != PeriodState.DUE
    if waits or not plan.method_usable or _tries(plan, known.now) >= MOST_TRIES:
        outcomes.give_up(plan, period, at=known.now)
        return None
    return _next_try(plan, period, period.gift_id, known)


def _debit_day(plan: Plan, on: date, today: date) -> date | None:
    ahead = timing.lead_of(plan.method)
    return timing.debit_day(ahead, on, told_on=today) if ahead is not None else None


def _too_late(plan: Plan, period: Period, known: _Known) -> bool:
    """A debit that is asked for ahead whose day was not told, or can't be kept any more."""
    if timing.lead_of(plan.method) is None or not plan.method_usable:
        return False
    today = schedule.local_date(known.at, known.timezone(plan))
    open_one = (
        Attempt.objects.filter(gift_id=period.gift_id, state__in=OPEN_STATES) if period.gift_id else None
    )
    return (period.debit_on is None or period.debit_on <= today) and not (open_one and open_one.exists())


def gift_of(plan: Plan, on: date, contact: Contact, *, at: datetime) -> Gift:
    """Insert the gift of a plan's period. Its identifier is made from both: a period has one gift, whoever makes it."""
    gift = Gift(
        id=uuid.uuid5(plan.pk, f"gift {on}"),
        charity_id=plan.charity_id,
        form_id=plan.form_id,
        fund_id=plan.fund_id,
        contact=copy_contact(contact, at=at),
        reference=new_reference(),
        public_key=new_public_key(),
        amount_minor=plan.amount_minor,
        cover_minor=plan.cover_minor,
        total_minor=plan.total_minor,
        currency=plan.currency,
        frequency=FREQUENCIES[plan.every],
        plan=plan,
        period_on=on,
        language=plan.language,
        given_at=at,
    )
    insert(gift)
    save_source(gift, plan.source, plan.source.get("story_title", ""))
    return gift


def _first_try(plan: Plan, period: Period, known: _Known, *, new: bool) -> Charge:
    gift = gift_of(plan, period.on, known.contacts[plan.contact_id], at=known.now)
    charged = {
        "gift_id": gift.pk, "tries": 1, "charged_at": _charged_at(plan, period, known), "wake_at": None,
    }  # fmt: skip
    if new:
        for name, value in (charged | {"state": PeriodState.CHARGING}).items():
            setattr(period, name, value)
        insert(period)
    else:
        move_period(period, "charging", at=known.now, **charged)
    return Charge(gift, _begin(plan, gift, period, 1, known))


def _charged_at(plan: Plan, period: Period, known: _Known) -> datetime:
    """Now; of a debit that is asked for ahead, on its day."""
    if _charge_on(plan, period) is None or period.debit_on is None:
        return known.at
    return schedule.charged_at(period.debit_on, known.timezone(plan))


def _charge_on(plan: Plan, period: Period) -> str | None:
    ahead = timing.lead_of(plan.method) is not None and period.debit_on is not None
    return period.debit_on.isoformat() if ahead and period.debit_on is not None else None


def _next_try(plan: Plan, period: Period, gift_id: uuid.UUID, known: _Known) -> Charge | None:
    """Another attempt at the period's gift. It is the same gift: a donor who paid it meanwhile has paid it."""
    gift = Gift.objects.select_for_update(of=("self",)).select_related("contact").get(pk=gift_id)
    if gift.status != GiftStatus.FAILED:
        write_period(period, at=known.now, wake_at=None)
        return None
    tried = Attempt.objects.filter(gift_id=gift.pk).aggregate(newest=Max("ordinal"))["newest"] or 0
    changes: dict[str, Any] = {"tries": period.tries + 1, "wake_at": None}
    gift_changes: dict[str, Any] = {"status": GiftStatus.PENDING}
    if period.state == PeriodState.DUE or period.tries == 0:
        # It was announced anew, and what was announced is what is charged; or the donor meant to give it early and
        # didn't, and may have changed the amount since.
        gift_changes |= {
            "amount_minor": plan.amount_minor, "cover_minor": plan.cover_minor, "total_minor": plan.total_minor,
        }  # fmt: skip
    if period.state == PeriodState.DUE:
        if period.tries == 0:
            changes["charged_at"] = _charged_at(plan, period, known)
        move_period(period, "charging", at=known.now, **changes)
    else:
        write_period(period, at=known.now, **changes)
    update(Gift, gift_changes, id=gift.pk)
    for name, value in gift_changes.items():
        setattr(gift, name, value)
    crash_point("retry.before-commit")
    return Charge(gift, _begin(plan, gift, period, tried + 1, known))


def _begin(plan: Plan, gift: Gift, period: Period, ordinal: int, known: _Known) -> Attempt:
    """The attempt's identifier, the key of all that is sent, is made from plan, period and try: whoever makes it again
    makes the same."""
    attempt_id = uuid.uuid5(plan.pk, f"{period.on}:{ordinal}")
    token = seal(plan.saved_method, order_place(attempt_id))
    order = {"description": plan.reference, "return_url": "", "saved_method": token}
    charge_on = _charge_on(plan, period)
    return progress.begin(
        attempt_id=attempt_id,
        gift_id=gift.pk,
        ordinal=ordinal,
        charity_id=plan.charity_id,
        gateway=plan.gateway,
        account=plan.account,
        method=plan.method,
        amount_minor=gift.total_minor,
        currency=gift.currency,
        income_code=f"income:{known.fund_codes[plan.fund_id]}",
        ledger_tag=f"form:{plan.form_id}" if plan.form_id else "",
        order=order | ({"charge_on": charge_on} if charge_on else {}),
        at=known.now,
    )


def _open_count(plan: Plan) -> int:
    return Period.objects.filter(plan=plan, state__in=[PeriodState.DUE, PeriodState.CHARGING]).count()


def _tries(plan: Plan, at: datetime) -> int:
    recent = Period.objects.filter(plan=plan, charged_at__gt=at - _TRIES_FOR)
    return int(recent.aggregate(total=Sum("tries"))["total"] or 0)
