"""How much memory a worker has for itself after it opened the index and answered: what no other worker shares.

    python -m rig.worker_memory INDEX < QUERIES

A fresh process, as a server forks or starts them, with nothing but the finder in it. Private pages that are the mapped
index don't count: the next worker shares them. Prints one line of JSON.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rig.engines import Finder
from rig.processes import BENCH

_PRIVATE: Final = re.compile(r"(Private_Clean|Private_Dirty|Private_Hugetlb): +(\d+) kB")
_MAPPING: Final = re.compile(r"[0-9a-f]+-[0-9a-f]+ .{4} \S+ \S+ \d+ *(.*)")


def measure(index: Path, queries: Sequence[str]) -> dict[str, float]:
    """In another process; {} where the system doesn't tell."""
    if not Path("/proc/self/smaps").exists():
        return {}
    done = subprocess.run(
        [sys.executable, "-m", "rig.worker_memory", str(index)],
        cwd=BENCH,
        input="\n".join(queries),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def private_mb(apart_from: str) -> float:
    total_kb, counted = 0, True
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if found := _MAPPING.fullmatch(line):
            counted = found[1] != apart_from
        elif counted and (amount := _PRIVATE.fullmatch(line)):
            total_kb += int(amount[2])
    return total_kb / 1024


def main() -> None:
    index = str(Path(sys.argv[1]).resolve())
    queries = [line for line in sys.stdin.read().split("\n") if line]
    imported = private_mb(index)
    finder = Finder(Path(index))
    opened = private_mb(index)
    for query in queries:
        finder.find(query)
    print(json.dumps({
        "imported_mb": imported, "opened_mb": opened, "private_mb": private_mb(index), "queries": len(queries),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
