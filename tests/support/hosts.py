"""Other people's sites: pages of a test's own under localhost, which to a browser is another site than 127.0.0.1."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class HostSite:
    """A web server whose pages a test writes: path -> (HTML, headers). `asked` are the paths that were asked for."""

    base: str
    pages: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def other(self) -> str:
        """The same server as another site again."""
        return self.base.replace("//localhost", "//other.localhost")

    def page(self, html: str, path: str = "/", *, headers: Mapping[str, str] | None = None) -> str:
        """Put a page in place; its address."""
        self.pages[path] = (f"<!doctype html><html lang=en><title>Host</title>{html}", headers or {})
        return self.base + path


@pytest.fixture(scope="session")
def host_site() -> Iterator[HostSite]:
    with serving() as site:
        yield site


@contextmanager
def serving() -> Iterator[HostSite]:
    site = HostSite("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.asked.append(path)
            html, headers = site.pages.get(path, ("", {}))
            body = html.encode()
            # Browsers ask for an icon whenever they come to it: a page's console must not hear of one that is missing.
            self.send_response(200 if path in site.pages or path == "/favicon.ico" else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
