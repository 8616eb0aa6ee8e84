"""A donor in a browser: the steps by their words, as a person finds them. Every wait is on a condition."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from almoner.giving.pages import translations


@dataclass
class Walk:
    """`say` turns English words into the page's language."""

    page: Page
    language: str = "en"

    def say(self, text: str) -> str:
        return translations(self.language).gettext(text)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=self.say(text), exact=True)).to_be_visible()

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=self.say(text), exact=True).click()

    def amount(self, label: str = "$50") -> None:
        self.heading("How much would you like to give?")
        self.page.locator("#giving").get_by_role("radio", name=label).first.check()
        self.press("Continue")
        self.heading("Your Details")

    def details(self, email: str, given: str = "Ada", family: str = "Nguyễn") -> None:
        """Fill in who gives, with an address by hand."""
        page = self.page
        page.locator("[name=given_name]").fill(given)
        page.locator("[name=family_name]").fill(family)
        page.locator("[name=email]").fill(email)
        manual = page.get_by_role("link", name=self.say("Can't find your address? Enter it here"))
        if manual.count():
            manual.click()
        page.locator("[name=address_line1]").fill("1 George Street")
        page.locator("[name=address_locality]").fill("Sydney")
        page.locator("[name=address_region]").select_option("NSW")
        page.locator("[name=address_postcode]").fill("2000")
        self.press("Continue")
        self.heading("Payment Details")

    def pay(self, outcome: str = "success", method: str = "sandbox_card") -> None:
        page = self.page
        page.locator(f"[name=method][value={method}]").check()
        if method in ("sandbox_card", "sandbox_debit"):
            page.locator("[name=sandbox_outcome]").select_option(outcome)
        page.locator("#giving .g-go").click()

    def thanked(self) -> None:
        self.heading("Thank You")


def axe_problems(page: Page) -> list[str]:
    """What axe-core finds, as lines that name the rule and the element."""
    found: dict[str, Any] = Axe().run(page).response
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]
