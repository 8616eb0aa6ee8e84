"""An editor sends a picture, records consent, publishes, and takes it back: readers see it, and then nowhere."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from almoner.stories.models import StoryIndexPage, StoryPage
from almoner.stories.tests.showing import SECRET
from tests.browser.conftest import Demonstration
from tests.browser.desk import Seated, agreed, answered, fetched, sent
from tests.browser.walk import problems_in
from tests.support.server import wait_until

pytestmark = [pytest.mark.once, pytest.mark.browser]

_SHIFTS = (
    "window.shifted = 0; new PerformanceObserver(list => { for (const each of list.getEntries()) "
    "window.shifted += each.value }).observe({type: 'layout-shift', buffered: true})"
)


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Page:
    return seated(User.objects.create_superuser("agreer", "agreer@example.org"))


def test_shown_while_they_agree_and_nowhere_after(
    desk: Page, browser: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    image, story = sent(desk, tmp_path), _written()
    StoryPage.objects.filter(pk=story.pk).update(lead_image=image, lead_alt="A boat")
    story = StoryPage.objects.get(pk=story.pk)
    story.save_revision()
    _publish(desk, story)
    expect(desk.get_by_text("no consent is recorded for it").first).to_be_visible()
    with answered(desk):
        desk.get_by_role("link", name="Record what was agreed").first.click()
    agreed(desk)
    consent = desk.url
    _publish(desk, story)
    page = f"{demonstration.site.base}/stories/{story.slug}/"
    wait_until(lambda: fetched(page).status_code == 200)
    addresses = _seen(browser, demonstration, page, image)
    assert _told(demonstration, page, image) == (True, True, True)
    desk.goto(consent)
    with answered(desk):
        desk.get_by_role("link", name="Withdraw").click()
    desk.get_by_label("The person").check()
    desk.get_by_label("Why, and how we heard of it").fill("She wrote to us.")
    assert problems_in(desk, "withdraw it") == []
    with answered(desk):
        desk.get_by_role("button", name="Withdraw it").click()
    expect(desk.get_by_text("Withdrawn on")).to_be_visible()
    # Each process looks once a second.
    wait_until(lambda: _told(demonstration, page, image) == (False, False, False))
    assert {fetched(demonstration.site.base + each).status_code for each in addresses} == {404}
    media = Path(demonstration.site.env["ALMONER_DATA_DIR"]) / "media" / "images"
    assert not list(media.glob(f"{Path(image.file.name).stem}.*fill-*"))


def _written() -> StoryPage:
    story = StoryPage(
        title="Agreed", summary="s", body=[{"type": "text", "value": "<p>Words.</p>"}], live=False
    )
    StoryIndexPage.objects.get().add_child(instance=story)
    return story


def _publish(desk: Page, story: StoryPage) -> None:
    desk.goto(f"/admin/pages/{story.pk}/edit/")
    with answered(desk):
        desk.evaluate("document.querySelector('[name=action-publish]').click()")


def _seen(browser: Browser, demonstration: Demonstration, address: str, image: Any) -> list[str]:
    """What a reader's browser chose of the picture, without a shift of the page; all its addresses."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.add_init_script(_SHIFTS)
    page.goto(address, wait_until="networkidle")
    hero = page.locator(".s-hero img")
    assert hero.evaluate("each => each.naturalWidth") > 0
    assert hero.evaluate("each => each.currentSrc").endswith(".avif")
    assert page.evaluate("window.shifted") < 0.01
    context.close()
    cut = rf"/media/images/{Path(image.file.name).stem}\.[\w.-]+"
    found = sorted(set(re.findall(cut, fetched(address).text)))
    assert found
    for each in found:
        kept = fetched(demonstration.site.base + each)
        assert kept.status_code == 200 and SECRET not in kept.content and b"Exif" not in kept.content
    return found


def _told(demonstration: Demonstration, page: str, image: Any) -> tuple[bool, bool, bool]:
    """Whether the page, the head that others read, and the feed have the picture: others may stand in the feed."""
    name = f"/{Path(image.file.name).stem}."
    head, _, body = fetched(page).text.partition("<body")
    feed = fetched(f"{demonstration.site.base}/feed.xml").text
    return name in body.partition("s-related")[0], name in head, name in feed
