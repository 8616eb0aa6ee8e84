"""An empty installation, and nothing of the demonstration: what its first superuser sees and sends leads from the
staff's home page to a public site and a form."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice import roles
from almoner.charities.models import Charity
from almoner.giving.models import DonationForm
from almoner.stories.tests.conftest import forget

pytestmark = pytest.mark.django_db

HOST = "give.example.org"


class Shown(HTMLParser):
    """The fields of a page's largest form as a browser sends them back untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = [{}]
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, own = said.get("name") or "", self.forms[-1]
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in said or self._select not in own):
            own[self._select] = said.get("value") or ""
        elif tag == "textarea":
            self._text, own[name] = name, ""
        elif tag == "input" and name and said.get("type") not in {"file", "submit", "button"}:
            if said.get("type") not in {"checkbox", "radio"}:
                own.setdefault(name, []).append(said.get("value") or "")
            elif "checked" in said:
                own.setdefault(name, []).append(said.get("value") or "on")

    def handle_endtag(self, tag: str) -> None:
        self._select, self._text = "" if tag == "select" else self._select, ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][self._text] += data.removeprefix("\n")


def filled(client: Client, address: str, **values: Any) -> Any:
    """A form as it opens, with what somebody types."""
    page = client.get(address)
    assert page.status_code == 200, address
    fields = max(Shown(page.content.decode()).forms, key=len)
    assert set(values) <= set(fields) | {name for name in values if "-" in name}, values
    answer = client.post(address, fields | values)
    refused = answer.status_code == 200 and answer.context["form"].errors
    assert answer.status_code == 302, refused
    return answer


@pytest.fixture
def installed(settings: SettingsWrapper) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = f"https://{HOST}", [HOST]
    roles.ensure_roles()
    forget()


@pytest.fixture
def staff(installed: None) -> Client:
    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    client.force_login(User.objects.create_superuser("pat", "pat@example.org"))
    return client


def link(page: Any, words: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>{words}<', page.content.decode())
    assert found, words
    return found[1]


def public(path: str) -> str:
    forget()
    answer = Client(headers={"host": HOST, "x-forwarded-proto": "https"}).get(path)
    assert answer.status_code == 200, path
    page = answer.content.decode()
    assert "localhost" not in page and "127.0.0.1" not in page and f"http://{HOST}" not in page
    return page


def test_a_charity_begins_in_the_staffs_screens(staff: Client) -> None:
    filled(
        staff, link(staff.get("/admin/"), "Make the charity"),
        name="Harbour Hands", legal_name="Harbour Hands Inc", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="hello@harbour.example", mail_from="giving@harbour.example",
        **{"bank_details-label": ["BSB", "Account", ""], "bank_details-value": ["062-000", "1234", ""]},
    )  # fmt: skip
    charity = Charity.objects.get()
    assert (charity.slug, charity.is_default, charity.hosts.get().host) == ("harbour-hands", True, HOST)
    assert "<h1>Harbour Hands</h1>" in public("/")

    filled(staff, "/admin/forms/new/", title="Keep a boat at sea")
    form = DonationForm.objects.get()
    assert (form.slug, form.currencies, form.frequencies, form.minimum_minor) == (
        "keep-a-boat-at-sea", "AUD", "once", 200,
    )  # fmt: skip
