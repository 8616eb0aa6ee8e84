"""The one writer: a plan or a gift that was somewhere else, in a transaction of its own, once however often it comes.

Nobody is written to, and no receipt is issued: whoever took the money did that.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.charities.models import Charity, Fund
from almoner.charities.rows import insert
from almoner.giving.importing.records import GiftLine, LineWrong, PlanLine
from almoner.giving.importing.report import Fate
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_public_key, new_reference
from almoner.payments import gateways, progress
from almoner.payments.models import IMPORTED_METHOD
from almoner.plans import schedule, timing
from almoner.plans.models import Plan, PlanEvent
from almoner.plans.progress import Actor, lock, move
from almoner.plans.transitions import PlanState
from almoner.supporters.people import add_contact

_NAMESPACE: Final = uuid.UUID("9d5f3a52-6f0d-4b8e-9f0e-0c4f3f2f7a11")
_IMPORT: Final = Actor(PlanEvent.By.IMPORT)
_LONGEST_ORIGIN: Final = 160


@dataclass(frozen=True, slots=True)
class Wish:
    """What the import was asked for. `activate`: the source was stopped, so plans may begin. `paused`: plans that
    can't be charged here are taken too, and wait."""

    charity: Charity
    fund: Fund
    activate: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a line; `amount_minor` is what was imported, now or before."""

    fate: Fate
    amount_minor: int
    activated: bool = False


def write(found: PlanLine | GiftLine, wish: Wish) -> Written:
    """Raises `LineWrong`; then nothing was written."""
    if len(found.origin) > _LONGEST_ORIGIN:
        raise LineWrong("its number is too long")
    with transaction.atomic():
        written = _plan(found, wish) if isinstance(found, PlanLine) else _gift(found, wish)
        crash_point("import.before-commit")
    crash_point("import.after-commit")
    return written


def identifier(charity: Charity, kind: str, origin: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{charity.slug} {kind} {origin}")


# ---- plans -------------------------------------------------------------------------------------------------------


def _plan(line: PlanLine, wish: Wish) -> Written:
    known = Plan.objects.filter(charity=wish.charity, imported_from=line.origin).first()
    if known is not None:
        event = PlanEvent.objects.get(plan=known, name="imported")
        begun = wish.activate and _begin_if_waiting(known.pk, event, line)
        return Written(Fate.KNOWN, event.detail["amount_minor"], activated=begun)
    if line.ended:
        raise LineWrong("it does not go on at the source")
    if wish.activate and line.charges:
        raise LineWrong("the source may still charge it: cancel it there first")
    usable = _chargeable(line, wish)
    state = PlanState.ACTIVE if wish.activate and usable and not line.paused else PlanState.PAUSED
    plan = _new_plan(line, wish, state=state, usable=usable)
    at = plan.created_at
    if state == PlanState.ACTIVE:
        for name, value in timing.next_columns(
            plan, plan.next_number, timezone=wish.charity.timezone
        ).items():
            setattr(plan, name, value)
    if _ends_before(line, _first_on(plan)):
        raise LineWrong("it ends before its next gift")
    plan.contact = add_contact(line.details, charity_id=wish.charity.pk, at=at)
    insert(plan)
    insert(
        PlanEvent(
            plan=plan,
            name="imported",
            from_state=state,
            to_state=state,
            at=at,
            by=PlanEvent.By.IMPORT,
            detail={
                "amount_minor": line.amount_minor,
                "currency": line.currency,
                "next_on": _first_on(plan).isoformat(),
                "waits": state == PlanState.PAUSED and not line.paused,
            },
        )
    )
    return Written(Fate.PLAN, plan.amount_minor)


def _new_plan(line: PlanLine, wish: Wish, *, state: PlanState, usable: bool) -> Plan:
    at = now()
    anchor, number = _dates(line, today=schedule.local_date(at, wish.charity.timezone))
    return Plan(
        id=identifier(wish.charity, "plan", line.origin),
        charity=wish.charity,
        fund=_fund(line.fund, wish),
        reference=new_reference(),
        language=line.details.language,
        amount_minor=line.amount_minor,
        cover_minor=line.cover_minor,
        currency=line.currency,
        every=line.every,
        anchor=anchor,
        next_number=number,
        ends_on=line.ends_on,
        ends_after=line.ends_after,
        state=state,
        gateway=line.gateway[:20],
        account=gateways.gateway(line.gateway).account if usable else "",
        method=line.method[:20],
        saved_method=line.saved_method if line.method else "",
        method_label=line.method_label[:80],
        method_expires=line.method_expires[:7],
        method_usable=usable,
        created_at=at,
        updated_at=at,
        imported_from=line.origin,
    )


def _dates(line: PlanLine, *, today: date) -> tuple[date, int]:
    """Anchor and number of the first period that is ours: after today, for what is due today or before the source has
    charged, or may have."""
    anchor, number = schedule.anchored(line.next_on, every=line.every, day=line.day)
    if schedule.occurrence(anchor, line.every, number) != line.next_on:
        anchor, number = schedule.anchored(line.next_on, every=line.every, day=line.next_on.day)
    first = max(line.next_on, today + timedelta(days=1))
    return anchor, max(number, schedule.number_from(anchor, line.every, first))


def _first_on(plan: Plan) -> date:
    return schedule.occurrence(plan.anchor, plan.every, plan.next_number)


def _ends_before(line: PlanLine, first: date) -> bool:
    return line.ends_on is not None and first > line.ends_on


def _chargeable(line: PlanLine, wish: Wish) -> bool:
    """Whether it can be charged here. Raises `LineWrong` where it can't, and isn't wanted to wait."""
    why = _hindrance(line)
    if why and not wish.paused:
        raise LineWrong(f"{why} (--paused imports it to wait)")
    return not why


def _hindrance(line: PlanLine) -> str:
    try:
        gateway = gateways.gateway(line.gateway)
    except gateways.GatewayUnknown:
        return f"the gateway {line.gateway or 'of its saved method'} is not set up here"
    offered = {each.code for each in gateway.capabilities().methods if each.repeats}
    if line.method not in offered:
        return f"{line.gateway} does not charge {line.method or 'an unnamed method'} again here"
    return "" if line.saved_method else "no saved method stands with it"


def _begin_if_waiting(plan_id: uuid.UUID, imported: PlanEvent, line: PlanLine) -> bool:
    """The source was stopped: a plan that only waited for that goes on, after what the source has charged."""
    plan = lock(plan_id)
    moved = PlanEvent.objects.filter(plan=plan).exclude(pk=imported.pk).exists()
    if plan.state != PlanState.PAUSED or moved or not imported.detail["waits"]:
        return False
    if line.charges:
        raise LineWrong("the source may still charge it: cancel it there first")
    if line.cancelled_at is not None and line.cancelled_at < imported.at:
        raise LineWrong("it was cancelled at the source before it was imported")
    if why := _hindrance(line):
        raise LineWrong(why)
    timezone, at = plan.charity.timezone, now()
    first = max(
        schedule.local_date(at, timezone) + timedelta(days=1),
        line.next_on,
        date.fromisoformat(imported.detail["next_on"]),
    )
    plan.method = line.method
    number = schedule.number_from(plan.anchor, plan.every, first)
    columns = timing.next_columns(plan, number, timezone=timezone)
    account = gateways.gateway(line.gateway).account
    move(
        plan, "resumed", by=_IMPORT, at=at, account=account, method_usable=True, method=line.method,
        saved_method=line.saved_method, **columns,
    )  # fmt: skip
    return True


# ---- gifts -------------------------------------------------------------------------------------------------------


def _gift(line: GiftLine, wish: Wish) -> Written:
    pk = identifier(wish.charity, "gift", line.origin)
    known = Gift.objects.filter(pk=pk).values_list("amount_minor", flat=True).first()
    if known is not None:
        return Written(Fate.KNOWN, known)
    given_at = datetime.combine(line.given_on, time(12), ZoneInfo(wish.charity.timezone))
    if given_at > now() + timedelta(days=1):
        raise LineWrong("it was given in the future")
    fund, total_minor = _fund(line.fund, wish), line.amount_minor + line.cover_minor
    gift = Gift(
        id=pk,
        charity=wish.charity,
        fund=fund,
        contact=add_contact(line.details, charity_id=wish.charity.pk, at=now()),
        reference=new_reference(),
        public_key=new_public_key(),
        amount_minor=line.amount_minor,
        cover_minor=line.cover_minor,
        total_minor=total_minor,
        currency=line.currency,
        message=line.note,
        language=line.details.language,
        given_at=given_at,
        # As its attempt says below; no hook is called, or it would get a receipt of ours.
        status=GiftStatus.SETTLED,
        settled_minor=total_minor,
        settled_at=given_at,
    )
    gift.save(force_insert=True)
    _settle(gift, fund, line.origin, at=given_at)
    return Written(Fate.GIFT, gift.amount_minor)


def _settle(gift: Gift, fund: Fund, origin: str, *, at: datetime) -> None:
    """Booked on the day on which it was given, under its number at the source."""
    attempt = progress.begin(
        attempt_id=uuid.uuid5(gift.pk, "attempt 1"),
        gift_id=gift.pk,
        ordinal=1,
        charity_id=gift.charity_id,
        gateway="offline",
        method=IMPORTED_METHOD,
        amount_minor=gift.total_minor,
        currency=gift.currency,
        income_code=f"income:{fund.code}",
        ledger_tag="",
        at=at,
        order={"imported_from": origin},
    )
    progress.move(attempt, "awaiting", "received", at=at, code="import")


def _fund(code: str, wish: Wish) -> Fund:
    """The one of this code, or the one that was named for all. Raises `LineWrong`."""
    if not code or code == wish.fund.code:
        return wish.fund
    fund = Fund.objects.filter(charity=wish.charity, code=code).first()
    if fund is None:
        raise LineWrong(f"the charity has no fund {code}")
    return fund
