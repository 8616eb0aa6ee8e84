"""A method that a plan no longer uses, or that a single gift left behind, is forgotten at its gateway: asked for in the
transaction that puts it away, done outside any, and only then told as done."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from almoner.charities.rekeying import InJson
from almoner.charities.rows import insert
from almoner.charities.sealed import place, seal, unseal
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.outbox.models import Job
from almoner.outbox.queue import Retry, enqueue
from almoner.payments import gateways
from almoner.payments.gateways.port import GatewayError
from almoner.payments.models import Attempt
from almoner.payments.transitions import OPEN_STATES
from almoner.plans.hooks import News
from almoner.plans.models import OldMethod, Period, Plan, PlanEvent
from almoner.plans.progress import tell
from almoner.plans.transitions import LIVING_STATES, PeriodState

JOB: Final = "plans.forget"
LEFT_OVER_JOB: Final = "plans.forget_left_over"
# A debit may be under way for more than a week: as many tries as a job has must outlast it. Its end asks at once.
_UNDER_WAY_SECONDS: Final = 12 * 3600.0
# Where tokens stand in jobs that are to forget them.
SEALED: Final = InJson(Job, "payload", "token", bound="dedupe_key", where=Q(kind=LEFT_OVER_JOB))


def put_away(
    plan: Plan, old: tuple[str, str, str], news: News, event: PlanEvent, *, at: datetime
) -> OldMethod | None:
    """Ask for the gateway to forget `old`: gateway, account, token. Without one the news are told at once."""
    gateway, account, token = old
    if not token:
        tell(plan, news, at=at, event=event)
        return None
    row = OldMethod(
        plan=plan, gateway=gateway, account=account, token=token, news=news, event=event, asked_at=at
    )
    insert(row)
    enqueue(JOB, f"forget:{row.pk}", {"old_method": row.pk})
    return row


def ask_again(plan: Plan, gift_id: uuid.UUID) -> None:
    """A charge is over, inside the transaction that ends it: what waited for that goes on."""
    waiting = OldMethod.objects.filter(plan=plan, done_at__isnull=True).values_list("pk", flat=True)
    for pk in waiting:
        enqueue(JOB, f"forget:{pk}:{gift_id}", {"old_method": pk})


def deliver(payload: Mapping[str, Any]) -> None:
    """The worker's part. A charge that is under way with the method ends as it ends, before it is forgotten."""
    old = OldMethod.objects.get(pk=payload["old_method"])
    if old.done_at is not None:
        return
    if _charging(old):
        raise Retry("a charge with this method is under way", after_seconds=_UNDER_WAY_SECONDS)
    try:
        forget(old)
    except (GatewayError, gateways.GatewayUnknown) as fault:
        raise Retry(f"the gateway could not forget it: {type(fault).__name__}") from fault


def forget(old: OldMethod) -> None:
    """Make it so at the gateway, and tell. Raises `GatewayError`. Harmless to repeat."""
    if not _needed(old):
        gateways.gateway(old.gateway, old.account).forget_method(old.token)
        crash_point("plan.after-forget")
    with transaction.atomic():
        moment = now()
        won = OldMethod.objects.filter(pk=old.pk, done_at__isnull=True).update(done_at=moment)
        if won:
            tell(old.plan, News(old.news), at=moment, event=old.event)


def forget_now(old: OldMethod | None) -> None:
    """Try at once, so that a donor who waits hears of it; what can't be done now the worker does later."""
    if old is None or _charging(old):
        return
    try:
        forget(old)
    except (GatewayError, gateways.GatewayUnknown):
        return


def leave_over(gateway: str, account: str, token: str, *, occasion: str) -> None:
    """A charge is over whose method no plan needs, inside the transaction that ends it. `occasion` names the charge."""
    key = f"left over:{occasion}"
    sealed = seal(token, _job_place(key))
    enqueue(LEFT_OVER_JOB, key, {"gateway": gateway, "account": account, "token": sealed, "key": key})


def deliver_left_over(payload: Mapping[str, Any]) -> None:
    """The worker's part; a plan that is charged to it after all keeps it. Harmless to repeat."""
    gateway, account, token = (str(payload[name]) for name in ("gateway", "account", "token"))
    # Jobs from before hold it open, and no key.
    token = unseal(token, _job_place(str(payload.get("key", ""))))
    if _used(gateway, token):
        return
    try:
        gateways.gateway(gateway, account).forget_method(token)
    except (GatewayError, gateways.GatewayUnknown) as fault:
        raise Retry(f"the gateway could not forget it: {type(fault).__name__}") from fault
    crash_point("left-over.after-forget")


def _job_place(key: str) -> str:
    return place("outbox_job", "payload", key)


def _needed(old: OldMethod) -> bool:
    """Another plan, or this one again, is charged to the same method."""
    return _used(old.gateway, old.token)


def _used(gateway: str, token: str) -> bool:
    return Plan.objects.filter(Plan.charged_to(token), gateway=gateway, state__in=LIVING_STATES).exists()


def _charging(old: OldMethod) -> bool:
    gifts = Period.objects.filter(plan=old.plan_id, state=PeriodState.CHARGING).values("gift_id")
    return Attempt.objects.filter(gift_id__in=gifts, state__in=OPEN_STATES).exists()
