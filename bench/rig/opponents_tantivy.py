"""tantivy as an address finder: a document an address, and a document a street beside the finder's own houses.

All words must be there, the last one as a beginning; where nothing is found, each word may have one slip. tantivy is
for development only: without it the bench runs and says that it is missing.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

try:
    import tantivy
except ImportError:
    tantivy = None

from almoner.addresses.index.houses import House
from almoner.addresses.index.searching import Index
from rig.australia import Australia
from rig.engines import SUGGESTIONS
from rig.opponents_reading import Read, endings, read, words_of
from rig.opponents_sqlite import answer_at, packed, text_of
from rig.truth import Answer

PRESENT: Final = tantivy is not None
_HEAP_BYTES: Final = 256_000_000
_ASKED: Final = 48
_SHORTEST_SLIPPED: Final = 3
# street, number, suffix, end, unit, level, lot
Found = tuple[int, int, str, int, str, str, bool]


class _Words:
    """An index of texts in one field, each with its number and, to sort by, its weight."""

    def __init__(self, folder: Path, texts: Iterable[tuple[int, str, int]]) -> None:
        folder.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="basic")
        builder.add_integer_field("at", fast=True)
        builder.add_integer_field("weight", fast=True)
        self.schema = builder.build()
        index = tantivy.Index(self.schema, path=str(folder))
        writer = index.writer(_HEAP_BYTES, 1)
        for at, text, weight in texts:
            writer.add_document(tantivy.Document(words=text, at=at, weight=weight))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.bytes = sum(path.stat().st_size for path in folder.rglob("*"))
        self.searcher = index.searcher()

    def query(self, words: list[str], begun: str, *, slips: bool) -> Any:
        """All of the words, `begun` as the beginning of one; with `slips`, each with one slip at most."""
        parts = [(tantivy.Occur.Must, self._word(word, slips=slips)) for word in words]
        if begun:
            parts.append((tantivy.Occur.Must, self._begun(begun, slips=slips)))
        return tantivy.Query.boolean_query(parts)

    def _word(self, word: str, *, slips: bool) -> Any:
        if slips and len(word) >= _SHORTEST_SLIPPED and not word[0].isdigit():
            return tantivy.Query.fuzzy_term_query(self.schema, "words", word, distance=1)
        return tantivy.Query.term_query(self.schema, "words", word, "basic")

    def _begun(self, begun: str, *, slips: bool) -> Any:
        slipped = int(slips and len(begun) >= _SHORTEST_SLIPPED and not begun[0].isdigit())
        start = tantivy.Query.fuzzy_term_query(self.schema, "words", begun, distance=slipped, prefix=True)
        forms = [
            (tantivy.Occur.Should, self._word(form, slips=False)) for form in dict.fromkeys(endings(begun))
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, start), *forms]) if forms else start


class Addresses:
    """A document an address."""

    name = "tantivy, a document an address"

    def __init__(self, folder: Path, australia: Australia, streets: Iterable[int]) -> None:
        self._australia = australia
        self._words = _Words(
            folder,
            (
                (packed(number, at), text_of(row), 0)
                for number in streets
                for at, row in enumerate(australia.rows_of(number))
            ),
        )
        self.bytes = self._words.bytes

    def find(self, text: str) -> list[int]:
        typed = read(text)
        numbers = [
            typed.unit.lower(),
            f"{typed.number}{typed.suffix.lower()}" if typed.number else "",
            str(typed.end or ""),
        ]
        words = [*filter(None, numbers), *typed.words]
        if not words and not typed.begun:
            return []
        return self._found(words, typed.begun, slips=False) or self._found(words, typed.begun, slips=True)

    def answers(self, found: list[int]) -> list[Answer]:
        return [answer_at(self._australia, at) for at in found]

    def _found(self, words: list[str], begun: str, *, slips: bool) -> list[int]:
        searcher = self._words.searcher
        hits = searcher.search(
            self._words.query(words, begun, slips=slips), limit=SUGGESTIONS, count=False
        ).hits
        return searcher.fast_field_values("at", [address for _, address in hits])


class Streets:
    """A document a street of the finder's file; whether a number stands there is asked of that file's houses."""

    name = "tantivy on streets, our houses"

    def __init__(self, folder: Path, index: Index) -> None:
        self._index = index
        weights = index.file.view("street_weight")
        self._words = _Words(
            folder,
            (
                (at, " ".join(words_of(" ".join((index.name_of(at), *index.place_of(at))))), weights[at])
                for at in range(len(weights))
            ),
        )
        self.bytes = self._words.bytes

    def find(self, text: str) -> list[Found]:
        typed = read(text)
        if not typed.words and not typed.begun:
            return []
        return self._found(typed, slips=False) or self._found(typed, slips=True)

    def answers(self, found: list[Found]) -> list[Answer]:
        return [
            Answer(self._index.name_of(street), *self._index.place_of(street), *house)
            for street, *house in found
        ]

    def _found(self, typed: Read, *, slips: bool) -> list[Found]:
        """The largest streets first that have the number."""
        searcher = self._words.searcher
        query = self._words.query(typed.words, typed.begun, slips=slips)
        hits = searcher.search(query, limit=_ASKED, count=False, order_by_field="weight").hits
        streets = searcher.fast_field_values("at", [address for _, address in hits])
        found: list[Found] = []
        for street in streets:
            if not typed.number:
                found.append((street, 0, "", 0, "", "", False))
            else:
                found.extend(self._houses(street, typed))
            if len(found) >= SUGGESTIONS:
                break
        return found[:SUGGESTIONS]

    def _houses(self, street: int, typed: Read) -> list[Found]:
        houses = self._index.houses
        if not (typed.suffix or typed.unit or typed.lot or typed.end) and houses.has(street, typed.number):
            return [(street, typed.number, "", 0, "", "", False)]
        at = houses.detailed(street, typed.number)
        if at < 0:
            return []
        for house in houses.details(at, number=typed.number):
            if house.unit == typed.unit and house.lot == typed.lot and _suffix(house) == typed.suffix:
                return [
                    (street, house.number, typed.suffix, house.end or 0, house.unit, house.level, house.lot)
                ]
        return []


def _suffix(house: House) -> str:
    return house.affix.split("\0")[1]
