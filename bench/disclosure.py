"""Attacks on what is published of breakdowns: script/bench disclosure [--series 20000] [--quick].

Each series of tables is made at random with many small numbers, published by the rules of the gate, and attacked with
all that was ever published of it, by elimination in exact fractions and by propagated bounds
(almoner/impact/tests/attacker.py). Counted: the series of which a hidden count was told, and, so that it is seen that
the attacker can win, those with each of three rules left out.
"""

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from rig import report  # noqa: E402

from almoner.impact.disclosure import SMALL, Table, judge  # noqa: E402
from almoner.impact.tests import attacker  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--series", type=int, default=20_000)
    options.add_argument("--quick", action="store_true", help="200 series: does it run at all?")
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    count = 200 if given.quick else given.series
    weak = max(count // 20, 100)
    began = time.perf_counter()
    figures: dict[str, object] = {"series": count, "recovered": _recovered(count, attacker.by_the_rules)}
    figures["weakened_series"] = weak
    figures["recovered_without_secondary"] = _recovered(weak, _no_secondary)
    figures["recovered_without_history"] = _recovered(weak, _no_history)
    figures["recovered_with_small_wholes"] = _recovered(weak, attacker.by_the_rules, say_small_wholes=True)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    report.result(figures | {"quick": given.quick}, given.out)
    return 1 if figures["recovered"] else 0


def _recovered(count: int, judged: attacker.Judge, *, say_small_wholes: bool = False) -> int:
    made = (
        attacker.made(random.Random(seed), judged, say_small_wholes=say_small_wholes) for seed in range(count)
    )
    return sum(any(True for _ in attacker.recovered(each)) for each in made)


def _no_secondary(table: Table, before: list[Table]) -> frozenset[str]:
    return frozenset(name for name, count in table.cells.items() if count >= SMALL)


def _no_history(table: Table, before: list[Table]) -> frozenset[str]:
    return judge(table, [], whole=sum(table.cells.values()), cumulative=True, adds_up=True).said


if __name__ == "__main__":
    sys.exit(main())
