"""Amounts there and back: PayPal's decimal strings, whole where PayPal takes no decimals."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel.money import exponent
from almoner.payments.gateways.paypal.amounts import CURRENCIES, WHOLE, minor_of, money
from almoner.payments.gateways.port import AnswerLost, Refused

amounts = st.integers(min_value=1, max_value=10**12)
currencies = st.sampled_from(sorted(CURRENCIES))


@given(amounts, currencies)
def test_what_is_sent_is_what_was_meant_and_comes_back_as_it_was(amount_minor: int, currency: str) -> None:
    unit = 10 ** exponent(currency)
    if currency in WHOLE and amount_minor % unit:
        with pytest.raises(Refused):
            money(amount_minor, currency)
        return
    sent = money(amount_minor, currency)
    assert Decimal(sent["value"]) * unit == amount_minor
    assert ("." in sent["value"]) is (currency not in WHOLE)
    assert "e" not in sent["value"].lower()
    assert minor_of(json.loads(json.dumps(sent))) == (amount_minor, currency)
    assert minor_of(sent | {"value": f"-{sent['value']}"}) == (-amount_minor, currency)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "value"),
    [
        (5_000, "AUD", "50.00"),
        (1, "USD", "0.01"),
        (5_000, "JPY", "5000"),
        (500_000, "HUF", "5000"),
        (30_000, "TWD", "300"),
        (10**12, "EUR", "10000000000.00"),
    ],
)
def test_some_by_hand(amount_minor: int, currency: str, value: str) -> None:
    assert money(amount_minor, currency) == {"currency_code": currency, "value": value}


@pytest.mark.parametrize("currency", ["HUF", "TWD"])
def test_a_fraction_that_paypal_has_not_is_never_rounded_away(currency: str) -> None:
    with pytest.raises(Refused):
        money(12_345, currency)


@pytest.mark.parametrize("currency", ["KWD", "BRL", "CNY", "XXX"])
def test_money_that_paypal_does_not_take(currency: str) -> None:
    with pytest.raises(Refused):
        money(1_000, currency)


@pytest.mark.parametrize(
    "amount",
    [
        None, {}, {"value": "1.00"}, {"currency_code": "AUD"}, {"value": "1.001", "currency_code": "AUD"},
        {"value": "1.5", "currency_code": "JPY"}, {"value": "1e3", "currency_code": "AUD"},
        {"value": "1,00", "currency_code": "AUD"}, {"value": "NaN", "currency_code": "AUD"},
        {"value": "", "currency_code": "AUD"}, {"value": "1.00", "currency_code": "ABC"},
        {"value": "٣", "currency_code": "AUD"}, {"value": "1" * 40, "currency_code": "AUD"},
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_read_is_not_guessed(amount: object) -> None:
    with pytest.raises(AnswerLost):
        minor_of(amount)
