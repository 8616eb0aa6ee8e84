"""The demonstration's charity and form, fresh for each test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from almoner.charities.models import Charity
from almoner.giving import demo
from almoner.giving.models import DonationForm
from almoner.payments import gateways
from almoner.payments.gateways.sandbox.gateway import Sandbox

PERSON = {
    "given_name": "Ada", "family_name": "Nguyễn", "email": "ada@example.org", "country": "AU",
    "address_line1": "1 George Street", "address_locality": "Sydney", "address_region": "NSW",
    "address_postcode": "2000",
}  # fmt: skip


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox with a file of this test's own, which never stalls."""
    own = Sandbox(tmp_path / "sandbox.sqlite3", site_url="", secret="webhook secret", stall_seconds=0)
    gateways.gateways.cache_clear()
    monkeypatch.setattr(gateways, "sandbox", lambda: own)
    yield own
    gateways.gateways.cache_clear()
    own.store.close()


@pytest.fixture
def charity(db: None, sandbox: Sandbox) -> Charity:
    return demo.seed()


@pytest.fixture
def form(charity: Charity) -> DonationForm:
    return DonationForm.objects.get(charity=charity)


@dataclass
class Donor:
    """Walks the steps as a browser without JavaScript would."""

    client: Client
    prefix: str = "/give/4840/"

    def amount(self, **values: str) -> HttpResponse:
        return self.client.post(f"{self.prefix}details/", {"amount": "50", "fund": "children", **values})

    def details(self, page: HttpResponse, **values: str) -> HttpResponse:
        return self._post("payment/", {"token": token_of(page), "action": "continue", **PERSON, **values})

    def give(self, page: HttpResponse, outcome: str = "success", **values: str) -> HttpResponse:
        posted = {
            "token": token_of(page),
            "action": "give",
            "method": "sandbox_card",
            "sandbox_outcome": outcome,
        }
        return self._post("submit/", posted | values)

    def to_payment(self, **values: str) -> HttpResponse:
        return self.details(self.amount(), **values)

    def _post(self, step: str, values: dict[str, str]) -> HttpResponse:
        return self.client.post(self.prefix + step, values)


@pytest.fixture
def donor(charity: Charity) -> Donor:
    return Donor(UrlencodedClient())


class UrlencodedClient(Client):
    """Posts as a form does, not as multipart."""

    def post(self, path: str, data: Any = None, **extra: Any) -> Any:
        if isinstance(data, dict):
            extra.setdefault("content_type", "application/x-www-form-urlencoded")
            data = urlencode(data)
        return super().post(path, data, **extra)


def token_of(page: HttpResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]
