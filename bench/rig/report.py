"""Tables for people, and one last line for machines."""

import json
import platform
from collections.abc import Sequence
from pathlib import Path

from rig.noise import Noise


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their heads; numbers stand to the right."""
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *texts]) for column in range(len(head))]
    for row in [list(head), ["-" * width for width in widths], *texts]:
        first, *rest = row
        print(
            "  ".join(
                [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]
            )
        )
    print()


def result(figures: dict[str, object], out: str) -> None:
    """The last line, and the same into a file when one was asked for."""
    text = json.dumps(figures | {"machine": machine()})
    if out:
        Path(out).write_text(text + "\n", encoding="utf-8")
    print(f"RESULT {text}", flush=True)


def noise(heard: Noise) -> dict[str, float]:
    """How quiet the machine was: a line for people, and the figures."""
    told = heard.told()
    print(
        f"machine: loop {told['loop_ms']} ms, slowest tenth {told['spread']} x, clock/CPU {told['waiting']} x\n"
    )
    return told


def machine() -> str:
    names = [line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")]
    return f"{len(names) or '?'} x {names[0] if names else platform.machine()}, Python {platform.python_version()}"


def _cpu_lines() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text().splitlines() if info.exists() else []


def _shown(cell: object) -> str:
    return f"{cell:,.2f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
