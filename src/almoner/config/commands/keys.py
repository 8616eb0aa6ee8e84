"""`almoner keys show|rotate`: under which keys secrets stand in the database, and all of them under the newest."""

import argparse
import sys

from almoner.charities import rekeying
from almoner.charities.rekeying import OPEN, Outcome
from almoner.charities.sealed import ring
from almoner.config.sealing import Census, census, places


def run(options: argparse.Namespace) -> int:
    return {"show": _show, "rotate": _rotate}[options.action]()


def _show() -> int:
    for place in places():
        counts = Census(rekeying.census(place)).counts
        under = [_under(key_id, count) for key_id, count in sorted(counts.items())]
        print(f"{place.name:28}  {', '.join(under) or 'none'}")
    found = census()
    print(f"\nThe newest key is {ring().keys[0].id}; {len(ring().keys) - 1} older are here.")
    for key_id, count in found.missing().items():
        print(f"Key {key_id} is missing: {count:,} secrets can't be read until it is back.", file=sys.stderr)
    if found.older() or found.open:
        print("Run `almoner keys rotate`.")
    return 1 if found.missing() or found.open else 0


def _under(key_id: str, count: int) -> str:
    if key_id == OPEN:
        return f"{count:,} open"
    here = {key.id for key in ring().keys}
    name = "the newest key" if key_id == ring().keys[0].id else f"key {key_id}"
    return f"{count:,} under {name}" + ("" if key_id in here else " (missing)")


def _rotate() -> int:
    outcomes = [rekeying.rotate(place, tell=_tell) for place in places()]
    for outcome in outcomes:
        for fault in outcome.unreadable:
            print(fault, file=sys.stderr)
    left = census()
    moved = sum(outcome.moved for outcome in outcomes)
    print(f"{moved:,} secrets were moved; {left.newest:,} stand under the newest key, {ring().keys[0].id}.")
    for key_id, count in left.older().items():
        print(
            f"{count:,} still stand under key {key_id}: restart what was started with it first, and run this again."
        )
    if sum(outcome.unreadable_count for outcome in outcomes):
        return 1
    if not (left.older() or left.open):
        print("Older keys are no longer needed by what stands here; backups made before today need them.")
    return 1 if left.older() or left.open else 0


def _tell(so_far: Outcome) -> None:
    if so_far.moved or so_far.unreadable_count:
        print(f"{so_far.name}: {so_far.moved:,} moved", flush=True)
