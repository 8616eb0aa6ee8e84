"""When there is more to do than can be done: ornaments go first, then what can wait, and the form's steps last. A gift
that is being given, its donor's way back, and gateways' messages are never sent away.

The gauge is of this process: how many of its threads are at work. A request that is sent away costs a millisecond, so
what is left of the threads is left to giving.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from almoner.config import errors, metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Rank(IntEnum):
    """What goes first has the least."""

    ORNAMENT = 0
    PAGE = 1
    STEP = 2
    NEVER = 3


_LANGUAGES: Final = frozenset(code for code, _ in settings.LANGUAGES)
# Charts and sums over many rows, and what other sites show of ours.
_ORNAMENTS: Final = ("admin/giving-reports/", "oembed", "sitemap.xml", "sitemap-")
_EXPORT: Final = "/export/"
# Whoever asks here has begun to pay, or tells us of money.
_NEVER: Final = (
    "webhooks/",
    "health/",
    "metrics",
    "give/return/",
    "give/thanks/",
    "give/assets/",
    "static/",
    "sandbox/",
)
_STEPS: Final = ("details/", "payment/")
_FORM: Final = "application/x-www-form-urlencoded"


def rank_of(path: str) -> Rank:
    """Of an address, with or without a language in front. A form in a frame of another site can't show our page."""
    first, _, rest = path.removeprefix("/").partition("/")
    place = rest if first in _LANGUAGES else path.removeprefix("/")
    if place.startswith(_NEVER):
        return Rank.NEVER
    if place.startswith("give/"):
        framed, submits = "/frame/" in place, not place.endswith(_STEPS) and place.count("/") > 2
        return Rank.NEVER if framed or submits else Rank.STEP
    ornament = (
        place == "admin/" or place.startswith(_ORNAMENTS) or (place.startswith("admin/") and _EXPORT in place)
    )
    return Rank.ORNAMENT if ornament else Rank.PAGE


class Gauge:
    """How many requests are being answered. `limits`: from how many others on each rank is sent away."""

    def __init__(self, threads: int, percents: tuple[int, int, int]) -> None:
        # One that is answered is not among the others; with a single thread there are none.
        self.limits = tuple(max(1, min(threads - 1, threads * percent // 100)) for percent in percents)
        self._never = tuple(percent > 100 for percent in percents)
        self._others = 0
        self._lock = threading.Lock()

    @contextmanager
    def entered(self) -> Iterator[int]:
        """While inside, one more; gives how many others there were."""
        with self._lock:
            others, self._others = self._others, self._others + 1
        try:
            yield others
        finally:
            with self._lock:
                self._others -= 1

    def too_many(self, rank: Rank, others: int) -> bool:
        return rank != Rank.NEVER and not self._never[rank] and others >= self.limits[rank]


class Overload:
    """Middleware: see the module."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._gauge = Gauge(settings.THREADS, settings.SHED_PERCENTS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with self._gauge.entered() as others:
            rank = rank_of(request.path_info)
            if self._gauge.too_many(rank, others):
                if counting := metrics.requests():
                    counting.sent_away(rank.name.lower())
                return _sent_away(request)
            return self._get_response(request)


def _sent_away(request: HttpRequest) -> HttpResponseBase:
    language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        if request.method == "POST" and request.content_type == _FORM:
            typed = [(name, value) for name, values in request.POST.lists() for value in values]
            return errors.busy(request, typed)
        return errors.unavailable(request)
