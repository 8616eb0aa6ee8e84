"""What is typed and what is found: the corner cases of real addresses."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.addresses.index import searching
from almoner.addresses.index.container import Container
from almoner.addresses.index.rows import Row
from almoner.addresses.index.searching import Index
from almoner.addresses.rendering import suggestion_of
from almoner.addresses.tests.index_support import built, index_of, street

FLATS = [
    Row("George Street", "Sydney", "NSW", "2000", 12, unit=str(unit), unit_kind="Unit")
    for unit in range(1, 40)
]
AUSTRALIA = [
    *street("George Street", "Sydney", "NSW", "2000", range(1, 700)),
    *street("George Street", "Redfern", "NSW", "2016", range(1, 70)),
    *street("George Street", "Brisbane City", "QLD", "4000", range(1, 300, 2)),
    *street("George Street North", "Sydney", "NSW", "2000", range(1, 9)),
    *street("Georges River Road", "Croydon Park", "NSW", "2133", range(1, 200)),
    *street("St Kilda Road", "Melbourne", "VIC", "3004", range(1, 600, 2)),
    *street("Carlisle Street", "St Kilda", "VIC", "3182", range(1, 300)),
    *street("George Street", "St Kilda", "VIC", "3182", range(1, 40)),
    *street("Mount Street", "North Sydney", "NSW", "2060", range(1, 120)),
    *street("Mount Street", "Perth", "WA", "6000", range(1, 120)),
    *street("The Esplanade", "Cairns City", "QLD", "4870", range(1, 200)),
    *street("O'Connell Street", "North Adelaide", "SA", "5006", range(1, 200)),
    *street("Gorge Road", "Campbelltown", "SA", "5074", range(1, 60)),
    *street("Old South Head Road", "Vaucluse", "NSW", "2030", range(1, 900)),
    *street("Broadway", "Ultimo", "NSW", "2007", range(1, 300)),
    *street("King Street", "Newtown", "NSW", "2042", range(1, 700)),
    *street("Pitt Street", "Sydney", "NSW", "2000", range(1, 500)),
    *street("Main Road", "Springfield", "QLD", "4300", range(1, 90)),
    *street("Main Road", "Springfield", "NSW", "2250", range(1, 90)),
    *FLATS,
    Row("Alison Road", "Randwick", "NSW", "2031", 109, end=111),
    Row("Alison Road", "Randwick", "NSW", "2031", 12, suffix="A"),
    Row("Alison Road", "Randwick", "NSW", "2031", 12, suffix="B"),
    Row("Pitt Street", "Sydney", "NSW", "2000", 130, level="Level 7", unit="701", unit_kind="Suite"),
    Row("Pitt Street", "Sydney", "NSW", "2000", 131, unit="3", unit_kind="Shop"),
    *(Row("Pitt Street", "Sydney", "NSW", "2000", 133, unit=f"G0{unit}") for unit in range(1, 6)),
    Row("Farm Lane", "Yass", "NSW", "2582", 5, lot=True),
    Row("Long Track", "Yass", "NSW", "2582", 10_650),
    Row("George Street", "Sydney", "NSW", "2000", 483, building="Sydney Town Hall"),
]


@pytest.fixture(scope="module")
def australia(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(AUSTRALIA, tmp_path_factory.mktemp("au") / "AU.addresses")


def labels(index: Index, query: str, limit: int = 5) -> list[str]:
    return [suggestion_of(index, hit).label for hit in index.find(query, limit=limit)]


def best(index: Index, query: str) -> str:
    return labels(index, query, 1)[0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("12 geor", "12 George Street, Sydney NSW 2000"),
        ("3/12 geor", "3/12 George Street, Sydney NSW 2000"),
        ("unit 3 12 george st sydney", "3/12 George Street, Sydney NSW 2000"),
        ("u3/12 george st, sydney nsw 2000", "3/12 George Street, Sydney NSW 2000"),
        ("12 george redfern", "12 George Street, Redfern NSW 2016"),
        ("12 george st redf", "12 George Street, Redfern NSW 2016"),
        ("12 george street 2016", "12 George Street, Redfern NSW 2016"),
        ("12 george st qld", "George Street, Brisbane City QLD 4000"),
        ("13 george st brisbane", "13 George Street, Brisbane City QLD 4000"),
        ("sydney 12 george", "12 George Street, Sydney NSW 2000"),
        ("redfern 12 george st", "12 George Street, Redfern NSW 2016"),
        ("george st 12 redfern", "12 George Street, Redfern NSW 2016"),
        ("1 george st north sydney", "1 George Street North, Sydney NSW 2000"),
        ("41 st kilda rd", "41 St Kilda Road, Melbourne VIC 3004"),
        ("41 saint kilda road melb", "41 St Kilda Road, Melbourne VIC 3004"),
        ("99 carlisle st kilda", "99 Carlisle Street, St Kilda VIC 3182"),
        ("99 carlisle street saint kilda", "99 Carlisle Street, St Kilda VIC 3182"),
        ("10 mt st nth sydney", "10 Mount Street, North Sydney NSW 2060"),
        ("10 mount st perth", "10 Mount Street, Perth WA 6000"),
        ("10 esplanade cairns", "10 The Esplanade, Cairns City QLD 4870"),
        ("10 the esplanade", "10 The Esplanade, Cairns City QLD 4870"),
        ("10 oconnell st", "10 O'Connell Street, North Adelaide SA 5006"),
        ("10 O’Connell Street", "10 O'Connell Street, North Adelaide SA 5006"),
        ("100 south head", "100 Old South Head Road, Vaucluse NSW 2030"),
        ("100 broadway", "100 Broadway, Ultimo NSW 2007"),
        ("12a alison", "12A Alison Road, Randwick NSW 2031"),
        ("109 alison rd", "109-111 Alison Road, Randwick NSW 2031"),
        ("111 alison rd", "109-111 Alison Road, Randwick NSW 2031"),
        ("109-111 alison rd", "109-111 Alison Road, Randwick NSW 2031"),
        ("level 7 suite 701 130 pitt st", "Level 7, Suite 701, 130 Pitt Street, Sydney NSW 2000"),
        ("shop 3/131 pitt", "Shop 3, 131 Pitt Street, Sydney NSW 2000"),
        ("g03/133 pitt", "G03/133 Pitt Street, Sydney NSW 2000"),
        ("g05/133 pitt st sydney", "G05/133 Pitt Street, Sydney NSW 2000"),
        ("lot 5 farm lane", "Lot 5 Farm Lane, Yass NSW 2582"),
        ("10650 long track", "10650 Long Track, Yass NSW 2582"),
        ("sydney town hall", "Sydney Town Hall, 483 George Street, Sydney NSW 2000"),
        ("7 main rd springfield nsw", "7 Main Road, Springfield NSW 2250"),
        ("7 main rd springfield 4300", "7 Main Road, Springfield QLD 4300"),
    ],
)
def test_found_first(australia: Index, query: str, found: str) -> None:
    assert best(australia, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("12 gerge st sydney", "12 George Street, Sydney NSW 2000"),
        ("12 geeorge st sydney", "12 George Street, Sydney NSW 2000"),
        ("12 goerge st sydney", "12 George Street, Sydney NSW 2000"),
        ("12 deorge st sydney", "12 George Street, Sydney NSW 2000"),
        ("12 eorge st sydney", "12 George Street, Sydney NSW 2000"),
        ("12 george st sydny", "12 George Street, Sydney NSW 2000"),
        ("12 george st redfren", "12 George Street, Redfern NSW 2016"),
        ("12 goer", "12 George Street, Sydney NSW 2000"),
        # "street" begins no place's name, whatever follows.
        ("12 george street redfrn", "12 George Street, Redfern NSW 2016"),
        # What stands before the number may be a building, but first it may be a place.
        ("redfrn 12 george st", "12 George Street, Redfern NSW 2016"),
        ("redfren, 12 george street", "12 George Street, Redfern NSW 2016"),
        ("99 carlilse st kilda", "99 Carlisle Street, St Kilda VIC 3182"),
        ("10 esplnade cairns", "10 The Esplanade, Cairns City QLD 4870"),
        ("10 esplnaed cairns", "10 The Esplanade, Cairns City QLD 4870"),
    ],
)
def test_slips_of_the_finger(australia: Index, query: str, found: str) -> None:
    assert best(australia, query) == found


def test_the_building_stands_above_its_flats(australia: Index) -> None:
    assert labels(australia, "12 george st sydney")[0] == "12 George Street, Sydney NSW 2000"
    assert not any("/12" in label for label in labels(australia, "12 george st sydney"))


@pytest.mark.parametrize(
    "query", ["9999 george st sydney", "2 st kilda road", "13c alison rd", "113 alison rd", "110 alison rd"]
)
def test_a_number_that_does_not_exist_is_never_made_up(australia: Index, query: str) -> None:
    hits = australia.find(query, limit=8)
    assert hits
    for hit in hits:
        suggestion = suggestion_of(australia, hit)
        assert hit.house is None and not suggestion.known
        assert not suggestion.label[0].isdigit()
        # What was typed is kept for the field.
        assert suggestion.address.line1.startswith(hit.reading.numbered)


def test_a_flat_that_is_not_known_keeps_what_was_typed(australia: Index) -> None:
    suggestion = suggestion_of(australia, australia.find("99/12 george st sydney", limit=1)[0])
    assert (suggestion.address.line1, suggestion.known) == ("99/12 George Street", False)


@pytest.mark.parametrize("query", ["", " ", "/", "12", "3/12", "!!!", "zzzzqqq", "\0", "12 " + "x" * 300])
def test_nothing_is_found_for_nothing(australia: Index, query: str) -> None:
    assert australia.find(query, limit=8) == []


def test_a_text_of_many_short_words_is_not_split_without_end(
    australia: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    ranges = Index._ranges
    monkeypatch.setattr(Index, "_ranges", lambda *args, **more: looked.append(1) or ranges(*args, **more))
    australia.find("a the st mt n s 1 12 a the st mt s n a st mt the n s st a mt", limit=8)
    assert 20 < len(looked) <= searching._MOST_SPLITS


def test_an_address_found_has_its_sources_identifier(tmp_path: Path) -> None:
    rows = [
        Row("King Street", "Sydney", "NSW", "2000", 12, source_id="GANSW700000012"),
        Row("King Street", "Sydney", "NSW", "2000", 12, unit="3", source_id="GANSW700000013"),
        Row("King Street", "Sydney", "NSW", "2000", 14, end=16, source_id="GANSW700000014"),
    ]
    built(rows, tmp_path / "AU.addresses", ids=True)
    index = Index(Container(tmp_path / "AU.addresses"))
    for query, identifier in {
        "12 king": "GANSW700000012", "3/12 king": "GANSW700000013", "16 king st": "GANSW700000014", "99 king": "",
    }.items():  # fmt: skip
        assert index.identifier(index.find(query, limit=1)[0]) == identifier, query
    without = index_of(rows, tmp_path / "without.addresses")
    assert without.identifier(without.find("12 king", limit=1)[0]) == ""


def test_every_address_finds_itself(australia: Index) -> None:
    for row in AUSTRALIA[::7] + AUSTRALIA[-12:]:
        number = (
            f"Lot {row.number}"
            if row.lot
            else f"{row.number}{row.suffix}" + (f"-{row.end}" if row.end else "")
        )
        unit = f"{row.unit_kind} {row.unit} " if row.unit else ""
        line = f"{unit}{number} {row.street} {row.locality} {row.region} {row.postcode}"
        hit = australia.find(line, limit=1)[0]
        found = (
            australia.name_of(hit.street),
            *australia.place_of(hit.street),
            hit.house and hit.house.number,
        )
        assert found == (row.street, row.locality, row.region, row.postcode, row.number), line


@pytest.mark.parametrize(
    ("country", "row", "query", "label"),
    [
        ("DE", Row("Hauptstraße", "Berlin", "", "10115", 12, suffix="a"),
         "hauptstr 12a berlin", "Hauptstraße 12A, 10115 Berlin"),
        ("DE", Row("Hauptstraße", "Berlin", "", "10115", 12),
         "10115 berlin haupts 12", "Hauptstraße 12, 10115 Berlin"),
        ("NL", Row("Keizersgracht", "Amsterdam", "", "1015 CJ", 100),
         "keizersgr 100 amst", "Keizersgracht 100, 1015 CJ AMSTERDAM"),
        ("IS", Row("Laugavegur", "Reykjavík", "", "101", 12),
         "laugavegur 12", "Laugavegur 12, 101 Reykjavík"),
        ("FR", Row("Rue de la Paix", "Paris", "", "75002", 12),
         "12 rue de la paix", "12 Rue de la Paix, 75002 PARIS"),
        ("GB", Row("High Street", "Oxford", "", "OX1 4AH", 7, unit="3", unit_kind="Flat"),
         "flat 3 7 high st oxford", "Flat 3, 7 High Street, OXFORD, OX1 4AH"),
        ("GB", Row("High Street", "Oxford", "", "OX1 4AH", 7),
         "7 high street ox1 4ah", "7 High Street, OXFORD, OX1 4AH"),
        ("US", Row("N Main St", "Springfield", "IL", "62701", 123, unit="4B", unit_kind="Apt"),
         "123 north main street apt 4b", "123 N Main St Apt 4B, SPRINGFIELD, IL 62701"),
        ("CA", Row("Main St", "Toronto", "ON", "M4C 4X7", 20),
         "20 main st toronto m4c", "20 Main St, TORONTO ON M4C 4X7"),
        ("NZ", Row("Queen Street", "Auckland", "", "1010", 246),
         "246 queen st", "246 Queen Street, Auckland 1010"),
    ],
)  # fmt: skip
def test_the_order_of_each_country(tmp_path: Path, country: str, row: Row, query: str, label: str) -> None:
    index = index_of([row], tmp_path / "x.addresses", country=country)
    assert best(index, query).lower() == label.lower()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=220) | st.text(alphabet="0123456789/-, abcdegorstuyn", max_size=60))
def test_any_text_is_a_query(australia: Index, query: str) -> None:
    for hit in australia.find(query, limit=8):
        suggestion_of(australia, hit)
