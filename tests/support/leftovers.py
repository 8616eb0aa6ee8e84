"""What a run would leave behind, however it ends: a small process waits for the end of this one, by SIGKILL too, then
kills the servers that are still there and removes the folders.

It is told through a pipe, of which nobody else has an end: this process's end is the pipe's.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

_PROGRAM: Final = """
import os, shutil, signal, sys
left = {}
for line in sys.stdin:
    sign, kind, name = line[0], *line[1:].rstrip("\\n").split(" ", 1)
    left.pop((kind, name), None)
    if sign == "+":
        left[kind, name] = True
for kind, name in left:
    if kind == "group":
        try:
            os.killpg(int(name), signal.SIGKILL)
        except OSError:
            pass
for kind, name in left:
    if kind == "folder":
        shutil.rmtree(name, ignore_errors=True)
"""


class _Undertaker:
    """One for each process that asks: a fork has its parent's pipe, and must not speak for it."""

    def __init__(self) -> None:
        self._of = 0
        self._popen: subprocess.Popen[str] | None = None

    def tell(self, line: str) -> None:
        if self._popen is None or self._of != os.getpid():
            self._of = os.getpid()
            # In a session of its own: Ctrl-C is for the tests.
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _PROGRAM],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                text=True, bufsize=1, start_new_session=True,
            )  # fmt: skip
        assert self._popen.stdin is not None
        self._popen.stdin.write(f"{line}\n")

    def wait(self) -> None:
        """The end of what this process is still to leave behind, for tests that came to theirs."""
        if self._popen is not None and self._of == os.getpid():
            self._popen.communicate(timeout=30)
            self._popen = None


_undertaker: Final = _Undertaker()


def ends_with_us(*, groups: Iterable[int] = (), folders: Iterable[Path] = ()) -> None:
    """These processes' groups are killed and these folders removed when this process is over."""
    for group in groups:
        _undertaker.tell(f"+group {group}")
    for folder in folders:
        _undertaker.tell(f"+folder {folder}")


def ended(group: int) -> None:
    """Nothing of it runs any more: its number may become another's."""
    _undertaker.tell(f"-group {group}")


def pytest_configure() -> None:
    # What settings.py names where nobody says where data lie.
    if settings.DATA_DIR.name == f"almoner-test-{os.getpid()}":
        ends_with_us(folders=[settings.DATA_DIR])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _undertaker.wait()
