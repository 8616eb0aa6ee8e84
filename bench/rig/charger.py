"""A worker that charges plans and looks after what is open, as `almoner worker` does, and leaves its other work:
`python -m rig.charger NAME`, until it is told to stop."""

import signal
import sys
import threading

import django

django.setup()

from almoner.config import wiring  # noqa: E402
from almoner.outbox import worker  # noqa: E402


def main(name: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    tasks = [
        task for task in wiring.PERIODIC if task[0].startswith("plans.charge") or task[0] == "payments.sweep"
    ]
    worker.run({}, tasks, stop=stop, owner=name)


if __name__ == "__main__":
    main(sys.argv[1])
