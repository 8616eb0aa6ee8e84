"""Your Details: the address found, chosen, edited or typed; what is kept on the way back; what is stored at the end."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings

from almoner.addresses.finder import Finder, FinderUnavailable, Suggestion, use_finders, use_folder
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.checking import (
    TOWN_HALL,
    nothing_stored_or_sent,
    problems,
    step_of,
    stored,
    text_of,
    value_of,
)
from almoner.giving.tests.conftest import PERSON, Donor, token_of
from almoner.kernel.clock import now
from almoner.supporters.models import Consent, ConsentWording, Contact, Supporter
from almoner.supporters.people import wording

NO_ADDRESS = dict.fromkeys(["address_line1", "address_locality", "address_region", "address_postcode"], "")
LINK = "Can't find your address? Enter it here"


def address_of(donor: Donor, **values: str) -> dict[str, object]:
    """What is stored of an address that was typed so."""
    known = set(Gift.objects.values_list("pk", flat=True))
    page = donor.to_payment(**values)
    assert step_of(page) == "payment", problems(page)
    assert donor.give(page).status_code == 303
    address = Gift.objects.exclude(pk__in=known).select_related("contact").get().contact.address
    assert address is not None
    return {name: value for name, value in address.items() if value}


def test_find_choose_and_go_on(donor: Donor) -> None:
    step2 = donor.amount()
    assert LINK in text_of(step2)
    with nothing_stored_or_sent():
        found = donor.details(
            step2, **NO_ADDRESS, action="find", address_query="sydney town hall", message="Kept"
        )
    assert re.search(r"[1-8] address(es)? found", text_of(found))
    assert "Kept" in text_of(found) and value_of(found, "given_name") == "Ada"
    assert LINK in text_of(found)
    key = TOWN_HALL
    assert f'value="{key}"' in text_of(found)
    with nothing_stored_or_sent():
        used = donor.details(
            found,
            **NO_ADDRESS,
            action="use",
            address_query="sydney town hall",
            address_choice=key,
            message="Kept",
        )
    typed = {
        name: value_of(used, name) or ""
        for name in ("address_line1", "address_locality", "address_postcode", "address_found")
    }
    assert typed["address_line1"] == "483 George Street" and typed["address_postcode"] == "2000"
    assert '<option value="NSW" selected>' in text_of(used)
    page = donor.details(used, **typed, address_region="NSW", message="Kept")
    donor.give(page)
    address = Gift.objects.select_related("contact").get().contact.address
    assert address is not None
    assert (address["line1"], address["origin"], address["source"]) == (
        "483 George Street", "chosen", "demo-public-buildings",
    )  # fmt: skip
    assert address["release"]


def test_a_chosen_address_may_be_edited_and_says_so(donor: Donor) -> None:
    stored_address = address_of(donor, address_found=TOWN_HALL, address_line1="Level 2, 483 George Street")
    assert (stored_address["origin"], stored_address["line1"]) == ("edited", "Level 2, 483 George Street")


def test_a_key_that_no_finder_gave_proves_nothing(donor: Donor) -> None:
    assert address_of(donor, address_found="1 No Such Place, Sydney NSW 2000")["origin"] == "typed"


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("find", {"address_query": ""}, "address_query"),
        ("find", {"address_query": "   "}, "address_query"),
        ("use", {"address_query": "town hall"}, "address_choice"),
        ("use", {"address_query": "town hall", "address_choice": "nonsense"}, "address_choice"),
        ("continue", {}, "address_query"),
    ],
)
def test_what_to_do_next_is_said(donor: Donor, act: str, typed: dict[str, str], field: str) -> None:
    with nothing_stored_or_sent():
        page = donor.details(donor.amount(), **NO_ADDRESS, action=act, **typed)
    assert (step_of(page), list(problems(page))) == ("details", [field])
    assert value_of(page, "email") == PERSON["email"]
    assert LINK in text_of(page)


def test_nothing_found_opens_the_fields(donor: Donor) -> None:
    page = donor.details(donor.amount(), **NO_ADDRESS, action="find", address_query="qqqqqqq")
    assert '<legend tabindex="-1" autofocus>No address found</legend>' in text_of(page)
    assert LINK not in text_of(page)  # the fields stand open
    for query in ("PO Box 12 Sydney", "locked bag 3", "c/- the shop"):
        page = donor.details(donor.amount(), **NO_ADDRESS, action="find", address_query=query)
        assert "address found</legend>" not in text_of(page)
        assert LINK not in text_of(page)


class Down:
    """A finder that has an address and can't say."""

    country, source, release, attribution = "AU", "down", "2026", "A finder that is down."

    def find(self, query: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        raise FinderUnavailable("down")

    def get(self, key: str) -> Suggestion | None:
        raise FinderUnavailable("down")


@pytest.fixture
def finder_down() -> Iterator[None]:
    down: Finder = Down()
    use_finders([down])
    yield
    use_folder(settings.ADDRESSES_DIR, copies=settings.ADDRESS_COPIES_DIR)


@pytest.mark.usefixtures("finder_down")
def test_a_finder_that_is_down_never_stands_in_the_way(donor: Donor) -> None:
    for act in ("find", "use"):
        page = donor.details(
            donor.amount(), **NO_ADDRESS, action=act, address_query="town hall", address_choice="x"
        )
        assert (page.status_code, step_of(page)) == (200, "details")
        assert "down" not in text_of(page).replace("A finder that is down.", "")
        assert LINK not in text_of(page)
    assert address_of(donor, address_found="x")["origin"] == "typed"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"address_postcode": "200"}, "address_postcode", "Enter a postcode in the form 2000"),
        ({"address_postcode": ""}, "address_postcode", "Enter your postcode"),
        ({"address_postcode": "3000"}, "address_postcode", "Postcode 3000 is not in New South Wales"),
        ({"address_region": ""}, "address_region", "Choose your state or territory"),
        ({"address_locality": "..."}, "address_locality", "Enter your suburb or town"),
        ({"address_line1": " "}, "address_line1", "Enter address line 1"),
    ],
)
def test_a_wrong_address_is_said_at_its_field(
    donor: Donor, typed: dict[str, str], field: str, says: str
) -> None:
    with nothing_stored_or_sent():
        page = donor.to_payment(**typed)
    assert list(problems(page)) == [field]
    assert problems(page)[field].startswith(says)
    assert LINK not in text_of(page)  # what is wrong stands open


def test_all_errors_at_once(donor: Donor) -> None:
    page = donor.to_payment(
        given_name="", email="x", phone="call me", address_postcode="x", tribute_kind="memory"
    )
    assert list(problems(page)) == ["given_name", "email", "phone", "tribute_name", "address_postcode"]


@pytest.mark.parametrize(
    ("country", "line1", "locality", "region", "postcode", "kept"),
    [
        ("GB", "10 Downing Street", "London", "", "sw1a2aa", "SW1A 2AA"),
        ("JP", "千代田区千代田1-1", "", "東京都", "１００ー０００１", "100-0001"),
        ("HK", "1 Queen's Road", "Central", "Hong Kong Island", "", None),
        ("AE", "1 Street", "", "أبو ظبي", "", None),
        ("MC", "Place du Palais", "Monaco", "", "98015", "98015"),
        ("NZ", "1 Molesworth Street", "Wellington", "", "6011", "6011"),
    ],
)
def test_other_countries(
    donor: Donor, country: str, line1: str, locality: str, region: str, postcode: str, kept: str | None
) -> None:
    fields = donor.details(donor.amount(), **NO_ADDRESS, country=country, action="manual")
    assert ('name="address_postcode"' in text_of(fields)) == (kept is not None)
    assert f'<option value="{country}" selected>' in text_of(fields)
    address = address_of(
        donor,
        country=country,
        address_line1=line1,
        address_locality=locality,
        address_region=region,
        address_postcode=postcode,
    )
    assert (address["country"], address.get("postcode")) == (country, kept)


def test_a_form_that_asks_no_address_stores_none(donor: Donor, form: DonationForm) -> None:
    form.ask_address = "no"
    form.save()
    page = donor.amount()
    assert 'name="country"' not in text_of(page)
    donor.give(donor.details(page))
    assert Contact.objects.get().address is None


def test_an_optional_address_may_be_left_out(donor: Donor, form: DonationForm) -> None:
    form.ask_address = "optional"
    form.save()
    donor.give(donor.to_payment(**NO_ADDRESS))
    assert Contact.objects.get().address is None
    assert list(problems(donor.to_payment(**{**NO_ADDRESS, "address_line1": "1 George Street"}))) != []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ada@gmial.com", "ada@gmail.com"),
        ("Ada.B+x@GMAIL.CON", "Ada.B+x@gmail.com"),
        ("ada@hotnail.com", "ada@hotmail.com"),
        ("ada@bigpond.co", "ada@bigpond.com"),
        ("ada@gmail.com", ""),
        ("ada@ymail.com", ""),
        ("ada@example.org", ""),
    ],
)
def test_a_likely_slip_in_the_address_warns_and_never_blocks(donor: Donor, typed: str, meant: str) -> None:
    page = donor.to_payment(email=typed)
    assert step_of(page) == "payment"
    assert ("Did you mean" in text_of(page)) == bool(meant)
    if not meant:
        return
    assert f'name="accept_email" value="{meant}"' in text_of(page)
    with nothing_stored_or_sent():
        corrected = donor._post(
            "submit/", {"token": token_of(page), "accept_email": meant, "method": "sandbox_card"}
        )
    assert step_of(corrected) == "payment" and "Did you mean" not in text_of(corrected)
    donor.give(corrected)
    donor.give(page)
    # The uncorrected page is the same draft: it shows the gift that was given.
    assert list(Contact.objects.values_list("email", flat=True)) == [meant]


def test_a_slip_that_is_none_is_taken_as_typed(donor: Donor) -> None:
    donor.give(donor.to_payment(email="ada@gmial.com"))
    assert Contact.objects.get().email == "ada@gmial.com"


def test_back_keeps_every_value(donor: Donor) -> None:
    typed = {
        "phone": "02 5550 1234", "message": "For the\nharbour", "tribute_kind": "honour", "tribute_name": "Bo",
        "anonymous": "yes", "consent_email": "yes", "cover": "yes",
    }  # fmt: skip
    page = donor.details(donor.amount(amount="other", other_amount="33.50", fund="general"), **typed)
    details = donor._post("submit/", {"token": token_of(page), "action": "back"})
    assert step_of(details) == "details"
    for name in (
        "given_name",
        "family_name",
        "email",
        "phone",
        "tribute_name",
        "address_line1",
        "address_postcode",
    ):
        assert value_of(details, name) == {**PERSON, **typed}[name]
    for name in ("anonymous", "consent_email", "cover"):
        assert f'name="{name}" id="give-{name}" value="yes" checked' in text_of(details)
    assert "For the\nharbour" in text_of(details)
    assert 'value="honour" checked' in text_of(details)
    amount = donor.details(details, **typed, action="back")
    assert step_of(amount) == "amount"
    assert value_of(amount, "other_amount") == "33.50"
    assert 'value="general" checked' in text_of(amount)
    again = donor.amount(token=token_of(amount), amount="25")
    assert value_of(again, "phone") == "02 5550 1234"
    assert stored()["Gift"] == 0


def test_what_was_typed_is_what_is_stored(donor: Donor) -> None:
    page = donor.to_payment(
        given_name="  Zoë ", family_name="O’Connor-Ñáñez", email=" Zoe@Example.ORG ", phone="+61 (2) 5550-1234",
        tribute_kind="memory", tribute_name="Grandma “Bo”", message=" Línea 1\r\n\r\n<b>2</b> ", anonymous="yes",
        consent_email="yes",
    )  # fmt: skip
    assert "&lt;b&gt;2&lt;/b&gt;" in page.content.decode()
    donor.give(page)
    gift = Gift.objects.select_related("contact__supporter", "fund", "form").get()
    contact = gift.contact
    assert (contact.given_name, contact.family_name, contact.email, contact.phone) == (
        "Zoë", "O’Connor-Ñáñez", "Zoe@Example.ORG", "+61 (2) 5550-1234",
    )  # fmt: skip
    assert contact.supporter is not None and contact.supporter.email_key == "zoe@example.org"
    assert (gift.tribute_kind, gift.tribute_name, gift.message, gift.anonymous) == (
        "memory", "Grandma “Bo”", "Línea 1\n\n<b>2</b>", True,
    )  # fmt: skip
    assert (gift.fund.code, gift.form.slug if gift.form else "", gift.channel, gift.frequency) == (
        "children", "light", "online", "once",
    )  # fmt: skip
    consent = Consent.objects.select_related("wording").get()
    assert (consent.channel, consent.granted, consent.source, consent.wording.version) == (
        "email",
        True,
        "form 4840",
        1,
    )
    assert consent.at == gift.given_at


def test_an_unticked_box_is_an_answer_to_the_words_that_were_shown(donor: Donor, form: DonationForm) -> None:
    question = form.consent_questions.get()
    question.wording = wording(
        form.charity_id, channel="email", basis="consent", text="Newer words", at=now()
    )
    question.text = "Newer words"
    question.save()
    form.save()
    donor.give(donor.to_payment())
    consent = Consent.objects.select_related("wording").get()
    assert (consent.granted, consent.wording.text, consent.wording.version) == (False, "Newer words", 2)
    assert ConsentWording.objects.count() == 2


def test_one_person_gives_twice_and_nobody_changes_anothers_details(donor: Donor) -> None:
    donor.give(donor.to_payment())
    donor.give(donor.to_payment(email="ADA@example.org", given_name="Mallory", family_name=""))
    assert Supporter.objects.get().name == "Ada Nguyễn"
    assert sorted(Contact.objects.values_list("given_name", flat=True)) == ["Ada", "Mallory"]


def test_what_a_form_does_not_ask_is_not_stored(donor: Donor, form: DonationForm) -> None:
    form.ask_phone, form.ask_tribute, form.ask_message, form.ask_anonymous, form.offer_cover = (
        "no",
        False,
        False,
        False,
        False,
    )
    form.save()
    form.consent_questions.all().delete()
    donor.give(
        donor.to_payment(
            phone="02 5550 1234", tribute_kind="memory", tribute_name="Bo", message="Hi", anonymous="yes", cover="yes",
            consent_email="yes", consent_post="yes",
        )
    )  # fmt: skip
    gift = Gift.objects.select_related("contact").get()
    assert (gift.tribute_kind, gift.tribute_name, gift.message, gift.anonymous, gift.cover_minor) == (
        "",
        "",
        "",
        False,
        0,
    )
    assert (gift.contact.phone, Consent.objects.count()) == ("", 0)


def test_an_abandoned_draft_leaves_nothing(donor: Donor) -> None:
    """No row before the submit, however far a donor came: not even an email address."""
    with nothing_stored_or_sent():
        page = donor.to_payment(email="left@example.org")
        donor._post("submit/", {"token": token_of(page), "action": "back"})
        donor.details(donor.amount(), email="left@example.org", action="find", address_query="town hall")
    assert not Supporter.objects.exists()
