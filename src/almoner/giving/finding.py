"""What the address field asks while a donor types: `GET /give/addresses/?country=AU&q=3/12%20geor`, answered as JSON.

It stands in front of Django: no session, no cookie, no row, no log line. Bounds make it useless for taking the file
away: three characters with two letters at least, eight results, no pages, no identifiers. What can't be answered (a PO
box, no finder, one that is down or slow) is answered by `manual`, and the form opens its fields by hand.
"""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from almoner.addresses.finder import (
    MAX_QUERY_LENGTH,
    FinderUnavailable,
    Suggestion,
    finder_for,
    wants_manual_entry,
)
from almoner.giving.limits import network_of

Headers = list[tuple[str, str]]

MAX_FOUND: Final = 8
_MIN_CHARACTERS: Final = 3
_MIN_LETTERS: Final = 2
# As bytes of the address: 200 characters, each of four bytes as %XX, and the country.
_LONGEST_QUERY_STRING: Final = MAX_QUERY_LENGTH * 12 + 100
_STORE: Final = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Reply:
    status: str
    headers: Headers
    body: bytes


@dataclass(slots=True)
class Buckets:
    """So many requests a second for each network address, and a burst on top. In this process's memory alone.

    Generous, for a hall or a carrier shares one address; a person types five keys a second. Beyond `capacity` the
    address that asked longest ago is forgotten.
    """

    per_second: float = 40.0
    burst: float = 200.0
    capacity: int = 10_000
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, network: str) -> bool:
        """One request of a network; False when it has none left."""
        at = self.clock()
        with self._lock:
            left, since = self._left.pop(network, (self.burst, at))
            left = min(self.burst, left + (at - since) * self.per_second)
            taken = left >= 1
            self._left[network] = (left - 1 if taken else left, at)
            if len(self._left) > self.capacity:
                self._left.popitem(last=False)
        return taken


@dataclass(slots=True)
class Turns:
    """At most so many searches at once, so that a finder that hangs never holds the threads that gifts need.

    Who waits longer than `wait_seconds` goes without, and so does everybody for `rest_seconds` after.
    """

    at_once: int = 4
    wait_seconds: float = 0.3
    rest_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _resting_until: float = float("-inf")
    _free: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = threading.Semaphore(self.at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises FinderUnavailable when there is none soon."""
        wait = self.wait_seconds if self.clock() >= self._resting_until else 0.0
        if not self._free.acquire(timeout=wait):
            if wait:
                self._resting_until = self.clock() + self.rest_seconds
            raise FinderUnavailable("the finder is busy")
        try:
            yield
        finally:
            self._free.release()


@dataclass(frozen=True, slots=True)
class Addresses:
    """The endpoint, in the active language. `common` stands on every answer."""

    common: Headers
    buckets: Buckets = field(default_factory=Buckets)
    turns: Turns = field(default_factory=Turns)

    def reply(self, query_string: str, *, client: str, if_none_match: str = "") -> Reply:
        if not self.buckets.take(network_of(client)):
            return self._reply("429 Too Many Requests", b"{}", [("Retry-After", "1")], store="no-store")
        country, query = _asked(query_string)
        try:
            with self.turns.turn():
                found, manual = _found(country, query)
        except FinderUnavailable:
            # It may be back with the next key.
            return self._reply("200 OK", _body((), manual=True), [], store="no-store")
        body = _body(found, manual=manual)
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        if etag in if_none_match:
            headers = [*self.common, ("Cache-Control", _STORE), ("ETag", etag)]
            return Reply("304 Not Modified", headers, b"")
        return self._reply("200 OK", body, [("ETag", etag)], store=_STORE)

    def _reply(self, status: str, body: bytes, headers: Headers, *, store: str) -> Reply:
        about = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", store),
        ]
        return Reply(status, [*self.common, *about, *headers], body)


def note_of(suggestion: Suggestion) -> str:
    """What is said beside an address whose number or flat isn't known; "" where all of it is."""
    if suggestion.known:
        return ""
    typed = _difference(suggestion.key, suggestion.label)
    if typed[:1].isdigit():
        return _("We don’t know number %(typed)s there; it stays as you typed it") % {"typed": typed}
    return _("We don’t know “%(typed)s” there; it stays as you typed it") % {"typed": typed}


def _difference(key: str, label: str) -> str:
    """The donor's part of an address: "999" of "999 George Street" beside "George Street", wherever it stands."""
    if key.endswith(label):
        return key.removesuffix(label).strip(" ,/")
    same = next((at for at, pair in enumerate(zip(key, label, strict=False)) if pair[0] != pair[1]), 0)
    tail = len(label) - same
    return key[same : len(key) - tail].strip(" ,/")


def _asked(query_string: str) -> tuple[str, str]:
    """(country, query), the first of each; ("", "") for what no form of ours asks."""
    if len(query_string) > _LONGEST_QUERY_STRING:
        return "", ""
    try:
        values = parse_qs(query_string, max_num_fields=8)
    except ValueError:
        return "", ""
    query = " ".join(values.get("q", [""])[0].split())
    return values.get("country", [""])[0], query if len(query) <= MAX_QUERY_LENGTH else ""


def _found(country: str, query: str) -> tuple[tuple[Suggestion, ...], bool]:
    """(what there is, whether to open the fields by hand). Raises FinderUnavailable."""
    if wants_manual_entry(query):
        return (), True
    if len(query) < _MIN_CHARACTERS or sum(each.isalpha() for each in query) < _MIN_LETTERS:
        return (), False
    finder = finder_for(country)
    if finder is None:
        return (), True
    return finder.find(query, limit=MAX_FOUND)[:MAX_FOUND], False


def _body(found: tuple[Suggestion, ...], *, manual: bool) -> bytes:
    rows = [{"label": each.label, "key": each.key, "note": note_of(each)} for each in found]
    return json.dumps({"found": rows, "manual": manual}, ensure_ascii=False, separators=(",", ":")).encode()
