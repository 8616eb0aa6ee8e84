"""The file itself: named sections behind a header, each with a checksum; mapped, never read whole into memory.

What is looked at once (header, contents, checksums) is read; only `view` maps. A mapped file that is cut short kills
whoever touches what is gone, so views are for a file that nobody writes in place: a copy (addresses/copies.py).

64 bytes   magic, version, where the table of contents lies and its digest, the file's length
sections   each begins at a multiple of 8
contents   JSON: sections (offset, bytes, type, digest) and what is said of the data (source, release, licence)
"""

import fcntl
import hashlib
import json
import mmap
import os
import secrets
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final

VERSION: Final = 1
_MAGIC: Final = b"ALMONER\x00ADDRESS"
# magic 15, version u8, offset of the contents u64, their length u64, their digest 16, the file's length u64.
_HEADER: Final = struct.Struct("<15sBQQ16sQ")
_HEADER_BYTES: Final = 64
# Characters of the struct module, which memoryview.cast takes: unsigned 8, 16, 32 and 64 bits.
_ITEM_BYTES: Final = {"B": 1, "H": 2, "I": 4, "Q": 8}
_PIECE_BYTES: Final = 1 << 20
# What an unfinished file's name ends with; its builder holds a lock on it, which dies with the builder.
_BUILDING: Final = ".building"


class IndexUnusable(ValueError):
    """The file can't be used: damaged, cut short, of another version, or no index at all. The text says which."""


@dataclass(frozen=True, slots=True)
class Section:
    """An array as it lies in the file; `kind` is the item's type, a key of the struct module."""

    kind: str
    content: bytes | memoryview


class Container:
    """An open file. `meta` is what the builder said of the data; `view(name)` an array of the file, without a copy."""

    def __init__(self, path: Path, *, file: BinaryIO | None = None, verify: bool = True) -> None:
        """`file`: a copy of what stands at `path`, read in its place and kept open; errors name `path` all the same.

        Raises IndexUnusable, and OSError where there is no file. Verifying reads the whole file once.
        """
        self.path = path
        self._file = path.open("rb") if file is None else file
        self.size_bytes = os.fstat(self._file.fileno()).st_size
        contents, self.fingerprint = self._contents()
        self.meta: Mapping[str, Any] = contents["meta"]
        self.digest: str = contents["digest"]
        self._sections: Mapping[str, Any] = contents["sections"]
        if verify:
            self.verify()

    def has(self, name: str) -> bool:
        """Whether there is such a section: not every file has all."""
        return name in self._sections

    def view(self, name: str) -> memoryview:
        """A section's items."""
        where = self._sections[name]
        content = self._mapped[where["at"] : where["at"] + where["bytes"]]
        return content if where["kind"] == "B" else content.cast(where["kind"])

    def verify(self) -> None:
        """Compare every section with its digest. Raises IndexUnusable with the name of one that differs."""
        for name, where in self._sections.items():
            if self._digest_of(where["at"], where["bytes"]) != where["digest"]:
                raise IndexUnusable(f"{self.path}: damaged in {name}; build it again, or copy it again")

    def copy_to(self, target: BinaryIO) -> None:
        """Write the file's bytes, as they stand now, to an empty file."""
        at = 0
        while piece := os.pread(self._file.fileno(), _PIECE_BYTES, at):
            target.write(piece)
            at += len(piece)
        target.flush()

    @cached_property
    def _mapped(self) -> memoryview:
        return memoryview(mmap.mmap(self._file.fileno(), self.size_bytes, access=mmap.ACCESS_READ))

    def _contents(self) -> tuple[dict[str, Any], str]:
        """The table of contents, and its digest, which stands for the whole file: every other digest is in it."""
        header = os.pread(self._file.fileno(), _HEADER_BYTES, 0)
        if len(header) < _HEADER_BYTES:
            raise IndexUnusable(f"{self.path}: cut short, or not an address index")
        magic, version, at, length, digest, size = _HEADER.unpack_from(header)
        if magic != _MAGIC:
            raise IndexUnusable(f"{self.path}: not an address index")
        if version != VERSION:
            raise IndexUnusable(
                f"{self.path}: of version {version}, and this release reads version {VERSION}; build it again"
            )
        if size != self.size_bytes:
            raise IndexUnusable(f"{self.path}: {self.size_bytes} bytes of {size}: cut short; copy it again")
        content = os.pread(self._file.fileno(), length, at) if at + length <= size else b""
        if len(content) != length or _digest(content) != digest.hex():
            raise IndexUnusable(
                f"{self.path}: damaged in its table of contents; build it again, or copy it again"
            )
        found: dict[str, Any] = json.loads(content)
        return found, digest.hex()

    def _digest_of(self, at: int, length: int) -> str:
        """ "" where the file ends before."""
        digest, end = hashlib.blake2b(digest_size=16), at + length
        while at < end:
            piece = os.pread(self._file.fileno(), min(_PIECE_BYTES, end - at), at)
            if not piece:
                return ""
            digest.update(piece)
            at += len(piece)
        return digest.hexdigest()


def write(path: Path, sections: Mapping[str, Section], meta: Mapping[str, Any]) -> None:
    """Write a container beside `path`, sync it, and put it in its place: readers see the old file or the new one."""
    clear_leftovers(path.parent)
    file = _begun(path)
    building = Path(file.name)
    try:
        with file:
            file.write(b"\0" * _HEADER_BYTES)
            placed = {name: _placed(file, section) for name, section in sections.items()}
            whole = _digest("".join(each["digest"] for each in placed.values()).encode())
            contents = json.dumps(
                {"meta": dict(meta), "sections": placed, "digest": whole}, ensure_ascii=False
            ).encode()
            at = file.tell()
            file.write(contents)
            size = file.tell()
            file.seek(0)
            digest = bytes.fromhex(_digest(contents))
            file.write(_HEADER.pack(_MAGIC, VERSION, at, len(contents), digest, size))
            file.flush()
            os.fsync(file.fileno())
            # While the lock is held still: without it the file would pass for a leftover.
            building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def clear_leftovers(folder: Path) -> None:
    """Remove unfinished files whose builders were killed; those of living builders stay, and what can't be removed."""
    for left in folder.glob(f".*{_BUILDING}"):
        with suppress(OSError), left.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _begun(path: Path) -> BinaryIO:
    """An empty file beside `path`, locked as long as it is open."""
    while True:
        file = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_BUILDING}").open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        # Another builder may have cleared it away in the moment before it was locked.
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _placed(file: BinaryIO, section: Section) -> dict[str, Any]:
    file.write(b"\0" * (-file.tell() % 8))
    at, content = file.tell(), memoryview(section.content).cast("B")
    if len(content) % _ITEM_BYTES[section.kind]:
        raise ValueError("a section must hold whole items")
    file.write(content)
    return {"at": at, "bytes": len(content), "kind": section.kind, "digest": _digest(content)}


def _digest(content: bytes | memoryview) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
