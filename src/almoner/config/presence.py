"""Whether a server or a worker runs on the SQLite file: they hold a lock beside it for as long as they live.

A file that is replaced under a running process is lost twice: the process goes on writing into the old one, and the new
one has none of it. PostgreSQL needs no such lock, for there the database itself is changed in one transaction.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

# Kept open until the process ends: the kernel takes the lock back then, however it ends.
_held: dict[str, int] = {}


class InUse(RuntimeError):
    """Somebody else works on the database file."""


def hold() -> None:
    """Say that this process works on the database. Raises `InUse` while a backup is being restored into it."""
    path = _path()
    if path and path not in _held:
        _held[path] = _lock(path, fcntl.LOCK_SH, "A backup is being restored. Start again when that is done.")


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else works on the database meanwhile. Raises `InUse` if somebody does."""
    path = _path()
    if not path:
        yield
        return
    handle = _lock(
        path, fcntl.LOCK_EX, "A server or worker runs on this database. Stop them first, then restore."
    )
    try:
        yield
    finally:
        os.close(handle)


def _path() -> str:
    name = str(connection.settings_dict["NAME"])
    return f"{name}.in-use" if connection.vendor == "sqlite" and name.startswith("/") else ""


def _lock(path: str, how: int, refused: str) -> int:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise InUse(refused) from None
    return handle
