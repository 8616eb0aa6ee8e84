"""A form's currencies as editors entered them: limits, fee, how often, and what is suggested."""

from collections.abc import Sequence
from typing import cast

from almoner.giving.models import DonationForm, FormCurrency, SuggestedAmount
from almoner.giving.views_model import AmountChoice, AmountGroup, CurrencyChoice, Frequency
from almoner.giving.ways import Way, can_pay, least_minor
from almoner.kernel.money import about_as_much


def terms_of(form: DonationForm) -> list[FormCurrency]:
    """Limits and fee in each of the form's currencies, the first one's own standing in the form itself. A further one
    without terms of its own gets amounts worth about as much."""
    first, *further = form.currencies.split()
    own = {row.currency: row for row in form.further_currencies.all()}
    return [_first_terms(form, first), *(own.get(code) or _like_first(form, first, code) for code in further)]


def _first_terms(form: DonationForm, code: str) -> FormCurrency:
    return FormCurrency(
        currency=code,
        minimum_minor=form.minimum_minor,
        maximum_minor=form.maximum_minor,
        cover_fixed_minor=form.cover_fixed_minor,
    )


def _like_first(form: DonationForm, first: str, code: str) -> FormCurrency:
    return FormCurrency(
        currency=code,
        minimum_minor=max(1, about_as_much(form.minimum_minor, first, code)),
        maximum_minor=max(1, about_as_much(form.maximum_minor, first, code)),
        cover_fixed_minor=about_as_much(form.cover_fixed_minor, first, code),
    )


def choice_of(form: DonationForm, terms: FormCurrency, ways: Sequence[Way]) -> CurrencyChoice:
    code = terms.currency
    frequencies = _frequencies(form, code, ways)
    # A form that was saved before a way to pay was set up may ask for less than that takes.
    least = max(terms.minimum_minor, least_minor(ways, code))
    return CurrencyChoice(
        currency=code,
        amounts=_suggested(form, code, SuggestedAmount.Frequency.ONCE, least),
        min_minor=least,
        max_minor=terms.maximum_minor,
        frequencies=frequencies,
        regular=tuple(
            AmountGroup(each, code, _suggested(form, code, each, least))
            for each in frequencies
            if each != "once"
        ),
        wallets=form.offer_wallets and any(way.wallets and can_pay(way, code) for way in ways),
    )


def _frequencies(form: DonationForm, currency: str, ways: Sequence[Way]) -> tuple[Frequency, ...]:
    """What the form offers and can keep: a gift can't be promised again where no method can be charged again."""
    again = any(can_pay(way, currency, regular=True) for way in ways)
    chosen = cast(tuple[Frequency, ...], tuple(form.frequencies.split()))
    return tuple(each for each in chosen if again or each == "once") or ("once",)


def _suggested(form: DonationForm, currency: str, frequency: str, least: int) -> tuple[AmountChoice, ...]:
    rows = [
        AmountChoice(row.amount_minor, row.line)
        for row in form.suggested_amounts.all()
        if (row.currency, row.frequency) == (currency, frequency) and row.amount_minor >= least
    ]
    return tuple(sorted(rows, key=lambda choice: choice.amount_minor))
