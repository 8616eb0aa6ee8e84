"""The donor's own page in a browser: by keyboard alone at 320 px without JavaScript, and for axe in each look."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string, policy

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Demonstration, mails_to
from tests.browser.walk import problems_in, sound
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.browser

_BEGIN = """
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import begun
from almoner.supporters.people import Details
details = Details(given_name="Ada", family_name="Nguyễn", email="{email}", language="{language}")
plan = begun(DonationForm.objects.get(slug="light"), details=details, language="{language}")
print("PLAN", plan.reference)
"""
_FOCUSED = """() => {
  const e = document.activeElement
  const said = e.labels?.length ? [...e.labels].map(x => x.innerText).join(" ") : e.innerText
  return [e.localName, (said || "").trim().replace(/\\s+/g, " ")]
}"""


@dataclass
class Keys:
    """A donor at a keyboard: Tab until what they want has the focus, then Enter."""

    page: Page

    def reach(self, kind: str, said: str) -> None:
        for _ in range(60):
            self.page.keyboard.press("Tab")
            name, text = self.page.evaluate(_FOCUSED)
            if name == kind and said in text:
                box = self.page.locator(":focus").bounding_box()
                assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320, said
                return
        raise AssertionError(f"no Tab leads to {kind} “{said}”")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, said: str) -> None:
        self.reach("button", said)
        self.enter()

    def follow(self, said: str) -> None:
        self.reach("a", said)
        self.enter()

    def heading(self, said: str) -> None:
        expect(self.page.get_by_role("heading", name=said, exact=True)).to_be_visible()


def begin(site: Site, email: str, language: str = "en") -> str:
    """A regular gift that this person gives; returns its reference."""
    said = site.shell(_BEGIN.format(email=email, language=language))
    found = re.search(r"PLAN (\S+)", said)
    assert found, said
    return found[1]


def link_to(site: Site, email: str) -> str:
    """The path of the link that was mailed, waited for."""

    def found() -> str | None:
        texts = [
            str(message_from_string(raw, policy=policy.default).get_body(("plain",)).get_content())  # type: ignore[union-attr]
            for raw in mails_to(site, email)
        ]
        links = [
            match[1] for text in texts if (match := re.search(r"http://[^/\s]+(/\S*giving/enter/\S+)", text))
        ]
        return links[-1] if links else None

    wait_until(found, says=lambda: f"no link for {email}")
    return str(found())


def mailbox() -> str:
    return f"own-{uuid.uuid4().hex[:10]}@example.org"


@pytest.fixture
def small(browser: Browser, demonstration: Demonstration) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=demonstration.site.base, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context
    context.close()


def test_by_keyboard_at_320_px_without_javascript(
    small: BrowserContext, demonstration: Demonstration
) -> None:
    site, email = demonstration.site, mailbox()
    begin(site, email)
    page = small.new_page()
    keys = Keys(page)
    page.goto("/giving/")
    keys.reach("input", "Email")
    page.keyboard.type(email)
    keys.enter()
    keys.heading("Look into your mail")
    page.goto(link_to(site, email))
    keys.heading("Open your page")
    keys.press("Open my page")
    keys.heading("Your gifts")
    keys.follow("Look at it, change it or stop it")
    keys.heading("Your regular gift")
    keys.follow("Change the amount")
    keys.reach("input", "Amount")
    page.keyboard.press("Control+a")
    page.keyboard.type("nonsense")
    keys.enter()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.title().startswith("Error: ")
    page.locator("#give-amount").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("40")
    keys.enter()
    expect(page.get_by_role("status")).to_have_text("The amount is changed. We confirm it by email.")
    keys.follow("Pause")
    keys.reach("input", "1 month")
    page.keyboard.press("ArrowDown")
    keys.press("Pause")
    expect(page.get_by_role("status")).to_contain_text("paused")
    keys.follow("Go on with it")
    keys.press("Go on with it")
    expect(page.get_by_role("status")).to_contain_text("goes on")
    keys.follow("Stop this gift")
    keys.press("Stop this gift")
    expect(page.get_by_role("status")).to_contain_text("has ended")
    keys.follow("Back to your giving")
    keys.press("Sign out")
    keys.heading("Your giving")
    wait_until(
        lambda: len([raw for raw in mails_to(site, email) if "regular gift" in raw]) >= 5,
        seconds=180,
        says=lambda: "not every change was mailed",
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_on_any_page_in_any_look(
    browser: Browser, demonstration: Demonstration, language: str
) -> None:
    site, email = demonstration.site, mailbox()
    reference = begin(site, email, language)
    root = "/giving/" if language == "en" else f"/{language}/giving/"
    context = browser.new_context(base_url=site.base, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    found: list[str] = []

    def look_at(path: str, name: str) -> None:
        nonlocal found
        if path:
            page.goto(path)
        found += problems_in(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        sound(page, name)
        page.set_viewport_size({"width": 1280, "height": 800})

    look_at(root, "ask")
    page.locator("[name=email]").fill("nonsense")
    page.locator("#giving .g-go").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look_at("", "ask, an error")
    page.locator("[name=email]").fill(email)
    page.locator("#giving .g-go").click()
    page.wait_for_url("**/sent/")
    look_at("", "sent")
    link = link_to(site, email)
    elsewhere = browser.new_context(base_url=site.base)
    other = elsewhere.new_page()
    other.goto(link)
    found += problems_in(other, "elsewhere")
    elsewhere.close()
    look_at(link, "enter")
    page.locator("#giving .g-go").click()
    page.wait_for_url(f"**{root}")
    look_at("", "home")
    look_at(link, "over")
    for name in ("", "amount", "day", "end", "method", "details", "pause", "skip", "cancel"):
        look_at(f"{root}plans/{reference}/{name + '/' if name else ''}", name or "plan")
    page.goto(f"{root}plans/{reference}/method/")
    page.locator("button[name=save]").click()
    page.wait_for_url("**/sandbox/set-up/**")
    look_at("", "where a card is saved")
    page.locator("[value=authenticate]").check()
    page.locator("main .acts button").first.click()
    page.wait_for_url("**/authenticate/")
    look_at("", "where the bank asks")
    context.close()
    assert found == []


def test_another_way_to_pay_is_saved_by_keyboard_at_320_px(
    small: BrowserContext, demonstration: Demonstration
) -> None:
    """Refused by the bank, then saved; and Enter among the ways to pay with the next gift pays, and saves nothing."""
    site, email = demonstration.site, mailbox()
    reference = begin(site, email)
    page = small.new_page()
    keys = Keys(page)
    page.goto(f"/giving/plans/{reference}/method/")
    keys.reach("input", "Email")
    page.keyboard.type(email)
    keys.enter()
    page.goto(link_to(site, email))
    keys.press("Open my page")
    keys.heading("Change how you pay")
    keys.press("Save without paying")
    keys.heading("A stand-in for a payment provider’s page")
    keys.reach("input", "Save the card: it succeeds")
    page.keyboard.press("ArrowDown")
    keys.press("Continue")
    expect(page.get_by_role("status")).to_contain_text("nothing was saved. Your gift is paid as before.")
    keys.follow("Change how you pay")
    keys.press("Save without paying")
    keys.reach("input", "Save the card: it succeeds")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    keys.press("Continue")
    keys.heading("A stand-in for your bank: is it you?")
    keys.press("Yes, save the card")
    said = "Later gifts are taken from your new card or account. We confirm it by email."
    expect(page.get_by_role("status")).to_have_text(said)
    keys.follow("Change how you pay")
    keys.reach("input", "Card, on a separate page")
    keys.enter()
    assert "/sandbox/checkout/" in page.url, "the next gift is paid, and no card is saved for nothing"
