"""The source's identifiers come back, each for its address, and cost what was promised."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.addresses.index.container import Container
from almoner.addresses.index.houses import Houses
from almoner.addresses.index.identifying import Identifiers
from almoner.addresses.index.rows import Row
from almoner.addresses.index.searching import Hit, Index
from almoner.addresses.tests.index_support import built, street
from almoner.addresses.tests.test_index_houses import everything, rows, said

identifiers = st.builds(
    "{}{}".format,
    st.sampled_from(["GANSW", "GANSW", "GANSW", "GANT_", "GAACT", ""]),
    st.integers(1, 999_999_999),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(rows(), identifiers), min_size=1, max_size=60))
def test_every_identifier_comes_back(given_rows: list[tuple[Row, str]]) -> None:
    own: dict[tuple[str, object], str] = {}
    for row, identifier in given_rows:
        # Of two rows that say the same the first one's is kept.
        own.setdefault((f"{row.street}, {row.locality}", said(row)), identifier)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.addresses"
        report = built([row._replace(source_id=id_) for row, id_ in given_rows], path, ids=True)
        file = Container(path)
        index, found = Index(file), Identifiers(file, Houses(file))
        streets = {
            f"{index.name_of(at)}, {index.place_of(at)[0]}": at
            for at in range(len(file.view("street_place")))
        }
        back = {(where, house): found.of(streets[where], house) for where, house in everything(file)}
    assert back == own
    assert report.counts["identifiers"] == len(own)


def first(index: Index, query: str) -> Hit:
    return index.find(query, limit=1)[0]


def test_what_is_found_has_its_identifier(tmp_path: Path) -> None:
    usual = Row("George Street", "Sydney", "NSW", "2000")
    given_rows = [
        usual._replace(number=12, source_id="GANSW1"),
        usual._replace(number=12, unit="3", unit_kind="Unit", source_id="GANSW2"),
        usual._replace(number=14, end=18, source_id="GANSW3"),
        usual._replace(number=20, source_id="a3-no-number-b"),
        usual._replace(number=22, source_id="GANSW0123"),
        usual._replace(number=24, source_id=""),
        usual._replace(number=26, unit="1", source_id="GANSW4"),
        usual._replace(building="Town Hall", source_id="GANSW5"),
    ]
    report = built(given_rows, tmp_path / "x.addresses", ids=True)
    file = Container(tmp_path / "x.addresses")
    index, identifiers = Index(file), Identifiers(file, Houses(file))
    expected = {
        "12 george st": "GANSW1",
        "3/12 george st": "GANSW2",
        "14-18 george st": "GANSW3",
        # By the last number of a range.
        "18 george st": "GANSW3",
        "20 george st": "",
        "22 george st": "",
        "24 george st": "",
        # A building of flats is no address of its own.
        "26 george st": "",
        "1/26 george st": "GANSW4",
        "28 george st": "",
    }
    assert {
        q: identifiers.of(hit.street, hit.house) for q in expected for hit in [first(index, q)]
    } == expected
    assert (report.counts["identifiers"], report.counts["addresses"]) == (4, 8)


def test_random_letters_cost_no_address(tmp_path: Path) -> None:
    """OpenAddresses' identifiers may be hashes: more different letters than are kept."""
    given_rows = [
        Row("A Street", "Here", "NSW", "2000", number, source_id=f"x{number:x}g{number}")
        for number in range(1, 400)
    ]
    report = built(given_rows, tmp_path / "x.addresses", ids=True)
    assert (report.counts["addresses"], report.bad) == (399, {})
    assert report.counts["identifiers"] == 255


def test_a_file_without_any_answers_nothing(tmp_path: Path) -> None:
    built(street("A Street", "Here", "NSW", "2000", [1]), tmp_path / "x.addresses")
    file = Container(tmp_path / "x.addresses")
    hit = first(Index(file), "1 a st here")
    assert Identifiers(file, Houses(file)).of(hit.street, hit.house) == ""


def test_four_bytes_an_address_and_little_more(tmp_path: Path) -> None:
    given_rows = [
        Row(
            f"S{at} Street",
            "Here",
            "NSW",
            "2000",
            number,
            source_id=f"GANSW{700_000_000 + 100 * at + number}",
        )
        for at in range(200)
        for number in range(1, 31)
    ]
    without = built(given_rows, tmp_path / "x.addresses").size_bytes
    with_ids = built(given_rows, tmp_path / "y.addresses", ids=True).size_bytes
    assert (with_ids - without) / len(given_rows) < 4.3
