import pytest

from almoner.addresses import postcodes
from almoner.addresses.countries import country_choices, country_of


@pytest.mark.parametrize(
    ("country", "typed", "written"),
    [
        ("AU", "2000", "2000"),
        ("AU", " 20 00 ", "2000"),
        ("AU", "２０００", "2000"),
        ("AU", "٢٠٠٠", "2000"),
        ("AU", "२०००", "2000"),
        ("AU", "AU-2000", "2000"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "SW1A-1AA", "SW1A 1AA"),
        ("GB", "s w 1 a 1 a a", "SW1A 1AA"),
        ("GB", "m25bq.", "M2 5BQ"),
        ("GB", "gir0aa", "GIR 0AA"),
        ("GB", "bfpo61", "BFPO 61"),
        ("GB", "BFPO7", "BFPO 7"),
        ("CA", "k1a-0b1", "K1A 0B1"),
        ("NL", "1234ab", "1234 AB"),
        ("US", "95014", "95014"),
        ("US", "221621010", "22162-1010"),
        ("US", "22162 1010", "22162-1010"),
        ("JP", "1000001", "100-0001"),
        ("JP", "〒１００ー０００１", "100-0001"),
        ("JP", "100−0001", "100-0001"),
        ("SE", "SE-114 55", "11455"),
        ("DE", "D-10115", "10115"),
        ("CH", "CH-8001", "8001"),
        ("MC", "mc 98000", "98000"),
        ("LV", "1010", "LV-1010"),
        ("LV", "lv1010", "LV-1010"),
        ("PL", "00950", "00-950"),
        ("PT", "2725079", "2725-079"),
        ("CZ", "10000", "100 00"),
        ("FR", "75 001", "75001"),
        ("IE", "d02p638", "D02 P638"),
        ("BR", "40301110", "40301-110"),
        ("KY", "ky11100", "KY1-1100"),
        ("IR", "۱۱۹۳۶۱۲۳۴۵", "11936-12345"),
        ("KP", "anything 12", "ANYTHING12"),
    ],
)
def test_what_people_type_becomes_what_the_country_writes(country: str, typed: str, written: str) -> None:
    assert postcodes.canonical(country_of(country), typed) == written


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("AU", "200"),
        ("AU", "20000"),
        ("AU", "2OOO"),
        ("AU", "2000 NSW"),
        ("GB", "SW1A"),
        ("GB", "QQ1 1AA"),
        ("IE", "65F4E2"),
        ("US", "9501"),
        ("CA", "D1A 0B1"),
        ("AU", "2" * 10_000),
        ("AU", "²⁰⁰⁰x"),
        ("GB", "SW1A 1AА"),  # the last letter is Cyrillic
    ],
)
def test_what_cannot_be_a_postcode_is_refused(country: str, typed: str) -> None:
    assert postcodes.canonical(country_of(country), typed) is None


def test_every_example_of_the_data_is_left_as_it_is() -> None:
    for code, _name in country_choices("en"):
        rules = country_of(code)
        if rules.postcode_pattern and "Z" in rules.letters("en"):
            for example in (*rules.postcode_examples, postcodes.example(rules)):
                assert postcodes.canonical(rules, example) == example, code


@pytest.mark.parametrize(
    ("state", "postcode", "used"),
    [
        ("NSW", "2000", True),
        ("NSW", "3000", False),
        ("NSW", "2600", False),
        ("ACT", "2600", True),
        ("NT", "0800", True),
        ("NT", "0872", True),
        ("SA", "0872", True),
        ("WA", "0872", True),
        ("VIC", "0872", False),
        ("NSW", "4383", True),
        ("QLD", "4383", True),
        ("QLD", "2406", True),
        ("NT", "4825", True),
        ("JBT", "2540", True),
        ("TAS", "7000", True),
        ("VIC", "8001", True),
    ],
)
def test_an_australian_postcode_belongs_to_its_states(state: str, postcode: str, used: bool) -> None:
    region = country_of("AU").region(state)
    assert region is not None
    assert postcodes.belongs(region, postcode) is used
