"""What sentences claim, against what a register knows: each rule at its edges."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.impact import wording
from almoner.impact.quantities import Bound, Quantity, Verdict, verdict
from almoner.impact.saying import Style, say

HOLDS, CONTRADICTED, NOT_SHOWN = Verdict.HOLDS, Verdict.CONTRADICTED, Verdict.NOT_SHOWN


def judged(phrase: str, value: str, bound: str = "exact", *, counted: bool = True) -> Verdict:
    claimed = wording.read(phrase)
    assert claimed is not None, phrase
    return verdict(claimed.range, Quantity(Decimal(value), Bound(bound), counted=counted))


@pytest.mark.parametrize(
    ("phrase", "holds", "contradicted"),
    [
        ("over 1,000", "1001 1,500 250000", "1000 999 0"),
        ("more than a thousand", "1001", "1000"),
        ("at least 1,000", "1000 1001", "999"),
        ("no fewer than twelve", "12 13", "11"),
        ("1,000+", "1000 1001", "999"),
        ("just over 1,000", "1001 1100", "1000 1101 999"),
        ("nearly 300", "270 286 299", "300 269 301"),
        ("just under 300", "299", "300"),
        ("almost two hundred and ninety", "286", "290"),
        ("about 300", "285 300 315", "284 316"),
        ("some 1,000", "950 1050", "949 1051"),
        ("~300", "285 315", "284 316"),
        ("c. 300", "285 315", "284 316"),
        ("up to 300", "300 1", "301"),
        ("as many as 300", "300 1", "301"),
        ("exceeding 300", "301", "300"),
        ("over 1 000", "1001", "1000"),
        ("200–300", "200 286 300", "199 301"),
        ("between 200 and 300", "200 286 300", "199 301"),
        ("2–3 million", "1500000 2000000 3499999", "2 1499999 3500000"),
        ("between 10 and 20k", "9500 20499", "10 9499 20500"),
        ("between two and three million", "2000000 3000000", "2 1999999 3000001"),
        ("300–2 thousand", "300 2499", "299 2500"),
        ("between two hundred and three hundred", "200 286 300", "199 301"),
        ("between two hundred and fifty and three hundred", "250 300", "249 301"),
        ("no more than 300", "300", "301"),
        ("fewer than 300", "299 0", "300"),
        ("286", "286", "285 287 291"),
        ("two hundred and eighty-six", "286", "291"),
        ("two dozen", "24", "23 25"),
        ("1.2 million", "1200000 1150000 1249999", "1149999 1250000"),
        ("10k", "10000 9500 10499", "9499 10500"),
        ("over 1.5m", "1500001", "1500000"),
        ("half a million", "450000 550000", "449999 550001 1000000"),
        ("3 thousand", "3000 2500 3499", "2499 3500"),
    ],
)
def test_counts(phrase: str, holds: str, contradicted: str) -> None:
    for value in holds.replace(",", "").split():
        assert judged(phrase, value) == HOLDS, value
    for value in contradicted.split():
        assert judged(phrase, value) == CONTRADICTED, value


@pytest.mark.parametrize(
    ("phrase", "holds", "contradicted"),
    [
        ("one in five", "18 20 22", "17.9 22.1 25"),
        ("1 in every 5", "20", "25"),
        ("three out of four", "72.5 75 77.5", "72.4 77.6"),
        ("1 in 100", "0.9 1.1", "0.8 1.2 2"),
        ("half", "47.5 50 52.5", "47.4 53"),
        ("more than half", "50.1 99", "50 49"),
        ("nearly two thirds", "60 66", "67 59.9"),
        ("over a quarter", "25.1", "25"),
        ("nearly two-thirds", "60 66", "67 59.9"),
        ("½", "47.5 52.5", "47.4 53"),
        ("10–20%", "10 20.4", "9.9 20.5"),
        ("20%", "19.5 20 20.49", "19.4 20.5"),
        ("20.4 per cent", "20.4 20.35 20.44", "20 20.45"),
        ("under 5%", "4.9", "5"),
    ],
)
def test_shares(phrase: str, holds: str, contradicted: str) -> None:
    for value in holds.split():
        assert judged(phrase, value, counted=False) == HOLDS, value
    for value in contradicted.split():
        assert judged(phrase, value, counted=False) == CONTRADICTED, value


@pytest.mark.parametrize(
    ("phrase", "value", "bound", "expected"),
    [
        # The seed's source says "over 1,000", and nothing more exact.
        ("over 1,000", "1000", "more_than", HOLDS),
        ("at least 1,001", "1000", "more_than", HOLDS),
        ("over 1,001", "1000", "more_than", NOT_SHOWN),
        ("1,012", "1000", "more_than", NOT_SHOWN),
        ("1,000", "1000", "more_than", CONTRADICTED),
        ("nearly 1,000", "1000", "more_than", CONTRADICTED),
        ("nearly 1,100", "1000", "more_than", NOT_SHOWN),
        ("fewer than 900", "1000", "at_least", CONTRADICTED),
        ("over 1,000", "1000", "at_least", NOT_SHOWN),
        ("at least 1,000", "1000", "at_least", HOLDS),
    ],
)
def test_what_is_only_known_from_below(phrase: str, value: str, bound: str, expected: Verdict) -> None:
    assert judged(phrase, value, bound) == expected


def test_numbers_in_a_text() -> None:
    text = (
        "On 15 September 2022 an operation freed 12 children: over 1,000 since 2011, in 24/7 work by 3 teams, at 6 pm, "
        "10:30, for $50 or 300 dollars, by a child aged 9 and a 12-year-old of COVID-19. May 5. One of them said that "
        "nearly two thirds of a village, and twenty per cent of 1.2 million people, are safe."
    )
    assert [each.text for each in wording.find(text)] == [
        "12", "over 1,000", "3", "nearly two thirds", "twenty per cent", "1.2 million",
    ]  # fmt: skip
    for each in wording.find(text):
        assert text[each.start : each.end] == each.text


@pytest.mark.parametrize(
    "phrase", ["", "many", "over", "1,000 and 2,000", "one", "a", "2022", "$5", "six in five"]
)
def test_what_claims_no_number(phrase: str) -> None:
    assert wording.read(phrase) is None


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for each in wording.find(text):
        assert text[each.start : each.end] == each.text
        assert each.range.low <= each.range.high


VALUES = st.integers(min_value=0, max_value=10**9)


@given(VALUES, st.sampled_from(Bound), st.sampled_from(Style))
def test_what_we_say_of_a_count_holds(value: int, bound: Bound, style: Style) -> None:
    known = Quantity(Decimal(value), bound)
    claimed = wording.read(say(known, style))
    # A bare "1" to the reader is a number; "2011" might be a year, and is said of a count all the same.
    if claimed is None:
        assert say(known, style) == str(value) or f"{value:,}" == say(known, style)
    else:
        assert verdict(claimed.range, known) == HOLDS


@given(st.decimals(min_value=0, max_value=100, places=2), st.sampled_from(Bound), st.sampled_from(Style))
def test_what_we_say_of_a_share_holds(value: Decimal, bound: Bound, style: Style) -> None:
    known = Quantity(value, bound, counted=False)
    said = say(known, style, percent=True)
    claimed = wording.read(said)
    assert claimed is not None and claimed.percent, said
    assert verdict(claimed.range, known) == HOLDS, said


@pytest.mark.parametrize(
    ("value", "bound", "style", "percent", "said"),
    [
        ("1000", "more_than", "exact", False, "over 1,000"),
        ("1012", "exact", "over", False, "over 1,000"),
        ("321", "exact", "over", False, "over 320"),
        ("321", "exact", "exact", False, "321"),
        ("286", "exact", "nearly", False, "nearly 300"),
        ("286", "exact", "about", False, "about 300"),
        ("1000", "exact", "over", False, "1,000"),
        ("7", "exact", "over", False, "7"),
        ("20.4", "exact", "share", True, "one in five"),
        ("47", "exact", "share", True, "47%"),
        ("86", "exact", "share", True, "six in seven"),
        ("1250000", "exact", "exact", False, "1,250,000"),
    ],
)
def test_as_people_round(value: str, bound: str, style: str, percent: bool, said: str) -> None:
    known = Quantity(Decimal(value), Bound(bound), counted=not percent)
    assert say(known, Style(style), percent=percent) == said
