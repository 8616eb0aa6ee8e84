"""Whose word over TLS we take."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Those whom httpx trusts, and none of the environment's; shared by threads. Reading them is done once a process:
    it takes longer than most of what is then asked. They are certifi's, of the version that the locks name, and so
    change with an upgrade alone, which restarts every process."""
    return httpx.create_ssl_context(trust_env=False)
