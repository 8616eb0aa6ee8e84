"""Stripe's fields in our payment step, in a browser. Stripe.js is stood in for by a stub of its types, and what our
server asks of Stripe by the scripted server: no request leaves the machine."""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.walk import LOOKS, Walk, axe_problems, sound
from tests.support import templates
from tests.support.databases import LiveDb
from tests.support.gateways.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer
from tests.support.server import Site, new_site

pytestmark = pytest.mark.browser
STUB = (Path(__file__).parent / "stripe_stub.js").read_text("utf-8")
_SEED = (
    "from almoner.giving import demo; from almoner.giving.models import DonationForm; demo.seed(); "
    "DonationForm.objects.update(methods=['stripe_element', 'stripe_becs', 'bank_transfer'])"
)


@dataclass(frozen=True)
class Shop:
    """A running site whose form 4840 is paid through Stripe."""

    site: Site
    stripe: StripeServer

    @property
    def form(self) -> str:
        return f"{self.site.base}/give/4840/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("stripe")
    with django_db_blocker.unblock():
        url = templates.MIGRATED.copy(f"almoner_stripe_{os.getpid()}", folder)
    limits = ("ATTEMPTS", "DECLINES", "DECLINES_WORK", "EMAIL_ATTEMPTS", "ATTACK_FROM")
    with StripeServer() as stripe:
        site = new_site(
            LiveDb(url=url, vendor="sqlite" if url.startswith("sqlite") else "postgresql"),
            folder / "site",
            warm=True,
            ALMONER_STRIPE_ACCOUNT=stripe.state.account,
            ALMONER_STRIPE_SECRET_KEY=SECRET_KEY,
            ALMONER_STRIPE_PUBLISHABLE_KEY="pk_test_scripted",
            ALMONER_STRIPE_WEBHOOK_SECRETS=WEBHOOK_SECRET,
            ALMONER_STRIPE_CURRENCIES="AUD",
            ALMONER_STRIPE_METHODS="card,link,checkout,becs",
            ALMONER_STRIPE_API_BASE=stripe.base,
            **{f"ALMONER_LIMIT_{name}": "10000" for name in limits},
        )
        site.shell(_SEED)
        site.serve()
        yield Shop(site, stripe)
        site.end()
    with django_db_blocker.unblock():
        templates.drop(url)


@dataclass
class Visitor(Walk):
    """A donor whose browser reaches Stripe's stand-ins. `blocked`: something keeps Stripe's script out."""

    shop: Shop = field(kw_only=True)
    blocked: bool = False
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.route(re.compile(r"https://.*"), self._outside)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        # axe brings a style of its own.
        if "Content Security Policy" in message.text and "inline style" not in message.text:
            self.faults.append(message.text)

    def _outside(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        self.elsewhere.append(route.request.url)
        if address.netloc == "js.stripe.com" and not self.blocked:
            route.fulfill(body=STUB, content_type="text/javascript")
        elif address.netloc == "api.stripe.com":
            asked = parse_qs(address.query)
            intent = asked["secret"][0].partition("_secret_")[0]
            with self.shop.stripe.lock:
                found = self.shop.stripe.state.authenticate(intent, ok=asked["ok"] == ["true"])
            answer = json.dumps({"id": found["id"], "status": found["status"]})
            route.fulfill(
                body=answer, headers={"Access-Control-Allow-Origin": "*"}, content_type="application/json"
            )
        else:
            route.abort()

    def to_payment(self, *, monthly: bool = False) -> None:
        root = "" if self.language == "en" else f"/{self.language}"
        self.page.goto(self.shop.form.replace("/give/", f"{root}/give/"))
        if monthly:
            self.page.get_by_role("radio", name=self.say("Every month")).check()
            self.amount("$30")
        else:
            self.amount()
        self.details(f"ada-{uuid.uuid4().hex[:10]}@example.org")

    def card(self, outcome: str) -> None:
        self.page.get_by_label("Card number").fill(outcome)

    def give(self) -> None:
        self.page.locator("#giving .g-go").click()

    @property
    def intents(self) -> list[dict[str, Any]]:
        """What Stripe holds of this donor, by their email's mark in nothing: all of the server's, newest last."""
        with self.shop.stripe.lock:
            return list(self.shop.stripe.state.intents)


@pytest.fixture
def visitor(shop: Shop, new_page: Callable[..., Page]) -> Iterator[Visitor]:
    found = Visitor(new_page(), shop=shop)
    yield found
    assert found.faults == []


def test_a_card_is_paid_in_our_page(visitor: Visitor) -> None:
    before = len(visitor.intents)
    visitor.to_payment()
    expect(visitor.page.get_by_label("Card number")).to_be_visible()
    assert visitor.page.locator("[name=method]:checked").input_value() == "stripe_element"
    expect(visitor.page.locator("[value=stripe_checkout]")).to_be_hidden()
    visitor.card("success")
    visitor.give()
    visitor.thanked()
    [intent] = visitor.intents[before:]
    assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 5000, "aud")
    assert intent["setup_future_usage"] is None
    # The card went to Stripe alone, and the script is in no page but one.
    assert "stripe" not in visitor.page.content()


def test_stripes_script_is_in_no_page_before_the_payment_step(visitor: Visitor) -> None:
    page = visitor.page
    policies = []
    page.on(
        "response",
        lambda answer: (
            policies.append(answer.headers.get("content-security-policy", ""))
            if answer.request.resource_type == "document"
            else None
        ),
    )
    page.goto(visitor.shop.form)
    visitor.amount()
    assert visitor.elsewhere == []
    visitor.details("ada@example.org")
    expect(page.get_by_label("Card number")).to_be_visible()
    assert [urlsplit(url).netloc for url in visitor.elsewhere] == ["js.stripe.com"]
    first, payment = policies
    assert "stripe" not in first
    sources = dict(each.strip().split(" ", 1) for each in payment.split(";"))
    assert sources["script-src"].split()[-2:] == ["https://js.stripe.com", "https://*.js.stripe.com"]
    assert sources["frame-src"] == "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    assert sources["connect-src"] == "'self' https://api.stripe.com"
    assert "unsafe" not in payment and "nonce-" in payment


def test_a_monthly_gift_saves_its_method(visitor: Visitor) -> None:
    before = len(visitor.intents)
    visitor.to_payment(monthly=True)
    expect(visitor.page.locator("[value=bank_transfer]")).to_have_count(0)
    visitor.card("success")
    expect(visitor.page.locator("#giving .g-go")).to_have_text("Give $30.00 every month")
    visitor.give()
    visitor.thanked()
    expect(visitor.page.get_by_text("Every month. The next gift is on")).to_be_visible()
    [intent] = visitor.intents[before:]
    assert intent["setup_future_usage"] == "off_session"


def test_three_d_secure_done(visitor: Visitor) -> None:
    visitor.to_payment()
    visitor.card("3ds")
    visitor.give()
    visitor.press("Complete")
    visitor.thanked()


@pytest.mark.parametrize("answer", ["Fail", "Close"])
def test_three_d_secure_failed_or_closed_keeps_all_that_was_typed(visitor: Visitor, answer: str) -> None:
    page, before = visitor.page, len(visitor.intents)
    visitor.to_payment()
    visitor.card("3ds")
    visitor.give()
    visitor.press(answer)
    visitor.heading("Your bank could not confirm that it was you")
    visitor.press("Try again")
    visitor.heading("Payment Details")
    expect(page.get_by_text("Ada Nguyễn")).to_be_visible()
    visitor.card("success")
    visitor.give()
    visitor.thanked()
    states = [intent["status"] for intent in visitor.intents[before:]]
    assert states.count("succeeded") == 1


def test_a_page_reloaded_in_the_middle_of_three_d_secure(visitor: Visitor) -> None:
    page, before = visitor.page, len(visitor.intents)
    visitor.to_payment()
    visitor.card("3ds")
    visitor.give()
    expect(page.get_by_role("dialog", name="Your bank")).to_be_visible()
    page.reload()
    visitor.card("success")
    visitor.give()
    # The question that stands is asked again: nothing is begun beside it.
    visitor.press("Complete")
    visitor.thanked()
    assert [intent["status"] for intent in visitor.intents[before:]] == ["succeeded"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("expired_card", "This card has expired"),
        ("insufficient_funds", "There was not enough money on this card"),
        ("lost_card", "Your bank did not take this payment"),
        ("generic_decline", "Your bank did not take this payment"),
    ],
)
def test_a_decline_leaves_the_fields_as_they_are(visitor: Visitor, code: str, words: str) -> None:
    page = visitor.page
    visitor.to_payment()
    visitor.card(code)
    visitor.give()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    expect(alert).to_be_focused()
    assert page.title().startswith("Error: ")
    assert page.get_by_label("Card number").input_value() == code
    assert axe_problems(page) == []
    visitor.card("success")
    visitor.give()
    visitor.thanked()


def test_an_unfinished_card_is_said_and_nothing_is_sent(visitor: Visitor) -> None:
    page, before = visitor.page, len(visitor.intents)
    visitor.to_payment()
    visitor.give()
    expect(page.get_by_role("status").filter(has_text="Your card number is incomplete.")).to_be_visible()
    assert len(visitor.intents) == before
    visitor.card("success")
    visitor.give()
    visitor.thanked()


def test_offline_nothing_is_lost_and_nothing_is_doubled(visitor: Visitor) -> None:
    page, before = visitor.page, len(visitor.intents)
    visitor.to_payment()
    visitor.card("success")
    page.context.set_offline(True)
    visitor.give()
    expect(page.get_by_text("We could not reach our server").first).to_be_visible()
    page.context.set_offline(False)
    visitor.give()
    visitor.thanked()
    assert len(visitor.intents) == before + 1


def test_a_double_click_is_one_payment(visitor: Visitor) -> None:
    before = len(visitor.intents)
    visitor.to_payment()
    visitor.card("success")
    visitor.page.locator("#giving .g-go").dblclick()
    visitor.thanked()
    assert len(visitor.intents) == before + 1


def test_back_after_payment_charges_nothing_again(visitor: Visitor) -> None:
    page, before = visitor.page, len(visitor.intents)
    visitor.to_payment()
    visitor.card("success")
    visitor.give()
    visitor.thanked()
    page.go_back()
    visitor.thanked()
    assert len(visitor.intents) == before + 1


def test_another_method_and_back_keeps_what_was_typed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.to_payment()
    visitor.card("success")
    page.locator("[value=stripe_becs]").check()
    expect(page.get_by_label("Card number")).to_be_hidden()
    expect(page.get_by_label("Account number")).to_be_visible()
    page.locator("[value=stripe_element]").check()
    assert page.get_by_label("Card number").input_value() == "success"
    page.locator("[value=bank_transfer]").check()
    expect(page.get_by_label("Card number")).to_be_hidden()
    visitor.give()
    expect(page.get_by_role("heading", name="Send your transfer to")).to_be_visible()


def test_a_bank_debit_in_our_page(visitor: Visitor) -> None:
    page = visitor.page
    visitor.to_payment()
    page.locator("[value=stripe_becs]").check()
    page.get_by_label("Account number").fill("debit")
    visitor.give()
    visitor.thanked()
    expect(page.get_by_text("Your bank is working on your gift")).to_be_visible()
    assert visitor.intents[-1]["payment_method_types"] == ["au_becs_debit"]


def test_where_the_script_is_kept_out_stripes_page_stands_in(
    shop: Shop, new_page: Callable[..., Page]
) -> None:
    visitor = Visitor(new_page(), shop=shop, blocked=True)
    visitor.to_payment()
    expect(visitor.page.get_by_text("The payment fields could not be loaded here")).to_be_visible()
    assert visitor.page.locator("[name=method]:checked").input_value() == "stripe_checkout"
    expect(visitor.page.locator("[value=stripe_element]")).to_be_hidden()
    visitor.give()
    visitor.page.wait_for_url(re.compile("/c/pay/"))
    visitor.press("Pay")
    visitor.thanked()


@pytest.mark.parametrize("monthly", [False, True], ids=["once", "monthly"])
def test_without_javascript_stripes_own_page(
    shop: Shop, new_page: Callable[..., Page], monthly: bool
) -> None:
    visitor = Visitor(new_page(java_script_enabled=False), shop=shop)
    visitor.to_payment(monthly=monthly)
    expect(visitor.page.locator("[value=stripe_element]")).to_be_hidden()
    assert visitor.page.locator("[name=method]:checked").input_value() == "stripe_checkout"
    visitor.give()
    visitor.page.wait_for_url(re.compile("/c/pay/"))
    visitor.press("Pay")
    visitor.thanked()
    assert visitor.elsewhere == []


def test_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.to_payment()
    expect(page.get_by_label("Card number")).to_be_visible()
    page.locator("[value=stripe_element]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Account number")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Card number")).to_be_focused()
    page.keyboard.type("success")
    page.keyboard.press("Enter")
    visitor.thanked()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_step_in_each_look(shop: Shop, new_page: Callable[..., Page], look: str, language: str) -> None:
    visitor = Visitor(new_page(), language, shop=shop)
    # Before the page is loaded: Stripe's fields take its colours once.
    LOOKS[look].put_on(visitor.page)
    visitor.to_payment(monthly=True)
    expect(visitor.page.get_by_label("Card number")).to_be_visible()
    sound(visitor.page, "payment")
    visitor.card("expired_card")
    visitor.give()
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    sound(visitor.page, "payment, declined")
    assert visitor.faults == []


def test_the_page_in_between_is_sound(shop: Shop, new_page: Callable[..., Page]) -> None:
    visitor = Visitor(new_page(), shop=shop)
    visitor.to_payment()
    visitor.card("3ds")
    # Sent by the browser itself, as where our script stopped half-way.
    visitor.page.evaluate(
        """() => { const form = document.querySelector("#giving form"); const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: "confirmation_token", value: "ctoken_3ds.native" });
        form.append(field); form.submit() }"""
    )
    expect(visitor.page.get_by_text("Your bank asks you to confirm this payment")).to_be_visible()
    visitor.press("Complete")
    visitor.thanked()
    assert visitor.faults == []
