"""Reading the house's own tables to their end: each row of theirs is one delivery for each endpoint that wants it.

Nothing is written on a gift's path for it: no row, no commit. The tables only grow, and their numbers do too. But on
PostgreSQL a number is taken before its transaction commits, so that 7 may be seen before 6 is. So there are two marks.
`front_id` is the greatest number that was read: what is behind it is told at once. And each time a fence is set there,
with the transaction number that comes next. When every transaction before that one is over, all that could ever stand
below the fence does: it is read once more from `safe_id` up to the fence, and `safe_id` moves there. A row that is
met twice is told once, for an event is unique to its endpoint. On SQLite writers queue, and rows appear in order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.webhooks.models import Delivery, Endpoint, Tail
from almoner.webhooks.sources import SOURCES, Row, Source

_MOST: Final = 500
# A number is taken a moment before its transaction has one of its own. This is a very long moment.
_MOMENT: Final = timedelta(seconds=10)
# What may be on its way when the first endpoint is switched on.
_OVERLAP: Final = 1000


@dataclass(frozen=True, slots=True)
class _Horizon:
    """Every transaction before `oldest` is over; none that begins from now on has a number below `next`."""

    oldest: int
    next: int


def follow() -> int:
    """Write the deliveries of what has happened since the last call; returns how many rows were read.

    One read when nobody wants to know, and one a table when nothing has happened.
    """
    endpoints = list(Endpoint.objects.filter(active=True))
    if not endpoints:
        return 0
    tails = Tail.objects.in_bulk()
    return sum(_follow(source, tails.get(source.name) or _begin(source), endpoints) for source in SOURCES)


def begin() -> None:
    """Called in the transaction that switches an endpoint on: where nobody was told, reading begins at the end."""
    known = {tail.source: tail for tail in Tail.objects.select_for_update().order_by("source")}
    # Asked under the lock: another one may have begun just now, and what it is owed is not passed over.
    told = Endpoint.objects.filter(active=True).exists()
    for source in SOURCES:
        if not told or source.name not in known:
            _begin(source)


def _begin(source: Source) -> Tail:
    end, horizon = source.end(), _horizon()
    safe = max(0, end - _OVERLAP) if horizon else end
    tail, _ = Tail.objects.update_or_create(
        source=source.name,
        defaults={"safe_id": safe, "front_id": end, "fence_id": None, "fence_xid": None, "fence_at": None},
    )
    return tail


def _follow(source: Source, tail: Tail, endpoints: Sequence[Endpoint]) -> int:
    before, at = _horizon(), now()
    late, safe_id = _behind(source, tail, before, at)
    new = source.read(after=tail.front_id, limit=_MOST)
    front_id = new[-1].id if new else tail.front_id
    if before is None:
        moved = Tail(source=source.name, safe_id=front_id, front_id=front_id)
    else:
        moved = _fenced(tail, safe_id=safe_id, front_id=front_id, at=at)
    if _marks(moved) != _marks(tail):
        _write(tail, moved, [*late, *new], endpoints, at)
    return len(new)


def _behind(source: Source, tail: Tail, horizon: _Horizon | None, at: datetime) -> tuple[list[Row], int]:
    """What stands below a fence that holds, and how far all is safe after it."""
    if horizon is None or tail.fence_id is None or tail.fence_xid is None or tail.fence_at is None:
        return [], tail.safe_id
    if horizon.oldest < tail.fence_xid or at < tail.fence_at + _MOMENT:
        return [], tail.safe_id
    rows = source.read(after=tail.safe_id, upto=tail.fence_id, limit=_MOST)
    return rows, rows[-1].id if len(rows) == _MOST else tail.fence_id


def _fenced(tail: Tail, *, safe_id: int, front_id: int, at: datetime) -> Tail:
    """The marks after a reading. A fence that was passed is set again at the front; its number is asked for after
    the front was read."""
    moved = Tail(source=tail.source, safe_id=safe_id, front_id=front_id)
    if tail.fence_id is not None and safe_id < tail.fence_id:
        moved.fence_id, moved.fence_xid, moved.fence_at = tail.fence_id, tail.fence_xid, tail.fence_at
    elif safe_id < front_id and (horizon := _horizon()) is not None:
        moved.fence_id, moved.fence_xid, moved.fence_at = front_id, horizon.next, at
    return moved


def _write(tail: Tail, moved: Tail, rows: Iterable[Row], endpoints: Sequence[Endpoint], at: datetime) -> None:
    """The deliveries and the marks are one commit. Whoever was quicker has written the same."""
    deliveries = [
        Delivery(
            endpoint=endpoint,
            event_key=f"{tail.source} {row.id}",
            type=row.fact.type,
            object_id=row.fact.object_id,
            detail_id=row.fact.detail_id,
            at=row.at,
            next_at=at,
            made_at=at,
        )
        for row in rows
        if row.fact is not None
        for endpoint in endpoints
        if _wants(endpoint, row)
    ]
    with transaction.atomic():
        stands = Tail.objects.select_for_update().get(pk=tail.pk)
        if _marks(stands) != _marks(tail):
            return
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        moved.save(force_update=True)
        crash_point("tell.before-commit")
    crash_point("tell.after-commit")


def _wants(endpoint: Endpoint, row: Row) -> bool:
    fact = row.fact
    return (
        fact is not None
        and fact.charity_id == endpoint.charity_id
        and fact.type in endpoint.types
        and row.at >= endpoint.since
    )


def _marks(tail: Tail) -> tuple[object, ...]:
    return tail.safe_id, tail.front_id, tail.fence_id, tail.fence_xid


def _horizon() -> _Horizon | None:
    """None where rows appear in the order of their numbers."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        # A snapshot of this statement's own: PostgreSQL's default, READ COMMITTED, gives each its own.
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM pg_current_snapshot() AS s"
        )
        oldest, after = cursor.fetchone()
    return _Horizon(int(oldest), int(after))
