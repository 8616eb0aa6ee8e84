import json
import unicodedata

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from almoner.addresses.postal import (
    AddressInvalid,
    AddressMalformed,
    CountryUnknown,
    PostalAddress,
    country_choices,
    fields_for,
    format_lines,
    read_address,
)

SYDNEY = {"line1": "483 George Street", "locality": "Sydney", "region": "NSW", "postcode": "2000"}
COUNTRIES = [code for code, _name in country_choices("en")]
FIELDS = ("line1", "line2", "dependent_locality", "locality", "region", "postcode", "sorting_code")


def errors_of(country: str, values: dict[str, str]) -> dict[str, str]:
    with pytest.raises(AddressInvalid) as refused:
        read_address(country, values)
    return refused.value.errors


def test_a_typed_address_is_read() -> None:
    assert read_address("au", SYDNEY) == PostalAddress(
        country="AU", line1="483 George Street", locality="Sydney", region="NSW", postcode="2000"
    )


def test_every_empty_field_is_named_in_the_forms_order_and_says_what_to_do() -> None:
    assert list(errors_of("AU", {}).items()) == [
        ("line1", "Enter address line 1, typically the building and street"),
        ("locality", "Enter your suburb or town"),
        ("region", "Choose your state or territory"),
        ("postcode", "Enter your postcode"),
    ]


@pytest.mark.parametrize(
    ("country", "postcode", "says"),
    [
        ("AU", "20000", "Enter a postcode in the form 2000"),
        ("GB", "SW1A", "Enter a postcode in the form SW1A 1AA"),
        ("US", "9", "Enter a ZIP code in the form 95014"),
        ("CA", "9", "Enter a postal code in the form H3Z 2Y7"),
        ("IE", "9", "Enter an Eircode in the form A65 F4E2"),
        ("IN", "9", "Enter a PIN code in the form 110034"),
    ],
)
def test_a_wrong_postcode_shows_a_right_one(country: str, postcode: str, says: str) -> None:
    assert errors_of(country, {**SYDNEY, "postcode": postcode})["postcode"] == says


def test_a_postcode_of_another_state_says_which_to_check() -> None:
    assert errors_of("AU", {**SYDNEY, "postcode": "3000"}) == {
        "postcode": "Postcode 3000 is not in New South Wales. "
        "Check the postcode, or choose another state or territory"
    }


def test_what_a_finder_chose_is_not_doubted() -> None:
    address = read_address("AU", {**SYDNEY, "postcode": "3000"}, origin="chosen", source="x", release="1")
    assert (address.postcode, address.origin, address.source, address.release) == ("3000", "chosen", "x", "1")


def test_a_border_town_has_its_neighbours_postcode() -> None:
    values = {"line1": "1 Jennings Street", "locality": "Jennings", "region": "NSW", "postcode": "4383"}
    assert read_address("AU", values).postcode == "4383"


@pytest.mark.parametrize("typed", ["NSW", "nsw", "N.S.W.", "New South Wales", " new  south wales ", "ＮＳＷ"])
def test_a_region_is_known_by_its_code_and_its_names(typed: str) -> None:
    assert read_address("AU", {**SYDNEY, "region": typed}).region == "NSW"


@pytest.mark.parametrize(
    ("country", "typed", "code"),
    [
        ("AE", "Dubai", "إمارة دبيّ"),
        ("AE", "دبي", "إمارة دبيّ"),
        ("JP", "tokyo", "東京都"),
        ("JP", "東京都", "東京都"),
        ("IE", "Dublin", "Co. Dublin"),
        ("CA", "Quebec", "QC"),
        ("CA", "québec", "QC"),
        ("HK", "九龍", "Kowloon"),
    ],
)
def test_a_region_is_known_in_each_script(country: str, typed: str, code: str) -> None:
    values = {
        "line1": "1",
        "locality": "x",
        "region": typed,
        "postcode": {"JP": "1000001", "CA": "K1A0B1"}.get(country, ""),
    }
    assert read_address(country, values).region == code


def test_a_region_that_is_not_in_the_list_is_refused() -> None:
    assert errors_of("AU", {**SYDNEY, "region": "Bavaria"}) == {"region": "Choose your state or territory"}


def test_what_the_country_does_not_use_is_not_kept() -> None:
    address = read_address("GB", {**SYDNEY, "locality": "London", "postcode": "sw1a 1aa", "token": "x"})
    assert (address.region, address.postcode) == ("", "SW1A 1AA")


@pytest.mark.parametrize(
    ("country", "values"),
    [
        ("HK", {"line1": "1 Queen's Road Central", "region": "Hong Kong Island"}),
        ("AE", {"line1": "Sheikh Zayed Road", "region": "Dubai"}),
        ("MC", {"line1": "2 avenue Saint-Charles", "locality": "Monaco"}),
        ("IE", {"line1": "Main Street", "locality": "Kinvara"}),
    ],
)
def test_countries_without_a_postcode_or_a_state_ask_for_none(country: str, values: dict[str, str]) -> None:
    address = read_address(country, values)
    assert address.postcode == ""


@pytest.mark.parametrize("country", ["", "ZZ", "XX", "\x00", "AUS", "é", "Australia"])
def test_an_unknown_country_is_one_clear_error(country: str) -> None:
    assert errors_of(country, SYDNEY) == {"country": "Choose your country from the list"}


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\x85", "\u2028", "\v"])
def test_a_line_break_in_any_field_is_refused(mark: str) -> None:
    for name in ("line1", "line2", "locality", "region", "postcode"):
        errors = errors_of("AU", {**SYDNEY, name: f"Bcc: a{mark}b"})
        assert list(errors) == [name]
        assert errors[name].endswith("has a line break in it. Write it on one line")


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x7f", "\ud800", "\ufffe", "\ufdd0", "\U0001fffe"])
def test_what_cannot_be_printed_is_refused(mark: str) -> None:
    for name in ("line1", "locality", "postcode"):
        errors = errors_of("AU", {**SYDNEY, name: f"2{mark}000"})
        assert list(errors) == [name]
        assert "hidden character" in errors[name]


@pytest.mark.parametrize("name", ["line1", "line2", "locality", "region", "postcode"])
def test_a_field_has_an_end(name: str) -> None:
    field = {each.name: each for each in fields_for("AU")}[name]
    most = field.max_length
    errors = errors_of("AU", {**SYDNEY, name: "1" * (most + 1)})
    assert errors[name] == f"“{field.label}” must be {most} characters or fewer"
    if name.startswith("line"):
        assert read_address("AU", {**SYDNEY, name: "1" * most})


def test_spaces_and_pasted_marks_are_tidied() -> None:
    typed = "\u202a  483\t George \u00a0 Street\u202c\ufeff "
    assert read_address("AU", {**SYDNEY, "line1": typed}).line1 == "483 George Street"


def test_joiners_stay_where_words_need_them() -> None:
    assert (
        read_address("IR", {"line1": "خیابان می\u200cخواهم", "locality": "تهران"}).line1
        == "خیابان می\u200cخواهم"
    )


@pytest.mark.parametrize("nothing", ["", " ", "-", "...", "\u00a0", "—", "\u200b", "//"])
def test_what_says_nothing_is_empty(nothing: str) -> None:
    assert read_address("AU", {**SYDNEY, "line2": nothing}).line2 == ""
    assert list(errors_of("AU", {**SYDNEY, "line1": nothing})) == ["line1"]
    assert errors_of("AU", {**SYDNEY, "postcode": nothing}) == {"postcode": "Enter your postcode"}


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=40))
def test_no_script_is_refused(text: str) -> None:
    plain = unicodedata.normalize("NFC", text.translate({0xAD: None}))
    assert read_address("NZ", {"line1": text, "locality": text, "postcode": "6011"}).line1 == plain


@given(
    country=st.sampled_from(COUNTRIES) | st.text(max_size=4),
    values=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), st.text(max_size=150)),
)
def test_no_input_raises_anything_but_the_named_error(country: str, values: dict[str, str]) -> None:
    try:
        address = read_address(country, values)
    except AddressInvalid as refused:
        known = (
            {each.name for each in fields_for(country)} if set(refused.errors) != {"country"} else {"country"}
        )
        assert refused.errors and set(refused.errors) <= known
        assert all(refused.errors.values())
    else:
        assert PostalAddress.from_dict(json.loads(json.dumps(address.to_dict()))) == address
        assert not any(char in line for line in format_lines(address, with_country=True) for char in "\r\n\0")


@given(
    values=st.fixed_dictionaries(
        {name: st.text(st.characters(codec="utf-8"), max_size=30) for name in FIELDS}
    )
)
def test_reading_again_changes_nothing(values: dict[str, str]) -> None:
    for country in ("AU", "MC", "IE", "AE"):
        try:
            once = read_address(country, values)
        except AddressInvalid:
            continue
        assert read_address(country, once.values()) == once


def test_storage_is_strict() -> None:
    stored = read_address("AU", SYDNEY).to_dict()
    assert PostalAddress.from_dict(stored).to_dict() == stored
    for wrong in (
        {},
        {**stored, "colour": "red"},
        {key: value for key, value in stored.items() if key != "line2"},
        {**stored, "line2": None},
        {**stored, "postcode": 2000},
        {**stored, "origin": "guessed"},
    ):
        with pytest.raises(AddressMalformed):
            PostalAddress.from_dict(wrong)


def test_provenance_follows_what_the_donor_did_with_a_suggestion() -> None:
    found = PostalAddress(**{**SYDNEY, "country": "AU"}, origin="chosen", source="gnaf", release="2026-11")
    kept = read_address("AU", found.values()).compared_with(found)
    assert kept == found
    changed = read_address("AU", {**found.values(), "line2": "Level 2"}).compared_with(found)
    assert (changed.origin, changed.source, changed.release, changed.line2) == (
        "edited",
        "gnaf",
        "2026-11",
        "Level 2",
    )


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            PostalAddress("AU", "Unit 3", "12 Smith St", "", "Fitzroy", "VIC", "3065"),
            ("Unit 3", "12 Smith St", "Fitzroy VIC 3065", "Australia"),
        ),
        (
            PostalAddress("GB", "10 Downing Street", locality="London", postcode="SW1A 2AA"),
            ("10 Downing Street", "London", "SW1A 2AA", "United Kingdom"),
        ),
        (
            PostalAddress("US", "476 Fifth Avenue", locality="New York", region="NY", postcode="10018"),
            ("476 Fifth Avenue", "New York, NY 10018", "United States"),
        ),
        (
            PostalAddress(
                "NZ", "55 Cable Street", dependent_locality="Te Aro", locality="Wellington", postcode="6011"
            ),
            ("55 Cable Street", "Te Aro", "Wellington 6011", "New Zealand"),
        ),
        (
            PostalAddress("JP", "千代田区千代田1-1", region="東京都", postcode="100-0001"),
            ("〒100-0001", "東京都", "千代田区千代田1-1", "Japan"),
        ),
        (
            PostalAddress("JP", "1-1 Chiyoda, Chiyoda-ku", region="東京都", postcode="100-0001"),
            ("1-1 Chiyoda, Chiyoda-ku, Tokyo", "100-0001", "Japan"),
        ),
        (
            PostalAddress("AE", "شارع الشيخ زايد", region="إمارة دبيّ"),
            ("شارع الشيخ زايد", "دبي", "United Arab Emirates"),
        ),
        (
            PostalAddress("AE", "Sheikh Zayed Road", region="إمارة دبيّ"),
            ("Sheikh Zayed Road", "Dubai", "United Arab Emirates"),
        ),
        (
            PostalAddress("HK", "1 Queen's Road Central", locality="Central", region="Hong Kong Island"),
            ("1 Queen's Road Central", "Central", "Hong Kong Island", "Hong Kong"),
        ),
        (
            PostalAddress("HK", "皇后大道中1號", locality="中環", region="Hong Kong Island"),
            ("香港島", "中環", "皇后大道中1號", "Hong Kong"),
        ),
        (
            PostalAddress(
                "MC", "2 avenue Saint-Charles", locality="Monaco", postcode="98000", sorting_code="CEDEX"
            ),
            ("2 avenue Saint-Charles", "MC-98000 Monaco CEDEX", "Monaco"),
        ),
        (
            PostalAddress("MC", "2 avenue Saint-Charles", locality="Monaco"),
            ("2 avenue Saint-Charles", "Monaco", "Monaco"),
        ),
        (
            PostalAddress("IE", "7-8 Kildare Street", locality="Dublin 2", region="Co. Dublin"),
            ("7-8 Kildare Street", "Dublin 2", "Co. Dublin", "Ireland"),
        ),
        (
            PostalAddress("DE", "Unter den Linden 8", locality="Berlin", postcode="10117"),
            ("Unter den Linden 8", "10117 Berlin", "Germany"),
        ),
        (PostalAddress("AU", locality="Sydney", postcode="2000"), ("Sydney 2000", "Australia")),
        (PostalAddress("AU", region="NSW"), ("NSW", "Australia")),
        (PostalAddress("BR", "Praça da Sé", region="SP"), ("Praça da Sé", "SP", "Brazil")),
    ],
)
def test_lines_follow_the_country_and_the_script(address: PostalAddress, lines: tuple[str, ...]) -> None:
    assert format_lines(address, with_country=True) == lines
    assert format_lines(address, with_country=False) == lines[:-1]


def test_the_country_is_named_in_the_active_language() -> None:
    with override("ar"):
        assert format_lines(read_address("AU", SYDNEY), with_country=True)[-1] == "أستراليا"


def test_lines_of_a_country_that_is_none() -> None:
    with pytest.raises(CountryUnknown):
        format_lines(PostalAddress("ZZ"), with_country=True)
