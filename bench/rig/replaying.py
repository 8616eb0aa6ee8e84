"""Typing sessions, replayed: every keystroke from the third is timed, and what it found is judged."""

import random
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rig import slips
from rig.engines import SUGGESTIONS, Engine
from rig.truth import Answer, rank
from rig.typists import Typed

FIRST_KEYSTROKE: Final = 3
MARKS: Final = (8, 12, 16, 20, 24)
END: Final = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A text that is typed letter by letter. `unique`: no other address fits it as well once it is finished."""

    text: str
    typed: Typed
    tags: dict[str, str]
    unique: bool


@dataclass
class Keystrokes:
    """Nanoseconds of each keystroke, as they came."""

    cpu: "array[int]" = field(default_factory=lambda: array("Q"))
    wall: "array[int]" = field(default_factory=lambda: array("Q"))

    def extend(self, other: "Keystrokes") -> None:
        self.cpu.extend(other.cpu)
        self.wall.extend(other.wall)


@dataclass(frozen=True, slots=True)
class Played:
    """One session as an engine went through it. `ranks`: where the address stood after so many letters; 0: nowhere."""

    session: Session
    times: Keystrokes
    ranks: dict[int, int]
    last: list[Answer]
    slowest: tuple[int, str]


def clean(typed: Sequence[Typed], unique: Callable[[Typed], bool]) -> list[Session]:
    return [Session(each.text, each, each.tags, unique(each)) for each in typed]


def with_slips(sessions: Iterable[Session], dice: random.Random) -> list[Session]:
    """The same texts, each with one slip in it that stays to the end."""
    found = []
    for session in sessions:
        slipped = slips.slip(session.text, session.typed.letters(), dice)
        if slipped is not None:
            where = {
                "slip": slipped.kind,
                "slip in": _where(session.typed, slipped.at),
                "letter": _letter(session, slipped.at),
            }
            found.append(Session(slipped.text, session.typed, session.tags | where, session.unique))
    return found


def play(engine: Engine, session: Session) -> Played:
    times, ranks = Keystrokes(), {}
    text, row = session.text, session.typed.row
    slowest = (0, "")
    found: object = []
    for length in range(FIRST_KEYSTROKE, len(text) + 1):
        typed = text[:length]
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        found = engine.find(typed)
        cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
        times.cpu.append(cpu)
        times.wall.append(wall)
        slowest = max(slowest, (cpu, typed))
        if length in MARKS:
            ranks[length] = rank(engine.answers(found), row)
    last = engine.answers(found)
    ranks[END] = rank(last, row)
    for mark in MARKS:
        # Whoever is done earlier looks at the same list still.
        ranks.setdefault(mark, ranks[END])
    return Played(session, times, ranks, last, slowest)


# ---- Sums -------------------------------------------------------------------------------------------------------


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def cpu_us(played: Iterable[Played], percent: float) -> float:
    return percentile([each for one in played for each in one.times.cpu], percent) / 1000


def wall_us(played: Iterable[Played], percent: float) -> float:
    return percentile([each for one in played for each in one.times.wall], percent) / 1000


def hit(played: Sequence[Played], *, at: int = END, within: int = SUGGESTIONS) -> float:
    """The share of sessions in which the address stood among the first `within` after `at` letters."""
    return sum(0 < one.ranks[at] <= within for one in played) / len(played) if played else 0.0


def _where(typed: Typed, at: int) -> str:
    role = typed.roles[at]
    word = _word(typed.text, at)
    return f"{role}, short word" if role != "region" and len(word) <= 3 else role


def _letter(session: Session, at: int) -> str:
    text = session.text
    if at == 0 or not text[at - 1].isalnum():
        return "first"
    return "last" if at + 1 == len(text) or not text[at + 1].isalnum() else "inside"


def _word(text: str, at: int) -> str:
    start, end = at, at
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]
