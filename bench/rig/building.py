"""Builds the finder's index of a synthetic Australia in a process of its own, so that its peak of memory is its own.

    python -m rig.building --rows 300000 --seed 7 --to FILE

Drawing the addresses is not counted: a real build reads them from files, which has its own cost. Progress goes to
stderr, one line of JSON with the figures to stdout.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from almoner.addresses.building import About
from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.container import write
from almoner.addresses.index.words import vocabulary
from almoner.addresses.index.writing import sections_of
from rig.australia import Australia
from rig.processes import BENCH

_TOLD_EVERY_SECONDS = 2.0


def build(rows: int, seed: int, to: Path) -> dict[str, float]:
    """In another process; returns what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "rig.building", f"--rows={rows}", f"--seed={seed}", f"--to={to}"],
        cwd=BENCH,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the index could not be built: {done.returncode}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, required=True)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--to", type=Path, required=True)
    given = options.parse_args()
    australia = Australia(given.rows, given.seed)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    collector = Collector()
    collect_s = _collect(australia, collector)
    started = time.perf_counter()
    sections, meta = sections_of(collector.collected, vocabulary("AU"))
    packed = time.perf_counter()
    about = About(source="a synthetic Australia", release=f"seed {given.seed}")
    write(given.to, sections, meta | about.meta("AU"))
    written = time.perf_counter()
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "rows": collector.collected.addresses,
        "streets": len(collector.collected.streets),
        "collect_s": collect_s,
        "pack_s": packed - started,
        "write_s": written - packed,
        "build_s": collect_s + written - started,
        "bytes": given.to.stat().st_size,
        "peak_mb": peak_kb / 1024,
        "drawn_mb": before_kb / 1024,
        "sections_mb": {name: round(memoryview(s.content).nbytes / 1e6, 2) for name, s in sections.items()},
    }))  # fmt: skip


def _collect(australia: Australia, collector: Collector) -> float:
    """Seconds that the collector took, without those in which the rows were drawn."""
    taken, begun = 0.0, time.perf_counter()
    told = begun
    for number in australia.order():
        rows = australia.rows_of(number)
        start = time.perf_counter()
        for row in rows:
            collector.add(row)
        end = time.perf_counter()
        taken += end - start
        if end - told > _TOLD_EVERY_SECONDS:
            told = end
            _tell(collector.collected.addresses, australia.rows, end - begun)
    _tell(collector.collected.addresses, australia.rows, time.perf_counter() - begun)
    print(file=sys.stderr)
    return taken


def _tell(done: int, of: int, seconds: float) -> None:
    left = seconds / max(1, done) * max(0, of - done)
    rate = done / max(seconds, 0.001)
    print(
        f"\r  {done:>12,} of {of:,} addresses drawn and collected, {rate:,.0f} a second, {left:.0f} s left   ",
        end="", file=sys.stderr, flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
