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
from contextlib import chdir, suppress
from importlib import reload
from multiprocessing import get_context, set_start_method
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connections
from django.utils.functional import empty

from almoner.config import cli, wiring
from almoner.kernel import crashpoint
from tests.support.templates import ROOT

_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.support.warm_imports"])


class Warm:
    """What `subprocess.Popen` is for a process that was executed. `errors`: a file of its own for what is an error."""

    def __init__(
        self,
        arguments: tuple[str, ...],
        *,
        env: Mapping[str, str],
        log: Path,
        errors: Path | None = None,
        cwd: Path = ROOT,
    ) -> None:
        files = [str(log), str(errors or log)]
        for file in files:
            Path(file).touch()
        self._process = _context.Process(target=_run, args=(arguments, dict(env), files, str(cwd)))
        # The warm process, which the first of them starts, imports what it finds from there.
        with chdir(ROOT):
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


def run(arguments: tuple[str, ...], *, env: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """The exit code, and what was printed on each of the two streams."""
    with TemporaryDirectory() as folder:
        out, errors = Path(folder) / "stdout", Path(folder) / "stderr"
        code = Warm(arguments, env=env, log=out, errors=errors, cwd=cwd).wait(timeout=120)
        return code, out.read_text(), errors.read_text()


def _run(arguments: tuple[str, ...], env: dict[str, str], files: list[str], cwd: str) -> None:
    os.setsid()
    os.chdir(cwd)
    for stream, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND), stream)
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
