"""A hit of the search as an address of its country, and as the line that a donor chooses."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from almoner.addresses.fields import fields_for
from almoner.addresses.index.parsing import Reading
from almoner.addresses.index.rows import PART_OF
from almoner.addresses.index.searching import Hit, Index
from almoner.addresses.port import Suggestion
from almoner.addresses.postal import PostalAddress, format_lines

# Of these "3/12" says enough; a shop or a suite is named.
_PLAIN_UNITS: Final = frozenset({"", "Unit", "Flat", "Apartment", "Home Unit", "Townhouse", "Villa"})


def suggestion_of(index: Index, hit: Hit) -> Suggestion:
    """What a donor may choose. A number that isn't known in its street stays as it was typed, and is said so."""
    place, region, postcode = index.place_of(hit.street)
    part, _, locality = place.rpartition(PART_OF)
    line1, line2 = _lines(index, hit)
    fields = _field_names(index.country)
    address = PostalAddress(
        country=index.country,
        line1=line1,
        line2=line2,
        dependent_locality=part if "dependent_locality" in fields else "",
        locality=locality if "locality" in fields else "",
        region=region if "region" in fields else "",
        postcode=postcode,
        origin="chosen",
        source=index.file.meta["source"],
        release=index.file.meta["release"],
    )
    key = label = ", ".join(format_lines(address, with_country=False))
    if line2:
        # A building without a number: its street would only stand in the way of finding it again.
        key = ", ".join(format_lines(replace(address, line2=""), with_country=False))
    known = hit.house is not None or hit.reading.number is None
    if not (known and hit.exact_unit):
        # The number or the flat is the donor's: the suggestion itself claims no more than what is known.
        bare = replace(hit, reading=Reading())
        label = ", ".join(format_lines(replace(address, line1=_lines(index, bare)[0]), with_country=False))
    elif hit.known_as >= 0 and not line2:
        label = f"{index.name_of(hit.known_as)}, {key}"
    return Suggestion(key, label, address, known=known and hit.exact_unit)


def _lines(index: Index, hit: Hit) -> tuple[str, str]:
    street, reading = index.name_of(hit.street), hit.reading
    if hit.building and hit.house is None:
        return index.name_of(hit.known_as), street
    number = hit.house.numbered if hit.house is not None else reading.numbered
    unit, kind, level = _unit(hit, reading)
    if not number:
        return street, ""
    rules = index.rules
    if not rules.number_first:
        return _joined(f"{street} {number}", f"{kind} {unit}".strip(), last=True), ""
    if rules.unit_slash and unit and kind in _PLAIN_UNITS:
        number, unit = f"{unit}/{number}", ""
    line = _joined(f"{number} {street}", f"{kind or 'Unit'} {unit}" if unit else "", last=rules.unit_last)
    return f"{level}, {line}" if level else line, ""


def _unit(hit: Hit, reading: Reading) -> tuple[str, str, str]:
    """The unit, its kind and the level: the file's where it knows them, else as they were typed."""
    house = hit.house
    if house is not None and house.unit and reading.unit:
        return house.unit, house.unit_kind, house.level or reading.level
    return reading.unit.upper(), reading.unit_type, reading.level


def _joined(line: str, unit: str, *, last: bool) -> str:
    if not unit:
        return line
    return f"{line} {unit}" if last else f"{unit}, {line}"


@lru_cache(maxsize=64)
def _field_names(country: str) -> frozenset[str]:
    """Which parts an address of the country has, by the names of PostalAddress."""
    return frozenset(field.name.removeprefix("address_") for field in fields_for(country))
