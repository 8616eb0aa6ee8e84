"""A donor who asks for it stays unnamed in public; staff who export their list are told who asked."""

import csv
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from almoner.charities.models import Charity
from almoner.charities.sites import forget_stamps
from almoner.giving import catalogue, demo
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor, UrlencodedClient, sandbox
from almoner.receipts.models import Receipt
from almoner.stories import demo as stories
from almoner.stories.models import StoryPage

__all__ = ["sandbox"]
# Words of the donors alone: nothing of them may stand on a page that anybody else may open.
NAMED = {
    "given_name": "Zuzannaxx",
    "family_name": "Openlyxx",
    "email": "zuzannaxx@example.org",
    "message": "Publicxx",
}
UNNAMED = {
    "given_name": "Quentinxx", "family_name": "Hiddenxx", "email": "quentinxx@example.org", "message": "Secretxx",
    "tribute_kind": "memory", "tribute_name": "Mauricexx", "anonymous": "yes", "phone": "02 5550 7788",
    "address_line1": "1 Canary Street",
}  # fmt: skip


@pytest.fixture
def given(db: None, sandbox: object) -> dict[bool, Gift]:
    """anonymous -> the gift"""
    forget_stamps()
    catalogue.forget()
    charity = demo.seed()
    stories.seed(charity, hostname="testserver")
    donor = Donor(UrlencodedClient())
    for person in (NAMED, UNNAMED):
        assert donor.give(donor.to_payment(**person)).status_code == 303
    return {gift.anonymous: gift for gift in Gift.objects.select_related("contact")}


def test_no_public_page_knows_any_donor(given: dict[bool, Gift]) -> None:
    story = StoryPage.objects.live().first()
    assert story is not None and set(given) == {True, False}
    checks = [f"/receipts/check/{token}/" for token in Receipt.objects.values_list("token", flat=True)]
    assert len(checks) == 2, "both have a receipt whose page anybody may be shown"
    paths = [
        "/", "/stories/", f"/stories/{story.slug}/", "/sitemap.xml", "/robots.txt", "/feed.xml", "/give/4840/",
        "/ar/give/4840/", "/give/4840/?amount=50", "/receipts/keys.json", "/no-such-page/", *checks,
    ]  # fmt: skip
    for path in paths:
        answer = Client().get(path)
        assert answer.status_code == (404 if path == "/no-such-page/" else 200), path
        shown = answer.content.decode().lower()
        assert not re.search(r"\w+xx\b|5550 7788|canary street", shown), path
    # A thank-you is its own donor's page, and tells them what they typed of themselves: not even it shows the name.
    for gift in given.values():
        thanks = Client().get(f"/give/thanks/{gift.public_key}/").content.decode()
        assert gift.contact.given_name not in thanks and gift.contact.family_name not in thanks


def test_staff_see_who_asked_for_it_in_every_export(given: dict[bool, Gift]) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("staff", "staff@example.org", "a long password here"))
    text = b"".join(client.get(reverse("backoffice:gifts_export"))).decode()  # type: ignore[call-overload]
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert {(row["First name"], row["Anonymous"]) for row in rows} == {
        ("Zuzannaxx", ""),
        ("Quentinxx", "yes"),
    }


def test_the_answer_is_kept_with_the_gift(given: dict[bool, Gift]) -> None:
    assert given[True].contact.given_name == "Quentinxx"
    assert given[False].contact.given_name == "Zuzannaxx"
    assert Charity.objects.count() == 1
