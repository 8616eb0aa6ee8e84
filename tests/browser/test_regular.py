"""A monthly gift in a browser: the amounts follow how often, and the promise is read before it is made."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, sound_in

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def often(walk: Walk, words: str) -> None:
    walk.page.get_by_role("radio", name=walk.say(words), exact=True).check()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_amounts_follow_how_often(demonstration: Demonstration, new_page: NewPage, script: bool) -> None:
    page = new_page(java_script_enabled=script)
    walk = Walk(page)
    page.goto(demonstration.form)
    once, monthly = page.locator(".g-once"), page.locator(".g-monthly")
    expect(once).to_be_visible()
    expect(monthly).to_be_hidden()
    once.get_by_role("radio", name="$50").check()
    often(walk, "Every month")
    expect(once).to_be_hidden()
    expect(monthly).to_be_visible()
    # What was chosen for a single gift says nothing of a monthly one.
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Enter an amount")
    expect(monthly).to_be_visible()
    monthly.get_by_role("radio", name="$30").check()
    walk.press("Continue")
    expect(page.get_by_text("You are giving $30.00 every month.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_monthly_gift_to_its_thank_you(
    demonstration: Demonstration, new_page: NewPage, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    walk = Walk(page)
    page.goto(demonstration.form)
    often(walk, "Every month")
    walk.amount("$30")
    page.locator("summary").first.click()
    page.get_by_label("Day of the month").select_option("1")
    page.get_by_label("How many gifts in all").fill("12")
    walk.details(f"ada-{uuid.uuid4().hex[:10]}@example.org")
    expect(
        page.get_by_text(re.compile("Then on the 1st of every month, next on .*: 12 gifts in all"))
    ).to_be_visible()
    expect(page.get_by_role("radio", name="Bank transfer")).to_have_count(0)
    button = page.get_by_role("button", name="Give $30.00 every month")
    expect(button).to_be_visible()
    walk.pay()
    walk.thanked()
    expect(page.get_by_role("heading", name="Your regular gift")).to_be_visible()
    page.get_by_role("link", name="We email you a link for that").click()
    page.wait_for_url(re.compile("/giving/$"))


def test_another_amount_is_typed_where_it_belongs(demonstration: Demonstration, page: Page) -> None:
    walk = Walk(page)
    page.goto(demonstration.form)
    often(walk, "Every month")
    monthly = page.locator(".g-monthly")
    monthly.get_by_role("radio", name="Other amount").check()
    monthly.get_by_role("textbox").fill("17")
    walk.press("Continue")
    expect(page.get_by_text("You are giving $17.00 every month.")).to_be_visible()
    walk.press("Back")
    expect(monthly.get_by_role("textbox")).to_have_value("17")
    expect(page.get_by_role("radio", name="Every month", exact=True)).to_be_checked()


def test_by_keyboard_how_often_comes_first(demonstration: Demonstration, page: Page) -> None:
    page.goto(demonstration.form)
    page.locator("#give-frequency").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".g-monthly")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#give-amount_monthly")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are giving $15.00 every month.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_step_in_each_look(demonstration: Demonstration, page: Page, language: str) -> None:
    walk = Walk(page, language)
    root = "" if language == "en" else f"/{language}"
    page.goto(demonstration.form.replace("/give/", f"{root}/give/"))
    often(walk, "Every month")
    sound_in(page, "amount")
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound_in(page, "amount with an error")
    walk.amount("$30")
    page.locator("summary").first.click()
    page.locator("[name=plan_gifts]").fill("1")
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound_in(page, "details with an error")
    page.locator("[name=plan_gifts]").fill("")
    walk.details(f"ada-{uuid.uuid4().hex[:10]}@example.org")
    sound_in(page, "payment")
    walk.pay()
    walk.thanked()
    sound_in(page, "thanks")
