"""Amounts as people type them, as machines write them, and what covering a fee costs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel.money import (
    CURRENCIES,
    MAX_AMOUNT_MINOR,
    AmountInvalid,
    CurrenciesDiffer,
    CurrencyUnknown,
    Money,
    cover_fee,
    exponent,
    fee_of,
    format_money,
    format_plain,
    parse_amount,
)

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(min_value=1, max_value=MAX_AMOUNT_MINOR - 1)
WITHOUT_DECIMALS = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
WITH_THREE = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]


def test_exponents_are_isos_and_not_those_of_a_screen() -> None:
    assert {code for code in CURRENCIES if exponent(code) == 0} == set(WITHOUT_DECIMALS)
    assert {code for code in CURRENCIES if exponent(code) == 3} == set(WITH_THREE)
    assert {exponent(code) for code in CURRENCIES} == {0, 2, 3}
    # CLDR shows these without decimals; their minor unit has them all the same.
    assert [exponent(code) for code in ("RSD", "ALL", "MMK", "IQD")] == [2, 2, 2, 3]
    with pytest.raises(CurrencyUnknown):
        exponent("XXX")


@given(currencies, amounts)
def test_what_is_written_reads_back(currency: str, amount_minor: int) -> None:
    plain = format_plain(amount_minor, currency)
    assert parse_amount(plain, currency) == amount_minor
    # Never shifted: the written number is exactly the minor units over ten to the exponent.
    assert Decimal(plain) == Decimal(amount_minor).scaleb(-exponent(currency))
    assert parse_amount(format_money(amount_minor, currency), currency) == amount_minor
    assert parse_amount(format_money(amount_minor, currency, home="ZMW"), currency) == amount_minor
    assert parse_amount(format_money(amount_minor, currency, short=True), currency) == amount_minor


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [
        ("$1,000", "AUD", 100_000),
        ("1000.00", "AUD", 100_000),
        ("1,000.00", "AUD", 100_000),
        (" 50 ", "AUD", 5_000),
        ("１００", "AUD", 10_000),
        ("＄１，０００．５０", "AUD", 100_050),
        ("१००", "INR", 10_000),
        ("١٬٠٠٠٫٥٠", "AUD", 100_050),
        ("12,50", "EUR", 1_250),
        ("1.234,50", "EUR", 123_450),
        ("1 234.50", "AUD", 123_450),
        ("1\u202f234,50", "EUR", 123_450),
        ("1'234.50", "CHF", 123_450),
        ("12,34,567.89", "INR", 123_456_789),
        ("A$50", "AUD", 5_000),
        ("AU$50", "AUD", 5_000),
        ("50 AUD", "AUD", 5_000),
        ("aud 50", "AUD", 5_000),
        ("€ 50", "EUR", 5_000),
        (".50", "AUD", 50),
        ("5.", "AUD", 500),
        ("0.01", "AUD", 1),
        ("1000", "JPY", 1_000),
        ("1000.00", "JPY", 1_000),
        ("¥1,000", "JPY", 1_000),
        ("1000.00", "ISK", 1_000),
        ("1.500", "KWD", 1_500),
        ("1.5", "KWD", 1_500),
        ("1,000.250", "KWD", 1_000_250),
        ("0.001", "KWD", 1),
    ],
)
def test_people_type_amounts_in_many_ways(text: str, currency: str, amount_minor: int) -> None:
    assert parse_amount(text, currency) == amount_minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "AUD", "empty"),
        ("   ", "AUD", "empty"),
        ("abc", "AUD", "not_a_number"),
        ("1e9", "AUD", "not_a_number"),
        ("0x10", "AUD", "not_a_number"),
        ("1_000", "AUD", "not_a_number"),
        ("NaN", "AUD", "not_a_number"),
        ("Infinity", "AUD", "not_a_number"),
        ("5²", "AUD", "not_a_number"),
        ("½", "AUD", "not_a_number"),
        ("5\n0", "AUD", "not_a_number"),
        ("5\r\n0", "AUD", "not_a_number"),
        ("5\x000", "AUD", "not_a_number"),
        ("1,00,0", "AUD", "not_a_number"),
        ("1.2.3", "AUD", "not_a_number"),
        ("5" * 65, "AUD", "not_a_number"),
        # Fifty euros are not fifty dollars, and neither are those of another country.
        ("€50", "AUD", "not_a_number"),
        ("£50", "AUD", "not_a_number"),
        ("US$50", "AUD", "not_a_number"),
        ("50 USD", "AUD", "not_a_number"),
        ("$50", "GBP", "not_a_number"),
        ("-5", "AUD", "not_positive"),
        ("−5", "AUD", "not_positive"),
        ("0", "AUD", "not_positive"),
        ("0.00", "AUD", "not_positive"),
        ("0.001", "AUD", "too_precise"),
        # Half of Europe means a thousand by it: refused, and not taken for one dollar.
        ("1.000", "AUD", "too_precise"),
        ("1.000", "JPY", "too_precise"),
        ("10.50", "JPY", "too_precise"),
        ("0.5", "ISK", "too_precise"),
        ("1.0001", "KWD", "too_precise"),
        ("1000000000000", "AUD", "too_large"),
        ("10000000000", "AUD", "too_large"),
        ("1" + "0" * 30, "AUD", "too_large"),
        ("1000000000000", "JPY", "too_large"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str, code: str) -> None:
    with pytest.raises(AmountInvalid) as refused:
        parse_amount(text, currency)
    assert refused.value.code == code


def test_the_largest_amount() -> None:
    assert parse_amount("9999999999.99", "AUD") == MAX_AMOUNT_MINOR - 1


@given(st.text(max_size=70), currencies)
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    try:
        amount_minor = parse_amount(text, currency)
    except AmountInvalid as refused:
        assert refused.code in {"empty", "not_a_number", "not_positive", "too_precise", "too_large"}
    else:
        assert 0 < amount_minor < MAX_AMOUNT_MINOR


@given(
    gift_minor=st.integers(min_value=1, max_value=10_000_000),
    percent_hundredths=st.integers(min_value=0, max_value=2_000),
    fixed_minor=st.integers(min_value=0, max_value=500),
)
def test_covering_the_cost_is_exact(gift_minor: int, percent_hundredths: int, fixed_minor: int) -> None:
    """The smallest addition whose fee it pays: one unit less would leave the charity short."""
    extra = cover_fee(gift_minor, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor)

    def fee(total_minor: int) -> int:
        return fee_of(total_minor, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor)

    assert fee(gift_minor + extra) <= extra
    assert extra == 0 or fee(gift_minor + extra - 1) > extra - 1


@given(
    gift_minor=st.integers(min_value=1, max_value=3_000),
    percent_hundredths=st.integers(min_value=0, max_value=9_999),
    fixed_minor=st.integers(min_value=0, max_value=3),
)
def test_no_smaller_addition_would_do(gift_minor: int, percent_hundredths: int, fixed_minor: int) -> None:
    """Against a search from zero, up to where that is still quick."""
    extra = cover_fee(gift_minor, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor)
    smaller = range(min(extra, 2_000))
    assert all(
        fee_of(gift_minor + less, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor) > less
        for less in smaller
    )


@given(st.integers(min_value=0, max_value=10**9), st.integers(0, 9_999), st.integers(0, 500))
def test_a_fee_is_rounded_up_once(total_minor: int, percent_hundredths: int, fixed_minor: int) -> None:
    exact = Decimal(total_minor) * percent_hundredths / 10_000 + fixed_minor
    assert (
        0 <= fee_of(total_minor, percent_hundredths=percent_hundredths, fixed_minor=fixed_minor) - exact < 1
    )


@pytest.mark.parametrize(
    ("gift", "percent", "fixed"), [(0, 175, 30), (-1, 175, 30), (100, 10_000, 0), (1, 0, -1)]
)
def test_a_fee_that_could_never_be_covered_is_refused(gift: int, percent: int, fixed: int) -> None:
    with pytest.raises(ValueError, match="percent"):
        cover_fee(gift, percent_hundredths=percent, fixed_minor=fixed)


def test_money_does_not_mix() -> None:
    assert Money(150, "AUD") + Money(50, "AUD") - Money(1, "AUD") == Money(199, "AUD")
    assert Money(1, "AUD") < Money(2, "AUD") <= Money(2, "AUD")
    assert str(Money(-1_050, "AUD")) == "-10.50 AUD"
    for act in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrenciesDiffer):
            act(Money(1, "AUD"), Money(1, "NZD"))
    with pytest.raises(CurrencyUnknown):
        Money(1, "EURO")
    for not_an_int in (1.0, True, "1", Decimal(1)):
        with pytest.raises(TypeError):
            Money(not_an_int, "AUD")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount_minor", "currency", "options", "shown"),
    [
        (100_000, "AUD", {}, "$1,000.00"),
        (5_000, "AUD", {"short": True}, "$50"),
        (5_050, "AUD", {"short": True}, "$50.50"),
        (5_000, "USD", {"home": "AUD"}, "$50.00\u00a0USD"),
        (5_000, "AUD", {"home": "AUD"}, "$50.00"),
        (-5_000, "AUD", {}, "−$50.00"),
        (1_000, "JPY", {}, "¥1,000"),
        (1_500, "KWD", {}, "KWD\u00a01.500"),
        (1_000, "ISK", {"short": True}, "ISK\u00a01,000"),
    ],
)
def test_money_as_people_read_it(
    amount_minor: int, currency: str, options: dict[str, bool], shown: str
) -> None:
    assert format_money(amount_minor, currency, **options) == shown  # type: ignore[arg-type]
