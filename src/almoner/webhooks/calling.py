"""One request to somebody else's server, which may be slow, lie, lead elsewhere, or be a door into our own network.

The name is looked up once and that very address is called; every address that it has must be the whole internet's.
TLS is checked against the name. No redirect is followed, no proxy or certificate of the environment's is used, and all
of it together, from the name to the last byte, has so many seconds.
"""

import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpcore

from almoner.kernel import trusted
from almoner.kernel.reachable import Address, is_public, look_up
from almoner.webhooks.addresses import AddressRefused, Target, target_of

WHOLE_SECONDS: Final = 15.0
_READ_BYTES: Final = 4096
_KEPT_CHARACTERS: Final = 1024

Resolve = Callable[[str, int], list[Address]]
# What went wrong where no answer came, for the log and for staff.
WHY: Final = {
    "address": "Nothing is sent to this address.",
    "no_such_name": "Its name leads nowhere.",
    "not_public": "Its name leads to an address that isn’t the public internet’s. Nothing was sent.",
    "not_connected": "Nobody answers there.",
    "tls": "Its certificate is not valid for its name.",
    "too_slow": f"It took longer than {WHOLE_SECONDS:.0f} seconds.",
    "broken": "What came back is no answer.",
    "no_secret": "Its secret can’t be read, for the installation’s secret key has changed. Make a new one.",
    "fault": "Something went wrong here. Somebody who runs this installation has to look at its log.",
    "gone": "What it tells of is not there any more.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is 0 when no answer came; then `why` is a code of `WHY`."""

    status: int
    took_ms: int
    why: str = ""
    answer: str = ""
    retry_after_seconds: float | None = None

    @property
    def arrived(self) -> bool:
        return 200 <= self.status < 300


class _NotCalled(Exception):
    """Nothing was sent. Its argument is a code of `WHY`."""


class Calling:
    """May be shared by threads, and touches no database. Tests hand in another `resolve`, and fewer seconds."""

    def __init__(self, *, resolve: Resolve = look_up, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._resolve = resolve
        self._whole_seconds = whole_seconds

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send once, and say what came of it. Raises nothing of the network's."""
        begun = time.monotonic()
        status, why, answer, wait = 0, "", "", None
        try:
            status, answer, wait = self._post(url, headers, body, begun + self._whole_seconds)
        except AddressRefused:
            why = "address"
        except _NotCalled as refused:
            why = str(refused)
        except (httpcore.TimeoutException, TimeoutError):
            why = "too_slow"
        except httpcore.ConnectError:
            why = "not_connected"
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError):
            why = "broken"
        took_ms = round(1000 * (time.monotonic() - begun))
        return Outcome(status, took_ms, why, answer, wait)

    def _post(
        self, url: str, headers: Mapping[str, str], body: bytes, until: float
    ) -> tuple[int, str, float | None]:
        target = target_of(url)
        backend = _Pinned(target, self._resolve, until)
        address = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        with (
            httpcore.ConnectionPool(
                ssl_context=trusted.authorities(), network_backend=backend, retries=0
            ) as pool,
            pool.stream(
                "POST",
                address,
                headers=[("Host", target.authority), *headers.items(), ("Connection", "close")],
                content=body,
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), None)},
            ) as response,
        ):
            return response.status, _beginning(response), _wait(response.headers)


class _Pinned(httpcore.NetworkBackend):
    """Connects to the address that was looked at, whatever the name would say a moment later."""

    def __init__(self, target: Target, resolve: Resolve, until: float) -> None:
        self._target, self._resolve, self._until = target, resolve, until
        self._genuine = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = self._address()
        stream = self._genuine.connect_tcp(str(address), self._target.port, timeout=_left(self._until))
        return _InTime(stream, self._until)

    def _address(self) -> Address:
        """Every address of the name must be public: which of them is called is its owner's choice otherwise."""
        found = self._looked_up()
        if not self._target.inside and not all(is_public(address) for address in found):
            raise _NotCalled("not_public")
        if not found:
            raise _NotCalled("no_such_name")
        return found[0]

    def _looked_up(self) -> list[Address]:
        """Systems look up names for as long as they like, so a thread waits for them and we don't."""
        answers: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(self._target.host, self._target.port))
            except (OSError, ValueError):
                answers.put([])

        threading.Thread(target=ask, daemon=True).start()
        try:
            return answers.get(timeout=_left(self._until))
        except queue.Empty:
            raise httpcore.ConnectTimeout from None


class _InTime(httpcore.NetworkStream):
    """A connection whose every wait ends with the whole: a byte every second wins no time."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            tls = self._stream.start_tls(ssl_context, server_hostname, _left(self._until))
        except httpcore.ConnectError as error:
            # Further up nobody can tell it from a port where nobody listens.
            raise _NotCalled(
                "tls" if isinstance(error.__cause__, ssl.SSLError) else "not_connected"
            ) from None
        return _InTime(tls, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _beginning(response: httpcore.Response) -> str:
    """As much of an answer as the log keeps. Its status is known: what the rest does changes nothing."""
    found = bytearray()
    try:
        for chunk in response.iter_stream():
            found += chunk
            if len(found) >= _READ_BYTES:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        pass
    # No database keeps a NUL.
    return found[:_READ_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd")[:_KEPT_CHARACTERS]


def _wait(headers: list[tuple[bytes, bytes]]) -> float | None:
    """Seconds that a Retry-After asks for: a number, or a date. None for neither."""
    value = next((value for name, value in headers if name.lower() == b"retry-after"), b"").strip()
    if value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value.decode("ascii"))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
