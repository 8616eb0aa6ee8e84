"""Card testers against one form, with honest donors among them: script/bench attack [--attempts 100000] [--quick].

Each attempt goes through the whole stack in this process, against a real database: three requests, as a bot without
JavaScript makes them, from 5,000 addresses. It tries its card in the page, and every second bot asks for the gateway's
own page where that is what it is offered; one in 500 does the proof of work. 500 donors give meanwhile as browsers do,
50 of them from one address, which testers use too. `reached_gateway` are cards that were tried. The bar: no honest
gift lost.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import report  # noqa: E402
from tests.support import templates  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--attempts", type=int, default=100_000)
    options.add_argument("--quick", action="store_true", help="600 attempts, 30 donors: does it run at all?")
    options.add_argument("--out", default="", help="also write the result into this file")
    given = options.parse_args()
    attempts = 600 if given.quick else given.attempts
    folder = Path(tempfile.mkdtemp(prefix="almoner-attack-"))
    url = templates.MIGRATED.copy(f"almoner_attack_{os.getpid()}", folder)
    os.environ |= {
        "ALMONER_MODE": "test", "ALMONER_DATABASE_URL": url, "ALMONER_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    try:
        figures = _measure(attempts, honest=30 if given.quick else 500)
    finally:
        templates.drop(url)
        shutil.rmtree(folder, ignore_errors=True)
    report.table(["what", "how many"], [[name, value] for name, value in figures.items()])
    report.result(figures | {"quick": given.quick}, given.out)
    return 0 if not figures["honest_lost"] else 1


def _measure(attempts: int, *, honest: int) -> dict[str, object]:
    import django  # noqa: PLC0415 (its settings are in the environment only now)

    django.setup()
    from tests.bench.card_testers import Field  # noqa: PLC0415

    begun = time.monotonic()
    field = Field(addresses=max(1, attempts // 20), shared=honest // 10)
    every = attempts // honest
    for number in range(attempts):
        field.test_a_card(number)
        if number % every == every - 1:
            field.give(number // every)
    return field.figures() | {"attempts": attempts, "seconds": round(time.monotonic() - begun, 1)}


if __name__ == "__main__":
    sys.exit(main())
