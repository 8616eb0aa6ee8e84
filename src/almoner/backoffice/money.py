"""Amounts on staff's screens: typed in major units, kept in minor ones, shown with their currency."""

from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from almoner.kernel.money import CURRENCIES, AmountInvalid, exponent, format_money, format_plain, parse_amount

_SENTENCES: Final = {
    "empty": "Enter an amount.",
    "not_a_number": "Enter the amount as a number, such as 50 or 12.50.",
    "not_positive": "Enter an amount above zero.",
    "too_large": "That is more than any gift: check the zeros.",
}


def money(amount_minor: int | None, currency: str) -> str:
    """ "$1,234.50 AUD": always with its code, for half the world's dollars share a sign."""
    if amount_minor is None:
        return ""
    return format_money(amount_minor, currency, home="")


def money_html(amount_minor: int | None, currency: str) -> SafeString:
    """The same for a table: the code small, so that columns of one currency read as numbers."""
    text = money(amount_minor, currency)
    bare, _, code = text.rpartition("\u00a0")
    if code != currency:
        return format_html('<span class="bo-money">{}</span>', text)
    return format_html('<span class="bo-money">{} <small>{}</small></span>', bare, code)


def read_amount(text: str, currency: str) -> int:
    """Minor units of what was typed; raises `ValidationError` with a sentence."""
    if currency not in CURRENCIES:
        raise forms.ValidationError(f"“{currency}” is not a currency. Use a code such as AUD.")
    try:
        return parse_amount(text, currency)
    except AmountInvalid as invalid:
        raise forms.ValidationError(_sentence(invalid.code, currency), code=invalid.code) from invalid


def _sentence(code: str, currency: str) -> str:
    if code == "too_precise":
        decimals = exponent(currency)
        return (
            f"{currency} has {decimals} decimals: enter the amount with no more."
            if decimals
            else f"{currency} has no decimals: enter a whole amount."
        )
    return _SENTENCES[code]


def codes(text: str) -> str:
    """ "aud, nzd" as "AUD NZD"; raises `ValidationError` when one of them is no currency."""
    found = text.upper().replace(",", " ").split()
    unknown = [code for code in found if code not in CURRENCIES]
    if unknown:
        raise forms.ValidationError(f"“{unknown[0]}” is not a currency. Use codes such as AUD or NZD.")
    if not found:
        raise forms.ValidationError("Enter at least one currency, such as AUD.")
    if len(set(found)) != len(found):
        raise forms.ValidationError("Enter each currency once.")
    return " ".join(found)


class MoneyInput(forms.TextInput):
    """A short field that brings up a number pad, and takes what people write: 1,000 or 12,50 or $50."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "class": "bo-amount", **(attrs or {})}
        )


class MoneyField(forms.CharField):
    """An amount in major units, as text. `MoneyForm` turns it into minor units once the currency is known."""

    def __init__(self, *, zero_ok: bool = False, **options: Any) -> None:
        self.zero_ok = zero_ok
        super().__init__(max_length=64, widget=MoneyInput(), **options)


class MoneyForm(forms.BaseForm):
    """For forms with `MoneyField`s: cleaned values are minor units or None."""

    def currency_for(self, name: str) -> str:
        """The currency of a field: what the form's own field `currency` says, unless a form knows better."""
        return self.cleaned_data.get("currency") or self.initial["currency"]

    def show_amounts(self) -> None:
        """Turn initial minor units into what a person would type. Called once the form is set up."""
        for name in self._amounts():
            minor = self.initial.get(name)
            if isinstance(minor, int):
                self.initial[name] = format_plain(minor, self.currency_for(name))

    def read_amounts(self) -> None:
        """Called from `clean`, after the fields."""
        for name, field in self._amounts().items():
            text = self.cleaned_data.get(name)
            if text is None:
                continue
            if not text:
                self.cleaned_data[name] = None
                continue
            if field.zero_ok and not text.strip("0., "):
                self.cleaned_data[name] = 0
                continue
            try:
                self.cleaned_data[name] = read_amount(text, self.currency_for(name))
            except forms.ValidationError as error:
                self.add_error(name, error)

    def _amounts(self) -> dict[str, MoneyField]:
        return {name: field for name, field in self.fields.items() if isinstance(field, MoneyField)}
