"""An editor says a form's words in German by keyboard, sees how much is missing, and a donor reads them."""

import re
from typing import Final

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm, SuggestedAmount
from tests.browser.desk import Seated, answered
from tests.browser.walk import problems_in

pytestmark = [pytest.mark.once, pytest.mark.browser]
LOOKS: Final = ("desk", "dark phone")
OWN, CHANGED, SAID = "Leave a lamp lit", "Leave the lamp lit", "Lasst die Lampe brennen"


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Page:
    return seated(User.objects.create_superuser("translator", "translator@example.org"))


@pytest.fixture
def form(desk: Page) -> DonationForm:
    """One of this test's own: tests share a site."""
    charity = Charity.objects.earliest("pk")
    form = DonationForm.objects.create(
        charity=charity, slug="lamp", title=OWN, intro="Somebody stays awake.", currencies="AUD", frequencies="once",
        minimum_minor=200, maximum_minor=100_000, methods=["sandbox_card"], thanks_text="It burns.",
    )  # fmt: skip
    SuggestedAmount.objects.create(form=form, frequency="once", amount_minor=2_500, line="An evening")
    return form


def test_a_form_s_words_are_said_by_keyboard_and_read_by_a_donor(desk: Page, form: DonationForm) -> None:
    desk.goto(f"/admin/forms/languages/{form.pk}/?language=de")
    told = desk.locator(".bo-lead").nth(1)
    # Title, opening words, amount, the fund and its line, thanks.
    expect(told).to_contain_text("6 of 6 are missing in German.")
    assert problems_in(desk, "a form's words", LOOKS) == []
    desk.get_by_role("link", name="German").focus()
    field = desk.get_by_label(OWN, exact=True)
    for _ in range(20):
        desk.keyboard.press("Tab")
        if field.evaluate("each => each === document.activeElement"):
            break
    desk.keyboard.type(SAID)
    with answered(desk):
        desk.keyboard.press("Enter")
    expect(desk.get_by_text("1 wording is kept in German")).to_be_visible()
    expect(told).to_contain_text("5 of 6 are missing in German.")
    expect(desk.get_by_role("link", name="German (1/6)")).to_have_attribute("aria-current", "true")
    desk.get_by_role("link", name="Open it as donors do").focus()
    with answered(desk):
        desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/de/give/lamp/$"))
    heading = desk.get_by_role("heading", level=1)
    expect(heading).to_have_text(SAID)
    expect(desk.locator("bdi[lang=en]").first).to_have_text("Somebody stays awake.")
    # The title is changed: what was said of the old one is put in, looked at, and kept for the new one.
    DonationForm.objects.filter(pk=form.pk).update(title=CHANGED)
    desk.goto(f"/admin/forms/languages/{form.pk}/?language=de")
    field = desk.get_by_label(CHANGED, exact=True)
    expect(field).to_have_value("")
    desk.get_by_role("button", name=re.compile(f"Put it in to look at.*{CHANGED}")).focus()
    with answered(desk):
        desk.keyboard.press("Enter")
    expect(field).to_have_value(SAID)
    expect(field).to_be_focused()
    assert problems_in(desk, "older words put in", LOOKS) == []
    desk.keyboard.press("End")
    desk.keyboard.type("!")
    with answered(desk):
        desk.keyboard.press("Enter")
    expect(desk.get_by_text("1 wording is kept in German")).to_be_visible()
    expect(field).to_have_value(f"{SAID}!")
