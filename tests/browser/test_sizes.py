"""Every step and its errors, small, mirrored, dark and with large text: nothing is cut off, small, or wider than it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.test_path import LOOKS, mailbox
from tests.browser.walk import Walk, sound

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser 2")]
NewPage = Callable[..., Page]
LARGE = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"


def throughout(page: Page, walk: Walk) -> None:
    """Every step with its errors, and the pages of a gift that was taken and of one that was not."""
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound(page, "amount")
    walk.amount()
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound(page, "details")
    walk.details(mailbox())
    walk.pay("lost_card")
    expect(page.get_by_role("alert")).to_be_visible()
    sound(page, "payment")
    walk.pay("authenticate")
    walk.press("No, stop it")
    walk.heading("Your bank could not confirm that it was you")
    sound(page, "declined")
    walk.press("Try again")
    walk.heading("Payment Details")
    sound(page, "payment again")
    walk.pay()
    walk.thanked()
    sound(page, "thanks")


@pytest.mark.parametrize("look", ["320", "dark", "320 and dark", "forced colours"])
def test_every_step_from_right_to_left(demonstration: Demonstration, new_page: NewPage, look: str) -> None:
    page = new_page(**(LOOKS["320"] | LOOKS["dark"] if look == "320 and dark" else LOOKS[look]))
    page.goto(demonstration.form.replace("/give/", "/ar/give/"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    throughout(page, Walk(page, "ar"))


def test_every_step_with_its_errors_on_a_small_screen(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    page = new_page(**LOOKS["320"])
    page.goto(demonstration.form)
    throughout(page, Walk(page))


@pytest.mark.parametrize("root", ["", "/ar"])
def test_every_step_at_twice_the_size_of_text(
    demonstration: Demonstration, new_page: NewPage, root: str
) -> None:
    page = new_page(viewport={"width": 640, "height": 800})
    page.add_init_script(LARGE)
    page.goto(demonstration.form.replace("/give/", f"{root}/give/"))
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    throughout(page, Walk(page, "ar" if root else "en"))
