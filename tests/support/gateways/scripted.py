"""What the scripted servers of gateways that speak JSON have in common: a real loopback socket, faults by script, the
requests as they came, and signed webhooks.

In a test one runs in a thread (`with PayPalServer() as paypal:`); as a command it prints its address, and whatever a
test would call is a POST of JSON to `/_control/NAME`.
"""

import argparse
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx

Json = dict[str, Any]

FAULTS = (
    "drop_request", "drop_answer", "stall_request", "stall_answer", "conflict", "busy", "error_before", "error_after",
    "unavailable", "garbage", "late",
)  # fmt: skip
_STATUS = {"conflict": 409, "busy": 429, "error_before": 500, "error_after": 500, "unavailable": 503}


class Refusal(Exception):
    """A request that the gateway read and refuses."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(status))
        self.status, self.body = status, body


@dataclass
class Fault:
    """Meets requests whose "METHOD /path" the pattern finds: after `skip` of them, `times` times."""

    kind: str
    match: str
    skip: int
    times: int
    seconds: float

    def meets(self, line: str) -> bool:
        if self.times <= 0 or not re.search(self.match, line):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Part:
    name: str
    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def json(self) -> Json:
        return json.loads(self.raw) if self.raw else {}

    def parts(self) -> Iterator[Part]:
        """Of a multipart form."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=policy.HTTP).parsebytes(head + self.raw)
        for each in message.iter_parts():  # type: ignore[attr-defined]
            content = each.get_payload(decode=True)
            name = each.get_param("name", header="content-disposition")
            yield Part(name, each.get_filename() or "", each.get_content_type(), content)

    @property
    def pressed(self) -> str:
        """The button of a page's form."""
        return dict(parse_qsl(self.raw.decode())).get("action", "")


@dataclass
class Reply:
    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    drop: bool = False


class Scripted:
    """`route` carries a request out under the lock: it returns (status, body) or a reply, or raises `Refusal`."""

    controls: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.events: list[Json] = []
        self._late: list[Request] = []
        self.webhook_url = ""
        self._told = 0
        self.base = ""

    def route(self, request: Request) -> tuple[int, Any] | Reply:
        raise NotImplementedError

    def signed(self, events: list[Json], *, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """A webhook's body and headers that tell of these events."""
        raise NotImplementedError

    # ---- The script -----------------------------------------------------------------------------------------------
    def fault(self, kind: str, match: str = "", *, skip: int = 0, times: int = 1, seconds: float = 0) -> None:
        assert kind in FAULTS, kind
        self.faults.append(Fault(kind, match, skip, times, seconds))

    def arrive(self) -> None:
        """What was late is here, and carried out: whoever asked has long given up."""
        with self.lock:
            arrived, self._late = self._late, []
        for each in arrived:
            self._carried_out(each)

    def count(self, match: str) -> int:
        """How many requests whose "METHOD /path" the pattern finds."""
        return sum(bool(re.search(match, request.line)) for request in self.requests)

    def untold(self) -> list[Json]:
        """What happened since the last time, for the webhooks that tell of it."""
        with self.lock:
            found, self._told = self.events[self._told :], len(self.events)
        return found

    def deliver(self) -> int:
        """Send what is untold to `webhook_url`, one message an event; returns how many were taken."""
        taken = 0
        for event in self.untold():
            body, headers = self.signed([event])
            try:
                taken += httpx.post(
                    self.webhook_url, content=body, headers=headers, trust_env=False, timeout=30
                ).is_success
            except httpx.HTTPError:
                continue
        return taken

    # ---- Running --------------------------------------------------------------------------------------------------
    def start(self, port: int = 0) -> None:
        self._http = ThreadingHTTPServer(
            ("127.0.0.1", port), type("Handler", (_Handler,), {"server_of": self})
        )
        self._http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self.start()
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def run(self) -> None:
        """Until the process is ended."""
        self._http.serve_forever()

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/_control/"):
            return self._controlled(request)
        with self.lock:
            self.requests.append(request)
            fault = next((each for each in self.faults if each.meets(request.line)), None)
        return self._faulty(request, fault) if fault is not None else self._carried_out(request)

    def _carried_out(self, request: Request) -> Reply:
        try:
            with self.lock:
                found = self.route(request)
            if isinstance(found, Reply):
                return found
            status, body = found
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        return _reply(status, body)

    def _faulty(self, request: Request, fault: Fault) -> Reply:
        if fault.kind in ("drop_request", "stall_request"):
            return Reply(0, drop=True, seconds=fault.seconds)
        if fault.kind in ("conflict", "busy", "error_before", "unavailable"):
            headers = {"Retry-After": "7"} if fault.kind == "busy" else {}
            return Reply(_STATUS[fault.kind], b"{}", headers)
        if fault.kind == "late":
            with self.lock:
                self._late.append(request)
            return Reply(0, drop=True)
        done = self._carried_out(request)
        if fault.kind == "drop_answer":
            return Reply(0, drop=True)
        if fault.kind == "stall_answer":
            done.seconds = fault.seconds
            return done
        return Reply(500, b"{}") if fault.kind == "error_after" else Reply(200, b"<html>busy")

    def _controlled(self, request: Request) -> Reply:
        name = request.path.removeprefix("/_control/")
        if name not in (*self.controls, "fault", "deliver", "count"):
            return _reply(404, {"controls": self.controls})
        with self.lock:
            found = getattr(self, name)(**request.json)
        return _reply(200, {"result": found})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_of: Scripted

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw)
        reply = self.server_of.answer(request)
        if reply.seconds:
            time.sleep(reply.seconds)
        if reply.drop:
            self.close_connection = True
            return
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)
        except OSError:
            # Whoever asked no longer waits.
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def log_message(self, format: str, *args: object) -> None:
        pass


def page(heading: str, text: str, buttons: Mapping[str, str]) -> Reply:
    """A gateway's own page, with a form of the buttons: what is posted as `action` -> what stands on it."""
    shown = "".join(
        f'<p><button name="action" value="{action}">{escape(label)}</button></p>'
        for action, label in buttons.items()
    )
    html = (
        '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(heading)}</title><main><h1>{escape(heading)}</h1><p>{escape(text)}</p>"
        f'<form method="post">{shown}</form></main></html>'
    )
    return Reply(200, html.encode(), {"Content-Type": "text/html; charset=utf-8"})


def send_to(url: str) -> Reply:
    return Reply(303, b"", {"Location": url})


def _reply(status: int, body: Any) -> Reply:
    if isinstance(body, bytes):
        return Reply(status, body, {"Content-Type": "application/x-pem-file"})
    content = b"" if body is None else json.dumps(body).encode()
    return Reply(status, content, {"Content-Type": "application/json"})


def serve(server: Scripted, description: str) -> None:
    """The command: prints the address, and serves until it is ended."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url", default="")
    given = parser.parse_args()
    server.webhook_url = given.webhook_url
    server.start(given.port)
    print(server.base, flush=True)
    server.run()
