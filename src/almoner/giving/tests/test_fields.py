"""What the real form 4840 asks, counted on its own pages: how many fields, and by what names browsers fill them."""

import re
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse

from almoner.charities.sites import bump
from almoner.giving.models import Ask, DonationForm
from almoner.giving.tests.conftest import Donor

_NOT_TYPED = {"hidden", "radio", "checkbox", "submit"}


class Fields(HTMLParser):
    """The fields in which a donor types or chooses, by name. Those in a closed <details> are opened by the donor, and
    those in the address's fieldset are counted apart."""

    def __init__(self, page: HttpResponse) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.address: list[str] = []
        self.folded: list[str] = []
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self._within: list[str] = []
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("details", "fieldset"):
            self._within.append(found.get("class", "") if "open" not in found else "")
        if tag not in ("input", "select", "textarea") or not found.get("name"):
            return
        name = found["name"]
        self.tokens.setdefault(name, found.get("autocomplete", ""))
        self.ids.setdefault(name, found.get("id", ""))
        if found.get("type") in _NOT_TYPED - {"radio", "checkbox"}:
            return
        if any("g-monthly" in each for each in self._within):
            # Not seen before the donor says "every month"; then the amounts of a single gift aren't.
            return
        kept = self.folded if "g-more" in self._within else self.shown
        kept = self.address if "g-address" in self._within else kept
        if name not in kept:
            kept.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("details", "fieldset"):
            self._within.pop()


def test_at_most_eight_fields_before_payment(donor: Donor) -> None:
    """A group of radios is one field. The address, which the form's owner turned on, is counted apart."""
    first, second = Fields(donor.client.get("/give/4840/")), Fields(donor.amount())
    assert first.shown == ["frequency", "amount", "other_amount", "fund"]
    assert second.shown == ["given_name", "family_name", "email", "phone", "consent_email", "cover"]
    typed = [name for name in first.shown + second.shown if name not in ("consent_email", "cover")]
    assert len(typed) <= 8, typed
    assert second.folded == ["tribute_kind", "tribute_name", "message", "anonymous"]
    assert "country" in second.address and len(second.address) >= 6


def test_a_form_as_it_is_first_made_asks_for_less(donor: Donor, form: DonationForm) -> None:
    DonationForm.objects.filter(pk=form.pk).update(
        ask_address=Ask.NO, ask_phone=Ask.NO, ask_tribute=False, ask_message=False, frequencies="once"
    )
    form.form_funds.all().delete()
    form.consent_questions.all().delete()
    bump(form.charity_id)
    first, second = Fields(donor.client.get("/give/4840/")), Fields(donor.amount())
    assert first.shown + second.shown == [
        "amount", "other_amount", "given_name", "family_name", "email", "cover",
    ]  # fmt: skip
    assert second.address == []


PERSON = {
    "given_name": "given-name",
    "family_name": "family-name",
    "email": "email",
    "phone": "tel",
    "country": "country",
}
LINES = {"line1": "address-line1", "line2": "address-line2"}
CITY, STATE, CODE = {"locality": "address-level2"}, {"region": "address-level1"}, {"postcode": "postal-code"}
OF_COUNTRY = {
    "AU": LINES | CITY | STATE | CODE,
    "US": LINES | CITY | STATE | CODE,
    "GB": LINES | CITY | CODE,
    "NZ": LINES | {"dependent_locality": "address-level3"} | CITY | CODE,
    "DE": LINES | CITY | CODE,
    "FR": LINES | CITY | CODE,
    "JP": LINES | STATE | CODE,
    "HK": LINES | CITY | STATE,
    "AE": LINES | STATE,
    "MC": LINES | CITY | CODE,
}


@pytest.mark.parametrize("country", OF_COUNTRY)
def test_browsers_are_told_what_each_field_is(donor: Donor, country: str) -> None:
    page = Fields(donor.details(donor.amount(), action="manual", country=country))
    expected = PERSON | {f"address_{name}": token for name, token in OF_COUNTRY[country].items()}
    got = {name: token for name, token in page.tokens.items() if token and token != "off"}
    assert got == expected
    for name in expected:
        assert re.fullmatch(rf"give-{name}", page.ids[name]), name
