"""An import from the first file to the report. Safe to repeat, and to kill at any moment."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from django.db import transaction

from almoner.giving.importing import charitable, givewp, plain, stripe
from almoner.giving.importing.records import GiftLine, Line, LineWrong, PlanLine, Reader, Reading
from almoner.giving.importing.report import Fate, Report
from almoner.giving.importing.writing import Wish, Written, identifier, write

READERS: Final[dict[str, Reader]] = {
    "stripe": stripe.read,
    "givewp": givewp.read,
    "charitable": charitable.read,
    "csv": plain.read,
}


def run(
    source: str,
    files: Iterable[Path],
    reading: Reading,
    wish: Wish,
    *,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda text: None,
) -> Report:
    """Import all lines that can be. `tell` hears of each that can't. Raises `FileWrong` where a file can't be read."""
    report, rehearsal = Report(), _Rehearsal(wish) if dry_run else None
    for path, line in _lines(READERS[source], files, reading):
        report.rows += 1
        report.read[line.currency] += line.amount_minor
        report.no_amount += not line.currency
        try:
            written = _written(line, wish, rehearsal)
        except LineWrong as wrong:
            tell(f"{path.name}, line {line.number}: {wrong}")
            report.reasons[str(wrong)] += 1
            written = Written(Fate.LEFT_OUT, line.amount_minor)
        report.fates[written.fate] += 1
        report.became[written.fate, line.currency] += written.amount_minor
        report.activated += written.activated
    return report


def _lines(reader: Reader, files: Iterable[Path], reading: Reading) -> Iterator[tuple[Path, Line]]:
    for path in files:
        for line in reader(path, reading):
            yield path, line


def _written(line: Line, wish: Wish, rehearsal: "_Rehearsal | None") -> Written:
    if line.found is None:
        raise LineWrong(line.wrong)
    return rehearsal.write(line.found) if rehearsal else write(line.found, wish)


class _Rehearsal:
    """Writes each line and takes it back. It remembers what it would have imported, or a line that comes twice would
    be imported twice: 16 bytes each."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._imported: dict[uuid.UUID, int] = {}

    def write(self, found: PlanLine | GiftLine) -> Written:
        kind = "plan" if isinstance(found, PlanLine) else "gift"
        key = identifier(self._wish.charity, kind, found.origin)
        if key in self._imported:
            return Written(Fate.KNOWN, self._imported[key])
        with transaction.atomic():
            written = write(found, self._wish)
            transaction.set_rollback(True)
        if written.fate != Fate.KNOWN:
            self._imported[key] = written.amount_minor
        return written
