"""Around every request: an identifier for the log, its time for the metrics, a span where OpenTelemetry is set up."""

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from almoner.config.application import Environ, Wsgi
from almoner.config.metrics import Requests
from almoner.kernel import context

Headers = list[tuple[str, str]]

# The part of the site by the first segment of the address, which names nobody: the address itself may be a key.
_PARTS: Final = {
    "give": "form",
    "giving": "donor page",
    "receipts": "receipt",
    "webhooks": "webhook",
    "api": "api",
    "admin": "staff",
    "static": "file",
    "media": "file",
    "almoner-form.js": "file",
    "health": "health",
    "metrics": "health",
    "sandbox": "sandbox",
}
_THANKS: Final = ("thanks", "return")


class Observed:
    def __init__(
        self, inner: Wsgi, *, requests: Requests | None, trusted: bool, languages: frozenset[str]
    ) -> None:
        """`requests`: where times are counted; None: nowhere. `trusted`: a proxy of ours stands in front, whose
        identifier of a request is kept."""
        self._inner = inner
        self._requests = requests
        self._trusted = trusted
        self._languages = languages

    def __call__(self, environ: Environ, start_response: Callable[[str, Headers], object]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusted else ""
        identifier = context.begin_request(given)
        begun = time.perf_counter()
        statuses: list[str] = []

        def start(status: str, headers: Headers) -> object:
            statuses.append(status)
            if status.startswith("5"):
                # What a person who was told to try again can name, and a log can be asked for.
                headers = [*headers, ("X-Request-Id", identifier)]
            return start_response(status, headers)

        method = str(environ["REQUEST_METHOD"])
        try:
            with context.span("request", method=method, part=self._part(environ)):
                return self._inner(environ, start)
        finally:
            context.end_request()
            if self._requests is not None:
                status = statuses[0][:1] + "xx" if statuses else "5xx"
                self._requests.took(method, self._part(environ), status, time.perf_counter() - begun)

    def _part(self, environ: dict[str, Any]) -> str:
        segments = str(environ["PATH_INFO"]).split("/", 4)[1:4]
        if segments[0] in self._languages:
            segments = segments[1:]
        part = _PARTS.get(segments[0] if segments else "", "page")
        if part == "form" and len(segments) > 1 and segments[1] in _THANKS:
            return "thanks"
        return part
