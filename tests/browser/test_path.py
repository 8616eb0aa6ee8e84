"""From the story to the receipt in a real browser: with the script and without, by keyboard, small, dark, mirrored."""

import re
import unicodedata
import uuid
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from almoner.giving import demo_charity
from almoner.receipts.tests.paper import text_of
from tests.browser.conftest import Demonstration, mail_to
from tests.browser.walk import Walk, axe_problems, sound
from tests.support.server import wait_until

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def mailbox() -> str:
    return f"ada-{uuid.uuid4().hex[:10]}@example.org"


def receipt_of(page: Page) -> bytes:
    """The PDF behind the thank-you page's link, which the worker may still be making."""
    href = page.locator("#giving a[href$='.pdf']").get_attribute("href")
    assert href is not None
    wait_until(lambda: page.request.get(href).ok, says=lambda: "no receipt came")
    return page.request.get(href).body()


def read(raw: str) -> EmailMessage:
    mail = message_from_bytes(raw.encode(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def reaches_the_donor(demonstration: Demonstration, page: Page, email: str, name: str) -> None:
    """From the thank-you page on: the receipt in the donor's name, and the mail that brings the same one."""
    paper = receipt_of(page)
    assert name in text_of(paper)
    mail = read(mail_to(demonstration.site, email))
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == paper
    body = mail.get_body(("plain",))
    assert body is not None
    assert name.split()[0] in body.get_content()


@pytest.mark.both
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_story_to_the_receipt(demonstration: Demonstration, new_page: NewPage, script: bool) -> None:
    page = new_page(java_script_enabled=script, base_url=demonstration.site.base)
    walk, email = Walk(page), mailbox()
    page.goto(demonstration.story + "?utm_source=paper&appeal=XMAS26")
    story = page.url.partition("?")[0]
    walk.amount()
    walk.details(email)
    if script:
        assert page.url.partition("?")[0] == story, "the steps swap in place, inside the story"
    walk.pay()
    walk.thanked()
    reaches_the_donor(demonstration, page, email, "Ada Nguyễn")
    expect(page.get_by_role("heading", name="You might also be interested in…").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_finder_without_a_combobox(demonstration: Demonstration, new_page: NewPage, script: bool) -> None:
    page = new_page(java_script_enabled=script)
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount()
    page.locator("[name=given_name]").fill("Ada")
    page.locator("[name=email]").fill(mailbox())
    page.locator("[name=address_query]").fill("sydney town hall")
    walk.press("Find address")
    choice = page.get_by_role("radio", name=re.compile("Sydney Town Hall"))
    expect(choice).to_be_visible()
    assert page.locator("[name=given_name]").input_value() == "Ada"
    expect(page.get_by_text("Can't find your address? Enter it here")).to_be_visible()
    choice.check()
    walk.press("Use this address")
    expect(page.locator("[name=address_line1]")).to_have_value("483 George Street")
    expect(page.locator("[name=address_line1]")).to_be_editable()
    walk.press("Continue")
    walk.heading("Payment Details")
    expect(page.get_by_text("483 George Street, Sydney NSW 2000")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_error_is_summarised_linked_and_keeps_what_was_typed(
    demonstration: Demonstration, new_page: NewPage, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.press("Continue")
    expect(page).to_have_title(re.compile("^Error: "))
    walk.amount()
    page.locator("[name=family_name]").fill("O’Brien-Ñandú")
    page.locator("[name=email]").fill("no address")
    walk.press("Continue")
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name="Enter your first name")).to_be_visible()
    expect(page.locator("[name=family_name]")).to_have_value("O’Brien-Ñandú")
    summary.get_by_role("link", name="Enter an email address in the form name@example.com").click()
    expect(page.locator("[name=email]")).to_be_focused()
    if script:  # axe is a script itself
        assert axe_problems(page) == []


def test_back_restores_what_was_typed_and_never_charges_again(
    demonstration: Demonstration, page: Page
) -> None:
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount("$100")
    page.locator("[name=given_name]").fill("Grace")
    page.go_back()
    walk.heading("How much would you like to give?")
    expect(page.get_by_role("radio", name="$100")).to_be_checked()
    page.go_forward()
    walk.heading("Your Details")
    expect(page.locator("[name=given_name]")).to_have_value("Grace")
    walk.details(mailbox())
    walk.pay()
    walk.thanked()
    reference = page.locator(".g-ref").first.inner_text()
    page.go_back()
    walk.thanked()
    assert page.locator(".g-ref").first.inner_text() == reference


def test_back_without_the_script(demonstration: Demonstration, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount("$100")
    page.locator("[name=given_name]").fill("Grace")
    walk.press("Back")
    walk.heading("How much would you like to give?")
    expect(page.get_by_role("radio", name="$100")).to_be_checked()
    walk.press("Continue")
    walk.heading("Your Details")
    expect(page.locator("[name=given_name]")).to_have_value("Grace")
    walk.details(mailbox())
    walk.pay()
    walk.thanked()
    reference = page.locator(".g-ref").first.inner_text()
    page.go_back()
    walk.heading("Payment Details")
    walk.pay()
    walk.thanked()
    assert page.locator(".g-ref").first.inner_text() == reference


def test_by_keyboard_alone(demonstration: Demonstration, new_page: NewPage) -> None:
    """From the top of the story to the receipt, without a mouse."""
    page = new_page(base_url=demonstration.site.base)
    walk, email = Walk(page), mailbox()
    page.goto(demonstration.story)
    page.keyboard.press("Tab")
    expect(page.locator(".s-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    _tab_to(page, "input[name=amount]")
    page.keyboard.press("ArrowDown")
    _tab_to(page, ".g-go")
    page.keyboard.press("Enter")
    walk.heading("Your Details")
    for name, text in (("given_name", "Ada"), ("family_name", "Lovelace"), ("email", email)):
        _tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    _tab_to(page, "[name=address_query]")
    page.keyboard.type("melbourne town hall")
    page.keyboard.press("Enter")
    expect(page.locator("[name=address_choice]").first).to_be_visible()
    _tab_to(page, "[name=address_choice]")
    page.keyboard.press("Space")
    _tab_to(page, "button[value=use]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=address_line1]")).not_to_have_value("")
    _tab_to(page, ".g-go")
    page.keyboard.press("Enter")
    walk.heading("Payment Details")
    _tab_to(page, ".g-go")
    page.keyboard.press("Enter")
    walk.thanked()
    _tab_to(page, "a[href$='.pdf']")
    with page.expect_download() as coming:
        # Chromium without a viewer saves a PDF; Alt asks for the same of one that has it.
        page.keyboard.press("Alt+Enter")
    assert "Ada Lovelace" in text_of(coming.value.path().read_bytes())
    reaches_the_donor(demonstration, page, email, "Ada Lovelace")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the form's element has the focus, and see that the focus shows and isn't covered."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches('#giving ' + s)", selector):
            break
    else:
        raise AssertionError(f"Tab never came to {selector}")
    seen = page.evaluate(
        """() => { const e = document.activeElement, b = e.getBoundingClientRect()
        const top = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2)
        return b.top >= 0 && b.bottom <= innerHeight && !!top && (e.contains(top) || top.contains(e)
            || (e.labels && [...e.labels].some(l => l.contains(top)))) }"""
    )
    assert seen, f"the focus on {selector} is hidden"


LOOKS = {
    "320": {"viewport": {"width": 320, "height": 640}},
    "768": {"viewport": {"width": 768, "height": 1024}},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "less motion": {"reduced_motion": "reduce"},
    "phone": {
        "viewport": {"width": 412, "height": 823},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_step_is_sound_in(demonstration: Demonstration, new_page: NewPage, look: str) -> None:
    """From the story to the receipt and the mail."""
    page = new_page(base_url=demonstration.site.base, **LOOKS[look])
    walk, email = Walk(page), mailbox()
    page.goto(demonstration.story)
    sound(page, "story")
    walk.amount()
    sound(page, "details")
    walk.details(email)
    sound(page, "payment")
    walk.pay()
    walk.thanked()
    sound(page, "thanks")
    reaches_the_donor(demonstration, page, email, "Ada Nguyễn")


def test_an_address_in_the_slip_is_never_cut_in_two(demonstration: Demonstration, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 360, "height": 800})
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount()
    walk.details("grace@example.org")
    address = page.locator(".g-slip bdi", has_text="grace@example.org")
    assert address.evaluate("e => e.getClientRects().length") == 1


def test_the_whole_path_in_arabic(demonstration: Demonstration, new_page: NewPage) -> None:
    page = new_page(base_url=demonstration.site.base)
    walk, email = Walk(page, "ar"), mailbox()
    page.goto(demonstration.form.replace("/give/", "/ar/give/"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    sound(page, "amount")
    walk.amount()
    sound(page, "details")
    walk.details(email, given="فاطمة", family="الزهراء")
    sound(page, "payment")
    walk.pay()
    walk.thanked()
    sound(page, "thanks")
    paper = text_of(receipt_of(page))
    # What letters become in a PDF is a font's affair, so words are read as letters, and in either direction.
    for words in ("إيصال", "فاطمة", "الزهراء", "المبلغ"):
        assert _letters(words) in _letters(paper) or _letters(words)[::-1] in _letters(paper), words
    mail = read(mail_to(demonstration.site, email))
    assert "إيصال" in mail["Subject"]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "فاطمة" in plain.get_content()
    assert _english(plain.get_content()) == []
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    assert "فاطمة" in html.get_content()


def _letters(text: str) -> str:
    return re.sub(r"\W|[\u064b-\u0652\u0640]", "", unicodedata.normalize("NFKC", text))


_ADDRESS_AND_FUND = ("Harbour Street, Hobart TAS 7000, Australia", "Children at risk")


def _english(text: str) -> list[str]:
    """Latin words, but for addresses, codes, and the charity's own words, which are its own to translate."""
    words = " ".join(text.split())
    for own in (demo_charity.THANK_YOU, demo_charity.LEGAL_NAME, demo_charity.NAME, *_ADDRESS_AND_FUND):
        words = words.replace(own, "")
    return re.findall(
        r"[A-Za-z]{3,}", re.sub(r"\S+[@/]\S+|AUD|ABN|PDF|[A-Z0-9]{4} [A-Z0-9]{3} [A-Z0-9]{3}", "", words)
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize(
    ("method", "outcome", "press"),
    [("sandbox_card", "authenticate", "Yes, confirm the payment"), ("sandbox_hosted", "", "Continue")],
    ids=["authenticate", "hosted"],
)
def test_the_gateways_pages_in_arabic_and_back(
    demonstration: Demonstration, new_page: NewPage, script: bool, method: str, outcome: str, press: str
) -> None:
    page = new_page(java_script_enabled=script)
    walk = Walk(page, "ar")
    page.goto(demonstration.form.replace("/give/", "/ar/give/"))
    walk.amount()
    walk.details(mailbox(), given="فاطمة", family="الزهراء")
    walk.pay(outcome, method)
    page.wait_for_url("**/ar/sandbox/**")
    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.get_by_text(walk.say("Practice only: no money moves here"))).to_be_visible()
    walk.press(press)
    walk.thanked()
    assert page.locator("#giving").get_attribute("dir") == "rtl"
    assert "/ar/give/" in page.url


def test_nothing_is_asked_of_anybody_else_and_no_cookie_is_set(
    demonstration: Demonstration, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    walk = Walk(page)
    page.goto(demonstration.story)
    walk.amount()
    walk.details(mailbox())
    walk.pay()
    walk.thanked()
    assert [url for url in asked if not url.startswith((demonstration.site.base, "data:"))] == []
    assert page.context.cookies() == []


def test_the_first_page_is_two_requests(demonstration: Demonstration, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demonstration.form)
    # The script has run, and the page and all that it names has come: nothing is left that would ask.
    page.wait_for_function("document.readyState === 'complete' && document.documentElement.matches('.js')")
    assert len([url for url in asked if not url.startswith("data:")]) == 2
