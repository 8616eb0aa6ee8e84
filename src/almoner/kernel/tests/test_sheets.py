"""Cells that a spreadsheet can't be made to run, and that come back as they were."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.kernel.sheets import bare_cell, csv_pieces, safe_cell

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u200b", "\ufeff"])
@pytest.mark.parametrize("sign", _SIGNS)
def test_csv_and_spreadsheets_what_would_run_is_led_by_an_apostrophe(sign: str, blank: str) -> None:
    assert safe_cell(f"{blank}{sign}1") == f"'{blank}{sign}1"


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert [safe_cell(value) for value in (-5, None, "a=b", "")] == [-5, "", "a=b", ""]


@given(st.text(alphabet=st.sampled_from([*_SIGNS, *"ab'1 \",;\ufeff"]), max_size=8))
def test_what_went_out_comes_back(text: str) -> None:
    written = b"".join(csv_pieces(["a", "b"], [[text, 1]])).decode("utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(written, newline="")))[1:]
    if not text.strip().startswith("'"):
        assert bare_cell(row[0]) == text.strip()
