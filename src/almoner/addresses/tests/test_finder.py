import csv
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.addresses import demo_pack
from almoner.addresses.demo_pack import demo_finders
from almoner.addresses.finder import (
    Finder,
    FinderUnavailable,
    Suggestion,
    finder_for,
    use_finders,
    wants_manual_entry,
)
from almoner.addresses.postal import PostalAddress, format_lines, read_address

PACK = [entry.suggestion for finder in demo_finders().values() for entry in finder.entries]


@pytest.fixture
def australia() -> Finder:
    finder = finder_for("AU")
    assert finder is not None
    return finder


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    use_finders(None)
    demo_finders.cache_clear()


def labels(finder: Finder, query: str) -> list[str]:
    return [each.label for each in finder.find(query)]


def test_the_pack_is_what_it_says() -> None:
    counts = Counter(each.address.country for each in PACK)
    states = Counter(each.address.region for each in PACK if each.address.country == "AU")
    assert counts["AU"] >= 220
    assert set(states) == {"ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"}
    assert min(states.values()) >= 20
    assert counts["NZ"] >= 40 and counts["GB"] >= 60
    assert len({each.key for each in PACK}) == len(PACK)
    assert len({each.label for each in PACK}) == len(PACK)


def test_it_is_marked_as_a_demonstration(australia: Finder) -> None:
    assert (australia.country, australia.source, australia.release) == (
        "AU",
        "demo-public-buildings",
        "2026-11",
    )
    assert (
        australia.attribution == "A small demonstration set of public buildings, not a national address file."
    )


@pytest.mark.parametrize("suggestion", PACK, ids=lambda each: each.key)
def test_every_row_is_an_address_of_its_country_and_finds_itself(suggestion: Suggestion) -> None:
    address = suggestion.address
    assert read_address(address.country, address.values()).compared_with(address) == address
    assert address.origin == "chosen" and address.source and address.release
    lines = format_lines(address, with_country=False)
    assert suggestion.label.endswith(", ".join(lines))
    finder = finder_for(address.country)
    assert finder is not None
    assert finder.find(suggestion.label)[0] == suggestion
    assert finder.get(suggestion.key) == suggestion


def test_the_file_has_no_stray_spaces() -> None:
    with Path(demo_pack.__file__).with_name("demo_pack.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert None not in row.values()
            assert all(value == " ".join(value.split()) for value in row.values()), row


@pytest.mark.parametrize(
    "query",
    [
        "Sydney Town Hall",
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
def test_words_in_any_order_form_and_case_find_a_building(australia: Finder, query: str) -> None:
    assert labels(australia, query)[0] == "Sydney Town Hall, 483 George Street, Sydney NSW 2000"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("uni newcastle", "University of Newcastle"),
        ("saint kilda town hall", "St Kilda Town Hall"),
        ("mt gambier library", "Mount Gambier Library"),
        ("288 nth tce", "Ayers House"),
        ("oconnell st kingswood", "NSW State Archives"),
        ("O’Connell St", "NSW State Archives"),
        ("war memorial", "Australian War Memorial"),
    ],
)
def test_short_forms_and_apostrophes(australia: Finder, query: str, found: str) -> None:
    assert labels(australia, query)[0].startswith(found)


def test_accents_may_be_left_out() -> None:
    finder = finder_for("nz")
    assert finder is not None
    assert labels(finder, "turanga")[0].startswith("Tūranga Library")


def test_the_number_with_its_street_stands_first(australia: Finder) -> None:
    found = labels(australia, "george street 2")
    assert found[0].startswith("Queensland University of Technology, 2 George Street")
    assert any("266 George Street" in each for each in found[1:])


def test_a_number_on_another_street_stands_behind_it(
    restored: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = "country,name,street,dependent_locality,locality,region,postcode"
    rows = ("George Hall,2 King Street", "Zoo,2 George Street", "George Mill,20 George Street")
    lines = [columns, *(f"AU,{row},,Sydney,NSW,2000" for row in rows)]
    (tmp_path / "demo_pack.csv").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(demo_pack, "__file__", str(tmp_path / "demo_pack.py"))
    demo_finders.cache_clear()
    found = [each.key for each in demo_finders()["AU"].find("george 2")]
    assert found == ["au-zoo", "au-george-hall", "au-george-mill"]


def test_a_name_that_begins_so_stands_before_a_street_of_that_name(australia: Finder) -> None:
    found = labels(australia, "sydney town")
    assert found[0].startswith("Sydney Town Hall")
    assert any("Sydney Road" in each for each in found)


@pytest.mark.parametrize("query", ["", "  ", "!?", "no such building", "483 georgex", "\x00"])
def test_nothing_is_found_without_a_word_that_fits(australia: Finder, query: str) -> None:
    assert australia.find(query) == ()


def test_limits_are_held(australia: Finder) -> None:
    assert len(australia.find("nsw")) == 8
    assert len(australia.find("nsw", limit=3)) == 3
    assert len(australia.find("nsw", limit=10_000)) == 20
    assert len(australia.find("nsw", limit=-1)) == 1
    assert australia.find("sydney " * 30 + "no such word") == australia.find("sydney " * 28)


def test_an_unknown_key_is_none(australia: Finder) -> None:
    assert australia.get("au-no-such-place") is None
    assert australia.get("") is None


@given(query=st.text(max_size=400), limit=st.integers())
def test_any_text_is_a_query(query: str, limit: int) -> None:
    finder = finder_for("AU")
    assert finder is not None
    found = finder.find(query, limit=limit)
    assert len(found) <= 20
    assert wants_manual_entry(query) in (True, False)
    assert finder.get(query) is None


def test_a_search_takes_less_than_a_millisecond(australia: Finder) -> None:
    queries = ["s", "town hall", "483 george", "library nsw", "no such place at all"]
    best = {query: min(_cpu_seconds(australia, query) for _turn in range(20)) for query in queries}
    assert max(best.values()) < 0.001, best


def _cpu_seconds(finder: Finder, query: str) -> float:
    start = time.process_time()
    for _turn in range(10):
        finder.find(query)
    return (time.process_time() - start) / 10


@pytest.mark.parametrize("country", ["JP", "ZZ", "", "\x00", "de"])
def test_a_country_without_a_pack_has_no_finder(country: str) -> None:
    assert finder_for(country) is None


def test_other_finders_can_stand_in(restored: None, australia: Finder) -> None:
    use_finders(())
    assert finder_for("AU") is None
    use_finders([australia])
    assert finder_for("AU") is australia
    assert finder_for("NZ") is None
    use_finders(None)
    assert finder_for("NZ") is not None


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"country,name\nAU,x\n"])
def test_an_unreadable_pack_opens_the_manual_fields(
    restored: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "demo_pack.csv").write_bytes(content)
    monkeypatch.setattr(demo_pack, "__file__", str(tmp_path / "demo_pack.py"))
    demo_finders.cache_clear()
    with pytest.raises(FinderUnavailable):
        demo_finders()
    assert finder_for("AU") is None


def test_a_building_without_a_number_is_known_by_its_name(australia: Finder) -> None:
    suggestion = australia.find("Sydney Opera House")[0]
    assert suggestion.address == PostalAddress(
        country="AU", line1="Sydney Opera House", line2="Bennelong Point", locality="Sydney", region="NSW",
        postcode="2000", origin="chosen", source="demo-public-buildings", release="2026-11",
    )  # fmt: skip
    assert suggestion.label == "Sydney Opera House, Bennelong Point, Sydney NSW 2000"


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
