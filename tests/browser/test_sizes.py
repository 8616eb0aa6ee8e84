"""Every step and its errors, small, mirrored, dark and with large text: nothing is cut off, small, or wider than it.

A page is walked through once, and put into each look at each step as it stands.
"""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.test_path import mailbox
from tests.browser.walk import LOOKS, Look, Walk, sound_in

pytestmark = pytest.mark.browser
SMALL = LOOKS["320 px"]
MIRRORED = (SMALL, Look(SMALL.width, SMALL.height, "dark"), LOOKS["dark"], LOOKS["forced colours"])
LARGE = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"


def throughout(page: Page, walk: Walk, looks: Sequence[Look]) -> None:
    """Every step with its errors, and the pages of a gift that was taken and of one that was not."""
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound_in(page, "amount", looks)
    walk.amount()
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    sound_in(page, "details", looks)
    walk.details(mailbox())
    walk.pay("lost_card")
    expect(page.get_by_role("alert")).to_be_visible()
    sound_in(page, "payment", looks)
    walk.pay("authenticate")
    walk.press("No, stop it")
    walk.heading("Your bank could not confirm that it was you")
    sound_in(page, "declined", looks)
    walk.press("Try again")
    walk.heading("Payment Details")
    sound_in(page, "payment again", looks)
    walk.pay()
    walk.thanked()
    sound_in(page, "thanks", looks)


def test_every_step_from_right_to_left(demonstration: Demonstration, page: Page) -> None:
    SMALL.put_on(page)
    page.goto(demonstration.form.replace("/give/", "/ar/give/"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    throughout(page, Walk(page, "ar"), MIRRORED)


def test_every_step_with_its_errors_on_a_small_screen(demonstration: Demonstration, page: Page) -> None:
    SMALL.put_on(page)
    page.goto(demonstration.form)
    throughout(page, Walk(page), (SMALL,))


@pytest.mark.parametrize("root", ["", "/ar"])
def test_every_step_at_twice_the_size_of_text(demonstration: Demonstration, page: Page, root: str) -> None:
    look = Look(640, 800)
    look.put_on(page)
    page.add_init_script(LARGE)
    page.goto(demonstration.form.replace("/give/", f"{root}/give/"))
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    throughout(page, Walk(page, "ar" if root else "en"), (look,))
