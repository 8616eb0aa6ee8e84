"""The demonstration's pack through the port that every finder has, and which queries are none for a finder."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from almoner.addresses import demo_pack
from almoner.addresses.finder import Finder, finder_for, use_finders, use_folder, wants_manual_entry
from almoner.addresses.postal import PostalAddress, read_address

with demo_pack._PACK.open(encoding="utf-8", newline="") as _file:
    PACK = list(csv.DictReader(_file))


@pytest.fixture
def australia() -> Finder:
    finder = finder_for("AU")
    assert finder is not None
    return finder


def labels(finder: Finder, query: str) -> list[str]:
    return [each.label for each in finder.find(query)]


def test_the_pack_is_what_it_says() -> None:
    counts = Counter(line["country"] for line in PACK)
    states = Counter(line["region"] for line in PACK if line["country"] == "AU")
    assert counts["AU"] >= 220
    assert set(states) == {"ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"}
    assert min(states.values()) >= 20
    assert counts["NZ"] >= 40 and counts["GB"] >= 60


def test_it_is_marked_as_a_demonstration(australia: Finder) -> None:
    assert (australia.country, australia.source, australia.release) == (
        "AU",
        "demo-public-buildings",
        "2026-11",
    )
    assert (
        australia.attribution == "A small demonstration set of public buildings, not a national address file."
    )


@pytest.mark.parametrize("line", PACK, ids=lambda line: f"{line['country']}-{line['name']}")
def test_every_building_is_found_by_its_name_as_an_address_of_its_country(line: dict[str, str]) -> None:
    finder = finder_for(line["country"])
    assert finder is not None
    query = f"{line['name']} {line['dependent_locality'] or line['locality']}"
    found = finder.find(query)[0]
    address = found.address
    assert found.label.startswith(f"{line['name']}, ")
    assert (address.locality, address.dependent_locality, address.postcode) == (
        line["locality"],
        line["dependent_locality"],
        line["postcode"],
    )
    assert line["street"] in (address.line1, address.line2)
    assert read_address(address.country, address.values()).compared_with(address) == address
    assert address.origin == "chosen" and address.source and address.release
    assert finder.get(found.key) is not None


def test_the_file_has_no_stray_spaces() -> None:
    for line in PACK:
        assert None not in line.values()
        assert all(value == " ".join(value.split()) for value in line.values()), line


@pytest.mark.parametrize(
    "query",
    [
        "483 George Street",
        "483 george st",
        "george st 483",
        "GEORGE 483 SYDNEY",
        "483 George St, Sydney, 2000",
        "483 geo",
        "  483,george.street  ",
        "４８３ George",
    ],
)
def test_an_address_in_any_order_form_and_case(australia: Finder, query: str) -> None:
    assert labels(australia, query)[0] == "483 George Street, Sydney NSW 2000"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Sydney Town Hall", "Sydney Town Hall, 483 George Street, Sydney NSW 2000"),
        ("uni newcastle", "University of Newcastle"),
        ("saint kilda town hall", "St Kilda Town Hall"),
        ("mt gambier library", "Mount Gambier Library"),
        ("288 nth tce", "288 North Terrace"),
        ("war memorial", "Australian War Memorial"),
        ("art gallery new south", "Art Gallery of New South Wales"),
        ("melbourn museum", "Melbourne Museum"),
    ],
)
def test_names_short_forms_and_slips(australia: Finder, query: str, found: str) -> None:
    assert labels(australia, query)[0].startswith(found)


def test_accents_may_be_left_out() -> None:
    finder = finder_for("nz")
    assert finder is not None
    assert labels(finder, "turanga")[0].startswith("Tūranga")


@pytest.mark.parametrize("query", ["", "  ", "!?", "no such building", "\x00"])
def test_nothing_is_found_without_a_word_that_fits(australia: Finder, query: str) -> None:
    assert australia.find(query) == ()


def test_limits_are_held(australia: Finder) -> None:
    assert len(australia.find("library")) == 8
    assert len(australia.find("library", limit=3)) == 3
    assert len(australia.find("library", limit=10_000)) == 20
    assert len(australia.find("library", limit=-1)) == 1


@given(query=st.text(max_size=400), limit=st.integers())
def test_any_text_is_a_query(query: str, limit: int) -> None:
    finder = finder_for("AU")
    assert finder is not None
    assert len(finder.find(query, limit=limit)) <= 20
    assert wants_manual_entry(query) in (True, False)


@pytest.mark.parametrize("country", ["JP", "ZZ", "", "\x00", "de"])
def test_a_country_without_a_file_has_no_finder(country: str) -> None:
    assert finder_for(country) is None


def test_other_finders_can_stand_in(finders: None, australia: Finder) -> None:
    use_finders(())
    assert finder_for("AU") is None
    use_finders([australia])
    assert finder_for("AU") is australia
    assert finder_for("NZ") is None
    use_folder(settings.ADDRESSES_DIR, copies=settings.ADDRESS_COPIES_DIR)
    assert finder_for("NZ") is not None


def test_a_damaged_file_opens_the_manual_fields(finders: None, tmp_path: Path) -> None:
    demo_pack.ensure(tmp_path)
    (tmp_path / "AU.addresses").write_bytes(b"nothing of the kind")
    use_folder(tmp_path, copies=tmp_path / "copies")
    assert finder_for("AU") is None
    assert finder_for("NZ") is not None


def test_the_pack_leaves_a_real_file_alone_and_mends_its_own(tmp_path: Path) -> None:
    demo_pack.ensure(tmp_path)
    path, content = tmp_path / "AU.addresses", (tmp_path / "AU.addresses").read_bytes()
    path.write_bytes(content[:100])
    demo_pack.ensure(tmp_path)
    assert len(path.read_bytes()) == len(content)
    about = demo_pack.About(source="G-NAF", release="2026-08")
    demo_pack.build([demo_pack.Pack("AU")], country="AU", to=path, about=about, progress=lambda *_: None)
    real = path.read_bytes()
    demo_pack.ensure(tmp_path)
    assert path.read_bytes() == real


def test_a_building_without_a_number_is_known_by_its_name(australia: Finder) -> None:
    suggestion = australia.find("Sydney Opera House")[0]
    assert suggestion.address == PostalAddress(
        country="AU", line1="Sydney Opera House", line2="Bennelong Point", locality="Sydney", region="NSW",
        postcode="2000", origin="chosen", source="demo-public-buildings", release="2026-11",
    )  # fmt: skip
    assert suggestion.label == "Sydney Opera House, Bennelong Point, Sydney NSW 2000"
    assert australia.get(suggestion.key) == suggestion


@pytest.mark.parametrize(
    "query",
    [
        "PO Box 12",
        "po box",
        "P.O. Box 12, Fitzroy",
        "p o box 3",
        "POBox 3",
        "GPO Box 2291",
        "G.P.O. Box 1",
        "Post Office Box 9",
        "Locked Bag 3",
        "Private Bag 12",
        "Community Mail Bag 4",
        "c/o Jane Doe",
        "C/- Smith, 12 High St",
        "Jane Doe (c/o Post Office)",
        "care of Jane",
        "Care PO",
        "RMB 1234",
        "rsd 5",
        "Poste Restante",
        "Parcel Locker 10",
        "BFPO 61",
        "Postfach 12",
        "صندوق بريد 12",
        "ص.ب 12",
    ],
)
def test_what_is_no_street_is_seen_early(query: str) -> None:
    assert wants_manual_entry(query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "12 Box Hill Road",
        "Boxhill",
        "1 Pob Street",
        "Carew Street",
        "Care Street",
        "RMB",
        "12 Bag Lane",
        "5/18 George",
        "c/12 High St",
        "Apo Box Lane",
        "Post Office Lane",
        "Private Road",
        "1 Poste St",
    ],
)
def test_streets_are_left_to_the_finder(query: str) -> None:
    assert not wants_manual_entry(query)
