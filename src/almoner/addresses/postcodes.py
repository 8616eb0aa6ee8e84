"""Postcodes as people type them, made into the form their country writes."""

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase
from typing import Final

from almoner.addresses.countries import Country, Region

MAX_LENGTH: Final = 20

# What the data would give is correct but odd to read ("2060"); these are the ones everybody knows.
_EXAMPLES: Final = {"AU": "2000", "GB": "SW1A 1AA", "NZ": "6011"}

# Marks that input methods put beside a postcode or between its digits, and that Unicode does not call punctuation.
_MARKS: Final = frozenset("〒−ー～+")

# Localities that are reached from over the border and have the neighbour's postcode (Jennings NSW 4383, Mungindi QLD
# 2406, Ranken NT 4825 ...). The data's prefixes leave them out.
_OVER_THE_BORDER: Final = {
    "NSW": frozenset({"3691", "4375", "4377", "4380", "4383", "4385"}),
    "NT": frozenset({"4825"}),
    "QLD": frozenset({"2406"}),
}


def example(country: Country) -> str:
    """One postcode as the country writes it, or "" where none is known."""
    known = country.postcode_examples[0] if country.postcode_examples else ""
    return _EXAMPLES.get(country.code, known)


def compact(text: str) -> str:
    """Capital letters and ASCII digits of any width or script; spaces, punctuation and invisible marks are gone."""
    return "".join(_plain_characters(text)).upper()


def canonical(country: Country, text: str) -> str | None:
    """`text` in the country's own form ("sw1a1aa" is "SW1A 1AA"), or None when it cannot be one of its postcodes."""
    packed = compact(text)
    if country.postcode_pattern is None:
        return packed
    fits = country.postcode_pattern.fullmatch
    return next(
        (shaped for base in _bases(country, packed) for shaped in _shapes(country, base) if fits(shaped)),
        None,
    )


def belongs(region: Region, postcode: str) -> bool:
    """Whether an Australian postcode is used in a state: by the data's prefixes, and the border's exceptions.

    Other countries' prefixes are left alone: a donor should not be refused because such a list has aged.
    """
    known = re.match(region.postcode_prefix, postcode) is not None
    return known or postcode in _OVER_THE_BORDER.get(region.code, ())


def _plain_characters(text: str) -> Iterator[str]:
    for char in unicodedata.normalize("NFKC", text):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            yield str(digit)
        elif unicodedata.category(char)[0] not in "PZC" and char not in _MARKS:
            yield char


def _bases(country: Country, packed: str) -> Iterator[str]:
    """What was typed; then without a country's letters in front (MC-98000, D-10115); then with those it left out."""
    yield packed
    for prefix in (compact(country.postcode_prefix), country.code, country.code[0]):
        if prefix and packed.startswith(prefix):
            yield packed[len(prefix) :]
    yield from (prefix + packed for prefix in _common_prefix(country))


def _common_prefix(country: Country) -> Iterator[str]:
    """The letters that every postcode of the country begins with: LV in LV-1010, AD in AD500."""
    letters = {each[: len(each) - len(each.lstrip(ascii_uppercase))] for each in country.postcode_examples}
    # One letter is no name of a country but a part of the code (Ireland's A65 stands in a single example).
    if len(letters) == 1 and len(prefix := letters.pop()) > 1:
        yield prefix


def _shapes(country: Country, packed: str) -> Iterator[str]:
    """The same characters with the separators of an example of that length, then with one anywhere, then with none."""
    for known in country.postcode_examples:
        if len(compact(known)) == len(packed):
            yield _in_the_shape_of(known, packed)
    for at in range(1, min(len(packed), 12)):
        yield f"{packed[:at]} {packed[at:]}"
        yield f"{packed[:at]}-{packed[at:]}"
    yield packed


def _in_the_shape_of(known: str, packed: str) -> str:
    characters = iter(packed)
    return "".join(next(characters) if each.isalnum() else each for each in known)
