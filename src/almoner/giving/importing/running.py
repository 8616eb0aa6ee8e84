"""An import from the first file to the report. Safe to repeat, and to kill at any moment."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import transaction

from almoner.charities.models import Charity
from almoner.giving.importing import charitable, givewp, linking, plain, stripe
from almoner.giving.importing.linking import Claim, Link, Linked
from almoner.giving.importing.records import GiftLine, Line, LineWrong, PlanLine, Reader, Reading
from almoner.giving.importing.report import Fate, Report
from almoner.giving.importing.writing import Wish, Written, identifier, write

READERS: Final[dict[str, Reader]] = {
    "stripe": stripe.read,
    "givewp": givewp.read,
    "charitable": charitable.read,
    "csv": plain.read,
}
_LINKED_AT_ONCE: Final = 500
_TOLD_EVERY: Final = 10_000


def run(
    source: str,
    files: Iterable[Path],
    reading: Reading,
    wish: Wish,
    *,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda text: None,
) -> Report:
    """Import all lines that can be, and link gifts to their plans. `tell` hears of each that can't be, and how far it
    has come. Raises `FileWrong` where a file can't be read."""
    report, rehearsal = Report(), _Rehearsal(wish) if dry_run else None
    links = _Links(wish.charity, report, rehearsal, tell)
    try:
        for path, line in _lines(READERS[source], files, reading):
            report.rows += 1
            report.read[line.currency] += line.amount_minor
            report.no_amount += not line.currency
            place = f"{path.name}, line {line.number}"
            try:
                written = _written(line, wish, rehearsal)
            except LineWrong as wrong:
                tell(f"{place}: {wrong}")
                report.reasons[str(wrong)] += 1
                written = Written(Fate.LEFT_OUT, line.amount_minor)
            _count(report, line, written)
            if written.claim is not None:
                links.add(_Named(written.claim, place, line.currency, written.amount_minor))
            if report.rows % _TOLD_EVERY == 0:
                tell(f"{report.rows} rows so far, {report.links[Link.NOW] + report.joined} gifts linked")
    finally:
        # Whatever was imported of a file that ends badly has its links too.
        links.flush()
    return report


def _lines(reader: Reader, files: Iterable[Path], reading: Reading) -> Iterator[tuple[Path, Line]]:
    for path in files:
        for line in reader(path, reading):
            yield path, line


def _written(line: Line, wish: Wish, rehearsal: "_Rehearsal | None") -> Written:
    if line.found is None:
        raise LineWrong(line.wrong)
    return rehearsal.write(line.found) if rehearsal else write(line.found, wish)


def _count(report: Report, line: Line, written: Written) -> None:
    report.fates[written.fate] += 1
    report.became[written.fate, line.currency] += written.amount_minor
    report.activated += written.activated
    report.ended += written.ended
    report.joined += written.joined


@dataclass(frozen=True, slots=True)
class _Named:
    """A row whose gift names its plan; `place` is the row's."""

    claim: Claim
    place: str
    currency: str
    amount_minor: int


@dataclass(slots=True)
class _Links:
    """Gifts that wait to be linked, some hundred at a time."""

    charity: Charity
    report: Report
    rehearsal: "_Rehearsal | None"
    tell: Callable[[str], None]
    waiting: list[_Named] = field(default_factory=list)

    def add(self, named: _Named) -> None:
        self.waiting.append(named)
        if len(self.waiting) == _LINKED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        claims = {named.claim.gift_id: named.claim for named in waiting}
        if not claims:
            return
        link = self.rehearsal.link if self.rehearsal else linking.link
        found = link(self.charity, list(claims.values()))
        for named in waiting:
            self._count(named, found[named.claim.gift_id])
            if found[named.claim.gift_id].link == Link.NOW:
                # A row that comes twice finds it linked.
                found[named.claim.gift_id] = Linked(Link.BEFORE)

    def _count(self, named: _Named, linked: Linked) -> None:
        report = self.report
        report.named[named.currency] += named.amount_minor
        report.links[linked.link] += 1
        report.linked[linked.link, named.currency] += named.amount_minor
        if linked.why:
            report.unlinked[linked.why] += 1
            if linked.why != linking.NO_PLAN:
                self.tell(f"{named.place}: not linked: {linked.why}")


class _Rehearsal:
    """Writes each line and takes it back. It remembers what it would have imported, or a line that comes twice would
    be imported twice: some dozen bytes each."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._imported: dict[uuid.UUID, int] = {}
        self._plans: set[str] = set()

    def write(self, found: PlanLine | GiftLine) -> Written:
        kind = "plan" if isinstance(found, PlanLine) else "gift"
        key = identifier(self._wish.charity, kind, found.origin)
        if isinstance(found, GiftLine):
            claim = Claim(key, found.plan_origin) if found.plan_origin else None
            if key in self._imported:
                return Written(Fate.KNOWN, self._imported[key], claim=claim)
        elif key in self._imported:
            return Written(Fate.KNOWN, self._imported[key])
        with transaction.atomic():
            written = write(found, self._wish)
            transaction.set_rollback(True)
        if written.fate != Fate.KNOWN:
            self._imported[key] = written.amount_minor
        if isinstance(found, PlanLine):
            self._plans |= {found.origin, *found.aliases, found.by_gift}
        return written

    def link(self, charity: Charity, claims: list[Claim]) -> dict[uuid.UUID, Linked]:
        """As if their plans had been here: of those that these files bring, too. What stands in a single gift's way is
        seen only when it is linked in fact."""
        here = {*linking.plans_called(charity, {claim.plan_origin for claim in claims}), *self._plans}
        return {
            claim.gift_id: Linked(Link.NOW)
            if claim.plan_origin in here
            else Linked(Link.NOT, linking.NO_PLAN)
            for claim in claims
        }
