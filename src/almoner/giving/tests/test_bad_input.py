"""Every kind of bad input: what to do about it is said, what was typed is kept, nothing is stored and nothing sent."""

import random
import sys
import unicodedata

import pytest

from almoner.giving.drafts import open_draft
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of, value_of
from almoner.giving.tests.conftest import Donor, token_of


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter an amount"),
        ("   ", "Enter an amount"),
        ("abc", "Enter an amount in figures, such as 50 or 12.50"),
        ("1e9", "Enter an amount in figures, such as 50 or 12.50"),
        ("-5", "Enter an amount above zero"),
        ("0", "Enter an amount above zero"),
        ("0.001", "Enter an amount with at most 2 digits after the point, such as 12.50"),
        ("1.000", "Enter an amount with at most 2 digits after the point, such as 12.50"),
        ("1000000000000", "Enter a smaller amount"),
        ("9" * 60, "Enter a smaller amount"),
        ("9" * 150, "Enter an amount in figures, such as 50 or 12.50"),
        ("€50", "Enter an amount in figures, such as 50 or 12.50"),
        ("5\r\n0", "Enter an amount in figures, such as 50 or 12.50"),
        ("1.99", "Enter an amount of at least $2"),
        ("50000.01", "Enter an amount of at most $50,000. To give more, please write to us"),
        ("<script>alert(1)</script>", "Enter an amount in figures, such as 50 or 12.50"),
    ],
)
def test_what_is_no_amount_is_said_beside_it(donor: Donor, typed: str, says: str) -> None:
    with nothing_stored_or_sent():
        page = donor.amount(amount="other", other_amount=typed, fund="general")
    assert (page.status_code, step_of(page)) == (200, "amount")
    assert problems(page)["other_amount"].startswith(says)
    assert text_of(page).count(problems(page)["other_amount"]) == 2  # in the summary and at the field
    assert "<title>Error: " in page.content.decode()
    assert value_of(page, "other_amount") == typed
    assert "<script>alert" not in page.content.decode()
    assert 'value="general" checked' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "minor"), [("1,000.00", 100_000), ("１００", 10_000), ("$1,000", 100_000), (" 50 ", 5_000)]
)
def test_amounts_that_can_be_read_are(donor: Donor, typed: str, minor: int) -> None:
    with nothing_stored_or_sent():
        page = donor.amount(amount="other", other_amount=typed)
    assert step_of(page) == "details"
    assert open_draft(token_of(page), form_id=DonationForm.objects.get().pk).amount_minor == minor


def test_nothing_chosen_at_all(donor: Donor) -> None:
    for values in ({"amount": ""}, {"amount": "other"}, {"fund": "children"}):
        page = donor.client.post("/give/4840/details/", values)
        assert step_of(page) == "amount"
        assert set(problems(page)) <= {"amount", "other_amount"} and problems(page)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [("fund", "yachts", "fund"), ("currency", "XXX", "amount"), ("currency", "JPY", "amount")],
)
def test_a_fund_or_currency_that_is_not_on_offer(donor: Donor, name: str, value: str, field: str) -> None:
    with nothing_stored_or_sent():
        page = donor.amount(**{name: value})
    assert (step_of(page), list(problems(page))) == ("amount", [field])


LINES = (
    "given_name",
    "family_name",
    "phone",
    "tribute_name",
    "address_line1",
    "address_line2",
    "address_locality",
)
FIELDS = (*LINES, "email", "message", "address_postcode", "address_region", "country", "tribute_kind")


@pytest.mark.parametrize("name", FIELDS)
def test_ten_thousand_characters(donor: Donor, name: str) -> None:
    typed = "ñ" * 10_000
    with nothing_stored_or_sent():
        page = donor.to_payment(**{"tribute_kind": "memory", "tribute_name": "Bo", **{name: typed}})
    assert (page.status_code, step_of(page)) == (200, "details")
    assert name in problems(page)
    if name not in ("country", "address_region", "tribute_kind", "message"):
        assert value_of(page, name) == typed
    if name == "message":
        assert typed in text_of(page)
    # The donor puts it right, and goes on.
    again = donor.details(page, **{"tribute_kind": "memory", "tribute_name": "Bo"})
    assert step_of(again) == "payment"


def test_every_field_far_too_long_at_once(donor: Donor) -> None:
    """Even what compresses badly: the page can be sent again as it is, and once it is put right the donor goes on."""
    scattered = random.Random(4840)
    noise = {
        name: "".join(chr(scattered.randrange(0x20000, 0x2A000)) for _ in range(1_900))
        for name in [*LINES, "message", "address_query"]
    }
    with nothing_stored_or_sent():
        page = donor.details(donor.to_payment(**noise), **noise)
    assert step_of(page) == "details"
    assert step_of(donor.details(page)) == "payment"


@pytest.mark.parametrize("name", [*LINES, "message", "email", "address_query", "tribute_kind", "country"])
@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\ufffe"])
def test_characters_that_no_field_holds(donor: Donor, name: str, sign: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(**{name: f"be{sign}fore"})
    assert step_of(page) == "details"
    assert name in problems(page)
    assert sign not in text_of(page)
    assert value_of(page, name) in ("before", "AU", "", None)


@pytest.mark.parametrize("name", [*LINES, "email"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_line_breaks_where_one_line_is_asked(donor: Donor, name: str, newline: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(**{name: f"ada@example.org{newline}Bcc: all@example.org"})
    assert step_of(page) == "details"
    assert name in problems(page)


def test_line_breaks_where_several_lines_are_fine(donor: Donor) -> None:
    donor.give(donor.to_payment(message="One.\r\nTwo.\nThree."))
    assert Gift.objects.get().message == "One.\nTwo.\nThree."


def blocks() -> list[str]:
    """One character a stretch of 128 code points, of all that are assigned and can be printed."""
    found = []
    for start in range(0x20, sys.maxunicode, 0x80):
        stretch = (chr(code) for code in range(start, min(start + 0x80, sys.maxunicode)))
        found += [next((char for char in stretch if unicodedata.category(char)[0] in "LNPS"), "")]
    return [char for char in found if char]


def test_every_unicode_block_in_names_and_message(donor: Donor) -> None:
    every = blocks()
    assert len(every) > 700
    for at in range(0, len(every), 90):
        typed = unicodedata.normalize("NFC", "".join(every[at : at + 90]))[:100]
        page = donor.to_payment(given_name=typed, family_name=typed, message=typed)
        assert step_of(page) == "payment", (at, problems(page))
        assert typed in text_of(page)
        gift_before = set(Gift.objects.values_list("pk", flat=True))
        assert donor.give(page, method="bank_transfer").status_code == 303
        gift = Gift.objects.exclude(pk__in=gift_before).select_related("contact").get()
        assert (gift.contact.given_name, gift.contact.family_name, gift.message) == (typed, typed, typed)


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "\u3000", "\u2060"])
def test_a_name_that_nobody_could_see(donor: Donor, name: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(given_name=name)
    assert problems(page) == {"given_name": "Enter your first name"}


def test_names_of_the_greatest_length_on_both_databases(donor: Donor) -> None:
    given_name, family_name = "𝒜" * 100, "ﷺ" * 100
    assert donor.give(donor.to_payment(given_name=given_name, family_name=family_name)).status_code == 303
    contact = Gift.objects.select_related("contact").get().contact
    assert (contact.given_name, contact.family_name) == (given_name, family_name)


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@example.org, b@example.org",
     "<ada@example.org>", "ada@ex ample.org", "ada@-example.org", "ä@" + "x" * 250 + ".org", "ada@example.org;b"],
)  # fmt: skip
def test_what_is_no_email_address(donor: Donor, email: str) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(email=email)
    assert list(problems(page)) == ["email"]
    assert problems(page)["email"].startswith("Enter ")
    assert value_of(page, "email") == email


def test_an_unknown_country(donor: Donor) -> None:
    for act in ("continue", "find", "use", "manual"):
        for country in ("ZZ", "\n", "xx", "A" * 9_000, "é"):
            with nothing_stored_or_sent():
                page = donor.to_payment(country=country, action=act, address_query="10 george")
            assert (page.status_code, step_of(page)) == (200, "details"), (act, country[:3])
            if act == "continue" and country.strip():
                assert problems(page)["country"] == "Choose your country from the list"
    assert step_of(donor.to_payment(country="au")) == "payment"


@pytest.mark.parametrize(
    "method", ["", "stripe", "sandbox_card\x00", "cheque", "cash", "offline", "SANDBOX_CARD"]
)
def test_a_way_to_pay_that_is_not_on_offer(donor: Donor, method: str) -> None:
    with nothing_stored_or_sent():
        page = donor.give(donor.to_payment(message="Keep me"), method=method)
    assert (page.status_code, step_of(page)) == (200, "payment")
    assert problems(page) == {"method": "Choose how you would like to pay"}
    assert "Keep me" in text_of(page)
    assert donor.give(page).status_code == 303


def test_an_outcome_that_a_method_cannot_have_becomes_its_first(donor: Donor) -> None:
    assert donor.give(donor.to_payment(), "no such thing").status_code == 303
    assert donor.give(donor.to_payment(), "success", method="sandbox_debit").status_code == 303
    assert set(Gift.objects.values_list("status", flat=True)) == {"settled", "processing"}
