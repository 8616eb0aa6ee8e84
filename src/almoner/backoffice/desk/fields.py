"""Form fields that the desk's forms share: whose gift it is, for what, and how it came."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest

from almoner.addresses.countries import country_choices
from almoner.addresses.postal import AddressInvalid, read_address
from almoner.backoffice import access, words
from almoner.backoffice.money import codes
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, Gift
from almoner.supporters.people import Details

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


ADDRESS: Final = ("line1", "line2", "dependent_locality", "locality", "region", "postcode")


class DonorFields(PersonFields):
    """Who gave, with phone and postal address: what staff type from a letter or over the phone."""

    phone = forms.CharField(label="Phone", max_length=40, required=False)
    country = forms.ChoiceField(choices=[], required=False, label="Country")
    line1 = forms.CharField(label="Street address", max_length=120, required=False)
    line2 = forms.CharField(label="Address line 2", max_length=120, required=False)
    dependent_locality = forms.CharField(
        label="District",
        max_length=80,
        required=False,
        help_text="Only where the country’s addresses have one.",
    )
    locality = forms.CharField(label="Suburb, town or city", max_length=80, required=False)
    region = forms.CharField(label="State or region", max_length=80, required=False)
    postcode = forms.CharField(label="Postcode", max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", "Not known"), *country_choices("en")]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if any(self.cleaned_data.get(name) for name in ADDRESS):
            self._read_address()
        return self.cleaned_data

    def _read_address(self) -> None:
        """By the country's own rules: Australia's states are a list, Singapore has none."""
        typed = {name: self.cleaned_data.get(name, "") for name in ADDRESS}
        try:
            address = read_address(self.cleaned_data.get("country", ""), typed)
        except AddressInvalid as invalid:
            for name, text in invalid.errors.items():
                self.add_error(name if name in self.fields else None, text)
        else:
            self.cleaned_data["address"] = address.to_dict()

    def details(self, *, language: str = "en") -> Details:
        entered = self.cleaned_data
        return Details(
            given_name=entered["given_name"],
            family_name=entered["family_name"],
            organisation=entered["organisation"],
            email=entered["email"],
            phone=entered["phone"],
            address=entered.get("address"),
            language=language,
        )
