"""The WSGI application: what can be answered without Django is answered here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError, connection

from almoner.config import network
from almoner.config.keystrokes import Keystrokes
from almoner.config.ready import Page, ReadyPages, brings_source, key_of, lifetime_seconds, offered

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

_KIBIBYTE: Final = 1024
# The largest body each part of the site takes. Staff upload pictures and statements; donors type.
_LARGEST_BODIES: Final = (("/admin/", 25 * _KIBIBYTE * _KIBIBYTE), ("/webhooks/", 1024 * _KIBIBYTE))
_LARGEST_BODY: Final = 256 * _KIBIBYTE


class Application:
    """Ready pages and addresses first, then Django. Bodies that are too long are refused unread."""

    def __init__(self, django: Wsgi, pages: ReadyPages, *, staff_cookie: str, trusted_proxies: int) -> None:
        self._django = django
        self._pages = pages
        self._staff_cookie = staff_cookie
        self._trusted_proxies = trusted_proxies
        self._keystrokes = Keystrokes(trusted_proxies=trusted_proxies)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return self._read(environ, start_response)
        if not _fits(environ):
            return _refuse(start_response, "413 Content Too Large", b"The body is too large.\n")
        return self._ask(environ, start_response)

    def _read(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        found = self._keystrokes.answer(environ, start_response)
        if found is not None:
            return found
        if self._staff_cookie in environ.get("HTTP_COOKIE", ""):
            # Staff see everything fresh, and may be shown more.
            return self._ask(environ, start_response)
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        key = key_of(environ.get("HTTP_HOST", ""), path, query)
        if brings_source(path, query, environ.get("HTTP_REFERER", "")):
            key = None
        try:
            page = self._pages.get(key) if key is not None else None
        except DatabaseError:
            # Whether the pages are still right can't be known; Django's answer says what is wrong.
            connection.close()
            return self._ask(environ, start_response)
        if page is not None:
            return self._answer(page, environ, start_response)
        return self._make(key, environ, start_response)

    def _make(
        self, key: tuple[str, str] | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Ask Django, and keep its answer if its view offered it and there is a key to keep it under."""
        generation = self._pages.generation
        asked = self._asked(environ)
        if asked.status.startswith("200 ") and offered(asked.response):
            # Our views answer HEAD as they answer GET.
            body = _whole(asked.response)
            seconds = lifetime_seconds(asked.response)
            page = self._pages.put(key, asked.headers, body, generation=generation, seconds=seconds)
            if page is not None:
                return self._answer(page, environ, start_response)
            start_response(asked.status, asked.headers)
            return [body]
        return _send(asked, start_response)

    def _answer(self, page: Page, environ: Environ, start_response: StartResponse) -> list[bytes]:
        age = page.age(self._pages.clock())
        if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [*page.unchanged_headers, age])
            return [b""]
        if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            start_response("200 OK", [*page.zipped_headers, age])
            body = page.zipped
        else:
            start_response("200 OK", [*page.plain_headers, age])
            body = page.plain
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _ask(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return _send(self._asked(environ), start_response)

    def _asked(self, environ: Environ) -> "_Asked":
        if self._trusted_proxies:
            environ["REMOTE_ADDR"] = network.client_address(
                environ.get("HTTP_X_FORWARDED_FOR", ""),
                peer=environ.get("REMOTE_ADDR", ""),
                trusted_proxies=self._trusted_proxies,
            )
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        response = self._django(environ, lambda status, headers: begun.append((status, headers)))
        return _Asked(*begun[0], response)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What Django answered, not yet begun to be sent."""

    status: str
    headers: list[tuple[str, str]]
    response: Iterable[bytes]


def _send(asked: _Asked, start_response: StartResponse) -> Iterable[bytes]:
    if getattr(asked.response, "streaming", True):
        start_response(asked.status, asked.headers)
        return asked.response
    body = _whole(asked.response)
    if not any(name.lower() == "content-length" for name, _ in asked.headers):
        asked.headers.append(("Content-Length", str(len(body))))
    start_response(asked.status, asked.headers)
    # A list of one part goes out in one write.
    return [body]


def _whole(response: Iterable[bytes]) -> bytes:
    """The body of a response, which is closed: its connection to the database goes back, its files too."""
    body = b"".join(response)
    getattr(response, "close", bool)()
    return body


def _takes_gzip(accept: str) -> bool:
    return "gzip" in accept and "gzip;q=0" not in accept.replace(" ", "").replace("q=0.", "q=1.")


def _fits(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    path = environ["PATH_INFO"]
    largest = next((size for prefix, size in _LARGEST_BODIES if path.startswith(prefix)), _LARGEST_BODY)
    return length.isascii() and length.isdecimal() and int(length) <= largest


def _refuse(start_response: StartResponse, status: str, body: bytes) -> list[bytes]:
    start_response(
        status,
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ],
    )
    return [body]
