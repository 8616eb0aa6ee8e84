"""The load: a process of its own with a handful of keep-alive connections, each walking the site again and again.

Raw sockets under one epoll loop, so that it takes little of a small machine; what it takes is reported with the rest.
Prints one line of JSON.
"""

import argparse
import json
import select
import socket
import sys
import time
from collections.abc import Iterator

from rig.walks import WALKERS, Astray, Response, Walk, Walker, get

_ANSWER_WITHIN_SECONDS = 60.0


class Clients:
    """`clients` donors at a time until `seconds` are over or `count` walks begun, then the last ones to their end."""

    def __init__(self, walker: Walker, port: int, *, clients: int, first: int) -> None:
        self._walker = walker
        self._port = port
        self._clients = clients
        self._numbers = iter(range(first, first + 100_000_000))
        self.latencies_ms: list[float] = []

    def run(self, *, seconds: float, count: int) -> float:
        """Returns how many seconds it took."""
        begun = time.perf_counter()
        until = begun + seconds
        waiting = iter(range(count)) if count else iter(int, 1)
        with select.epoll() as poller:
            clients: dict[int, Client] = {}
            for _ in range(self._clients):
                client = Client(self._port)
                clients[client.fileno()] = client
                poller.register(client.fileno(), select.EPOLLIN)
                self._next(client, waiting, until)
            while any(client.walk is not None for client in clients.values()):
                ready = poller.poll(_ANSWER_WITHIN_SECONDS)
                if not ready:
                    raise Astray("no answer within a minute")
                for descriptor, _ in ready:
                    client = clients[descriptor]
                    if client.receive():
                        self.latencies_ms.append(1000 * (time.perf_counter() - client.begun))
                        self._next(client, waiting, until)
            for client in clients.values():
                client.close()
        return time.perf_counter() - begun

    def _next(self, client: "Client", waiting: Iterator[int], until: float) -> None:
        if time.perf_counter() < until and next(waiting, None) is not None:
            client.start(self._walker(f"127.0.0.1:{self._port}", next(self._numbers)))


class Later(bytes):
    """A request that a walk makes after a while."""

    seconds: float

    def __new__(cls, request: bytes, *, seconds: float) -> "Later":
        made = super().__new__(cls, request)
        made.seconds = seconds
        return made


class Client:
    """One connection and the walk that it is on. `due`: when it asks again what it was told to ask later."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._later = b""
        self.walk: Walk | None = None
        self.begun = 0.0
        self.due: float | None = None

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def start(self, walk: Walk) -> None:
        self.walk, self.begun = walk, time.perf_counter()
        self._send(next(walk))

    def send_what_is_due(self) -> None:
        if self.due is not None and self.due <= time.monotonic():
            self.due = None
            self._socket.sendall(self._later)

    def receive(self) -> bool:
        """Take what came, answer it when it is whole; True when the walk has ended."""
        data = self._socket.recv(1 << 18)
        if not data or self.walk is None:
            raise Astray("the server closed the connection")
        self._received += data
        response = _whole(self._received)
        if response is None:
            return False
        self._received.clear()
        try:
            self._send(self.walk.send(response))
        except StopIteration:
            self.walk = None
            return True
        return False

    def _send(self, request: bytes) -> None:
        if isinstance(request, Later):
            self._later, self.due = bytes(request), time.monotonic() + request.seconds
        else:
            self._socket.sendall(request)


def _whole(received: bytearray) -> Response | None:
    """The response, once all of it is there."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[: end + 2])
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        raise Astray(f"an answer without a length: {head!r}")
    length = int(head[at + 17 : head.index(b"\r\n", at + 17)])
    if len(received) < end + 4 + length:
        return None
    return Response(int(head[9:12]), head, bytes(received[end + 4 :]))


def read_page(path: str) -> Walker:
    """A walk of one GET."""

    def walk(host: str, number: int) -> Walk:
        response = yield get(host, path)
        if response.status != 200:
            raise Astray(f"{path} answered {response.status}")

    return walk


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("walk", help="a walk's name, or a path to GET")
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=3600)
    options.add_argument(
        "--count", type=int, default=0, help="stop after so many walks (0: when time is over)"
    )
    options.add_argument("--first", type=int, default=1, help="the first donor's number")
    given = options.parse_args()
    walker = read_page(given.walk) if given.walk.startswith("/") else WALKERS[given.walk]
    clients = Clients(walker, given.port, clients=given.clients, first=given.first)
    cpu_before = time.process_time()
    try:
        seconds = clients.run(seconds=given.seconds, count=given.count)
    except Astray as astray:
        print(f"the load went astray after {len(clients.latencies_ms)} walks: {astray}", file=sys.stderr)
        return 1
    outcome = {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu_before,
        "latencies_ms": [round(ms, 3) for ms in clients.latencies_ms],
    }
    print(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
