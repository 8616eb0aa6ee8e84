"""What happened to gifts and plans, read from their own tables of events: a worker's turn of every few seconds.

Nothing is written on the giving path. What a turn found, and how far it read, are one transaction.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet

from almoner.charities.models import AuditEntry
from almoner.crm.models import Link, Mirror, Person, Place
from almoner.crm.people import person_key
from almoner.crm.salesforce import connection
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.outbox.following import end_of, grown
from almoner.outbox.queue import enqueue
from almoner.payments.models import DisputeEvent, Event, RefundEvent
from almoner.plans.models import Plan, PlanEvent

JOB: Final = "salesforce send"
HISTORY_JOB: Final = "salesforce history"
# On SQLite nobody else writes while a turn does.
_AT_ONCE: Final = 200
_CORRECTED: Final = "correct donor"


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of events. `of`: the kind of thing and which, of a row; None of one that is about neither."""

    rows: Callable[[], "QuerySet[Any]"]
    of: Callable[[Any], tuple[str, uuid.UUID] | None]
    # Whether a row says that its donor's details were put right.
    corrects: Callable[[Any], bool] = lambda row: False


def _of_audit(entry: AuditEntry) -> tuple[str, uuid.UUID] | None:
    return (Mirror.Kind.GIFT, uuid.UUID(entry.object_id)) if entry.action == _CORRECTED else None


_SOURCES: Final = (
    _Source(
        lambda: Event.objects.select_related("attempt"), lambda row: (Mirror.Kind.GIFT, row.attempt.gift_id)
    ),
    _Source(
        lambda: RefundEvent.objects.select_related("refund__attempt"),
        lambda row: (Mirror.Kind.GIFT, row.refund.attempt.gift_id),
    ),
    _Source(
        lambda: DisputeEvent.objects.select_related("dispute__attempt"),
        lambda row: (Mirror.Kind.GIFT, row.dispute.attempt.gift_id),
    ),
    _Source(
        lambda: PlanEvent.objects.all(),
        lambda row: (Mirror.Kind.PLAN, row.plan_id),
        lambda row: row.detail.get("what") == "contact",
    ),
    # What staff put right of a donor is an event of nothing else.
    _Source(lambda: AuditEntry.objects.all(), _of_audit, lambda row: row.action == _CORRECTED),
)


def follow() -> int:
    """Ask for all that changed since the last turn to be sent; returns how much. Nothing where nobody uses it."""
    if connection.setup() is None or not Link.objects.filter(active=True).exists():
        return 0
    return sum(_follow(source) for source in _SOURCES)


def begin(link: Link) -> None:
    """Send what was given since the link's day and before it was made. In the transaction that makes it active."""
    enqueue(HISTORY_JOB, f"{HISTORY_JOB} {link.pk} {uuid.uuid4()}", {"link": link.pk, "after": ""})


def send_history(payload: dict[str, Any]) -> None:
    """A page of a link's history, by the gifts' and plans' own order, and then the next one."""
    link = Link.objects.select_related("charity").filter(pk=payload["link"], active=True).first()
    if link is None:
        return
    kind, after = payload.get("kind", Mirror.Kind.PLAN), payload["after"]
    rows = worth_sending(link, kind).order_by("pk")
    page = list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:_AT_ONCE])
    with transaction.atomic():
        _ask(kind, page, link.charity_id)
        following = {"link": link.pk, "kind": kind, "after": str(page[-1])} if page else None
        if following is None and kind == Mirror.Kind.PLAN:
            following = {"link": link.pk, "kind": Mirror.Kind.GIFT, "after": ""}
        if following is not None:
            enqueue(HISTORY_JOB, f"{HISTORY_JOB} {uuid.uuid4()}", following)


def ask(mirrors: QuerySet[Mirror]) -> int:
    """Ask for each to be sent as it stands, in the caller's transaction; returns how many."""
    keys = list(mirrors.values_list("pk", flat=True))
    wanted = Mirror.objects.filter(pk__in=keys)
    wanted.update(
        state=Mirror.State.WAITING, wanted=F("wanted") + 1, tries=0, code="", about="", fields=[], said="",
        asked_at=now(),
    )  # fmt: skip
    for mirror in wanted.order_by("pk"):
        queue(mirror)
    return len(keys)


def queue(mirror: Mirror, *, run_at: datetime | None = None, again: str = "") -> None:
    """A job for what is wanted of it now. `again` tells a repeat from the job before it."""
    enqueue(JOB, f"{JOB} {mirror.pk} {mirror.wanted} {again}".strip(), {"mirror": mirror.pk}, run_at=run_at)


def _follow(source: _Source) -> int:
    rows = source.rows()
    table = rows.model._meta.db_table
    place = Place.objects.filter(table=table).first()
    if place is None:
        # What stands there already is the history's to send.
        end = end_of(rows.model)
        if end is not None:
            Place.objects.get_or_create(table=table, defaults={"after": end})
        return 0
    events = grown(rows, after=place.after, limit=_AT_ONCE)
    if not events:
        return 0
    # Only now: whose link was made after these were read finds them in its history.
    with transaction.atomic():
        found = _take(source, events)
        Place.objects.filter(table=table, after=place.after).update(after=events[-1].pk)
        crash_point("crm.follow.before-commit")
    crash_point("crm.follow.after-commit")
    return found


def _take(source: _Source, events: Collection[Any]) -> int:
    about = {found for row in events if (found := source.of(row)) is not None}
    corrected = {found for row in events if source.corrects(row) and (found := source.of(row)) is not None}
    asked = 0
    for link in Link.objects.select_related("charity").filter(active=True):
        for kind in Mirror.Kind.values:
            wanted = {key for of, key in about if of == kind}
            if not wanted:
                continue
            mirrored = set(Mirror.objects.filter(object_id__in=wanted).values_list("object_id", flat=True))
            worth = worth_sending(link, kind).filter(pk__in=wanted).values_list("pk", flat=True)
            _correct(link, kind, {key for of, key in corrected if of == kind})
            asked += _ask(kind, sorted({*worth} | mirrored), link.charity_id)
    return asked


def worth_sending(link: Link, kind: str) -> "QuerySet[Any]":
    """Gifts that were paid once; plans whose first gift was."""
    since = datetime.combine(link.since, time(), tzinfo=ZoneInfo(link.charity.timezone))
    if kind == Mirror.Kind.GIFT:
        return Gift.objects.filter(
            charity_id=link.charity_id, settled_minor__isnull=False, given_at__gte=since
        )
    return Plan.objects.filter(charity_id=link.charity_id, given_count__gt=0, updated_at__gte=since)


def _correct(link: Link, kind: str, keys: Collection[uuid.UUID]) -> None:
    """Their donors' details go along with what is sent next. Counted, so that a sending under way doesn't hide it."""
    model = Gift if kind == Mirror.Kind.GIFT else Plan
    rows = model._default_manager.filter(pk__in=keys, charity_id=link.charity_id)
    for row in rows.select_related("contact__charity"):
        Person.objects.get_or_create(key=person_key(row.contact), defaults={"charity_id": link.charity_id})
        Person.objects.filter(key=person_key(row.contact)).update(corrected=F("corrected") + 1)


def _ask(kind: str, keys: Iterable[uuid.UUID], charity_id: int) -> int:
    """Make what isn't mirrored yet, and ask for all of it. What a person left out stays out."""
    keys = list(keys)
    known = set(Mirror.objects.filter(object_id__in=keys).values_list("object_id", flat=True))
    # A key that somebody made meanwhile is theirs to ask for, and ours as well.
    Mirror.objects.bulk_create(
        (
            Mirror(charity_id=charity_id, kind=kind, object_id=key, wanted=0, asked_at=now())
            for key in keys
            if key not in known
        ),
        ignore_conflicts=True,
    )
    wanted = Mirror.objects.filter(object_id__in=keys, charity_id=charity_id)
    return ask(wanted.exclude(state=Mirror.State.LEFT_OUT))
