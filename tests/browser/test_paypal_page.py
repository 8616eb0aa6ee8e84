"""PayPal's own page from our payment step and back, in a browser, against the scripted server."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from almoner.ledger.models import Posting
from almoner.payments.models import Attempt
from almoner.plans.models import Plan
from tests.browser.hosted import Giver, Shop, shop_at
from tests.browser.walk import LOOKS, Look, problems_in, sound
from tests.support.gateways.paypal_server import CLIENT_ID, OUTCOMES, SECRET, WEBHOOK_ID, PayPalServer

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
DECLINES = [name for name in OUTCOMES if name != "pending"]


@pytest.fixture(scope="module")
def paypal() -> Iterator[PayPalServer]:
    with PayPalServer() as server:
        yield server


@pytest.fixture(scope="module")
def shop(
    paypal: PayPalServer, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Shop]:
    with shop_at(
        paypal,
        tmp_path_factory.mktemp("paypal"),
        django_db_blocker,
        code="paypal",
        more="DonationForm.objects.update(methods=['paypal', 'bank_transfer'])",
        ALMONER_PAYPAL_API_BASE=paypal.base,
        ALMONER_PAYPAL_CLIENT_ID=CLIENT_ID,
        ALMONER_PAYPAL_SECRET=SECRET,
        ALMONER_PAYPAL_MERCHANT_ID=paypal.state.merchant_id,
        ALMONER_PAYPAL_WEBHOOK_ID=WEBHOOK_ID,
    ) as found:
        yield found


class Visitor(Giver):
    def to_paypal(self, *, story: bool = False, monthly: bool = False) -> None:
        self.page.goto(self.shop.story if story else self.shop.form)
        if monthly:
            self.page.get_by_role("radio", name="Every month").check()
        self.amount("$30" if monthly else "$50")
        self.details(self.email)
        self.over()

    def over(self) -> None:
        """From the payment step."""
        # The first way that the form offers, or the one that the last try was made by.
        expect(self.page.locator("[type=hidden][value=paypal], [value=paypal]:checked")).to_have_count(1)
        self.go()
        self.page.wait_for_url(re.compile("/checkoutnow"))

    def charged(self) -> list[str]:
        """The states of the captures that PayPal has of this gift."""
        keys = {str(each.pk) for each in Attempt.objects.filter(gift_id=self.gift.pk)}
        server = self.shop.server
        assert isinstance(server, PayPalServer)
        with server.lock:
            return [each["status"] for each in server.state.captures.values() if each["custom_id"] in keys]


@pytest.fixture
def visitor(shop: Shop, page: Page) -> Visitor:
    return Visitor(page, shop)


# The first of them: no webhook has come yet.
def test_staff_press_test_and_read_what_is_wrong(
    shop: Shop, new_page: NewPage, paypal: PayPalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The webhook goes elsewhere and the address is a live one; then all but the address is well."""
    page, client = new_page(), Client()
    client.force_login(User.objects.create_superuser("axe"))
    page.context.add_cookies(
        [{"name": name, "value": each.value, "url": shop.site.base} for name, each in client.cookies.items()]
    )
    monkeypatch.setitem(LOOKS, "360 px", Look(width=360, height=640))
    monkeypatch.setitem(LOOKS, "360 px, dark", Look(width=360, height=640, color_scheme="dark"))
    monkeypatch.setitem(paypal.webhook, "url", "https://old.example/webhooks/paypal/")
    found = []
    for left in (
        ["Test and live are mixed up.", "goes to another address."],
        ["Test and live are mixed up."],
    ):
        page.goto(f"{shop.site.base}/admin/gateways/")
        page.get_by_role("button", name="Test PayPal").click()
        status = page.locator(".bo-gateway [role=status]")
        for words in (*left, "No webhook has come"):
            expect(status).to_contain_text(words)
        expect(status.locator("strong")).to_have_count(len(left) + 1)
        found += problems_in(page, "gateways, tested", ("desk", "dark", "360 px", "360 px, dark"))
        paypal.webhook["url"] = f"{shop.site.base}/webhooks/paypal/"
    assert found == []


@pytest.mark.parametrize(
    ("story", "script"), [(False, True), (False, False), (True, True)], ids=["form", "no script", "story"]
)
def test_agreed_to_and_given(shop: Shop, new_page: NewPage, script: bool, story: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_paypal(story=story)
    expect(visitor.page.get_by_text("50.00 AUD")).to_be_visible()
    visitor.press("Pay now")
    visitor.thanked()
    expect(visitor.page.get_by_text("Your gift of $50.00 has arrived.")).to_be_visible()
    assert (visitor.rows(), visitor.charged()) == (("settled", ["succeeded"]), ["COMPLETED"])
    booked = Posting.objects.filter(source_id=Attempt.objects.get(gift_id=visitor.gift.pk).pk)
    assert {(each.kind, each.amount_minor) for each in booked} == {("charge", 5_000), ("fee", 160)}


@SCRIPT
def test_closed_half_way_keeps_what_was_typed(shop: Shop, new_page: NewPage, script: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_paypal()
    visitor.press("Cancel and return")
    visitor.heading("Your payment is not finished")
    assert (visitor.rows(), visitor.charged()) == (("pending", ["action_required"]), [])
    visitor.press("Try again")
    visitor.kept()
    visitor.over()
    visitor.press("Pay now")
    visitor.thanked()
    # The very order that was left open: nothing was begun beside it.
    assert (visitor.rows(), visitor.charged()) == (("settled", ["succeeded"]), ["COMPLETED"])


def test_closed_half_way_and_paid_another_way(visitor: Visitor) -> None:
    visitor.to_paypal()
    visitor.press("Cancel and return")
    visitor.press("Try again")
    visitor.kept()
    visitor.pay(method="bank_transfer")
    visitor.thanked()
    assert (visitor.rows(), visitor.charged()) == (("awaiting", ["cancelled", "awaiting"]), [])


@SCRIPT
def test_the_browsers_back_from_paypal(shop: Shop, new_page: NewPage, script: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_paypal()
    visitor.page.go_back()
    visitor.kept()
    visitor.over()
    visitor.press("Pay now")
    visitor.thanked()
    assert (visitor.rows(), visitor.charged()) == (("settled", ["succeeded"]), ["COMPLETED"])


def test_each_decline_says_what_to_do_and_takes_nothing(visitor: Visitor) -> None:
    page = visitor.page
    visitor.to_paypal()
    for name in DECLINES:
        visitor.press(f"Pay, and it ends as {name}")
        visitor.heading("Your bank did not take this payment")
        expect(page.locator(".g-lead")).to_contain_text("Nothing was charged. Press “Try again”")
        visitor.press("Try again")
        visitor.kept()
        visitor.over()
    visitor.press("Pay now")
    visitor.thanked()
    assert visitor.rows() == ("settled", [*["failed"] * len(DECLINES), "succeeded"])
    # Only one of them is a capture at all, and it took nothing.
    assert visitor.charged() == ["DECLINED", "COMPLETED"]


def test_a_decline_without_javascript(shop: Shop, new_page: NewPage) -> None:
    visitor = Visitor(new_page(java_script_enabled=False), shop)
    visitor.to_paypal()
    visitor.press("Pay, and it ends as INSTRUMENT_DECLINED")
    visitor.heading("Your bank did not take this payment")
    visitor.press("Try again")
    visitor.kept()
    visitor.over()
    visitor.press("Pay now")
    visitor.thanked()
    assert (visitor.rows(), visitor.charged()) == (("settled", ["failed", "succeeded"]), ["COMPLETED"])


def test_back_after_paying_is_harmless(visitor: Visitor) -> None:
    visitor.to_paypal()
    visitor.press("Pay now")
    visitor.thanked()
    reference = visitor.page.locator(".g-ref").first.inner_text()
    for _ in range(2):
        visitor.page.go_back()
        visitor.thanked()
        assert visitor.page.locator(".g-ref").first.inner_text() == reference
    assert (visitor.rows(), visitor.charged()) == (("settled", ["succeeded"]), ["COMPLETED"])


@SCRIPT
def test_a_monthly_gift_saves_its_method(shop: Shop, new_page: NewPage, script: bool) -> None:
    visitor = Visitor(new_page(java_script_enabled=script), shop)
    visitor.to_paypal(monthly=True)
    visitor.press("Pay now")
    visitor.thanked()
    expect(visitor.page.get_by_text("Every month. The next gift is on")).to_be_visible()
    assert visitor.rows() == ("settled", ["succeeded"])
    plan = Plan.objects.get(contact__email=visitor.email)
    server = visitor.shop.server
    assert isinstance(server, PayPalServer)
    assert (plan.state, plan.method, plan.amount_minor) == ("active", "paypal", 3_000)
    assert plan.saved_method in server.state.tokens


def test_a_payment_that_paypal_holds_is_awaited(visitor: Visitor, paypal: PayPalServer) -> None:
    visitor.to_paypal()
    visitor.press("Pay, and it ends as pending")
    visitor.thanked()
    expect(visitor.page.get_by_text("Your bank is working on your gift")).to_be_visible()
    assert (visitor.rows(), visitor.charged()) == (("processing", ["processing"]), ["PENDING"])
    paypal.settle([*paypal.state.captures][-1])
    assert visitor.shop.told() > 0
    visitor.page.reload()
    expect(visitor.page.get_by_text("Your gift of $50.00 has arrived.")).to_be_visible()
    assert (visitor.rows(), visitor.charged()) == (("settled", ["succeeded"]), ["COMPLETED"])


@pytest.mark.parametrize("look", ["320 px", "dark"])
def test_the_unfinished_payment_in_each_look(shop: Shop, new_page: NewPage, look: str) -> None:
    visitor = Visitor(new_page(), shop)
    LOOKS[look].put_on(visitor.page)
    visitor.to_paypal()
    visitor.press("Cancel and return")
    visitor.heading("Your payment is not finished")
    sound(visitor.page, "unfinished")
