"""The least that a gateway takes: a form asks for no less, and who gives learns of it where the amount is typed."""

import re

import pytest

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm, FormCurrency, SuggestedAmount
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.test_currencies import taking
from almoner.kernel.money import CURRENCIES
from almoner.payments import gateways
from almoner.payments.gateways.stripe.currencies import LEAST, STEPS, to_stripe
from tests.support.gateways.stripe_server import StripeServer


def test_stripes_least_amounts_are_its_own() -> None:
    """As docs.stripe.com/currencies shows them, in Stripe's units."""
    shown = {code: to_stripe(amount_minor, code) for code, amount_minor in LEAST.items()}
    assert (shown["USD"], shown["GBP"], shown["JPY"], shown["HUF"]) == (50, 30, 50, 17_500)
    assert (shown["CZK"], shown["MXN"], shown["THB"], shown["DKK"]) == (1_500, 1_000, 1_000, 250)
    assert set(LEAST) <= CURRENCIES and not set(LEAST) & set(STEPS)


@pytest.fixture
def form(charity: Charity, stripe: StripeServer) -> DonationForm:
    """Saved when only transfers were offered: its least amounts, and a suggestion, are below Stripe's."""
    form = DonationForm.objects.get(charity=charity)
    FormCurrency.objects.create(form=form, currency="JPY", minimum_minor=10, maximum_minor=9_000)
    for amount_minor in (40, 90):
        SuggestedAmount.objects.create(form=form, currency="JPY", amount_minor=amount_minor)
    taking(form, "AUD JPY GBP", methods=["stripe_element", "bank_transfer"], minimum_minor=1)
    return form


@pytest.mark.parametrize(
    ("currency", "less", "least"), [("AUD", "0.49", "0.50"), ("JPY", "49", "50"), ("GBP", "0.29", "0.30")]
)
def test_no_less_is_taken_and_that_is_said_on_the_first_step(
    form: DonationForm, currency: str, less: str, least: str
) -> None:
    donor = Donor(UrlencodedClient())
    page = donor.client.get(f"/give/4840/?currency={currency}")
    assert re.search(rf"From \S{least}\b", re.sub("<[^>]*>", "", text_of(page)))
    with nothing_stored_or_sent():
        page = donor.amount(currency=currency, amount="other", other_amount=less)
    assert step_of(page) == "amount"
    assert re.fullmatch(rf"Enter an amount of at least \S*{least}", problems(page)["other_amount"])
    assert f'value="{less}"' in text_of(page)
    assert step_of(donor.amount(currency=currency, amount="other", other_amount=least)) == "details"


def test_what_is_suggested_can_be_paid(form: DonationForm) -> None:
    page = text_of(Donor(UrlencodedClient()).client.get("/give/4840/?currency=JPY"))
    assert 'value="90"' in page and 'value="40"' not in page


def test_where_stripe_is_not_offered_less_is_taken(form: DonationForm) -> None:
    taking(form, "AUD JPY", methods=["bank_transfer"])
    donor = Donor(UrlencodedClient())
    assert step_of(donor.amount(currency="JPY", amount="other", other_amount="10")) == "details"


def test_a_plans_new_amount_asks_its_own_method(stripe: StripeServer) -> None:
    assert gateways.least_minor("stripe_becs", "AUD") == 50
    assert gateways.least_minor("bank_transfer", "AUD") == gateways.least_minor("gone", "AUD") == 1
