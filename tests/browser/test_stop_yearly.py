"""The yearly message is stopped by its link and taken back on the donor's page: on a phone of 360 px, and for axe."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demonstration
from tests.browser.test_donors_page import link_to, mailbox
from tests.browser.walk import problems_in, sound
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.server import Site

pytestmark = pytest.mark.browser

_TOLD = """
from almoner.charities.models import Charity
from almoner.donors import yearly
from almoner.donors.models import ReachedMail, YearlyMessage
from almoner.kernel.clock import now
from almoner.supporters.people import Details, add_contact
charity = Charity.objects.get(slug="tidelight")
YearlyMessage.objects.update_or_create(charity=charity, defaults={{"on": True, "since": now()}})
contact = add_contact(
    Details(given_name="Ada", family_name="Nguyễn", email="{email}", language="{language}"),
    charity_id=charity.pk, at=now(),
)
yearly.ask([contact], charity=charity, year=2020)
print("KEY", ReachedMail.objects.get(contact=contact).public_key)
"""


def told(site: Site, email: str, language: str) -> str:
    """Somebody to whom a yearly message was to go; returns the key in its link."""
    said = site.shell(_TOLD.format(email=email, language=language))
    found = re.search(r"KEY (\S+)", said)
    assert found, said
    return found[1]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_stopped_and_taken_back_on_a_phone(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    site, email = demonstration.site, mailbox()
    root = "/giving/" if language == "en" else f"/{language}/giving/"
    key = told(site, email, language)
    context = browser.new_context(
        base_url=site.base, viewport={"width": 360, "height": 740}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(problems_in(page, name))
        sound(page, name)

    page.goto(f"{root}yearly/{key}/")
    look("stop?")
    with page.expect_event("load"):
        page.locator("#giving .g-go").click()
    expect(page.locator("#giving .g-go")).to_have_count(0)
    look("stopped")
    page.goto(root)
    page.locator("[name=email]").fill(email)
    page.locator("#giving .g-go").click()
    page.wait_for_url("**/sent/")
    page.goto(link_to(site, email))
    page.locator("#giving .g-go").click()
    back = page.locator("button[name=wanted]")
    expect(back).to_have_attribute("value", "yes")
    look("own page, stopped")
    back.click()
    expect(back).to_have_attribute("value", "no")
    look("own page, taken back")
    context.close()
    assert found == []
