"""The address fields of a form, country by country: which, in what order, named how, and which must be filled in."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.translation import get_language, gettext

from almoner.addresses import postcodes, wording
from almoner.addresses.countries import Country, Region, country_of, fold
from almoner.addresses.wording import Wording

# Stable names of inputs and of PostalAddress's own fields, by the letter of the postal formats.
FIELD_NAMES: Final = {
    "A": ("line1", "line2"),
    "D": ("dependent_locality",),
    "C": ("locality",),
    "S": ("region",),
    "Z": ("postcode",),
    "X": ("sorting_code",),
}

_AUTOCOMPLETE: Final = {
    "line1": "address-line1",
    "line2": "address-line2",
    "dependent_locality": "address-level3",
    "locality": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
    "sorting_code": "off",
}

MAX_LENGTHS: Final = {
    "line1": 120,
    "line2": 120,
    "dependent_locality": 80,
    "locality": 80,
    "region": 80,
    "postcode": postcodes.MAX_LENGTH,
    "sorting_code": 40,
}

# Where people say "postcode"; elsewhere it is a postal code.
_SAY_POSTCODE: Final = frozenset(["AU", "CC", "CX", "GB", "GG", "GI", "IM", "JE", "MY", "NF", "NL", "NZ"])

_OTHER_KINDS: Final = {
    ("AU", "S"): "state or territory",
    ("CA", "S"): "province or territory",
    ("CA", "C"): "plain city",
    ("US", "C"): "plain city",
}


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field. Its texts and choices are in the language that is active when they are read.

    `width` is in characters. `hint_example` is a value as the country writes it ("SW1A 1AA") or "".
    """

    name: str
    required: bool
    autocomplete: str
    max_length: int
    inputmode: str
    hint_example: str
    width: int
    wording: Wording
    language: str
    regions: tuple[Region, ...] = ()

    @property
    def label(self) -> str:
        return gettext(self.wording.label)

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of each region, or () where it is typed. In the country's own language its own order."""
        if _active_language() == self.language:
            return tuple((region.code, region.native_name) for region in self.regions)
        named = ((region.code, region.latin_name) for region in self.regions)
        return tuple(sorted(named, key=lambda each: fold(each[1])))

    @property
    def missing(self) -> str:
        """The error when it is required and empty, or no entry of its list."""
        return gettext(self.wording.missing)

    @property
    def invalid(self) -> str:
        """The error when it cannot be right."""
        return gettext(self.wording.invalid) % {"example": self.hint_example}


def fields_for(country: str) -> tuple[AddressField, ...]:
    """The country's fields in the order it writes them. Raises CountryUnknown."""
    return _fields(country_of(country).code, _active_language())


@cache
def _fields(code: str, language: str) -> tuple[AddressField, ...]:
    country = country_of(code)
    letters = country.letters(language)
    # A sorting code (CEDEX) is part of a firm's address. A form for people does not ask it; a stored one is printed.
    return tuple(
        _field(country, letter, name) for letter in letters if letter != "X" for name in FIELD_NAMES[letter]
    )


def _field(country: Country, letter: str, name: str) -> AddressField:
    return AddressField(
        name=name,
        required=letter in country.required and name != "line2",
        autocomplete=_AUTOCOMPLETE[name],
        max_length=MAX_LENGTHS[name],
        inputmode="numeric" if name == "postcode" and _all_digits(country) else "",
        hint_example=postcodes.example(country) if name == "postcode" else "",
        width=_width(country, name),
        wording=_wording(country, letter, name),
        language=country.language,
        regions=country.regions if name == "region" else (),
    )


def _wording(country: Country, letter: str, name: str) -> Wording:
    kind = _OTHER_KINDS.get((country.code, letter), country.kinds.get(letter, ""))
    match letter:
        case "D":
            return wording.DEPENDENT_LOCALITIES[kind]
        case "C":
            return wording.LOCALITIES[kind]
        case "S":
            return (wording.REGIONS if country.regions else wording.TYPED_REGIONS)[kind]
        case "Z":
            return wording.POSTCODES["postcode" if country.code in _SAY_POSTCODE else kind]
    return _line_wording(country, name)


def _line_wording(country: Country, name: str) -> Wording:
    # Japan's format has no line for the city: it is the first part of the street address.
    if country.code == "JP":
        return wording.LINE1_WITH_CITY if name == "line1" else wording.LINE2_BUILDING
    return wording.LINE1 if name == "line1" else wording.LINE2


def _all_digits(country: Country) -> bool:
    pattern = country.postcode_pattern.pattern if country.postcode_pattern else "A"
    return bool(country.postcode_examples) and not any(char.isalpha() for char in pattern.replace(r"\d", ""))


def _width(country: Country, name: str) -> int:
    if name == "postcode":
        return max(5, *(len(each) + 1 for each in country.postcode_examples), 5)
    return 40 if name in ("line1", "line2") else 30


def _active_language() -> str:
    return (get_language() or "en").split("-")[0].lower()
