"""GoCardless's own page from our payment step and back, in a browser, against the scripted server: the mandate, the
debit under way, and what the bank does afterwards."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_string, policy
from urllib.parse import urlsplit

import pytest
from django.utils.formats import date_format
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from almoner.ledger.models import Posting
from almoner.payments.models import Attempt
from almoner.plans.models import Period, Plan
from almoner.receipts.models import Receipt, ReceiptCancellation
from tests.browser.conftest import mails_to
from tests.browser.hosted import Giver, Shop, shop_at
from tests.browser.walk import LOOKS, sound
from tests.support.gateways.gocardless_server import ACCESS_TOKEN, WEBHOOK_SECRET, GoCardlessServer
from tests.support.gateways.gocardless_state import CREDITOR

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
# A British charity, whose form asks for pounds and no address.
_BRITISH = (
    "Charity.objects.update(country='GB', currency='GBP', timezone='Europe/London'); "
    "SuggestedAmount.objects.update(currency='GBP'); "
    "DonationForm.objects.update(methods=['gocardless_bacs', 'bank_transfer'], currencies='GBP', ask_address='no')"
)
_WORKER_AT = (
    "import sys, time_machine; from datetime import datetime; from almoner.config.cli import run; "
    "time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True).start(); "
    "charge = 'from almoner.giving import actions; actions.charge_due()'; "
    "sys.exit(run(['manage', 'shell', '-c', charge]) or run(['worker', '--once']))"
)


@pytest.fixture(scope="module")
def gocardless() -> Iterator[GoCardlessServer]:
    with GoCardlessServer() as server:
        yield server


@pytest.fixture(scope="module")
def shop(
    gocardless: GoCardlessServer,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Shop]:
    with shop_at(
        gocardless,
        tmp_path_factory.mktemp("gocardless"),
        django_db_blocker,
        code="gocardless",
        more=_BRITISH,
        ALMONER_GOCARDLESS_API_BASE=gocardless.base,
        ALMONER_GOCARDLESS_ACCESS_TOKEN=ACCESS_TOKEN,
        ALMONER_GOCARDLESS_CREDITOR=CREDITOR,
        ALMONER_GOCARDLESS_WEBHOOK_SECRETS=WEBHOOK_SECRET,
    ) as found:
        yield found


class Visitor(Giver):
    def to_gocardless(self, *, story: bool = False, monthly: bool = False) -> None:
        self.page.goto(self.shop.story if story else self.shop.form)
        if monthly:
            self.page.get_by_role("radio", name="Every month").check()
        self.amount("£30" if monthly else "£50")
        self.page.locator("[name=given_name]").fill("Ada")
        self.page.locator("[name=family_name]").fill("Nguyễn")
        self.page.locator("[name=email]").fill(self.email)
        self.press("Continue")
        self.heading("Payment Details")
        self.over()

    def over(self) -> None:
        """From the payment step."""
        way = self.page.locator("[type=hidden][value=gocardless_bacs], [value=gocardless_bacs]:checked")
        expect(way).to_have_count(1)
        self.go()
        expect(self.page.get_by_role("heading", name="GoCardless")).to_be_visible()

    def agree(self) -> None:
        self.press("Set up this Direct Debit")
        self.thanked()
        expect(self.page.get_by_text("Your bank is working on your gift of £")).to_be_visible()

    def debits(self) -> list[dict[str, object]]:
        """The payments that GoCardless has of this gift."""
        keys = {str(each.pk) for each in Attempt.objects.filter(gift_id=self.gift.pk)}
        server = self.shop.server
        assert isinstance(server, GoCardlessServer)
        with server.lock:
            return [each for each in server.state.payments.values() if each["metadata"].get("key") in keys]

    def debit(self) -> str:
        (found,) = self.debits()
        return str(found["id"])

    def subjects(self) -> list[str]:
        mails = [
            message_from_string(each, policy=policy.default) for each in mails_to(self.shop.site, self.email)
        ]
        return [" ".join(str(each["Subject"]).split()) for each in mails]


@pytest.fixture
def visitor(shop: Shop, page: Page) -> Visitor:
    return Visitor(page, shop)


@pytest.mark.parametrize(
    ("story", "script"), [(False, True), (False, False), (True, True)], ids=["form", "no script", "story"]
)
def test_agreed_to_and_the_debit_is_under_way(
    shop: Shop, new_page: NewPage, script: bool, story: bool
) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_gocardless(story=story)
    expect(visitor.page.get_by_text("bacs, GBP")).to_be_visible()
    visitor.agree()
    expect(visitor.page.get_by_text(f"we send your receipt to {visitor.email}")).to_be_visible()
    assert visitor.rows() == ("processing", ["processing"])
    assert [(each["status"], each["amount"]) for each in visitor.debits()] == [("pending_submission", 5_000)]
    assert not Posting.objects.filter(source_id=Attempt.objects.get(gift_id=visitor.gift.pk).pk).exists()


@SCRIPT
def test_closed_half_way_keeps_what_was_typed(shop: Shop, new_page: NewPage, script: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_gocardless()
    visitor.press("Exit")
    visitor.heading("Your payment is not finished")
    assert (visitor.rows(), visitor.debits()) == (("pending", ["action_required"]), [])
    visitor.press("Try again")
    visitor.kept()
    visitor.over()
    visitor.agree()
    assert (visitor.rows(), len(visitor.debits())) == (("processing", ["processing"]), 1)


def test_closed_half_way_and_paid_another_way(visitor: Visitor, gocardless: GoCardlessServer) -> None:
    visitor.to_gocardless()
    mandate_page = visitor.page.url
    visitor.press("Exit")
    visitor.press("Try again")
    visitor.kept()
    visitor.pay(method="bank_transfer")
    visitor.thanked()
    # Whoever still has the old page open can agree to nothing there.
    visitor.page.goto(mandate_page)
    expect(visitor.page.get_by_text("This link is no longer valid.")).to_be_visible()
    assert (visitor.rows(), visitor.debits()) == (("awaiting", ["cancelled", "awaiting"]), [])


@SCRIPT
def test_the_browsers_back_from_gocardless(shop: Shop, new_page: NewPage, script: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_gocardless()
    visitor.page.go_back()
    visitor.kept()
    visitor.over()
    visitor.agree()
    assert (visitor.rows(), len(visitor.debits())) == (("processing", ["processing"]), 1)


def test_back_after_agreeing_is_harmless(visitor: Visitor) -> None:
    visitor.to_gocardless()
    visitor.agree()
    reference = visitor.page.locator(".g-ref").first.inner_text()
    for _ in range(2):
        visitor.page.go_back()
        visitor.thanked()
        assert visitor.page.locator(".g-ref").first.inner_text() == reference
    assert (visitor.rows(), len(visitor.debits())) == (("processing", ["processing"]), 1)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("insufficient_funds", "There was not enough money in this account"),
        ("bank_account_closed", "Your bank did not take this payment"),
    ],
)
def test_a_debit_that_fails_says_why_and_is_tried_again(
    visitor: Visitor, gocardless: GoCardlessServer, cause: str, words: str
) -> None:
    visitor.to_gocardless()
    visitor.agree()
    with gocardless.lock:
        gocardless.fail(visitor.debit(), cause)
    assert visitor.shop.told() > 0
    visitor.page.reload()
    visitor.heading(words)
    expect(visitor.page.locator(".g-lead")).not_to_contain_text("card")
    assert (visitor.rows(), len(visitor.debits())) == (("failed", ["failed"]), 1)
    visitor.press("Try again")
    visitor.kept()
    visitor.over()
    visitor.agree()
    assert visitor.rows() == ("processing", ["failed", "processing"])
    assert [each["status"] for each in visitor.debits()] == ["failed", "pending_submission"]


def test_a_late_failure_takes_the_gift_and_its_receipt_back(
    visitor: Visitor, gocardless: GoCardlessServer
) -> None:
    visitor.to_gocardless()
    visitor.agree()
    thanks = visitor.page.url
    with gocardless.lock:
        gocardless.confirm(visitor.debit())
    assert visitor.shop.told() > 0
    visitor.page.reload()
    expect(visitor.page.get_by_text("Your gift of £50.00 has arrived.")).to_be_visible()
    (receipt,) = Receipt.objects.filter(gift=visitor.gift)
    assert not ReceiptCancellation.objects.filter(receipt=receipt).exists()
    with gocardless.lock:
        gocardless.fail(visitor.debit())
    assert visitor.shop.told() > 0
    assert urlsplit(visitor.page.url).path == urlsplit(thanks).path
    visitor.page.reload()
    visitor.heading("Your bank took it back")
    expect(visitor.page.locator(".g-lead")).to_have_text(
        "Your bank has taken back the payment of your gift of £50.00."
    )
    expect(visitor.page.get_by_role("link", name="Download your receipt (PDF)")).to_have_count(0)
    assert ReceiptCancellation.objects.get(receipt=receipt).reason == "returned"
    assert (visitor.rows(), len(visitor.debits())) == (("returned", ["returned"]), 1)
    sound(visitor.page, "returned")


def test_a_monthly_gift_keeps_its_mandate_and_each_debit_is_announced(
    visitor: Visitor, gocardless: GoCardlessServer
) -> None:
    visitor.to_gocardless(monthly=True)
    visitor.agree()
    expect(visitor.page.get_by_text("Every month. The next gift is on")).to_be_visible()
    with gocardless.lock:
        gocardless.confirm(visitor.debit())
    visitor.shop.told()
    plan = Plan.objects.get(contact__email=visitor.email)
    assert (plan.state, plan.method, plan.amount_minor) == ("active", "gocardless_bacs", 3_000)
    assert plan.saved_method in gocardless.state.mandates
    assert plan.next_at is not None and plan.next_on is not None
    _work_at(visitor.shop, plan.next_at + timedelta(hours=1))
    period = Period.objects.get(plan=plan, state="due")
    assert period.notice_sent_at is not None and period.gift_id is None
    # A day on which banks work, which the plan's own day may not be.
    assert period.debit_on is not None and period.debit_on >= period.on
    day = date_format(period.debit_on, "DATE_FORMAT")
    assert visitor.subjects()[-1] == f"We take £30.00 GBP from your account on {day}"
    assert len(visitor.debits()) == 1


def _work_at(shop: Shop, moment: datetime) -> None:
    """A worker by whose clock it is this moment."""
    done = subprocess.run(
        [sys.executable, "-c", _WORKER_AT, moment.isoformat()],
        env=shop.site.env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("look", ["320 px", "dark"])
def test_the_debit_under_way_in_each_look(shop: Shop, new_page: NewPage, look: str) -> None:
    visitor = Visitor(new_page(), shop)
    LOOKS[look].put_on(visitor.page)
    visitor.to_gocardless()
    visitor.agree()
    sound(visitor.page, "under way")
