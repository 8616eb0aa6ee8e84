"""`almoner` as a fork of a process that has imported everything: the imports take a second and a half of CPU time, and
the drills start hundreds.

The warm process is connected to nothing. A fork of it has its own session and environment, forgets what was read from
another, runs its command line from the first line as `python -m almoner` does, and dies its own death. That commands
start from nothing too is what tests/test_server.py, test_demo.py and docs/test_commands.py see.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import reload
from multiprocessing import get_context, set_start_method
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils.functional import empty

from almoner.config import cli, wiring
from almoner.kernel import crashpoint

_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.support.warm_imports"])


class Warm:
    """What `subprocess.Popen` is for a process that was executed."""

    def __init__(self, arguments: tuple[str, ...], *, env: Mapping[str, str], log: Path) -> None:
        log.touch()
        self._process = _context.Process(target=_run, args=(arguments, dict(env), str(log)))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("almoner", timeout)
        return self._process.exitcode


def _run(arguments: tuple[str, ...], env: dict[str, str], log: str) -> None:
    os.setsid()
    out = os.open(log, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(env)
    # The server makes its workers as this platform does, not as this process was made.
    set_start_method(None, force=True)
    _forget()
    sys.argv = ["almoner", *arguments]
    sys.exit(cli.run(list(arguments)))


def _forget() -> None:
    """What this process took from the warm one's environment is read again, from its own."""
    sys.modules.pop("almoner.config.settings", None)
    settings._wrapped = empty
    connections._settings = None
    vars(connections).pop("settings", None)
    with suppress(AttributeError):
        del connections["default"]
    reload(crashpoint)
    # The apps are ready, and won't be again: where the address files lie is said anew.
    wiring.connect()
