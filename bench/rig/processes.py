"""Servers in process groups of their own, what they cost, and that they end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BENCH: Final = Path(__file__).resolve().parents[1]
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on 127.0.0.1."""

    name: str
    port: int
    pid: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of the load: seconds of the clock, of the load's own CPU, and each walk's milliseconds."""

    seconds: float
    load_cpu_seconds: float
    latencies_ms: list[float]

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    name: str,
    command: list[str],
    *,
    port: int,
    ready: str,
    env: Mapping[str, str],
    log: Path,
    core: int | None = None,
) -> Iterator[Server]:
    """Start a server and wait until the path `ready` answers; at the end its group, and nothing else, is stopped.

    `core`: the only one that it and its children may run on.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=out, stderr=out, start_new_session=True, cwd=BENCH
        )
    try:
        if core is not None:
            # It has only just begun: all that it starts inherits this.
            os.sched_setaffinity(process.pid, {core})
        _await_ready(process, f"http://127.0.0.1:{port}{ready}", log)
        yield Server(name, port, process.pid)
    finally:
        _stop(process)


@contextmanager
def beside(command: str, env: Mapping[str, str]) -> Iterator[None]:
    """One more of the product's processes, such as "worker", for as long as it is needed."""
    with (Path(env["ALMONER_DATA_DIR"]) / f"{command}.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "almoner", command],
            env={**os.environ, **env},
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=BENCH,
        )
    try:
        yield
    finally:
        _stop(process)


def python(*arguments: str, env: Mapping[str, str]) -> str:
    """Run this Python to its end; returns what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **env},
        cwd=BENCH,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)[:80]} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def load(
    walk: str, server: Server, *, clients: int = 8, seconds: float = 600, count: int = 0, first: int = 1
) -> Outcome:
    """Walk the site (or GET a path) with so many clients, for so long or so often."""
    printed = python(
        "-m", "rig.load", walk, f"--port={server.port}", f"--clients={clients}",
        f"--seconds={seconds}", f"--count={count}", f"--first={first}",
        env={},
    )  # fmt: skip
    told = json.loads(printed)
    return Outcome(told["seconds"], told["cpu_seconds"], told["latencies_ms"])


def cpu_seconds(*pids: int) -> float:
    """CPU that processes and all their descendants have used, those that have ended included."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        # User and system time, and that of children which were waited for.
        used[pid] = sum(int(field) for field in fields[11:15])
    return sum(used[pid] for pid in used if _descends(pid, pids, parents)) / _TICKS


def _descends(pid: int, ancestors: tuple[int, ...], parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid in ancestors:
            return True
        pid = parents[pid]
    return False


def _await_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit(f"{url} did not come up:\n{log.read_text(errors='replace')[-3000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
