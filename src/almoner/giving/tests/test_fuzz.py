"""Anything at all in any field of any step: never our fault, and only a submit that gives stores or sends anything."""

from urllib.parse import quote_from_bytes

import pytest
from django.db import transaction
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from almoner.giving import funnel
from almoner.giving.entry import SOURCE_FIELDS, TYPED_FIELDS
from almoner.giving.tests.checking import nothing_stored_or_sent, stored
from almoner.giving.tests.conftest import PERSON, Donor, token_of
from almoner.supporters.models import Contact

FORM = "application/x-www-form-urlencoded"
AMOUNT = (
    "amount",
    "other_amount",
    "currency",
    "fund",
    "frequency",
    "referrer",
    "token",
    "action",
    *SOURCE_FIELDS,
)
DETAILS = ("token", "action", "accept_email", "consent_email", "consent_phone", *TYPED_FIELDS)
PAYMENT = ("token", "action", "method", "sandbox_outcome", "work", "accept_email")
ACTS = ("continue", "back", "find", "use", "manual", "give", "amount", "details", "payment")
KNOWN = (
    "", "0", "1", "-1", "50", "other", "AUD", "JPY", "children", "yes", "memory", "AU", "GB", "ZZ", "NSW", "once",
    "monthly", "sandbox_card", "sandbox_hosted", "bank_transfer", "success", "lost_card", "busy", "null", "None",
    "[]", "{}", "true", "1e999", "NaN", "../../etc/passwd", "' OR 1=1 --", "<script>", "{{7*7}}", "%s%n", "\x00",
    "a\r\nBcc: all@example.org", "ada@example.org", *ACTS,
)  # fmt: skip

# Text of every block but the surrogates, which no encoder makes; and bytes that are no UTF-8, which a client may send.
_texts = st.one_of(
    st.sampled_from(KNOWN),
    st.text(),
    st.text(alphabet="\x00\r\n\t\x0b\x1b\x7f\x85\u200b\u200d\u202e\u2028\u2066\ufeff\ufffe", min_size=1),
    st.tuples(st.characters(exclude_categories=["Cs"]), st.sampled_from([600, 11_001, 60_000])).map(
        lambda pair: pair[0] * (pair[1] // len(pair[0].encode()))
    ),
).map(lambda text: text.encode())
_values = st.one_of(_texts, st.binary(max_size=40))
_names = st.one_of(st.text(max_size=20).map(str.encode), st.binary(max_size=8))


def _pairs(names: tuple[str, ...]) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Fields to add: known and unknown names, some of them more than once."""
    known = st.sampled_from(names).map(str.encode)
    return st.lists(st.tuples(st.one_of(known, known, known, _names), _values), max_size=8)


def _body(valid: dict[str, str], left_out: set[str], more: list[tuple[bytes, bytes]]) -> bytes:
    pairs = [(name.encode(), text.encode()) for name, text in valid.items() if name not in left_out]
    return "&".join(
        f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs + more
    ).encode()


class _Undo(Exception):
    pass


def _tried(donor: Donor, step: str, body: bytes) -> HttpResponse:
    # Django's client sends no type with an empty body.
    answer: HttpResponse = donor.client.generic(
        "POST", f"/give/4840/{step}/", body or b"&", content_type=FORM
    )
    assert answer.status_code < 500
    return answer


_fuzzed = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of the funnel are written when they are due, which is another test's affair."""
    monkeypatch.setattr(funnel, "_FLUSH_SECONDS", 10**9)


@given(left_out=st.sets(st.sampled_from(AMOUNT)), more=_pairs(AMOUNT))
@_fuzzed
def test_the_first_step(
    calm: None, donor: Donor, left_out: set[str], more: list[tuple[bytes, bytes]]
) -> None:
    valid = {"amount": "50", "currency": "AUD", "fund": "children", "token": ""}
    with nothing_stored_or_sent():
        answer = _tried(donor, "details", _body(valid, left_out, more))
    assert answer.status_code in (200, 400)


@given(left_out=st.sets(st.sampled_from(DETAILS), max_size=3), more=_pairs(DETAILS))
@_fuzzed
def test_the_second_step(
    calm: None, donor: Donor, left_out: set[str], more: list[tuple[bytes, bytes]]
) -> None:
    valid = {"token": token_of(donor.amount()), "action": "continue", **PERSON}
    with nothing_stored_or_sent():
        answer = _tried(donor, "payment", _body(valid, left_out, more))
    assert answer.status_code in (200, 400)


@given(left_out=st.sets(st.sampled_from(PAYMENT), max_size=2), more=_pairs(PAYMENT))
@_fuzzed
def test_the_submit(calm: None, donor: Donor, left_out: set[str], more: list[tuple[bytes, bytes]]) -> None:
    page = donor.to_payment()
    valid = {
        "token": token_of(page),
        "action": "give",
        "method": "sandbox_card",
        "sandbox_outcome": "success",
    }
    before = stored()
    try:
        with transaction.atomic():
            answer = _tried(donor, "submit", _body(valid, left_out, more))
            after = stored()
            if answer.status_code in (302, 303):
                assert after["Gift"] == before["Gift"] + 1
                assert Contact.objects.latest("id").given_name == "Ada"
            elif "Attempt" in after and after["Attempt"] == before["Attempt"]:
                assert after == before
            else:
                # A decline: the gift is kept as not paid, and the page says what to do.
                assert b'id="give-declined"' in answer.content
            raise _Undo
    except _Undo:
        pass


@given(amount=_pairs(AMOUNT), details=_pairs(DETAILS), payment=_pairs(PAYMENT))
@_fuzzed
def test_all_steps_one_after_the_other(
    calm: None,
    donor: Donor,
    amount: list[tuple[bytes, bytes]],
    details: list[tuple[bytes, bytes]],
    payment: list[tuple[bytes, bytes]],
) -> None:
    """What one step lets through is what the next reads, and what the submit writes."""
    begun = _tried(donor, "details", _body({"amount": "50"}, set(), amount))
    if b'data-step="details"' not in begun.content:
        begun = donor.amount()
    page = _tried(donor, "payment", _body({"token": token_of(begun), **PERSON}, set(), details))
    if b'data-step="payment"' not in page.content:
        return
    last = {"token": token_of(page), "method": "sandbox_card", "sandbox_outcome": "success"}
    try:
        with transaction.atomic():
            _tried(donor, "submit", _body(last, set(), payment))
            raise _Undo
    except _Undo:
        pass
