"""The address finder against SQLite FTS5 and tantivy: script/bench addresses [--rows N] [--sessions N] [--quick].

A synthetic Australia of as many addresses as the real one is built into an index, and people type: every keystroke
from the third is timed, clean and with one slip of the finger, and what is found is judged at the end and on the way.
tantivy on streets sees the same sessions in turn, as the yardstick; the others, which are far slower, see some of
them. Engines with a row an address get a share of the country, or the run would take hours. Then the finder is asked
what nobody types, and over HTTP on one core, 200 keystrokes a second. The country comes from --seed, the people from
fresh dice each time.
"""

import argparse
import gc
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import (  # noqa: E402
    address_tables,
    building,
    opponents_sqlite,
    opponents_tantivy,
    over_http,
    replaying,
    report,
    strange,
    untrue,
    worker_memory,
)  # fmt: skip
from rig.address_tables import Arm  # noqa: E402
from rig.australia import REAL_ROWS, Australia  # noqa: E402
from rig.engines import Engine, Finder, Opponent  # noqa: E402
from rig.noise import Noise  # noqa: E402
from rig.replaying import Session  # noqa: E402
from rig.typists import Typists, fitting  # noqa: E402
from tests.support import real_addresses  # noqa: E402

_TURN = 25
_WORKER_QUERIES = 2_000
_QUICK_ROWS = 20_000
_HTTP_REQUESTS, _STRANGE_QUERIES = 4_000, 12_000


def main() -> int:
    given = _options()
    if given.quick:
        given.rows, given.sessions, given.slices, given.opponent_sessions = (
            min(given.rows, _QUICK_ROWS),
            40,
            4,
            8,
        )
    dice_seed = given.dice or random.SystemRandom().randrange(1, 10**9)
    print(f"the country's seed {given.seed}, the people's dice {dice_seed}")
    folder = Path(tempfile.mkdtemp(prefix="almoner-addresses-", dir=given.folder or None))
    try:
        figures = _measure(given, folder, random.Random(dice_seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.result(figures | {"seed": given.seed, "dice": dice_seed, "quick": given.quick}, given.out)
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=REAL_ROWS, help=f"addresses (default {REAL_ROWS:,})")
    options.add_argument("--sessions", type=int, default=1_200, help="texts typed (default 1,200)")
    options.add_argument("--slices", type=int, default=60, help="more of each rarer form (default 60)")
    options.add_argument(
        "--opponent-rows",
        type=int,
        default=1_500_000,
        help="of engines with a row an address (default 1,500,000)",
    )
    options.add_argument(
        "--opponent-sessions", type=int, default=60, help="of all but tantivy on streets (default 60)"
    )
    options.add_argument(
        "--opponents", default="all", choices=("all", "streets", "none"), help="which to run"
    )
    options.add_argument("--seed", type=int, default=4840, help="of the country")
    options.add_argument("--dice", type=int, default=0, help="of the people (default: fresh ones)")
    options.add_argument(
        "--keep", default="", help="keep the index in this folder, and use one that is there"
    )
    options.add_argument(
        "--show", type=int, default=5, help="misses and dear keystrokes to print (default 5)"
    )
    options.add_argument("--folder", default="", help="where all else is built (default: the system's)")
    options.add_argument("--quick", action="store_true", help="see that it runs; the figures mean nothing")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    return options.parse_args()


def _measure(given: argparse.Namespace, folder: Path, dice: random.Random) -> dict[str, object]:
    noise = Noise()
    path, built = _built(given, folder)
    australia = Australia(given.rows, given.seed)
    finder = Finder(path)
    people = Typists(australia, dice)
    sessions = _sessions(people, australia, given)
    slipped = replaying.with_slips(sessions, dice)
    arms = [Arm(finder, f"{built['rows']:,.0f} rows")]
    if given.opponents != "none" and opponents_tantivy.PRESENT:
        arms.append(
            _prepared(
                "tantivy on streets", lambda: opponents_tantivy.Streets(folder / "streets", finder.index)
            )
        )
    elif given.opponents != "none":
        print("tantivy isn't installed: it is left out, and there is no ratio to it")
    # What the bench itself holds is not the engines' garbage to look through.
    gc.collect()
    gc.freeze()
    _in_turns(arms, sessions, slipped, noise)
    yardstick = arms[1:]
    if given.opponents != "none":
        arms += _others(given, folder, australia, dice, sessions, slipped)
    falsely = _untrue(finder, australia, people, dice, len(sessions))
    made_up = _made_up(arms[0], australia)
    keystrokes = _keystrokes(sessions + slipped, dice)
    memory = worker_memory.measure(path, keystrokes)
    few = 20 if given.quick else 1
    oddly = strange.measure(finder, dice, count=_STRANGE_QUERIES // few)
    served = over_http.measure(path, keystrokes, folder, count=_HTTP_REQUESTS // few)
    real = _real(folder)
    _print(arms, built, memory, falsely, made_up, real | oddly | served, given)
    told = report.noise(noise)
    figures = _figures(arms[0], yardstick, built, memory)
    return figures | falsely | oddly | served | real | {"made_up": made_up, "noise": told}


def _built(given: argparse.Namespace, folder: Path) -> tuple[Path, dict[str, float]]:
    """The index, and what its building took; from --keep when it has it."""
    kept = Path(given.keep or folder)
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"au-{given.rows}-{given.seed}.index"
    said = path.with_suffix(".json")
    if path.exists() and said.exists():
        print(f"the index in {kept} is used again: its figures are those of when it was built")
        return path, json.loads(said.read_text(encoding="utf-8"))
    built = building.build(given.rows, given.seed, path)
    said.write_text(json.dumps(built), encoding="utf-8")
    return path, built


def _sessions(people: Typists, australia: Australia, given: argparse.Namespace) -> list[Session]:
    started = time.perf_counter()
    typed = people.mixed(given.sessions) + people.slices(given.slices)
    sessions = replaying.clean(typed, lambda each: fitting(each, australia) == 1)
    mixed = [session for session in sessions if session.typed.mixed]
    several = sum(not session.unique for session in mixed) / len(mixed)
    print(
        f"{len(mixed):,} sessions of the mix and {len(sessions) - len(mixed):,} for slices, drawn in "
        f"{time.perf_counter() - started:.0f} s; in {several:.1%} of the mix several addresses fit the whole text\n"
    )
    return sessions


def _prepared(name: str, made: Callable[[], Opponent]) -> Arm:
    started = time.perf_counter()
    engine = made()
    seconds = time.perf_counter() - started
    print(f"{name}: built in {seconds:.0f} s, {engine.bytes / 1e6:,.1f} MB")
    return Arm(engine, f"{engine.bytes / 1e6:,.1f} MB, built in {seconds:.0f} s")


def _in_turns(arms: list[Arm], sessions: list[Session], slipped: list[Session], noise: Noise) -> None:
    """Some sessions with one engine, the same ones with the next: a noisy minute hits all alike."""
    for arm in arms:
        _warm_up(arm.engine, sessions)
    for which, todo in (("clean", sessions), ("slipped", slipped)):
        for start in range(0, len(todo), _TURN):
            noise.listen()
            for arm in arms:
                played = getattr(arm, which)
                played.extend(replaying.play(arm.engine, session) for session in todo[start : start + _TURN])
            _progress(f"{which}: {min(start + _TURN, len(todo)):,} of {len(todo):,} sessions")
    print(file=sys.stderr)


def _progress(text: str) -> None:
    print(f"\r  {text}   ", end="", file=sys.stderr, flush=True)


def _warm_up(engine: Engine, sessions: list[Session]) -> None:
    """A worker's first questions fault pages of the file in; what is measured is all the others."""
    for session in sessions[:20]:
        engine.find(session.text)


def _others(
    given: argparse.Namespace, folder: Path, australia: Australia, dice: random.Random,
    sessions: list[Session], slipped: list[Session],
) -> list[Arm]:  # fmt: skip
    """The slower ones, each alone, with fewer sessions."""
    few, few_slipped = sessions[: given.opponent_sessions], slipped[: given.opponent_sessions]
    arms = []
    arm = _prepared(
        "SQLite FTS5 on streets", lambda: opponents_sqlite.Streets(folder / "streets.sqlite", australia)
    )
    arms.append(_alone(arm, few, few_slipped))
    if given.opponents == "streets":
        return arms
    streets = australia.order(given.opponent_rows)
    print(f"a row an address: {min(given.opponent_rows, australia.rows):,} rows of {australia.rows:,}")
    people = Typists(australia, dice, among=streets)
    few = replaying.clean(people.mixed(given.opponent_sessions), lambda each: fitting(each, australia) == 1)
    few_slipped = replaying.with_slips(few, dice)
    arm = _prepared(
        "SQLite FTS5", lambda: opponents_sqlite.Addresses(folder / "rows.sqlite", australia, streets)
    )
    arms.append(_alone(arm, few, few_slipped))
    if opponents_tantivy.PRESENT:
        arm = _prepared("tantivy", lambda: opponents_tantivy.Addresses(folder / "rows", australia, streets))
        arms.append(_alone(arm, few, few_slipped))
    return arms


def _alone(arm: Arm, sessions: list[Session], slipped: list[Session]) -> Arm:
    _warm_up(arm.engine, sessions)
    arm.clean = [replaying.play(arm.engine, session) for session in sessions]
    arm.slipped = [replaying.play(arm.engine, session) for session in slipped]
    return arm


def _untrue(
    finder: Finder, australia: Australia, people: Typists, dice: random.Random, count: int
) -> dict[str, object]:
    """The share of queries for addresses that don't exist in which one is claimed to; half of them have a slip."""
    tried: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for kind, row in untrue.addresses(australia, people, dice, count):
        text = untrue.text_of(row, dice)
        tried[kind] += 1
        answers = finder.answers(finder.find(text))
        if untrue.false_among(answers, row):
            false[kind] += 1
            print(f"FALSE: {text!r} suggests {'; '.join(answer.shown for answer in answers)}")
    report.table(
        ("addresses that don't exist", "asked", "claimed"),
        [(kind, tried[kind], false[kind]) for kind in tried],
    )
    return {
        "false_rate": round(sum(false.values()) / max(1, sum(tried.values())), 5),
        "false_asked": sum(tried.values()),
    }


def _made_up(arm: Arm, australia: Australia) -> int:
    """Of all answers at the end of sessions, how many aren't in the country at all."""
    wrong = [
        (one.session.text, answer)
        for one in arm.clean + arm.slipped
        for answer in untrue.made_up(one.last, australia)
    ]
    for text, answer in wrong[:5]:
        print(f"MADE UP: {text!r} suggests {answer.shown}")
    return len(wrong)


def _keystrokes(sessions: list[Session], dice: random.Random) -> list[str]:
    """Unfinished texts as a worker gets them, of all lengths."""
    texts = [dice.choice(sessions).text for _ in range(_WORKER_QUERIES)]
    return [text[: dice.randrange(replaying.FIRST_KEYSTROKE, len(text) + 1)] for text in texts]


def _real(folder: Path) -> dict[str, float]:
    """Real addresses, where the shared data lies."""
    if not (real_addresses.folder() / "addressr-sample.json").is_file():
        print("the shared address data isn't here: real addresses are left out\n")
        return {}
    sample = real_addresses.check_sample(folder / "real.index")
    probes = real_addresses.check_probes(folder / "real.index")
    exact = real_addresses.check_exact(folder / "real.index")
    return {
        "real_sample": round(sample.share, 4),
        "real_probes": round(probes.share, 4),
        "real_exact": round(exact.share, 4),
    }


def _print(
    arms: list[Arm], built: dict[str, float], memory: dict[str, float], falsely: dict[str, object], made_up: int,
    more: dict[str, float], given: argparse.Namespace,
) -> None:  # fmt: skip
    print()
    address_tables.speed(arms)
    address_tables.hits(arms)
    address_tables.slices(arms[0])
    address_tables.length(arms[0])
    report.table(
        ("the index", ""),
        [
            ("addresses", int(built["rows"])),
            ("streets", int(built["streets"])),
            ("bytes an address", built["bytes"] / built["rows"]),
            ("build, s (rows drawn not counted)", built["build_s"]),
            ("of which collecting", built["collect_s"]),
            ("peak memory of the build, MB", built["peak_mb"]),
            ("private memory of a worker, MB", memory.get("private_mb", 0.0)),
            ("before it opened the index", memory.get("imported_mb", 0.0)),
            ("claimed though it doesn't exist", f"{falsely['false_rate']}"),
            ("answers that don't exist at all", made_up),
            *((name, f"{figure:,}") for name, figure in more.items()),
        ],
    )
    report.table(("opponents", "size"), [(arm.engine.name, arm.about) for arm in arms[1:]])
    address_tables.went_wrong(arms[0], given.show)


def _figures(
    ours: Arm, yardstick: list[Arm], built: dict[str, float], memory: dict[str, float]
) -> dict[str, object]:
    clean, slipped = ours.mixed
    p99_us = replaying.cpu_us(clean, 99)
    ratio = round(replaying.cpu_us(yardstick[0].mixed[0], 99) / p99_us, 2) if yardstick else None
    return {
        "p99_us_clean": round(p99_us),
        "p99_us_typo": round(replaying.cpu_us(slipped, 99)),
        "p50_us_clean": round(replaying.cpu_us(clean, 50)),
        "p50_us_typo": round(replaying.cpu_us(slipped, 50)),
        "p99_wall_us_clean": round(replaying.wall_us(clean, 99)),
        "p99_wall_us_typo": round(replaying.wall_us(slipped, 99)),
        "slowest_us": round(max(one.slowest[0] for one in clean + slipped) / 1000),
        "hit1_clean": round(replaying.hit(clean, within=1), 4),
        "hit5_clean": round(replaying.hit(clean), 4),
        "hit1_typo": round(replaying.hit(slipped, within=1), 4),
        "hit5_typo": round(replaying.hit(slipped), 4),
        "bytes_per_address": round(built["bytes"] / built["rows"], 3),
        "private_mb": round(memory.get("private_mb", 0.0), 1),
        "build_s": round(built["build_s"], 3),
        "build_peak_mb": round(built["peak_mb"]),
        "p99_ratio_tantivy_streets": ratio,
        "rows": int(built["rows"]),
        "streets": int(built["streets"]),
        "sessions": len(clean),
    }


if __name__ == "__main__":
    sys.exit(main())
