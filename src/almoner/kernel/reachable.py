"""Which addresses the whole internet may reach. Whoever calls an address that somebody else named asks here first."""

import ipaddress
import socket
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# A network's own translation, which leads to whatever that network likes.
_NAT64_OWN: Final = ipaddress.IPv6Network("64:ff9b:1::/48")


def is_public(address: Address) -> bool:
    """Whether it is the whole internet's: what an IPv6 address carries of IPv4 is looked at too."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public(inner)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address in _NAT64_OWN or address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def look_up(host: str, port: int) -> list[Address]:
    """All addresses of a host, which may be a number in any of the ways that systems read. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
