"""Pages kept ready as bytes, answered before Django is asked. A view offers its answer by `response.ready = True`.

Only an answer that is the same for everybody is kept: status 200, no cookie, no Vary but Accept-Encoding. All of them
are dropped when a charity's content changes, which each process sees within a second, and at the turn of each minute,
when a goal's bar may move: at the same moment in every process, so that all answer with the same bytes. One that says
`response.ready_until` is dropped then, for what lapses at a set time.
"""

import gzip
import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from almoner.kernel.clock import now

Headers = list[tuple[str, str]]

# They say where a visitor came from and change nothing on the page.
_IGNORED_IN_QUERIES: Final = frozenset({"appeal", "story", "gclid", "fbclid", "msclkid"})
_LIFETIME_SECONDS: Final = 60.0
_LARGEST_BYTES: Final = 1024 * 1024
# How hard gzip tries for what is sent to many readers, and for what is sent once: TIMES and MORE of the bytes.
_EFFORT_KEPT: Final = 9
_EFFORT_ONCE: Final = 4


def offered(response: object) -> bool:
    return getattr(response, "ready", False) is True


def lifetime_seconds(response: object) -> float:
    """How long an offered answer may be kept: a minute, or less when something on the page lapses sooner."""
    until: datetime | None = getattr(response, "ready_until", None)
    if until is None:
        return _LIFETIME_SECONDS
    return min(_LIFETIME_SECONDS, (until - now()).total_seconds())


def key_of(host: str, path: str, query: str) -> tuple[str, str] | None:
    """What a ready page is kept under; None when the query may change the page, or its address names any colours."""
    if "/frame/" in path and not path.endswith("/frame/"):
        return None
    if query and not all(
        name in _IGNORED_IN_QUERIES or name.startswith("utm_")
        for name, _ in parse_qsl(query, keep_blank_values=True)
    ):
        return None
    return host.lower(), path


def brings_source(path: str, query: str, referrer: str) -> bool:
    """Whether a giving form is asked for from a page whose address says where its reader came from.

    Without the script only that address knows it, so Django is asked: it puts it into the form, for this one reader.
    """
    return "/give/" in path and ("utm_" in referrer or "appeal=" in referrer) and "utm_" not in query


@dataclass(frozen=True)
class Page:
    """An answer in both forms. `etag` is weak: it stands for the content, zipped or not. `zipped` is made when it is
    asked for first, with `effort` (1 to 9)."""

    etag: str
    plain: bytes
    shared_headers: Headers
    made: float
    until: float
    effort: int

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.plain, self.effort, mtime=0)

    @cached_property
    def plain_headers(self) -> Headers:
        return [*self.shared_headers, ("Content-Length", str(len(self.plain)))]

    @cached_property
    def zipped_headers(self) -> Headers:
        return [
            *self.shared_headers,
            ("Content-Encoding", "gzip"),
            ("Content-Length", str(len(self.zipped))),
        ]

    @cached_property
    def unchanged_headers(self) -> Headers:
        return [(name, value) for name, value in self.shared_headers if name.lower() != "content-type"]

    def age(self, at: float) -> tuple[str, str]:
        """The header that says how long it has been kept here, or a cache in front would count from the start again.

        Rounded up, so that no cache keeps it too long; but what was made just now is no second old.
        """
        return ("Age", str(max(0, math.ceil(at - self.made - 0.01))))


def page_from(headers: Headers, body: bytes, *, made: float, until: float, effort: int) -> Page | None:
    """The page to keep, or None when the answer is somebody's own, or too large."""
    names = {name.lower(): value for name, value in headers}
    vary = {word.strip().lower() for word in names.get("vary", "").split(",")} - {"", "accept-encoding"}
    private = "private" in names.get("cache-control", "") or "no-store" in names.get("cache-control", "")
    if "set-cookie" in names or "content-encoding" in names or vary or private or len(body) > _LARGEST_BYTES:
        return None
    etag = names.get("etag") or f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    shared = [
        (name, value) for name, value in headers if name.lower() not in {"content-length", "etag", "vary"}
    ] + [("ETag", etag), ("Vary", "Accept-Encoding")]
    return Page(etag, body, shared, made, until, effort)


class ReadyPages:
    """The pages of this process, the least used of them dropped beyond `capacity`. Threads share it."""

    def __init__(
        self,
        stamps: Callable[[], Hashable],
        *,
        capacity: int = 500,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stamps = stamps
        self._capacity = capacity
        self.clock = clock
        self._pages: OrderedDict[tuple[str, str], Page] = OrderedDict()
        self._seen: Hashable = None
        self._lock = threading.Lock()
        self.generation = 0

    def get(self, key: tuple[str, str]) -> Page | None:
        self._look()
        page = self._pages.get(key)
        if page is None:
            return None
        with self._lock:
            if page.until <= self.clock():
                self._pages.pop(key, None)
                return None
            if key in self._pages:
                self._pages.move_to_end(key)
        return page

    def put(
        self,
        key: tuple[str, str] | None,
        headers: Headers,
        body: bytes,
        *,
        generation: int,
        seconds: float = _LIFETIME_SECONDS,
    ) -> Page | None:
        """Make a page of an answer and keep it, if there is a key and it was made since `generation`: an older one may
        show what has changed meanwhile."""
        made = self.clock()
        effort = _EFFORT_KEPT if key is not None else _EFFORT_ONCE
        page = page_from(headers, body, made=made, until=made + seconds, effort=effort)
        if page is None or seconds <= 0:
            return None
        with self._lock:
            if key is not None and generation == self.generation:
                self._pages[key] = page
                while len(self._pages) > self._capacity:
                    self._pages.popitem(last=False)
        return page

    def _look(self) -> None:
        stamps = self._stamps()
        if stamps != self._seen:
            with self._lock:
                self._seen = stamps
                self._pages.clear()
                self.generation += 1
