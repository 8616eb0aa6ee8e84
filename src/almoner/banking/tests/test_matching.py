"""A reference in a statement's text, as donors and banks mangle it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from almoner.banking.lines import MOST_TEXT, Line
from almoner.banking.matching import references_in
from almoner.kernel.references import creditor_reference, mod37_2, new_reference

DRAWN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
references = (
    st.text(DRAWN, min_size=9, max_size=9)
    .filter(lambda body: mod37_2(body) in DRAWN)
    .map(lambda body: body + mod37_2(body))
)
# What stands between groups, and around them: what is no letter of a reference.
gaps = st.text(" -./\n\t:,+*", max_size=3)
words = st.text("ABCXYZ019 äß/-\n", max_size=30)
MISREAD = {"1": "IL1", "0": "O0", "V": "UV"}


@given(st.data(), references, st.booleans(), words, words)
def test_a_reference_is_found_however_it_was_copied(
    data: st.DataObject, reference: str, creditor: bool, before: str, after: str
) -> None:
    given_out = creditor_reference(reference) if creditor else reference
    written = "".join(
        data.draw(st.sampled_from(MISREAD.get(char, char))) + data.draw(gaps) for char in given_out
    )
    if data.draw(st.booleans()):
        written = written.lower()
    assert reference in references_in(before + written + after)


@given(references, st.integers(0, 9), st.sampled_from(DRAWN))
def test_a_reference_with_one_wrong_character_is_not_taken_for_it(
    reference: str, at: int, other: str
) -> None:
    wrong = reference[:at] + other + reference[at + 1 :]
    assert (reference in references_in(wrong)) == (other == reference[at])


def test_a_text_without_end_asks_about_so_many_and_no_more() -> None:
    line = Line(1, date(2026, 11, 20), 100, "AUD", text=f"{new_reference()} " * 10_000, name="N")
    assert len(line.whole_text) == MOST_TEXT
    assert 0 < len(references_in(line.whole_text)) < 1_500
