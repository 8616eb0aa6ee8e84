"""Postal addresses: what a donor typed, read and checked by the country's rules, and printed as it writes them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Final, Literal, Self, get_args

from django.utils.translation import get_language

from almoner.addresses import postcodes, wording
from almoner.addresses.countries import (
    Country,
    CountryUnknown,
    country_choices,
    country_name,
    country_of,
    is_latin,
)
from almoner.addresses.fields import FIELD_NAMES, AddressField, fields_for

__all__ = [
    "AddressField",
    "AddressInvalid",
    "AddressMalformed",
    "CountryUnknown",
    "PostalAddress",
    "country_choices",
    "country_name",
    "fields_for",
    "format_lines",
    "read_address",
]

Origin = Literal["typed", "chosen", "edited"]

_TOKEN = re.compile(r"(%[A-Z])")
_LINE_BREAKS: Final = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
# Marks that change the direction of all that follows, byte order marks and soft hyphens come along with what is pasted
# from a phone's contacts. They are dropped; joiners stay, for Persian and the Indic scripts cannot be written without.
_PASTED_MARKS: Final = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")
)


class AddressInvalid(ValueError):
    """What was typed is no address of that country. `errors` has a text for each wrong field, in the form's order."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


class AddressMalformed(ValueError):
    """A stored address is not of the shape that to_dict writes."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address in its country's terms; parts that were not given are "".

    `country` is ISO 3166-1 alpha-2. `region` is the code of the country's list where it has one ("NSW", "東京都"), and
    otherwise what was typed: print with format_lines. `origin` says whether the donor typed it, chose it from a
    finder, or chose and then edited it; `source` and `release` then name the finder's data.
    """

    country: str
    line1: str = ""
    line2: str = ""
    dependent_locality: str = ""
    locality: str = ""
    region: str = ""
    postcode: str = ""
    sorting_code: str = ""
    origin: Origin = "typed"
    source: str = ""
    release: str = ""

    def to_dict(self) -> dict[str, str]:
        """For JSON; from_dict reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """The address that to_dict wrote. Raises AddressMalformed where a key is missing, unknown or no text."""
        known = {each.name for each in fields(cls)}
        if set(stored) != known:
            raise AddressMalformed(f"unexpected or missing: {', '.join(sorted(set(stored) ^ known))}")
        if not all(isinstance(value, str) for value in stored.values()):
            raise AddressMalformed("every value must be a text")
        if stored["origin"] not in get_args(Origin):
            raise AddressMalformed("origin must be one of " + ", ".join(get_args(Origin)))
        return cls(**stored)  # type: ignore[arg-type]

    def values(self) -> dict[str, str]:
        """The parts by the names of a form's inputs, country included: what fills the form again."""
        return {
            name: value
            for name, value in self.to_dict().items()
            if name not in ("origin", "source", "release")
        }

    def compared_with(self, found: "PostalAddress") -> "PostalAddress":
        """This address with the provenance of the one a finder gave: chosen when alike, edited when not."""
        origin: Origin = "chosen" if self.values() == found.values() else "edited"
        return replace(self, origin=origin, source=found.source, release=found.release)


def read_address(
    country: str,
    values: Mapping[str, str],
    *,
    origin: Origin = "typed",
    source: str = "",
    release: str = "",
) -> PostalAddress:
    """The address in a form's values, cleaned and checked. Names that the country doesn't use are not read.

    Raises AddressInvalid with every error at once, texts in the active language.
    """
    try:
        rules = country_of(country)
        asked = fields_for(country)
    except CountryUnknown:
        raise AddressInvalid({"country": wording.choose_country()}) from None
    parts: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in asked:
        try:
            parts[field.name] = _read(rules, field, values.get(field.name, ""))
        except _Refused as refused:
            errors[field.name] = str(refused)
    # The data that a finder gave knows its border towns better than the prefixes do.
    if not errors and origin != "chosen" and (doubt := _wrong_state(rules, parts)):
        errors["postcode"] = doubt
    if errors:
        raise AddressInvalid(errors)
    return PostalAddress(country=rules.code, **parts, origin=origin, source=source, release=release)


def format_lines(address: PostalAddress, *, with_country: bool) -> tuple[str, ...]:
    """The address as its country writes it, a text a line, in the Latin or the native order by its own letters.

    The country's name comes last, in the active language. Raises CountryUnknown.
    """
    rules = country_of(address.country)
    latin = is_latin(address.line1 + address.line2 + address.dependent_locality + address.locality)
    pattern = rules.latin_format if latin else rules.native_format
    parts = _printed(address, rules, latin=latin)
    lines = [line for each in pattern.split("%n") for line in _format_line(each, parts)]
    if with_country:
        lines.append(country_name(rules.code, get_language()))
    return tuple(lines)


class _Refused(ValueError):
    """One field cannot be read; the text is for the donor."""


def _read(rules: Country, field: AddressField, text: str) -> str:
    clean = _clean(field, text)
    if field.required and not clean:
        raise _Refused(field.missing)
    if not clean:
        return ""
    if field.name == "postcode":
        return _read_postcode(rules, field, clean)
    if field.regions:
        return _read_region(rules, field, clean)
    return clean


def _read_postcode(rules: Country, field: AddressField, text: str) -> str:
    postcode = postcodes.canonical(rules, text)
    if postcode is None:
        raise _Refused(field.invalid)
    return postcode


def _read_region(rules: Country, field: AddressField, text: str) -> str:
    region = rules.region(text)
    if region is None:
        raise _Refused(field.missing)
    return region.code


def _clean(field: AddressField, text: str) -> str:
    """The text on one line with single spaces. What has no letter or digit at all ("-", "...") counts as empty."""
    stripped = text.strip()
    if any(char in _LINE_BREAKS for char in stripped):
        raise _Refused(wording.line_break(field.label))
    plain = " ".join(unicodedata.normalize("NFC", stripped.translate(_PASTED_MARKS)).split())
    if any(_unprintable(char) for char in plain):
        raise _Refused(wording.unreadable(field.label))
    if len(plain) > field.max_length:
        raise _Refused(wording.too_long(field.label, field.max_length))
    return plain if any(_says_something(char) for char in plain) else ""


def _unprintable(char: str) -> bool:
    """Control characters, halves of surrogate pairs, and the code points that are no characters."""
    return (
        unicodedata.category(char) in ("Cc", "Cs")
        or ord(char) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= char <= "\ufdef"
    )


def _says_something(char: str) -> bool:
    # Scripts younger than this Python's tables have no category yet: what is unassigned gets the benefit of the doubt.
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) in ("Cn", "Co", "So")


def _wrong_state(rules: Country, parts: Mapping[str, str]) -> str:
    """The error where an Australian postcode belongs to another state, else ""."""
    if rules.code != "AU":
        return ""
    region = rules.region(parts["region"])
    if region is None or postcodes.belongs(region, parts["postcode"]):
        return ""
    return wording.wrong_state(parts["postcode"], region.latin_name)


def _printed(address: PostalAddress, rules: Country, *, latin: bool) -> dict[str, tuple[str, ...]]:
    """What stands for each letter of the format: one text, or several lines for the street."""
    stored = address.values()
    region = rules.region(address.region) if address.region else None
    if region is not None:
        stored["region"] = region.latin if latin else region.native
    return {
        f"%{letter}": tuple(stored[name] for name in names if stored[name])
        for letter, names in FIELD_NAMES.items()
    }


def _format_line(pattern: str, parts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A line of the format filled in. Text between fields is printed only where both its neighbours are."""
    if "%" not in pattern:
        return (pattern,)
    if pattern == "%A":
        return parts["%A"]
    line = between = ""
    for token in _TOKEN.split(pattern):
        if not token.startswith("%"):
            between = token
        elif text := ", ".join(parts.get(token, ())):
            # At the start only what belongs to the field itself is kept: "MC-" and "〒", not a comma or a space.
            line += (between if line or between.strip(" ,-/") else "") + text
    return (line.strip(" ,"),) if line else ()
