"""An address that was found: ticked and gone on with, searched for and left, kept while other things are put right."""

import re

import pytest

from almoner.charities.sites import bump
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import TOWN_HALL, problems, step_of, text_of, value_of
from almoner.giving.tests.conftest import Donor

NO_ADDRESS = dict.fromkeys(["address_line1", "address_locality", "address_region", "address_postcode"], "")
SEARCH = {**NO_ADDRESS, "address_query": "sydney town hall"}
TICKED = {**SEARCH, "address_choice": TOWN_HALL}
LEFT = "Choose your address, enter it by hand, or leave this empty"


def asks(form: DonationForm, how: str) -> None:
    DonationForm.objects.filter(pk=form.pk).update(ask_address=how)
    bump(form.charity_id)


@pytest.mark.parametrize("how", ["required", "optional"])
def test_a_ticked_address_is_taken_by_continue(donor: Donor, form: DonationForm, how: str) -> None:
    asks(form, how)
    page = donor.details(donor.amount(), **TICKED)
    assert (step_of(page), "483 George Street, Sydney NSW 2000" in text_of(page)) == ("payment", True)
    donor.give(page)
    address = Gift.objects.get().contact.address
    assert address is not None and (address["origin"], address["line1"]) == ("chosen", "483 George Street")


def test_a_ticked_address_stands_in_its_fields_while_something_else_is_put_right(donor: Donor) -> None:
    page = donor.details(donor.amount(), **TICKED, email="nobody")
    assert list(problems(page)) == ["email"]
    assert value_of(page, "address_line1") == "483 George Street"


def test_what_was_typed_by_hand_goes_before_a_ticked_address(donor: Donor) -> None:
    page = donor.details(donor.amount(), address_query="sydney town hall", address_choice=TOWN_HALL)
    donor.give(page)
    address = Gift.objects.get().contact.address
    assert address is not None and (address["origin"], address["line1"]) == ("typed", "1 George Street")


@pytest.mark.parametrize("choice", ["", "nonsense"])
def test_a_search_that_was_left_is_spoken_of_where_no_address_is_needed(
    donor: Donor, form: DonationForm, choice: str
) -> None:
    asks(form, "optional")
    page = donor.details(donor.amount(), **SEARCH, address_choice=choice)
    assert problems(page) == {"address_query": LEFT}
    assert TOWN_HALL in text_of(page)
    emptied = donor.details(page, **NO_ADDRESS, address_query="")
    assert step_of(emptied) == "payment"


def test_what_was_found_stays_while_something_else_is_put_right(donor: Donor) -> None:
    found = donor.details(donor.amount(), **SEARCH, action="find")
    page = donor.details(found, **SEARCH, email="nobody")
    assert set(problems(page)) == {"email", "address_query"}
    assert re.search(r"[1-8] address(es)? found</legend>", text_of(page))
    assert page.content.decode().count("autofocus") == 1, "the summary is read first"


def test_a_search_for_a_form_that_asks_no_address_is_nothing(donor: Donor, form: DonationForm) -> None:
    asks(form, "no")
    assert step_of(donor.details(donor.amount(), **TICKED)) == "payment"
