"""The yearly message to many donors: script/bench mail [--donors 100000] [--quick].

A round is planned as the worker plans it, step by step, while another process takes gifts: how long those wait is
measured before and meanwhile. The floor writes the very same rows, a hundred in a commit, and decides nothing. CPU is
the process's own. The staff page is opened before; its queries are counted.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import report  # noqa: E402
from rig.gifts_meanwhile import Meanwhile  # noqa: E402
from tests.support import templates  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--donors", type=int, default=100_000)
    options.add_argument("--quick", action="store_true", help="1,200 donors: does it run at all?")
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    donors = 1_200 if given.quick else given.donors
    folder = Path(tempfile.mkdtemp(prefix="almoner-mail-"))
    url = templates.MIGRATED.copy(f"almoner_mail_{os.getpid()}", folder)
    os.environ |= {
        "ALMONER_MODE": "test", "ALMONER_DATABASE_URL": url, "ALMONER_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        figures = _measure(donors)
    finally:
        templates.drop(url)
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"quick": given.quick}, given.out)
    return 0


def _measure(donors: int) -> dict[str, object]:
    import django  # noqa: PLC0415 (its settings are in the environment only now)

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from tests.bench import yearly_round  # noqa: PLC0415

    round_ = yearly_round.over(donors)
    page_cpu_ms = statistics.median(_cpu_seconds(round_.open_page) for _ in range(5)) * 1000
    page_queries = round_.queries_of_page()
    with Meanwhile() as before:
        time.sleep(5)
    with Meanwhile() as meanwhile:
        grown_mb, cpu_seconds, seconds = _planned(round_.plan)
    round_.take_away()
    floor_seconds = _cpu_seconds(round_.write_the_same)
    mails = round_.mails
    report.table(
        ["", "value"],
        [
            ["mails planned", mails],
            ["planning, CPU s", round(cpu_seconds, 2)],
            ["planning, s", round(seconds, 2)],
            ["the floor, CPU s", round(floor_seconds, 2)],
            ["memory grown, MB", grown_mb],
            ["a gift's wait, median ms: before", before.median_ms],
            ["a gift's wait, median ms: meanwhile", meanwhile.median_ms],
            ["the longest, ms: before", before.longest_ms],
            ["the longest, ms: meanwhile", meanwhile.longest_ms],
            ["gifts taken meanwhile", meanwhile.gifts],
            ["the staff page, CPU ms", round(page_cpu_ms, 1)],
            ["the staff page, queries", page_queries],
        ],
    )
    return {
        "donors": donors, "mails": mails, "database": connection.vendor, "step_queries": round_.step_queries,
        "plan_cpu_s": round(cpu_seconds, 2), "plan_s": round(seconds, 2), "floor_cpu_s": round(floor_seconds, 2),
        "ratio": round(cpu_seconds / floor_seconds, 2), "memory_mb": grown_mb, "gifts_meanwhile": meanwhile.gifts,
        "wait_before_ms": before.median_ms, "wait_ms": meanwhile.median_ms,
        "wait_before_max_ms": before.longest_ms, "wait_max_ms": meanwhile.longest_ms,
        "page_cpu_ms": round(page_cpu_ms, 1), "page_queries": page_queries,
    }  # fmt: skip


def _planned(plan: Callable[[], object]) -> tuple[float, float, float]:
    """Memory grown in MB, CPU seconds, seconds."""
    import resource  # noqa: PLC0415 (not on every system)

    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    cpu_seconds = _cpu_seconds(plan)
    seconds = time.monotonic() - began
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1000, cpu_seconds, seconds


def _cpu_seconds(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


if __name__ == "__main__":
    sys.exit(main())
