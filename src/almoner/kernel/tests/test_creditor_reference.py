"""Creditor references of ISO 11649: made of ours, and checked as a bank would."""

from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel.references import (
    creditor_reference,
    new_reference,
    transfer_reference,
    valid_creditor_reference,
)


def test_the_standards_own_example() -> None:
    assert valid_creditor_reference("RF18 5390 0754 7034")
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert not valid_creditor_reference("RF19 5390 0754 7034")
    assert not valid_creditor_reference("539007547034")
    assert not valid_creditor_reference("RF18")


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=10, max_size=10), st.data())
def test_one_wrong_digit_or_letter_is_found(reference: str, data: st.DataObject) -> None:
    ours = creditor_reference(reference)
    assert valid_creditor_reference(ours)
    at = data.draw(st.integers(2, len(ours) - 1))
    # A letter counts as two digits: one taken for a digit makes a number of another length, and may pass.
    alike = "0123456789" if ours[at].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(alike.replace(ours[at], "")))
    assert not valid_creditor_reference(ours[:at] + other + ours[at + 1 :])


def test_what_a_donor_copies_fits_the_banks_field() -> None:
    reference = new_reference()
    assert len(transfer_reference(reference, "AUD")) <= 18
    assert valid_creditor_reference(transfer_reference(reference, "EUR"))
