"""Durable commits, counted exactly and from outside: in the write-ahead log that each commit must end in."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg

_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24


class Counter:
    """`commits` holds the count when the `with` has ended."""

    commits = 0


@contextmanager
def counted(database_url: str) -> Iterator[Counter]:
    """Count the transactions that wrote something while this runs, whoever they belong to."""
    counter = Counter()
    if database_url.startswith("sqlite:"):
        with _in_sqlite(Path(database_url.removeprefix("sqlite:///")), counter):
            yield counter
    else:
        with _in_postgresql(database_url, counter):
            yield counter


@contextmanager
def _in_sqlite(path: Path, counter: Counter) -> Iterator[None]:
    """Each commit ends with a frame that holds the database's size. A reader with an open snapshot keeps the log from
    being begun again, so that all frames are still there at the end."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        log = path.with_name(f"{path.name}-wal")
        before = _commit_frames(log)
        yield
        counter.commits = _commit_frames(log) - before


def _commit_frames(log: Path) -> int:
    content = log.read_bytes() if log.exists() else b""
    if len(content) < _HEADER_BYTES:
        return 0
    page_size, salts = struct.unpack(">I", content[8:12])[0], content[16:24]
    count = 0
    for at in range(_HEADER_BYTES, len(content) - _FRAME_HEADER_BYTES, _FRAME_HEADER_BYTES + page_size):
        if content[at + 8 : at + 16] != salts:
            break
        count += content[at + 4 : at + 8] != b"\0\0\0\0"
    return count


@contextmanager
def _in_postgresql(database_url: str, counter: Counter) -> Iterator[None]:
    """The log's own commit records, as pg_walinspect shows them. Reads leave none. A slot keeps the log that long: a
    checkpoint, such as another test's new database asks for, would throw away what is still to be counted."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        connection.execute(
            "SELECT pg_create_physical_replication_slot('counted_' || pg_backend_pid(), true, true)"
        )
        (begin,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("",)
        yield
        records = connection.execute(
            "SELECT count(*) FROM pg_get_wal_records_info(%s, pg_current_wal_flush_lsn()) "
            "WHERE resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%%'",
            [begin],
        )
        counter.commits = (records.fetchone() or (0,))[0]
