"""The full G-NAF: the zip with its tables by state, aliases and neighbours included (Geoscape Australia).

Retired rows are left out. An alias of an address, a street or a locality is searched and leads to the principal; a
neighbouring locality is searched too, for people type the suburb that their post has.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from almoner.addresses.index.collecting import Collector, StreetKey
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.sources.reading import SourceUnreadable, shown, shown_record, street_shown

_DETAIL: Final = "ADDRESS_DETAIL"


class Gnaf:
    """A zip as it is published, or the folder that it unpacks to."""

    def __init__(self, path: Path) -> None:
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)
        self._path = path
        self._tables = self._found()
        self.total_bytes = sum(
            self._size(name) for (_, table), name in self._tables.items() if table == _DETAIL
        )
        if not self.total_bytes:
            raise SourceUnreadable(f"{path}: no G-NAF, for it has no table ADDRESS_DETAIL")
        self.read_bytes = 0
        self._places: dict[str, tuple[str, str, str]] = {}
        self._streets: dict[str, tuple[str, str]] = {}
        self._street_keys: dict[str, set[StreetKey]] = {}
        self._aliases: dict[str, tuple[StreetKey, int]] = {}
        self._principals: dict[str, str] = {}
        self._targets: dict[str, tuple[StreetKey, int]] = {}

    def rows(self) -> Iterator[Row | BadRow]:
        for state in sorted({state for state, _ in self._tables}):
            self._read_places(state)
            self._read_streets(state)
            # alias -> principal
            self._principals = {
                line["ALIAS_PID"]: line["PRINCIPAL_PID"] for line in self._table(state, "ADDRESS_ALIAS")
            }
            wanted = set(self._principals.values())
            for line in self._table(state, _DETAIL, counted=True):
                try:
                    yield from self._address(line, state, wanted)
                except BadRow as bad:
                    yield bad.of(shown_record(line))

    def finish(self, collector: Collector) -> None:
        """Aliases of addresses, streets and localities, and neighbours."""
        for pid, (key, number) in self._aliases.items():
            target = self._targets.get(pid)
            if target is not None:
                collector.add_alias(key, number, target[0], target[1])
        for state in sorted({state for state, _ in self._tables}):
            for line in self._table(state, "STREET_LOCALITY_ALIAS"):
                name = street_shown(line["STREET_NAME"], line["STREET_TYPE_CODE"], line["STREET_SUFFIX_CODE"])
                for key in self._street_keys.get(line["STREET_LOCALITY_PID"], ()):
                    if name != key[0]:
                        collector.add_street_name(name, key)
            for line in self._table(state, "LOCALITY_ALIAS"):
                if place := self._places.get(line["LOCALITY_PID"]):
                    collector.add_place_name(shown(line["NAME"]), place[:2], neighbour=False)
            for line in self._table(state, "LOCALITY_NEIGHBOUR"):
                typed, meant = (self._places.get(line[c]) for c in ("LOCALITY_PID", "NEIGHBOUR_LOCALITY_PID"))
                if typed and meant and typed[:2] != meant[:2]:
                    collector.add_place_name(typed[0], meant[:2], neighbour=True)
        if self._zip is not None:
            self._zip.close()

    def _address(self, line: dict[str, str], state: str, wanted: set[str]) -> Iterator[Row]:
        street, place = self._streets.get(line["STREET_LOCALITY_PID"]), self._places.get(line["LOCALITY_PID"])
        if street is None or place is None:
            raise BadRow("of a street or locality that isn't in the tables")
        row = _row(line, street[0], place)
        key: StreetKey = (row.street, row.locality, row.region, row.postcode)
        pid = line["ADDRESS_DETAIL_PID"]
        if line["ALIAS_PRINCIPAL"] == "A":
            if row.number and pid in self._principals:
                self._aliases[self._principals[pid]] = (key, row.number)
            return
        if pid in wanted:
            self._targets[pid] = (key, row.number)
        self._street_keys.setdefault(line["STREET_LOCALITY_PID"], set()).add(key)
        yield row

    def _read_places(self, state: str) -> None:
        regions = {line["STATE_PID"]: line["STATE_ABBREVIATION"] for line in self._table(state, "STATE")}
        for line in self._table(state, "LOCALITY"):
            region = regions.get(line["STATE_PID"], state)
            self._places[line["LOCALITY_PID"]] = (
                shown(line["LOCALITY_NAME"]),
                region,
                line["PRIMARY_POSTCODE"],
            )

    def _read_streets(self, state: str) -> None:
        self._streets = {
            line["STREET_LOCALITY_PID"]: (
                street_shown(line["STREET_NAME"], line["STREET_TYPE_CODE"], line["STREET_SUFFIX_CODE"]),
                line["LOCALITY_PID"],
            )
            for line in self._table(state, "STREET_LOCALITY")
        }

    def _found(self) -> dict[tuple[str, str], str]:
        """(state, table) -> the file's name: ".../Standard/NSW_ADDRESS_DETAIL_psv.psv"."""
        names = (
            self._zip.namelist()
            if self._zip is not None
            else [str(path) for path in self._path.rglob("*_psv.psv")]
        )
        found = {}
        for name in names:
            stem = PurePosixPath(name).name.lower()
            if stem.endswith("_psv.psv") and not stem.startswith("authority_code"):
                state, _, table = PurePosixPath(name).name[: -len("_psv.psv")].partition("_")
                found[state.upper(), table.upper()] = name
        return found

    def _size(self, name: str) -> int:
        return self._zip.getinfo(name).file_size if self._zip is not None else Path(name).stat().st_size

    def _table(self, state: str, table: str, *, counted: bool = False) -> Iterator[dict[str, str]]:
        """The rows of a table that aren't retired; none where a state has no such table."""
        name = self._tables.get((state, table))
        if name is None:
            return
        with (
            self._zip.open(name) if self._zip is not None else Path(name).open("rb") as raw,
            io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text,
        ):
            lines = csv.reader(text, delimiter="|", quoting=csv.QUOTE_NONE)
            head = next(lines, [])
            retired = head.index("DATE_RETIRED") if "DATE_RETIRED" in head else -1
            before = self.read_bytes
            for count, line in enumerate(lines):
                if counted and count % 5_000 == 0:
                    self.read_bytes = before + raw.tell()
                if len(line) == len(head) and not (retired >= 0 and line[retired]):
                    yield dict(zip(head, line, strict=True))
            if counted:
                self.read_bytes = before + self._size(name)


def _row(line: dict[str, str], street: str, place: tuple[str, str, str]) -> Row:
    lot = not line["NUMBER_FIRST"] and bool(line["LOT_NUMBER"])
    number = line["LOT_NUMBER"] if lot else line["NUMBER_FIRST"]
    if number and not number.isdigit():
        raise BadRow("with a number that isn't understood")
    flat = line["FLAT_NUMBER_PREFIX"] + line["FLAT_NUMBER"] + line["FLAT_NUMBER_SUFFIX"]
    level = line["LEVEL_NUMBER_PREFIX"] + line["LEVEL_NUMBER"] + line["LEVEL_NUMBER_SUFFIX"]
    level_type = line["LEVEL_TYPE_CODE"]
    last = int(line["NUMBER_LAST"] or 0)
    last = last if last > int(number or 0) else 0
    return Row(
        street=street,
        locality=place[0],
        region=place[1],
        postcode=line["POSTCODE"] or place[2],
        number=int(number or 0),
        suffix=line["LOT_NUMBER_SUFFIX"] if lot else line["NUMBER_FIRST_SUFFIX"],
        end=last,
        end_suffix=line["NUMBER_LAST_SUFFIX"] if last else "",
        prefix=line["LOT_NUMBER_PREFIX"] if lot else line["NUMBER_FIRST_PREFIX"],
        unit=flat,
        unit_kind=shown(line["FLAT_TYPE_CODE"]) if flat else "",
        level=shown(f"{_LEVELS.get(level_type, level_type) or 'LEVEL'} {level}".strip())
        if level or level_type
        else "",
        lot=lot,
        building=shown(line["BUILDING_NAME"]),
        source_id=line["ADDRESS_DETAIL_PID"],
    )


_LEVELS: Final = {
    "L": "LEVEL",
    "FL": "FLOOR",
    "G": "GROUND FLOOR",
    "B": "BASEMENT",
    "M": "MEZZANINE",
    "UG": "UPPER GROUND",
    "LG": "LOWER GROUND",
    "P": "PARKING",
    "PTHS": "PENTHOUSE",
    "RT": "ROOFTOP",
    "SB": "SUB-BASEMENT",
}
