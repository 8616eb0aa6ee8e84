"""What goes wrong, drawn from one seed: every fault that a history meets is asked for here, and counted."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

START: Final = datetime(2031, 3, 3, 9, tzinfo=UTC)
# Two processes at most stand within another's pause: a donor's, and two workers'.
DEEPEST: Final = 2


class Crash(BaseException):
    """A process was killed here. Nothing catches it but the history, and what wasn't committed is rolled back."""


class Unnamed(Exception):
    """An error that no gateway's documents name."""


class Chance:
    """One history's dice, clock and tally. `true_at` is the time; `skew` what the running process's clock is off by."""

    def __init__(self, seed: int, traveller: Any) -> None:
        self.dice = random.Random(seed)
        self.injected: Counter[str] = Counter()
        self.true_at, self.skew = START, timedelta(0)
        self.quiet, self.depth, self.outage_until = False, 0, START
        # What else may happen while a process waits: set by the world.
        self.meanwhile: Callable[[], None] = lambda: None
        self.wrongs: list[str] = []
        self._traveller = traveller
        self._set()

    def pass_time(self, **much: float) -> None:
        self.true_at += timedelta(**much)
        self._set()

    @contextmanager
    def clock_off_by(self, skew: timedelta) -> Iterator[None]:
        """The process that runs inside has a clock of its own."""
        before, self.skew = self.skew, skew
        self._set()
        try:
            yield
        finally:
            self.skew = before
            self._set()

    def draw(self, probability: float, kind: str) -> bool:
        """Whether this fault strikes now; it is counted if it does. Never once all is quiet."""
        if self.quiet or self.dice.random() >= probability:
            return False
        self.injected[kind] += 1
        return True

    def label(self, name: str) -> None:
        """A labelled point of the product: the process may die, or another may run first."""
        if self.draw(0.02, f"killed at {name}"):
            raise Crash(name)
        self.pause(0.03)

    def pause(self, probability: float) -> None:
        """Another process does something while this one waits; where it waits in a transaction, none can."""
        here = threading.current_thread() is threading.main_thread()
        if not here or self.depth >= DEEPEST or connection.in_atomic_block:
            return
        if self.draw(probability, "two processes interleaved"):
            self.depth += 1
            try:
                self.meanwhile()
            finally:
                self.depth -= 1

    def _set(self) -> None:
        self._traveller.move_to(self.true_at + self.skew)


class Labels:
    """Stands in `kernel.crashpoint` for the label that a drill asks for: every point asks whether it is the one."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance

    def __eq__(self, label: object) -> bool:
        self.chance.label(str(label))
        return False

    __hash__ = None  # type: ignore[assignment]


class Stopwatch:
    """Stands for `time` where charges wait for a gateway that is busy: nobody waits for real."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds
