"""The practice gateway's books on a small screen: each charge is a list of its own, and nothing is pushed sideways."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.test_path import mailbox
from tests.browser.walk import Look, Walk, sound, sound_in

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
PUSHED = "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
LABELS = (
    "[...document.querySelector('tbody').rows[0].cells].map("
    "cell => getComputedStyle(cell, '::before').content.replaceAll('\"', ''))"
)
NARROW = [Look(320, 720), Look(320, 720, "dark"), Look(360, 720), Look(360, 720, "dark")]


@pytest.mark.parametrize("root", ["", "/ar"])
def test_the_books_are_read_without_scrolling_sideways(
    demonstration: Demonstration, page: Page, root: str
) -> None:
    page.goto(demonstration.form)
    walk = Walk(page)
    walk.amount()
    walk.details(mailbox())
    walk.pay("lost_card")
    page.get_by_role("alert").wait_for()
    walk.pay()
    walk.thanked()
    page.goto(f"{demonstration.site.base}{root}/sandbox/")
    payouts = page.locator("code", has_text="payout.processing")
    before = payouts.count()
    page.locator('form[action$="/payouts/"] button').click()
    expect(payouts).to_have_count(before + 1)
    sound_in(page, "the books", NARROW)
    for look in NARROW:
        look.put_on(page)
        assert page.evaluate(PUSHED) == 0, look
    charges = page.get_by_role("table").first
    assert charges.get_by_role("row").count() >= 3
    headings = charges.get_by_role("columnheader").all_text_contents()
    assert (len(headings), headings) == (6, page.evaluate(LABELS))


def test_on_a_wide_screen_they_are_a_table(demonstration: Demonstration, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{demonstration.site.base}/sandbox/")
    sound(page, "the books")
    assert set(page.evaluate(LABELS)) == {"none"}
    assert page.get_by_role("columnheader").first.is_visible()
