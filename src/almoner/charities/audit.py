"""The log of what staff did. A row is written in the transaction of the act itself, and never changed."""

import hashlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from almoner.charities.models import AuditEntry, AuditHead, Charity
from almoner.kernel.clock import now

_FIRST = "0" * 64
_HEAD = 1
_written: ContextVar[int] = ContextVar("written", default=0)


class Actor(Protocol):
    """A signed-in member of staff (Django's user) as the log needs it."""

    @property
    def pk(self) -> Any: ...

    def get_username(self) -> str: ...


def record(
    *,
    actor: Actor | None,
    charity: Charity | None,
    action: str,
    object_type: str,
    object_id: object,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one act. `actor` None means the system did it. Must be called inside the act's transaction."""
    with transaction.atomic():
        # The row is locked: one writer at a time, or two entries would follow the same one.
        head, _ = AuditHead.objects.select_for_update().get_or_create(pk=_HEAD, defaults={"hash": _FIRST})
        entry = AuditEntry(
            at=now(),
            actor_id=actor.pk if actor is not None else None,
            actor_name=actor.get_username() if actor is not None else "system",
            charity=charity,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            detail=detail or {},
            previous_hash=head.hash,
        )
        entry.hash = _hash(entry)
        entry.save(force_insert=True)
        head.count, head.hash = head.count + 1, entry.hash
        head.save(update_fields=["count", "hash"])
        _written.set(_written.get() + 1)
    return entry


def written() -> int:
    """How many entries this thread has written so far. Who asks before and after an act knows whether it left one."""
    return _written.get()


def broken_links() -> Iterator[str]:
    """The rows whose hash or whose link to the row before them is wrong, in order; then the end, if it isn't where the
    log's head says."""
    previous, count = _FIRST, 0
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.previous_hash != previous or entry.hash != _hash(entry):
            yield f"audit entry {entry.pk}"
        previous, count = entry.hash, count + 1
    head = AuditHead.objects.filter(pk=_HEAD).first() or AuditHead(hash=_FIRST)
    if (head.count, head.hash) != (count, previous):
        yield f"the log's end: {count} entries stand, {head.count} were written"


def _hash(entry: AuditEntry) -> str:
    at: datetime = entry.at
    content = json.dumps(
        [
            entry.previous_hash, at.isoformat(timespec="microseconds"), entry.actor_id, entry.actor_name,
            entry.charity_id, entry.action, entry.object_type, entry.object_id, entry.detail,
        ],
        sort_keys=True,
        ensure_ascii=True,
    )  # fmt: skip
    return hashlib.sha256(content.encode()).hexdigest()
