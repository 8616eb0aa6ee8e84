"""The one writer: a plan or a gift that was somewhere else, in a transaction of its own, once however often it comes.

Nobody is written to, and no receipt is issued: whoever took the money did that.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.charities.models import Charity, Fund
from almoner.charities.rows import insert, update
from almoner.giving.importing import linking
from almoner.giving.importing.linking import IMPORT, Claim
from almoner.giving.importing.records import GiftLine, LineWrong, PlanLine
from almoner.giving.importing.report import Fate
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.cards import scrub
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_public_key, new_reference
from almoner.ledger.books import BooksClosed
from almoner.payments import gateways, progress, refunds
from almoner.payments.gateways.port import RefundAnswer, Status
from almoner.payments.models import IMPORTED_METHOD, Attempt
from almoner.plans import schedule, timing
from almoner.plans.models import Plan, PlanAlias, PlanEvent
from almoner.plans.progress import lock, move
from almoner.plans.transitions import PlanState
from almoner.supporters.people import add_contact

_NAMESPACE: Final = uuid.UUID("9d5f3a52-6f0d-4b8e-9f0e-0c4f3f2f7a11")
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
    """What became of a line; `amount_minor` is what was imported, now or before. `claim`: a gift names its plan, and is
    still to be linked to it. `joined`: so many gifts had waited for this plan."""

    fate: Fate
    amount_minor: int
    activated: bool = False
    ended: bool = False
    claim: Claim | None = None
    joined: int = 0


def write(found: PlanLine | GiftLine, wish: Wish) -> Written:
    """Raises `LineWrong`; then nothing was written."""
    if max(map(len, _numbers(found))) > _LONGEST_ORIGIN:
        raise LineWrong("its number is too long")
    with transaction.atomic():
        written = _plan(found, wish) if isinstance(found, PlanLine) else _gift(found, wish)
        crash_point("import.before-commit")
    crash_point("import.after-commit")
    return written


def _numbers(found: PlanLine | GiftLine) -> tuple[str, ...]:
    if isinstance(found, PlanLine):
        return (found.origin, *found.aliases)
    return (found.origin, found.plan_origin)


def identifier(charity: Charity, kind: str, origin: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{charity.slug} {kind} {origin}")


# ---- plans -------------------------------------------------------------------------------------------------------


def _plan(line: PlanLine, wish: Wish) -> Written:
    known_id = _known(line, wish)
    if known_id is not None:
        return _known_plan(known_id, line, wish)
    over = line.ended_as or (None if wish.activate else line.over_as)
    if over is not None:
        # For its history alone.
        line = replace(line, saved_method="", ended_as=over)
        return _brought(_new_plan(line, wish, state=over, usable=False), line, wish)
    if line.over_as is not None:
        raise LineWrong(
            "it ended at the source and isn't here (without --activate it is imported as one that is over)"
        )
    if line.ended:
        raise LineWrong("it does not go on at the source")
    if wish.activate and line.charges:
        raise LineWrong("the source may still charge it: cancel it there first")
    usable = _chargeable(line, wish)
    state = PlanState.ACTIVE if wish.activate and usable and not line.paused else PlanState.PAUSED
    plan = _new_plan(line, wish, state=state, usable=usable)
    if state == PlanState.ACTIVE:
        for name, value in timing.next_columns(
            plan, plan.next_number, timezone=wish.charity.timezone
        ).items():
            setattr(plan, name, value)
    if _ends_before(line, _first_on(plan)):
        raise LineWrong("it ends before its next gift")
    return _brought(plan, line, wish)


def _brought(plan: Plan, line: PlanLine, wish: Wish) -> Written:
    at = plan.created_at
    plan.contact = add_contact(line.details, charity_id=wish.charity.pk, at=at)
    insert(plan)
    insert(
        PlanEvent(
            plan=plan,
            name="imported",
            from_state=plan.state,
            to_state=plan.state,
            at=at,
            by=PlanEvent.By.IMPORT,
            detail=_told(line, plan),
        )
    )
    joined = _with_its_gifts(plan, line, at=at)
    return Written(Fate.PLAN, plan.amount_minor, ended=line.ended_as is not None, joined=joined)


def _known(line: PlanLine, wish: Wish) -> uuid.UUID | None:
    """The plan here that has one of the line's numbers. Raises `LineWrong` where two have."""
    found = set(linking.plans_called(wish.charity, _numbers(line)).values())
    if len(found) > 1:
        raise LineWrong("two regular gifts here have its numbers")
    return found.pop() if found else None


def _known_plan(plan_id: uuid.UUID, line: PlanLine, wish: Wish) -> Written:
    plan = lock(plan_id)
    event = PlanEvent.objects.get(plan=plan, name="imported")
    joined = _with_its_gifts(plan, line, at=now())
    begun = wish.activate and line.ended_as is None and _begin_if_waiting(plan_id, event, line)
    return Written(Fate.KNOWN, event.detail["amount_minor"], activated=begun, joined=joined)


def _with_its_gifts(plan: Plan, line: PlanLine, *, at: datetime) -> int:
    """Keep the plan's further numbers, and let the gifts join it that came before it: how many."""
    names = {*_numbers(line), line.by_gift} - {""}
    aliases = [
        PlanAlias(plan=plan, charity_id=plan.charity_id, origin=name)
        for name in names
        if name != plan.imported_from
    ]
    if aliases:
        PlanAlias.objects.bulk_create(aliases, ignore_conflicts=True)
    return linking.link_waiting(plan, names, at=at)


def _told(line: PlanLine, plan: Plan) -> dict[str, Any]:
    """What its source said, for what comes later: the same file again, its gifts, its begin, and the proof."""
    return {
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "next_on": _first_on(plan).isoformat(),
        # All that one brought which is over there came before.
        "source_next_on": (line.next_on if line.ended_as is None else _first_on(plan)).isoformat(),
        "given": line.given,
        "waits": plan.state == PlanState.PAUSED and not line.paused,
    }


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
        # In all, as the source counts or, until its gifts have joined, as far as is known here.
        ends_after=None if line.gifts_left is None else (line.given or 0) + line.gifts_left,
        given_count=line.given or 0,
        given_elsewhere=line.given or 0,
        state=state,
        gateway=line.gateway[:20],
        account=gateways.gateway(line.gateway).account if usable else "",
        method=line.method[:20],
        saved_method=line.saved_method if line.method else "",
        method_label=line.method_label[:80],
        method_expires=line.method_expires[:7],
        method_usable=usable,
        cancelled_at=line.cancelled_at if state == PlanState.CANCELLED else None,
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
    offered = {each.code: each for each in gateway.capabilities().methods if each.repeats}
    if line.method not in offered:
        return f"{line.gateway} does not charge {line.method or 'an unnamed method'} again here"
    if not offered[line.method].takes(line.amount_minor + line.cover_minor, line.currency):
        return f"{line.gateway} takes no such amount: it is too small, or has a fraction too many"
    return "" if line.saved_method else "no saved method stands with it"


def _begin_if_waiting(plan_id: uuid.UUID, imported: PlanEvent, line: PlanLine) -> bool:
    """The source was stopped: a plan that only waited for that goes on, after what the source has charged."""
    plan = lock(plan_id)
    moved = PlanEvent.objects.filter(plan=plan).exclude(by=PlanEvent.By.IMPORT).exists()
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
    number = max(plan.next_number, schedule.number_from(plan.anchor, plan.every, first))
    columns = timing.next_columns(plan, number, timezone=timezone)
    account = gateways.gateway(line.gateway).account
    move(
        plan, "resumed", by=IMPORT, at=at, account=account, method_usable=True, method=line.method,
        saved_method=line.saved_method, **columns,
    )  # fmt: skip
    return True


# ---- gifts -------------------------------------------------------------------------------------------------------


def _gift(line: GiftLine, wish: Wish) -> Written:
    pk = identifier(wish.charity, "gift", line.origin)
    claim = Claim(pk, line.plan_origin) if line.plan_origin else None
    known = Gift.objects.filter(pk=pk).values_list("amount_minor", "plan_id", "plan_origin").first()
    if known is not None:
        amount_minor, plan_id, plan_origin = known
        if claim is not None and plan_id is None and plan_origin != line.plan_origin:
            # It came before from a file that didn't say so.
            update(Gift, {"plan_origin": line.plan_origin}, id=pk)
        return Written(Fate.KNOWN, amount_minor, claim=claim)
    given_at = datetime.combine(line.given_on, time(12), ZoneInfo(wish.charity.timezone))
    if given_at > now() + timedelta(days=1):
        raise LineWrong("it was given in the future")
    fund, total_minor = _fund(line.fund, wish), line.amount_minor + line.cover_minor
    if line.refunded_minor > total_minor:
        raise LineWrong("more was given back than it was")
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
        plan_origin=line.plan_origin or None,
        message=scrub(line.note),
        language=line.details.language,
        given_at=given_at,
        # As its attempt says below; no hook is called, or it would get a receipt of ours.
        status=GiftStatus.SETTLED,
        settled_minor=total_minor,
        refunded_minor=line.refunded_minor,
        settled_at=given_at,
    )
    gift.save(force_insert=True)
    try:
        attempt = _settle(gift, fund, line, at=given_at)
    except BooksClosed:
        raise LineWrong("the books of its day are closed") from None
    if line.refunded_minor:
        _give_back(attempt, line, at=given_at)
    return Written(Fate.GIFT, gift.amount_minor, claim=claim)


def _settle(gift: Gift, fund: Fund, line: GiftLine, *, at: datetime) -> Attempt:
    """Booked on the day on which it was given, under its number at the source."""
    order = {"imported_from": line.origin}
    if line.period_on is not None:
        order["period_on"] = line.period_on.isoformat()
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
        order=order,
    )
    return progress.move(attempt, "awaiting", "received", at=at, code="import").attempt


def _give_back(attempt: Attempt, line: GiftLine, *, at: datetime) -> None:
    """Booked on the day on which the source gave it back, or, where it doesn't say, on the gift's own."""
    if line.refunded_on is not None:
        at = max(at, datetime.combine(line.refunded_on, time(12), at.tzinfo))
    answer = RefundAnswer(
        gateway_id=f"import {attempt.pk}", status=Status.SUCCEEDED, amount_minor=line.refunded_minor,
        currency=line.currency,
    )  # fmt: skip
    refunds.adopt(attempt.pk, answer, at=at)


def _fund(code: str, wish: Wish) -> Fund:
    """The one of this code, or the one that was named for all. Raises `LineWrong`."""
    if not code or code == wish.fund.code:
        return wish.fund
    fund = Fund.objects.filter(charity=wish.charity, code=code).first()
    if fund is None:
        raise LineWrong(f"the charity has no fund {code}")
    return fund
