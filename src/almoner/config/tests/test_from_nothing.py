"""An empty installation, and nothing of the demonstration: what its first superuser sees and sends leads from the
staff's home page to a public site, a form, a story with that form in it, and a gift that has come."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice import roles
from almoner.charities.models import Charity
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.receipts.models import Receipt
from almoner.stories.models import StoryIndexPage
from almoner.stories.tests.conftest import forget

pytestmark = pytest.mark.django_db

HOST = "give.example.org"
VISITING = {"host": HOST, "x-forwarded-proto": "https"}
WORDS = {
    "blocks": [
        {"key": "a", "text": "A boat went out.", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
         "entityRanges": []},
    ],
    "entityMap": {},
}  # fmt: skip
BODY = {
    "body-count": "2",
    "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": "",
    "body-0-value": json.dumps(WORDS),
    # No form is named: there is one.
    "body-1-deleted": "", "body-1-order": "1", "body-1-type": "form", "body-1-id": "", "body-1-value-number": "",
}  # fmt: skip


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
    client = Client(headers=VISITING)
    client.force_login(User.objects.create_superuser("pat", "pat@example.org"))
    return client


def link(page: Any, words: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>{words}<', page.content.decode())
    assert found, words
    return found[1]


def public(path: str) -> str:
    forget()
    answer = Client(headers=VISITING).get(path)
    assert answer.status_code == 200, path
    page = answer.content.decode()
    assert "localhost" not in page and "127.0.0.1" not in page and f"http://{HOST}" not in page
    return page


def test_a_charity_begins_in_the_staffs_screens(staff: Client) -> None:
    charity = found(staff)
    assert (charity.slug, charity.is_default, charity.hosts.get().host) == ("harbour-hands", True, HOST)
    assert "<h1>Harbour Hands</h1>" in public("/")

    assert "charity takes no gifts" in staff.get("/admin/").content.decode()
    # A production without keys of a payment service has nothing else to tick.
    filled(staff, "/admin/forms/new/", title="Keep a boat at sea", methods=["bank_transfer"])
    form = DonationForm.objects.get()
    assert (form.slug, form.currencies, form.frequencies, form.minimum_minor) == (
        "keep-a-boat-at-sea", "AUD", "once", 200,
    )  # fmt: skip

    assert "takes no gifts" not in staff.get("/admin/").content.decode()

    write(staff)
    story = public("/stories/a-morning/")
    assert f'action="/give/{form.slug}/details/"' in story
    assert f'<meta property="og:url" content="https://{HOST}/stories/a-morning/">' in story
    assert "A morning" in public("/") and f"https://{HOST}/give/{form.slug}/" in public("/sitemap.xml")

    gift = give(form)
    page = staff.get(f"/admin/gifts/{gift.pk}/")
    filled(staff, link(page, "Mark transfer received"))
    gift.refresh_from_db()
    assert (gift.status, gift.amount_minor, gift.cover_minor) == (GiftStatus.SETTLED, 50_00, 0)
    assert Receipt.objects.get().number == 1


def found(staff: Client) -> Charity:
    filled(
        staff, link(staff.get("/admin/"), "Make the charity"),
        name="Harbour Hands", legal_name="Harbour Hands Inc", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="hello@harbour.example", mail_from="giving@harbour.example",
        **{"bank_details-label": ["BSB", "Account", ""], "bank_details-value": ["062-000", "1234", ""]},
    )  # fmt: skip
    return Charity.objects.get()


def write(staff: Client) -> None:
    stories = StoryIndexPage.objects.get()
    filled(
        staff, f"/admin/pages/add/stories/storypage/{stories.pk}/",
        title="A morning", slug="a-morning", summary="What a boat brings home.",
        **BODY, **{"action-publish": "on"},
    )  # fmt: skip


def give(form: DonationForm) -> Gift:
    donor = Donor(UrlencodedClient(headers=VISITING), prefix=f"/give/{form.slug}/")
    details = donor.amount(fund="general")
    # Nothing that is paid here costs a fee.
    assert "to cover the cost" not in details.content.decode()
    answer = donor.give(donor.details(details), method="bank_transfer")
    assert answer.status_code == 303, answer.content.decode()
    return Gift.objects.get()
