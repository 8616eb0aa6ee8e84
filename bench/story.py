"""What keeping a story ready is worth, and what one costs that isn't kept: script/bench story [--quick].

One server and the demonstration's first story, which holds a giving form, figures of the register and related stories.
By its plain address it is answered from memory; with a word in its query that could change the page it is rendered anew
each time, from the database. All take turns; medians of the rounds. Readers take gzip, as browsers do.

CPU is what the kernel counted for the server, all of its processes and threads, from the request's bytes to the
answer's: of one reader who waits for each answer, and of four at once, whose threads get in one another's way. What the
first story costs in a server that has just come up is counted once, in ticks of 10 ms.
"""

import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rig import processes, report, sites
from rig.noise import Noise
from rig.processes import Server
from rig.visits import measured

_KEPT: Final = "/stories/four-reasons-for-hope/"
_RENDERED: Final = f"{_KEPT}?anew=1"
_SECONDS, _QUICK_SECONDS = 1.5, 0.5


@dataclass
class Arm:
    name: str
    path: str
    clients: int
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def take(self, server: Server, seconds: float) -> None:
        before = processes.cpu_seconds(server.pid)
        run = processes.load(self.path, server, clients=self.clients, seconds=seconds)
        used = processes.cpu_seconds(server.pid) - before
        self.rates.append(run.per_second)
        self.cpu_ms.append(1000 * used / len(run.latencies_ms))

    @property
    def told(self) -> tuple[float, float]:
        return statistics.median(self.rates), statistics.median(self.cpu_ms)


def _measure(rounds: int, folder: Path) -> dict[str, object]:
    noise = Noise()
    kept, one, four = arms = (
        Arm("kept ready, four readers", _KEPT, 4),
        Arm("rendered anew, one reader", _RENDERED, 1),
        Arm("rendered anew, four readers", _RENDERED, 4),
    )
    with sites.almoner(sites.prepared("almoner", folder, "")) as server:
        first_ms = _first(server)
        for arm in arms:
            processes.load(arm.path, server, clients=arm.clients, count=40)
        for _ in range(rounds):
            for arm in arms:
                noise.listen()
                arm.take(server, _SECONDS if rounds > 1 else _QUICK_SECONDS)
    report.table(("a story", "GET/s", "CPU-ms"), [(arm.name, *arm.told) for arm in arms])
    print(f"the first one after the start: {first_ms:.0f} ms of CPU\n")
    ratio = statistics.median(k / r for k, r in zip(kept.rates, four.rates, strict=True))
    return {
        "cached_ratio": round(ratio, 1),
        "cached_per_s": round(kept.told[0]),
        "uncached_per_s": round(four.told[0], 1),
        "uncached_cpu_ms": round(one.told[1], 2),
        "uncached_cpu_ms_of_four": round(four.told[1], 2),
        "first_cpu_ms": round(first_ms),
        "rounds": rounds,
        "noise": report.noise(noise),
    }


def _first(server: Server) -> float:
    before = processes.cpu_seconds(server.pid)
    processes.load(_RENDERED, server, clients=1, count=1)
    return 1000 * (processes.cpu_seconds(server.pid) - before)


if __name__ == "__main__":
    sys.exit(measured(__doc__, "story", _measure))
