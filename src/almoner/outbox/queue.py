"""Asking for work: a row in the caller's transaction, so that the work is asked for exactly when the act stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from almoner.kernel.clock import now
from almoner.outbox.models import Job


class Retry(Exception):
    """Raised by a handler: the work can't be done now; try again after `after_seconds` (None: the usual backoff)."""

    def __init__(self, why: str, *, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after_seconds = after_seconds


class Dead(Exception):
    """Raised by a handler: the work can never be done. Staff see the job and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def enqueue(
    kind: str, dedupe_key: str, payload: Mapping[str, Any] | None = None, run_at: datetime | None = None
) -> None:
    """Ask for one piece of work, in the caller's transaction. A key that was asked for before is ignored.

    `payload` holds identifiers only, as JSON. Raises nothing: asking twice is what retries do.
    """
    moment = now()
    job = Job(
        kind=kind,
        dedupe_key=dedupe_key,
        payload=dict(payload or {}),
        run_at=run_at or moment,
        created_at=moment,
    )
    # ON CONFLICT DO NOTHING: a savepoint and its IntegrityError would cost two more statements.
    Job.objects.bulk_create([job], ignore_conflicts=True)
