"""What keeping a story ready is worth: script/bench story [--quick].

One server and the demonstration's first story, which holds a giving form, figures of the register and related stories.
By its plain address it is answered from memory; with a word in its query that could change the page it is rendered anew
each time, from the database. Both take turns; medians of the rounds. CPU is what the kernel counted for the server.
"""

import statistics
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rig import processes, report, sites
from rig.noise import Noise
from rig.visits import measured

_KEPT: Final = "/stories/four-reasons-for-hope/"
_RENDERED: Final = f"{_KEPT}?anew=1"
_CLIENTS: Final = 4


def _measure(rounds: int, folder: Path) -> dict[str, object]:
    noise = Noise()
    rates: dict[str, list[float]] = {_KEPT: [], _RENDERED: []}
    cpu_ms: dict[str, list[float]] = {_KEPT: [], _RENDERED: []}
    with sites.almoner(sites.prepared("almoner", folder, "")) as server:
        for path in rates:
            processes.load(path, server, clients=_CLIENTS, count=20)
        for _ in range(rounds):
            for path in rates:
                noise.listen()
                before = processes.cpu_seconds(server.pid)
                run = processes.load(path, server, clients=_CLIENTS, seconds=1.5)
                used = processes.cpu_seconds(server.pid) - before
                rates[path].append(run.per_second)
                cpu_ms[path].append(1000 * used / len(run.latencies_ms))
    told = {path: (statistics.median(rates[path]), statistics.median(cpu_ms[path])) for path in rates}
    report.table(
        ("a story", "GET/s", "CPU-ms"), [("kept ready", *told[_KEPT]), ("rendered anew", *told[_RENDERED])]
    )
    ratio = statistics.median(k / r for k, r in zip(rates[_KEPT], rates[_RENDERED], strict=True))
    return {
        "cached_ratio": round(ratio, 1),
        "cached_per_s": round(told[_KEPT][0]),
        "uncached_per_s": round(told[_RENDERED][0], 1),
        "uncached_cpu_ms": round(told[_RENDERED][1], 2),
        "rounds": rounds,
        "noise": report.noise(noise),
    }


if __name__ == "__main__":
    sys.exit(measured(__doc__, "story", _measure))
