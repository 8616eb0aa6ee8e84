"""The wallets' button on the first step, in a browser: Stripe.js is stood in for by a stub of its types, and what our
server asks of Stripe by the scripted server."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_stripe_page import Shop, Visitor, shop
from tests.browser.walk import LOOKS, sound

__all__ = ["shop"]
pytestmark = pytest.mark.browser
ADDRESS = {
    "line1": "1 George Street", "line2": None, "city": "Sydney", "state": "NSW", "postal_code": "2000",
    "country": "AU",
}  # fmt: skip
BUTTON, WALLET = "Use Apple Pay or Google Pay", "Donate with G Pay"


@pytest.fixture(scope="module")
def wallet_shop(shop: Shop) -> Shop:
    offer = (
        "from almoner.charities.sites import bump; from almoner.giving.models import DonationForm; "
        "DonationForm.objects.update(offer_wallets=True, "
        "frequencies='once monthly quarterly yearly'); "
        "[bump(each) for each in DonationForm.objects.values_list('charity_id', flat=True)]"
    )
    shop.site.shell(offer)
    return shop


class Wallet(Visitor):
    """A donor with a wallet. `tells` is what it says of its owner, `state` what Stripe finds in this browser."""

    def open(self, tells: dict[str, Any] | None = None, *, state: str = "", path: str = "") -> None:
        told = tells or {
            "name": "Ada Nguyễn",
            "email": f"ada-{uuid.uuid4().hex[:10]}@example.org",
            "phone": "+61400000000",
            "address": ADDRESS,
        }
        script = f"window.stripeWallet = {json.dumps({'tells': told, 'state': state})}"
        self.page.add_init_script(script)
        root = "" if self.language == "en" else f"/{self.language}"
        self.page.goto(self.shop.form.replace("/give/", f"{root}/give/") + path)

    def to_wallets(self, *, monthly: bool = False) -> None:
        if monthly:
            self.page.get_by_role("radio", name=self.say("Every month")).check()
        amount = self.page.locator("#giving").get_by_role("radio", name="$30" if monthly else "$50")
        amount.first.check()
        self.press(BUTTON)
        self.heading("Give with your wallet")

    def asked(self) -> dict[str, Any]:
        """What the wallet was asked for, when its button was last pressed."""
        calls: list[list[Any]] = self.page.evaluate("stripeCalls")
        [*_, (_, asked)] = [each for each in calls if each[0] == "wallet"]
        found: dict[str, Any] = asked
        return found

    def pay(self, outcome: str = "success", method: str = "") -> None:
        if not self.page.get_by_role("dialog").count():
            self.page.get_by_role("button", name=WALLET).click()
        self.page.get_by_label("Card", exact=True).fill(outcome)
        self.page.get_by_role("dialog").get_by_role("button", name="Pay").click()


@pytest.fixture
def donor(wallet_shop: Shop, new_page: Callable[..., Page]) -> Iterator[Wallet]:
    found = Wallet(new_page(), shop=wallet_shop)
    yield found
    assert found.faults == []


def test_from_the_amount_to_the_thanks(donor: Wallet) -> None:
    before = len(donor.intents)
    donor.open()
    donor.to_wallets()
    donor.page.get_by_role("button", name=WALLET).click()
    assert "applePay" not in donor.asked()
    donor.pay()
    donor.thanked()
    [intent] = donor.intents[before:]
    assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 5000, "aud")
    assert intent["setup_future_usage"] is None


def test_nothing_of_stripes_before_the_press(donor: Wallet) -> None:
    page = donor.page
    policies = []
    page.on(
        "response",
        lambda answer: (
            policies.append(answer.headers.get("content-security-policy", ""))
            if answer.request.resource_type == "document"
            else None
        ),
    )
    donor.open()
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert donor.elsewhere == []
    assert "stripe" not in page.content()
    donor.to_wallets()
    expect(page.get_by_role("button", name=WALLET)).to_be_visible()
    assert [urlsplit(url).netloc for url in donor.elsewhere] == ["js.stripe.com"]
    first, wallets = policies
    assert "stripe" not in first
    assert "https://js.stripe.com" in wallets and "frame-ancestors 'none'" in wallets
    assert "unsafe" not in wallets and "nonce-" in wallets


def test_every_month_is_said_and_saves_what_pays(donor: Wallet) -> None:
    before = len(donor.intents)
    donor.open()
    donor.to_wallets(monthly=True)
    expect(donor.page.get_by_text("Then on the")).to_be_visible()
    donor.pay()
    donor.thanked()
    [intent] = donor.intents[before:]
    assert (intent["amount"], intent["setup_future_usage"]) == (3000, "off_session")


def test_apple_pay_is_told_of_the_rhythm(donor: Wallet) -> None:
    page = donor.page
    for name, amount, unit, count in (
        ("Every month", 3_000, "month", 1), ("Every three months", 9_000, "month", 3),
        ("Every year", 36_000, "year", 1),
    ):  # fmt: skip
        donor.open()
        page.get_by_role("radio", name=name, exact=True).check()
        chosen = page.locator(".g-amounts:visible")
        if chosen.get_by_role("radio", name="Other amount").count():
            chosen.get_by_role("radio", name="Other amount").check()
        chosen.get_by_label("Amount in AUD").fill(str(amount // 100))
        donor.press(BUTTON)
        donor.heading("Give with your wallet")
        page.get_by_role("button", name=WALLET).click()
        asked = donor.asked()["applePay"]["recurringPaymentRequest"]
        assert asked.pop("billingAgreement") in page.locator(".g-slip").inner_text()
        assert asked == {
            "paymentDescription": name,
            "managementURL": f"{donor.shop.site.base}/giving/",
            "regularBilling": {
                "amount": amount, "label": "Tidelight Foundation",
                "recurringPaymentIntervalUnit": unit, "recurringPaymentIntervalCount": count,
            },
        }  # fmt: skip


def test_a_slow_script_is_said_and_waited_for(donor: Wallet) -> None:
    page = donor.page
    held: list[Route] = []
    page.route("https://js.stripe.com/**", lambda route: held.append(route))
    # Its clock stands, however long this machine takes.
    page.clock.install()
    donor.open()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    donor.to_wallets()
    live = page.locator("#giving .g-live")
    expect(live).to_have_text("One moment…")
    page.clock.fast_forward(4_000)
    expect(live).to_have_text("One moment…")
    page.clock.fast_forward(1_500)
    expect(live).to_have_text(
        "This is taking longer than usual. Please keep this page open: we are still trying."
    )
    assert len(held) == 1
    held[0].fallback()
    expect(page.get_by_role("button", name=WALLET)).to_be_visible()
    expect(live).to_have_text("")


def test_closed_half_way_nothing_is_charged_and_the_way_goes_on(donor: Wallet) -> None:
    page, before = donor.page, len(donor.intents)
    donor.open()
    donor.to_wallets()
    page.get_by_role("button", name=WALLET).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Your wallet was closed. Nothing was charged.")).to_be_visible()
    assert len(donor.intents) == before
    donor.press("Fill in your details instead")
    donor.heading("Your Details")
    expect(page.locator("#giving")).to_contain_text("$50")


def test_a_decline_keeps_what_the_wallet_told(donor: Wallet) -> None:
    page, before = donor.page, len(donor.intents)
    donor.open()
    donor.to_wallets()
    donor.pay("insufficient_funds")
    expect(page.get_by_role("alert")).to_contain_text("There was not enough money on this card")
    expect(page.get_by_text("Ada Nguyễn")).to_be_visible()
    donor.card("success")
    donor.give()
    donor.thanked()
    states = [intent["status"] for intent in donor.intents[before:]]
    assert states.count("succeeded") == 1


def test_the_banks_question(donor: Wallet) -> None:
    donor.open()
    donor.to_wallets()
    donor.pay("3ds")
    donor.press("Complete")
    donor.thanked()


def test_what_the_wallet_does_not_tell_is_asked(donor: Wallet) -> None:
    page, before = donor.page, len(donor.intents)
    donor.open({"name": "Cher", "email": "", "address": ADDRESS})
    donor.to_wallets()
    donor.pay()
    donor.heading("Your Details")
    expect(page.get_by_role("alert")).to_contain_text("your wallet did not tell all that we need")
    assert page.locator("[name=given_name]").input_value() == "Cher"
    assert page.locator("[name=address_line1]").input_value() == "1 George Street"
    assert len(donor.intents) == before
    page.locator("[name=email]").fill("cher@example.org")
    donor.press("Continue")
    donor.heading("Payment Details")


@pytest.mark.parametrize(
    ("state", "words"),
    [("none", "There is no wallet in this browser."), ("broken", "The wallets could not be loaded here.")],
)
def test_without_a_wallet_here(donor: Wallet, state: str, words: str) -> None:
    donor.open(state=state)
    donor.to_wallets()
    expect(donor.page.get_by_text(words)).to_be_visible()
    donor.press("Fill in your details instead")
    donor.heading("Your Details")


def test_where_the_script_is_kept_out(wallet_shop: Shop, new_page: Callable[..., Page]) -> None:
    donor = Wallet(new_page(), shop=wallet_shop, blocked=True)
    donor.open()
    donor.to_wallets()
    expect(donor.page.get_by_text("The wallets could not be loaded here.")).to_be_visible()
    donor.press("Back")
    donor.heading("How much would you like to give?")
    expect(donor.page.locator("#giving").get_by_role("radio", name="$50").first).to_be_checked()


def test_without_javascript_there_is_no_button(wallet_shop: Shop, new_page: Callable[..., Page]) -> None:
    donor = Wallet(new_page(java_script_enabled=False), shop=wallet_shop)
    donor.open()
    expect(donor.page.get_by_role("button", name="Continue")).to_be_visible()
    expect(donor.page.locator(".g-wallet")).to_be_hidden()


def test_by_keyboard_alone(donor: Wallet) -> None:
    page = donor.page
    donor.open()
    page.locator("#giving").get_by_role("radio", name="$50").first.check()
    page.get_by_role("button", name="Continue", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name=WALLET)
    expect(button).to_be_visible()
    for _ in range(12):
        if button.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Card", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    donor.thanked()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_in_each_look(wallet_shop: Shop, new_page: Callable[..., Page], look: str, language: str) -> None:
    donor = Wallet(new_page(), language, shop=wallet_shop)
    # Before the page is loaded: Stripe's button takes its colours once.
    LOOKS[look].put_on(donor.page)
    donor.open()
    sound(donor.page, "the first step")
    donor.to_wallets(monthly=True)
    expect(donor.page.get_by_role("button", name=WALLET)).to_be_visible()
    sound(donor.page, "the wallets")
    assert re.search(r"nonce=", donor.page.content())
    assert donor.faults == []


def test_from_inside_a_story(donor: Wallet) -> None:
    page = donor.page
    site = donor.shop.site
    seed = (
        "from almoner.charities.models import Charity; from almoner.stories import demo; "
        f"print(demo.seed(Charity.objects.get(), port={urlsplit(site.base).port}).url)"
    )
    printed = site.shell(seed)
    donor.open()
    page.goto(site.base + urlsplit(printed.split()[-1]).path)
    assert donor.elsewhere == []
    donor.to_wallets()
    assert page.url.endswith("/give/4840/details/")
    donor.pay()
    donor.thanked()
