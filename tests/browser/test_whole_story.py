"""A story from its first word to a consent that is taken back, by those whose work it is; and one for a later day."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Locator, Page, expect

from almoner.backoffice import roles
from almoner.charities.models import AuditEntry, Charity, StaffScope
from almoner.impact import demo as register_demo
from almoner.kernel.clock import now
from almoner.stories import schedules
from almoner.stories.models import StoryIndexPage, StoryPage
from tests.browser.conftest import Demonstration
from tests.browser.desk import Seated, agreed, answered, fetched, sent
from tests.browser.walk import problems_in
from tests.support.server import wait_until

pytestmark = [pytest.mark.once, pytest.mark.browser]

KEY: Final = f"{register_demo.SLUG}/restored"
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def editor(seated: Seated) -> Page:
    roles.ensure_roles()
    return seated(colleague("edda", roles.EDITORS))


@pytest.fixture(scope="module")
def reviewer(seated: Seated, editor: Page) -> Page:
    return seated(colleague("rolf", roles.EDITORS))


@pytest.fixture(autouse=True)
def no_story() -> Iterator[None]:
    yield
    for each in StoryPage.objects.filter(owner__username="edda"):
        each.delete()


def colleague(name: str, *groups: str) -> User:
    """Somebody with a role, for the demonstration's charity alone."""
    user = User.objects.create_user(name, f"{name}@example.org", is_staff=True)
    user.groups.add(*Group.objects.filter(name__in=groups))
    StaffScope.objects.create(user=user, charity=Charity.objects.get(slug="tidelight"))
    roles.sync_story_groups([user])
    return user


def test_a_story_is_written_reviewed_published_and_its_picture_taken_back(
    editor: Page, reviewer: Page, demonstration: Demonstration, new_page: NewPage, tmp_path: Path
) -> None:
    image = sent(editor, tmp_path, size=(704, 396))
    story = write(editor, "By their hands", image.title)
    seen_on_a_phone(editor)
    press(editor, "Submit to the editors of tidelight")
    expect(editor.get_by_text("has been submitted for moderation").first).to_be_visible()

    consent = let_through(reviewer, story)
    address = f"{demonstration.site.base}/stories/{story.slug}/"
    wait_until(lambda: fetched(address).status_code == 200)
    files = seen_by_a_visitor(new_page(), demonstration, address, image)

    reviewer.goto(consent)
    reviewer.get_by_label("How", exact=True).select_option(label="Printed")
    reviewer.get_by_label("Where", exact=True).fill("Annual report, page 4")
    reviewer.get_by_label("When", exact=True).fill("2026-02-03")
    with answered(reviewer):
        reviewer.get_by_role("button", name="Write it down").click()
    withdraw(reviewer, story)
    # Each process looks once a second.
    wait_until(lambda: told(demonstration, address, image) == (False, False))
    assert {fetched(demonstration.site.base + each).status_code for each in files} == {404}
    assert "nearly 300" in fetched(address).text
    withdrawn = AuditEntry.objects.get(
        action="consent.withdraw", object_id=consent.rstrip("/").rpartition("/")[2]
    )
    assert withdrawn.actor_name == "rolf"


def test_a_story_is_set_for_a_later_day_by_the_charity_s_clock(
    editor: Page, demonstration: Demonstration
) -> None:
    story = write(editor, "For the new year")
    editor.get_by_role("button", name="Toggle status").click()
    editor.get_by_role("button", name="Set schedule").click()
    dialog = editor.get_by_role("dialog").filter(has_text="Set publishing schedule")
    expect(dialog.get_by_text("By the clock of Australia/Sydney.").first).to_be_visible()
    dialog.locator("[name=go_live_at]").fill("2040-01-02 09:00")
    # The calendar opens over the button, and goes with the key.
    editor.keyboard.press("Tab")
    with answered(editor):
        dialog.get_by_role("button", name="Save schedule").press("Enter")
    press(editor, "Schedule to publish")
    expect(editor.get_by_text("has been scheduled for publishing").first).to_be_visible()
    revision = story.revisions.get(approved_go_live_at__isnull=False)
    assert revision.approved_go_live_at == datetime(2040, 1, 2, 9, 0, tzinfo=ZoneInfo("Australia/Sydney"))
    address = f"{demonstration.site.base}/stories/{story.slug}/"
    assert fetched(address).status_code == 404
    # The day comes.
    revision.approved_go_live_at = now() - timedelta(seconds=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    schedules.publish_due()
    wait_until(lambda: fetched(address).status_code == 200)


def seen_on_a_phone(desk: Page) -> None:
    """The draft beside the form, as wide as a phone, with what its readers will not see yet."""
    desk.get_by_role("button", name="Toggle preview").click()
    expect(desk.get_by_role("radio", name="Preview in mobile size")).to_be_checked()
    shown = desk.frame_locator("[data-side-panel=preview] iframe:not(.w-preview__proxy)")
    expect(shown.get_by_role("link", name="nearly 300")).to_be_visible()
    expect(
        shown.get_by_text("Readers don’t see what stands here: no consent is recorded for it.")
    ).to_be_visible()
    page = shown.locator("html")
    assert page.evaluate("each => [each.clientWidth, each.scrollWidth]") == [375, 375]
    desk.get_by_role("button", name="Toggle preview").click()


def let_through(desk: Page, story: StoryPage) -> str:
    """The review, with what was agreed recorded on its way; the consent's address."""
    desk.goto("/admin/")
    with answered(desk):
        desk.get_by_role("link", name=story.title).click()
    # Nobody has said yet that the picture may be shown, and whoever approves is told.
    press(desk, "Approve and Publish")
    expect(desk.get_by_text("no consent is recorded for it").first).to_be_visible()
    assert problems_in(desk, "held back", ("desk", "dark"), LONG) == []
    with answered(desk):
        desk.get_by_role("link", name="Record what was agreed").first.click()
    agreed(desk)
    consent = desk.url
    # It was not agreed that it stands beside a form: the way leads to what was, for a second one wouldn't help.
    approve(desk, story)
    expect(desk.get_by_text("consent doesn’t cover pages that ask for gifts").first).to_be_visible()
    story.refresh_from_db()
    assert not story.live
    with answered(desk):
        desk.get_by_role("link", name="See what was agreed").first.click()
    expect(desk).to_have_url(consent)
    with answered(desk):
        desk.get_by_role("link", name="Change").click()
    desk.get_by_label("It may stand beside a form or a call to give").check()
    with answered(desk):
        desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk).to_have_url(consent)
    approve(desk, story)
    expect(desk.get_by_role("row").filter(has_text=story.title)).to_contain_text("live", ignore_case=True)
    return consent


def seen_by_a_visitor(page: Page, demonstration: Demonstration, address: str, image: Any) -> list[str]:
    """The figure in its sentence, the form, the pick and the picture, in a browser; the picture's addresses."""
    page.goto(address)
    figure = page.get_by_role("link", name="nearly 300")
    assert figure.get_attribute("href") == f"/figures/{KEY}/"
    expect(page.get_by_text("We freed nearly 300 people.")).to_be_visible()
    expect(page.locator("#giving").get_by_role("radio").first).to_be_visible()
    expect(page.locator(".s-related").get_by_role("link").first).to_contain_text("Six small habits")
    hero = page.get_by_role("img", name="A boat")
    expect(hero).to_be_visible()
    wait_until(lambda: hero.evaluate("each => each.naturalWidth") > 0)
    assert told(demonstration, address, image) == (True, True)
    cut = rf"/media/images/{Path(image.file.name).stem}\.[\w.-]+"
    files = sorted(set(re.findall(cut, fetched(address).text)))
    assert files and {fetched(demonstration.site.base + each).status_code for each in files} == {200}
    return files


def told(demonstration: Demonstration, address: str, image: Any) -> tuple[bool, bool]:
    """Whether the page and the feed have the picture."""
    name = f"/{Path(image.file.name).stem}."
    feed = fetched(f"{demonstration.site.base}/feed.xml").text
    return name in fetched(address).text, name in feed


def withdraw(desk: Page, story: StoryPage) -> None:
    with answered(desk):
        desk.get_by_role("link", name="Withdraw").click()
    # What has to be asked for elsewhere is listed before, and after.
    expect(desk.get_by_role("link", name=story.title)).to_be_visible()
    expect(desk.get_by_text("Annual report, page 4")).to_be_visible()
    desk.get_by_label("The person").check()
    desk.get_by_label("Why, and how we heard of it").fill("He rang us.")
    with answered(desk):
        desk.get_by_role("button", name="Withdraw it").click()
    expect(desk.get_by_text("Withdrawn on")).to_be_visible()
    expect(desk.get_by_text("Annual report, page 4")).to_be_visible()


def write(desk: Page, title: str, picture: str = "") -> StoryPage:
    """A story with a figure by the picker, a form and a pick, and with a picture if there is one."""
    index = StoryIndexPage.objects.get(locale__language_code="en")
    desk.goto(f"/admin/pages/add/stories/storypage/{index.pk}/")
    desk.get_by_role("textbox", name="Title*").fill(title)
    desk.locator("[name=summary]").fill("What it is about.")
    if picture:
        head = desk.locator("#panel-child-content-at_the_head_of_the_story-section")
        choose(
            head.get_by_role("button", name="Choose an image"),
            dialog_of(desk).get_by_role("link", name=picture),
        )
        desk.locator("[name=lead_alt]").fill("A boat")
    say(desk)
    add(desk, "Giving form")
    desk.locator("[name=body-1-value-number]").fill("4840")
    add(desk, "Related stories")
    page = desk.locator("#panel-child-content-body-section").get_by_role("button", name="Choose a page").last
    choose(page, dialog_of(desk).get_by_role("link", name="Six small habits"), asked="Six small habits")
    # It saves itself once it is whole; whoever presses while that is under way would make a second one.
    expect(desk).to_have_url(re.compile(r"/pages/\d+/edit/"))
    press(desk, "Save draft")
    expect(desk.get_by_text("has been updated").first).to_be_visible()
    # Saving itself leaves no message behind: each stands once.
    expect(desk.locator(".messages").get_by_text("no consent is recorded for it")).to_have_count(
        int(bool(picture))
    )
    return StoryPage.objects.get(title=title)


def say(desk: Page) -> None:
    """A sentence with a figure of the register in it."""
    add(desk, "Text")
    text = desk.locator("#panel-child-content-body-section .public-DraftEditor-content").first
    text.click()
    desk.keyboard.type("We freed /fig")
    desk.get_by_role("option", name="Figure from the register").click()
    dialog = dialog_of(desk)
    dialog.get_by_label("Programme or indicator").fill("restored")
    dialog.get_by_role("button", name="Search").click()
    dialog.get_by_role("button", name="nearly 300").click()
    expect(dialog).to_have_count(0)
    # Whatever was asked of the register meanwhile, the editor is in use.
    text.click()
    desk.keyboard.press("End")
    desk.keyboard.type(" people.")
    expect(desk.locator('[name="body-0-value"]')).to_have_value(re.compile("people"))


def dialog_of(desk: Page) -> Locator:
    return desk.locator(".modal-dialog")


def choose(opens: Locator, choice: Locator, *, asked: str = "") -> None:
    """By one of Wagtail's choosers; by key, for what was just added still moves under a pointer."""
    opens.press("Enter")
    if asked:
        dialog_of(opens.page).get_by_role("textbox").first.fill(asked)
    choice.first.click()
    expect(opens.page.locator(".modal, .modal-backdrop")).to_have_count(0)


def add(desk: Page, block: str) -> None:
    desk.locator("#panel-child-content-body-section button.c-sf-add-button").last.click()
    desk.get_by_role("option", name=block, exact=True).click()


def press(desk: Page, name: str) -> None:
    """A button of the page's footer, which stands in its menu if it isn't the first."""
    button = desk.locator("footer").get_by_role("button", name=name, exact=True)
    if not button.is_visible():
        desk.get_by_role("button", name="More actions").click()
    with answered(desk):
        button.click()


def approve(desk: Page, story: StoryPage) -> None:
    desk.goto(f"/admin/pages/{story.pk}/edit/")
    press(desk, "Approve and Publish")


# The map of a long page, as in test_axe_staff.
LONG: Final = (
    ("landmark-unique", "section.w-panel--nested"),
    ("scrollable-region-focusable", "ol.w-minimap__list"),
)
