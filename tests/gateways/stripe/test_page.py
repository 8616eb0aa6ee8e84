"""Stripe's fields in our payment step, as the server answers: on one page alone, by its policy, and for nobody without
the script."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse

from almoner.charities.sites import bump
from almoner.giving import limits
from almoner.giving.limits import Verdict
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor
from almoner.payments.models import Attempt
from tests.support.gateways.stripe_server import StripeServer

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/reference/payment-scripts.md"


@pytest.fixture
def shop(stripe: StripeServer, form: DonationForm) -> StripeServer:
    offer(form, ["stripe_element", "stripe_becs", "bank_transfer"])
    return stripe


def offer(form: DonationForm, methods: list[str]) -> None:
    DonationForm.objects.filter(pk=form.pk).update(methods=methods)
    bump(form.charity_id)


def policy(page: HttpResponse) -> dict[str, list[str]]:
    parts = (each.split() for each in page.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def methods(page: HttpResponse) -> list[str]:
    return re.findall(r'name="method"[^>]*value="(\w+)"', text_of(page))


def pay(donor: Donor, page: HttpResponse, outcome: str, method: str = "stripe_element") -> HttpResponse:
    return donor.give(page, method=method, confirmation_token=f"ctoken_{outcome}")


def test_the_list_of_scripts_is_the_pages_own(shop: StripeServer, donor: Donor) -> None:
    """Each script that the page names or its policy allows stands in the document, and nothing else does."""
    listed = set(re.findall(r"^\| `([^`]+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    page = donor.to_payment()
    text = text_of(page)
    named = {each.rpartition("/")[2] for each in re.findall(r'<script[^>]* src="([^"]+)"', text)}
    assert named == {"give.js", "payment.js"}
    assert re.search(r'<div class="g-element" data-url="https://js\.stripe\.com/dahlia/stripe\.js"', text)
    hosts = {
        each.removeprefix("https://") for each in policy(page)["script-src"] if each.startswith("https:")
    }
    assert hosts == {"js.stripe.com", "*.js.stripe.com"}
    assert listed == named | {"finder.js", "wallet.js", "work.js"} | {
        host for host in hosts if "*" not in host
    }
    assert not re.search(r"<script(?![^>]* src=)|\son\w+=", text)


def test_no_other_page_allows_stripe(shop: StripeServer, donor: Donor) -> None:
    payment = donor.to_payment()
    given = pay(donor, payment, "success")
    pages = [donor.client.get("/give/4840/"), donor.amount(), donor.client.get(given.headers["Location"])]
    for page in pages:
        assert "stripe" not in page.headers["Content-Security-Policy"]
        assert "js.stripe" not in text_of(page)
    assert policy(payment)["frame-src"] == [
        "https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com",
    ]  # fmt: skip
    assert policy(payment)["connect-src"] == ["'self'", "https://api.stripe.com"]
    assert policy(payment)["default-src"] == ["'none'"]


def test_a_form_without_fields_in_the_page_asks_no_other_host(
    shop: StripeServer, donor: Donor, form: DonationForm
) -> None:
    offer(form, ["stripe_checkout", "bank_transfer"])
    page = donor.to_payment()
    assert "js.stripe" not in text_of(page) + page.headers["Content-Security-Policy"]
    assert "payment.js" not in text_of(page)


def test_the_step_is_swapped_into_no_other_page(shop: StripeServer, donor: Donor) -> None:
    """To the script the server answers nothing; it then sends the form itself."""
    details = donor.amount()
    client, posted = donor.client, donor._post
    client.defaults["HTTP_X_ALMONER_FRAGMENT"] = "1"
    swapped = donor.details(details)
    assert (swapped.status_code, swapped.content) == (200, b"")
    del client.defaults["HTTP_X_ALMONER_FRAGMENT"]
    page = donor.details(details)
    assert step_of(page) == "payment"
    token = re.search(r'name="token" value="([^"]+)"', text_of(page))
    assert token
    client.defaults["HTTP_X_ALMONER_FRAGMENT"] = "1"
    assert posted("submit/", {"token": token[1], "action": "payment"}).content == b""
    assert step_of(posted("submit/", {"token": token[1], "action": "details"})) == "details"


def test_what_needs_the_script_is_hidden_without_it(shop: StripeServer, donor: Donor) -> None:
    page = donor.to_payment()
    text = text_of(page)
    assert methods(page) == ["stripe_checkout", "stripe_element", "stripe_becs", "bank_transfer"]
    assert re.findall(r'data-element hidden><input[^>]*value="(\w+)"', text) == [
        "stripe_element",
        "stripe_becs",
    ]
    assert re.findall(r'data-standsin><input[^>]*value="(\w+)" checked', text) == ["stripe_checkout"]


@pytest.mark.parametrize("token", ["", "4242424242424242 12/34", "<b>", "x" * 300])
def test_without_the_scripts_reference_nothing_is_tried(shop: StripeServer, donor: Donor, token: str) -> None:
    page = donor.to_payment()
    with nothing_stored_or_sent():
        answer = donor.give(page, method="stripe_element", confirmation_token=token)
    assert problems(answer) == {
        "method": "The fields of the payment provider did not answer. Nothing was charged. Choose another way to pay."
    }
    assert shop.state.intents == []


def test_the_bank_asks_in_our_page(shop: StripeServer, donor: Donor) -> None:
    page = pay(donor, donor.to_payment(), "3ds")
    text, gift = text_of(page), Gift.objects.get()
    secret = shop.state.intents[0]["client_secret"]
    assert f'data-secret="{secret}" data-return="/give/return/{gift.public_key}/"' in text
    assert "https://js.stripe.com" in policy(page)["script-src"]
    shop.state.authenticate(shop.state.intents[0]["id"])
    donor.client.get(f"/give/return/{gift.public_key}/")
    assert Gift.objects.get().status == "settled"


def test_rather_another_way_after_the_banks_question(shop: StripeServer, donor: Donor) -> None:
    """What was left open is cancelled at Stripe before anything else is begun."""
    asked = pay(donor, donor.to_payment(), "3ds")
    token = re.search(r'name="token" value="([^"]+)"', text_of(asked))
    assert token
    again = donor._post("submit/", {"token": token[1], "action": "payment"})
    assert step_of(again) == "payment"
    donor.give(again, method="bank_transfer")
    assert shop.state.intents[0]["status"] == "canceled"
    assert [each.state for each in Attempt.objects.order_by("ordinal")] == ["cancelled", "awaiting"]


def test_stripes_own_page_without_the_script(shop: StripeServer, donor: Donor) -> None:
    """A redirect to another host after a form is held against `form-action` by browsers: a page goes on instead."""
    page = donor.give(donor.to_payment(), method="stripe_checkout")
    assert page.status_code == 200
    url = f"{shop.base}/c/pay/"
    assert page.headers["Refresh"].startswith(f"0;url={url}")
    assert f'href="{url}' in text_of(page)
    assert policy(page)["form-action"] == ["'self'"]
    session = next(each for each in shop.state.objects.values() if each["object"] == "checkout.session")
    assert session["success_url"] == f"http://testserver/give/return/{Gift.objects.get().public_key}/"


def test_a_suspect_pays_on_stripes_own_page(
    shop: StripeServer, donor: Donor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "judge", lambda who, at: Verdict(hosted_only=True))
    page = donor.to_payment()
    assert methods(page) == ["stripe_checkout", "bank_transfer"]
    assert "js.stripe" not in text_of(page) + page.headers["Content-Security-Policy"]


def test_a_debit_of_another_country_is_not_offered(
    shop: StripeServer, donor: Donor, form: DonationForm
) -> None:
    offer(form, ["stripe_element", "stripe_bacs"])
    assert "stripe_bacs" not in methods(donor.to_payment())
