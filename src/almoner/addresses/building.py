"""Builds a country's index from sources, with what went wrong counted by reason and the first of each kept to show."""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from almoner.addresses.index import container
from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.index.words import vocabulary
from almoner.addresses.index.writing import sections_of
from almoner.addresses.sources.reading import Source

_LOOK_EVERY: Final = 4_096


@dataclass(frozen=True, slots=True)
class About:
    """What is said of the data: shown to donors, kept with each address, and asked for by its licence."""

    source: str
    release: str
    licence: str = ""
    attribution: str = ""

    def meta(self, country: str) -> dict[str, str]:
        """As it stands in a file that is built now."""
        return {
            "country": country,
            **asdict(self),
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }


@dataclass
class Report:
    """What became of the rows. `bad`: reason -> how many; `first_bad`: reason -> which row was the first, and what
    stands in it."""

    rows: int = 0
    bad: dict[str, int] = field(default_factory=dict)
    first_bad: dict[str, tuple[int, str]] = field(default_factory=dict)
    seconds: float = 0
    counts: dict[str, int] = field(default_factory=dict)
    size_bytes: int = 0


Progress = Callable[[str, float, int], None]


def build(
    sources: Iterable[Source], *, country: str, to: Path, about: About, ids: bool = False, progress: Progress
) -> Report:
    """Read the sources and put the index in the place of what stood at `to`; an interrupted build leaves that.

    `progress` hears the phase, the share that is done (0 to 1) and the rows so far. Raises SourceUnreadable, OSError,
    and ValueError where no row was an address.
    """
    began = time.monotonic()
    collector, report = Collector(ids=ids), Report()
    sources = list(sources)
    total = sum(source.total_bytes for source in sources) or 1
    done = 0
    for source in sources:
        for item in source.rows():
            report.rows += 1
            _take(collector, report, item)
            if report.rows % _LOOK_EVERY == 0:
                progress("reading", (done + source.read_bytes) / total, report.rows)
        source.finish(collector)
        done += source.total_bytes
    if not collector.collected.addresses:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in report.bad.items())
        raise ValueError(f"no row of {report.rows:,} is an address" + (f": {reasons}" if reasons else ""))
    progress("packing", 1, report.rows)
    sections, meta = sections_of(collector.collected, vocabulary(country))
    progress("writing", 1, report.rows)
    container.write(to, sections, meta | about.meta(country))
    report.seconds = time.monotonic() - began
    report.counts, report.size_bytes = meta["counts"], to.stat().st_size
    return report


def _take(collector: Collector, report: Report, item: Row | BadRow) -> None:
    try:
        if isinstance(item, BadRow):
            raise item
        collector.add(item)
    except BadRow as bad:
        reason = str(bad)
        report.bad[reason] = report.bad.get(reason, 0) + 1
        if reason not in report.first_bad:
            text = (
                bad.row or ", ".join(str(value) for value in item if value)
                if isinstance(item, Row)
                else bad.row
            )
            report.first_bad[reason] = report.rows, text
