"""Several currencies on one form: its limits and its fee in each of them, and what covering the fee adds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving.catalogue import FormSpec, form_of
from almoner.giving.models import DonationForm, FormCurrency
from almoner.giving.tests.checking import problems, step_of, text_of
from almoner.giving.tests.conftest import Donor
from almoner.giving.views_model import Asks
from almoner.kernel.money import CURRENCIES, about_as_much, fee_of

_CODES = sorted(CURRENCIES)


def taking(form: DonationForm, currencies: str, **changes: object) -> FormSpec:
    """The form with these currencies, from its rows."""
    DonationForm.objects.filter(pk=form.pk).update(currencies=currencies, **changes)
    bump(form.charity_id)
    spec = form_of(form.charity, "4840")
    assert spec is not None
    return spec


def limits_of(spec: FormSpec) -> dict[str, tuple[int, int, int]]:
    return {
        each.currency: (each.min_minor, each.max_minor, spec.cover_fixed_minor[each.currency])
        for each in spec.currencies
    }


def test_without_terms_of_its_own_a_currency_takes_about_as_much(form: DonationForm) -> None:
    assert limits_of(taking(form, "AUD NZD JPY KRW KWD")) == {
        "AUD": (200, 5_000_000, 30),
        "NZD": (200, 5_000_000, 30),
        "JPY": (200, 5_000_000, 30),
        "KRW": (2_000, 50_000_000, 300),
        "KWD": (2_000, 50_000_000, 300),
    }


def test_terms_of_its_own(form: DonationForm) -> None:
    FormCurrency.objects.create(
        form=form, currency="JPY", minimum_minor=300, maximum_minor=3_000_000, cover_fixed_minor=40
    )
    FormCurrency.objects.create(form=form, currency="GBP", minimum_minor=1, maximum_minor=2)
    spec = taking(form, "AUD JPY")
    assert limits_of(spec) == {"AUD": (200, 5_000_000, 30), "JPY": (300, 3_000_000, 40)}


def test_the_limits_of_the_donors_currency_hold(donor: Donor, form: DonationForm) -> None:
    taking(form, "AUD JPY")
    page = donor.client.get("/give/4840/?currency=JPY")
    assert "From ¥200\u00a0JPY to ¥5,000,000\u00a0JPY." in re.sub("<[^>]*>", "", text_of(page))
    for typed, said in (("199", "Enter an amount of at least ¥200"), ("5000001", "at most ¥5,000,000")):
        answer = donor.amount(currency="JPY", amount="other", other_amount=typed)
        assert said in problems(answer)["other_amount"]
    assert step_of(donor.amount(currency="JPY", amount="other", other_amount="200")) == "details"


@pytest.mark.parametrize("currency", ["AUD", "JPY", "KWD"])
def test_no_fee_offers_nothing_to_cover(donor: Donor, form: DonationForm, currency: str) -> None:
    spec = taking(form, "AUD JPY KWD", cover_percent_hundredths=0, cover_fixed_minor=0)
    assert spec.cover_minor(5_000, currency) == 0
    page = donor.amount(currency=currency, amount="other", other_amount="5000")
    assert step_of(page) == "details"
    assert 'name="cover"' not in text_of(page) and "to cover the cost" not in text_of(page)


@given(
    codes=st.lists(st.sampled_from(_CODES), min_size=1, max_size=4, unique=True),
    amount_minor=st.integers(1, 10**12),
    percent_hundredths=st.integers(0, 9_999),
    fixed_minor=st.integers(0, 10_000),
)
def test_covering_pays_the_fee_to_the_unit(
    codes: list[str], amount_minor: int, percent_hundredths: int, fixed_minor: int
) -> None:
    """In every currency: what is added is the least that pays the fee on the whole; no fee, nothing added."""
    spec = bare(codes, percent_hundredths, fixed_minor)
    for code in codes:
        fixed = spec.cover_fixed_minor[code]
        extra = spec.cover_minor(amount_minor, code)

        def fee(total_minor: int, fixed: int = fixed) -> int:
            return fee_of(total_minor, percent_hundredths=percent_hundredths, fixed_minor=fixed)

        assert fee(amount_minor + extra) <= extra
        assert extra == 0 or fee(amount_minor + extra - 1) > extra - 1
        assert (extra == 0) == (percent_hundredths == 0 and fixed == 0)
    assert spec.cover_fixed_minor[codes[0]] == fixed_minor


def bare(codes: list[str], percent_hundredths: int, fixed_minor: int) -> FormSpec:
    """A form of nothing but a fee, whose fixed part is set in its first currency."""
    return FormSpec(
        form_id=0, charity=Charity(), number=0, slug="", title="", intro="", currencies=(), funds={}, ways=(),
        asks=Asks(cover=True), consents=(), cover_percent_hundredths=percent_hundredths,
        cover_fixed_minor={code: about_as_much(fixed_minor, codes[0], code) for code in codes},
        thanks_text="", goal_minor=None, primary="", accent="", logo_svg="",
    )  # fmt: skip


@given(st.sampled_from(_CODES), st.sampled_from(_CODES), st.integers(0, 10**9))
def test_about_as_much_keeps_nothing_nothing_and_the_own_currency_its_own(
    old: str, new: str, amount_minor: int
) -> None:
    assert about_as_much(0, old, new) == 0
    assert about_as_much(amount_minor, new, new) == amount_minor
    assert 0 <= about_as_much(amount_minor, old, new) < 10**12
