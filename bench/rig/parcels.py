"""The houses of one street of the synthetic Australia: the same ones whenever they are asked for.

Nothing is kept of sixteen million addresses: a street's are thrown anew from its own dice, for whoever builds an index
of them and for whoever asks whether a number really exists.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from almoner.addresses.index.rows import Row

# How a street is numbered: both sides, one side, by the distance in tens of metres.
BOTH, ONE, DISTANCE = 0, 1, 2
# Of a street's parcels: a gap before it, a range, a letter, a lot without a number.
_GAP: Final = 0.09
_LETTER: Final = 0.028
_LOT: Final = 0.03
_RANGE: Final = 0.068
_RANGE_NSW: Final = 0.105
_FLOORS_FROM: Final = 16
_NAMED: Final = 0.2
_FEW_KINDS: Final = ("Unit",) * 7 + ("Flat", "Villa", "Townhouse")
_MANY_KINDS: Final = ("Unit",) * 7 + ("Apartment",) * 3
_BUILDINGS: Final = ("Apartments", "Towers", "Court", "Gardens", "House", "Plaza")


@dataclass(frozen=True, slots=True)
class Street:
    """What is known of a street before its houses. `first`: where its numbers begin; `houses` and `flats`: how many."""

    seed: int
    name: str
    locality: str
    region: str
    postcode: str
    numbering: int
    first: int
    houses: int
    flats: int
    # Whether flats stand in towers, with offices and shops.
    tall: bool


def rows_of(street: Street) -> list[Row]:
    """Every address of the street once."""
    dice = random.Random(street.seed)
    rows = list(_parcels(street, dice))
    if street.flats and rows:
        rows.extend(_flats(street, rows, dice))
    return rows


def _parcels(street: Street, dice: random.Random) -> Iterator[Row]:
    if street.numbering == DISTANCE:
        yield from _along(street, dice)
        return
    left = street.houses
    if street.numbering == BOTH:
        yield from _side(street, left // 2, 0, dice)
        left -= left // 2
    yield from _side(street, left, 1 if street.numbering == BOTH else dice.randrange(2), dice)


def _side(street: Street, left: int, odd: int, dice: random.Random) -> Iterator[Row]:
    name, locality, region, postcode = street.name, street.locality, street.region, street.postcode
    draw, range_from = dice.random, 1 - (_RANGE_NSW if region == "NSW" else _RANGE)
    letter_from = range_from - _LETTER
    at = street.first + (street.first + odd) % 2
    while left > 0:
        luck = draw()
        if luck < _GAP:
            at += 2 + 2 * int(luck / _GAP * 3)
        left -= 1
        if luck < letter_from:
            yield Row(name, locality, region, postcode, at)
        elif luck < range_from:
            yield from _lettered(street, at, left, luck)
            left -= 1
        else:
            end = at + 2 + 2 * int(dice.paretovariate(1.3) - 1) % 40
            yield Row(name, locality, region, postcode, at, end=end)
            at = end
        at += 2


def _lettered(street: Street, at: int, left: int, luck: float) -> Iterator[Row]:
    """Two houses on a divided parcel: 12 and 12A, or 12A and 12B."""
    both_lettered = int(luck * 100_000) % 10 < 4
    place = (street.name, street.locality, street.region, street.postcode)
    yield Row(*place, at, suffix="A")
    if left:
        yield Row(*place, at, suffix="B" if both_lettered else "")


def _along(street: Street, dice: random.Random) -> Iterator[Row]:
    """Numbers by distance, to five digits on long roads; and lots that have none."""
    place = (street.name, street.locality, street.region, street.postcode)
    length = min(95_000, int(street.houses * dice.lognormvariate(3.0, 0.9)) + 2 * street.houses)
    for number in sorted(dice.sample(range(street.first, street.first + length + 1), street.houses)):
        luck = dice.random()
        if luck < _LOT:
            yield Row(*place, number % 1500 + 1, lot=True)
        elif luck < _LOT + 0.02:
            yield Row(*place, number, suffix="AB"[number % 2])
        else:
            yield Row(*place, number)


def _flats(street: Street, parcels: list[Row], dice: random.Random) -> Iterator[Row]:
    left = street.flats
    standing = [parcel for parcel in parcels if not parcel.lot]
    dice.shuffle(standing)
    while left > 0 and standing:
        parcel = standing.pop()
        count = _building_size(street, dice) if standing else left
        count = min(left, count)
        left -= count
        yield from _building(parcel, count, street.tall, dice)


def _building_size(street: Street, dice: random.Random) -> int:
    luck = dice.random()
    if luck < 0.45:
        size = 2 + int(luck * 9)
    elif luck < 0.85:
        size = 6 + int((luck - 0.45) * 45)
    else:
        size = int(24 * dice.paretovariate(1.1))
    # What is left of a street's flats has to find room in as many buildings as it has parcels.
    return max(size * (3 if street.tall else 1), street.flats // max(1, street.houses))


def _building(parcel: Row, count: int, tall: bool, dice: random.Random) -> Iterator[Row]:
    luck = dice.random()
    if count >= 6 and luck < _NAMED:
        # The name goes with one row: the building's own.
        name = f"{parcel.street.split()[0]} {_BUILDINGS[dice.randrange(len(_BUILDINGS))]}"
        yield parcel._replace(unit="1", unit_kind="Unit", building=name)
        count -= 1
        if not count:
            return
    if count < _FLOORS_FROM or dice.random() < 0.35:
        yield from _numbered(parcel, count, luck < _NAMED, dice)
    elif tall and luck > 0.7:
        yield from _offices(parcel, count)
    else:
        yield from _floors(parcel, count, shops=tall and dice.random() < 0.4, levels=dice.random() < 0.15)


def _numbered(parcel: Row, count: int, from_two: bool, dice: random.Random) -> Iterator[Row]:
    """Units 1 to n, or A to D."""
    kind = _FEW_KINDS[dice.randrange(len(_FEW_KINDS))]
    lettered = count <= 4 and dice.random() < 0.12
    for at in range(count):
        number = at + 1 + from_two
        yield parcel._replace(unit="ABCDEF"[number - 1] if lettered else str(number), unit_kind=kind)


def _floors(parcel: Row, count: int, *, shops: bool, levels: bool) -> Iterator[Row]:
    """101, 102 on the first floor, 201 on the second; below them G01, or shops."""
    a_floor = max(3, min(18, count // 6))
    kind = _MANY_KINDS[count % len(_MANY_KINDS)]
    for at in range(count):
        floor, door = divmod(at, a_floor)
        if floor == 0 and shops:
            yield parcel._replace(unit=str(door + 1), unit_kind="Shop")
        else:
            unit = f"{floor}{door + 1:02}" if floor else f"G{door + 1:02}"
            yield parcel._replace(unit=unit, unit_kind=kind, level=f"Level {floor or 'G'}" if levels else "")


def _offices(parcel: Row, count: int) -> Iterator[Row]:
    """Whole levels, and suites on the others."""
    for at in range(count):
        floor = at // 3 + 1
        if at % 3 == 0:
            yield parcel._replace(level=f"Level {floor}")
        else:
            yield parcel._replace(unit=f"{floor}{at % 3:02}", unit_kind="Suite", level=f"Level {floor}")
