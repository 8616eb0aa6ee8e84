"""The finder as a browser meets it: the product's own server on one core, asked for keystrokes at a steady rate.

    python -m rig.over_http --port 8000 --rate 200 --count 4000 < QUERIES

The load is a process of its own on the other cores. Each of its connections is a donor whose keys come on time: a key
that waits because the answer to the one before is late has its wait counted. Prints one line of JSON.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from rig import sites
from rig.processes import BENCH, Server, cpu_seconds
from rig.replaying import percentile
from rig.walks import Astray

REQUESTS_PER_S: Final = 200
_CONNECTIONS: Final = 8
# Each connection asks from so many networks, as behind a proxy: a donor has a limit, all of them together none.
_NETWORKS: Final = 250
_ANSWER_WITHIN_SECONDS: Final = 10.0


def measure(index: Path, queries: Sequence[str], folder: Path, *, count: int) -> dict[str, float]:
    """Milliseconds of so many requests, after half as many that warm the server up; {} where cores can't be chosen.

    `http_cpu_ms` is what a request takes of the server's core: a busy machine changes the others more.
    """
    if not hasattr(os, "sched_setaffinity"):
        return {}
    env = sites.bare("finder", folder, "")
    data = folder / "finder-addresses"
    data.mkdir()
    (data / "AU.addresses").symlink_to(index.resolve())
    core = max(os.sched_getaffinity(0))
    with sites.almoner(env, core=core, ALMONER_ADDRESSES_DIR=str(data), ALMONER_WORKERS="1") as server:
        _load(server, queries, count=count // 2, apart_from=core)
        before = cpu_seconds(server.pid)
        told = _load(server, queries, count=count, apart_from=core)
        used_ms = 1000 * (cpu_seconds(server.pid) - before)
    return told | {"http_cpu_ms": round(used_ms / told["http_requests"], 2)}


def _load(server: Server, queries: Sequence[str], *, count: int, apart_from: int) -> dict[str, float]:
    done = subprocess.run(
        [
            sys.executable, "-m", "rig.over_http", f"--port={server.port}", f"--rate={REQUESTS_PER_S}",
            f"--count={count}", f"--apart-from={apart_from}",
        ],
        cwd=BENCH,
        input="\n".join(queries),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60 + 10 * count / REQUESTS_PER_S,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the finder could not be asked over HTTP: {done.returncode}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


class Donor(threading.Thread):
    """One connection that asks `count` queries, `every_seconds` apart; `latencies_ms` has how long each took."""

    def __init__(self, port: int, number: int, queries: Sequence[str], *, every_seconds: float) -> None:
        super().__init__(daemon=True)
        self._port, self._number, self._queries, self._every = port, number, queries, every_seconds
        self.latencies_ms: list[float] = []

    def run(self) -> None:
        with socket.create_connection(
            ("127.0.0.1", self._port), timeout=_ANSWER_WITHIN_SECONDS
        ) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            due = time.perf_counter() + self._every * self._number / _CONNECTIONS
            for at, query in enumerate(self._queries):
                request = self._request(query, at)
                early = due - time.perf_counter()
                if early > 0:
                    time.sleep(early)
                # Late by its own sleep is the load's fault, late by the last answer the server's.
                begun = time.perf_counter() if early > 0 else due
                connection.sendall(request)
                _read(connection)
                self.latencies_ms.append(1000 * (time.perf_counter() - begun))
                due += self._every

    def _request(self, query: str, at: int) -> bytes:
        asked = urlencode({"country": "AU", "q": query})
        network = f"10.{self._number}.{at % _NETWORKS}.7"
        return (
            f"GET /give/addresses/?{asked} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"X-Forwarded-For: {network}\r\nAccept: application/json\r\nConnection: keep-alive\r\n\r\n"
        ).encode()


def _read(connection: socket.socket) -> None:
    """The whole answer; Astray for any but a good one."""
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _some(connection)
    head = bytes(received[:end]).lower()
    status, length = head.split(b" ", 2)[1], head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    if status != b"200" or not length:
        raise Astray(f"the finder answered {head!r}")
    while len(received) < end + 4 + int(length):
        received += _some(connection)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise Astray("the server closed the connection")
    return data


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--rate", type=float, required=True)
    options.add_argument("--count", type=int, required=True)
    options.add_argument("--apart-from", type=int, required=True, help="the core that is the server's")
    given = options.parse_args()
    # On a machine of one core there is no other.
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {given.apart_from} or {given.apart_from})
    queries = [line for line in sys.stdin.read().split("\n") if line]
    each = given.count // _CONNECTIONS
    donors = [
        Donor(
            given.port,
            number,
            [queries[(number * each + at) % len(queries)] for at in range(each)],
            every_seconds=_CONNECTIONS / given.rate,
        )
        for number in range(_CONNECTIONS)
    ]
    begun = time.perf_counter()
    for donor in donors:
        donor.start()
    for donor in donors:
        donor.join()
    seconds = time.perf_counter() - begun
    latencies_ms = [each for donor in donors for each in donor.latencies_ms]
    if len(latencies_ms) < each * _CONNECTIONS:
        print(f"{len(latencies_ms)} of {each * _CONNECTIONS} keystrokes were answered", file=sys.stderr)
        return 1
    print(json.dumps({
        "http_p50_ms": round(percentile(latencies_ms, 50), 2),
        "http_p99_ms": round(percentile(latencies_ms, 99), 2),
        "http_slowest_ms": round(max(latencies_ms), 2),
        "http_requests_per_s": round(len(latencies_ms) / seconds, 1),
        "http_requests": len(latencies_ms),
    }))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
