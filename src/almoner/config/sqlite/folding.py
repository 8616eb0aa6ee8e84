"""The log is folded into the database's file by whoever has the turn, while nobody can commit.

Left to itself SQLite folds after any commit of a thousand pages, when others may commit already. Up to its 3.51.2 a
commit that meets two such foldings within microseconds can leave pages of the new log out of the file for good
(sqlite.org/wal.html, "The WAL-Reset Bug"). Debian 12 has 3.40, and no gift may be lost: here one folds at a time, with
the writers' lock held by a second connection that writes nothing.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

# About as often as SQLite would: a commit of a gift is some fifteen pages.
_COMMITS: Final = 64
_BYTES: Final = 4 * 1024 * 1024
_WAIT_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)


class Log:
    """What this process knows of one file's log. Whoever calls it has the turn."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._commits = 0
        self._size = 0

    def committed(self, connection: sqlite3.Connection) -> None:
        """After a commit on `connection`: fold the log where it is time to. Never fails: the commit stands."""
        self._commits += 1
        # A folded log is begun anew in the same file, so its size says only that it grew.
        size = _size(self._path)
        if self._commits < _COMMITS and size < self._size + _BYTES:
            return
        self._commits, self._size = 0, size
        try:
            fold(connection, self._path)
        except sqlite3.Error as error:
            # Somebody writes without a turn, or the disk is full. Nothing is lost: the log has it, and is only longer.
            _log.warning("the database's log was not folded: %s", error)


def fold(connection: sqlite3.Connection, path: str) -> None:
    """Fold all of the log that no reader still needs. Raises sqlite3.Error; then the log stays as it is."""
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        # A passive one waits for nobody, and wants no lock of writers, which the holder has.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def _size(path: str) -> int:
    try:
        return Path(f"{path}-wal").stat().st_size
    except FileNotFoundError:
        return 0
