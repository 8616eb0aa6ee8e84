"""Receivers over a socket that do as a test says, and a charity that tells them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from almoner.backoffice.tests.conftest import World, sandbox, settled, world
from almoner.kernel.clock import now
from almoner.webhooks.models import Delivery, Endpoint
from almoner.webhooks.sources import TYPES

__all__ = ["sandbox", "settled", "world"]

PAGE = "/admin/webhooks/"
# (status, headers, body), or what does something else with the connection.
Answer = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are given in turn, the last one again and again. `heard` is what came. `over` ends those that stall."""

    base: str = ""
    answers: list[Answer] = field(default_factory=lambda: [(204, {}, b"")])
    heard: list[Heard] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.heard.append(Heard(handler.path, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer(handler)
            return
        status, more, content = answer
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **more}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """At 127.0.0.1, which this installation was told to trust."""
    settings.ALMONER_WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def sent(world: World, url: str, **changes: Any) -> dict[str, Any]:
    """What staff's form sends."""
    usual = {
        "description": "CRM", "charity": str(world.tide.charity.pk), "url": url, "types": list(TYPES), "people": "on",
    }  # fmt: skip
    return usual | changes


def secret_on(page: str) -> str:
    return page.partition('<code class="bo-code-text">')[2].partition("</code>")[0]


@dataclass(frozen=True)
class Hook:
    """An endpoint that staff made on their page."""

    id: int
    secret: str

    @property
    def row(self) -> Endpoint:
        return Endpoint.objects.get(pk=self.id)


@pytest.fixture
def hook(world: World) -> Callable[..., Hook]:
    def make(url: str, **changes: Any) -> Hook:
        page = world.client("superuser").post(PAGE, sent(world, url, **changes)).content.decode()
        secret = secret_on(page)
        assert secret.startswith("whsec_"), page
        return Hook(Endpoint.objects.latest("pk").pk, secret)

    return make


def time_comes() -> None:
    """For whatever waits."""
    Delivery.objects.filter(state="waiting").update(next_at=now() - timedelta(seconds=1))
    Endpoint.objects.update(rests_until=None)
