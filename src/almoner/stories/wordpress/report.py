"""What became of an export's posts: counted, told, and written to a file with a line each."""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, TextIO

from almoner.kernel.sheets import safe_cell
from almoner.stories.wordpress.pictures import NOT_ASKED

# Nobody has agreed yet to be shown: an export doesn't say so.
HELD_BACK: Final = "its pictures and quotes are held back until somebody has recorded what was agreed"
_COLUMNS: Final = (
    "line",
    "kind",
    "number",
    "title",
    "old address",
    "fate",
    "here",
    "published",
    "reasons",
    "notes",
)


class Fate(StrEnum):
    IMPORTED = "imported"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one post. `reasons`: why it is quarantined, or waits as a draft. `notes`: what else was done.
    `page`: its page's identifier. `forms`: (tag, number) of shortcodes for which no form of ours is known."""

    line: int
    kind: str
    number: int
    title: str
    address: str
    fate: Fate
    here: str = ""
    page: int | None = None
    redirected: bool = False
    forms: tuple[tuple[str, str], ...] = ()
    published: bool = False
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Counts. `balances` holds when every post and page that was read has a fate."""

    read: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    pictures: int = 0
    pictures_to_fetch: int = 0
    published: int = 0
    waiting: int = 0
    redirects: int = 0
    held_back: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    whole: bool = True

    def add(self, entry: Entry) -> None:
        self.fates[entry.fate] += 1
        self.published += entry.published
        self.redirects += entry.redirected
        self.forms.update(entry.forms)
        self.held_back += HELD_BACK in entry.notes
        self.waiting += bool(entry.reasons) and entry.fate != Fate.QUARANTINED
        for reason in entry.reasons:
            if reason in self.reasons or len(self.reasons) < 200:
                self.reasons[reason] += 1

    def balances(self) -> bool:
        return self.read == sum(self.fates.values())

    def tell(self, out: Callable[[str], None]) -> None:
        out(f"posts and pages read: {self.read}")
        for fate in Fate:
            out(f"{fate}: {self.fates[fate]}")
        out(f"published: {self.published}")
        out(f"drafts with something that readers would miss: {self.waiting}")
        out(f"pictures taken: {self.pictures}")
        if self.pictures_to_fetch:
            out(f"pictures that would be fetched from the old site: {self.pictures_to_fetch}")
        out(f"old addresses that lead here: {self.redirects}")
        if self.held_back:
            out(f"with pictures or quotes held back until their consent is recorded: {self.held_back}")
        if self.comments:
            out(f"left out, comments: {self.comments}")
        for kind, count in sorted(self.left_out.items()):
            out(f"left out, {kind}: {count}")
        for reason, count in self.reasons.most_common(20):
            out(f"  {count} x {reason}")
        if len(self.reasons) > 20:
            out(f"  and {len(self.reasons) - 20} further reasons: see the report's file")
        for (tag, number), count in self.forms.most_common(20):
            option = f"--form {tag}:{number or 'NUMBER'}=OURS"
            out(f"no form answers to {tag} {number}, in {count} of them: name one with {option}")
        if any(NOT_ASKED in reason for reason in self.reasons):
            out("for pictures name a folder with --images, or ask for them with --fetch-images")


class Lines(Protocol):
    """Where a line for each post goes, in order."""

    def add(self, entry: Entry) -> None: ...


class ReportFile:
    """A CSV, a line as soon as it is known: what an interrupted import did can be read too."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "ReportFile":
        self._file: TextIO = self._path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(_COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, entry: Entry) -> None:
        row = (
            entry.line, entry.kind, entry.number, entry.title, entry.address, entry.fate.value, entry.here,
            "yes" if entry.published else "no", " / ".join(entry.reasons), " / ".join(entry.notes),
        )  # fmt: skip
        self._rows.writerow([safe_cell(str(value)) for value in row])
        self._file.flush()
