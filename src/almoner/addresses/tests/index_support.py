"""Small indexes for tests: rows in, an open index out."""

from collections.abc import Iterable
from pathlib import Path

from almoner.addresses.building import About, Report, build
from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.container import Container
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.index.searching import Index

ABOUT = About(source="test", release="2026-11", licence="CC0", attribution="Made for tests")


class Rows:
    """Rows as a source."""

    total_bytes = 1
    read_bytes = 1

    def __init__(self, rows: Iterable[Row | BadRow]) -> None:
        self._rows = rows

    def rows(self) -> Iterable[Row | BadRow]:
        return self._rows

    def finish(self, collector: Collector) -> None:
        """Nothing more is known."""


def no_progress(phase: str, share: float, rows: int) -> None:
    """Nobody watches."""


def built(rows: Iterable[Row | BadRow], path: Path, *, country: str = "AU", ids: bool = False) -> Report:
    return build([Rows(rows)], country=country, to=path, about=ABOUT, ids=ids, progress=no_progress)  # type: ignore[list-item]


def index_of(rows: Iterable[Row], path: Path, *, country: str = "AU") -> Index:
    built(rows, path, country=country)
    return Index(Container(path))


def street(name: str, locality: str, region: str, postcode: str, numbers: Iterable[int]) -> list[Row]:
    return [Row(name, locality, region, postcode, number) for number in numbers]
