"""One gift or plan to Salesforce: read as it stands, sent whole, and what came of it written down.

A worker that dies between the two sends it again: its external id is there already, and nothing is doubled.
"""

import random
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from almoner.crm.models import Link, Mirror, Person
from almoner.crm.people import person_key
from almoner.crm.salesforce import connection
from almoner.crm.salesforce.client import Json
from almoner.crm.salesforce.faults import SOON_HELD, Held, PutOff, SalesforceError
from almoner.crm.salesforce.following import queue
from almoner.crm.salesforce.npsp import Parcel, of_gift, of_plan
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.plans.models import Plan

# 10 s, 20 s ... 1 h: about half a day in all. Then it is a person's to look at.
MOST_TRIES: Final = 18
_FEW_TRIES: Final = 3
_FIRST_WAIT_SECONDS: Final = 10.0
_LONGEST_WAIT_SECONDS: Final = 3600.0
# When Salesforce doesn't say how long: the day's allowance comes back little by little.
_PAUSE: Final = timedelta(minutes=10)
_LONGEST_PAUSE: Final = timedelta(hours=2)


def deliver(payload: dict[str, Any]) -> None:
    """The outbox's handler. It writes down itself what Salesforce refuses: only a fault of ours is the outbox's."""
    mirror = Mirror.objects.filter(pk=payload["mirror"], state=Mirror.State.WAITING).first()
    link = (
        Link.objects.select_related("charity").filter(charity_id=mirror.charity_id).first()
        if mirror
        else None
    )
    client = connection.client()
    if mirror is None or link is None or client is None or not link.active:
        # Whoever switches it on again asks for what waits.
        return
    if link.paused_until is not None and link.paused_until > now():
        _later(mirror, link.paused_until, "paused")
        return
    try:
        parcel = _parcel(mirror, link)
        if parcel is None:
            return
        told = client.send(parcel.steps)
    except SalesforceError as error:
        _refused(mirror, error)
        return
    crash_point("crm.send.after-call")
    with transaction.atomic():
        _sent(mirror, parcel, told)
        crash_point("crm.send.before-commit")
    crash_point("crm.send.after-commit")


def _parcel(mirror: Mirror, link: Link) -> Parcel | None:
    """None when what it was about is gone."""
    if mirror.kind == Mirror.Kind.PLAN:
        plan = Plan.objects.select_related("contact__charity").filter(pk=mirror.object_id).first()
        return of_plan(plan, link) if plan is not None else None
    gifts = Gift.objects.select_related("contact__charity", "fund", "source", "plan__contact__charity")
    gift = gifts.filter(pk=mirror.object_id).first()
    if gift is None:
        return None
    there = gift.plan_id is not None and _is_there(gift.plan_id)
    return of_gift(gift, link, plan_is_there=there)


def _is_there(plan_id: Any) -> bool:
    return Mirror.objects.filter(object_id=plan_id, sent_at__isnull=False).exists()


def _sent(mirror: Mirror, parcel: Parcel, told: dict[str, Json]) -> None:
    at = now()
    if parcel.person:
        Person.objects.update_or_create(
            key=parcel.person,
            defaults={"charity_id": mirror.charity_id, "sent_corrected": parcel.corrected},
        )
    if parcel.plan is not None and mirror.kind == Mirror.Kind.GIFT:
        # The plan went along. Its own turn still comes, if it waits for one; from now on gifts only name it.
        Mirror.objects.filter(object_id=parcel.plan.pk, sent_at__isnull=True).update(sent_at=at)
    current = Mirror.objects.select_for_update().get(pk=mirror.pk)
    known = {"sent_at": at, "salesforce_id": str(told[parcel.main].get("id") or "")[:18]}
    if current.wanted == mirror.wanted and current.state == Mirror.State.WAITING:
        known |= {"state": Mirror.State.SENT, "tries": 0, "code": "", "about": "", "fields": [], "said": ""}
    elif current.state == Mirror.State.SENT:
        # Somebody sent what is newer while we sent what was older, and ours came last: once more.
        known |= {"state": Mirror.State.WAITING}
        queue(current, again=f"after {mirror.wanted} at {at.timestamp()}")
    Mirror.objects.filter(pk=mirror.pk).update(**known)


def _refused(mirror: Mirror, error: SalesforceError) -> None:
    """Write down why, and when it is tried again, if by itself."""
    fault, tries = error.fault, mirror.tries + 1
    known: dict[str, Any] = {
        "code": fault.code, "about": fault.about, "fields": list(fault.fields), "said": fault.said,
    }  # fmt: skip
    with transaction.atomic():
        mine = Mirror.objects.filter(pk=mirror.pk, wanted=mirror.wanted, state=Mirror.State.WAITING)
        if isinstance(error, PutOff):
            until = _pause(error)
            if mine.update(**known):
                _later(mirror, until, "paused")
        elif isinstance(error, Held) or tries >= (_FEW_TRIES if fault.code in SOON_HELD else MOST_TRIES):
            mine.update(state=Mirror.State.HELD, tries=tries, **known)
            _forget_who_is_gone(mirror, error)
        elif mine.update(tries=tries, **known):
            wait = min(_FIRST_WAIT_SECONDS * 2.0 ** (tries - 1), _LONGEST_WAIT_SECONDS)
            _later(mirror, now() + timedelta(seconds=_spread(wait)), f"try {tries}")


def _pause(error: PutOff) -> datetime:
    """What is so for one is so for all: nobody asks before."""
    wait = timedelta(seconds=error.after_seconds) if error.after_seconds is not None else _PAUSE
    until = now() + min(wait, _LONGEST_PAUSE)
    Link.objects.filter(active=True).update(paused_until=until, paused_code=error.fault.code)
    return until


def _later(mirror: Mirror, at: datetime, why: str) -> None:
    """Another job, for this one's attempts are the outbox's own."""
    later = at + timedelta(seconds=_spread(30.0)) if why == "paused" else at
    queue(mirror, run_at=later, again=f"{why} {later.timestamp()}")


def _forget_who_is_gone(mirror: Mirror, error: SalesforceError) -> None:
    """A contact that was deleted there, or merged into another, is made anew when a person sends this again."""
    if error.fault.code != "NOT_FOUND":
        return
    model = Gift if mirror.kind == Mirror.Kind.GIFT else Plan
    row = model._default_manager.select_related("contact__charity").filter(pk=mirror.object_id).first()
    if row is not None:
        Person.objects.filter(key=person_key(row.contact)).delete()


def _spread(seconds: float) -> float:
    # So that what failed together doesn't come back together.
    return seconds * (0.75 + 0.25 * random.random())  # noqa: S311
