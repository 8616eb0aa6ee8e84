"""Read a table that only grows from a place on, passing no row by, whatever order its writers commit in.

Keys are handed out in order and commit out of order: a reader who keeps the greatest key that it saw loses the row of
a transaction that took a lesser one and is still open. Nothing is added to the writers' path to prevent that: the
reader waits for those who held the table open for writing when it looked.
"""

import time
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Max, Model, QuerySet

_M = TypeVar("_M", bound=Model)
_R = TypeVar("_R")

# How long a turn waits for writers. They take milliseconds; an import of an hour is waited for by many turns.
_PATIENCE_SECONDS: Final = 1.0
_LOOK_EVERY_SECONDS: Final = 0.02
# An INSERT holds this lock from before it takes its key until its transaction has ended. Nobody is kept waiting by the
# question; our own transaction is no other's.
_WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid <> pg_backend_pid()
"""


def grown(
    rows: QuerySet[_M, _R], *, after: int, limit: int, patience_seconds: float = _PATIENCE_SECONDS
) -> list[_R]:
    """Rows, as a model's or as columns, with a key above `after`, in order: about `limit`, and no lesser key can appear
    later than the last of them.

    Empty, too, while somebody writes who may still bring a lesser one: ask again. In no transaction of the caller's
    that keeps an older snapshot.
    """
    seen = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
    if not seen or not _writers_ended(rows.model, patience_seconds):
        return []
    return list(rows.filter(pk__gt=after, pk__lte=seen[-1]).order_by("pk"))


def end_of(model: type[Model], *, patience_seconds: float = _PATIENCE_SECONDS) -> int | None:
    """The greatest key below which no other can appear; 0 of an empty table, None while somebody writes."""
    greatest = model._default_manager.aggregate(greatest=Max("pk"))["greatest"] or 0
    return int(greatest) if _writers_ended(model, patience_seconds) else None


def _writers_ended(model: type[Model], patience_seconds: float) -> bool:
    """Whether all who were writing when this was called have ended. SQLite has one writer, whose keys are in order."""
    if connection.vendor != "postgresql":
        return True
    deadline = time.monotonic() + patience_seconds
    writing = _writers(model)
    while writing and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_SECONDS)
        writing &= _writers(model)
    return not writing


def _writers(model: type[Model]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [model._meta.db_table])
        return {row[0] for row in cursor.fetchall()}
