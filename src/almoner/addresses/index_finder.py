"""The finder over index files: a folder with one file a country, picked up when it is replaced, without a restart."""

import logging
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext

from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.index.searching import Index
from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS, FinderUnavailable, Suggestion
from almoner.addresses.rendering import suggestion_of

logger = logging.getLogger(__name__)

SUFFIX: Final = ".addresses"
_LOOK_SECONDS: Final = 1.0
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass
class IndexFinder:
    """One file. It is looked at once a second; another file in its place is opened, and kept out if it is damaged."""

    country: str
    path: Path

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._refused: tuple[int, int, int] | None = None
        self._looked_at = float("-inf")

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
        if self._index is None or time.monotonic() - self._looked_at > _LOOK_SECONDS:
            with self._lock:
                self._look()
        if self._index is None:
            raise FinderUnavailable(f"{self.path} can't be used")
        return self._index

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        try:
            stamp = _stamp(self.path)
            if stamp in (self._stamp, self._refused):
                return
            index = Index(Container(self.path))
            if index.country != self.country:
                raise IndexUnusable(f"{self.path}: of {index.country}, not of {self.country}")
        except (OSError, IndexUnusable) as error:
            # What is open stays open: a mapped file lives on when its name is gone.
            logger.warning("addresses of %s: %s", self.country, error)
            self._refused = _stamp_or_none(self.path)
            return
        self._index, self._stamp = index, stamp


class FinderFolder:
    """A folder of `XX.addresses`. A file that is put there is used within a second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
            found = self._finders.setdefault(country, IndexFinder(country, path))
            return found if found.usable else None
        self._missing[country] = time.monotonic()
        return None


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _stamp_or_none(path: Path) -> tuple[int, int, int] | None:
    try:
        return _stamp(path)
    except OSError:
        return None
