# ruff: noqa: F811 (pytest takes fixtures by their names)
"""give.js where the network is slow, the browser old, the donor quick, and the source has to come along."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from almoner.giving.tests.test_script import Stand, heading, page, stand, to_details, to_payment  # noqa: F401

pytestmark = pytest.mark.browser


def sent(stand: Stand, count: int, page: Page) -> dict[str, str]:
    """The post that makes so many, once it is there."""
    for _ in range(750):
        if len(stand.posts) >= count:
            return stand.posts[count - 1][1]
        page.wait_for_timeout(20)
    raise AssertionError("nothing was posted")


# Slow answers


def test_what_is_typed_while_a_country_is_fetched_is_kept(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    stand.gate.clear()
    page.get_by_label("Country").select_option("JP")
    page.get_by_label("Last name").click()
    page.keyboard.type("Lovelace")
    page.get_by_label("Email me about").check()
    page.get_by_label("Last name").focus()
    stand.gate.set()
    expect(page.get_by_label("Address line 1")).to_be_visible()
    expect(page.get_by_label("Last name")).to_be_focused()
    expect(page.get_by_label("Last name")).to_have_value(re.compile("Lovelace$"))
    page.keyboard.type(" II")
    expect(page.get_by_label("Last name")).to_have_value(re.compile("Lovelace II$"))
    expect(page.get_by_label("Email me about")).to_be_checked()
    expect(page.get_by_label("First name")).to_have_value("Ada")


def test_the_focus_goes_to_the_errors_of_a_donor_who_waited(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()


# What was typed and not sent


def test_an_edit_that_was_not_sent_goes_before_what_was(page: Page, stand: Stand) -> None:
    to_payment(page)
    stand.kept = {"given_name": "Ada", "family_name": "King"}
    page.go_back()
    heading(page, "Your Details")
    page.get_by_label("First name").fill("Grace")
    page.go_back()
    page.get_by_label("$100").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    expect(page.get_by_label("First name")).to_have_value("Grace")
    # This one the donor left as it was sent, so the server's stands.
    expect(page.get_by_label("Last name")).to_have_value("King")


def test_a_method_that_is_no_longer_offered_ticks_no_other(page: Page, stand: Stand) -> None:
    to_payment(page)
    page.get_by_label("bank_transfer").check()
    page.go_back()
    heading(page, "Your Details")
    stand.methods = ("hosted", "card")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Payment Details")
    expect(page.get_by_label("hosted")).to_be_checked()


def test_a_method_that_stands_elsewhere_in_the_list_is_found(page: Page, stand: Stand) -> None:
    to_payment(page)
    page.get_by_label("bank_transfer").check()
    page.go_back()
    heading(page, "Your Details")
    stand.methods = ("bank_transfer", "card", "hosted")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Payment Details")
    expect(page.get_by_label("bank_transfer")).to_be_checked()


def test_enter_while_a_word_is_being_composed_finds_nothing(page: Page, stand: Stand) -> None:
    to_details(page)
    press = """composing => { const field = document.querySelector("#give-address_query")
      return field.dispatchEvent(new KeyboardEvent("keydown",
        { key: "Enter", isComposing: composing, bubbles: true, cancelable: true })) }"""
    assert page.evaluate(press, True), "the browser's own Enter goes on"
    assert len(stand.posts) == 1
    assert not page.evaluate(press, False)
    assert sent(stand, 2, page)["action"] == "find"


# The newest draft


def test_the_newest_draft_is_sent_and_stands_in_the_history_alone(page: Page, stand: Stand) -> None:
    to_payment(page)
    assert page.evaluate("history.state") == {"give": 2, "token": "draft-3"}
    page.get_by_role("button", name="Back").click()
    heading(page, "Your Details")
    assert page.evaluate("history.state") == {"give": 1, "token": "draft-3"}
    page.get_by_role("button", name="Continue").click()
    heading(page, "Payment Details")
    assert stand.posts[-1][1]["token"] == "draft-3"
    page.get_by_role("button", name=re.compile("^Give")).click()
    heading(page, "Thank You")
    assert page.evaluate("history.state") == {"give": 3, "token": None}
    assert "draft" not in page.url


# Older browsers


OLD = {
    "without findLast": "delete Array.prototype.findLast",
    "without URL.canParse": "delete URL.canParse",
    "without AbortSignal.timeout": "delete AbortSignal.timeout",
}


@pytest.mark.parametrize("missing", OLD)
def test_an_older_browser_gives(page: Page, stand: Stand, missing: str) -> None:
    page.add_init_script(OLD[missing])
    to_payment(page)
    page.get_by_role("button", name=re.compile("^Give")).click()
    heading(page, "Thank You")


BROKEN = {
    "before it is sent": "window.FormData = class { constructor() { throw new Error('old') } }",
    "without AbortSignal": "delete window.AbortSignal",
    "when it is shown": "Element.prototype.replaceWith = () => { throw new Error('old') }",
    "without the pressed button": "delete SubmitEvent.prototype.submitter",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_where_the_script_fails_the_browser_sends_the_form(page: Page, stand: Stand, fault: str) -> None:
    page.add_init_script(BROKEN[fault])
    page.goto("/give/4840/")
    page.get_by_label("$50").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Find your address").fill("geelong")
    with page.expect_navigation():
        page.get_by_role("button", name="Find address").click()
    expect(page.locator("legend", has_text="2 addresses found")).to_be_visible()
    assert stand.posts[-1][1]["action"] == "find"
    page.get_by_label("First name").fill("Ada")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Payment Details", exact=True)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Back").click()
    path, post = stand.posts[-1]
    assert (path, post["action"]) == ("/give/4840/submit/", "back")


# Where the gift comes from


def test_another_currency_brings_the_source_along(page: Page, stand: Stand) -> None:
    stand.currencies = True
    page.goto("/give/4840/?utm_source=letter&appeal=WINTER&story=12")
    page.get_by_role("link", name="NZD").click()
    expect(page.locator("[name=currency]")).to_have_value("NZD")
    page.get_by_text("Other amount").or_(page.get_by_label(re.compile("Amount in"))).first.click()
    page.get_by_label(re.compile("Amount in")).fill("40")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    first = stand.posts[0][1]
    assert (first["utm_source"], first["appeal"], first["story"]) == ("letter", "WINTER", "12")
    assert first["currency"] == "NZD"


def test_a_story_that_led_here_tells_where_the_donor_came_from(page: Page, stand: Stand) -> None:
    page.goto("/story/?utm_source=letter")
    with page.expect_navigation():
        page.evaluate("location.href = '/give/4840/?story=12&appeal=WINTER'")
    page.get_by_label("$50").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    first = stand.posts[0][1]
    assert (first["story"], first["utm_source"], first["appeal"]) == ("12", "letter", "WINTER")
    assert first["referrer"] == ""


def test_another_sites_page_is_named_by_its_host_alone(new_page: Callable[..., Page], stand: Stand) -> None:
    page = new_page(base_url=stand.origin)
    elsewhere = stand.origin.replace("127.0.0.1", "localhost")
    page.goto(f"{elsewhere}/story/?utm_source=theirs")
    with page.expect_navigation():
        page.evaluate("url => { location.href = url }", f"{stand.origin}/give/4840/")
    page.get_by_label("$50").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    first = stand.posts[0][1]
    assert (first["referrer"], first["utm_source"]) == (elsewhere.removeprefix("http://"), "")
