"""What happens to a plan becomes a mail: its row and its job, inside the transaction in which it happened.

The row keeps what the mail says of that moment; the plan may be another when it is sent. A mail's key names its
occasion, so that none is asked for twice.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KT

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.donors.models import PlanMail
from almoner.kernel.clock import now
from almoner.outbox.queue import enqueue
from almoner.plans.hooks import News, PlanNews
from almoner.plans.models import Period, Plan
from almoner.plans.progress import lock
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PlanState
from almoner.receipts.handing import message_id

JOB: Final = "donors.plan"
# Before a mail's key in the key of its job.
KEY_PREFIX: Final = "donors.plan:"
Kind = PlanMail.Kind
# Nobody is told that a payment recovered: its receipt says so.
_KINDS: Final[Mapping[News, Kind]] = {
    News.STARTED: Kind.STARTED,
    News.NOTICE: Kind.NOTICE,
    News.DECLINED: Kind.DECLINED,
    News.AUTHENTICATE: Kind.AUTHENTICATE,
    News.GAVE_UP: Kind.GAVE_UP,
    News.PAUSED: Kind.PAUSED,
    News.RESUMED: Kind.RESUMED,
    News.SKIPPED: Kind.SKIPPED,
    News.CHANGED: Kind.CHANGED,
    News.METHOD_CHANGED: Kind.METHOD_CHANGED,
    News.METHOD_UNUSABLE: Kind.NEEDS_METHOD,
    News.CANCELLED: Kind.CANCELLED,
    News.COMPLETED: Kind.COMPLETED,
    News.DEBIT_MOVED: Kind.CHANGED,
    News.STILL_TAKEN: Kind.CHANGED,
}


# These ask the donor to do something.
_ASKING: Final = (Kind.FINISH, Kind.DECLINED, Kind.NEEDS_METHOD, Kind.AUTHENTICATE, Kind.GAVE_UP)


def on_plan(news: PlanNews) -> None:
    """Ask for the mail that this news makes, if it makes one. `plans.hooks.on_plan`."""
    kind = _kind_of(news)
    if kind is None:
        return
    plan = news.plan
    _ask(
        _key(kind, news),
        kind,
        plan,
        at=news.at,
        period=news.period,
        gift_id=news.gift_id,
        detail=_detail(news),
    )


def _detail(news: PlanNews) -> dict[str, Any]:
    """What is told besides the plan's own facts. Two kinds of news share a mail's kind with other changes: "what" tells
    them apart, and "wish" what the donor had wanted that came too late."""
    detail = dict(news.detail)
    if news.name == News.DEBIT_MOVED:
        return detail | {"what": "moved"}
    if news.name == News.STILL_TAKEN:
        return detail | {"what": "still_taken", "wish": detail.get("what", "")}
    return detail


def tell_to_finish(plan: Plan, *, gift_id: uuid.UUID, at: datetime) -> None:
    """Staff began a plan on the phone: its donor is sent where its first gift is paid. In the caller's transaction."""
    key = f"{Kind.FINISH}:{plan.pk}"
    _ask(key, Kind.FINISH, plan, at=at, detail={}, gift_id=gift_id)


class NothingToAsk(LookupError):
    """No mail asked this donor for anything that is still to be done."""


def asked_last(plan: Plan) -> PlanMail | None:
    """The newest mail that asks the donor to do something, while the plan still waits for that."""
    waits = plan.state in (PlanState.STARTING, PlanState.RETRYING) or bool(plan.decline_code)
    if not waits or plan.state not in LIVING_STATES:
        return None
    return PlanMail.objects.filter(plan=plan, kind__in=_ASKING).order_by("-created_at", "-pk").first()


def tell_again(plan_id: uuid.UUID, *, asked: uuid.UUID, actor: audit.Actor) -> PlanMail:
    """Send once more what asks the donor to pay, finish or confirm. The same `asked` again sends no other.

    Raises `NothingToAsk`.
    """
    with transaction.atomic():
        plan = lock(plan_id)
        before = asked_last(plan)
        if before is None:
            raise NothingToAsk
        key, charity = f"again:{asked}", Charity.objects.get(pk=plan.charity_id)
        row, new = PlanMail.objects.get_or_create(
            key=key,
            defaults={
                "kind": before.kind, "plan": plan, "period_id": before.period_id, "gift_id": before.gift_id,
                "facts": before.facts, "message_id": message_id(key, charity), "created_at": now(),
            },
        )  # fmt: skip
        if new:
            enqueue(JOB, KEY_PREFIX + row.key, {"mail": row.pk})
            audit.record(
                actor=actor,
                charity=charity,
                action="ask donor again",
                object_type="plan",
                object_id=plan.pk,
                detail={"mail": row.kind},
            )
    return row


def tell_expiring(limit: int = 500) -> int:
    """Cards that expire this month or next: each is told of once. Returns how many mails were asked for."""
    at = now()
    months = _months(at)
    mails = PlanMail.objects.filter(plan=OuterRef("pk"), kind=Kind.EXPIRING)
    told = mails.annotate(expires=KT("facts__expires")).filter(expires=OuterRef("method_expires"))
    plans = Plan.objects.filter(
        ~Exists(told), method_expires__in=months, method_usable=True, state__in=CHARGEABLE_STATES
    )
    asked = 0
    for plan in plans.select_related("charity")[:limit]:
        with transaction.atomic():
            key = f"expiring:{plan.pk}:{plan.method_expires}"
            _ask(key, Kind.EXPIRING, plan, at=at, detail={"expires": plan.method_expires})
        asked += 1
    return asked


def _months(at: datetime) -> tuple[str, str]:
    """This month and the next, as a card has them: "2026-12"."""
    following = at.replace(day=1) + timedelta(days=32)
    return f"{at:%Y-%m}", f"{following:%Y-%m}"


def _kind_of(news: PlanNews) -> Kind | None:
    if news.name == News.DECLINED and news.plan.retry_at is None:
        return Kind.NEEDS_METHOD
    if news.name == News.RETURNED:
        # The receipt that no longer holds is told of anyway; this, if the plan doesn't go on by itself.
        return Kind.GAVE_UP if news.plan.state == PlanState.PAUSED else None
    if news.name == News.CHANGED and news.detail.get("what") == "retry":
        return None
    return _KINDS.get(news.name)


def _key(kind: Kind, news: PlanNews) -> str:
    if news.event_id is not None:
        return f"{kind}:{news.event_id}"
    about = news.period.pk if news.period is not None else news.gift_id
    # Told again of the same period, as when its amount has changed, once the mail before is no longer on its way.
    before = PlanMail.objects.filter(
        plan=news.plan, kind=kind, period_id=news.period.pk if news.period else None
    )
    turn = before.exclude(state=PlanMail.State.QUEUED).count() if news.period is not None else 0
    day = f":{news.period.debit_on}" if news.period is not None and news.period.debit_on is not None else ""
    return f"{kind}:{about}:{news.plan.total_minor}{day}:{turn}"


def _ask(
    key: str,
    kind: Kind,
    plan: Plan,
    *,
    at: datetime,
    detail: Mapping[str, Any],
    period: Period | None = None,
    gift_id: Any = None,
) -> None:
    charity = Charity.objects.get(pk=plan.charity_id)
    row, new = PlanMail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "plan": plan,
            "period_id": period.pk if period is not None else None,
            "gift_id": gift_id,
            "facts": _facts(plan, charity, period) | dict(detail),
            "message_id": message_id(key, charity),
            "created_at": at,
        },
    )
    if new:
        enqueue(JOB, KEY_PREFIX + row.key, {"mail": row.pk})


def told_day(period: Period) -> str:
    """The day of a period's debit, as its donor is told."""
    return (period.debit_on or period.on).isoformat()


def _facts(plan: Plan, charity: Charity, period: Period | None) -> dict[str, Any]:
    """The plan as it stands at this moment: amounts in minor units, dates as ISO texts, "" where there is none."""
    retry_on = plan.retry_at.astimezone(ZoneInfo(charity.timezone)).date() if plan.retry_at else None
    return {
        "total_minor": plan.total_minor,
        "next_on": plan.next_on.isoformat() if plan.next_on else "",
        "resume_on": plan.resume_on.isoformat() if plan.resume_on else "",
        "retry_on": retry_on.isoformat() if retry_on else "",
        "period_on": told_day(period) if period is not None else "",
        # Not some bank days later: it is asked for with its day.
        "exact": period is not None and period.debit_on is not None,
        "decline_code": plan.decline_code,
        "given_count": plan.given_count,
    }
