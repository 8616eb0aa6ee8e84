"""A dispute from the donor's bank to its end, and a refund that nobody told us of: on the gateway's board and on
staff's screens, in a browser."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from almoner.giving.models import Gift
from almoner.ledger.models import Posting
from almoner.payments.models import Dispute
from tests.browser.conftest import Demonstration
from tests.browser.desk import Seated, answered
from tests.browser.test_path import mailbox
from tests.browser.walk import LOOKS, PHONES, Walk, problems_in, sound_in
from tests.support.server import wait_until

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
PUSHED = (
    "[...document.querySelectorAll('.bo-scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
)
# What stands before the cells of one row, in their order, told by the first row that has each.
LABELS = (
    "[...new Set([...document.querySelectorAll('.bo-stack tbody [data-label]')].map("
    "cell => getComputedStyle(cell, '::before').content.replaceAll('\"', '')))]"
)
LINES = "[...document.querySelectorAll('.bo-stack tbody a')].map(link => link.getClientRects().length)"
IN_A_HAND = ("desk", "dark", "phone", "dark phone")


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Page:
    return seated(User.objects.create_superuser("treasurer", "treasurer@example.org"))


@pytest.fixture
def board(demonstration: Demonstration, new_page: NewPage) -> Page:
    """The gateway's own pages, on which a gift of 50 dollars was paid just now and stands first."""
    page = new_page()
    page.goto(demonstration.form)
    walk = Walk(page)
    walk.amount()
    walk.details(mailbox())
    walk.pay()
    walk.thanked()
    page.goto(f"{demonstration.site.base}/sandbox/")
    return page


def newest(board: Page) -> Locator:
    return board.get_by_role("table").first.locator("tbody tr").first


def gift_of(board: Page) -> Gift:
    reference = newest(board).get_by_role("rowheader").inner_text()
    return Gift.objects.get(reference=reference.replace(" ", ""))


def appears(desk: Page, text: str) -> None:
    """On this page, once the worker has been there."""
    found = desk.get_by_text(text, exact=True).first
    wait_until(lambda: desk.goto(desk.url) and found.count(), says=lambda: f"{text} never stood there")
    expect(found).to_be_visible()


def posted(dispute: Dispute) -> list[tuple[str, int]]:
    rows = Posting.objects.filter(source="dispute", source_id=str(dispute.pk)).order_by("id")
    return list(rows.values_list("kind", "amount_minor"))


@pytest.mark.parametrize(
    ("decides", "end"),
    [("The bank sides with the charity", "won"), ("The bank sides with the donor", "lost")],
)
def test_a_dispute_is_opened_answered_and_decided(board: Page, desk: Page, decides: str, end: str) -> None:
    gift = gift_of(board)
    newest(board).get_by_role("button", name="The bank questions it").click()
    expect(newest(board)).to_contain_text("dispute.needs_response")
    disputes = Dispute.objects.filter(attempt__gift_id=gift.pk)
    wait_until(disputes.exists, says=lambda: "nobody heard of the dispute")
    dispute, opened = disputes.get(), [("dispute", 5_000), ("dispute-fee:opened", 1_500)]
    desk.goto("/admin/disputes/")
    with answered(desk):
        desk.locator(f"a[href='/admin/disputes/{dispute.pk}/']").first.click()
    expect(desk.get_by_text("Waits for an answer", exact=True)).to_be_visible()
    assert (posted(dispute), problems_in(desk, "a dispute", IN_A_HAND)) == (opened, [])
    desk.get_by_role("link", name="Answer", exact=True).click()
    desk.get_by_label("What the bank should know").fill("Ada has given every year since 2019.")
    with answered(desk):
        desk.get_by_role("button", name="Send the answer").click()
    appears(desk, "The bank decides")
    assert posted(dispute) == opened
    board.reload()
    sound_in(board, "a dispute under review", (LOOKS["desk"], PHONES["phone"], PHONES["dark phone"]))
    newest(board).get_by_role("button", name=decides).click()
    expect(newest(board)).to_contain_text(f"dispute.{end}")
    appears(desk, end.capitalize())
    assert posted(dispute) == [*opened, (f"dispute-{end}", 5_000)]
    assert problems_in(desk, f"a dispute that was {end}", IN_A_HAND) == []


def test_the_books_are_read_in_a_hand_without_scrolling_sideways(board: Page, desk: Page) -> None:
    wait_until(lambda: gift_of(board).status == "settled")
    desk.goto("/admin/giving-reports/books/")
    account = desk.get_by_role("link", name="Sandbox clearing").get_attribute("href")
    for address in ("/admin/giving-reports/books/", account):
        desk.goto(address)
        assert problems_in(desk, address, IN_A_HAND) == []
        columns = desk.get_by_role("columnheader").all_text_contents()
        PHONES["phone"].put_on(desk)
        # The menu moves aside first.
        wait_until(lambda: desk.evaluate(PUSHED) == 0, says=lambda: f"{desk.url} is wider than a hand")
        assert (desk.get_by_role("columnheader").all_text_contents(), desk.evaluate(LABELS)) == (
            columns,
            columns[1:] if address != account else [columns[0], *columns[2:]],
        )
        assert max(desk.evaluate(LINES)) <= 2, "a word is broken into letters"
        LOOKS["desk"].put_on(desk)


def test_a_refund_on_the_board_is_found_and_shown(board: Page, desk: Page) -> None:
    gift = gift_of(board)
    newest(board).get_by_role("button", name="Refund it here").click()
    expect(newest(board).get_by_role("button")).to_have_count(0)
    desk.goto(f"/admin/gifts/{gift.pk}/")
    appears(desk, "Refund made at the gateway: $50.00 AUD")
    assert problems_in(desk, "refunded elsewhere", IN_A_HAND) == []
