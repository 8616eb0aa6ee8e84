"""Currencies of which a gateway takes no fractions: a form asks for amounts that each way to pay takes."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, UrlencodedClient
from almoner.giving.tests.test_currencies import taking
from almoner.kernel.money import CURRENCIES
from almoner.payments.gateways.paypal import amounts as paypal_amounts
from almoner.payments.gateways.stripe import currencies as stripe_currencies
from tests.gateways.paypal_walk import order
from tests.support.gateways.paypal_server import PayPalServer

units = st.integers(min_value=1, max_value=10**9)


@given(units, st.sampled_from(sorted(paypal_amounts.CURRENCIES)))
def test_paypal_takes_each_multiple_of_its_step(count: int, currency: str) -> None:
    amount_minor = count * paypal_amounts.STEPS.get(currency, 1)
    assert paypal_amounts.minor_of(paypal_amounts.money(amount_minor, currency)) == (amount_minor, currency)


@given(units, st.sampled_from(sorted(CURRENCIES - stripe_currencies.UNSURE)))
def test_stripe_takes_each_multiple_of_its_step(count: int, currency: str) -> None:
    amount_minor = count * stripe_currencies.STEPS.get(currency, 1)
    assert stripe_currencies.from_stripe(stripe_currencies.to_stripe(amount_minor, currency), currency) == (
        amount_minor
    )


def test_the_steps_are_those_that_the_gateways_name() -> None:
    assert paypal_amounts.STEPS == {"HUF": 100, "TWD": 100}
    three = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
    assert {code: step for code, step in stripe_currencies.STEPS.items() if code in three} == dict.fromkeys(
        three, 10
    )
    assert stripe_currencies.STEPS["MGA"] == 100
    assert not {"HUF", "TWD", "JPY", "ISK", "AUD"} & set(stripe_currencies.STEPS)


@pytest.fixture
def donor(charity: Charity, paypal: PayPalServer) -> Donor:
    form = DonationForm.objects.get(charity=charity)
    taking(
        form, "AUD HUF", methods=["paypal", "bank_transfer"], offer_cover=True, cover_percent_hundredths=290
    )
    return Donor(UrlencodedClient())


@pytest.mark.parametrize("typed", ["5000.50", "5000,5", "5000.01"])
def test_a_fraction_is_refused_where_it_is_typed(donor: Donor, typed: str) -> None:
    page = donor.amount(currency="HUF", amount="other", other_amount=typed)
    assert step_of(page) == "amount"
    assert problems(page) == {"other_amount": "Enter a whole amount, such as 1000"}
    assert f'value="{typed}"' in text_of(page)
    nothing_stored_or_sent()
    # Where decimals are taken, they are.
    assert step_of(donor.amount(currency="AUD", amount="other", other_amount="50.50")) == "details"


def test_what_covers_the_cost_is_whole_too_and_paypal_is_asked_for_both(
    donor: Donor, paypal: PayPalServer
) -> None:
    page = donor.amount(currency="HUF", amount="other", other_amount="5000.00")
    page = donor.details(page, cover="yes")
    assert step_of(page) == "payment"
    assert "checkoutnow?token=" in text_of(donor.give(page, method="paypal"))
    gift = Gift.objects.get()
    assert (gift.amount_minor, gift.currency, gift.cover_minor % 100) == (500_000, "HUF", 0)
    assert gift.cover_minor > 0
    sent = paypal.state.orders[order(paypal)]
    assert sent["purchase_units"][0]["amount"] == {
        "currency_code": "HUF", "value": str(gift.total_minor // 100),
    }  # fmt: skip


def test_without_paypal_decimals_are_taken(charity: Charity, paypal: PayPalServer, client: Client) -> None:
    form = DonationForm.objects.get(charity=charity)
    taking(form, "AUD HUF", methods=["sandbox_card"])
    page = Donor(UrlencodedClient()).amount(currency="HUF", amount="other", other_amount="5000.50")
    assert step_of(page) == "details"
