"""A scripted Stripe server over a real loopback socket: state, idempotency keys as Stripe treats them, faults by
script, and signed webhooks.

In a test it runs in a thread: `with StripeServer() as stripe:` and then `stripe.state`, `stripe.fault(…)`. As a command
it prints its address: `python -m tests.support.gateways.stripe_server --port 0`; whatever a test would call is then a
POST of JSON to `/_control/NAME` (`authenticate`, `settle_debit`, `fault`, `requests`, `deliver` …).
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import re
import threading
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.gateways import stripe_disputes
from tests.support.gateways.stripe_state import Json, StripeError, StripeState, invalid, page

KEY_SECONDS = 24 * 3600
SECRET_KEY, WEBHOOK_SECRET = "sk_test_scripted", "whsec_scripted"
# What a fault does to a request: before it is carried out, or to its answer.
FAULTS = (
    "drop_request", "drop_answer", "stall_request", "stall_answer", "conflict", "busy", "lock_timeout",
    "error_before", "error_after", "unavailable", "garbage",
)  # fmt: skip
_ERRORS = {
    "conflict": (409, "idempotency_error", "idempotency_key_in_use"),
    "busy": (429, "invalid_request_error", "rate_limit"),
    "lock_timeout": (429, "invalid_request_error", "lock_timeout"),
    "unavailable": (503, "api_error", ""),
}


@dataclass
class Fault:
    """Meets requests whose "METHOD /path" the pattern finds: after `skip` of them, `times` times."""

    kind: str
    match: str = ""
    skip: int = 0
    times: int = 1
    seconds: float = 0.0

    def meets(self, line: str) -> bool:
        if self.times <= 0 or not re.search(self.match, line):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Reply:
    """What is sent back; `delay_seconds` first, and nothing at all when `drop`."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    drop: bool = False
    # The object that it shows, so that a light server can show it again.
    about: str = ""
    expand: frozenset[str] = frozenset()


class StripeServer:
    """`secret` signs webhooks; `light` forgets what only tests ask for, so that a long benchmark keeps its memory."""

    def __init__(
        self,
        *,
        secret_key: str = SECRET_KEY,
        secret: str = WEBHOOK_SECRET,
        light: bool = False,
        state: StripeState | None = None,
    ) -> None:
        self.state = state or StripeState()
        self.state.keep_events = self.state.keep_events and not light
        self.secret_key = secret_key
        self.secret = secret
        self.light = light
        self.webhook_url = ""
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.counts: dict[str, int] = {}
        self._kept: dict[str, tuple[int, str, Reply]] = {}
        self._delivered = 0
        self.lock = threading.RLock()

    # ---- Running --------------------------------------------------------------------------------------------------
    async def start(self, port: int = 0) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", port)
        self._server = server
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.state.hosted_base = self.base

    def __enter__(self) -> "StripeServer":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # ---- The script -----------------------------------------------------------------------------------------------
    def fault(self, kind: str, match: str = "", *, skip: int = 0, times: int = 1, seconds: float = 0) -> None:
        assert kind in FAULTS, kind
        self.faults.append(Fault(kind, match, skip, times, seconds))

    def signed(self, event: Json, *, secret: str = "", stamp: int | None = None) -> tuple[bytes, str]:
        """A webhook's body and its Stripe-Signature header."""
        body = json.dumps(event).encode()
        stamp = self.state.now() if stamp is None else stamp
        digest = hmac.new((secret or self.secret).encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        return body, f"t={stamp},v1={digest.hexdigest()}"

    def undelivered(self) -> list[Json]:
        """Events that no webhook has told yet; asked once, they count as told (or lost)."""
        new = self.state.events[self._delivered :]
        self._delivered = len(self.state.events)
        return new

    def deliver(
        self, *, url: str = "", times: int = 1, newest_first: bool = False, **forged: Any
    ) -> list[int]:
        """Send what wasn't told yet; returns the answers' statuses. `secret` and `stamp` make forged and stale ones."""
        events = self.undelivered()
        if newest_first:
            events.reverse()
        target = url or self.webhook_url
        return [_post(target, *self.signed(event, **forged)) for event in events for _ in range(times)]

    def control(self, name: str, values: Json) -> Any:
        """What a test in another process asks for."""
        if name == "requests":
            return [[each.method, each.path, each.query, each.body] for each in self.requests]
        if name == "counts":
            return self.counts
        if name == "set":
            for key, value in values.items():
                setattr(self if key == "webhook_url" else self.state, key, value)
            return {}
        if name == "get":
            return getattr(self.state, values["name"])
        return getattr(self if name in ("fault", "deliver") else self.state, name)(**values)

    # ---- Requests -------------------------------------------------------------------------------------------------
    def answer(self, request: Request) -> Reply:
        with self.lock:
            if request.path.startswith("/_control/"):
                found = self.control(
                    request.path.removeprefix("/_control/"), json.loads(request.body or "{}")
                )
                return Reply(200, json.dumps(found).encode())
            if not request.path.startswith("/v1/"):
                return self._hosted(request)
            self.counts[request.line] = self.counts.get(request.line, 0) + 1 if not self.light else 0
            if not self.light and request.path != "/v1/files":
                self.requests.append(request)
            fault = next((each for each in self.faults if each.meets(request.line)), None)
            return self._faulty(request, fault) if fault is not None else self._keyed(request)

    def _faulty(self, request: Request, fault: Fault) -> Reply:
        if fault.kind == "drop_request":
            return Reply(0, b"", drop=True)
        if fault.kind == "stall_request":
            return Reply(0, b"", drop=True, delay_seconds=fault.seconds)
        if fault.kind in _ERRORS:
            status, kind, code = _ERRORS[fault.kind]
            return _failed(StripeError(status, kind, code))
        if fault.kind in ("error_before", "error_after"):
            if fault.kind == "error_after":
                self._run(request)
            return self._keep(request, _failed(StripeError(500, "api_error")))
        reply = self._keyed(request)
        if fault.kind == "garbage":
            return Reply(reply.status, b"<html>bad gateway")
        stalls = fault.kind == "stall_answer"
        return Reply(0, b"", drop=True, delay_seconds=fault.seconds if stalls else 0)

    def _keyed(self, request: Request) -> Reply:
        """The same key and parameters again: the same answer, a 500 too. With other parameters: 400."""
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        known = self._kept.get(key) if key else None
        if known is not None and known[0] > self.state.now():
            if known[1] != _fingerprint(request):
                return _failed(StripeError(400, "idempotency_error"))
            again = known[2]
            body = again.body or self._show(self.state.objects[again.about], again.expand)
            return Reply(again.status, body, {"Idempotent-Replayed": "true"})
        return self._keep(request, self._run(request))

    def _keep(self, request: Request, reply: Reply) -> Reply:
        """Answers are kept once a request was begun: not those to keys that are wrong, or parameters that are."""
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        if key and not (400 <= reply.status < 500 and reply.status != 402):
            light = self.light and reply.about
            kept = replace(reply, body=b"") if light else reply
            self._kept[key] = (self.state.now() + KEY_SECONDS, _fingerprint(request), kept)
        return reply

    def _run(self, request: Request) -> Reply:
        try:
            if request.headers.get("authorization") != f"Bearer {self.secret_key}":
                raise StripeError(401, "invalid_request_error")
            if request.path == "/v1/files":
                return Reply(200, json.dumps(stripe_disputes.keep_file(self.state, request.body)).encode())
            form = nest(request.body if request.method == "POST" else request.query)
            expand = frozenset(form.pop("expand", ()))
            found = self._route(request, form, expand)
        except StripeError as error:
            return _failed(error)
        about = str(found.get("id", "")) if request.method == "POST" else ""
        return Reply(200, self._show(found, expand), about=about, expand=expand)

    def _show(self, found: Json, expand: frozenset[str]) -> bytes:
        return json.dumps(self.state.shown(found, expand)).encode()

    def _route(self, request: Request, form: Json, expand: frozenset[str]) -> Json:
        state = self.state
        parts = request.path.removeprefix("/v1/").replace("checkout/", "").split("/")
        name, rest = parts[0], parts[1:]
        if request.method == "GET":
            return self._read(name, rest, form, expand)
        if not rest:
            makers = {
                "customers": state.create_customer, "payment_intents": state.create_intent,
                "sessions": state.create_session, "refunds": state.create_refund,
            }  # fmt: skip
            if name in makers:
                return makers[name](form)
        match name, rest[1:]:
            case "payment_intents", ["confirm"]:
                return state.confirm_intent(rest[0], form)
            case "payment_intents", ["cancel"]:
                return state.cancel_intent(rest[0], form)
            case "sessions", ["expire"]:
                return state.expire_session(rest[0])
            case "disputes", []:
                return stripe_disputes.answer(state, rest[0], form)
            case "disputes", ["close"]:
                return stripe_disputes.close(state, rest[0])
            case "payment_methods", ["detach"]:
                return state.detach(rest[0])
        raise invalid("url_invalid")

    def _read(self, name: str, rest: list[str], query: Json, expand: frozenset[str]) -> Json:
        state = self.state
        if name == "account":
            return state.account_object()
        if name == "balance":
            return state.balance()
        if rest:
            return state.find(rest[0])
        lists = {
            "payment_intents": state.intents, "refunds": state.refunds, "disputes": state.disputes,
            "payouts": state.payouts, "events": state.events, "webhook_endpoints": state.endpoints,
        }  # fmt: skip
        if name not in lists:
            raise invalid("url_invalid")
        inner = frozenset(each.removeprefix("data.") for each in expand)
        return page(lists[name], query, lambda each: state.shown(each, inner))

    def _hosted(self, request: Request) -> Reply:
        """The hosted page and the bank's: as little as a browser needs to choose how it ends."""
        kind, _, object_id = request.path.strip("/").rpartition("/")
        if kind not in ("c/pay", "3ds") or object_id not in self.state.objects:
            return Reply(404, b"no page")
        thing = self.state.objects[object_id]
        if request.method == "GET":
            html = '<form method="post"><button name="outcome" value="success">Pay</button></form>'
            return Reply(200, html.encode(), {"Content-Type": "text/html; charset=utf-8"})
        outcome = nest(request.body).get("outcome", "success")
        if kind == "3ds":
            thing = self.state.authenticate(object_id, ok=outcome == "success")
            return Reply(303, b"", {"Location": thing.get("_return_url", "/")})
        session = self.state.pay_session(object_id, outcome)
        done = session["status"] == "complete"
        return Reply(303, b"", {"Location": session["success_url"] if done else request.path})


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with as little work a request as can be: a benchmark shares the machine with it."""

    def __init__(self, server: StripeServer) -> None:
        self._server, self._buffer = server, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)
            }
            size = end + 4 + int(headers.get("content-length", 0))
            if len(self._buffer) < size:
                return
            body, self._buffer = self._buffer[end + 4 : size].decode(errors="replace"), self._buffer[size:]
            method, target, _ = first.split(" ")
            path, _, query = target.partition("?")
            self._send(self._server.answer(Request(method, path, query, headers, body)))

    def _send(self, reply: Reply) -> None:
        if reply.delay_seconds:
            asyncio.get_running_loop().call_later(reply.delay_seconds, self._write, reply)
        else:
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        assert self._transport is not None
        if reply.drop:
            self._transport.abort()
            return
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.write(f"HTTP/1.1 {reply.status} OK\r\n{lines}\r\n".encode() + reply.body)


def nest(form: str) -> Json:
    """`a[b][0]=1` as {"a": {"b": ["1"]}}."""
    tree: Json = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        *parents, leaf = re.findall(r"[^\[\]]+", name)
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = value
    found: Json = _lists(tree)
    return found


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    node = {name: _lists(value) for name, value in node.items()}
    if node and all(name.isdigit() for name in node):
        return [node[name] for name in sorted(node, key=int)]
    return node


def _fingerprint(request: Request) -> str:
    return f"{request.path} {hashlib.sha256(request.body.encode()).hexdigest()}"


def _failed(error: StripeError) -> Reply:
    headers = {"Retry-After": "1"} if error.status == 429 else {}
    return Reply(error.status, json.dumps(error.body).encode(), headers)


def _post(url: str, body: bytes, signature: str) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        connection.request("POST", parts.path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


async def _serve(options: argparse.Namespace) -> None:
    server = StripeServer(
        secret_key=options.secret_key, secret=options.webhook_secret, light=options.light,
        state=StripeState(account=options.account),
    )  # fmt: skip
    server.webhook_url = options.webhook_url
    await server.start(options.port)
    if options.address_file:
        Path(options.address_file).write_text(server.base)
    print(server.base, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--account", default="acct_1Scripted")
    parser.add_argument("--secret-key", default=SECRET_KEY)
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET)
    parser.add_argument("--webhook-url", default="")
    parser.add_argument("--address-file", default="", help="where the address is written, too")
    parser.add_argument("--light", action="store_true", help="keep no events, requests and answers")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
