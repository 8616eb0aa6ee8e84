"""What a reload, Back and a decline leave of a gift in the making: everything that was typed, and one payment."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, axe_problems

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
AMOUNT = "How much would you like to give?"


def mailbox() -> str:
    return f"ada-{uuid.uuid4().hex[:10]}@example.org"


def to_payment(demonstration: Demonstration, page: Page, email: str) -> Walk:
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount()
    walk.details(email)
    return walk


def settled(walk: Walk) -> str:
    """The gift's reference, once it has arrived."""
    walk.thanked()
    return walk.page.locator(".g-ref").first.inner_text()


def test_a_reload_at_each_step_keeps_the_step_and_what_was_posted(
    demonstration: Demonstration, page: Page
) -> None:
    email = mailbox()
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount("$100")
    page.reload()
    walk.heading("Your Details")
    expect(page.locator(".g-giving")).to_contain_text("$100")
    walk.details(email)
    page.reload()
    walk.heading("Payment Details")
    expect(page.locator(".g-slip")).to_contain_text(email)
    walk.press("Back")
    walk.heading("Your Details")
    expect(page.locator("[name=email]")).to_have_value(email)
    page.reload()
    walk.heading("Your Details")
    expect(page.locator("[name=email]")).to_have_value(email)
    walk.press("Back")
    walk.heading(AMOUNT)
    page.reload()
    walk.heading(AMOUNT)
    expect(page.get_by_role("radio", name="$100")).to_be_checked()
    walk.press("Continue")
    walk.heading("Your Details")
    expect(page.locator("[name=email]")).to_have_value(email)
    assert email not in page.url and "token" not in page.url
    walk.press("Continue")
    walk.heading("Payment Details")
    walk.pay()
    reference = settled(walk)
    page.reload()
    assert settled(walk) == reference


def test_the_browsers_back_after_a_reload_finds_the_step_before(
    demonstration: Demonstration, page: Page
) -> None:
    email = mailbox()
    walk = to_payment(demonstration, page, email)
    page.reload()
    walk.heading("Payment Details")
    page.go_back()
    walk.heading("Your Details")
    expect(page.locator("[name=email]")).to_have_value(email)
    page.go_forward()
    walk.heading("Payment Details")
    walk.pay()
    walk.thanked()


def test_a_reload_inside_a_story(demonstration: Demonstration, page: Page) -> None:
    walk, email = Walk(page), mailbox()
    page.goto(demonstration.story)
    walk.amount()
    walk.details(email)
    page.reload()
    walk.heading("Payment Details")
    expect(page.locator(".g-slip")).to_contain_text(email)
    walk.pay()
    walk.thanked()


def test_back_after_a_decline_then_other_content_is_paid_once(
    demonstration: Demonstration, page: Page
) -> None:
    walk = to_payment(demonstration, page, mailbox())
    walk.pay("lost_card")
    expect(page.get_by_role("alert")).to_contain_text("Your bank did not take this payment")
    walk.press("Back")
    walk.heading("Your Details")
    page.get_by_label(re.compile("to cover the cost")).check()
    walk.press("Continue")
    walk.heading("Payment Details")
    expect(page.get_by_role("alert")).to_have_count(0)
    walk.pay()
    walk.thanked()


def test_back_after_a_decline_then_another_method(demonstration: Demonstration, page: Page) -> None:
    walk = to_payment(demonstration, page, mailbox())
    walk.pay("lost_card")
    expect(page.get_by_role("alert")).to_be_visible()
    page.go_back()
    walk.heading("Your Details")
    walk.press("Continue")
    walk.heading("Payment Details")
    walk.pay(method="bank_transfer")
    walk.thanked()
    expect(page.get_by_role("heading", name="Send your transfer to")).to_be_visible()


def test_the_browsers_back_without_the_script_after_a_decline(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    page = new_page(java_script_enabled=False)
    walk = to_payment(demonstration, page, mailbox())
    walk.pay("lost_card")
    expect(page.get_by_role("alert")).to_be_visible()
    page.go_back()
    walk.heading("Payment Details")
    walk.pay(method="bank_transfer")
    expect(page.get_by_text("Your earlier try did not go through")).to_be_visible()
    expect(page.locator("[value=bank_transfer]")).to_be_checked()
    walk.pay(method="bank_transfer")
    walk.thanked()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_back_from_the_hosted_page_and_another_way_to_pay(
    demonstration: Demonstration, new_page: NewPage, script: bool
) -> None:
    """Chromium as it is driven here keeps no pages in its memory, so Back asks for the address again."""
    page = new_page(java_script_enabled=script)
    email = mailbox()
    walk = to_payment(demonstration, page, email)
    walk.pay(method="sandbox_hosted")
    page.wait_for_url(re.compile("/sandbox/checkout/"))
    page.go_back()
    walk.heading("Payment Details")
    expect(page.locator(".g-slip")).to_contain_text(email)
    walk.pay(method="bank_transfer")
    walk.thanked()
    expect(page.get_by_role("heading", name="Send your transfer to")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_declined_by_the_banks_check_and_tried_again(
    demonstration: Demonstration, new_page: NewPage, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    email = mailbox()
    walk = to_payment(demonstration, page, email)
    walk.pay("authenticate")
    walk.press("No, stop it")
    walk.heading("Your bank could not confirm that it was you")
    if script:
        assert axe_problems(page) == []
    walk.press("Try again")
    walk.heading("Payment Details")
    expect(page.locator(".g-slip")).to_contain_text(email)
    if script:
        page.reload()
        walk.heading("Payment Details")
    walk.pay()
    walk.thanked()


def test_back_after_a_gift_that_was_paid_elsewhere_shows_the_gift(
    demonstration: Demonstration, page: Page
) -> None:
    walk = to_payment(demonstration, page, mailbox())
    walk.pay(method="sandbox_hosted")
    page.wait_for_url(re.compile("/sandbox/checkout/"))
    walk.press("Continue")
    reference = settled(walk)
    page.go_back()
    page.go_back()
    assert settled(walk) == reference
