"""CSV that a spreadsheet can't be made to run, a piece at a time, so that a million rows need no memory; and its
cells as they come back."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

# A spreadsheet takes a cell that begins so for a formula. Full-width signs are folded to these by some.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ROWS_AT_ONCE: Final = 500


class _Line:
    """What csv writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> object:
    """Numbers stay numbers; a text that a spreadsheet might run gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" \u00a0\u200b\ufeff").startswith(_DANGEROUS):
        return "'" + value
    return "" if value is None else value


def bare_cell(text: str) -> str:
    """A cell without blanks around it, and without the apostrophe of `safe_cell`: what went out comes back."""
    text = text.lstrip()
    led = text.startswith("'") and safe_cell(text[1:]) != text[1:]
    return text[led:].strip()


def csv_pieces(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, or Excel would guess another encoding."""
    writer = csv.writer(_Line())
    lines = ["\ufeff" + writer.writerow(header)]
    for row in rows:
        lines.append(writer.writerow([safe_cell(value) for value in row]))
        if len(lines) >= _ROWS_AT_ONCE:
            yield "".join(lines).encode("utf-8", "replace")
            lines = []
    yield "".join(lines).encode("utf-8", "replace")
