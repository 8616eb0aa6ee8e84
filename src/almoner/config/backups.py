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
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from almoner import __version__
from almoner.config import dumps
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

    Raises `BackupInvalid`, or `PlaceTaken` where something stands already and `force` isn't said.
    """
    if not force and (dumps.holds_something() or _media_files()):
        raise PlaceTaken("This installation holds something. --force overwrites it.")
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix=".almoner-restore-") as scratch:
        staged = Path(scratch)
        manifest = _unpack(source, staged)
        _check(manifest)
        dumps.load(staged / manifest["database"])
        _replace(staged / _MEDIA, Path(settings.MEDIA_ROOT))
        if settings.MODE == "demo":
            for name in _DEMO_FILES:
                if (staged / _DEMO / name).exists():
                    (staged / _DEMO / name).replace(data / name)


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


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
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
    manifest: dict[str, Any] = json.loads(content)
    listed = {name: Entry(entry["sha256"], entry["size_bytes"]) for name, entry in manifest["files"].items()}
    wrong = sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))
    if wrong:
        raise BackupInvalid(f"Damaged, missing or foreign: {', '.join(wrong)}.")
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


def _check(manifest: dict[str, Any]) -> None:
    """Refuse what this installation can't hold: another kind of database, or a newer version's."""
    if manifest["format"] != FORMAT:
        raise BackupInvalid(f"It is of format {manifest['format']}; this version reads {FORMAT}.")
    if manifest["vendor"] != connection.vendor:
        raise BackupInvalid(
            f"It holds {manifest['vendor']}, and this installation is set up for {connection.vendor}."
        )
    unknown = set(manifest["migrations"]) - dumps.known_migrations()
    if unknown:
        raise BackupInvalid(
            f"It was made by Almoner {manifest['almoner']}, whose database is newer than this version's. Upgrade first."
        )


def _replace(new: Path, place: Path) -> None:
    """`new` instead of what stands at `place`, which goes only when the new is there."""
    before = place.with_name(f"{place.name}.before-restore")
    if before.exists():
        shutil.rmtree(before)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(before)
    if new.exists():
        shutil.move(new, place)
    else:
        place.mkdir()
    if before.exists():
        shutil.rmtree(before)
