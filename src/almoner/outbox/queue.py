"""Asking for work: a row in the caller's transaction, so that the work is asked for exactly when the act stands."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from almoner.charities.rows import insert
from almoner.kernel import context
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State

# In a job's payload: the request that asked for it, for the log. Handlers aren't given it.
REQUEST: Final = "_request"


class Retry(Exception):
    """Raised by a handler: the work can't be done now; try again after so many seconds, or (None) later each time, for
    about a day and a half in all."""

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
    # A savepoint and its IntegrityError would cost two more statements.
    insert(_job(kind, dedupe_key, payload, run_at), on_conflict="ON CONFLICT DO NOTHING")


def enqueue_all(kind: str, payloads: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Ask for many pieces of work at once, each as `enqueue` does: (dedupe key, payload). In one statement."""
    jobs = [_job(kind, key, payload, None) for key, payload in payloads]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)


def _job(kind: str, dedupe_key: str, payload: Mapping[str, Any] | None, run_at: datetime | None) -> Job:
    moment = now()
    return Job(
        kind=kind,
        dedupe_key=dedupe_key,
        payload=dict(payload or {}) | ({REQUEST: context.request_id()} if context.request_id() else {}),
        run_at=run_at or moment,
        created_at=moment,
    )


def ask_again(kind: str, dedupe_key: str, payload: Mapping[str, Any] | None = None) -> bool:
    """Ask anew for work that was done, in the caller's transaction. False while it is in hand or dead: whoever has it
    may yet write that it is done, which would be of the time before."""
    job = Job.objects.filter(kind=kind, dedupe_key=dedupe_key)
    moment = now()
    if job.filter(state=State.DONE).update(
        state=State.READY, attempts=0, deaths=0, run_at=moment, finished_at=None, last_error=""
    ):
        return True
    if job.exists():
        return False
    enqueue(kind, dedupe_key, payload)
    return True


def prune(*, older_than_days: int = 90) -> int:
    """Drop work done long ago; returns how many rows. Until then a key that was asked for before is recognised."""
    before = now() - timedelta(days=older_than_days)
    dropped, _ = Job.objects.filter(state=State.DONE, finished_at__lt=before).delete()
    return dropped


def revive(job: Job) -> None:
    """Give a dead job another round of attempts, because a person asked for it."""
    Job.objects.filter(pk=job.pk, state=State.DEAD).update(
        state=State.READY, attempts=0, deaths=0, run_at=now(), finished_at=None, last_error=""
    )
