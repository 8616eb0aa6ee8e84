"""Form fields that the desk's forms share: whose gift it is, for what, and how it came."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import HttpRequest

from almoner.backoffice import access, words
from almoner.backoffice.desk.postal import FINDER, POSTAL, AddressFields
from almoner.backoffice.money import MoneyField, MoneyForm, codes
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, Gift
from almoner.kernel.cards import holds_card
from almoner.kernel.references import new_uuid
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


class CurrencyForm(MoneyForm, forms.Form):
    """Amounts of one currency, which is asked for: at first the charity's own."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = access.charities(request)
        self.fields["currency"] = currency_field()
        self.initial.setdefault("currency", own[0].currency if own else "")

    def clean_currency(self) -> str:
        return one_code(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "currency" in self.cleaned_data:
            self.read_amounts()
        return self.cleaned_data


class FundMoneyForm(CurrencyForm):
    """The fund says which charity the money is for; a form that is named is the same one's. Order the fields after."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        own = access.charities(request)
        self.fields["fund"] = fund_choice(request)
        self.fields["form"] = form_choice(request)
        self.initial.setdefault("country", own[0].country if own else "")

    def clean(self) -> dict[str, Any]:
        super().clean()
        fund, form = self.cleaned_data.get("fund"), self.cleaned_data.get("form")
        if fund is not None and form is not None and form.charity_id != fund.charity_id:
            self.add_error("form", "This form is another charity’s. Choose one of the fund’s own.")
        return self.cleaned_data


class CharityMoneyForm(CurrencyForm):
    """Amounts of one currency that a charity of the person's is told of. With one charity nobody is asked which."""

    # Every field, `charity` and `currency` too, in the order of the page.
    in_order: Sequence[str] = ()

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        own = access.charities(request)
        self.fields["charity"] = forms.ModelChoiceField(
            queryset=Charity.objects.filter(pk__in=[c.pk for c in own]), empty_label=None, label="Charity"
        )
        self.order_fields(self.in_order)
        if len(own) == 1:
            self.initial["charity"] = own[0].pk
            self.fields["charity"].widget = self.fields["charity"].hidden_widget()


class KeyedForm(forms.Form):
    """A page that does its work once: the row takes the key that was minted with it, however often it is sent. It
    takes no card number, which staff may have read from a letter or heard by phone."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", new_uuid())

    def clean_key(self) -> uuid.UUID:
        return self.cleaned_data["key"] or new_uuid()

    def full_clean(self) -> None:
        super().full_clean()
        for name, value in list(getattr(self, "cleaned_data", {}).items()):
            if isinstance(value, str) and holds_card(value):
                self.add_error(name, "This looks like a card number, and none may be kept here. Take it out.")

    def say_used(self, what: str) -> None:
        """The key has done its work, and what is sent with it now is something else: the browser went back."""
        self.add_error(None, f"This page has entered {what} already. If this is another one, save it again.")
        self.data = {**dict(self.data.items()), self.add_prefix("key"): str(new_uuid())}


_IN_RETURN: Final = (("", "Not said"), ("nothing", "Nothing"), ("something", "Something of value"))
BENEFIT: Final = ("in_return", "benefit", "benefit_value")


class BenefitFields(MoneyForm, forms.Form):
    """What the donor got in return. At an event it has to be said, nothing too: the receipt prints it."""

    # Neither optional nor required: `read_benefit` says when. Forms with both take this one.
    asked_at_times: tuple[str, ...] = (*BENEFIT, *FINDER)

    in_return = forms.ChoiceField(choices=_IN_RETURN, required=False, label="Given in return")
    benefit = forms.CharField(
        max_length=200, required=False, label="What it was", help_text="Such as: dinner and a concert."
    )
    benefit_value = MoneyField(
        required=False,
        label="What it is worth",
        help_text="Its market value, GST included; not what it cost you.",
    )

    def read_benefit(self) -> None:
        """Called from `clean`, after the amounts: sets `benefit_minor`, in minor units, 0 for nothing, else None."""
        entered = self.cleaned_data
        chosen, value_minor = entered.get("in_return"), entered.get("benefit_value")
        described = bool(entered.get("benefit") or value_minor)
        if chosen == "something":
            self._read_something(value_minor)
        elif described:
            self.add_error(
                "in_return", "Something is written below: choose “Something of value”, or empty it."
            )
        elif not chosen and entered.get("channel") == Gift.Channel.EVENT:
            self.add_error("in_return", "Say what was given in return at the event, or that nothing was.")
        entered["benefit_minor"] = {"something": value_minor, "nothing": 0}.get(chosen or "")

    def _read_something(self, value_minor: int | None) -> None:
        entered = self.cleaned_data
        if not entered.get("benefit") and "benefit" not in self.errors:
            self.add_error("benefit", "Say what was given.")
        if not value_minor and "benefit_value" not in self.errors:
            self.add_error("benefit_value", "Enter what it is worth.")
        amount_minor = entered.get("amount")
        if value_minor and amount_minor and value_minor >= amount_minor:
            self.add_error("benefit_value", "What is worth as much as was paid was sold: that is no gift.")


class PersonFields(forms.Form):
    """Who gave. Nobody has to be named: coins in a box have no giver."""

    given_name = forms.CharField(label="First name", max_length=100, required=False)
    family_name = forms.CharField(label="Family name", max_length=100, required=False)
    organisation = forms.CharField(label="Organisation", max_length=200, required=False)
    email = forms.EmailField(
        label="Email", max_length=254, required=False, help_text="Without one, no receipt can be sent."
    )


class DonorFields(AddressFields, PersonFields):
    """Who gave, with phone and postal address: what staff type from a letter or over the phone."""

    phone = forms.CharField(label="Phone", max_length=40, required=False)

    field_order: Any = ("given_name", "family_name", "organisation", "email", "phone", *POSTAL)

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
