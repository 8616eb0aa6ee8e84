"""Whose word over TLS we take."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Those whom httpx trusts, and none of the environment's; shared by threads. Reading them is done once a process:
    it takes longer than most of what is then asked."""
    return httpx.create_ssl_context(trust_env=False)
