"""A donor's address on staff's pages: typed, or found as donors find theirs, chosen from a list and edited.

It needs no script: **Find address** and **Use this address** send the page, which comes back with what was typed.
"""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict, ErrorList

from almoner.addresses.countries import country_choices
from almoner.addresses.finder import MAX_QUERY_LENGTH, FinderUnavailable, finder_for, provenance
from almoner.addresses.postal import AddressInvalid, read_address
from almoner.giving import steps

ADDRESS: Final = ("line1", "line2", "dependent_locality", "locality", "region", "postcode")
FINDER: Final = ("address_query", "address_choice", "address_found")
# In the order of a page: country, search, what was found, the fields.
POSTAL: Final = ("country", "address_query", "address_choice", *ADDRESS, "address_found")


class _Find(forms.TextInput):
    template_name = "backoffice/widgets/find_address.html"


class _Found(forms.RadioSelect):
    template_name = "backoffice/widgets/found_addresses.html"


class AddressFields(forms.Form):
    """A postal address. A form ends its `__init__` with `offer_finder`, once its country is known."""

    # For a label: the search is a help and no question. `BenefitFields` adds its own.
    asked_at_times: tuple[str, ...] = FINDER

    country = forms.ChoiceField(choices=[], required=False, label="Country")
    address_query = forms.CharField(
        label="Find the address",
        max_length=MAX_QUERY_LENGTH,
        required=False,
        widget=_Find({"autocomplete": "off", "spellcheck": "false"}),
    )
    address_choice = forms.CharField(label="Choose the address", required=False, widget=_Found)
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
    # Which suggestion the fields were filled from.
    address_found = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        self._act = data.get("act", "") if data is not None else ""
        super().__init__(_with_choice(data, self._act) if data is not None else None, *args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", "Not known"), *country_choices("en")]
        if self.asks_only:
            # Somebody is in the middle of the page: what is still missing is no fault yet.
            self._errors = ErrorDict()

    @property
    def asks_only(self) -> bool:
        """The page was sent to search or to choose, not to be saved."""
        return self._act in ("find", "use")

    def is_valid(self) -> bool:
        return not self.asks_only and super().is_valid()

    def offer_finder(self) -> None:
        """Take the search away where the country has no file, and show what was found."""
        country = str(self["country"].value() or "")
        finder = finder_for(country)
        try:
            attribution = finder.attribution if finder is not None else ""
        except FinderUnavailable:
            finder = None
        if finder is None:
            for name in FINDER:
                del self.fields[name]
            return
        self.fields["address_query"].help_text = " ".join(
            filter(None, ("Number and street, or a building’s name.", attribution))
        )
        self._show_found(country)

    def _show_found(self, country: str) -> None:
        query = str(self["address_query"].value() or "").strip()
        found, _ = (
            steps.find_addresses({"country": country, "address_query": query})
            if query and (self.asks_only or not self._typed())
            else (None, False)
        )
        if found:
            widget: Any = self.fields["address_choice"].widget
            widget.choices = [
                (each.value, f"{each.label} ({each.note})" if each.note else each.label) for each in found
            ]
        else:
            del self.fields["address_choice"]
        if self._act == "find" and not found:
            self._say("address_query", "Nothing is found: type the address below.")
        elif self._act == "use" and found:
            self._say("address_choice", "Choose one of these, or type the address below.")

    def _say(self, name: str, text: str) -> None:
        self.errors[name] = ErrorList([text])

    def _typed(self) -> bool:
        return any(str(self[name].value() or "").strip() for name in ADDRESS)

    def clean(self) -> dict[str, Any]:
        super().clean()
        entered = self.cleaned_data
        entered["address"] = None
        if any(entered.get(name) for name in ADDRESS):
            self._read_address()
        elif entered.get("address_query"):
            # A search from which nothing was taken is no address, and isn't dropped without a word.
            self.add_error("address_query", "Choose the address, type it below, or empty this.")
        return entered

    def _read_address(self) -> None:
        """By the country's own rules: Australia's states are a list, Singapore has none."""
        entered = self.cleaned_data
        country, typed = entered.get("country", ""), {name: entered.get(name, "") for name in ADDRESS}
        origin, source, release = provenance(country, typed, entered.get("address_found", ""))
        try:
            address = read_address(country, typed, origin=origin, source=source, release=release)
        except AddressInvalid as invalid:
            for name, text in invalid.errors.items():
                self.add_error(name if name in self.fields else None, text)
        else:
            entered["address"] = address.to_dict()


def _with_choice(data: Any, act: str) -> Any:
    """What was sent, with the address that was ticked in its fields; one that was ticked and not yet used, too."""
    typed = any(data.get(name, "").strip() for name in ADDRESS)
    if act == "find" or (typed and act != "use"):
        return data
    asked: Mapping[str, str] = {name: data.get(name, "") for name in ("country", "address_choice")}
    chosen = steps.use_address(asked)
    if chosen is None:
        return data
    taken = {name: chosen[f"address_{name}"] for name in ADDRESS}
    filled = data.copy()
    filled.update(dict.fromkeys(("address_query", "address_choice"), ""))
    for name, text in {**taken, "address_found": chosen["address_found"]}.items():
        filled[name] = text
    return filled
