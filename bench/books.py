"""Statements and books, large: script/bench books [--gifts 200000] [--lines 20000] [--quick].

A statement is read, booked and taken back line by line, each in a transaction of its own; the books over all gifts are
asked for through Django's whole stack in this process. Each figure is CPU, beside a floor in the same run: what the
same database takes for as many rows, or the same sums, with no program around it (tests/bench/books.py).
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import report  # noqa: E402
from tests.support import templates  # noqa: E402

if TYPE_CHECKING:
    from tests.bench.books import Desk


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--gifts", type=int, default=200_000)
    options.add_argument("--lines", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--quick", action="store_true", help="2,000 gifts, 200 lines: does it run at all?")
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    gifts, lines, rounds = (2_000, 200, 1) if given.quick else (given.gifts, given.lines, given.rounds)
    folder = Path(tempfile.mkdtemp(prefix="almoner-books-"))
    url = templates.MIGRATED.copy(f"almoner_books_{os.getpid()}", folder)
    os.environ |= {
        "ALMONER_MODE": "test", "ALMONER_DATABASE_URL": url, "ALMONER_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        figures = _measure(gifts, lines, rounds)
    finally:
        templates.drop(url)
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"quick": given.quick}, given.out)
    return 0


def _measure(gifts: int, lines: int, rounds: int) -> dict[str, object]:
    import django  # noqa: PLC0415 (its settings are in the environment only now)

    django.setup()
    from tests.bench import books  # noqa: PLC0415

    desk = books.Desk(gifts=gifts, lines=lines)
    print(
        f"{gifts:,} gifts, a statement of {lines:,} lines; CPU seconds, the median of {rounds} for the books\n"
    )
    told = {**_statement(desk, lines), **_reports(desk, rounds)}
    report.table(
        ["what", "seconds", "floor", "ratio", "queries"],
        [
            [name, each.seconds, each.floor_s, each.seconds / each.floor_s, each.queries]
            for name, each in told.items()
        ],
    )
    figures: dict[str, object] = {"gifts": gifts, "lines": lines}
    for name, each in told.items():
        key = name.replace(" ", "_")
        figures |= {
            f"{key}_ratio": round(each.seconds / each.floor_s, 2), f"{key}_s": round(each.seconds, 2),
            f"{key}_queries": each.queries,
        }  # fmt: skip
    return figures


@dataclass(frozen=True, slots=True)
class Told:
    """CPU of ours and of the floor; and queries, of a statement's steps those of a hundred lines."""

    seconds: float
    floor_s: float
    queries: int


def _statement(desk: "Desk", lines: int) -> dict[str, Told]:
    """A hundred lines first, to count what they ask and write; then all, each step beside as many bare rows."""
    from tests.bench import books  # noqa: PLC0415

    steps = {"read": desk.submit, "match": desk.book, "undo": desk.take_back}
    sample, statement = desk.hand_in(100), desk.hand_in(lines)
    asked = {name: books.queries_of(lambda step=step: step(sample)) for name, step in steps.items()}
    told: dict[str, Told] = {}
    for name, step in steps.items():
        ours = _cpu_s(lambda step=step: step(statement))
        rows = 1 if name == "read" else round(books.writes_of(asked[name]) / 100)
        floor = _cpu_s(lambda rows=rows, name=name: books.floor_lines(lines, rows, alone=name != "read"))
        told[name] = Told(ours, floor, len(asked[name]))
    return told


def _reports(desk: "Desk", rounds: int) -> dict[str, Told]:
    from tests.bench import books  # noqa: PLC0415

    pages = {
        "trial balance": (desk.books, books.floor_sums),
        "income by appeal": (desk.income, books.floor_income),
        "balances csv": (f"{desk.books}&format=csv", books.floor_sums),
        "postings csv": (f"{desk.books}&format=postings", books.floor_csv),
        "beancount": (f"{desk.books}&format=beancount", books.floor_csv),
    }
    told: dict[str, Told] = {}
    for name, (path, floor) in pages.items():
        queries = len(books.queries_of(lambda path=path: desk.page(path)))
        ours, least = [], []
        for _ in range(rounds):
            ours.append(_cpu_s(lambda path=path: desk.page(path)))
            least.append(_cpu_s(floor))
        told[name] = Told(statistics.median(ours), statistics.median(least), queries)
    return told


def _cpu_s(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


if __name__ == "__main__":
    sys.exit(main())
