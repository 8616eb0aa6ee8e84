"""SQLite's FTS5 as an address finder: a row an address, and a row a street beside a table of numbers.

The usual set-up: an index of beginnings, contentless, all words must be there, the best by its own rank. It knows no
slips of the finger.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from almoner.addresses.index.rows import Row
from rig.australia import Australia
from rig.engines import SUGGESTIONS
from rig.opponents_reading import endings, read, words_of
from rig.truth import Answer

_ONE_STREET_BITS: Final = 13
_FITTING: Final = (
    "SELECT street.rowid, house.number, house.suffix, house.last, house.unit, house.lot FROM street "
    "JOIN house ON house.street = street.rowid AND house.typed = ? AND house.suffix = ? AND house.unit = ? "
    "WHERE street.words MATCH ? ORDER BY street.rank LIMIT ?"
)


class Addresses:
    """A row an address. Its rowid says which: the street's number and the place among its rows."""

    name = "SQLite FTS5, a row an address"

    def __init__(self, path: Path, australia: Australia, streets: Iterable[int]) -> None:
        self._australia = australia
        self._database = _created(path)
        self._database.execute(
            "CREATE VIRTUAL TABLE address USING fts5(words, content='', prefix='1 2 3', tokenize='ascii')"
        )
        rows = (
            (packed(number, at), text_of(row))
            for number in sorted(streets)
            for at, row in enumerate(australia.rows_of(number))
        )
        self._database.executemany("INSERT INTO address(rowid, words) VALUES (?, ?)", rows)
        self._database.commit()
        self.bytes = path.stat().st_size

    def find(self, text: str) -> list[tuple[int]]:
        typed = read(text)
        numbers = [
            typed.unit.lower(),
            f"{typed.number}{typed.suffix.lower()}" if typed.number else "",
            str(typed.end or ""),
        ]
        match = _match([*filter(None, numbers), *typed.words], typed.begun)
        if not match:
            return []
        found = self._database.execute(
            "SELECT rowid FROM address WHERE words MATCH ? ORDER BY rank LIMIT ?", (match, SUGGESTIONS)
        )
        return found.fetchall()

    def answers(self, found: list[tuple[int]]) -> list[Answer]:
        return [answer_at(self._australia, at) for (at,) in found]


class Streets:
    """A row a street, its rowid the street's number, and a table of all its houses."""

    name = "SQLite FTS5 on streets and numbers"

    def __init__(self, path: Path, australia: Australia) -> None:
        self._australia = australia
        self._database = _created(path)
        self._database.execute(
            "CREATE VIRTUAL TABLE street USING fts5(words, content='', prefix='1 2 3', tokenize='ascii')"
        )
        self._database.execute(
            "CREATE TABLE house (street INTEGER, typed INTEGER, suffix TEXT, unit TEXT, number INTEGER, last INTEGER, "
            "lot INTEGER, PRIMARY KEY (street, typed, suffix, unit)) WITHOUT ROWID"
        )
        for number in range(australia.count):
            rows = australia.rows_of(number)
            if rows:
                words = " ".join(words_of(" ".join(rows[0][:4])))
                self._database.execute("INSERT INTO street(rowid, words) VALUES (?, ?)", (number, words))
                houses = sorted(_houses(number, rows))
                self._database.executemany("INSERT OR IGNORE INTO house VALUES (?, ?, ?, ?, ?, ?, ?)", houses)
        self._database.commit()
        self.bytes = path.stat().st_size

    def find(self, text: str) -> list[tuple[int, ...]]:
        typed = read(text)
        match = _match(typed.words, typed.begun)
        if not match:
            return []
        if not typed.number:
            found = self._database.execute(
                "SELECT rowid FROM street WHERE words MATCH ? ORDER BY rank LIMIT ?", (match, SUGGESTIONS)
            )
            return found.fetchall()
        return self._database.execute(
            _FITTING, (typed.number, typed.suffix, typed.unit, match, SUGGESTIONS)
        ).fetchall()

    def answers(self, found: list[tuple[int, ...]]) -> list[Answer]:
        return [self._answer(*each) for each in found]

    def _answer(
        self, number: int, house: int = 0, suffix: str = "", last: int = 0, unit: str = "", lot: int = 0
    ) -> Answer:
        street = self._australia.street(number)
        return Answer(
            street.name,
            street.locality,
            street.region,
            street.postcode,
            house,
            suffix,
            last,
            unit,
            "",
            bool(lot),
        )


def answer_at(australia: Australia, at: int) -> Answer:
    """The address of a packed place: `number of the street << 13 | its place among the street's rows`."""
    row = australia.rows_of(at >> _ONE_STREET_BITS)[at & (1 << _ONE_STREET_BITS) - 1]
    return Answer(*row[:5], row.suffix, row.end, row.unit, row.level, row.lot)


def packed(number: int, place: int) -> int:
    return number << _ONE_STREET_BITS | place


def _created(path: Path) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    # What is built once and thrown away needs no journal; pages are cached as a server would have it.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -262144")
    return database


def text_of(row: Row) -> str:
    """An address as both engines with a row an address index it."""
    number = f"{row.number}{row.suffix.lower()}"
    parts = [row.unit.lower(), number, str(row.end or ""), *words_of(" ".join(row[:4]))]
    return " ".join(filter(None, parts))


def _houses(number: int, rows: list[Row]) -> Iterator[tuple[int, int, str, str, int, int, int]]:
    for row in rows:
        for typed in (row.number, row.end) if row.end else (row.number,):
            yield number, typed, row.suffix, row.unit, row.number, row.end, int(row.lot)


def _match(words: list[str], begun: str) -> str:
    parts = [f'"{word}"' for word in words]
    if begun:
        forms = [f'"{begun}"*', *(f'"{form}"' for form in dict.fromkeys(endings(begun)))]
        parts.append(f"({' OR '.join(forms)})")
    return " AND ".join(parts)
