"""What each country's form asks, in which order and words (row 13 of the form's requirements)."""

import pytest
from django.utils.translation import override

from almoner.addresses import countries, wording
from almoner.addresses.postal import CountryUnknown, country_choices, country_name, fields_for

LINES = [("line1", "Address line 1", True), ("line2", "Address line 2", False)]

SNAPSHOT = {
    "AU": [
        *LINES,
        ("locality", "Suburb or town", True),
        ("region", "State or territory", True),
        ("postcode", "Postcode", True),
    ],
    "GB": [*LINES, ("locality", "Town or city", True), ("postcode", "Postcode", True)],
    "NZ": [
        *LINES,
        ("dependent_locality", "Suburb", False),
        ("locality", "Town or city", True),
        ("postcode", "Postcode", True),
    ],
    "US": [*LINES, ("locality", "City", True), ("region", "State", True), ("postcode", "ZIP code", True)],
    "CA": [
        *LINES,
        ("locality", "City", True),
        ("region", "Province or territory", True),
        ("postcode", "Postal code", True),
    ],
    "JP": [
        ("postcode", "Postal code", True),
        ("region", "Prefecture", True),
        ("line1", "City, ward, block and number", True),
        ("line2", "Building and room", False),
    ],
    "HK": [*LINES, ("locality", "District", False), ("region", "Area", True)],
    "AE": [*LINES, ("region", "Emirate", True)],
    "MC": [*LINES, ("postcode", "Postal code", False), ("locality", "Town or city", True)],
    "DE": [*LINES, ("postcode", "Postal code", True), ("locality", "Town or city", True)],
    "FR": [*LINES, ("postcode", "Postal code", True), ("locality", "Town or city", True)],
    "IE": [
        *LINES,
        ("dependent_locality", "Townland", False),
        ("locality", "Town or city", True),
        ("region", "County", False),
        ("postcode", "Eircode", False),
    ],
}


@pytest.mark.parametrize("country", SNAPSHOT)
def test_order_labels_and_required_fields_follow_the_country(country: str) -> None:
    assert [(each.name, each.label, each.required) for each in fields_for(country)] == SNAPSHOT[country]


def test_australia_in_full() -> None:
    by_name = {each.name: each for each in fields_for("AU")}
    assert [each.autocomplete for each in by_name.values()] == [
        "address-line1",
        "address-line2",
        "address-level2",
        "address-level1",
        "postal-code",
    ]
    assert by_name["region"].choices == (
        ("ACT", "Australian Capital Territory"),
        ("JBT", "Jervis Bay Territory"),
        ("NSW", "New South Wales"),
        ("NT", "Northern Territory"),
        ("QLD", "Queensland"),
        ("SA", "South Australia"),
        ("TAS", "Tasmania"),
        ("VIC", "Victoria"),
        ("WA", "Western Australia"),
    )
    postcode = by_name["postcode"]
    assert (postcode.inputmode, postcode.hint_example, postcode.width) == ("numeric", "2000", 5)
    assert by_name["locality"].inputmode == ""
    assert by_name["locality"].choices == ()


def test_letters_in_a_postcode_need_the_whole_keyboard() -> None:
    keyboards = {
        code: {each.name: each for each in fields_for(code)}["postcode"].inputmode
        for code in ("GB", "US", "IE")
    }
    assert keyboards == {"GB": "", "US": "numeric", "IE": ""}


def test_hong_kong_is_asked_in_the_order_of_the_language_it_is_read_in() -> None:
    with override("zh-hant"):
        assert [each.name for each in fields_for("HK")] == ["region", "locality", "line1", "line2"]


def test_regions_are_named_for_the_reader_and_keep_one_code() -> None:
    with override("en"):
        english = dict(_region("AE").choices)
        assert list(english.values())[:3] == ["Abu Dhabi", "Ajman", "Dubai"]
        assert _region("JP").choices[0] == ("愛知県", "Aichi")
    with override("ar"):
        arabic = dict(_region("AE").choices)
    assert set(english) == set(arabic)
    assert {english[code]: arabic[code] for code in english}["Dubai"] == "دبي"
    with override("ja"):
        assert _region("JP").choices[0] == ("北海道", "北海道")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_country_has_fields_with_texts(language: str) -> None:
    with override(language):
        for code, _name in country_choices(language):
            asked = fields_for(code)
            names = [each.name for each in asked]
            assert {"line1", "line2"} <= set(names)
            assert len(names) == len(set(names))
            for each in asked:
                assert each.label and each.missing
                assert "%(" not in each.invalid
                assert len({choice for choice, _label in each.choices}) == len(each.choices)


def test_texts_are_translated_when_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    field = fields_for("AU")[2]
    monkeypatch.setattr("almoner.addresses.fields.gettext", {"Suburb or town": "الضاحية أو المدينة"}.get)
    assert field.label == "الضاحية أو المدينة"


@pytest.mark.parametrize("code", ["", "A", "ZZ", "AUS", "XX", "AC", "\x00U", "../au", "ａｕ"])
def test_an_unknown_country_is_named(code: str) -> None:
    with pytest.raises(CountryUnknown):
        fields_for(code)
    with pytest.raises(CountryUnknown):
        country_name(code)


def test_countries_are_sorted_for_the_reader() -> None:
    english = [name for _code, name in country_choices("en")]
    assert english[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert ("HK", "Hong Kong") in country_choices("en")
    arabic = country_choices("ar")
    assert ("AU", "أستراليا") in arabic
    assert {code for code, _name in arabic} == {code for code, _name in country_choices("en")}
    assert country_choices("xx") == country_choices("en")


def test_a_country_is_named_in_the_active_language() -> None:
    with override("ar"):
        assert country_name("gb") == "المملكة المتحدة"
    assert country_name("GB", "en-AU") == "United Kingdom"


def test_every_kind_that_the_data_names_has_words() -> None:
    tables = {"C": wording.LOCALITIES, "D": wording.DEPENDENT_LOCALITIES, "Z": wording.POSTCODES}
    for code, _name in country_choices("en"):
        rules = countries.country_of(code)
        for letter in set(rules.letters("en")) & set(tables):
            assert rules.kinds[letter] in tables[letter], code


def _region(country: str):  # type: ignore[no-untyped-def]
    return next(each for each in fields_for(country) if each.name == "region")
