"""The demonstration's addresses: a few hundred public buildings, made into index files like any national one.

Town halls, libraries, museums, universities and courts, compiled by this project as plain facts (demo_pack.csv).
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from almoner.addresses.building import About, build
from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.index_finder import SUFFIX
from almoner.addresses.sources.reading import number_of
from almoner.addresses.wording import N_

RELEASE: Final = "2026-11"
ABOUT: Final = About(
    source="demo-public-buildings",
    release=RELEASE,
    licence="Apache-2.0",
    attribution=N_("A small demonstration set of public buildings, not a national address file."),
)
_PACK: Final = Path(__file__).with_name("demo_pack.csv")
_NUMBERED: Final = re.compile(r"(\d+[A-Za-z]?(?:-\d+[A-Za-z]?)?) (.+)")


def ensure(folder: Path) -> None:
    """Write the pack's files into a folder, where there is none yet, or one of the pack that can't be used any more.

    A file of real addresses in its place is left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for country in countries():
        path = folder / f"{country}{SUFFIX}"
        if not _stands(path):
            build([Pack(country)], country=country, to=path, about=ABOUT, progress=lambda *_: None)


def countries() -> list[str]:
    return sorted({line["country"] for line in _lines()})


def _stands(path: Path) -> bool:
    try:
        meta = Container(path, verify=False).meta
    except FileNotFoundError:
        return False
    except IndexUnusable:
        # One that an earlier release wrote is made again; a real one is for its owner to build again.
        return False
    return bool(meta["source"] != ABOUT.source or meta["release"] == RELEASE)


class Pack:
    """The pack's buildings in one country, as a source."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.total_bytes = self.read_bytes = _PACK.stat().st_size

    def rows(self) -> Iterator[Row | BadRow]:
        return (_row(line) for line in _lines() if line["country"] == self.country)

    def finish(self, collector: Collector) -> None:
        """The pack knows no other names."""


def _lines() -> list[dict[str, str]]:
    with _PACK.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _row(line: dict[str, str]) -> Row:
    numbered = _NUMBERED.fullmatch(line["street"])
    _, number, suffix, end, end_suffix = number_of(numbered[1]) if numbered else ("", 0, "", 0, "")
    return Row(
        street=numbered[2] if numbered else line["street"],
        locality=line["locality"],
        region=line["region"],
        postcode=line["postcode"],
        number=number,
        suffix=suffix,
        end=end,
        end_suffix=end_suffix,
        building=line["name"],
        dependent_locality=line["dependent_locality"],
    )
