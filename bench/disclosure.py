"""Attacks on what is published of breakdowns: script/bench disclosure [--tables 20000] [--fetched 400] [--quick].

Tables come in series that are made at random with many small numbers and small steps, published by the rules of the
gate, and attacked with all that was ever published of them, by elimination in exact fractions and by propagated bounds
(almoner/impact/tests/attacker.py). Counted: the series of which a hidden count was told, and, so that it is seen that
the attacker can win, those with each of the rules left out.

`--fetched` series are written into a database instead, and all public pages and files are fetched at each publication:
there the attacker has nothing but the bytes (almoner/stories/tests/fetched.py).
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from rig import processes, report, sites  # noqa: E402

from almoner.impact.disclosure import SMALL, Table, judge  # noqa: E402
from almoner.impact.tests import attacker  # noqa: E402

CORES = 2
# Series that are attacked by one process before it tells how they went.
BATCH = 100
# Series of one programme, which are fetched together.
TOGETHER = 8
RULES = (
    "the gate",
    "all but small groups",
    "further groups",
    "the total",
    "differences",
    "what a release tells",
)
# Registers that are fetched with a rule left out: enough to see the attacker win. A quick look takes one for each core.
WEAKENED = 6


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--tables", type=int, default=20_000)
    options.add_argument("--fetched", type=int, default=400, help="series that are fetched over HTTP")
    options.add_argument(
        "--quick", action="store_true", help="500 tables, 16 fetched series, one rule left out: does it run?"
    )
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    tables, fetched = (500, 16) if given.quick else (given.tables, given.fetched)
    began = time.perf_counter()
    rules, weakened = (RULES[:1], CORES) if given.quick else (RULES, WEAKENED)
    figures = _solved(tables) | _fetched(fetched, rules, weakened)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    for name, value in figures.items():
        print(f"{name:42} {value}")
    report.result(figures | {"quick": given.quick}, given.out)
    return 1 if figures["recovered"] or figures["fetched_recovered"] else 0


# ---- In memory -----------------------------------------------------------------------------------------------------


def _solved(tables: int) -> dict[str, object]:
    with Pool(CORES) as pool:
        series, made, told = 0, 0, 0
        batches = (("by the rules", first) for first in range(0, sys.maxsize, BATCH))
        while made < tables:
            # As many at a time as there are cores, so that none is begun that isn't needed.
            for count, found in pool.map(_batch, [next(batches) for _ in range(CORES)]):
                series, made, told = series + BATCH, made + count, told + found
            _progress("tables", made, tables, told)
        figures: dict[str, object] = {"tables": made, "series": series, "recovered": told}
        weak = max(series // 20 // BATCH, 1)
        figures["weakened_series"] = weak * BATCH
        for name, judged in _WEAK:
            found = pool.map(_batch, [(judged, at * BATCH) for at in range(weak)])
            figures[f"recovered_{name}"] = sum(each for _, each in found)
    return figures


def _batch(asked: tuple[str, int]) -> tuple[int, int]:
    """How many tables there are in these series, and of how many series a number was told."""
    judged, first = asked
    tables = told = 0
    for seed in range(first, first + BATCH):
        series = attacker.made(
            random.Random(seed), _JUDGES[judged], say_small_wholes=judged == "small wholes"
        )
        tables += len(series.tables)
        told += any(True for _ in attacker.recovered(series))
    return tables, told


def _only_primary(table: Table, before: list[Table]) -> frozenset[str]:
    return frozenset(name for name, count in table.cells.items() if count >= SMALL)


def _no_history(table: Table, before: list[Table]) -> frozenset[str]:
    return judge(table, [], whole=sum(table.cells.values()), cumulative=True, adds_up=True).said


_JUDGES = {
    "by the rules": attacker.by_the_rules,
    "only primary": _only_primary,
    "no history": _no_history,
    "small wholes": attacker.by_the_rules,
}
_WEAK = (
    ("without_secondary", "only primary"),
    ("without_history", "no history"),
    ("with_small_wholes", "small wholes"),
)


# ---- Over HTTP -----------------------------------------------------------------------------------------------------


def _fetched(series: int, rules: Sequence[str], weakened: int) -> dict[str, object]:
    registers = max(series // TOGETHER, CORES)
    with tempfile.TemporaryDirectory() as folder:
        envs = [sites.prepared("fetched0", Path(folder), "")]
        envs += [sites.copied(envs[0], f"fetched{at}", Path(folder), "") for at in range(1, CORES)]
        told = _registers(envs, registers, "")
        figures: dict[str, object] = {
            "fetched_series": registers * TOGETHER,
            "fetched_recovered": sum(bool(each) for each in told),
        }
        for rule in rules:
            found = _registers(envs, weakened, rule)
            figures[f"fetched_recovered_without_{rule.replace(' ', '_')}"] = sum(map(bool, found))
    return figures


def _registers(envs: list[dict[str, str]], registers: int, rule: str) -> list[int]:
    """How many numbers were told of each, in a process a core."""
    edges = [registers * at // len(envs) for at in range(len(envs) + 1)]
    jobs = list(zip(envs, edges, edges[1:], strict=False))
    found: list[int] = []
    with ThreadPoolExecutor(len(envs)) as pool:
        for each in pool.map(lambda job: list(_one(*job, rule)), jobs):
            found += each
    left_out = f" without {rule}" if rule else ""
    print(f"fetched {registers} registers{left_out}: told of {sum(map(bool, found))}", flush=True)
    return found


def _one(env: dict[str, str], first: int, last: int, rule: str) -> Iterator[int]:
    asked = [str(first), str(last), str(TOGETHER), *([rule] if rule else [])]
    command = [sys.executable, "-m", "rig.fetching", *asked]
    with subprocess.Popen(
        command,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "almoner.config.settings", **env},
        cwd=processes.BENCH,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        for at, line in enumerate(running.stdout or (), start=1):
            seed, _, told = line.strip().partition(" ")
            if not rule and at % 10 == 0:
                print(f"fetched up to register {seed} of {last - 1}", flush=True)
            yield int(told)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} failed")


def _progress(what: str, done: int, of: int, told: int) -> None:
    if done * 10 // of != (done - 1) * 10 // of or done >= of:
        print(f"{what}: {min(done, of):,} of {of:,}, told of {told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
