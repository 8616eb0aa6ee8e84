"""The files in use: replaced while they are asked, damaged, gone; and an interrupted build."""

import threading
from pathlib import Path

import pytest

from almoner.addresses import index_finder
from almoner.addresses.copies import Copies
from almoner.addresses.index.rows import Row
from almoner.addresses.index_finder import FinderFolder, IndexFinder
from almoner.addresses.port import FinderUnavailable
from almoner.addresses.tests.index_support import built, street


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(index_finder, "_LOOK_SECONDS", -1)
    path = tmp_path / "AU.addresses"
    built(street("George Street", "Sydney", "NSW", "2000", range(1, 100)), path)
    return path


def copies_of(path: Path) -> Copies:
    """A folder elsewhere: beside the file stands nothing."""
    return Copies(path.parent.with_name(path.parent.name + "-copies"))


def test_it_says_where_its_addresses_come_from(path: Path) -> None:
    finder = FinderFolder(path.parent, copies=copies_of(path)).get("AU")
    assert finder is not None
    assert (finder.source, finder.release, finder.attribution) == ("test", "2026-11", "Made for tests")
    address = finder.find("12 george")[0].address
    assert (address.origin, address.source, address.release) == ("chosen", "test", "2026-11")


def test_a_key_comes_back_as_what_was_shown(path: Path) -> None:
    finder = IndexFinder("AU", path, copies_of(path))
    for query in ("12 george", "3/12 george", "999 george", "unit 7 999 george st", "george"):
        for each in finder.find(query):
            assert finder.get(each.key) == each, query
    assert finder.get("1 Nowhere Street, Sydney NSW 2000") is None
    assert finder.get("") is None


def test_a_replaced_file_is_picked_up_under_load(path: Path) -> None:
    finder = IndexFinder("AU", path, copies_of(path))
    faults: list[BaseException] = []
    over = threading.Event()

    def ask() -> None:
        try:
            while not over.is_set():
                assert finder.find("12 george")[0].label.startswith("12 George Street")
        except BaseException as fault:  # noqa: BLE001 (told to the test)
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200, 230):
        rows = street("George Street", "Sydney", "NSW", "2000", range(1, number))
        built([*rows, Row("New Street", "Sydney", "NSW", "2000", number)], path)
    over.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert finder.find("229 new")[0].label == "229 New Street, Sydney NSW 2000"


@pytest.mark.parametrize("harm", ["damaged", "cut short", "empty", "gone", "of another country"])
def test_what_cannot_be_used_does_not_take_the_place_of_what_can(
    path: Path, harm: str, tmp_path: Path
) -> None:
    finder = IndexFinder("AU", path, copies_of(path))
    before = finder.find("12 george")
    content = path.read_bytes()
    path.unlink()
    if harm == "damaged":
        path.write_bytes(content[:-300] + bytes(300))
    elif harm == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "of another country":
        built(street("George Street", "Auckland", "", "1010", range(1, 100)), path, country="NZ")
    assert finder.find("12 george") == before
    with pytest.raises(FinderUnavailable):
        IndexFinder("AU", path, copies_of(path)).find("12 george")
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    assert IndexFinder("AU", path, copies_of(path)).find("12 george") == before == finder.find("12 george")


def test_an_interrupted_build_leaves_the_old_file(path: Path) -> None:
    before = path.read_bytes()

    def interrupted() -> object:
        yield Row("King Street", "Sydney", "NSW", "2000", 1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(interrupted(), path)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_build_without_any_address_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match="no row of 0 is an address"):
        built([], path)
    assert path.read_bytes() == before


def test_a_folder_has_the_finders_of_its_files(path: Path) -> None:
    folder = FinderFolder(path.parent, copies=copies_of(path))
    assert folder.get("AU") is folder.get("AU") is not None
    for country in ("NZ", "au", "", "../AU", "A" * 300, "AU\0"):
        assert folder.get(country) is None
    built(
        street("Queen Street", "Auckland", "", "1010", range(1, 9)),
        path.parent / "NZ.addresses",
        country="NZ",
    )
    added = folder.get("NZ")
    assert added is not None and added.find("1 queen")
    assert FinderFolder(path.parent / "nowhere", copies=copies_of(path)).get("AU") is None
