"""The finder over index files: a folder with one file a country, picked up when it is replaced, without a restart."""

import logging
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext

from almoner.addresses.copies import Copies
from almoner.addresses.index.container import IndexUnusable
from almoner.addresses.index.searching import Index
from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS, FinderUnavailable, Suggestion
from almoner.addresses.rendering import suggestion_of

logger = logging.getLogger(__name__)

SUFFIX: Final = ".addresses"
_LOOK_SECONDS: Final = 1.0
# A file that was written just now may be written again within the same tick of its clock: it is looked at again.
_SETTLED_NS: Final = 2_000_000_000
# After an OSError, such as a full disk, which passes without a change of the file.
_REST_SECONDS: Final = 30.0
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


_Stamp = tuple[int, int, int]


@dataclass
class IndexFinder:
    """One file. It is looked at once a second; another file in its place is opened, and kept out if it is damaged.

    What is searched is a copy, so nothing that is done to the file reaches what is open.
    """

    country: str
    path: Path
    copies: Copies

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._index: Index | None = None
        # The file that was opened or refused last; None while it must be looked at again.
        self._known: _Stamp | None = None
        self._look_at = float("-inf")
        self._said = ""

    @property
    def source(self) -> str:
        return str(self._open().file.meta["source"])

    @property
    def release(self) -> str:
        return str(self._open().file.meta["release"])

    @property
    def attribution(self) -> str:
        """In the active language where the catalog has it, as for the demonstration's."""
        text = str(self._open().file.meta["attribution"])
        return gettext(text) if text else ""

    @property
    def usable(self) -> bool:
        try:
            self._open()
        except FinderUnavailable:
            return False
        return True

    def find(self, query: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """See port.Finder."""
        index = self._open()
        hits = index.find(query[:MAX_QUERY_LENGTH], limit=max(1, min(limit, MAX_RESULTS)))
        found: dict[str, Suggestion] = {}
        for hit in hits:
            suggestion = suggestion_of(index, hit)
            found.setdefault(suggestion.key, suggestion)
        return tuple(found.values())

    def get(self, key: str) -> Suggestion | None:
        """The key is the address as one line: it means the same in the next release of the data."""
        return next((each for each in self.find(key, limit=MAX_RESULTS) if each.key == key), None)

    def _open(self) -> Index:
        # While one thread opens another file, the others go on with what they have; without any they wait for it.
        due = self._index is None or time.monotonic() > self._look_at
        if due and self._lock.acquire(blocking=self._index is None):
            try:
                self._look()
            finally:
                self._lock.release()
        index = self._index
        if index is None:
            raise FinderUnavailable(f"{self.path} can't be used")
        return index

    def _look(self) -> None:
        """Should be called while holding the lock."""
        if time.monotonic() <= self._look_at:
            return
        self._look_at = time.monotonic() + _LOOK_SECONDS
        try:
            stamp = _stamp(self.path)
            if stamp == self._known:
                return
            self._known = stamp if time.time_ns() - stamp[1] > _SETTLED_NS else None
            self._take()
        except FileNotFoundError as error:
            self._known = None
            self._say(error)
        except IndexUnusable as error:
            self._say(error)
        except OSError as error:
            self._known, self._look_at = None, time.monotonic() + _REST_SECONDS
            self._say(error)

    def _take(self) -> None:
        file = self.copies.opened(self.path)
        if self._index is not None and file.fingerprint == self._index.file.fingerprint:
            return
        index = Index(file)
        if index.country != self.country:
            raise IndexUnusable(f"{self.path}: of {index.country}, not of {self.country}")
        self._index, self._said = index, ""
        self.copies.clear(self.country, but=file.fingerprint)

    def _say(self, error: Exception) -> None:
        if str(error) != self._said:
            self._said = str(error)
            going_on = "" if self._index is None else "; what was open stays in use"
            logger.warning("addresses of %s: %s%s", self.country, self._said, going_on)


class FinderFolder:
    """A folder of `XX.addresses`. A file that is put there is used within a second."""

    def __init__(self, folder: Path, *, copies: Copies) -> None:
        self._folder = folder
        self._copies = copies
        self._finders: dict[str, IndexFinder] = {}
        self._missing: dict[str, float] = {}

    def get(self, country: str) -> IndexFinder | None:
        """The finder of an ISO 3166-1 alpha-2 code in capitals; None while there is no file for it."""
        found = self._finders.get(country)
        if found is not None or not _COUNTRY.fullmatch(country):
            return found if found is not None and found.usable else None
        if time.monotonic() - self._missing.get(country, float("-inf")) < _LOOK_SECONDS:
            return None
        path = self._folder / f"{country}{SUFFIX}"
        if path.is_file():
            found = self._finders.setdefault(country, IndexFinder(country, path, self._copies))
            return found if found.usable else None
        self._missing[country] = time.monotonic()
        return None


def _stamp(path: Path) -> _Stamp:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
