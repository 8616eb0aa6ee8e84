"""A disk of a few megabytes with this test's database on it, so that it can really be full.

It is a tmpfs, which only root mounts: by `sudo` where that asks for no password, as on most runners of CI. Where
neither is to be had the drill is skipped, and says so.
"""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.support import templates
from tests.support.databases import LiveDb, borrowed, database_name

_SIZE: Final = "96m"
_BLOCK: Final = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class SmallDisk:
    path: Path

    def fill(self) -> None:
        """Until not a byte more fits."""
        with self._filler.open("ab", buffering=0) as file:
            size = len(_BLOCK)
            while size:
                try:
                    file.write(_BLOCK[:size])
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error
                    size //= 2

    def free(self) -> None:
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.path / "filler"


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    owner = _server_owner()
    path = Path(tempfile.mkdtemp(prefix="almoner-disk-", dir="/tmp"))
    # PostgreSQL's own user has to reach it.
    path.chmod(0o755)
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={_SIZE},mode=0777,uid={owner}"
    try:
        _run(*as_root, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path))
    except (OSError, subprocess.CalledProcessError) as error:
        path.rmdir()
        pytest.skip(f"THE FULL DISK WAS NOT TRIED: no tmpfs can be mounted here ({error})")
    try:
        yield SmallDisk(path)
    finally:
        # Lazily: a process that dies late may still hold a file there.
        _run(*as_root, "umount", "--lazy", str(path))
        path.rmdir()


@pytest.fixture
def db_on_small_disk(
    small_disk: SmallDisk, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[LiveDb]:
    """As `live_db`, on the small disk: SQLite's file with its log, or PostgreSQL's tables and indexes, which stand in a
    tablespace there. PostgreSQL's own log of writes is elsewhere, as on a machine that gives it a disk of its own: when
    that one is full, PostgreSQL stops, which is a database that goes away."""
    name = database_name("full")
    url = templates.MIGRATED.copy(name, small_disk.path)
    moved = templates.base_url() != ""
    if moved:
        _move(name, small_disk.path)
    with django_db_blocker.unblock():
        yield from borrowed(url)
    if moved:
        _statement("DROP TABLESPACE {}", name)


def _server_owner() -> int:
    """Whose files PostgreSQL's are. On SQLite ours."""
    if not templates.base_url():
        return os.geteuid()
    with psycopg.connect(templates.base_url()) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return Path(row[0]).stat().st_uid


def _move(name: str, folder: Path) -> None:
    """A tablespace and a database, both of this name."""
    _statement("CREATE TABLESPACE {} LOCATION " + f"'{folder}'", name)
    _statement("ALTER DATABASE {} SET TABLESPACE {}", name, name)


def _statement(text: str, *names: str) -> None:
    with psycopg.connect(templates.base_url(), autocommit=True) as connection:
        connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
