"""Without JavaScript a browser tells where its reader came from by the address of the page that led to the form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Demonstration

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


@pytest.mark.parametrize("start", ["/", "/stories/"])
def test_a_button_to_give_keeps_the_campaign_without_the_script(
    demonstration: Demonstration, new_page: NewPage, start: str
) -> None:
    page = new_page(java_script_enabled=False)
    # The page that is the same for everybody is kept ready by now.
    assert page.request.get(demonstration.form).ok
    page.goto(f"{demonstration.site.base}{start}?utm_source=letter&appeal=SPRING26")
    page.locator("a[href*='/give/']").first.click()
    page.wait_for_url("**/give/**")
    kept = {name: page.locator(f"[name={name}]").input_value() for name in ("utm_source", "appeal")}
    assert kept == {"utm_source": "letter", "appeal": "SPRING26"}
