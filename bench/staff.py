"""Staff's screens over many gifts, and as many regular ones: script/bench staff [--gifts 100000] [--quick].

Each page is asked for through Django's whole stack in this process; CPU is the process's own, the median of the rounds
after two that warm it up. Queries are counted. The bar: each list opens under 300 ms of CPU in a constant number.
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
from tests.support import templates  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--gifts", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--quick", action="store_true", help="600 gifts, one round: does it run at all?")
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    gifts, rounds = (600, 1) if given.quick else (given.gifts, given.rounds)
    folder = Path(tempfile.mkdtemp(prefix="almoner-staff-"))
    url = templates.MIGRATED.copy(f"almoner_staff_{os.getpid()}", folder)
    os.environ |= {
        "ALMONER_MODE": "test", "ALMONER_DATABASE_URL": url, "ALMONER_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        figures = _measure(gifts, rounds)
    finally:
        templates.drop(url)
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"quick": given.quick}, given.out)
    return 0


def _measure(gifts: int, rounds: int) -> dict[str, object]:
    import django  # noqa: PLC0415 (its settings are in the environment only now)

    django.setup()
    from tests.bench.staff_pages import PAGES, client_over, queries_of  # noqa: PLC0415

    client = client_over(gifts)
    print(f"{gifts:,} gifts, median of {rounds} rounds\n")
    figures: dict[str, object] = {"gifts": gifts}
    rows: list[list[object]] = []
    for key, name, path in PAGES:
        size = 0

        def ask(path: str = path) -> int:
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            return sum(len(part) for part in response) if response.streaming else len(response.content)

        for _ in range(2):
            size = ask()
        cpu_ms = statistics.median(_cpu_ms(ask) for _ in range(rounds))
        queries = queries_of(ask)
        rows.append([name, cpu_ms, queries, size // 1000])
        figures |= {f"{key}_cpu_ms": round(cpu_ms, 1), f"{key}_queries": queries}
    report.table(["page", "CPU ms", "queries", "KB"], rows)
    return figures


def _cpu_ms(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    sys.exit(main())
