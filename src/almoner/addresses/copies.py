"""Copies of address files that nobody writes, for servers to map: the files themselves are anybody's to overwrite.

A process that has mapped a file is killed when somebody cuts that file short, and finds nonsense in it when somebody
writes over it. So what is mapped is a copy, named by its content and shared by all workers: written once, verified
before it has its name, and removed when no process has it open any more.
"""

import errno
import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from almoner.addresses.index.container import Container, IndexUnusable

logger = logging.getLogger(__name__)

SUFFIX: Final = ".copy"
_MAKING: Final = ".making"
# A copy never takes the last of a disk: gifts are written there too.
_KEPT_FREE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Copies:
    """`folder` holds the shared copies; it is made when it is needed."""

    folder: Path

    def opened(self, path: Path) -> Container:
        """A verified copy of what stands at `path` now. Raises IndexUnusable, and OSError: no file, or no room.

        Where the folder can't be written to or has no room, the copy is a nameless one in the system's folder of
        temporary files, of this process alone.
        """
        with path.open("rb") as original:
            about = Container(path, file=original, verify=False)
            try:
                return self._shared(about)
            except OSError as error:
                logger.warning("addresses: no shared copy of %s: %s", path, str(error))
            return nameless(about)

    def clear(self, country: str, *, but: str = "") -> None:
        """Remove a country's copies that no process has open; the one of the fingerprint `but` stays."""
        kept = _name(country, but)
        with suppress(OSError), self._locked():
            for path in self.folder.glob(f"{country}.*{SUFFIX}"):
                if path.name != kept:
                    _remove_unused(path)

    def _shared(self, about: Container) -> Container:
        """Several workers that start at once wait for the first: one copy, which all of them map."""
        country = about.path.stem
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            file = _existing(self.folder / _name(country, about.fingerprint))
            if file is None:
                return self._made(about)
        # It could be served from the copy; but a damaged file is told of, and not by every second worker.
        about.verify()
        try:
            return Container(about.path, file=file)
        except IndexUnusable:
            with self._locked():
                return self._made(about)

    def _made(self, about: Container) -> Container:
        """Should be called while holding the lock: an unfinished copy is then nobody's."""
        for left in self.folder.glob(f"*{_MAKING}"):
            left.unlink(missing_ok=True)
        _see_room(self.folder, about.size_bytes)
        making = self.folder / f"{about.path.stem}{_MAKING}"
        try:
            with making.open("xb") as target:
                about.copy_to(target)
                os.fchmod(target.fileno(), 0o400)
            copy = Container(about.path, file=_held(making))
            # By what was copied: the file may have become another since its header was read.
            making.replace(self.folder / _name(about.path.stem, copy.fingerprint))
        finally:
            making.unlink(missing_ok=True)
        return copy

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Among all processes; the lock dies with its holder."""
        with (self.folder / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def nameless(about: Container) -> Container:
    """A verified copy without a name, gone when this process is. Raises IndexUnusable and OSError."""
    _see_room(Path(tempfile.gettempdir()), about.size_bytes)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the container keeps it open)
    about.copy_to(file)
    return Container(about.path, file=file)


def _name(country: str, fingerprint: str) -> str:
    return f"{country}.{fingerprint}{SUFFIX}"


def _held(path: Path) -> BinaryIO:
    """Open, and marked as used for as long as it (or a map of it) is."""
    file = path.open("rb")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _existing(path: Path) -> BinaryIO | None:
    try:
        return _held(path)
    except FileNotFoundError:
        return None


def _remove_unused(path: Path) -> None:
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def _see_room(folder: Path, size_bytes: int) -> None:
    stat = os.statvfs(folder)
    if stat.f_bavail * stat.f_frsize < size_bytes + _KEPT_FREE_BYTES:
        needed = (size_bytes + _KEPT_FREE_BYTES) >> 20
        raise OSError(errno.ENOSPC, f"a copy needs {needed} MiB free", str(folder))
