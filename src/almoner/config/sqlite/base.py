"""Writers take turns before BEGIN IMMEDIATE.

SQLite lets a writer that finds the lock taken sleep and try again, longer each time, so that under load the unlucky
wait for seconds while newcomers walk past them. Here they queue: threads of a process on a lock, processes on `flock`,
which the kernel hands on in order and takes back from a process that dies. The turn is a courtesy: SQLite's own lock
still decides, and who waited in vain for a turn asks SQLite without one.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from typing import Any, Final

from django.db.backends.sqlite3 import base

from almoner.config.sqlite.folding import Log

_WAIT_SECONDS: Final = 20.0
_SUFFIX: Final = ".turn"
_making = threading.Lock()


class Turn:
    """The queue of one process at one database file."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        self.log = Log(path.removesuffix(_SUFFIX))
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, wait_seconds: float = _WAIT_SECONDS) -> "Held | None":
        """Wait for the turn; None when this process's other threads didn't give it up in time."""
        if not self._threads.acquire(timeout=wait_seconds):
            return None
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return Held(self._give, self.log)

    def _give(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


class Held:
    """A turn that was taken. It is given back at the latest when nobody holds this object any more."""

    def __init__(self, give: Callable[[], None], log: Log) -> None:
        self._give: Callable[[], None] | None = give
        self.log = log

    def give(self) -> None:
        give, self._give = self._give, None
        if give is not None:
            give()

    def __del__(self) -> None:
        self.give()


_turns: dict[tuple[int, str], Turn] = {}


def turn_of(path: str) -> Turn:
    """This process's queue. A child made by fork needs its own: it would share its parent's hold on the file."""
    key = (os.getpid(), path)
    with _making:
        if key not in _turns:
            _turns[key] = Turn(path)
        return _turns[key]


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: Held | None = None

    # The stubs don't know the methods that backends share among themselves.
    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
            if self._held is not None:
                self._held.log.committed(self.connection)
        finally:
            # A commit that failed is rolled back next, and needs no turn for that.
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        # What lies in memory is one connection's alone.
        if self._held is None and name.startswith("/"):
            self._held = turn_of(f"{name}{_SUFFIX}").take()

    def _give_turn(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.give()
