"""Real Australian addresses from ../shared/data/addresses, and whether each is found by its own text.

The data isn't in this repository: without it there is nothing to check, and `folder` says so. Used by a test and by
the address bench.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.container import Container, write
from almoner.addresses.index.rows import Row
from almoner.addresses.index.searching import Index
from almoner.addresses.index.words import vocabulary
from almoner.addresses.index.writing import sections_of

_ROOT: Final = Path(__file__).resolve().parents[2]
_LINE: Final = re.compile(
    r"(?:(?P<building>[^,]+), )?(?P<number>\d+)(?P<suffix>[A-Z]?)(?:-(?P<end>\d+)(?P<end_suffix>[A-Z]?))? "
    r"(?P<street>[^,]+), (?P<locality>.+) (?P<region>[A-Z]{2,3}) (?P<postcode>\d{4})"
)
# What the single line shortens. The file is built from the full words, as G-NAF's tables have them.
_TYPES: Final = {
    "ST": "STREET", "RD": "ROAD", "AV": "AVENUE", "DR": "DRIVE", "HWY": "HIGHWAY", "CR": "CRESCENT", "PL": "PLACE",
    "PDE": "PARADE", "CCT": "CIRCUIT", "CL": "CLOSE", "CT": "COURT", "TCE": "TERRACE", "BVD": "BOULEVARD",
    "PLZA": "PLAZA", "GR": "GROVE", "PWY": "PARKWAY", "CRST": "CREST", "RDGE": "RIDGE", "CSWY": "CAUSEWAY",
    "ESP": "ESPLANADE",
}  # fmt: skip
_SIDES: Final = frozenset({"NORTH", "SOUTH", "EAST", "WEST"})


@dataclass(frozen=True, slots=True)
class Checked:
    """How many texts were tried, and those that didn't lead to their own address first, with what came instead."""

    tried: int
    failed: list[tuple[str, str]]

    @property
    def share(self) -> float:
        return 1 - len(self.failed) / self.tried


def folder() -> Path:
    given = os.environ.get("ALMONER_SHARED_DATA", "")
    return Path(given) if given else _ROOT.parent / "shared" / "data" / "addresses"


def sample() -> list[str]:
    """150 addresses of all states. Raises FileNotFoundError without the shared data."""
    return [
        each["sla"] for each in json.loads((folder() / "addressr-sample.json").read_text(encoding="utf-8"))
    ]


def probes() -> list[tuple[str, str]]:
    """(one end of a range, the range), both whole addresses. Raises FileNotFoundError without the shared data."""
    content = (folder() / "addressr-exact-vs-range-frame.json").read_text(encoding="utf-8")
    return [(each["probe"], each["range"]) for each in json.loads(content)]


def row_of(line: str) -> Row:
    """ "BUILDING, 18-20 GEORGE ST NORTH, SYDNEY NSW 2000" as a source would give it."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"not an address on one line: {line}")
    return Row(
        street=_in_full(found["street"]),
        locality=found["locality"].title(),
        region=found["region"],
        postcode=found["postcode"],
        number=int(found["number"]),
        suffix=found["suffix"],
        end=int(found["end"] or 0),
        end_suffix=found["end_suffix"] or "",
        building=(found["building"] or "").title(),
    )


def index_of(rows: Iterable[Row], path: Path) -> Index:
    collector = Collector()
    for row in rows:
        collector.add(row)
    sections, meta = sections_of(collector.collected, vocabulary("AU"))
    write(path, sections, meta | {"country": "AU"})
    return Index(Container(path))


def check_sample(path: Path) -> Checked:
    """Each of the 150 by its own text, among all the real addresses there are. The index is built at `path`."""
    lines = sample()
    index = index_of(map(row_of, dict.fromkeys((*lines, *(whole for _, whole in probes())))), path)
    return _checked(index, ((line, row_of(line)) for line in lines))


def check_probes(path: Path) -> Checked:
    """An end of a range leads to the range, where only the range is an address."""
    asked = probes()
    index = index_of(map(row_of, dict.fromkeys(whole for _, whole in asked)), path)
    return _checked(index, ((probe, row_of(whole)) for probe, whole in asked))


def check_exact(path: Path) -> Checked:
    """Where an end of a range is an address too, it stands first when it is typed, and the range when that is."""
    asked = probes()
    lines = list(dict.fromkeys(line for pair in asked for line in pair))
    index = index_of(map(row_of, lines), path)
    return _checked(index, ((line, row_of(line)) for line in lines))


def _checked(index: Index, asked: Iterable[tuple[str, Row]]) -> Checked:
    tried, failed = 0, []
    for line, row in asked:
        tried += 1
        first = next(_found(index, line), None)
        if first != _key(row):
            failed.append((line, str(first)))
    return Checked(tried, failed)


def _found(index: Index, line: str) -> Iterator[tuple[object, ...]]:
    for hit in index.find(line, limit=1):
        house = hit.house
        suffix = house.affix.split("\0")[1] if house else ""
        numbers = (house.number, suffix, house.end or 0) if house else (0, "", 0)
        yield (index.name_of(hit.street), *index.place_of(hit.street), *numbers)


def _key(row: Row) -> tuple[object, ...]:
    return (*row[:4], row.number, row.suffix, row.end)


def _in_full(street: str) -> str:
    words = street.split()
    at = len(words) - (2 if words[-1] in _SIDES and len(words) > 2 else 1)
    words[at] = _TYPES.get(words[at], words[at]) if at else words[at]
    return " ".join(words).title()
