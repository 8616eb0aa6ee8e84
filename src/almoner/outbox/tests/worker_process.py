"""A worker to be killed: `python -m almoner.outbox.tests.worker_process FOLDER`.

Each job `note` appends a line to a file, so that a test sees what ran; the job `hang` says that it began and then waits
for ever.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import django

django.setup()

# Models can be imported only now.
from almoner.outbox import worker  # noqa: E402


def main(folder: Path) -> None:
    def note(payload: dict[str, Any]) -> None:
        with (folder / "notes").open("a") as file:
            file.write(f"{payload['number']}\n")

    def hang(payload: dict[str, Any]) -> None:
        (folder / "hanging").write_text(str(os.getpid()))
        threading.Event().wait()

    def tick() -> None:
        with (folder / "ticks").open("a") as file:
            file.write(f"{os.getpid()}\n")

    worker.run(
        {"note": note, "hang": hang},
        [("tick", 3600.0, tick)],
        stop=threading.Event(),
        owner=f"test:{os.getpid()}",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
