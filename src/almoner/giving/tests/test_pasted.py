"""Phone numbers and email addresses as they come out of contacts, chats and documents."""

import pytest

from almoner.giving.models import Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, value_of
from almoner.giving.tests.conftest import Donor
from almoner.supporters.models import Contact

HIDDEN = "Check your email address: a hidden character stood in it, and was taken out"
PHONE = "Enter a phone number, such as 02 5550 1234 or +61 2 5550 1234"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("02‑5550‑1234", "02‑5550‑1234"),
        ("02‐5550‒1234", "02‐5550‒1234"),
        ("02–5550—1234 ― 5", "02–5550—1234 ― 5"),
        ("02 5550−1234", "02 5550−1234"),
        ("\u202a+61 2 5550 1234\u202c", "+61 2 5550 1234"),
        ("\u2066+61\u00a02\u00a05550\u00a01234\u2069", "+61\u00a02\u00a05550\u00a01234"),
        ("\u200e02 5550\u200b1234\u200f\ufeff", "02 55501234"),
        ("02 5550 1234 ext 5", "02 5550 1234 ext 5"),
        ("02 5550 1234 Ext. 5", "02 5550 1234 Ext. 5"),
        ("02 5550 1234 extension 5", "02 5550 1234 extension 5"),
        ("02 5550 1234 x5", "02 5550 1234 x5"),
        ("+61255501234,,5#", "+61255501234,,5#"),
        ("＋６１（２）５５５０－１２３４", "＋６１（２）５５５０－１２３４"),
        ("٠٢٥٥٥٠١٢٣٤", "٠٢٥٥٥٠١٢٣٤"),
        ("02\\5550 1234", "02\\5550 1234"),
    ],
)
def test_phone_numbers_as_they_are_pasted(donor: Donor, typed: str, kept: str) -> None:
    assert donor.give(donor.to_payment(phone=typed)).status_code == 303
    assert Contact.objects.get().phone == kept


@pytest.mark.parametrize(
    "typed",
    ["next week", "call me: 02 5550 1234", "02 5550 1234 text", "1234", "\u200b\u200e12", "0x<b>55555"],
)
def test_what_is_no_phone_number(donor: Donor, typed: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(phone=typed)
    assert problems(page) == {"phone": PHONE}
    assert value_of(page, "phone") == typed


def test_marks_alone_are_no_phone_number_at_all(donor: Donor) -> None:
    assert donor.give(donor.to_payment(phone="\u202a\u202c")).status_code == 303
    assert Contact.objects.get().phone == ""


@pytest.mark.parametrize(
    "typed",
    [
        "ada@exa\u200bmple.org",
        "\u202aada@example.org\u202c",
        "\u2068ada@example.org\u2069",
        " \ufeffada@example.org\u200f \u200b",
        "\u200eada@example.org\u00a0",
    ],
)
def test_addresses_as_they_are_pasted(donor: Donor, typed: str) -> None:
    assert donor.give(donor.to_payment(email=typed)).status_code == 303
    assert Contact.objects.get().email == "ada@example.org"


@pytest.mark.parametrize(
    "typed",
    ["ada@example.or\u202eg", "ada@exa\u00admple.org", "a\u200dda@example.org", "ada@exam\u2060ple.org"],
)
def test_a_hidden_character_inside_is_taken_out_and_said(donor: Donor, typed: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(email=typed)
    assert (step_of(page), problems(page)) == ("details", {"email": HIDDEN})
    assert value_of(page, "email") == "ada@example.org"
    assert step_of(donor.details(page)) == "payment"


def test_the_suggested_address_hides_nothing_either(donor: Donor) -> None:
    page = donor.to_payment()
    answer = donor.give(page, accept_email="ada@example.or\u202eg")
    assert problems(answer) == {"email": HIDDEN}
    assert not Gift.objects.exists()


@pytest.mark.parametrize("space", ["\u2003", "\u3000", "\u00a0", "\u1680", "\u205f", "\x1f"])
def test_a_space_in_an_address_is_none(donor: Donor, space: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(email=f"ada@exa{space}mple.org")
    assert list(problems(page)) == ["email"]
