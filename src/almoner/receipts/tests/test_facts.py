import json
from dataclasses import replace

import pytest

from almoner.receipts.facts import DonorFacts, canonical_bytes, donor_hash, one_line, signed_facts
from almoner.receipts.tests.paper import FACTS, facts


def test_the_canonical_form_is_exact() -> None:
    expected = (
        '{"amount_minor":5000,"charity":"Tidelight Foundation Ltd","currency":"AUD","date":"2026-11-23",'
        '"donor_hmac_sha256":"'
        + donor_hash("Zoë O’Brien-Łukasz", b"\x07" * 16)
        + '","fund":"Tidelight Relief Fund",'
        '"issued":"2026-11-24","number":"000123","replaces":"","version":1}'
    )
    assert canonical_bytes(FACTS) == expected.encode()


def test_nobody_is_named_in_what_is_signed() -> None:
    donor = DonorFacts(name="Canary Person", address_lines=("77 Canary Lane",))
    text = canonical_bytes(replace(FACTS, donor=donor)).decode()
    assert "anary" not in text


def test_a_donors_hash_needs_the_salt_and_ignores_how_the_name_was_composed() -> None:
    composed, decomposed = "Zoë", "Zoe\u0308"
    assert donor_hash(composed, b"a" * 16) == donor_hash(decomposed, b"a" * 16)
    assert donor_hash(composed, b"a" * 16) != donor_hash(composed, b"b" * 16)
    assert donor_hash("", b"a" * 16) != donor_hash("x", b"a" * 16)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "000124"},
        {"amount_minor": 5001},
        {"currency": "NZD"},
        {"replaces": "000100"},
        {"salt": b"x" * 16},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_fact_that_counts_changes_what_is_signed(change: dict[str, object]) -> None:
    assert canonical_bytes(facts(**change)) != canonical_bytes(FACTS)


def test_the_signed_facts_survive_json() -> None:
    assert json.loads(canonical_bytes(FACTS)) == signed_facts(FACTS)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ann\tLee ", "Ann Lee"),
        ("Ann\r\nBcc: spam@example.org", "Ann Bcc: spam@example.org"),
        ("A\x00nn\x07", "A nn"),
        ("Ann\u202egnp.exe", "Anngnp.exe"),
        ("A\u200bB\ufeff", "AB"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("Ann\u2028Lee\x85X", "Ann Lee X"),
    ],
)
def test_text_from_outside_becomes_one_line(typed: str, shown: str) -> None:
    assert one_line(typed) == shown
