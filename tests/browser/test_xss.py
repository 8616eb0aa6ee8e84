"""What donors and editors typed runs in no page: a canary stands in every field, and a real browser opens them all."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page
from wagtail.models import Locale

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import bump
from almoner.giving.models import DonationForm, Gift
from almoner.stories.models import StoryIndexPage, StoryPage
from almoner.supporters.models import Contact
from tests.browser.walk import Walk
from tests.support.server import Site

pytestmark = [pytest.mark.browser, pytest.mark.once]
NewPage = Callable[..., Page]

# It would run as an element, out of an attribute, out of a script's text and as a template.
CANARY = "\"'></title></script><img src=x onerror=canary=1><svg onload=canary=1>${canary=1}{{canary=1}}"
# A name has less room.
SHORT = '"><img src=x onerror=canary=1>'


def listened(page: Page, heard: list[str]) -> Page:
    """What the policy stops ran as little as what was escaped, but it shows that it had become markup."""
    page.on(
        "console", lambda said: heard.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    return page


def harmless(page: Page, heard: list[str], *, shows: bool = True) -> None:
    where = urlsplit(page.url).path
    assert page.evaluate("typeof canary") == "undefined", where
    assert page.locator("img[src=x], svg[onload]").count() == 0, where
    assert heard == [], where
    if shows:
        assert "onerror=canary" in page.locator("body").inner_text(), f"nothing of it stands on {where}"


def planted() -> StoryPage:
    """In every word of an editor's that donors read."""
    Charity.objects.update(
        name=CANARY,
        legal_name=CANARY,
        address_lines=CANARY,
        bank_details=[{"label": CANARY, "value": CANARY}],
    )
    Fund.objects.update(name=CANARY, line=CANARY)
    DonationForm.objects.update(title=CANARY, intro=CANARY, thanks_text=CANARY, ask_message=True)
    source = {"credit": SHORT, "title": CANARY, "url": "https://example.org/", "dated": SHORT}
    index = StoryIndexPage.objects.get(locale=Locale.get_default())
    story = StoryPage(
        title=CANARY, slug="canary", summary=CANARY, attribution=CANARY, search_description=CANARY,
        body=[
            {"type": "figure", "value": {"value": "1", "label": CANARY, "source": source}},
            {"type": "call", "value": {"heading": SHORT, "text": CANARY, "button": "Give", "number": ""}},
            {"type": "form", "value": {"number": "4840"}},
        ],
    )  # fmt: skip
    index.add_child(instance=story)
    story.save_revision().publish()
    bump(Charity.objects.get().pk)
    return story


def test_xss_a_canary_is_run_by_no_page(demo_site: Site, new_page: NewPage) -> None:
    story = planted()
    heard: list[str] = []
    page = listened(new_page(base_url=demo_site.base), heard)
    page.goto("/stories/canary/")
    harmless(page, heard)
    page.goto("/stories/")
    harmless(page, heard)

    page.goto("/give/4840/")
    harmless(page, heard)
    walk = Walk(page)
    walk.amount()
    harmless(page, heard)
    page.locator("details:has([name=message]) > summary").click()
    page.locator("[name=message]").fill(CANARY)
    walk.details("ada@example.org", given=SHORT, family=SHORT)
    harmless(page, heard)
    walk.pay()
    walk.thanked()
    harmless(page, heard)

    gift = Gift.objects.get()
    desk = listened(new_page(base_url=demo_site.base), heard)
    client = Client()
    client.force_login(User.objects.create_superuser("desk", first_name=SHORT))
    desk.context.add_cookies(
        [{"name": name, "value": each.value, "url": demo_site.base} for name, each in client.cookies.items()]
    )
    assert Contact.objects.get(gift=gift).given_name == SHORT
    for address in (
        "/admin/", "/admin/gifts/", f"/admin/gifts/{gift.pk}/", f"/admin/gifts/{gift.pk}/donor/", "/admin/funds/",
        "/admin/forms/", f"/admin/forms/edit/{gift.form_id}/", "/admin/charities/", "/admin/giving-reports/income/",
        f"/admin/pages/{story.pk}/edit/", f"/admin/pages/{story.get_parent().pk}/",
    ):  # fmt: skip
        desk.goto(address)
        harmless(desk, heard, shows=False)
