"""A donor asks how a number is known, by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration

pytestmark = [pytest.mark.once, pytest.mark.browser]
NewPage = Callable[..., Page]


def test_a_donor_follows_a_figure_to_how_it_is_known_by_keyboard(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(demonstration.story)
    figure = page.locator("a[href^='/figures/']").first
    address = figure.get_attribute("href")
    for _ in range(80):
        page.keyboard.press("Tab")
        if figure.evaluate("each => each === document.activeElement"):
            break
    expect(figure).to_be_focused()
    assert outlined(page)
    says = figure.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    expect(page.get_by_text("How this is known").first).to_be_visible()
    expect(page.get_by_text("IJM Australia").first).to_be_visible()
    expect(page.get_by_text(says).first).to_be_visible()
    page.keyboard.press("Tab")
    assert outlined(page)
    page.go_back()
    expect(figure).to_be_visible()
    assert page.url.startswith(demonstration.story)


def outlined(page: Page) -> bool:
    """Whether what has the focus shows it."""
    return bool(
        page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at);
                const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                return at.matches(":focus-visible") && drawn;
            }"""
        )
    )
