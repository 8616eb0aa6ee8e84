"""/metrics for Prometheus, where ALMONER_METRICS_TOKEN is set: what requests took, and how the work stands.

Requests are counted by each process of the server in a file that all of them read (prometheus_client's multiprocess
mode). How the work stands is asked of the database at most every few seconds, whoever scrapes, over indexes that the
product needs anyway and under a time limit: a scrape is never what a gift waits for.
"""

import hmac
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from almoner.config import draining, measures

_BUCKETS_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_KEPT_SECONDS: Final = 10.0
_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

_log = logging.getLogger(__name__)


class Requests:
    """How long answers took, by method, part of the site and class of status; and how many were sent away."""

    def __init__(self) -> None:
        if os.environ.get(draining.RUN_DIR):
            # Before the first metric is made: from then on its numbers lie in files of this server's own.
            os.environ[_FOLDER] = os.environ[draining.RUN_DIR]
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        self._seconds = Histogram(
            "almoner_request_seconds", "Seconds until the answer began", ["method", "part", "status"],
            buckets=_BUCKETS_SECONDS, registry=None,
        )  # fmt: skip
        self._shed = Counter(
            "almoner_shed", "Requests that were sent away in overload, by rank", ["rank"], registry=None
        )

    def sent_away(self, rank: str) -> None:
        self._shed.labels(rank).inc()

    def took(self, method: str, part: str, status: str, seconds: float) -> None:
        known = method if method in ("GET", "HEAD", "POST") else "other"
        self._seconds.labels(known, part, status).observe(seconds)


class Work(Collector):
    """How the work stands: read anew when the last reading is old, by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._kept: list[measures.Measure] = []
        self._answers = False

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if time.monotonic() - self._read_at > _KEPT_SECONDS:
                self._read()
            kept, answers = self._kept, self._answers
        yield GaugeMetricFamily("almoner_database_up", "1: it answered in time", value=float(answers))
        # Old numbers say nothing when the database is away: then there are none.
        families: dict[str, GaugeMetricFamily] = {}
        for measure in kept if answers else []:
            family = families.setdefault(
                measure.name, GaugeMetricFamily(measure.name, measure.says, labels=[*measure.labels])
            )
            family.add_metric([*measure.labels.values()], measure.value)
        yield from families.values()

    def _read(self) -> None:
        try:
            self._kept, self._answers = measures.read(), True
        except DatabaseError as error:
            _log.warning("metrics could not be read: %s", type(error).__name__)
            self._answers = False
        self._read_at = time.monotonic()


_work: Final = Work()
_counted: list[Requests] = []


def requests() -> Requests | None:
    """Where this process counts; None: nobody may read it. Made in each process of a server, after it was forked."""
    if settings.ALMONER_METRICS_TOKEN and not _counted:
        _counted.append(Requests())
    return _counted[0] if _counted else None


def metrics(request: HttpRequest) -> HttpResponse:
    """Whoever has no token isn't told that there is anything."""
    token = settings.ALMONER_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponseNotFound("not found\n", content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(_work)
    if folder := os.environ.get(_FOLDER):
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    return HttpResponse(
        generate_latest(registry),
        content_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
