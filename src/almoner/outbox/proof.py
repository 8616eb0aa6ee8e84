"""What must hold in this room, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta

from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.outbox.models import Job, State


def checks() -> list[Check]:
    return [
        Check("outbox", "No work was given up: each dead job needs a person.", _dead),
        Check(
            "outbox in time",
            "No work waits an hour past its time: a worker runs, and knows every kind.",
            _late,
        ),
    ]


def _dead() -> Iterator[str]:
    for job in Job.objects.filter(state=State.DEAD).order_by("id").iterator():
        yield f"job {job.pk} {job.kind}: {job.last_error}"


def _late() -> Iterator[str]:
    before = now() - timedelta(hours=1)
    for job in Job.objects.filter(state=State.READY, run_at__lt=before).order_by("run_at").iterator():
        yield f"job {job.pk} {job.kind}, due {job.run_at:%Y-%m-%d %H:%M} UTC"
