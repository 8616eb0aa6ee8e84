"""`script/cluster up|drill|down`: the figures are printed as a table, and as a last line RESULT {json}."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.cluster import cutting
from tests.cluster.acts import ACTS, CONTROL, Act
from tests.cluster.cluster import SITE, Cluster
from tests.cluster.donors import Donors
from tests.cluster.layout import ProgramMissing
from tests.cluster.reckoning import Reckoning, charges_before, reckon

_BAR_GAP_SECONDS: Final = 30.0
# Whatever hangs, the drill is over then, and the cluster down.
_LONGEST_SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Run:
    """One arm of the drill. `gaps`: act by act, the longest time in which nobody was thanked."""

    name: str
    acknowledged: int
    told_to_wait: int
    given_up: list[str]
    reckoning: Reckoning
    gaps: dict[str, float]
    errors_500: int
    proved: bool

    @property
    def longest_gap(self) -> float:
        return max(self.gaps.values())


def main() -> int:
    given = _options()
    cluster = Cluster(given.home, patroni=given.patroni)
    try:
        return {"up": _up, "drill": _drill, "down": _down}[given.act](cluster, given)
    except ProgramMissing as missing:
        print(f"script/cluster: {missing}", file=sys.stderr)
        return 3


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="script/cluster", description=__doc__)
    options.add_argument("act", choices=("up", "drill", "down"))
    options.add_argument("--patroni", type=Path, default=Path("patroni"), help=argparse.SUPPRESS)
    # A name that is known beforehand, for `down` must find it.
    default = Path(tempfile.gettempdir()) / f"almoner-cluster-{os.getuid()}"
    options.add_argument("--home", type=Path, default=default, help="its folder (default %(default)s)")
    options.add_argument("--donors", type=int, default=6, help="how many give at a time (default 6)")
    options.add_argument("--keep", action="store_true", help="leave the cluster up after the drill")
    options.add_argument("--only", default="", help="acts whose name has this in it")
    options.add_argument("--no-control", action="store_true", help="leave out the asynchronous control")
    return options.parse_args()


def _up(cluster: Cluster, given: argparse.Namespace) -> int:
    if cluster.home.exists():
        print("script/cluster: it is up, or was; script/cluster down clears it away", file=sys.stderr)
        return 1
    try:
        cluster.up()
    except BaseException:
        _show_logs(cluster)
        cluster.down()
        raise
    print(f"Up: {SITE}/give/4840/   Its files and logs: {cluster.home}   script/cluster down ends it.")
    return 0


def _down(cluster: Cluster, given: argparse.Namespace) -> int:
    cluster.down()
    return 0


def _drill(cluster: Cluster, given: argparse.Namespace) -> int:
    found = cluster.home.exists()
    if not found and _up(cluster, given):
        return 1
    guard = threading.Timer(_LONGEST_SECONDS, _end, [cluster])
    guard.daemon = True
    guard.start()
    try:
        how = "packets dropped" if cutting.possible() else "etcd and Patroni stopped (no packet filter here)"
        print(f"A partition is made here by: {how}", flush=True)
        runs = [_run(cluster, "synchronous", [each for each in ACTS if given.only in each[0]], given)]
        if not given.no_control:
            cluster.stop_waiting()
            runs.append(_run(cluster, "asynchronous", CONTROL, given))
    except BaseException:
        _show_logs(cluster)
        raise
    finally:
        guard.cancel()
        if not found and not given.keep:
            cluster.down()
    return _report(runs)


def _run(cluster: Cluster, name: str, acts: list[tuple[str, Act]], given: argparse.Namespace) -> Run:
    prefix = f"{name}-{os.getpid()}-"
    after = charges_before(cluster)
    donors = Donors(at_once=given.donors, pause_seconds=0.25, prefix=prefix)
    donors.start()
    gaps: dict[str, float] = {}
    time.sleep(5)
    for words, act in acts:
        began = time.monotonic()
        print(f"{name}: {words} ...", end=" ", flush=True)
        act(cluster, donors.count)
        gaps[words] = round(donors.longest_gap_seconds(since=began, until=time.monotonic()), 1)
        print(f"{time.monotonic() - began:.0f} s, longest gap {gaps[words]} s", flush=True)
    time.sleep(5)
    donors.stop()
    thanked = {each.email for each in donors.acknowledged}
    counted = reckon(cluster, prefix=prefix, acknowledged=thanked, after=after)
    proved = cluster.almoner("prove")
    if proved.returncode:
        print("\n".join(line for line in proved.stdout.splitlines() if line.startswith(("broken", " "))))
    print(f"{name}: answers {dict(sorted(donors.answers.items()))}", flush=True)
    return Run(
        name=name,
        acknowledged=len(thanked),
        told_to_wait=len(donors.told_to_wait),
        given_up=donors.given_up,
        reckoning=counted,
        gaps=gaps,
        errors_500=donors.answers[500],
        proved=proved.returncode == 0,
    )


def _report(runs: list[Run]) -> int:
    """The table, and whether the bars are held."""
    print(f"\n{'run':14}{'acknowledged':>14}{'lost':>7}{'doubled':>9}{'phantom':>9}", end="")
    print(f"{'stuck':>7}{'gap s':>8}{'500':>6}  prove")
    for run in runs:
        each = run.reckoning
        print(
            f"{run.name:14}{run.acknowledged:>14}{each.lost:>7}{each.doubled:>9}{each.phantom:>9}{each.stuck:>7}"
            f"{run.longest_gap:>8}{run.errors_500:>6}  {'holds' if run.proved else 'broken'}"
        )
    sync = runs[0]
    counted = sync.reckoning
    held = (
        counted.lost == counted.doubled == counted.phantom == counted.stuck == 0
        and sync.longest_gap <= _BAR_GAP_SECONDS
        and sync.errors_500 == 0
        and not sync.given_up
        and sync.proved
    )
    # A check that can't fail says nothing: the same acts must be seen to lose where a standby isn't waited for.
    seen = len(runs) < 2 or runs[1].reckoning.lost > 0
    figures = {
        "acknowledged": sync.acknowledged, "told_to_wait": sync.told_to_wait, "given_up": sync.given_up,
        **asdict(counted), "longest_gap_seconds": sync.longest_gap, "gaps": sync.gaps, "errors_500": sync.errors_500,
        "proved": sync.proved, "control_lost": runs[1].reckoning.lost if len(runs) > 1 else None,
        "control_acknowledged": runs[1].acknowledged if len(runs) > 1 else None, "held": held and seen,
    }  # fmt: skip
    if not seen:
        print("The asynchronous control lost nothing: this drill has shown nothing.")
    print(f"RESULT {json.dumps(figures)}")
    return 0 if held and seen else 1


def _end(cluster: Cluster) -> None:
    print(f"script/cluster: after {_LONGEST_SECONDS} s it is ended", file=sys.stderr, flush=True)
    cluster.down()
    os._exit(4)


def _show_logs(cluster: Cluster) -> None:
    """The ends of all logs, where something went wrong. They are kept beside the folder, which goes."""
    kept = Path(f"{cluster.home}.logs")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for log in cluster.home.glob("*.log"):
        shutil.copy(log, kept)
    print(f"\nscript/cluster: logs are kept in {kept}", file=sys.stderr, flush=True)


sys.exit(main())
