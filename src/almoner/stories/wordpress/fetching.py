"""Pictures over the network, fetched only when somebody asked for it. An export's addresses are anybody's words.

So only http and https are spoken, only with addresses that the whole internet may reach (never this machine, its
network, or a cloud's metadata), each redirect is looked at like a first address, and time and size have their limits.
The name is looked up once and that very address is called: a name with a second answer gains nothing.
"""

import ssl
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from almoner.kernel.reachable import Address, is_public, look_up

PICTURE_BYTES_MAX: Final = 20 * 1024 * 1024
_REDIRECTS_MAX: Final = 3
_TIMEOUT_SECONDS: Final = 10.0
_WHOLE_SECONDS: Final = 60.0


class NotFetched(Exception):
    """The picture was not had; the text says why, for whoever runs the import."""


class Fetcher:
    """`allowed` says which addresses may be called; tests alone hand in another one."""

    def __init__(self, allowed: Callable[[Address], bool] = is_public) -> None:
        self._allowed = allowed
        self._client = httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_SECONDS)

    def close(self) -> None:
        self._client.close()

    def fetch(self, url: str) -> bytes:
        """The bytes at an address. Raises `NotFetched`."""
        try:
            for _ in range(_REDIRECTS_MAX + 1):
                found = self._one(url)
                if isinstance(found, bytes):
                    return found
                url = found
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
            raise NotFetched(f"it could not be fetched ({type(error).__name__})") from None
        raise NotFetched("it leads from one address to the next")

    def _one(self, url: str) -> bytes | str:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme not in ("http", "https") or not host:
            raise NotFetched("its address is none of http or https")
        called = self._look_up(host, port)
        netloc = f"[{called}]:{port}" if called.version == 6 else f"{called}:{port}"
        request = self._client.build_request(
            "GET",
            parts._replace(netloc=netloc, fragment="").geturl(),
            headers={
                "Host": parts.netloc.rpartition("@")[2],
                "Accept": "image/*",
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": host},
        )
        response = self._client.send(request, stream=True)
        try:
            if response.is_redirect:
                return urljoin(url, response.headers.get("location", ""))
            if response.status_code != httpx.codes.OK:
                raise NotFetched(f"the old site answers {response.status_code}")
            return _body(response)
        finally:
            response.close()

    def _look_up(self, host: str, port: int) -> Address:
        addresses = look_up(host, port)
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise NotFetched("its address is not one of the public internet")
        return addresses[0]


def _body(response: httpx.Response) -> bytes:
    """As it is sent: what was packed could grow to any size."""
    body, until = bytearray(), time.monotonic() + _WHOLE_SECONDS
    for chunk in response.iter_raw():
        body += chunk
        if time.monotonic() > until:
            raise NotFetched(f"it takes longer than {_WHOLE_SECONDS:.0f} seconds")
        if len(body) > PICTURE_BYTES_MAX:
            raise NotFetched(f"it is larger than {PICTURE_BYTES_MAX // 1024 // 1024} MB")
    return bytes(body)
