"""References that people copy by hand, and identifiers that nobody guesses and time orders."""

import itertools
import time
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel import references
from almoner.kernel.references import (
    mod37_2,
    new_public_key,
    new_reference,
    new_uuid,
    normalise_reference,
    shown_reference,
    valid_reference,
)

ALPHANUMERIC = digits + ascii_uppercase
DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
reference_bodies = st.text(alphabet=DRAWN, min_size=9, max_size=9)


def by_the_standards_words(text: str) -> str:
    """ISO 7064's own definition, worked out otherwise: the sum of values times 2^(position) is 1 modulo 37."""
    for value, check in enumerate(ALPHANUMERIC + "*"):
        total = sum(ALPHANUMERIC.index(char) * 2**place for place, char in enumerate(reversed(text), start=1))
        if (total + value) % 37 == 1:
            return check
    raise AssertionError(text)


def test_the_published_example() -> None:
    """Blood services print it: ISBT 128, Red Book annex 2, donation number G123 498 654 321, check character H."""
    assert mod37_2("G123498654321") == "H"


@given(st.text(alphabet=ALPHANUMERIC, min_size=1, max_size=20))
def test_the_check_character_is_the_standards(text: str) -> None:
    assert mod37_2(text) == by_the_standards_words(text)


def checked(body: str) -> str:
    return body + mod37_2(body)


@given(reference_bodies)
def test_every_wrong_character_is_caught(body: str) -> None:
    reference = checked(body)
    for place, other in itertools.product(range(len(reference)), ALPHANUMERIC):
        wrong = reference[:place] + other + reference[place + 1 :]
        if wrong != reference:
            assert mod37_2(wrong[:-1]) != wrong[-1], wrong


@given(reference_bodies)
def test_every_two_neighbours_swapped_are_caught(body: str) -> None:
    reference = checked(body)
    for place in range(len(reference) - 1):
        swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        if swapped != reference and "*" not in swapped[:-1]:
            assert mod37_2(swapped[:-1]) != swapped[-1], swapped


def test_new_references_are_valid_and_hold_nothing_that_is_misread() -> None:
    for _ in range(2_000):
        reference = new_reference()
        assert valid_reference(reference)
        assert set(reference) <= set(DRAWN)
        assert len(reference) == 10


def test_a_reference_as_people_copy_it() -> None:
    reference = new_reference()
    assert normalise_reference(f"  {shown_reference(reference).lower()} ") == reference
    assert valid_reference(f"{reference[:4]}-{reference[4:7]}-{reference[7:]}")
    # O for 0, and I or l for 1, are what they were taken for.
    assert normalise_reference("oO0 iIlL1 uv") == "00011111VV"
    for text in ("", "A", reference[:-1], reference + "0", "**********", "１２３４５６７８９０"):
        assert not valid_reference(text)


@given(st.text())
def test_any_text_may_be_asked_about(text: str) -> None:
    assert valid_reference(text) in (True, False)


def test_identifiers_are_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at = time.time_ns()
    made = []
    for tick in range(200):
        monkeypatch.setattr(references.time, "time_ns", lambda now=at + tick * 1_000_000: now)
        made.append(new_uuid())
    assert made == sorted(made)
    assert [each.hex for each in made] == sorted(each.hex for each in made)
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {"specified in RFC 4122"}
    assert made[0].int >> 80 == at // 1_000_000


def test_identifiers_of_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references.time, "time_ns", lambda: 1_800_000_000_000_000_000)
    assert len({new_uuid() for _ in range(1_000)}) == 1_000
    assert len({new_public_key() for _ in range(1_000)}) == 1_000


def test_a_public_key_fits_an_address() -> None:
    for _ in range(200):
        assert len(key := new_public_key()) == 22
        assert set(key) <= set(digits + ascii_uppercase + ascii_uppercase.lower() + "-_")
