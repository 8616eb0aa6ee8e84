"""Tasks that repeat: sweeps and pruning. Each has one row whose lease says who runs it now."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Q

from almoner.kernel import context
from almoner.kernel.clock import now
from almoner.outbox.faults import place_of
from almoner.outbox.lease import LEASE, Leases
from almoner.outbox.models import Periodic

# (name, every so many seconds, what to call)
Task = tuple[str, float, Callable[[], object]]

# A task that failed is not left until tomorrow.
_AGAIN_SECONDS = 600.0

_log = logging.getLogger(__name__)


def run_due(tasks: Sequence[Task], leases: Leases) -> int:
    """Run each task whose time has come and that no other worker runs; returns how many. One read when none is due."""
    if not tasks:
        return 0
    known = dict(Periodic.objects.values_list("name", "next_at"))
    ran = 0
    for task in tasks:
        name = task[0]
        if name not in known:
            known[name] = Periodic.objects.get_or_create(name=name, defaults={"next_at": now()})[0].next_at
        if known[name] <= now():
            ran += _run(task, leases)
    return ran


def _run(task: Task, leases: Leases) -> int:
    name, every_seconds, call = task
    started = now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=started)
    won = Periodic.objects.filter(free, name=name, next_at__lte=started).update(
        lease_owner=leases.owner, lease_until=started + LEASE, last_started_at=started
    )
    if not won:
        return 0
    error = ""
    with leases.held(Periodic, [name]):
        try:
            with context.job(name), context.span("task", task=name):
                call()
        # One task's bug must not stop the worker or the other tasks.
        except Exception as fault:  # noqa: BLE001
            error = place_of(fault)
            _log.error("the periodic task %s failed: %s", name, error)
    Periodic.objects.filter(name=name, lease_owner=leases.owner).update(
        next_at=started + timedelta(seconds=min(every_seconds, _AGAIN_SECONDS) if error else every_seconds),
        lease_until=None,
        lease_owner="",
        last_finished_at=now(),
        last_error=error,
    )
    return 1
