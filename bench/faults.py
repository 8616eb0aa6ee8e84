"""Whole histories against everything that can go wrong: script/bench faults [--faults 10000] [--seed 1] [--quick].

Donors, gateways, workers and clocks act by chance and by seed on the product's own code, over a real database, until so
many faults have struck; an oracle that shares none of that code reckons what was lost, doubled, made up or left open.
Then faults are planted into the product itself, one by one, and each must be caught. `--database postgresql` runs it
there; `--mutant NAME` plants one alone; `--mutants 0` none.
"""

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT)]

from rig import report  # noqa: E402
from rig.noise import Noise  # noqa: E402
from rig.sites import bare  # noqa: E402

# So many histories may pass before a planted fault has to be caught.
TRIES: Final = 60
_QUICK_FAULTS: Final = 150


@dataclass
class Sum:
    """Of all histories together."""

    faults: Counter[str] = field(default_factory=Counter)
    histories: int = 0
    steps: int = 0
    acknowledged: int = 0
    longest_gap_hours: float = 0.0
    bad: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def main() -> int:
    given = _options()
    postgresql = os.environ.get("ALMONER_DATABASE_URL", "") if given.database == "postgresql" else ""
    if given.database == "postgresql" and not postgresql:
        script = ROOT / "script" / "with-postgres"
        os.execv(script, [str(script), sys.executable, *sys.argv])  # noqa: S606
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own in it)
    folder = Path(tempfile.mkdtemp(prefix="almoner-faults-", dir=memory if memory.is_dir() else None))
    noise = Noise()
    noise.listen()
    try:
        stage = _stage(folder, postgresql)
        total, seconds = _histories(stage, given.seed, _QUICK_FAULTS if given.quick else given.faults)
        caught = _mutants(stage, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    noise.listen()
    _tell(total, caught, given.seed)
    report.result(
        {
            "faults": sum(total.faults.values()), **{kind: total.bad[kind] for kind in _KINDS},
            "acknowledged": total.acknowledged, "longest_gap_hours": round(total.longest_gap_hours, 1),
            "mutants_planted": len(caught), "mutants_caught": sum(seed is not None for seed, _ in caught.values()),
            "histories": total.histories, "steps_per_minute": round(60 * total.steps / seconds),
            "seed": given.seed, "database": given.database, "quick": given.quick,
            "noise": report.noise(noise),
        },
        given.out,
    )  # fmt: skip
    uncaught = any(seed is None for seed, _ in caught.values())
    return 1 if total.complaints or uncaught else 0


_KINDS: Final = ("lost", "doubled", "phantom", "stuck", "wrong")


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--faults", type=int, default=10_000, help="how many have to strike")
    options.add_argument(
        "--seed", type=int, default=1, help="the first history's; each later one has the next"
    )
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--mutants", type=int, default=1_000, help="plant so many at most")
    options.add_argument("--mutant", default="", help="plant this one alone")
    options.add_argument("--quick", action="store_true", help="few faults and two mutants: see that it runs")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    return options.parse_args()


def _stage(folder: Path, postgresql: str) -> Any:
    """The product, set up in this process over a database of its own."""
    env = bare("faults", folder, postgresql)
    os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_MODE": "test"})
    import django  # noqa: PLC0415 (its settings are read from what was set just now)

    django.setup()
    logging.disable(logging.CRITICAL)
    from rig.histories.stage import Stage  # noqa: PLC0415

    return Stage(env["ALMONER_DATABASE_URL"], folder)


def _histories(stage: Any, first_seed: int, faults: int) -> tuple[Sum, float]:
    total, began = Sum(), time.perf_counter()
    while sum(total.faults.values()) < faults:
        seed = first_seed + total.histories
        world, verdict = _play(stage, seed)
        total.histories += 1
        total.steps += world.steps
        total.faults.update(world.chance.injected)
        total.acknowledged += verdict.acknowledged
        total.longest_gap_hours = max(total.longest_gap_hours, verdict.longest_gap_hours)
        total.bad.update({kind: len(getattr(verdict, kind)) for kind in _KINDS})
        total.complaints += [f"seed {seed}: {each}" for each in verdict.complaints]
    return total, time.perf_counter() - began


def _play(stage: Any, seed: int) -> Any:
    # What the product draws by itself, such as how long a job waits, is of the same seed.
    random.seed(seed)
    return stage.play(seed)


def _mutants(stage: Any, given: argparse.Namespace) -> dict[str, tuple[int | None, str]]:
    """Name -> (the seed that caught it, what was said of it first)."""
    from rig.histories.mutants import MUTANTS, planted  # noqa: PLC0415

    names = [given.mutant] if given.mutant else list(MUTANTS)[: 2 if given.quick else given.mutants]
    caught: dict[str, tuple[int | None, str]] = {}
    for name in names:
        caught[name] = (None, "")
        for seed in range(given.seed, given.seed + TRIES):
            with planted(name):
                _, verdict = _play(stage, seed)
            if verdict.complaints:
                caught[name] = (seed, verdict.complaints[0])
                break
    return caught


def _tell(total: Sum, caught: dict[str, tuple[int | None, str]], seed: int) -> None:
    grouped: Counter[str] = Counter()
    for kind, count in total.faults.items():
        grouped[kind.partition(" (")[0]] += count
    report.table(("fault", "struck"), grouped.most_common())
    report.table(
        ("histories", "faults", "acknowledged", *_KINDS, "longest gap, h", "seeds"),
        [
            (
                total.histories, sum(total.faults.values()), total.acknowledged,
                *(total.bad[kind] for kind in _KINDS), round(total.longest_gap_hours, 1),
                f"{seed} to {seed + total.histories - 1}",
            )
        ],
    )  # fmt: skip
    for each in total.complaints[:20]:
        print(each)
    report.table(
        ("planted", "caught by seed", "as"),
        [(name, "NOT CAUGHT" if by is None else by, said[:70]) for name, (by, said) in caught.items()],
    )


if __name__ == "__main__":
    sys.exit(main())
