"""Which addresses events may be sent to. What a name leads to is looked at again when it is called."""

import ipaddress
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings

from almoner.kernel.reachable import is_public

LONGEST: Final = 500
_PORTS: Final = (443, 8443)
_OWN_PORTS: Final = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """Nothing is sent there; the text says why, for staff."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts, read once: what was looked at is what is called."""

    scheme: str
    host: str
    port: int
    path: bytes
    # Its operator named this host: it may stand in an inner network, and speak http.
    inside: bool

    @property
    def authority(self) -> str:
        """As the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _OWN_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Raises `AddressRefused`."""
    try:
        read = httpx.URL(url.strip())
        host, port = read.raw_host.decode("ascii").rstrip(".").lower(), read.port
    except (httpx.InvalidURL, ValueError):
        raise AddressRefused("This is no web address.") from None
    inside = host in settings.ALMONER_WEBHOOK_HOSTS
    if read.scheme != "https" and not (read.scheme == "http" and inside):
        raise AddressRefused("It has to begin with https://.")
    if not host or len(url) > LONGEST or any(char <= " " or char == "\x7f" for char in url.strip()):
        raise AddressRefused("This is no web address.")
    if read.userinfo or read.fragment:
        raise AddressRefused("Leave out names and passwords, and what follows a #.")
    port = port or _OWN_PORTS[read.scheme]
    if port not in _PORTS and not inside:
        raise AddressRefused("Only the ports 443 and 8443 are called.")
    if not inside and not _may_be_public(host):
        raise AddressRefused("It has to stand on the public internet.")
    return Target(read.scheme, host, port, read.raw_path, inside)


def _may_be_public(host: str) -> bool:
    """False for a number that is an inner address. A name is looked up when it is called."""
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." in host
