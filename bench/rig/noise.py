"""How quiet the machine is: the same small piece of work, timed again and again between the rounds."""

import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Noise:
    """`walls` and `cpus`: milliseconds of the clock and of CPU that each turn of the loop took."""

    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def listen(self) -> None:
        """Take a few samples; about a tenth of a second."""
        for _ in range(5):
            wall, cpu = time.perf_counter(), time.process_time()
            _work()
            self.walls.append(1000 * (time.perf_counter() - wall))
            self.cpus.append(1000 * (time.process_time() - cpu))

    def told(self) -> dict[str, float]:
        """`spread`: the slowest tenth against the median; `waiting`: clock against CPU, 1.0 on an idle machine."""
        median = statistics.median(self.walls)
        slow = sorted(self.walls)[int(len(self.walls) * 0.9)]
        return {
            "loop_ms": round(median, 2),
            "spread": round(slow / median, 2),
            "waiting": round(sum(self.walls) / sum(self.cpus), 2),
        }


def _work() -> int:
    total = 0
    for number in range(200_000):
        total += number * number % 7
    return total
