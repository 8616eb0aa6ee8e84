"""Form fields that the desk's forms share: whose gift it is, for what, and how it came."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest

from almoner.backoffice import access, words
from almoner.backoffice.money import codes
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, Gift

BY_HAND: Final = tuple(
    (code, words.channel(code))
    for code in ("cheque", "cash", "phone", "event")
    if code in Gift.Channel.values
)


class FundChoice(forms.ModelChoiceField):
    """Active funds; with several charities each is named with its own."""

    several = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.charity.name}: {obj.name}" if self.several else obj.name


def fund_choice(request: HttpRequest, *, charity: Charity | None = None) -> FundChoice:
    own = access.charities(request)
    funds = Fund.objects.filter(active=True).select_related("charity")
    funds = funds.filter(charity=charity) if charity is not None else access.within(funds, request)
    field = FundChoice(
        queryset=funds.order_by("charity__name", "-is_default", "name"), label="Fund", empty_label=None
    )
    field.several = charity is None and len(own) > 1
    return field


def form_choice(request: HttpRequest) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        queryset=access.within(DonationForm.objects.order_by("title"), request),
        required=False,
        empty_label="None",
        label="Counts towards the form",
        help_text="A form with a goal shows it in its progress bar.",
    )


def currency_field() -> forms.CharField:
    return forms.CharField(
        label="Currency",
        max_length=3,
        widget=forms.TextInput({"size": 4, "class": "bo-code", "autocomplete": "off"}),
    )


def one_code(text: str) -> str:
    """A currency's code, in capitals; raises `ValidationError`."""
    found = codes(text)
    if " " in found:
        raise forms.ValidationError("Enter one currency.")
    return found


class PersonFields(forms.Form):
    """Who gave. Nobody has to be named: coins in a box have no giver."""

    given_name = forms.CharField(label="First name", max_length=100, required=False)
    family_name = forms.CharField(label="Family name", max_length=100, required=False)
    organisation = forms.CharField(label="Organisation", max_length=200, required=False)
    email = forms.EmailField(
        label="Email", max_length=254, required=False, help_text="Without one, no receipt can be sent."
    )
