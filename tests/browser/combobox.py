"""The details step of a donor, and its combobox, for tests that work it."""

import re
import uuid
from typing import Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from almoner.giving.models import Gift
from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk

BY_HAND = "Can't find your address? Enter it here"
# The field gives up on an answer after a second and a half, and opens the fields by hand: to a busy machine it shows
# patience, until a test takes that away.
_PATIENT: Final = """self.patience = 60_000
self.setTimeout = (real => (act, wait, ...more) =>
  real(act, wait === 1500 ? self.patience : wait, ...more))(setTimeout)"""


class Combobox:
    """The details step of a donor, and its combobox."""

    def __init__(self, page: Page, demonstration: Demonstration, language: str = "en") -> None:
        self.page, self.walk = page, Walk(page, language)
        root = "/give/" if language == "en" else f"/{language}/give/"
        self.asked: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.add_init_script(_PATIENT)
        page.goto(demonstration.form.replace("/give/", root))
        self.walk.amount()
        expect(self.input).to_have_attribute("role", "combobox")

    def _note(self, url: str) -> None:
        if "/give/addresses/" in url:
            self.asked.append(url)

    @property
    def input(self) -> Locator:
        return self.page.locator("#give-address_query")

    @property
    def list(self) -> Locator:
        return self.page.get_by_role("listbox")

    @property
    def options(self) -> Locator:
        return self.list.get_by_role("option")

    @property
    def line1(self) -> Locator:
        return self.page.locator("[name=address_line1]")

    @property
    def manual(self) -> Locator:
        return self.page.get_by_role("link", name=self.walk.say(BY_HAND))

    def type(self, text: str, *, opens: bool = True) -> None:
        self.input.click()
        self.input.press_sequentially(text, delay=5)
        if opens:
            expect(self.options.first).to_be_visible()

    def type_and_wait(self, text: str) -> None:
        """Until the list is the whole text's: a slow machine shows those of its first letters before."""
        with self.page.expect_response(lambda answer: asked_for(answer.url) == text) as asked:
            self.type(text)
        asked.value.finished()
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def choose(self, words: str) -> None:
        """By its words: while an earlier keystroke's list is still shown, another one stands first."""
        self.options.filter(has_text=words).first.click()

    def active(self) -> str:
        """The active option's words, by the attribute that assistive technology reads."""
        identifier = self.input.get_attribute("aria-activedescendant")
        return self.page.locator(f"#{identifier}").inner_text() if identifier else ""

    def says(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".g-finder [role=status]")).to_have_text(text)


def asked_for(url: str) -> str:
    """What the finder was asked for by this address."""
    return parse_qs(urlsplit(url).query).get("q", [""])[0]


def gives(box: Combobox) -> str:
    """From the details to the thank-you page, with whatever stands in the address; returns the mailbox."""
    email = f"combo-{uuid.uuid4().hex[:10]}@example.org"
    box.page.locator("[name=given_name]").fill("Ada")
    box.page.locator("[name=email]").fill(email)
    box.walk.press("Continue")
    box.walk.heading("Payment Details")
    box.walk.pay()
    box.walk.thanked()
    return email


def stored(email: str) -> dict[str, str]:
    address = Gift.objects.get(contact__email=email).contact.address
    assert address is not None
    return dict(address)
