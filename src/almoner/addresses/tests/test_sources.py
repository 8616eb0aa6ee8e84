"""Files as their publishers write them: every address in them is found afterwards, and what is none is counted."""

import gzip
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from almoner.addresses.building import build
from almoner.addresses.index.container import Container
from almoner.addresses.index.rows import BadRow, Row
from almoner.addresses.index.searching import Index
from almoner.addresses.rendering import suggestion_of
from almoner.addresses.sources.gnaf import Gnaf
from almoner.addresses.sources.gnaf_core import GnafCore
from almoner.addresses.sources.openaddresses import OpenAddresses
from almoner.addresses.sources.reading import SourceUnreadable, number_of, shown, street_shown
from almoner.addresses.tests.index_support import ABOUT, no_progress

CORE_HEAD = (
    "ADDRESS_DETAIL_PID|DATE_CREATED|ADDRESS_LABEL|ADDRESS_SITE_NAME|BUILDING_NAME|FLAT_TYPE|FLAT_NUMBER|LEVEL_TYPE|"
    "LEVEL_NUMBER|NUMBER_FIRST|NUMBER_LAST|LOT_NUMBER|STREET_NAME|STREET_TYPE|STREET_SUFFIX|LOCALITY_NAME|STATE|"
    "POSTCODE|LEGAL_PARCEL_ID|MB_CODE|ALIAS_PRINCIPAL|PRINCIPAL_PID|PRIMARY_SECONDARY|PRIMARY_PID|GEOCODE_TYPE|"
    "LONGITUDE|LATITUDE"
)


def core(**values: str) -> str:
    """A line of G-NAF Core: Sydney, unless said otherwise."""
    usual = {
        "ADDRESS_DETAIL_PID": "GANSW700000001",
        "STREET_NAME": "GEORGE",
        "STREET_TYPE": "STREET",
        "LOCALITY_NAME": "SYDNEY",
        "STATE": "NSW",
        "POSTCODE": "2000",
        "ALIAS_PRINCIPAL": "PRINCIPAL",
    }
    return "|".join((usual | values).get(name, "") for name in CORE_HEAD.split("|"))


CORE = [
    core(NUMBER_FIRST="12"),
    core(NUMBER_FIRST="12A"),
    core(NUMBER_FIRST="12", FLAT_TYPE="UNIT", FLAT_NUMBER="3"),
    core(NUMBER_FIRST="12", NUMBER_LAST="14"),
    core(NUMBER_FIRST="7", LEVEL_TYPE="LEVEL", LEVEL_NUMBER="2", FLAT_TYPE="SUITE", FLAT_NUMBER="201"),
    core(LOT_NUMBER="5", STREET_NAME="MCDONALD", STREET_TYPE="ROAD"),
    core(NUMBER_FIRST="483", BUILDING_NAME="SYDNEY TOWN HALL"),
    core(NUMBER_FIRST="1", STREET_NAME="ST KILDA", STREET_TYPE="ROAD", STREET_SUFFIX="SOUTH"),
    core(NUMBER_FIRST="9", STREET_NAME="O'BRIEN", STREET_TYPE="ST"),
    core(NUMBER_FIRST="2", STREET_NAME="THE ESPLANADE", STREET_TYPE=""),
    core(NUMBER_FIRST="77", ALIAS_PRINCIPAL="ALIAS"),
    core(NUMBER_FIRST="HOUSE"),
    core(STREET_NAME="", NUMBER_FIRST="3"),
    "too|few",
]


@pytest.fixture
def core_file(tmp_path: Path) -> Path:
    path = tmp_path / "GNAF_CORE.psv"
    path.write_text("\n".join([CORE_HEAD, *CORE]) + "\n", encoding="utf-8-sig")
    return path


def labels(index: Index, query: str) -> list[str]:
    return [suggestion_of(index, hit).label for hit in index.find(query, limit=8)]


def test_gnaf_core(core_file: Path, tmp_path: Path) -> None:
    to = tmp_path / "AU.addresses"
    heard: list[tuple[str, float]] = []
    report = build(
        [GnafCore(core_file)], country="AU", to=to, about=ABOUT, progress=lambda *said: heard.append(said[:2])
    )
    assert report.rows == 13
    assert report.counts["addresses"] == 10
    assert report.bad == {
        "with a number that isn't understood": 1,
        "without a street or a place": 1,
        "with too few or too many columns": 1,
    }
    assert report.first_bad["with too few or too many columns"] == (13, "too|few")
    assert [phase for phase, _ in heard] == ["packing", "writing"]
    index = Index(Container(to))
    for query, label in {
        "12 george": "12 George Street, Sydney NSW 2000",
        "12a george": "12A George Street, Sydney NSW 2000",
        "3/12 george": "3/12 George Street, Sydney NSW 2000",
        "14 george": "12-14 George Street, Sydney NSW 2000",
        "suite 201 7 george": "Level 2, Suite 201, 7 George Street, Sydney NSW 2000",
        "lot 5 mcdonald": "Lot 5 McDonald Road, Sydney NSW 2000",
        "sydney town hall": "Sydney Town Hall, 483 George Street, Sydney NSW 2000",
        "1 saint kilda": "1 St Kilda Road South, Sydney NSW 2000",
        "9 obrien": "9 O'Brien Street, Sydney NSW 2000",
        "2 esplanade": "2 The Esplanade, Sydney NSW 2000",
    }.items():
        assert labels(index, query)[0] == label
    assert labels(index, "77 george") == ["George Street, Sydney NSW 2000"]


def test_gnaf_core_gzipped_is_the_same(core_file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "core.psv.gz"
    packed.write_bytes(gzip.compress(core_file.read_bytes()))
    assert [str(row) for row in GnafCore(packed).rows()] == [str(row) for row in GnafCore(core_file).rows()]


def test_another_file_is_no_gnaf_core(tmp_path: Path) -> None:
    (tmp_path / "x.psv").write_text("A|B\n1|2\n")
    with pytest.raises(SourceUnreadable, match="no column ADDRESS_DETAIL_PID, BUILDING_NAME"):
        list(GnafCore(tmp_path / "x.psv").rows())


# ---- The full G-NAF ------------------------------------------------------------------------------------------------

TABLES: dict[str, list[Mapping[str, str]]] = {
    "STATE": [
        {"STATE_PID": "1", "DATE_RETIRED": "", "STATE_NAME": "NEW SOUTH WALES", "STATE_ABBREVIATION": "NSW"}
    ],
    "LOCALITY": [
        {
            "LOCALITY_PID": "L1",
            "DATE_RETIRED": "",
            "LOCALITY_NAME": "SURRY HILLS",
            "PRIMARY_POSTCODE": "2010",
            "STATE_PID": "1",
        },
        {
            "LOCALITY_PID": "L2",
            "DATE_RETIRED": "",
            "LOCALITY_NAME": "REDFERN",
            "PRIMARY_POSTCODE": "2016",
            "STATE_PID": "1",
        },
    ],
    "LOCALITY_ALIAS": [{"LOCALITY_PID": "L1", "DATE_RETIRED": "", "NAME": "STRAWBERRY HILLS"}],
    "LOCALITY_NEIGHBOUR": [{"LOCALITY_PID": "L2", "DATE_RETIRED": "", "NEIGHBOUR_LOCALITY_PID": "L1"}],
    "STREET_LOCALITY": [
        {
            "STREET_LOCALITY_PID": "S1",
            "DATE_RETIRED": "",
            "STREET_NAME": "CROWN",
            "STREET_TYPE_CODE": "STREET",
            "STREET_SUFFIX_CODE": "",
            "LOCALITY_PID": "L1",
        },
        {
            "STREET_LOCALITY_PID": "S2",
            "DATE_RETIRED": "",
            "STREET_NAME": "CLEVELAND",
            "STREET_TYPE_CODE": "STREET",
            "STREET_SUFFIX_CODE": "N",
            "LOCALITY_PID": "L1",
        },
    ],
    "STREET_LOCALITY_ALIAS": [
        {
            "STREET_LOCALITY_PID": "S1",
            "DATE_RETIRED": "",
            "STREET_NAME": "OLD CROWN",
            "STREET_TYPE_CODE": "ROAD",
            "STREET_SUFFIX_CODE": "",
        }
    ],
    "ADDRESS_ALIAS": [{"PRINCIPAL_PID": "A1", "DATE_RETIRED": "", "ALIAS_PID": "A9"}],
}
DETAIL = (
    "ADDRESS_DETAIL_PID",
    "DATE_RETIRED",
    "BUILDING_NAME",
    "LOT_NUMBER_PREFIX",
    "LOT_NUMBER",
    "LOT_NUMBER_SUFFIX",
    "FLAT_TYPE_CODE",
    "FLAT_NUMBER_PREFIX",
    "FLAT_NUMBER",
    "FLAT_NUMBER_SUFFIX",
    "LEVEL_TYPE_CODE",
    "LEVEL_NUMBER_PREFIX",
    "LEVEL_NUMBER",
    "LEVEL_NUMBER_SUFFIX",
    "NUMBER_FIRST_PREFIX",
    "NUMBER_FIRST",
    "NUMBER_FIRST_SUFFIX",
    "NUMBER_LAST_PREFIX",
    "NUMBER_LAST",
    "NUMBER_LAST_SUFFIX",
    "STREET_LOCALITY_PID",
    "LOCALITY_PID",
    "ALIAS_PRINCIPAL",
    "POSTCODE",
    "PRIMARY_SECONDARY",
)
ADDRESSES: list[Mapping[str, str]] = [
    {"ADDRESS_DETAIL_PID": "A1", "NUMBER_FIRST": "10"},
    {"ADDRESS_DETAIL_PID": "A2", "NUMBER_FIRST": "11", "DATE_RETIRED": "2020-01-01"},
    {
        "ADDRESS_DETAIL_PID": "A3",
        "NUMBER_FIRST": "12",
        "NUMBER_FIRST_SUFFIX": "A",
        "FLAT_TYPE_CODE": "UNIT",
        "FLAT_NUMBER": "3",
    },
    {"ADDRESS_DETAIL_PID": "A4", "LOT_NUMBER": "7", "POSTCODE": ""},
    {"ADDRESS_DETAIL_PID": "A5", "NUMBER_FIRST": "20", "STREET_LOCALITY_PID": "S2"},
    {"ADDRESS_DETAIL_PID": "A9", "NUMBER_FIRST": "99", "STREET_LOCALITY_PID": "S2", "ALIAS_PRINCIPAL": "A"},
    {"ADDRESS_DETAIL_PID": "A6", "NUMBER_FIRST": "30", "STREET_LOCALITY_PID": "S9"},
]


@pytest.fixture
def gnaf_zip(tmp_path: Path) -> Path:
    path = tmp_path / "g-naf_nov26.zip"
    usual = {"STREET_LOCALITY_PID": "S1", "LOCALITY_PID": "L1", "ALIAS_PRINCIPAL": "P", "POSTCODE": "2010"}
    rows = [{name: (usual | dict(each)).get(name, "") for name in DETAIL} for each in ADDRESSES]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("G-NAF/Authority Code/Authority_Code_FLAT_TYPE_AUT_psv.psv", "CODE|NAME\nUNIT|UNIT\n")
        for table, lines in {**TABLES, "ADDRESS_DETAIL": rows}.items():
            head = list(lines[0])
            text = "\r\n".join(["|".join(head), *("|".join(line[name] for name in head) for line in lines)])
            file.writestr(f"G-NAF/G-NAF NOVEMBER 2026/Standard/NSW_{table}_psv.psv", text + "\r\n")
    return path


@pytest.mark.parametrize("unpacked", [False, True])
def test_the_full_gnaf(gnaf_zip: Path, tmp_path: Path, unpacked: bool) -> None:
    path = gnaf_zip
    if unpacked:
        path = tmp_path / "unpacked"
        zipfile.ZipFile(gnaf_zip).extractall(path)
    to = tmp_path / "AU.addresses"
    report = build([Gnaf(path)], country="AU", to=to, about=ABOUT, progress=no_progress)
    assert report.counts["addresses"] == 4
    assert report.bad == {"of a street or locality that isn't in the tables": 1}
    index = Index(Container(to))
    for query, label in {
        "10 crown": "10 Crown Street, Surry Hills NSW 2010",
        "3/12a crown st": "3/12A Crown Street, Surry Hills NSW 2010",
        "lot 7 crown": "Lot 7 Crown Street, Surry Hills NSW 2010",
        "20 cleveland st nth": "20 Cleveland Street North, Surry Hills NSW 2010",
        # Another name of the locality, the name of the one beside it, and another name of the street.
        "10 crown st strawberry hills": "10 Crown Street, Surry Hills NSW 2010",
        "10 crown st redfern": "10 Crown Street, Surry Hills NSW 2010",
        "10 old crown rd": "10 Crown Street, Surry Hills NSW 2010",
        # The alias of an address leads to the principal one.
        "99 cleveland": "10 Crown Street, Surry Hills NSW 2010",
    }.items():
        assert (
            labels(index, query)[0].removeprefix("Old Crown Road, ").removeprefix("Cleveland Street North, ")
            == label
        )
    # Retired addresses are gone.
    assert labels(index, "11 crown") == ["Crown Street, Surry Hills NSW 2010"]


def test_a_zip_without_addresses_is_no_gnaf(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("readme.txt", "no")
    with pytest.raises(SourceUnreadable, match="no table ADDRESS_DETAIL"):
        Gnaf(tmp_path / "x.zip")


# ---- OpenAddresses and other CSV -----------------------------------------------------------------------------------

OPEN = [
    {
        "number": "12",
        "street": "MAIN ST",
        "unit": "",
        "city": "SPRINGFIELD",
        "region": "IL",
        "postcode": "62701",
    },
    {
        "number": "12",
        "street": "MAIN ST",
        "unit": "APT 4B",
        "city": "SPRINGFIELD",
        "region": "IL",
        "postcode": "62701",
    },
    {
        "number": "14-18",
        "street": "MAIN ST",
        "unit": "",
        "city": "SPRINGFIELD",
        "region": "IL",
        "postcode": "62701",
    },
    {
        "number": "",
        "street": "MAIN ST",
        "unit": "",
        "city": "SPRINGFIELD",
        "region": "IL",
        "postcode": "62701",
    },
    {
        "number": "12 1/2",
        "street": "MAIN ST",
        "unit": "",
        "city": "SPRINGFIELD",
        "region": "IL",
        "postcode": "62701",
    },
]


def written(path: Path, kind: str) -> Path:
    if "geojson" in kind:
        lines = [json.dumps({"type": "Feature", "properties": each, "geometry": None}) for each in OPEN]
    else:
        head = [*OPEN[0], "hash"]
        lines = [",".join(head).upper() if kind.startswith("CSV") else ",".join(head)]
        lines += [",".join((each | {"hash": "x"})[name] for name in head) for each in OPEN]
    content = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(content) if kind.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("kind", ["csv", "CSV", "csv.gz", "geojson", "geojson.gz"])
def test_openaddresses(tmp_path: Path, kind: str) -> None:
    source = OpenAddresses(written(tmp_path / f"x.{kind.lower()}", kind))
    rows = list(source.rows())
    assert [row for row in rows if isinstance(row, Row)] == [
        Row("Main St", "Springfield", "IL", "62701", 12),
        Row("Main St", "Springfield", "IL", "62701", 12, unit="4B", unit_kind="Apt"),
        Row("Main St", "Springfield", "IL", "62701", 14, end=18),
    ]
    assert [str(row) for row in rows if isinstance(row, BadRow)] == [
        "without a number",
        "with a number that isn't understood",
    ]
    assert 0 < source.read_bytes <= source.total_bytes


def test_a_region_for_files_that_do_not_say_theirs(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("NUMBER,STREET,CITY,POSTCODE\n1,Main St,Springfield,62701\n")
    row = next(iter(OpenAddresses(tmp_path / "x.csv", region="IL").rows()))
    assert isinstance(row, Row) and row.region == "IL"


def test_any_csv_by_a_map(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        "HouseNo;Via;Comune;CAP;Int\n12;Via Roma;Firenze;50123;\n14;Via Roma;Firenze;50123;3\n"
    )
    columns = {"number": "HouseNo", "street": "Via", "locality": "Comune", "postcode": "CAP", "unit": "Int"}
    rows = list(OpenAddresses(tmp_path / "x.csv", columns).rows())
    assert rows == [
        Row("Via Roma", "Firenze", "", "50123", 12),
        Row("Via Roma", "Firenze", "", "50123", 14, unit="3"),
    ]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceUnreadable, match=r"no column number, street; it has a, b"):
        list(OpenAddresses(tmp_path / "x.csv").rows())


def test_lines_that_are_no_features_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text('{"type": "Feature"}\n[1]\n{nope\n')
    assert [str(each) for each in OpenAddresses(tmp_path / "x.geojson").rows()] == [
        "that is no GeoJSON feature"
    ] * 3


def test_half_a_character_is_no_reason_to_stop(tmp_path: Path) -> None:
    feature = {"properties": {"number": "1", "street": "A\ud800 Street", "city": "Springfield \U0001f600"}}
    (tmp_path / "x.geojson").write_text(json.dumps(feature) + "\n")
    (row,) = OpenAddresses(tmp_path / "x.geojson").rows()
    assert isinstance(row, Row)
    assert (row.street, row.locality) == ("A? Street", "Springfield \U0001f600")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("12", ("", 12, "", 0, "")),
        ("12A", ("", 12, "A", 0, "")),
        ("A12", ("A", 12, "", 0, "")),
        ("12-14", ("", 12, "", 14, "")),
        ("12A-14B", ("", 12, "A", 14, "B")),
        ("14-12", ("", 14, "", 0, "")),
    ],
)
def test_numbers(given: str, expected: tuple[str, int, str, int, str]) -> None:
    assert number_of(given) == expected


@pytest.mark.parametrize("given", ["", "A", "12/3", "1234567", "½", "12 1/2"])
def test_what_is_no_number(given: str) -> None:
    with pytest.raises(BadRow):
        number_of(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ST KILDA", "St Kilda"),
        ("O'BRIEN", "O'Brien"),
        ("MCDONALD", "McDonald"),
        ("ISLE OF CAPRI", "Isle of Capri"),
        ("THE ENTRANCE", "The Entrance"),
        ("SMITH-JONES", "Smith-Jones"),
        ("KING'S", "King's"),
        ("Rue de la Paix", "Rue de la Paix"),
        ("ÉCOLE", "École"),
        ("", ""),
    ],
)
def test_capitals_are_shown_as_names(given: str, expected: str) -> None:
    assert shown(given) == expected


def test_a_streets_parts_in_full() -> None:
    assert street_shown("GEORGE", "ST", "N") == "George Street North"
    assert street_shown("THE ESPLANADE") == "The Esplanade"
