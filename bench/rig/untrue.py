"""Addresses that don't exist, to see whether an engine makes them up.

A number in a gap of the street, inside a range, or beyond its end; a letter at a number that has none; a flat that the
building hasn't got. The text is typed as any other.
"""

import random
from collections.abc import Iterator

from almoner.addresses.index.rows import Row
from rig.australia import Australia
from rig.truth import Answer, claims, exists
from rig.typists import Typists

_KINDS = ("number", "number", "number", "beyond", "letter", "flat")


def addresses(
    australia: Australia, typists: Typists, dice: random.Random, count: int
) -> Iterator[tuple[str, Row]]:
    """(the kind, a row that doesn't exist)."""
    sent = tries = 0
    while sent < count and tries < 60 * count:
        tries += 1
        rows = [row for row in australia.rows_of(typists.street()) if not row.lot]
        kind = dice.choice(_KINDS)
        made = _made(kind, rows, dice)
        if made is not None and not _stands(made, rows):
            sent += 1
            yield kind, made


def text_of(row: Row, dice: random.Random) -> str:
    unit = f"{row.unit}/" if row.unit else ""
    text = f"{unit}{row.number}{row.suffix.lower()} {row.street} {row.locality}"
    return text if dice.random() < 0.5 else f"{text} {row.region} {row.postcode}"


def false_among(answers: list[Answer], row: Row) -> bool:
    return any(claims(answer, row) for answer in answers)


def made_up(answers: list[Answer], australia: Australia) -> list[Answer]:
    """Answers that don't exist, whatever was asked."""
    return [answer for answer in answers if not exists(answer, australia)]


def _made(kind: str, rows: list[Row], dice: random.Random) -> Row | None:
    if not rows:
        return None
    row = dice.choice(rows)._replace(unit="", unit_kind="", level="", building="", end=0, suffix="")
    if kind == "number":
        row = row._replace(number=dice.randrange(1, max(each.number for each in rows) + 1))
    elif kind == "beyond":
        row = row._replace(number=max(max(each.number, each.end) for each in rows) + dice.randrange(1, 60))
    elif kind == "letter":
        row = row._replace(suffix=dice.choice("ABCDEF"))
    else:
        row = row._replace(unit=str(dice.randrange(1, 400)))
    return row


def _stands(made: Row, rows: list[Row]) -> bool:
    """Whether there is such an address after all; an end of a range is one."""
    for row in rows:
        numbers = (row.number, row.end) if row.end else (row.number,)
        if made.number in numbers and made.unit in ("", row.unit) and (row.suffix == made.suffix or row.end):
            return True
    return False
