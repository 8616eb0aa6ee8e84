"""A process that takes a gift every fiftieth of a second, and how long each of them took."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PAUSE_SECONDS: Final = 0.02


class Meanwhile:
    """Gifts are taken while inside."""

    gifts = 0
    median_ms = longest_ms = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "begun\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        said, _ = self._process.communicate()
        waits_ms = json.loads(said)
        self.gifts = len(waits_ms)
        self.median_ms = round(statistics.median(waits_ms), 1)
        self.longest_ms = round(max(waits_ms), 1)


def main() -> None:
    """Until standard input ends."""
    import threading  # noqa: PLC0415

    import django  # noqa: PLC0415

    sys.path.insert(0, str(Path(__file__).parents[2]))
    django.setup()
    from tests.bench.yearly_round import give  # noqa: PLC0415

    give(0)
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("begun", flush=True)
    waits_ms: list[float] = []
    while not over.is_set():
        began = time.perf_counter()
        give(len(waits_ms) + 1)
        waits_ms.append((time.perf_counter() - began) * 1000)
        over.wait(_PAUSE_SECONDS)
    print(json.dumps(waits_ms), flush=True)


if __name__ == "__main__":
    main()
