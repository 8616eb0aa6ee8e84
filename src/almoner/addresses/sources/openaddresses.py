"""OpenAddresses, any country: CSV with its usual columns, or one GeoJSON feature a line, gzipped or not; and any CSV of
which a map says what stands in which column."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from almoner.addresses.index.collecting import Collector
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.sources.reading import Opened, SourceUnreadable, number_of, shown, shown_record

# What a row is made of, and what OpenAddresses calls it.
USUAL: Final = {
    "number": "number", "street": "street", "unit": "unit", "locality": "city", "region": "region",
    "postcode": "postcode", "id": "id",
}  # fmt: skip
FIELDS: Final = (*USUAL, "building", "dependent_locality", "level", "number_last", "suffix")


class OpenAddresses:
    """`columns` maps our names (FIELDS) to the file's; what isn't in it has OpenAddresses' own names."""

    def __init__(self, path: Path, columns: Mapping[str, str] | None = None, *, region: str = "") -> None:
        self._file = Opened(path)
        self.total_bytes = path.stat().st_size
        self._columns = {**USUAL, **(columns or {})}
        self._mapped = bool(columns)
        # Many files hold one state only, and don't say which.
        self._region = region

    @property
    def read_bytes(self) -> int:
        return self._file.read_bytes

    def rows(self) -> Iterator[Row | BadRow]:
        first = self._file.text.read(1)
        records = self._features(first) if first == "{" else self._lines(first)
        for record in records:
            if isinstance(record, BadRow):
                yield record
                continue
            try:
                yield self._row(record)
            except BadRow as bad:
                yield bad.of(shown_record(record))

    def finish(self, collector: Collector) -> None:
        self._file.close()

    def _features(self, first: str) -> Iterator[Mapping[str, Any] | BadRow]:
        for number, line in enumerate(self._file.text):
            try:
                properties = json.loads(first + line if number == 0 else line)["properties"]
                found = {str(key).lower(): value for key, value in properties.items()}
                yield _whole(found) if "\\ud" in line.lower() else found
            except (ValueError, KeyError, TypeError, AttributeError):
                yield BadRow("that is no GeoJSON feature", line.strip())

    def _lines(self, first: str) -> Iterator[Mapping[str, Any] | BadRow]:
        head_line = first + self._file.text.readline()
        delimiter = max(",;|\t", key=head_line.count)
        head = [name.strip().lower() for name in next(csv.reader([head_line], delimiter=delimiter), [])]
        wanted = {name.lower() for name in self._columns.values()} if self._mapped else {"street", "number"}
        missing = sorted(
            wanted - set(head) - {name for name in USUAL.values() if name not in ("street", "number")}
        )
        if missing:
            raise SourceUnreadable(
                f"{self._file.path}: no column {', '.join(missing)}; it has {', '.join(head)}"
            )
        for line in csv.reader(self._file.text, delimiter=delimiter):
            if len(line) != len(head):
                yield BadRow("with too few or too many columns", delimiter.join(line))
            else:
                yield dict(zip(head, line, strict=True))

    def _row(self, record: Mapping[str, Any]) -> Row:
        def text(field: str) -> str:
            name = self._columns.get(field, "")
            return str(record.get(name.lower()) or "").strip() if name else ""

        number_text = text("number") + text("suffix")
        if text("number_last"):
            number_text += f"-{text('number_last')}"
        prefix, number, suffix, end, end_suffix = (
            number_of(number_text) if number_text else ("", 0, "", 0, "")
        )
        if not number and not text("building"):
            raise BadRow("without a number")
        kind, unit = _unit(text("unit"))
        return Row(
            street=shown(text("street")),
            locality=shown(text("locality")),
            region=text("region") or self._region,
            postcode=text("postcode"),
            number=number,
            suffix=suffix,
            end=end,
            end_suffix=end_suffix,
            prefix=prefix,
            unit=unit,
            unit_kind=kind,
            level=text("level"),
            building=text("building"),
            source_id=text("id"),
            dependent_locality=shown(text("dependent_locality")),
        )


def _whole(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Half of a character that JSON writes in two halves is no text that can be kept: it stands as "?"."""
    return {
        key: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for key, value in record.items()
    }


def _unit(text: str) -> tuple[str, str]:
    """ "APT 4B" is ("Apt", "4B"); "#4" and "4" have no kind."""
    kind, _, unit = text.replace("#", "").strip().rpartition(" ")
    return (shown(kind), unit) if not kind or kind.replace(" ", "").isalpha() else ("", text)
