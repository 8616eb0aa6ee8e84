"""What the address bench prints: speed, hits, slices, and what went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rig import replaying, report
from rig.engines import Engine
from rig.replaying import END, MARKS, Played, cpu_us, hit, wall_us

_FEWEST_OF_A_SLICE = 8


@dataclass
class Arm:
    """An engine with what it played. `about`: the rows it holds and what they cost, for the tables."""

    engine: Engine
    about: str
    clean: list[Played] = field(default_factory=list)
    slipped: list[Played] = field(default_factory=list)

    @property
    def mixed(self) -> tuple[list[Played], list[Played]]:
        """What counts for the figures; the rest was drawn for the slices."""
        return (
            [one for one in self.clean if one.session.typed.mixed],
            [one for one in self.slipped if one.session.typed.mixed],
        )


def speed(arms: Sequence[Arm]) -> None:
    rows = []
    for arm in arms:
        for name, played in zip(("clean", "one typo"), arm.mixed, strict=True):
            keystrokes = sum(len(one.times.cpu) for one in played)
            cpu = [round(cpu_us(played, percent)) for percent in (50, 90, 99, 99.9)]
            wall = [round(wall_us(played, percent)) for percent in (50, 99)]
            rows.append((f"{arm.engine.name}, {name}", keystrokes, *cpu, *wall))
    head = ("a keystroke, µs", "keystrokes", "CPU p50", "p90", "p99", "p99.9", "clock p50", "p99")
    report.table(head, rows)


def hits(arms: Sequence[Arm]) -> None:
    for within in (1, 5):
        rows = []
        for arm in arms:
            for name, played in zip(("clean", "one typo"), arm.mixed, strict=True):
                only = [one for one in played if one.session.unique]
                on_the_way = [_share(hit(played, at=mark, within=within)) for mark in MARKS]
                shares = (_share(hit(played, within=within)), _share(hit(only, within=within)))
                rows.append((f"{arm.engine.name}, {name}", len(played), *on_the_way, *shares))
        head = (
            f"hit@{within} after",
            "sessions",
            *(f"{mark}" for mark in MARKS),
            "the end",
            "of unique ones",
        )
        report.table(head, rows)


def slices(arm: Arm) -> None:
    clean, slipped = _by_tag(arm.clean), _by_tag(arm.slipped)
    rows = []
    for tag in sorted(set(clean) | set(slipped)):
        fine, faulty = clean.get(tag, []), slipped.get(tag, [])
        if max(len(fine), len(faulty)) >= _FEWEST_OF_A_SLICE:
            rows.append((
                tag, len(fine) or "", _share(hit(fine, within=1)) if fine else "", _share(hit(fine)) if fine else "",
                round(cpu_us(fine, 99)) if fine else "", len(faulty), _share(hit(faulty)), round(cpu_us(faulty, 99)),
            ))  # fmt: skip
    head = ("slice", "clean", "hit@1", "hit@5", "p99 µs", "one typo", "hit@5", "p99 µs")
    report.table(head, rows)


def length(arm: Arm) -> None:
    """What a keystroke costs by how many letters stand there: where the dear ones are."""
    rows = []
    for low, high in ((3, 4), (5, 6), (7, 8), (9, 12), (13, 16), (17, 24), (25, 99)):
        row: list[object] = [f"{low} to {high} letters"]
        for played in arm.mixed:
            times = [
                one.times.cpu[at - replaying.FIRST_KEYSTROKE] / 1000
                for one in played
                for at in range(low, min(high, len(one.session.text)) + 1)
            ]
            row += [round(replaying.percentile(times, percent)) for percent in (50, 99)]
        rows.append(row)
    report.table(("a keystroke, CPU-µs", "clean p50", "p99", "one typo p50", "p99"), rows)


def went_wrong(arm: Arm, count: int) -> None:
    """Some sessions that ended without their address among the five, and the dearest keystrokes."""
    for name, played in zip(("clean", "one typo"), arm.mixed, strict=True):
        missed = [one for one in played if not one.ranks[END]]
        if missed and count:
            print(f"{arm.engine.name}, {name}: {len(missed)} of {len(played)} sessions not among the five")
            for one in missed[:count]:
                told = "; ".join(answer.shown for answer in one.last[:2]) or "nothing"
                alone = "" if one.session.unique else " (not the only one that fits)"
                print(f"  {one.session.text!r}{alone}\n      {told}")
        dear = sorted((one.slowest for one in played), reverse=True)[:count]
        if dear:
            print(f"{arm.engine.name}, {name}: the dearest keystrokes")
            print(
                "\n".join(f"  {nanoseconds / 1000:10,.0f} µs  {text!r}" for nanoseconds, text in dear) + "\n"
            )


def _by_tag(played: Sequence[Played]) -> Mapping[str, list[Played]]:
    found: dict[str, list[Played]] = {}
    for one in played:
        for question, value in one.session.tags.items():
            found.setdefault(f"{question}: {value}", []).append(one)
    return found


def _share(share: float) -> str:
    return f"{share:.3f}".removeprefix("0") if share < 1 else "1.00"
