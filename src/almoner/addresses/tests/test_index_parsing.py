"""Queries read as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.addresses.index.parsing import Reading, readings
from almoner.addresses.index.rules import rules_for


def first(query: str, country: str = "AU") -> Reading:
    return next(iter(readings(query, rules_for(country))))


@pytest.mark.parametrize(
    ("query", "number", "unit", "level", "after"),
    [
        ("12 geor", "12", "", "", "geor"),
        ("3/12 geor", "12", "3", "", "geor"),
        ("3 / 12 geor", "12", "3", "", "geor"),
        ("5/18-22 Smith St", "18-22", "5", "", "smith st"),
        ("Unit 3 12 George St", "12", "3", "", "george st"),
        ("unit 3, 12 George St", "12", "3", "", "george st"),
        ("U3/12 George", "12", "3", "", "george"),
        ("u3 12 george", "12", "3", "", "george"),
        ("Shop G03/12 King St", "12", "g03", "", "king st"),
        ("flat 2b/7 high st", "7", "2b", "", "high st"),
        ("Level 7, 130 Pitt St", "130", "", "Level 7", "pitt st"),
        ("L7 130 pitt", "130", "", "Level 7", "pitt"),
        ("ground floor 12 king", "12", "", "Ground Floor", "king"),
        ("3rd floor, 12 king", "12", "", "Floor 3", "king"),
        ("12a smith", "12A", "", "", "smith"),
        ("12-14 smith", "12-14", "", "", "smith"),
        ("12 - 14 smith", "12-14", "", "", "smith"),
        ("12–14 smith", "12-14", "", "", "smith"),
        ("lot 5 main rd", "Lot 5", "", "", "main rd"),
        ("5 12 george", "12", "5", "", "george"),
        ("12 2nd ave", "12", "", "", "2nd ave"),
        ("2nd avenue", "", "", "", "2nd avenue"),
        ("george st sydney 2000", "", "", "", "george st sydney 2000"),
        ("st", "", "", "", "st"),
        ("apt 4", "", "", "", "apt 4"),
    ],
)
def test_australian(query: str, number: str, unit: str, level: str, after: str) -> None:
    reading = first(query)
    assert (reading.numbered, reading.unit, reading.level, " ".join(reading.after)) == (
        number,
        unit,
        level,
        after,
    )
    assert reading.before == ()


def test_the_suburb_first() -> None:
    reading = first("Sydney 12 George St")
    assert (reading.before, reading.numbered, reading.after) == (("sydney",), "12", ("george", "st"))


@pytest.mark.parametrize(
    ("country", "query", "before", "number", "after"),
    [
        ("DE", "Hauptstraße 12, 10115 Berlin", "hauptstrasse", "12", "10115 berlin"),
        ("DE", "Hauptstr 12a Berlin", "hauptstr", "12A", "berlin"),
        ("DE", "10115 Berlin, Hauptstr. 12", "10115 berlin hauptstr", "12", ""),
        ("NL", "Keizersgracht 100 Amsterdam", "keizersgracht", "100", "amsterdam"),
        ("IS", "Laugavegur 12, 101 Reykjavík", "laugavegur", "12", "101 reykjavik"),
        ("FR", "12 rue de la Paix, Paris", "", "12", "rue de la paix paris"),
        ("US", "123 N Main St, Springfield IL 62701", "", "123", "n main st springfield il 62701"),
    ],
)
def test_elsewhere(country: str, query: str, before: str, number: str, after: str) -> None:
    reading = first(query, country)
    assert (" ".join(reading.before), reading.numbered, " ".join(reading.after)) == (before, number, after)


def test_a_unit_behind_the_street() -> None:
    reading = first("123 Main St Apt 4B, Springfield", "US")
    assert (reading.numbered, reading.unit, reading.unit_type) == ("123", "4b", "Apartment")


def test_a_number_that_may_be_a_postcode_is_read_both_ways() -> None:
    both = list(readings("2000 george st", rules_for("AU")))
    assert [each.numbered for each in both] == ["2000", ""]
    assert both[1].after == ("2000", "george", "st")


@pytest.mark.parametrize(
    ("query", "open_end"), [("12 geo", True), ("12 geo ", False), ("12 geo,", False), ("", False)]
)
def test_whether_the_last_word_may_go_on(query: str, open_end: bool) -> None:
    assert first(query).open_end is open_end


@given(st.text(max_size=200), st.sampled_from(["AU", "NZ", "GB", "US", "CA", "DE", "FR", "JP", "XX"]))
def test_any_text_can_be_read(query: str, country: str) -> None:
    for reading in readings(query, rules_for(country)):
        assert reading.number is None or 0 <= reading.number <= 999_999
        assert all(word == word.strip() and word for word in reading.before + reading.after)
