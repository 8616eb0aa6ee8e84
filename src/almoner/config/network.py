"""Who is asking, when our own proxies stand in between."""

import ipaddress


def client_address(forwarded_for: str, *, peer: str, trusted_proxies: int) -> str:
    """The address that the outermost of our proxies saw.

    Each proxy adds the address of whoever spoke to it at the right end of X-Forwarded-For; what stands further to the
    left was written by the client and proves nothing. `peer` is used when there are too few entries, or nonsense.
    """
    entries = [entry.strip() for entry in forwarded_for.split(",")] if forwarded_for else []
    if trusted_proxies == 0 or len(entries) < trusted_proxies:
        return peer
    try:
        return str(ipaddress.ip_address(entries[-trusted_proxies].strip("[]")))
    except ValueError:
        return peer
