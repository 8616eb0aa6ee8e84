"""Processes that the cluster started, written down so that exactly these are ended: by number and time of start."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = os.geteuid() == 0


@dataclass(frozen=True, slots=True)
class Process:
    """`started`: the kernel's own time of its start, for numbers are given again."""

    name: str
    pid: int
    started: int

    @property
    def alive(self) -> bool:
        return started(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, number)


class Book:
    """All that was started and not yet ended, in a file that `down` reads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "processes.json"

    def all(self) -> list[Process]:
        return [Process(**each) for each in json.loads(self._file.read_text())] if self._file.exists() else []

    def of(self, name: str) -> Process:
        return next(each for each in self.all() if each.name == name)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        group: int | None = None,
    ) -> Process:
        """Start a process that outlives us. `group`: as PostgreSQL's user, under a node's own group."""
        as_whom = (
            ["setpriv", "--reuid=postgres", f"--regid={group}", "--clear-groups"] if group and _ROOT else []
        )
        with (self._home / f"{name}.log").open("ab") as log:
            popen = subprocess.Popen(
                [*as_whom, *command], env=None if env is None else dict(env), cwd=self._home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        process = Process(name, popen.pid, started(popen.pid) or 0)
        self._write([each for each in self.all() if each.name != name] + [process])
        return process

    def kill(self, names: Iterable[str]) -> None:
        """SIGKILL to these and all that they started."""
        wanted = set(names)
        kill_all([each.pid for each in self.all() if each.name in wanted and each.alive])
        self._write([each for each in self.all() if each.name not in wanted])

    def _write(self, processes: list[Process]) -> None:
        self._file.write_text(json.dumps([asdict(each) for each in processes]))


def started(pid: int) -> int | None:
    """When a process started, in the kernel's ticks; None when it is over."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def children(of: int) -> list[int]:
    """The processes that one started, and theirs."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    found = list(parents.get(of, []))
    for each in found:
        found += parents.get(each, [])
    return found


def kill_all(pids: Iterable[int]) -> None:
    """SIGKILL to each and its children, found before anybody dies; then wait until they are gone."""
    doomed = [(each, started(each)) for pid in pids for each in (pid, *children(pid))]
    for pid, _ in doomed:
        _signal(pid, signal.SIGKILL)
    wait_until(
        lambda: all(started(pid) != since or since is None for pid, since in doomed), "they died", seconds=20
    )


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_until(holds: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Wait on a condition; TimeoutError says for what in vain."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.1)
