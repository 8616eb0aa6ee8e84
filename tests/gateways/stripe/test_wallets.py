"""The wallets' page, as the server answers: only where the form, the currency and the moment allow it, with a policy of
its own, and with what a wallet tells read by the rules for typed details."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse

from almoner.charities.sites import bump
from almoner.giving import limits, speaking
from almoner.giving.limits import Verdict
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, token_of
from almoner.payments.models import Attempt
from tests.gateways.stripe.test_page import policy
from tests.support.gateways.stripe_server import StripeServer

TELLS: dict[str, Any] = {
    "name": "Ada Lovelace Nguyễn",
    "email": "ada@example.org",
    "address": {
        "line1": "1 George Street", "line2": None, "city": "Sydney", "state": "NSW", "postal_code": "2000",
        "country": "AU",
    },
}  # fmt: skip

NOTHING_TOLD = {
    "given_name", "email", "address_line1", "address_locality", "address_region", "address_postcode",
}  # fmt: skip


@pytest.fixture
def shop(stripe: StripeServer, form: DonationForm) -> StripeServer:
    change(form, methods=["stripe_element", "bank_transfer"], offer_wallets=True)
    return stripe


def change(form: DonationForm, **values: object) -> None:
    DonationForm.objects.filter(pk=form.pk).update(**values)
    bump(form.charity_id)


def wallets(donor: Donor, **values: str) -> HttpResponse:
    return donor.amount(action="wallet", **values)


def pay(
    donor: Donor, page: HttpResponse, tells: object = TELLS, outcome: str = "success", **values: str
) -> HttpResponse:
    posted = tells if isinstance(tells, str) else json.dumps(tells)
    token = f"ctoken_{outcome}"
    return donor.give(page, method="stripe_element", confirmation_token=token, wallet=posted, **values)


def test_only_their_page_allows_stripe(shop: StripeServer, donor: Donor) -> None:
    first, page = donor.client.get("/give/4840/"), wallets(donor)
    assert 'name="action" value="wallet"' in text_of(first)
    assert "stripe" not in text_of(first) + first.headers["Content-Security-Policy"]
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert step_of(page) == "details"
    assert "https://js.stripe.com" in policy(page)["script-src"]
    assert policy(page)["frame-ancestors"] == ["'none'"]
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_a_gift_by_what_the_wallet_tells(shop: StripeServer, donor: Donor) -> None:
    with_consent = {"consent_email": "yes"}
    answer = pay(donor, wallets(donor), **with_consent)
    gift = Gift.objects.get()
    assert answer.headers["Location"] == f"/give/thanks/{gift.public_key}/"
    assert (gift.status, gift.total_minor, gift.currency) == ("settled", 5000, "AUD")
    contact = gift.contact
    assert (contact.given_name, contact.family_name, contact.email) == (
        "Ada Lovelace", "Nguyễn", "ada@example.org",
    )  # fmt: skip
    assert contact.address["line1"] == "1 George Street"
    assert [attempt.state for attempt in Attempt.objects.all()] == ["succeeded"]


def test_pressed_twice_is_one_gift(shop: StripeServer, donor: Donor) -> None:
    page = wallets(donor)
    first, second = pay(donor, page), pay(donor, page)
    assert first.headers["Location"] == second.headers["Location"]
    assert (Gift.objects.count(), len(shop.state.intents)) == (1, 1)


def test_a_decline_leads_to_the_payment_step(shop: StripeServer, donor: Donor) -> None:
    page = pay(donor, wallets(donor), outcome="expired_card")
    assert step_of(page) == "payment"
    assert "This card has expired" in text_of(page) and "Ada Lovelace Nguyễn" in text_of(page)
    donor.give(page, method="stripe_element", confirmation_token="ctoken_success")
    assert [each.state for each in Attempt.objects.order_by("ordinal")] == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("tells", "wrong"),
    [
        ({}, NOTHING_TOLD),
        ("[1]", NOTHING_TOLD),
        ("{", NOTHING_TOLD),
        ("[" * 3000, NOTHING_TOLD),
        ({**TELLS, "email": "not one"}, {"email"}),
        ({**TELLS, "name": "a" * 200}, {"given_name"}),
        ({**TELLS, "address": {**TELLS["address"], "postal_code": "2"}}, {"address_postcode"}),
        ({**TELLS, "name": {"a": 1}, "email": 7}, {"given_name", "email"}),
    ],
)
def test_what_is_missing_is_asked_and_nothing_is_charged(
    shop: StripeServer, donor: Donor, tells: object, wrong: set[str]
) -> None:
    page = wallets(donor)
    with nothing_stored_or_sent():
        answer = pay(donor, page, tells)
    assert step_of(answer) == "details"
    found = problems(answer)
    assert found.pop("", "").startswith("Nothing was charged: your wallet did not tell")
    assert set(found) == wrong
    assert shop.state.intents == []


def test_what_was_typed_before_is_kept_and_two_addresses_are_not_mixed(
    shop: StripeServer, donor: Donor
) -> None:
    details = donor.amount()
    back = donor.details(details, action="back", cover="yes", address_line2="Flat 7")
    page = wallets(donor, token=token_of(back))
    pay(donor, page)
    gift = Gift.objects.get()
    # The wallets' page says 50 dollars in all, and asks for no more.
    assert (gift.total_minor, gift.cover_minor) == (5000, 0)
    assert "line2" not in gift.contact.address or gift.contact.address["line2"] == ""


def test_a_form_that_does_not_offer_them(shop: StripeServer, donor: Donor, form: DonationForm) -> None:
    change(form, offer_wallets=False)
    assert 'value="wallet"' not in text_of(donor.client.get("/give/4840/"))
    page = wallets(donor)
    assert step_of(page) == "details" and "stripe" not in page.headers["Content-Security-Policy"]


def test_a_form_whose_cards_are_paid_elsewhere(shop: StripeServer, donor: Donor, form: DonationForm) -> None:
    change(form, methods=["stripe_checkout", "bank_transfer"])
    assert 'value="wallet"' not in text_of(donor.client.get("/give/4840/"))
    assert "wallet.js" not in text_of(wallets(donor))


@pytest.mark.parametrize("verdict", [Verdict(hosted_only=True), Verdict(work=8)])
def test_a_suspect_types_their_details(
    shop: StripeServer, donor: Donor, monkeypatch: pytest.MonkeyPatch, verdict: Verdict
) -> None:
    page = wallets(donor)
    monkeypatch.setattr(limits, "judge", lambda who, at: verdict)
    assert "wallet.js" not in text_of(wallets(donor))
    with nothing_stored_or_sent():
        answer = pay(donor, page)
    assert step_of(answer) == "payment"
    assert shop.state.intents == []


def test_an_amount_out_of_range_is_said_first(shop: StripeServer, donor: Donor) -> None:
    page = wallets(donor, amount="other", other_amount="0.10")
    assert set(problems(page)) == {"other_amount"}


def test_to_the_script_the_page_is_nothing(shop: StripeServer, donor: Donor) -> None:
    donor.client.defaults["HTTP_X_ALMONER_FRAGMENT"] = "1"
    page = wallets(donor)
    assert (page.status_code, page.content) == (200, b"")


def test_their_page_says_the_form_s_own_words_in_the_donor_s_language(
    shop: StripeServer, donor: Donor, form: DonationForm
) -> None:
    fund, question = form.charity.funds.get(is_default=True).name, form.consent_questions.get().text
    said = {form.title: "Ein Licht", fund: "Für Kinder", question: "Schreiben Sie mir"}
    speaking.keep(form.charity, "de", said, actor=User.objects.create_user("editor"))
    page = text_of(wallets(Donor(donor.client, "/de/give/4840/")))
    for own, text in said.items():
        assert f"<bdi>{text}</bdi>" in page and own not in page
    assert f'<bdi lang="en">{fund}</bdi>' in text_of(wallets(Donor(donor.client, "/fr/give/4840/")))
