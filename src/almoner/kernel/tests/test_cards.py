"""Every card number is found however it is written, and nothing of ours is taken for one."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel.cards import TAKEN_OUT, holds_card, scrub
from almoner.kernel.references import (
    creditor_reference,
    new_public_key,
    new_reference,
    new_uuid,
    shown_reference,
    transfer_reference,
)

# Numbers that gateways give out for tests.
NUMBERS = [
    "4111111111111111", "4242424242424242", "4000056655665556", "4222222222222", "5555555555554444",
    "2223003122003222", "5105105105105100", "378282246310005", "371449635398431", "6011111111111117",
    "3056930009020004", "36227206271667", "3566002020360505", "6200000000000005", "6759649826438453",
    "6205500000000000004",
]  # fmt: skip


def _grouped(number: str, size: int, sign: str) -> str:
    return sign.join(number[at : at + size] for at in range(0, len(number), size))


@pytest.mark.parametrize("number", NUMBERS)
def test_each_issuers_numbers_in_any_grouping(number: str) -> None:
    arabic = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    written = [number, arabic]
    written += [
        _grouped(number, size, sign)
        for size in (1, 2, 4, 6)
        for sign in (" ", "-", "  ", " - ", ".", "\n", "\u00a0", "–", "+", "%20")
    ]
    for text in written:
        assert scrub(f"My card: {text}, until 12/29") == f"My card: {TAKEN_OUT}, until 12/29", text
        assert scrub(f'{{"message": "{text}"}}') == f'{{"message": "{TAKEN_OUT}"}}', text


@pytest.mark.parametrize(
    "text",
    [
        "a+{}",
        "12 {} 12/29 123",
        "26 November 2026 {}",
        "{} 123",
        "Tel 02 {}",
        "x{}x",
        "1,{},2",
        "?pan={}&a=1",
    ],
)
def test_among_other_digits(text: str) -> None:
    for number in ("4111111111111111", "4111 1111 1111 1111", "378282246310005", "3782 822463 10005"):
        assert scrub(text.format(number)) == text.format(TAKEN_OUT)


def test_more_than_one() -> None:
    text = "4111111111111111 and 5555 5555 5555 4444 4242-4242-4242-4242"
    assert scrub(text) == f"{TAKEN_OUT} and {TAKEN_OUT} {TAKEN_OUT}"
    assert scrub(text, instead="") == " and  "


@given(
    st.from_regex(r"[ -~\n]{0,12}", fullmatch=True),
    st.sampled_from(NUMBERS),
    st.from_regex(r"[ -~\n]{0,12}", fullmatch=True),
)
def test_what_is_left_holds_none(before: str, number: str, after: str) -> None:
    assert not holds_card(scrub(f"{before} {number} {after}"))


@pytest.mark.parametrize(
    "number",
    ["4111111111111112", "1111111111111117", "41111111111111", "411111111111111111111", "9111111111111111"],
)
def test_neither_another_check_digit_nor_another_length_is_one(number: str) -> None:
    assert scrub(f"no {number}") == f"no {number}"


@given(st.data())
def test_our_own_references_are_none(data: st.DataObject) -> None:
    reference = new_reference()
    made = [
        reference, shown_reference(reference), creditor_reference(reference), transfer_reference(reference, "EUR"),
        transfer_reference(reference, "AUD"), str(new_uuid()), str(uuid.uuid5(new_uuid(), "attempt 1")),
        str(uuid.uuid4()),
        new_public_key(), str(data.draw(st.integers(0, 10**12))),
        (datetime(2000, 1, 1, tzinfo=UTC) + data.draw(st.timedeltas(timedelta(), timedelta(days=36500)))).isoformat(),
    ]  # fmt: skip
    for text in made:
        assert scrub(f"see {text}.") == f"see {text}."


@given(st.from_regex(r"[0-9]{1,21}", fullmatch=True), st.booleans())
def test_creditor_references_of_digits_are_none(body: str, grouped: bool) -> None:
    whole = creditor_reference(body)
    text = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if grouped else whole
    assert scrub(f"ref {text} thanks") == f"ref {text} thanks"


@given(
    st.sampled_from(
        [
            ("DE", 18),
            ("AT", 16),
            ("NL", 14),
            ("GB", 18),
            ("FR", 23),
            ("NO", 11),
            ("BE", 12),
            ("LT", 16),
            ("ES", 20),
        ]
    ),
    st.data(),
)
def test_ibans_are_none(country: tuple[str, int], data: st.DataObject) -> None:
    code, length = country
    body = data.draw(st.text("0123456789", min_size=length, max_size=length))
    digits = int("".join(str(int(char, 36)) for char in f"{body}{code}00"))
    whole = f"{code}{98 - digits % 97:02d}{body}"
    grouped = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    for text in (whole, grouped, whole.lower()):
        assert scrub(f"to {text}, Ada") == f"to {text}, Ada"


@given(
    st.sampled_from(["1", "44", "49", "61", "86", "353", "55"]),
    st.text("0123456789", min_size=7, max_size=11),
    st.integers(0, 3),
)
def test_telephone_numbers_are_none(country: str, rest: str, size: int) -> None:
    number = f"+{country}{_grouped(rest, size + 2, ' ') if size else rest}"
    assert scrub(number) == number


def test_a_long_text_takes_no_time() -> None:
    for text in ("1 " * 50_000, "1" * 100_000, "DE12 " * 20_000, "4" * 12 + "x" * 100_000):
        assert scrub(text) == text
