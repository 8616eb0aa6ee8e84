"""What every engine in the address bench offers, and the finder itself behind it."""

from pathlib import Path
from typing import Any, Protocol

from almoner.addresses.index.container import Container
from almoner.addresses.index.searching import Hit, Index
from rig.truth import Answer

SUGGESTIONS = 5


class Engine(Protocol):
    """`find` is what is timed; `answers` makes what it found comparable, and isn't."""

    name: str

    def find(self, text: str) -> Any: ...

    def answers(self, found: Any) -> list[Answer]: ...


class Opponent(Engine, Protocol):
    """`bytes`: what its files take."""

    bytes: int


class Finder:
    """Almoner's."""

    name = "almoner"

    def __init__(self, path: Path) -> None:
        self.index = Index(Container(path))

    def find(self, text: str) -> list[Hit]:
        return self.index.find(text, limit=SUGGESTIONS)

    def answers(self, found: list[Hit]) -> list[Answer]:
        return [answer_of(self.index, hit) for hit in found]


def answer_of(index: Index, hit: Hit) -> Answer:
    locality, region, postcode = index.place_of(hit.street)
    name, house = index.name_of(hit.street), hit.house
    if house is None:
        return Answer(name, locality, region, postcode)
    _, suffix, _ = (*house.affix.split("\0"), "", "")[:3]
    return Answer(
        name,
        locality,
        region,
        postcode,
        house.number,
        suffix,
        house.end or 0,
        house.unit,
        house.level,
        house.lot,
    )
