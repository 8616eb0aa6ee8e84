"""An import from the first byte to the report. Safe to repeat, and to kill at any moment.

The export is read several times, so that its size costs no memory: once to know what its posts say of one another, then
once for the posts with the pages at the top, then once for each further level of pages.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from almoner.charities.sites import bump
from almoner.stories.forms import exists
from almoner.stories.publishing import rank
from almoner.stories.wordpress.converting import plain
from almoner.stories.wordpress.export import Item, read
from almoner.stories.wordpress.index import TAKEN, Index, guid_key
from almoner.stories.wordpress.pictures import Pictures
from almoner.stories.wordpress.pieces import Source
from almoner.stories.wordpress.planning import Unfit, plan
from almoner.stories.wordpress.report import Entry, Fate, Lines, Report
from almoner.stories.wordpress.writing import Wish, Written, quarantine, write

_TELL_SECONDS: Final = 2.0
TWICE: Final = "its GUID stands twice in this export: only the first one is taken"


class Pace(Protocol):
    """Hears how far an import is, and says whether it goes on."""

    def begin(self, total: int) -> None: ...

    def step(self) -> bool: ...


def run(
    export: Path,
    wish: Wish,
    pictures: Pictures,
    lines: AbstractContextManager[Lines],
    pace: Pace,
    *,
    dry_run: bool = False,
    start: int = 0,
) -> Report:
    """Import all that can be, from post number `start` on, until `pace` says that it is enough: then the report is not
    `whole`. `lines` is entered once the export is known to be good. Raises `ExportWrong`, before anything is written,
    and `OSError`."""
    with export.open("rb") as file, Index() as index:
        index.add_all(read(file))
        report = Report(read=index.taken, left_out=index.left_out, comments=index.comments)
        pace.begin(index.taken)
        with lines as kept:
            for item in islice(_in_order(file, index), start, None):
                if not report.whole:
                    break
                entry = _Post(item, index, wish, pictures, keep=not dry_run).entry()
                report.add(entry)
                kept.add(entry)
                report.whole = pace.step()
            else:
                report.whole = True
        report.pictures, report.pictures_to_fetch = pictures.taken, len(pictures.to_fetch)
    if report.whole and not dry_run:
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
    fetching: list[str] = field(default_factory=list)

    def entry(self) -> Entry:
        written = self._written()
        page = written.page
        # What a dry run made is taken back: only what stood here before can be opened.
        stands = page is not None and (self.keep or written.fate != Fate.IMPORTED)
        return Entry(
            line=self.item.line,
            kind=self.item.post_type,
            number=self.item.number,
            title=plain(self.item.title)[:200],
            address=self.item.link.strip()[:1000],
            fate=written.fate,
            here=self.wish.place.address(page) if page is not None and stands else "",
            page=page.pk if page is not None and stands else None,
            published=written.published,
            redirected=written.redirected,
            forms=written.forms,
            reasons=written.reasons,
            notes=(*written.notes, *(f"a picture that would be fetched: {each}" for each in self.fetching)),
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
        written = write(key, item.number, outcome, parent_key, self.wish, keep=self.keep)
        return replace(written, forms=outcome.forms)

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
        known = len(self.pictures.to_fetch)
        found = self.pictures.take(address, title=title, write=self.keep)
        if len(self.pictures.to_fetch) > known:
            self.fetching.append(address)
        return found


class Telling:
    """A pace that says how many are done, how fast, and how long the rest takes at that. It never has enough."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._total = self._done = 0

    def begin(self, total: int) -> None:
        self._total = total
        self._begun = self._told = time.monotonic()

    def step(self) -> bool:
        self._done += 1
        at = time.monotonic()
        if at - self._told < _TELL_SECONDS and self._done < self._total:
            return True
        self._told = at
        rate = self._done / max(at - self._begun, 0.001)
        left = (self._total - self._done) / rate
        self._tell(
            f"{self._done:,} of {self._total:,} posts and pages, {rate:.0f} a second, {left:.0f} s left"
        )
        return True
