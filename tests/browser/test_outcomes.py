"""Every end a payment can have, chosen by a donor in a browser, and what the donor then reads."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, axe_problems
from tests.support.server import wait_until

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]

DECLINES = {
    "expired_card": "This card has expired",
    "insufficient_funds": "There was not enough money on this card",
    "authentication_failed": "Your bank could not confirm that it was you",
    "lost_card": "Your bank did not take this payment",
    "stolen_card": "Your bank did not take this payment",
    "incorrect_code": "Your bank did not take this payment",
    "do_not_honour": "Your bank did not take this payment",
    "busy": "The payment provider is very busy",
}


def to_payment(demonstration: Demonstration, page: Page) -> Walk:
    walk = Walk(page)
    page.goto(demonstration.form)
    walk.amount()
    walk.details(f"ada-{uuid.uuid4().hex[:10]}@example.org")
    return walk


def test_each_decline_names_what_to_do_and_another_card_then_works(
    demonstration: Demonstration, page: Page
) -> None:
    walk = to_payment(demonstration, page)
    for outcome, words in DECLINES.items():
        # Some say the same words as the one before.
        with walk.anew():
            walk.pay(outcome)
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")
        assert axe_problems(page) == [], outcome
    walk.pay()
    walk.thanked()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("Yes, confirm the payment", "Thank You"),
        ("No, stop it", "Your bank could not confirm that it was you"),
    ],
    ids=["yes", "no"],
)
def test_the_bank_asks_first(
    demonstration: Demonstration, new_page: NewPage, script: bool, answer: str, heading: str
) -> None:
    page = new_page(java_script_enabled=script)
    walk = to_payment(demonstration, page)
    walk.pay("authenticate")
    expect(page.get_by_text("Practice only: no money moves here")).to_be_visible()
    walk.press(answer)
    walk.heading(heading)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_hosted_page(demonstration: Demonstration, new_page: NewPage, script: bool) -> None:
    page = new_page(java_script_enabled=script)
    walk = to_payment(demonstration, page)
    walk.pay(method="sandbox_hosted")
    page.wait_for_url(re.compile("/sandbox/checkout/"))
    walk.press("Continue")
    walk.thanked()


@pytest.mark.parametrize("outcome", ["answer_lost", "timeout_after"])
def test_an_unknown_answer_is_awaited_and_then_found(
    demonstration: Demonstration, page: Page, outcome: str
) -> None:
    walk = to_payment(demonstration, page)
    walk.pay(outcome)
    # A webhook may bring the news before the answer is given up, or while this page is read: then there is nothing to
    # wait for. What axe says of the page that waits is asked where no news comes.
    waiting = page.get_by_role("heading", name="We are waiting for an answer")
    thanked = page.get_by_role("heading", name="Thank You")
    expect(waiting.or_(thanked)).to_be_visible()
    expect(page.get_by_text("Please don’t pay again").or_(thanked)).to_be_visible()
    # The gateway's webhook, or else the sweep, brings the news; the page only reads.
    wait_until(
        lambda: page.reload() and page.get_by_role("heading", name="Thank You").count(),
        seconds=90,
        says=lambda: page.content(),
    )


def test_a_bank_debit_takes_days(demonstration: Demonstration, page: Page) -> None:
    walk = to_payment(demonstration, page)
    walk.pay("debit_settles", method="sandbox_debit")
    walk.thanked()
    expect(page.get_by_text("Your bank is working on your gift")).to_be_visible()
    thanks = page.url
    page.goto(demonstration.site.base + "/sandbox/")
    walk.press("Let three days pass")
    page.goto(thanks)
    wait_until(
        lambda: page.reload() and page.get_by_text("has arrived").count(),
        seconds=90,
        says=lambda: page.content(),
    )


def test_a_bank_transfer_shows_where_to_send_it(demonstration: Demonstration, page: Page) -> None:
    walk = to_payment(demonstration, page)
    walk.pay(method="bank_transfer")
    walk.thanked()
    expect(page.get_by_role("heading", name="Send your transfer to")).to_be_visible()
    assert axe_problems(page) == []


@pytest.mark.both
def test_a_double_click_is_one_gift(demonstration: Demonstration, page: Page) -> None:
    walk = to_payment(demonstration, page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#giving .g-go").dblclick()
    walk.thanked()
    assert len([url for url in sent if url.endswith("/submit/")]) == 1


def test_a_lost_connection_keeps_everything_and_can_be_tried_again(
    demonstration: Demonstration, page: Page
) -> None:
    walk = to_payment(demonstration, page)
    page.context.set_offline(True)
    walk.pay()
    expect(page.get_by_text("We could not reach our server").first).to_be_visible()
    page.context.set_offline(False)
    walk.pay()
    walk.thanked()
