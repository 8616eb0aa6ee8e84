"""An import from the first byte to the report. Safe to repeat, and to kill at any moment.

The export is read several times, so that its size costs no memory: once to know what its posts say of one another, then
once for the posts with the pages at the top, then once for each further level of pages.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from almoner.charities.sites import bump
from almoner.stories.forms import exists
from almoner.stories.publishing import rank
from almoner.stories.wordpress.converting import plain
from almoner.stories.wordpress.export import Item, read
from almoner.stories.wordpress.index import TAKEN, Index, guid_key
from almoner.stories.wordpress.pictures import Pictures
from almoner.stories.wordpress.pieces import Source
from almoner.stories.wordpress.planning import Unfit, plan
from almoner.stories.wordpress.report import Entry, Fate, Report, ReportFile
from almoner.stories.wordpress.writing import Wish, Written, quarantine, write

_TELL_SECONDS: Final = 2.0
TWICE: Final = "its GUID stands twice in this export: only the first one is taken"
Tell = Callable[[str], None]


def run(
    export: Path,
    wish: Wish,
    pictures: Pictures,
    report_path: Path,
    *,
    dry_run: bool = False,
    tell: Tell = lambda _: None,
) -> Report:
    """Import all that can be. `tell` hears how far it is. Raises `ExportWrong`, before anything is written, and
    `OSError`."""
    with export.open("rb") as file, Index() as index:
        tell(f"reading {export.name}")
        index.add_all(read(file))
        report = Report(read=index.taken, left_out=index.left_out, comments=index.comments)
        progress = _Progress(index.taken, tell)
        with ReportFile(report_path) as lines:
            for item in _in_order(file, index):
                entry = _Post(item, index, wish, pictures, keep=not dry_run).entry(report)
                report.add(entry)
                lines.add(entry)
                progress.step()
        report.pictures = pictures.taken
    if not dry_run:
        rank(wish.place)
        bump(wish.charity.pk)
    return report


def _in_order(file: BinaryIO, index: Index) -> Iterator[Item]:
    """Posts and pages, each page after the one above it."""
    level, deepest = 0, 0
    while level <= deepest:
        file.seek(0)
        for item in read(file):
            if (
                not isinstance(item, Item)
                or item.post_type not in TAKEN
                or item.status in ("trash", "auto-draft")
            ):
                continue
            its_level = index.level(item)
            deepest = max(deepest, its_level)
            if its_level == level:
                yield item
        level += 1


@dataclass(frozen=True, slots=True)
class _Post:
    """One post on its way."""

    item: Item
    index: Index
    wish: Wish
    pictures: Pictures
    keep: bool

    def entry(self, report: Report) -> Entry:
        written = self._written()
        report.redirects += written.redirected
        page = written.page
        return Entry(
            line=self.item.line,
            kind=self.item.post_type,
            number=self.item.number,
            title=plain(self.item.title)[:200],
            address=self.item.link.strip()[:1000],
            fate=written.fate,
            here=self.wish.place.address(page) if page is not None and self.keep else "",
            published=written.published,
            reasons=written.reasons,
            notes=written.notes,
        )

    def _written(self) -> Written:
        item, key = self.item, guid_key(self.item, self.index.channel.site_url).hex()
        if not self.index.comes_first(item):
            return Written(Fate.QUARANTINED, reasons=(TWICE,))
        try:
            outcome = plan(
                item, self.index.channel, self._source(), take=self._take, timezone=self.wish.charity.timezone
            )
        except Unfit as unfit:
            title, address = plain(item.title), item.link.strip()[:1000]
            return quarantine(
                key, item.number, item.post_type, title, address, str(unfit), self.wish, keep=self.keep
            )
        above = self.index.page_key(item.parent) if item.post_type == "page" and item.parent else None
        parent_key = above.hex() if above is not None else None
        return write(key, item.number, outcome, parent_key, self.wish, keep=self.keep)

    def _source(self) -> Source:
        charity = self.wish.charity
        return Source(
            site_url=self.index.channel.site_url,
            pictures=lambda number: self.index.picture(number)[0],
            attached=self.index.attached,
            has_post=self.index.has_post,
            form_for=lambda tag, number: self.wish.forms.get((tag, number), ""),
            answers=lambda number: exists(charity, number),
        )

    def _take(self, address: str) -> tuple[int | None, str]:
        _, title = self.index.described(address)
        return self.pictures.take(address, title=title, write=self.keep)


@dataclass(slots=True)
class _Progress:
    """How many are done, how fast, and how long the rest takes at that."""

    total: int
    tell: Tell
    done: int = 0
    begun: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def step(self) -> None:
        self.done += 1
        at = time.monotonic()
        if at - self.told < _TELL_SECONDS and self.done < self.total:
            return
        self.told = at
        rate = self.done / max(at - self.begun, 0.001)
        left = (self.total - self.done) / rate
        self.tell(f"{self.done:,} of {self.total:,} posts and pages, {rate:.0f} a second, {left:.0f} s left")
