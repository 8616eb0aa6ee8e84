"""What all sources share: files plain or gzipped, how far they are read, and texts made fit to be shown."""

import gzip
import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.index.words import full_word

_SMALL: Final = frozenset({"of", "the", "and", "de", "la", "du", "des", "von", "van", "der", "am", "an"})
_AFTER: Final = re.compile(r"(^|[\s\-'’(/])([a-zà-ÿ])")
_MC: Final = re.compile(r"\bMc([a-z])")
_DIGITS: Final = 6
_NUMBER: Final = re.compile(
    r"([A-Za-z]{0,2})(\d{1,6})\s*([A-Za-z]{0,2})(?:\s*-\s*([A-Za-z]{0,2})(\d{1,6})\s*([A-Za-z]{0,2}))?"
)


class Source(Protocol):
    """A file, or a folder of files. `read_bytes` of `total_bytes` are read so far."""

    @property
    def total_bytes(self) -> int: ...

    @property
    def read_bytes(self) -> int: ...

    def rows(self) -> Iterator[Row | BadRow]:
        """Each address, and each row that is none with its reason. Raises SourceUnreadable."""
        ...

    def finish(self, collector: Collector) -> None:
        """After the rows: other names of streets and places."""
        ...


class SourceUnreadable(ValueError):
    """Not a file of this kind: the text says what is missing."""


class Opened:
    """A text file, gzipped or not, that knows how many of its bytes on disk are read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw = path.open("rb")
        # Looked at and not taken, for a pipe can't be wound back.
        gzipped = self._raw.peek(2)[:2] == b"\x1f\x8b"
        unpacked: Any = gzip.GzipFile(fileobj=self._raw) if gzipped else self._raw
        self.text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="replace", newline="")

    @property
    def read_bytes(self) -> int:
        return self._raw.tell() if self._raw.seekable() else 0

    def close(self) -> None:
        self.text.close()
        self._raw.close()


@lru_cache(maxsize=200_000)
def shown(text: str) -> str:
    """A name in capitals as it is written: "ST KILDA" is "St Kilda", "O'BRIEN" "O'Brien", "MCDONALD" "McDonald"."""
    text = " ".join(text.split())
    if not text.isupper():
        return text
    words = _AFTER.sub(lambda match: match[1] + match[2].upper(), text.lower())
    words = re.sub(r"(['’])S\b", r"\1s", words)
    words = _MC.sub(lambda match: "Mc" + match[1].upper(), words)
    first, *rest = words.split(" ")
    return " ".join([first, *(word.lower() if word.lower() in _SMALL else word for word in rest)])


@lru_cache(maxsize=400_000)
def street_shown(name: str, kind: str = "", direction: str = "") -> str:
    """ "GEORGE", "STREET", "N" is "George Street North"."""
    parts = (shown(name), shown(full_word(kind)), shown(full_word(direction)))
    return " ".join(part for part in parts if part)


def shown_record(record: Mapping[str, Any]) -> str:
    """What stands in a row, as the person who looks into it finds it: "NUMBER=12A?, STREET=George Street"."""
    return ", ".join(f"{name}={value}" for name, value in record.items() if value)


def number_of(text: str) -> tuple[str, int, str, int, str]:
    """Letters before, number, letters after, last number, letters after that. Raises BadRow."""
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return "", int(text), "", 0, ""
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        raise BadRow("with a number that isn't understood")
    before, first, after, _, last, after_last = match.groups()
    if last and int(last) <= int(first):
        last, after_last = None, ""
    return before or "", int(first), after or "", int(last or 0), after_last or ""
