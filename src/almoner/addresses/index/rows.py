"""One address as a source gives it, whatever the source: what the builder takes."""

from typing import Final, NamedTuple

PART_OF: Final = "\v"


class Row(NamedTuple):
    """An address. Texts as they shall be shown ("George Street", "Surry Hills"); "" and None where there is none.

    `number` 0 is an address without a number: then the street alone is known. `prefix` and `suffix` are letters at the
    number ("A12", "12B"). `building` is a name that the address also goes by.
    """

    street: str
    locality: str
    region: str
    postcode: str
    number: int = 0
    suffix: str = ""
    end: int = 0
    end_suffix: str = ""
    prefix: str = ""
    unit: str = ""
    unit_kind: str = ""
    level: str = ""
    lot: bool = False
    building: str = ""
    source_id: str = ""
    # A suburb that stands on a line of its own, above the town: New Zealand's.
    dependent_locality: str = ""

    @property
    def place(self) -> str:
        """The locality as the index keeps it: the part and the whole, parted by a mark."""
        return (
            f"{self.dependent_locality}{PART_OF}{self.locality}" if self.dependent_locality else self.locality
        )


class BadRow(ValueError):
    """A row that is no address. The text is the reason, the same for all rows of that kind: they are counted by it.
    `row` is what stands in it, as far as the source can say."""

    def __init__(self, reason: str, row: str = "") -> None:
        super().__init__(reason)
        self.row = row

    def of(self, row: str) -> "BadRow":
        """The same reason, with the row's text."""
        return BadRow(str(self), row)
