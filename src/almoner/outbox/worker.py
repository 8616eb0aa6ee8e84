"""The worker: leases ready jobs, runs their handlers, and gives back what a killed worker held.

A job is done at least once: a worker may die after the work and before the row says so. Handlers are therefore safe to
repeat. On PostgreSQL workers step over each other's rows (SKIP LOCKED); on SQLite each takes the write lock at BEGIN.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from almoner.kernel import context
from almoner.kernel.clock import now
from almoner.outbox import periodic
from almoner.outbox.faults import place_of
from almoner.outbox.lease import DATABASE_GONE, LEASE, Leases
from almoner.outbox.models import Job, State
from almoner.outbox.queue import REQUEST, Dead, Retry

Handler = Callable[[dict[str, Any]], None]

# 5 s, 10 s, 20 s ... 4 h: twenty attempts span about a day and a half, longer than most mail servers' troubles.
MOST_ATTEMPTS: Final = 20
_FIRST_BACKOFF_SECONDS: Final = 5.0
_LONGEST_BACKOFF_SECONDS: Final = 4 * 3600.0
# One commit leases so many jobs; each is finished on its own, so that a kill repeats one and not ten.
_BATCH: Final = 10
# A job whose workers died so often is leased alone: no other waits for the end of its lease.
_SUSPECT_DEATHS: Final = 2
# And it waits so long, for each time it takes what else its process does with it.
_SUSPECT_WAIT: Final = timedelta(minutes=10)
_SHORTEST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 1.0
_LOOK_EVERY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: State
    run_at: datetime | None = None
    why: str = ""


def run(
    handlers: Mapping[str, Handler],
    tasks: Sequence[periodic.Task] = (),
    *,
    stop: threading.Event,
    owner: str,
) -> None:
    """Work until `stop` is set; the job in hand is finished first. Survives a database that goes away for a while."""
    wait_seconds = _SHORTEST_WAIT_SECONDS
    look_at = 0.0
    with Leases(owner) as leases:
        while not stop.is_set():
            try:
                worked = _work(handlers, leases, limit=_BATCH, stop=stop)
                if time.monotonic() >= look_at:
                    worked += reap() + periodic.run_due(tasks, leases)
                    look_at = time.monotonic() + _LOOK_EVERY_SECONDS
            except DATABASE_GONE as error:
                _log.warning("the worker could not reach its rows: %s", type(error).__name__)
                connection.close()
                worked = 0
            wait_seconds = _SHORTEST_WAIT_SECONDS if worked else min(2 * wait_seconds, _LONGEST_WAIT_SECONDS)
            if not worked:
                stop.wait(wait_seconds)


def drain(handlers: Mapping[str, Handler], limit: int | None = None, *, owner: str = "drain") -> int:
    """Run what is ready now, and what that makes ready, up to `limit` jobs; returns how many ran."""
    ran = 0
    with Leases(owner) as leases:
        while limit is None or ran < limit:
            size = _BATCH if limit is None else min(_BATCH, limit - ran)
            worked = _work(handlers, leases, limit=size)
            if not worked:
                break
            ran += worked
    return ran


def reap() -> int:
    """Make ready again what a dead worker held; returns how many jobs. One read when there is nothing to do.

    What it had not begun waited in vain, and nothing is counted against it.
    """
    lapsed = Job.objects.filter(state=State.LEASED, lease_until__lt=now())
    if not lapsed.exists():
        return 0
    moment = now()
    freed = {"state": State.READY, "run_at": moment, "lease_until": None, "lease_owner": ""}
    begun = lapsed.filter(started_at__isnull=False)
    hopeless = begun.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.DEAD, finished_at=moment, lease_until=None, last_error="its worker died each time"
    )
    freed_begun = freed | {"started_at": None, "deaths": F("deaths") + 1, "last_error": "its worker died"}
    suspects = begun.filter(deaths__gte=_SUSPECT_DEATHS - 1)
    reaped = suspects.update(**freed_begun | {"run_at": moment + _SUSPECT_WAIT}) + begun.update(**freed_begun)
    return hopeless + reaped + lapsed.filter(started_at__isnull=True).update(**freed)


def _work(
    handlers: Mapping[str, Handler], leases: Leases, *, limit: int, stop: threading.Event | None = None
) -> int:
    """Lease up to `limit` ready jobs and run them in turn; returns how many ran."""
    jobs = _claim(tuple(handlers), leases.owner, limit)
    for ran, job in enumerate(jobs, start=1):
        with leases.held(Job, [held.pk for held in jobs[ran - 1 :]]):
            outcome = _attempt(handlers[job.kind], job)
        waiting = jobs[ran:]
        stopped = stop is not None and stop.is_set()
        # The end of one and the beginning of the next are one commit.
        with transaction.atomic():
            _finish(job, leases.owner, outcome)
            begun = not stopped and bool(waiting) and _begin(waiting[0], leases.owner)
        if not begun:
            _give_back(waiting, leases.owner)
            return ran
    return len(jobs)


def _claim(kinds: tuple[str, ...], owner: str, limit: int) -> list[Job]:
    """Ready jobs, oldest first, leased to `owner`, the first of them begun. A kind we have no handler for waits for a
    worker that has one."""
    ready = Job.objects.filter(state=State.READY, run_at__lte=now(), kind__in=kinds)
    # A plain read first: on SQLite an idle worker would otherwise take the write lock at every poll.
    if not ready.exists():
        return []
    with transaction.atomic():
        jobs = _together(list(ready.select_for_update(skip_locked=True).order_by("run_at", "id")[:limit]))
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
            state=State.LEASED, lease_owner=owner, lease_until=now() + LEASE, started_at=None
        )
        if jobs:
            _begin(jobs[0], owner)
    return jobs


def _together(jobs: list[Job]) -> list[Job]:
    """As many of the jobs as may be leased together: one that kills its workers is alone."""
    unsuspected = list(takewhile(lambda job: job.deaths < _SUSPECT_DEATHS, jobs))
    return unsuspected or jobs[:1]


def _begin(job: Job, owner: str) -> bool:
    """Count the attempt before it is made, for the job may kill us; False when the lease is no longer ours."""
    job.attempts += 1
    return bool(
        Job.objects.filter(pk=job.pk, state=State.LEASED, lease_owner=owner).update(
            started_at=now(), attempts=job.attempts
        )
    )


def _attempt(handler: Handler, job: Job) -> _Outcome:
    """Run the handler; what it raises decides what becomes of the job."""
    payload = dict(job.payload)
    request = str(payload.pop(REQUEST, ""))
    with context.job(f"{job.kind} {job.pk}", request=request), context.span("job", kind=job.kind):
        return _handled(handler, job, payload)


def _handled(handler: Handler, job: Job, payload: dict[str, Any]) -> _Outcome:
    try:
        handler(payload)
    except Retry as retry:
        return _again(job, retry.why, after_seconds=retry.after_seconds)
    except Dead as dead:
        return _Outcome(State.DEAD, why=dead.why)
    # A handler's bug must cost its job an attempt and not the worker its life.
    except Exception as error:  # noqa: BLE001
        where = place_of(error)
        _log.error("job %s %s failed, attempt %d: %s", job.kind, job.pk, job.attempts, where)
        return _again(job, where)
    return _Outcome(State.DONE)


def _again(job: Job, why: str, *, after_seconds: float | None = None) -> _Outcome:
    if job.attempts >= MOST_ATTEMPTS:
        return _Outcome(State.DEAD, why=f"gave up after {job.attempts} attempts: {why}")
    if after_seconds is None:
        after_seconds = _backoff_seconds(job.attempts)
    return _Outcome(State.READY, run_at=now() + timedelta(seconds=after_seconds), why=why)


def _backoff_seconds(attempts: int) -> float:
    longest = min(_FIRST_BACKOFF_SECONDS * 2.0 ** (attempts - 1), _LONGEST_BACKOFF_SECONDS)
    # Spread, so that what failed together doesn't come back together.
    return longest * (0.75 + 0.25 * random.random())  # noqa: S311


def _finish(job: Job, owner: str, outcome: _Outcome) -> None:
    """Write the outcome, if the lease is still ours: one that lapsed belongs to whoever took it since."""
    moment = now()
    ended = outcome.state in (State.DONE, State.DEAD)
    ours = Job.objects.filter(pk=job.pk, state=State.LEASED, lease_owner=owner, attempts=job.attempts).update(
        state=outcome.state,
        run_at=outcome.run_at or job.run_at,
        finished_at=moment if ended else None,
        lease_until=None,
        lease_owner="",
        started_at=None,
        last_error=outcome.why[:500],
    )
    if not ours:
        _log.warning("job %s %s outlived its lease; another worker has it", job.kind, job.pk)
    if outcome.state == State.DEAD:
        _log.error("job %s %s is dead: %s", job.kind, job.pk, outcome.why)


def _give_back(jobs: list[Job], owner: str) -> None:
    """Leased but not begun: ready again, as if never claimed."""
    if jobs:
        Job.objects.filter(pk__in=[job.pk for job in jobs], state=State.LEASED, lease_owner=owner).update(
            state=State.READY, lease_until=None, lease_owner=""
        )
