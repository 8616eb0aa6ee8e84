"""Which room answers what: outbox kinds to their handlers, tasks to their times, and what rooms ask of higher ones."""

from almoner.config import donors
from almoner.outbox import queue
from almoner.outbox.periodic import Task
from almoner.outbox.worker import Handler
from almoner.payments import inbox

HANDLERS: dict[str, Handler] = {
    inbox.KIND: donors.look_into_message,
}

PERIODIC: list[Task] = [
    ("outbox.prune", 3600.0, queue.prune),
    ("giving.sweep", 5.0, donors.sweep),
    ("giving.prune", 3600.0, donors.prune),
    ("sandbox", 1.0, donors.run_sandbox),
]
