"""What stands at which number survives packing: every address that went in is found, and no other."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.addresses.index import houses
from almoner.addresses.index.container import Container
from almoner.addresses.index.houses import House, Houses
from almoner.addresses.index.rows import Row
from almoner.addresses.tests.index_support import built

letters = st.sampled_from(["", "", "", "A", "B", "Z"])
units = st.one_of(
    st.just(""),
    st.integers(1, 400).map(str),
    st.tuples(st.sampled_from("ABG"), st.integers(1, 30)).map(lambda pair: f"{pair[0]}{pair[1]}"),
    st.integers(1, 30).map(lambda number: f"{number}B"),
    st.sampled_from(["G03", "A", "3/4", "GF-2", "007"]),
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    number = draw(st.integers(1, 999_999) | st.integers(1, 60))
    end = draw(st.just(0) | st.integers(1, 9))
    unit = draw(units)
    return Row(
        street=draw(st.sampled_from(["A Street", "B Road"])),
        locality=draw(st.sampled_from(["Here", "There"])),
        region="NSW",
        postcode="2000",
        number=number,
        suffix=draw(letters),
        end=min(number + end, 999_999) if end and number < 999_999 else 0,
        prefix=draw(letters),
        unit=unit,
        unit_kind="Unit" if unit and draw(st.booleans()) else "",
        level=draw(st.sampled_from(["", "", "Level 7"])),
        lot=draw(st.booleans()) and draw(st.booleans()),
    )


def said(row: Row) -> House:
    return House(
        number=row.number,
        affix=f"{row.prefix}\0{row.suffix}\0{row.end_suffix}",
        end=row.end or None,
        unit=row.unit,
        unit_kind=row.unit_kind,
        level=row.level,
        lot=row.lot,
    )


def everything(file: Container) -> set[tuple[str, House]]:
    """Every address of the file, the ones that lead to a range's end left out."""
    packed, found = Houses(file), set()
    firsts, shown_at, shown = file.view("name_first"), file.view("name_shown_at"), file.view("name_shown")
    from_, numbers = file.view("street_details_from"), file.view("detailed_numbers")
    places = str(file.view("place"), "utf-8")
    for name in range(len(firsts) - 1):
        text = str(shown[shown_at[name] : shown_at[name + 1]], "utf-8")
        for street in range(firsts[name], firsts[name + 1]):
            start, end = file.view("place_at")[file.view("street_place")[street] :][:2]
            where = f"{text}, {places[start:end].split(chr(9))[0]}"
            found |= {(where, House(number)) for number in packed.plain(street)}
            for at in range(from_[street], from_[street + 1]):
                number = numbers[at]
                found |= {
                    (where, House(h.number, h.affix, h.end, h.unit, h.unit_kind, h.level, h.lot))
                    for h in packed.details(at, number=number)
                    if h.number == number
                }
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=60))
def test_what_went_in_is_what_is_there(given_rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.addresses"
        built(given_rows, path)
        assert everything(Container(path)) == {
            (f"{row.street}, {row.locality}", said(row)) for row in given_rows
        }


@given(st.sets(st.integers(1, 999_999) | st.integers(1, 200), max_size=80))
def test_numbers_are_packed_the_shorter_way(numbers: set[int]) -> None:
    ordered = sorted(numbers)
    packed = houses.pack_numbers(ordered)
    assert len(packed) <= (1 + min(ordered[-1] // 8 + 1, 3 * len(ordered)) if ordered else 0)


@pytest.mark.parametrize("text", ["3", "12", "A12", "12B", "G3", "A", "99999", "Z1C"])
def test_a_unit_is_an_int_and_back(text: str) -> None:
    packed = houses.pack_unit(text)
    assert packed is not None and packed < houses.UNIT_TEXT
    assert houses.unit_text(packed) == text


@pytest.mark.parametrize("text", ["", "007", "3/4", "AB12", "12AB", "123456", "É1"])
def test_other_units_are_texts(text: str) -> None:
    assert houses.pack_unit(text) is None


def test_neighbouring_flats_are_neighbouring_ints() -> None:
    first, second = houses.pack_unit("A12"), houses.pack_unit("A13")
    assert first is not None and second == first + 1
