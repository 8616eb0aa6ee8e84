"""Whole gifts against the least that Django can do: script/bench giving [--quick] [--database postgresql].

Two sites of the same server settings on the same database and disk take turns: Almoner, with its state machine,
postings, receipt number and outbox rows, and a floor that walks the same five requests to one INSERT. Medians of the
rounds; CPU is what the kernel counted for the server's processes, which is the figure that survives a noisy machine.
"""

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import processes, report, sites  # noqa: E402
from rig.noise import Noise  # noqa: E402
from rig.processes import Outcome, Server  # noqa: E402
from tests.support import commits  # noqa: E402

_ROUND_FIRST = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    rounds: int
    seconds: float
    clients: int
    warm_up: int
    drained: int
    idle: int


@dataclass
class Arm:
    """One site's rounds."""

    server: Server
    walk: str
    runs: list[Outcome] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def median(self, figure: Callable[[Outcome], float]) -> float:
        return statistics.median(figure(run) for run in self.runs)

    @property
    def cpu_ms_each(self) -> float:
        return statistics.median(self.cpu_ms)


def main() -> int:
    given = _options()
    plan = Plan(
        rounds=given.rounds, seconds=given.seconds, clients=given.clients, warm_up=200, drained=60, idle=3
    )
    if given.quick:
        plan = Plan(rounds=1, seconds=1.0, clients=given.clients, warm_up=10, drained=25, idle=1)
    postgresql = os.environ.get("ALMONER_DATABASE_URL", "") if given.database == "postgresql" else ""
    if given.database == "postgresql" and not postgresql:
        return _again_with_postgresql()
    folder = Path(tempfile.mkdtemp(prefix="almoner-bench-", dir=given.folder or None))
    try:
        figures = _measure(plan, folder, postgresql)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"database": given.database, "quick": given.quick}, given.out)
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=7, help="rounds of each site (default 7)")
    options.add_argument("--seconds", type=float, default=6.0, help="length of a round (default 6)")
    options.add_argument("--clients", type=int, default=8, help="donors at a time (default 8)")
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument(
        "--folder", default="", help="where the databases lie (default: the system's folder for such)"
    )
    options.add_argument("--quick", action="store_true", help="see that it runs; the figures mean nothing")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    return options.parse_args()


def _again_with_postgresql() -> int:
    """The same command beside a PostgreSQL of its own, which syncs its log to the disk."""
    script = processes.BENCH.parent / "script" / "with-postgres"
    os.environ["ALMONER_POSTGRES_FSYNC"] = "on"
    os.execv(script, [str(script), sys.executable, *sys.argv])  # noqa: S606


def _measure(plan: Plan, folder: Path, postgresql: str) -> dict[str, object]:
    noise = Noise()
    prepared = sites.prepared("prepared", folder, postgresql)
    with ExitStack() as stack:
        env = sites.copied(prepared, "almoner", folder, postgresql)
        almoner = Arm(stack.enter_context(sites.almoner(env)), "almoner")
        floor = Arm(stack.enter_context(sites.floor_django(folder, postgresql)), "floor")
        ready = stack.enter_context(sites.floor_bytes(folder))
        database_pid = sites.postgresql_pid(postgresql) if postgresql else None
        _walk_rounds(plan, (almoner, floor), noise, database_pid)
        _print_gifts(almoner, floor)
        gets = _get_rounds(plan, almoner.server, floor.server, ready, noise)
    apart = _apart(plan, prepared, folder, postgresql)
    told = report.noise(noise)
    return _figures(almoner, floor) | gets | apart | {"noise": told}


def _walk_rounds(plan: Plan, arms: tuple[Arm, Arm], noise: Noise, database_pid: int | None) -> None:
    for arm in arms:
        processes.load(arm.walk, arm.server, clients=plan.clients, count=plan.warm_up)
    for number in range(plan.rounds):
        for arm in arms:
            noise.listen()
            pids = (arm.server.pid, *([database_pid] if database_pid else []))
            before = processes.cpu_seconds(*pids)
            first = (number + 1) * _ROUND_FIRST
            run = processes.load(
                arm.walk, arm.server, clients=plan.clients, seconds=plan.seconds, first=first
            )
            used = processes.cpu_seconds(*pids) - before
            arm.runs.append(run)
            arm.cpu_ms.append(1000 * used / len(run.latencies_ms))


def _print_gifts(*arms: Arm) -> None:
    rows = [
        (
            arm.server.name,
            arm.median(lambda run: run.per_second),
            arm.cpu_ms_each,
            arm.median(lambda run: run.percentile_ms(50)),
            arm.median(lambda run: run.percentile_ms(99)),
            arm.median(lambda run: 100 * run.load_cpu_seconds / run.seconds),
        )
        for arm in arms
    ]
    report.table(("a whole gift", "gifts/s", "CPU-ms", "p50 ms", "p99 ms", "load, % of a core"), rows)


def _figures(almoner: Arm, floor: Arm) -> dict[str, object]:
    pairs = list(zip(almoner.runs, floor.runs, strict=True))
    return {
        "gifts_ratio": round(statistics.median(ours.per_second / its.per_second for ours, its in pairs), 3),
        "cpu_ratio": round(almoner.cpu_ms_each / floor.cpu_ms_each, 2),
        "cpu_ms_per_gift": round(almoner.cpu_ms_each, 2),
        "floor_cpu_ms_per_gift": round(floor.cpu_ms_each, 2),
        "gifts_per_second": round(almoner.median(lambda run: run.per_second), 1),
        "floor_gifts_per_second": round(floor.median(lambda run: run.per_second), 1),
        "p50_ms": round(almoner.median(lambda run: run.percentile_ms(50)), 1),
        "p99_ms": round(almoner.median(lambda run: run.percentile_ms(99)), 1),
        "p99_over_p50": round(almoner.median(lambda run: run.percentile_ms(99) / run.percentile_ms(50)), 2),
        "floor_p99_over_p50": round(
            floor.median(lambda run: run.percentile_ms(99) / run.percentile_ms(50)), 2
        ),
        "load_percent_of_a_core": round(
            almoner.median(lambda run: 100 * run.load_cpu_seconds / run.seconds), 1
        ),
        "rounds": len(pairs),
    }


def _get_rounds(plan: Plan, almoner: Server, floor: Server, ready: Server, noise: Noise) -> dict[str, object]:
    """The form's page: ours, the floor's, and a kilobyte of ready bytes, the most that server and load allow."""
    pages = ((almoner, "/give/4840/"), (floor, "/give/"), (ready, "/"))
    rates: dict[str, list[float]] = {server.name: [] for server, _ in pages}
    cpu_us: dict[str, list[float]] = {server.name: [] for server, _ in pages}
    for _ in range(plan.rounds):
        noise.listen()
        for server, path in pages:
            before = processes.cpu_seconds(server.pid)
            run = processes.load(path, server, clients=plan.clients, seconds=plan.seconds / 3)
            cpu_us[server.name].append(
                1e6 * (processes.cpu_seconds(server.pid) - before) / len(run.latencies_ms)
            )
            rates[server.name].append(run.per_second)
    report.table(
        ("the form's page", "GET/s", "CPU-µs"),
        [(name, statistics.median(rates[name]), statistics.median(cpu_us[name])) for name in rates],
    )
    ratio = statistics.median(a / f for a, f in zip(rates["almoner"], rates["floor"], strict=True))
    return {
        "form_get_ratio": round(ratio, 2),
        "form_get_cpu_ratio": round(
            statistics.median(cpu_us["almoner"]) / statistics.median(cpu_us["floor"]), 3
        ),
        "form_gets_per_second": round(statistics.median(rates["almoner"])),
        "floor_gets_per_second": round(statistics.median(rates["floor"])),
        "bytes_gets_per_second": round(statistics.median(rates["bytes"])),
    }


def _apart(plan: Plan, prepared: dict[str, str], folder: Path, postgresql: str) -> dict[str, object]:
    """On an installation of its own: commits a gift, and what the worker spends on its receipt and mail afterwards."""
    env = sites.copied(prepared, "apart", folder, postgresql)
    with sites.almoner(env) as server:
        # The first gift makes accounts and other rows that all later ones share.
        processes.load("almoner", server, clients=1, count=3)
        _worker_cpu_seconds(env)
        with commits.counted(env["ALMONER_DATABASE_URL"]) as counter:
            processes.load("almoner", server, clients=1, count=plan.drained, first=10)
    drained = _worker_cpu_seconds(env)
    # What it costs to start and find nothing: the least, for a busy machine only ever adds to it.
    idle = min(_worker_cpu_seconds(env) for _ in range(plan.idle))
    mails = len(list((Path(env["ALMONER_DATA_DIR"]) / "outbox").rglob("*.*")))
    drain_cpu_ms = 1000 * (drained - idle) / plan.drained
    commits_per_gift = counter.commits / plan.drained
    report.table(
        ("counted apart", "a gift"),
        [
            ("durable commits", commits_per_gift),
            ("worker's CPU-ms: PDF, mail", drain_cpu_ms),
            ("mails", mails / (plan.drained + 3)),
        ],
    )
    return {"commits_per_gift": round(commits_per_gift, 2), "drain_cpu_ms": round(drain_cpu_ms, 1)}


def _worker_cpu_seconds(env: dict[str, str]) -> float:
    """CPU of one worker that does what is ready and stops."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    processes.python("-m", "almoner", "worker", "--once", env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
