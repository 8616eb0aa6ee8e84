"""Free text, read for what a register counts: what is found, and what the register says of it at each rule's edge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.impact.quantities import Bound, Quantity, Verdict
from almoner.impact.saying import Style, say
from almoner.impact.sentences import Unit, read, sentences

HOLDS, CONTRADICTED, NOT_SHOWN = Verdict.HOLDS, Verdict.CONTRADICTED, Verdict.NOT_SHOWN


def unit(
    number: int, nouns: str, value: str | None, bound: Bound = Bound.EXACT, *, percent: bool = False
) -> Unit:
    known = Quantity(Decimal(value), bound, counted=not percent) if value is not None else None
    return Unit(indicator_id=number, nouns=nouns, percent=percent, cumulative=not percent, known=known)


RESCUED = unit(1, "children rescued, children freed, children and young people freed", "1000")
RESTORED = unit(2, "clients restored, survivors restored", "291")
ARRESTED = unit(3, "suspects arrested, arrests", "321")
SHARE = unit(4, "children protected", "20", percent=True)
ALL = (RESCUED, RESTORED, ARRESTED, SHARE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # "Over 1,000" fails at exactly 1,000; "286 clients" fails when the register says 291.
        ("Over 1,000 children have been rescued.", [(1, "Over 1,000", CONTRADICTED)]),
        ("At least 1,000 children have been freed.", [(1, "At least 1,000", HOLDS)]),
        ("286 clients were restored.", [(2, "286", CONTRADICTED)]),
        ("We restored 291 of our young clients.", [(2, "291", HOLDS)]),
        ("Police made 321 arrests; 300 survivors were restored.", [(3, "321", HOLDS), (2, "300", CONTRADICTED)]),
        ("They arrest nearly 330 suspects.", [(3, "nearly 330", HOLDS)]),
        ("One in five children is protected.", [(4, "One in five", HOLDS)]),
        ("One in four children is protected.", [(4, "One in four", CONTRADICTED)]),
        # As a list or a heading says it, and where a colon leads to something else.
        ("Clients restored: 286", [(2, "286", CONTRADICTED)]),
        ("Suspects arrested: 321; clients restored: 290.", [(3, "321", HOLDS), (2, "290", CONTRADICTED)]),
        ("We know this: 291 clients were restored.", [(2, "291", HOLDS)]),
        ("Clients restored by us: many. Some 286 came.", []),
        # As people type them.
        ("1.5k children were freed.", [(1, "1.5k", CONTRADICTED)]),
        ("c. 290 clients were restored.", [(2, "c. 290", HOLDS)]),
        ("280–300 clients were restored.", [(2, "280–300", HOLDS)]),
        ("292–300 clients were restored.", [(2, "292–300", CONTRADICTED)]),
        ("Between 280 and 300 clients were restored.", [(2, "Between 280 and 300", HOLDS)]),
        ("Between 292 and 300 clients were restored.", [(2, "Between 292 and 300", CONTRADICTED)]),
        ("Half a million children were freed.", [(1, "Half a million", CONTRADICTED)]),
        ("Two-thirds of children are protected.", [(4, "Two-thirds", CONTRADICTED)]),
        # A part of the whole is not held against the whole; half of it is.
        ("That day 12 children were freed.", [(1, "12", NOT_SHOWN)]),
        ("499 children were freed.", [(1, "499", NOT_SHOWN)]),
        ("500 children were freed.", [(1, "500", CONTRADICTED)]),
        # What isn't of this kind, or too far away, or another's.
        ("In 2022 children were rescued.", []),
        ("286 volunteers restored our faith.", []),
        ("286 clients came.", []),
        ("We gave $286 to clients restored.", []),
        ("286 long and rather difficult and costly days for clients restored.", []),
        ("20% of children were rescued.", []),
        ("Over 1,000. Children were rescued.", []),
    ],
)  # fmt: skip
def test_what_a_sentence_says(text: str, found: list[tuple[int, str, Verdict]]) -> None:
    assert [(each.indicator_id, each.number, each.verdict) for each in read(text, ALL)] == found


def test_what_nobody_verified_is_not_shown() -> None:
    said = list(read("286 clients were restored.", [unit(2, "clients restored", None)]))
    assert [each.verdict for each in said] == [NOT_SHOWN]


def test_the_sentence_is_kept_and_the_text_is_cut_well() -> None:
    text = "A start.\nIn 2022, 286 clients were restored. “Over 1.5 million,” they said.  The end"
    assert list(sentences(text)) == [
        "A start.", "In 2022, 286 clients were restored.", "“Over 1.5 million,” they said.", "The end",
    ]  # fmt: skip
    assert [each.sentence for each in read(text, ALL)] == ["In 2022, 286 clients were restored."]


@given(value=st.integers(1, 5_000_000), style=st.sampled_from(Style))
def test_what_the_register_says_of_itself_always_holds(value: int, style: Style) -> None:
    """Any style, read back out of a sentence, is carried by the value that it was made from."""
    known = unit(1, "children rescued", str(value))
    assert known.known is not None
    words = say(known.known, style)
    said = list(read(f"Since 2011 {words} children were rescued.", [known]))
    assert [(each.number, each.verdict) for each in said] == [(words, HOLDS)]


@given(value=st.integers(1, 2_000_000), off=st.integers(-50, 50))
def test_a_plain_number_holds_for_itself_alone(value: int, off: int) -> None:
    other = max(0, value + off)
    said = list(read(f"We freed {other:,} children.", [unit(1, "children freed", str(value))]))
    wanted = HOLDS if other == value else NOT_SHOWN if other < value / 2 else CONTRADICTED
    # A bare 1900 to 2099 is a year, unless a comma says otherwise; one of four digits has a comma here.
    assert [each.verdict for each in said] == [wanted]


@given(value=st.integers(1, 1_000_000), step=st.integers(-2, 2))
def test_over_begins_above(value: int, step: int) -> None:
    claimed = max(1, value + step)
    said = list(read(f"More than {claimed:,} children were freed.", [unit(1, "children freed", str(value))]))
    assert [each.verdict for each in said] == [HOLDS if value > claimed else CONTRADICTED]
