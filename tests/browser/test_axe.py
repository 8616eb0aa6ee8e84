"""axe-core finds nothing, on any page that a donor or a demonstration's visitor sees, at any step, in any look.

A page is loaded once and put into each look as it stands. Gifts are made through the front door; what a browser can't
be brought to by itself (a fault, a database that is away) is put into it.
"""

import re
import uuid
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import escape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from almoner.config import errors
from almoner.giving.models import Gift
from almoner.receipts.models import Receipt
from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, problems_in
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.databases import borrowed
from tests.support.server import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """One visitor for all of these pages: nothing of them is kept by a browser."""
    context = browser.new_context(base_url=demonstration.site.base, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def rows(demonstration: Demonstration, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's connection points at the demonstration's database."""
    with django_db_blocker.unblock():
        for _ in borrowed(demonstration.site.db.url, keep=True):
            yield


def mailbox() -> str:
    return f"axe-{uuid.uuid4().hex[:10]}@example.org"


def to_payment(page: Page, language: str = "en") -> tuple[Walk, str]:
    """As far as the payment step, by the form alone; returns the walk and the donor's address."""
    walk, email = Walk(page, language), mailbox()
    page.goto("/give/4840/" if language == "en" else f"/{language}/give/4840/")
    walk.amount()
    walk.details(email)
    return walk, email


def gift_of(email: str) -> Gift:
    return Gift.objects.get(contact__email=email)


# ---- Pages with an address of their own ----------------------------------------------------------------------------

PAGES = {
    "home": "/",
    "the list of stories": "/stories/",
    "how a figure is known": "/figures/osec-philippines/rescued/",
    "what programmes reach": "/programmes/",
    "a programme": "/programmes/osec-philippines/",
    "the form": "/give/4840/",
    "the form in Arabic": "/ar/give/4840/",
    "the gateway's books": "/sandbox/",
    "the gateway's books in Arabic": "/ar/sandbox/",
    "the mail": "/sandbox/mail/",
    "no such story": "/stories/nothing/",
    "no such form": "/give/9999/",
    "no such form in Arabic": "/ar/give/9999/",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page(visitor: Page, name: str) -> None:
    visitor.goto(PAGES[name])
    assert problems_in(visitor, name) == []


def test_every_page_of_the_sitemap(visitor: Page) -> None:
    """The stories of every kind, without naming them: what is published later is looked at too. Of what the register
    fills, one page of each kind stands for all, from left to right and from right to left."""
    listed = re.findall(r"<loc>https?://[^/<]+([^<]+)</loc>", visitor.request.get("/sitemap.xml").text())
    paths = [path for path in listed if path not in PAGES.values()]
    # "/ar/figures/one/other/": its language, what it is of, how much is named.
    filled = {path: re.fullmatch(r"/(?:(..)/)?(programmes|figures)/(.*)", path) for path in paths}
    kinds = {(each[1] == "ar", each[2], bool(each[3])): path for path, each in filled.items() if each}
    stories = [path for path in paths if not filled[path]]
    assert len(stories) >= 4 and len(kinds) == 6, listed
    found = []
    for path in [*stories, *kinds.values()]:
        visitor.goto(path)
        found += problems_in(visitor, path)
    assert found == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_page_of_last_resort(visitor: Page, status: int, language: str) -> None:
    with translation.override(language):
        answer = errors.page(RequestFactory().get(f"/{language}/"), status=status, again=status == 503)
    visitor.goto("about:blank")
    visitor.set_content(answer.content.decode())
    assert problems_in(visitor, f"{status} in {language}") == []


# ---- The steps -----------------------------------------------------------------------------------------------------


def test_each_step_its_errors_and_a_decline(visitor: Page, demonstration: Demonstration) -> None:
    page, walk, found = visitor, Walk(visitor), []
    page.goto(demonstration.story)
    found += problems_in(page, "the story with its form")
    walk.press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    found += problems_in(page, "no amount")
    walk.amount()
    found += problems_in(page, "details")
    page.get_by_text("Add a dedication or a message").click()
    page.locator("[name=address_query]").fill("sydney town hall")
    walk.press("Find address")
    expect(page.get_by_role("radio", name=re.compile("Sydney Town Hall"))).to_be_visible()
    found += problems_in(page, "addresses found")
    page.locator("[name=email]").fill("ada@gmial.com")
    page.get_by_role("button", name="Continue", exact=True).last.click()
    expect(page.get_by_role("alert")).to_be_focused()
    found += problems_in(page, "details with errors")
    walk.details("ada@gmial.com")
    found += problems_in(page, "payment")
    walk.pay("expired_card")
    expect(page.get_by_role("alert")).to_be_visible()
    found += problems_in(page, "declined")
    page.context.set_offline(True)
    walk.pay()
    expect(page.get_by_text("We could not reach our server").first).to_be_visible()
    found += problems_in(page, "no connection")
    page.context.set_offline(False)
    assert found == []


# The thank-you page of each end: what to choose at the payment step, and what is read there then.
ENDS = {
    "settled": ("success", "sandbox_card", "has arrived"),
    "awaiting": ("success", "bank_transfer", "One thing is left"),
    "processing": ("debit_settles", "sandbox_debit", "Your bank is working on your gift"),
    # The gateway never heard of it: no webhook comes, and the sweep asks only after a minute.
    "unknown": ("timeout_before", "sandbox_card", "The bank has not told us yet"),
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("end", ENDS)
def test_thanks(visitor: Page, end: str, language: str) -> None:
    walk, _ = to_payment(visitor, language)
    outcome, method, words = ENDS[end]
    walk.pay(outcome, method)
    expect(visitor.locator(".g-thanks")).to_be_visible()
    if language == "en":
        expect(visitor.get_by_text(words)).to_be_visible()
    assert problems_in(visitor, end) == []


def test_thanks_for_a_gift_that_was_declined(visitor: Page, rows: None) -> None:
    walk, email = to_payment(visitor)
    walk.pay("insufficient_funds")
    expect(visitor.get_by_role("alert")).to_be_visible()
    visitor.goto(f"/give/thanks/{gift_of(email).public_key}/")
    expect(visitor.get_by_text("Try again", exact=True)).to_be_visible()
    assert problems_in(visitor, "declined") == []


# ---- What comes of a gift ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_receipts_check_and_its_mail(
    visitor: Page, demonstration: Demonstration, rows: None, language: str
) -> None:
    walk, email = to_payment(visitor, language)
    walk.pay()
    walk.thanked()
    # The mail goes out when the receipt's document is made and signed.
    wait_until(lambda: _message_to(demonstration.site.mail_dir, email))
    receipt = Receipt.objects.get(gift_id=gift_of(email).pk)
    root = "" if language == "en" else f"/{language}"
    visitor.goto(f"{root}/receipts/check/{receipt.token}/")
    visitor.locator("summary").click()
    found = problems_in(visitor, "check")
    file = _message_to(demonstration.site.mail_dir, email)
    assert file is not None
    visitor.goto(f"/sandbox/mail/{file.stem}/")
    found += problems_in(visitor, "the message")
    html = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("html",))
    assert html is not None
    _in_a_mail_program(visitor, html.get_content())
    found += problems_in(visitor, "the message as a mail program shows it")
    assert found == []
    _on_a_phone(visitor)


# Facts whose label runs into its value, or stands at another height.
_AMISS = """() => [...document.querySelectorAll("tr:has(> th)")].filter(row => {
  const [label, value] = [...row.children].map(cell => {
    const words = document.createRange()
    words.selectNodeContents(cell)
    return words.getBoundingClientRect()
  })
  const apart = Math.max(value.left - label.right, label.left - value.right)
  return apart < 8 || Math.abs(label.top - value.top) > 4
}).map(row => row.innerText)"""
_PAPER = "() => getComputedStyle(document.querySelector('td > table')).backgroundColor"


def _on_a_phone(page: Page) -> None:
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.frames[1].evaluate("document.querySelectorAll('tr:has(> th)').length") >= 5
    assert page.frames[1].evaluate(_AMISS) == []
    papers = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        papers.append(page.frames[1].evaluate(_PAPER))
    assert papers == ["rgb(255, 255, 255)", "rgb(34, 31, 27)"]
    page.emulate_media(color_scheme=None)
    page.set_viewport_size(before)


def _in_a_mail_program(page: Page, html: str) -> None:
    """In a frame, as the demonstration shows it, but one that lets axe run inside."""
    page.goto("about:blank")
    page.set_content(
        '<!doctype html><html lang="en" style="color-scheme:light dark"><title>Mail</title><main><h1>Mail</h1>'
        f'<iframe title="A message" srcdoc="{escape(html)}" width="100%" height="900"></iframe></main></html>'
    )
    page.frames[1].evaluate(Axe().axe_script)


def _message_to(folder: Path, email: str) -> Path | None:
    return next((file for file in folder.glob("*.eml") if f"To: {email}".encode() in file.read_bytes()), None)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_gateways_pages(visitor: Page, language: str) -> None:
    walk, _ = to_payment(visitor, language)
    walk.pay("authenticate")
    visitor.wait_for_url("**/sandbox/authenticate/**")
    found = problems_in(visitor, "authenticate")
    asked = visitor.url
    walk.press("Yes, confirm the payment")
    walk.thanked()
    visitor.goto(asked)
    found += problems_in(visitor, "a payment that is finished")
    walk, _ = to_payment(visitor, language)
    walk.pay(method="sandbox_hosted")
    visitor.wait_for_url("**/sandbox/checkout/**")
    found += problems_in(visitor, "checkout")
    visitor.locator("[name=outcome]:checked").evaluate("e => e.value = 'nothing'")
    walk.press("Continue")
    expect(visitor.get_by_role("alert")).to_be_visible()
    found += problems_in(visitor, "checkout with an error")
    assert found == []
