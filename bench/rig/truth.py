"""Whether an answer is the address that was meant, and whether it exists at all. All engines are judged by this."""

from typing import NamedTuple

from almoner.addresses.index.rows import Row
from rig.australia import Australia


class Answer(NamedTuple):
    """What an engine suggests. `number` 0: the street alone."""

    street: str
    locality: str
    region: str
    postcode: str
    number: int = 0
    suffix: str = ""
    end: int = 0
    unit: str = ""
    level: str = ""
    lot: bool = False

    @property
    def shown(self) -> str:
        number = f"{'Lot ' if self.lot else ''}{self.number or '-'}{self.suffix}{f'-{self.end}' if self.end else ''}"
        unit = " ".join(filter(None, (self.level, self.unit)))
        return f"{unit}{'/' if unit else ''}{number} {self.street}, {self.locality} {self.region} {self.postcode}"


def is_meant(answer: Answer, row: Row) -> bool:
    """The same street, place and number; the unit too, which is typed whenever the address has one."""
    return answer[:4] == row[:4] and (answer.number, answer.suffix, answer.end, answer.unit.upper(), answer.lot) == (
        row.number, row.suffix, row.end, row.unit, row.lot,
    )  # fmt: skip


def rank(answers: list[Answer], row: Row) -> int:
    """Where the address meant stands, from 1; 0 where it doesn't."""
    return next((at for at, answer in enumerate(answers, 1) if is_meant(answer, row)), 0)


def exists(answer: Answer, australia: Australia) -> bool:
    """Whether there is such an address; a street without a number claims none."""
    street = australia.street_of(*answer[:4])
    if street is None:
        return False
    if not answer.number:
        return True
    return any(
        (row.number, row.suffix, row.end, row.lot) == (answer.number, answer.suffix, answer.end, answer.lot)
        and answer.unit.upper() in ("", row.unit)
        for row in australia.rows_of(street)
    )


def claims(answer: Answer, row: Row) -> bool:
    """Whether an answer says that `row`, which doesn't exist, does. A range around the number says so too."""
    if answer[:4] != row[:4] or not answer.number or answer.lot:
        return False
    if row.unit:
        return answer.unit.upper() == row.unit and answer.number == row.number
    if row.suffix:
        return answer.suffix == row.suffix and answer.number == row.number
    inside = answer.number < row.number <= answer.end and answer.number % 2 == row.number % 2
    return (answer.number == row.number and not answer.suffix) or inside
