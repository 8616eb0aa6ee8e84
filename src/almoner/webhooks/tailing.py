"""Reading the house's own tables to their end: each row of theirs is one delivery for each endpoint that wants it.

Nothing is written on a gift's path for it: no row, no commit. `outbox.following` reads a table so that no row is passed
by. What was read and how far are one commit, and an event is unique to its endpoint: whoever dies in between, or reads
beside another, tells nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.webhooks.models import Delivery, Endpoint, Tail
from almoner.webhooks.sources import SOURCES, Fact, Row, Source

_MOST: Final = 500


def follow() -> int:
    """Write the deliveries of what has happened since the last call; returns how many rows were read.

    One read when nobody wants to know, and one a table when nothing has happened.
    """
    if not Endpoint.objects.filter(active=True).exists():
        return 0
    tails = Tail.objects.in_bulk()
    return sum(_follow(source, tails.get(source.name) or _begin(source)) for source in SOURCES)


def begin() -> None:
    """Called in the transaction that switches an endpoint on, before `since` is taken: where nobody was told, reading
    begins at the end. Whoever follows waits for that transaction with what was read, and then sees the endpoint."""
    known = {tail.source: tail for tail in Tail.objects.select_for_update().order_by("source")}
    # Asked under the lock: another one may have begun just now, and what it is owed is not passed over.
    told = Endpoint.objects.filter(active=True).exists()
    for source in SOURCES:
        if not told or source.name not in known:
            _begin(source)


def _begin(source: Source) -> Tail:
    """What can be seen now happened before. A lesser number that is seen later did too, by its own time."""
    tail, _ = Tail.objects.update_or_create(source=source.name, defaults={"after": source.end()})
    return tail


def _follow(source: Source, tail: Tail) -> int:
    rows = source.read(after=tail.after, limit=_MOST)
    if rows:
        _write(tail, rows)
    return len(rows)


def _write(tail: Tail, rows: Sequence[Row]) -> None:
    """Whoever was quicker has written the same."""
    at = now()
    with transaction.atomic():
        if not Tail.objects.filter(pk=tail.pk, after=tail.after).update(after=rows[-1].id):
            return
        # Only now, under the mark's lock: an endpoint that was made while these were read is told what came after it.
        endpoints = list(Endpoint.objects.filter(active=True))
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
            if _wants(endpoint, row.fact, row.at)
        ]
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        crash_point("tell.before-commit")
    crash_point("tell.after-commit")


def _wants(endpoint: Endpoint, fact: Fact, at: datetime) -> bool:
    return fact.charity_id == endpoint.charity_id and fact.type in endpoint.types and at >= endpoint.since
