"""A demonstration finder over a few hundred public buildings (demo_pack.csv): real places, and no national file.

Town halls, libraries, museums, universities and courts, compiled by this project as plain facts. It searches by
reading every row, which is right for hundreds and wrong for millions.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext

from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS, FinderUnavailable, Suggestion
from almoner.addresses.postal import PostalAddress, format_lines

SOURCE: Final = "demo-public-buildings"
RELEASE: Final = "2026-11"

# Both ways: "rd" finds Road, and "saint" finds St Georges Terrace.
_SHORT_FORMS: Final = {
    "avenue": "ave av", "boulevard": "blvd bvd", "centre": "ctr center", "circuit": "cct", "close": "cl",
    "court": "ct", "crescent": "cres cr", "drive": "dr", "east": "e", "esplanade": "esp", "highway": "hwy",
    "lane": "ln", "mount": "mt", "north": "nth n", "parade": "pde", "place": "pl", "road": "rd", "saint": "st",
    "south": "sth s", "square": "sq", "street": "st", "terrace": "tce ter", "university": "uni", "west": "w",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A building and the words it can be found by. They stand between spaces: " geo" is the start of one."""

    suggestion: Suggestion
    words: str
    numbers: frozenset[str]
    street: str


@dataclass(frozen=True, slots=True)
class DemoFinder:
    """The pack's buildings in one country, behind almoner.addresses.port.Finder."""

    country: str
    entries: tuple[Entry, ...]
    by_key: Mapping[str, Suggestion]
    source: str = SOURCE
    release: str = RELEASE

    @property
    def attribution(self) -> str:
        return gettext("A small demonstration set of public buildings, not a national address file.")

    def find(self, query: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """Every word typed must begin a word of the building or its address, in any order. See port.Finder."""
        typed = tuple(words_of(query[:MAX_QUERY_LENGTH]))
        if not typed:
            return ()
        hits = list(self.entries)
        for word in typed:
            start = f" {word}"
            hits = [entry for entry in hits if start in entry.words]
        hits.sort(key=lambda entry: _rank(entry, typed))
        return tuple(entry.suggestion for entry in hits[: max(1, min(limit, MAX_RESULTS))])

    def get(self, key: str) -> Suggestion | None:
        return self.by_key.get(key)


def words_of(text: str) -> Iterator[str]:
    """Words without case, accents and apostrophes: "St John’s" is "st", "johns"."""
    bare = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).casefold()
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return (word for word in re.split(r"[\W_]+", letters) if word)


@cache
def demo_finders() -> Mapping[str, DemoFinder]:
    """The pack's finders by country. Raises FinderUnavailable where the file cannot be read."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    try:
        with Path(__file__).with_name("demo_pack.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                entries[row["country"]].append(_entry(row))
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise FinderUnavailable(f"demo_pack.csv: {error!r}") from error
    return {
        country: DemoFinder(country, tuple(each), {entry.suggestion.key: entry.suggestion for entry in each})
        for country, each in entries.items()
    }


def _rank(entry: Entry, typed: tuple[str, ...]) -> tuple[bool, bool, bool, int, str]:
    """Street number with its street, the number alone, a name that begins so, the most whole words, the alphabet."""
    number = not entry.numbers.isdisjoint(typed)
    street = number and any(f" {word}" in entry.street for word in typed if not word.isdigit())
    begins = entry.words.startswith(typed[0], 1)
    part_words = len([word for word in typed if f" {word} " not in entry.words])
    return (not street, not number, not begins, part_words, entry.suggestion.label)


def _entry(row: Mapping[str, str]) -> Entry:
    numbered = row["street"][:1].isdigit()
    address = PostalAddress(
        country=row["country"],
        line1=row["street"] if numbered else row["name"],
        line2="" if numbered else row["street"],
        dependent_locality=row["dependent_locality"],
        locality=row["locality"],
        region=row["region"],
        postcode=row["postcode"],
        origin="chosen",
        source=SOURCE,
        release=RELEASE,
    )
    lines = format_lines(address, with_country=False)
    label = ", ".join(lines if not numbered else (row["name"], *lines))
    key = "-".join((row["country"].lower(), *words_of(row["name"])))
    street = list(words_of(row["street"]))
    return Entry(
        suggestion=Suggestion(key, label, address),
        words=_searchable([*words_of(label), *words_of(row["name"])]),
        numbers=frozenset(word for word in street if word[0].isdigit()),
        street=_searchable(street),
    )


def _searchable(words: list[str]) -> str:
    also = [form for word in words for form in _other_forms().get(word, ())]
    return f" {' '.join([*words, *also])} "


@cache
def _other_forms() -> Mapping[str, list[str]]:
    forms: dict[str, list[str]] = defaultdict(list)
    for full, short in _SHORT_FORMS.items():
        for each in short.split():
            forms[full].append(each)
            forms[each].append(full)
    return forms
