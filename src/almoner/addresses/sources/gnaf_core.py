"""G-NAF Core: Australia's addresses in one file, a line an address, columns parted by "|" (Geoscape Australia)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.sources.reading import Opened, SourceUnreadable, number_of, shown, street_shown

_NEEDED: Final = (
    "ADDRESS_DETAIL_PID", "BUILDING_NAME", "FLAT_TYPE", "FLAT_NUMBER", "LEVEL_TYPE", "LEVEL_NUMBER", "NUMBER_FIRST",
    "NUMBER_LAST", "LOT_NUMBER", "STREET_NAME", "STREET_TYPE", "STREET_SUFFIX", "LOCALITY_NAME", "STATE", "POSTCODE",
)  # fmt: skip


class GnafCore:
    """One GNAF_CORE.psv, gzipped or not."""

    def __init__(self, path: Path) -> None:
        self._file = Opened(path)
        self.total_bytes = path.stat().st_size

    @property
    def read_bytes(self) -> int:
        return self._file.read_bytes

    def rows(self) -> Iterator[Row | BadRow]:
        lines = csv.reader(self._file.text, delimiter="|", quoting=csv.QUOTE_NONE)
        head = next(lines, [])
        missing = [name for name in _NEEDED if name not in head]
        if missing:
            raise SourceUnreadable(
                f"{self._file.path}: no G-NAF Core, for it has no column {', '.join(missing)}"
            )
        columns = [head.index(name) for name in _NEEDED]
        alias = head.index("ALIAS_PRINCIPAL") if "ALIAS_PRINCIPAL" in head else -1
        for line in lines:
            if len(line) != len(head):
                yield BadRow("with too few or too many columns", "|".join(line))
            elif alias < 0 or (line[alias] != "A" and line[alias] != "ALIAS"):
                try:
                    yield _row([line[column] for column in columns])
                except BadRow as bad:
                    yield bad.of("|".join(line))

    def finish(self, collector: Collector) -> None:
        self._file.close()


def _row(values: list[str]) -> Row:
    (pid, building, flat_type, flat, level_type, level, first, last, lot, name, kind, direction, locality, state,
     postcode) = values  # fmt: skip
    # A type alone ("Street") is none.
    street = street_shown(name, kind, direction) if name else ""
    place = shown(locality)
    if first.isdigit() and not (flat or level or last or building):
        return Row(street, place, state, postcode, int(first), source_id=pid)
    text = f"{first}-{last}" if last else first or lot
    prefix, number, suffix, end, end_suffix = number_of(text) if text else ("", 0, "", 0, "")
    return Row(
        street=street,
        locality=place,
        region=state,
        postcode=postcode,
        number=number,
        suffix=suffix,
        end=end,
        end_suffix=end_suffix,
        prefix=prefix,
        unit=flat,
        unit_kind=shown(flat_type) if flat else "",
        level=shown(f"{level_type or 'LEVEL'} {level}".strip()) if level or level_type else "",
        lot=bool(lot) and not first,
        building=shown(building),
        source_id=pid,
    )
