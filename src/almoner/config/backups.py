"""One file that holds an installation: the database, what was uploaded, and a manifest with the checksum of each.

The manifest is written last, so a backup that was cut short has none and is refused.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from almoner import __version__
from almoner.config import dumps, presence
from almoner.kernel.clock import now

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_MEDIA: Final = "media"
_DEMO: Final = "demo"
# What else a demo is made of: its gateway's truth and its secrets. A production's secrets stay out of its backups.
_DEMO_FILES: Final = ("sandbox.sqlite3", "secret.txt", "staff-password.txt")


class BackupInvalid(ValueError):
    """The file is no backup of ours, is damaged, or doesn't fit this installation."""


class PlaceTaken(RuntimeError):
    """Restoring would overwrite something."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the backup."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `files` has all but the manifest; `database` names the dump among them."""

    almoner: str
    vendor: str
    database: str
    migrations: frozenset[str]
    files: dict[str, Entry]


def write(target: Path) -> dict[str, Entry]:
    """Back up into `target`, which must not exist, while the site runs; returns what is in it.

    The database is copied first: what was uploaded afterwards is then at worst a picture too many.
    """
    if target.exists():
        raise PlaceTaken(f"{target} exists already.")
    partial = target.with_name(f"{target.name}.partial")
    entries: dict[str, Entry] = {}
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".almoner-backup-") as scratch:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
            for name, path in _sources(Path(scratch)):
                entries[name] = _add(tar, name, path)
            _add_manifest(tar, entries)
            out.flush()
            os.fsync(out.fileno())
    partial.rename(target)
    return entries


def restore(source: Path, *, force: bool) -> None:
    """Put a backup in place of the database and uploads. Everything is checked before anything is touched.

    Raises `BackupInvalid`, `PlaceTaken` where something stands already and `force` isn't said, `presence.InUse` while
    a server or worker runs, or what `dumps.load` raises. What stood before then still stands.
    """
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True)
    with presence.alone(), tempfile.TemporaryDirectory(dir=data, prefix=".almoner-restore-") as scratch:
        if not force and (dumps.holds_something() or _media_files()):
            raise PlaceTaken("This installation holds something. --force overwrites it.")
        staged = Path(scratch)
        manifest = _unpack(source, staged)
        _check(manifest)
        with _near(staged / _MEDIA, Path(settings.MEDIA_ROOT)) as media:
            dumps.load(staged / manifest.database)
            _swap(media, Path(settings.MEDIA_ROOT))
        if settings.MODE == "demo":
            _put_demo_files(staged / _DEMO, data)


def _put_demo_files(staged: Path, data: Path) -> None:
    for name in _DEMO_FILES:
        if not (staged / name).exists():
            continue
        if name.endswith(".sqlite3"):
            dumps.put_sqlite(staged / name, data / name)
        else:
            (staged / name).replace(data / name)


def _sources(scratch: Path) -> Iterator[tuple[str, Path]]:
    database = dumps.dump(scratch)
    yield database.name, database
    if settings.MODE == "demo":
        for name in _DEMO_FILES:
            path = Path(settings.DATA_DIR) / name
            if path.suffix == ".sqlite3" and path.exists():
                path = dumps.copy_sqlite(path, scratch / name)
            if path.exists():
                yield f"{_DEMO}/{name}", path
    for path in _media_files():
        yield f"{_MEDIA}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}", path


def _media_files() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


class _Hashing(io.RawIOBase):
    """Reads a file and keeps the checksum of what was read: what went into the backup, whatever the file is later."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self.sha256.update(part)
        return part


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mode = 0o600
        reader = _Hashing(file)
        tar.addfile(info, reader)
    return Entry(sha256=reader.sha256.hexdigest(), size_bytes=info.size)


def _add_manifest(tar: tarfile.TarFile, entries: dict[str, Entry]) -> None:
    manifest = {
        "format": FORMAT,
        "almoner": __version__,
        "python": platform.python_version(),
        "made_at": now().isoformat(timespec="seconds"),
        "vendor": connection.vendor,
        "database": next(iter(entries)),
        "migrations": sorted(
            f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
        ),
        "files": {
            name: {"sha256": entry.sha256, "size_bytes": entry.size_bytes} for name, entry in entries.items()
        },
    }
    content = json.dumps(manifest, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(content)
    info.mode = 0o600
    tar.addfile(info, io.BytesIO(content))


def _unpack(source: Path, folder: Path) -> Manifest:
    """Unpack into `folder`, hold each file against the manifest, and return the manifest."""
    found: dict[str, Entry] = {}
    content = b""
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None or not _inside(member.name):
                    raise BackupInvalid(f"{member.name} has no place in a backup.")
                if member.name == MANIFEST:
                    content = file.read()
                else:
                    found[member.name] = _copy_out(file, folder / member.name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupInvalid(f"{source} can't be read as a backup: {error}") from error
    if not content:
        raise BackupInvalid(f"{source} has no manifest: it was cut short, or isn't a backup.")
    manifest = _manifest(content)
    listed = manifest.files
    wrong = sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))
    if wrong:
        raise BackupInvalid(f"Damaged, missing or foreign: {', '.join(wrong)}.")
    return manifest


def _manifest(content: bytes) -> Manifest:
    try:
        said: Any = json.loads(content)
        version = said["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupInvalid(f"Its manifest can't be read: {error!r}.") from error
    if version != FORMAT:
        # Before anything else of it is read: another format may say all of it in another way.
        raise BackupInvalid(f"It is of format {version}; this version reads {FORMAT}.")
    try:
        manifest = Manifest(
            almoner=str(said["almoner"]),
            vendor=str(said["vendor"]),
            database=said["database"],
            migrations=frozenset(said["migrations"]),
            files={name: Entry(each["sha256"], each["size_bytes"]) for name, each in said["files"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BackupInvalid(f"Its manifest says too little or something else: {error!r}.") from error
    if manifest.database not in manifest.files:
        raise BackupInvalid("Its manifest names a database that isn't in it.")
    return manifest


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _copy_out(file: IO[bytes], target: Path) -> Entry:
    target.parent.mkdir(parents=True, exist_ok=True)
    total = hashlib.sha256()
    size_bytes = 0
    with target.open("wb") as out:
        while part := file.read(1024 * 1024):
            total.update(part)
            size_bytes += out.write(part)
    return Entry(sha256=total.hexdigest(), size_bytes=size_bytes)


def _check(manifest: Manifest) -> None:
    """Refuse what this installation can't hold: another kind of database, or a newer version's."""
    if manifest.vendor != connection.vendor:
        raise BackupInvalid(
            f"It holds {manifest.vendor}, and this installation is set up for {connection.vendor}."
        )
    if manifest.migrations - dumps.known_migrations():
        raise BackupInvalid(
            f"It was made by Almoner {manifest.almoner}, whose database is newer than this version's. Upgrade first."
        )


@contextmanager
def _near(new: Path, place: Path) -> Iterator[Path]:
    """`new` beside `place`, on its own disk: a rename is left to do. Gone at the end, unless it was swapped in."""
    beside = place.with_name(f"{place.name}.restoring")
    if beside.exists():
        shutil.rmtree(beside)
    beside.parent.mkdir(parents=True, exist_ok=True)
    try:
        if new.exists():
            shutil.move(new, beside)
        else:
            beside.mkdir()
        yield beside
    finally:
        if beside.exists():
            shutil.rmtree(beside)


def _swap(new: Path, place: Path) -> None:
    """`new` instead of what stands at `place`, which goes only when the new is there."""
    before = place.with_name(f"{place.name}.before-restore")
    if before.exists():
        shutil.rmtree(before)
    if place.exists():
        place.rename(before)
    new.rename(place)
    if before.exists():
        shutil.rmtree(before)
