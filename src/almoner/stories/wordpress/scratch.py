"""A folder of this import's own, and the end of those that a killed import left behind."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

_PREFIX: Final = "almoner-import-"
_LOCK: Final = "lock"
# Between a folder and its lock there is a moment in which nobody holds it.
_NEW_SECONDS: Final = 60.0


class Scratch:
    """A context manager: the folder is gone after it. Whoever dies inside leaves it to the next one, which knows by
    the lock that nobody needs it any more."""

    def __init__(self) -> None:
        _sweep()
        self._folder = tempfile.TemporaryDirectory(prefix=_PREFIX)
        self.path = Path(self._folder.name)
        self._lock: IO[Any] = (self.path / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.close()
        self._folder.cleanup()


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if _is_left_over(folder):
                shutil.rmtree(folder)
        except OSError:
            # Another import's sweep was faster, or it is somebody else's.
            continue


def _is_left_over(folder: Path) -> bool:
    found = folder.lstat()
    if found.st_uid != os.geteuid() or folder.is_symlink() or time.time() - found.st_mtime < _NEW_SECONDS:
        return False
    lock = folder / _LOCK
    if not lock.exists():
        return True
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
