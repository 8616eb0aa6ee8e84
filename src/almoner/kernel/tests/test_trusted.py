"""The authorities are read once a process, whoever asks."""

import ssl
from typing import Any

import pytest

from almoner.kernel import trusted
from almoner.payments.gateways.http import Http


def test_two_gateways_have_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ssl.create_default_context
    read: list[dict[str, Any]] = []

    def reading(**how: Any) -> ssl.SSLContext:
        read.append(how)
        return made(**how)

    monkeypatch.setattr(ssl, "create_default_context", reading)
    trusted.authorities.cache_clear()
    for base in ("https://a.example", "https://b.example"):
        Http(base, timeout_seconds=1)
    assert len(read) == 1
