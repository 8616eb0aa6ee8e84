"""The file: what is damaged, cut short or of another version is refused with what to do."""

from pathlib import Path

import pytest

from almoner.addresses.index import container
from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.tests.index_support import built, street


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "AU.addresses"
    built(street("George Street", "Sydney", "NSW", "2000", range(1, 100)), path)
    return path


def test_a_sound_file_opens(path: Path) -> None:
    assert Container(path).meta["counts"]["addresses"] == 99


def test_every_flipped_byte_of_contents_and_sections_is_noticed(path: Path) -> None:
    sound = path.read_bytes()
    padding = unused(path)
    for at in range(0, len(sound), max(1, len(sound) // 400)):
        if at in padding:
            continue
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :])
        with pytest.raises(IndexUnusable, match=r"damaged|version|not an address index|cut short"):
            Container(path)


def unused(path: Path) -> set[int]:
    """Bytes that mean nothing: what fills a section up to eight, and the header's end."""
    file = Container(path)
    used = set(range(48)) | set(range(48, 56))
    for where in file._sections.values():
        used |= set(range(where["at"], where["at"] + where["bytes"]))
    contents_at = max(where["at"] + where["bytes"] for where in file._sections.values())
    return set(range(contents_at)) - used


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 200, -1, -100])
def test_a_file_cut_short_is_refused(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(IndexUnusable, match=r"cut short|not an address index"):
        Container(path)


def test_another_version_is_refused_with_both_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "VERSION", 2)
    with pytest.raises(IndexUnusable, match="of version 1, and this release reads version 2; build it again"):
        Container(path)


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(IndexUnusable, match="not an address index"):
        Container(tmp_path / "x")


def test_a_build_that_fails_leaves_what_stood(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(container, "_placed", full)
    with pytest.raises(OSError, match="No space"):
        built(street("King Street", "Sydney", "NSW", "2000", range(1, 10)), path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
