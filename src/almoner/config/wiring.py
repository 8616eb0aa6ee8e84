"""Which room answers what: outbox kinds to their handlers, tasks to their times, and what rooms ask of higher ones."""

from almoner.outbox import queue
from almoner.outbox.periodic import Task
from almoner.outbox.worker import Handler

HANDLERS: dict[str, Handler] = {}

PERIODIC: list[Task] = [
    ("outbox.prune", 3600.0, queue.prune),
]
