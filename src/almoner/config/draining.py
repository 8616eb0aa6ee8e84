"""A server that was told to stop says so first, and stops then: whoever balances sends nobody any more, and what is in
hand is finished.

The master's word reaches its workers as a file in a folder of this run's own, whose path they inherit.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# Not a setting: the server says it to its own processes.
RUN_DIR: Final = "_ALMONER_RUN_DIR"


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for what the processes of one server share while it runs."""
    folder = Path(tempfile.mkdtemp(prefix="almoner-run-"))
    os.environ[RUN_DIR] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[RUN_DIR]
        shutil.rmtree(folder, ignore_errors=True)


def begin() -> None:
    """From now on `draining` says yes, in every process of this server."""
    _mark().touch()


def draining() -> bool:
    return bool(os.environ.get(RUN_DIR)) and _mark().exists()


def _mark() -> Path:
    return Path(os.environ[RUN_DIR]) / "draining"
