"""What nobody types, and somebody may send: whatever it is, the finder answers, and soon."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings

from almoner.addresses.port import MAX_QUERY_LENGTH, MAX_RESULTS
from almoner.addresses.rendering import suggestion_of
from rig import report
from rig.engines import Finder
from rig.replaying import percentile

_SHOWN: Final = 3
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789/-, '.é漢\u0301ß"
_SHORT: Final = ("st", "the", "n", "s", "1", "12", "a", "mt")
_PARTS: Final = ("st", "rd", "nsw", "2000", "the", "12", "3/12", "a/3", "lot 5", "level 7", "unit 9")


def measure(finder: Finder, dice: random.Random, *, count: int) -> dict[str, float]:
    """Milliseconds of CPU that so many take, all that may be asked for at once and as donors would be shown it."""
    if not settings.configured:
        # Labels of fields ask for the language.
        settings.configure(USE_I18N=False)
    taken = []
    for query in _queries(finder, dice, count):
        started = time.thread_time()
        for hit in finder.index.find(query, limit=MAX_RESULTS):
            suggestion_of(finder.index, hit)
        taken.append((1000 * (time.thread_time() - started), query))
    taken.sort(reverse=True)
    report.table(
        ("strange queries: the dearest", "ms of CPU"),
        [(repr(query[:60]), ms) for ms, query in taken[:_SHOWN]],
    )
    return {
        "strange_queries": len(taken),
        "strange_p99_ms": round(percentile([ms for ms, _ in taken], 99), 2),
        "strange_slowest_ms": round(taken[0][0], 2),
    }


def _queries(finder: Finder, dice: random.Random, count: int) -> Iterator[str]:
    kinds = (_letters, _gibberish, _short_words, _words_of(finder, dice))
    for at in range(count):
        yield kinds[at % len(kinds)](dice)[:MAX_QUERY_LENGTH]


def _letters(dice: random.Random) -> str:
    return "".join(dice.choices(_LETTERS, k=dice.randrange(MAX_QUERY_LENGTH)))


def _gibberish(dice: random.Random) -> str:
    """Nearly words: they look like slips of very many names."""
    return " ".join(
        "".join(dice.choices("aeiorstnl", k=dice.randrange(1, 12))) for _ in range(dice.randrange(1, 20))
    )


def _short_words(dice: random.Random) -> str:
    """Each may be a street's or a place's: there are as many ways to part them as can be."""
    return " ".join(dice.choices(_SHORT, k=dice.randrange(1, 60)))


def _words_of(finder: Finder, dice: random.Random) -> Callable[[random.Random], str]:
    """Real names of streets and places, one after the other."""
    streets = int(finder.index.file.meta["counts"]["streets"])
    chosen = [dice.randrange(streets) for _ in range(1_500)]
    names = [finder.index.name_of(street).lower() for street in chosen]
    places = [finder.index.place_of(street)[0].lower() for street in chosen]
    words = (*names, *places, *_PARTS)
    return lambda dice: " ".join(dice.choices(words, k=dice.randrange(1, 30)))
