"""The copies that are searched: one of each content, shared, verified, cleared; and what becomes where none can be."""

import multiprocessing
import os
import tempfile
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from almoner.addresses import copies as room
from almoner.addresses import index_finder
from almoner.addresses.copies import Copies
from almoner.addresses.index.container import IndexUnusable
from almoner.addresses.index.searching import Index
from almoner.addresses.index_finder import IndexFinder
from almoner.addresses.port import FinderUnavailable
from almoner.addresses.tests.index_support import built, street


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "AU.addresses"
    built(street("George Street", "Sydney", "NSW", "2000", range(1, 100)), path)
    return path


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "copies")


def standing(copies: Copies) -> list[Path]:
    return sorted(copies.folder.glob("[!.]*"))


def first_of(index: Index) -> int:
    return len(index.find("12 george", limit=5))


def test_one_copy_of_one_content_which_nobody_may_write(path: Path, copies: Copies) -> None:
    one, two = copies.opened(path), copies.opened(path)
    (copy,) = standing(copies)
    assert copy.name == f"AU.{one.fingerprint}.copy" and copy.read_bytes() == path.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o400 and copy.stat().st_ino != path.stat().st_ino
    assert one.fingerprint == two.fingerprint


def test_a_copy_is_cleared_when_nobody_has_it_open(path: Path, copies: Copies) -> None:
    old = Index(copies.opened(path))
    built(street("King Street", "Sydney", "NSW", "2000", range(1, 100)), path)
    new = copies.opened(path)
    copies.clear("AU", but=new.fingerprint)
    assert len(standing(copies)) == 2 and first_of(old) == 1
    del old
    copies.clear("NZ")
    assert len(standing(copies)) == 2
    copies.clear("AU", but=new.fingerprint)
    assert [copy.name for copy in standing(copies)] == [f"AU.{new.fingerprint}.copy"]


def test_a_damaged_file_is_refused_though_a_copy_of_it_stands(path: Path, copies: Copies) -> None:
    copies.opened(path)
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"AU\.addresses: damaged in "):
        copies.opened(path)


def test_of_a_damaged_file_no_copy_is_kept(path: Path, copies: Copies) -> None:
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"AU\.addresses: damaged in "):
        copies.opened(path)
    assert standing(copies) == []


def test_a_copy_that_rotted_is_made_again(path: Path, copies: Copies) -> None:
    copies.opened(path)
    (copy,) = standing(copies)
    copy.chmod(0o600)
    copy.write_bytes(copy.read_bytes()[:-100])
    assert first_of(Index(copies.opened(path))) == 1
    assert standing(copies) == [copy] and copy.read_bytes() == path.read_bytes()


def test_what_a_killed_process_left_half_copied_is_made_anew(path: Path, copies: Copies) -> None:
    copies.folder.mkdir()
    (copies.folder / "AU.making").write_bytes(path.read_bytes()[:100])
    copy = copies.opened(path)
    assert [each.name for each in standing(copies)] == [f"AU.{copy.fingerprint}.copy"]


def _open_together(path: Path, copies: Copies, begin: Barrier, done: Barrier) -> None:
    begin.wait(180)
    container = copies.opened(path)
    inode = os.fstat(container._file.fileno()).st_ino
    (copies.folder.parent / f"seen-{os.getpid()}").write_text(str(inode))
    done.wait(180)


def test_workers_that_start_at_once_share_one(path: Path, copies: Copies) -> None:
    context = multiprocessing.get_context("fork")
    begin, done = context.Barrier(4), context.Barrier(4)
    workers = [context.Process(target=_open_together, args=(path, copies, begin, done)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    seen = [each.read_text() for each in path.parent.glob("seen-*")]
    (copy,) = standing(copies)
    assert seen == [str(copy.stat().st_ino)] * 4


def test_without_a_folder_to_write_in_a_process_has_a_nameless_one(path: Path, tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("")
    index = Index(Copies(tmp_path / "no-folder/copies").opened(path))
    path.write_bytes(b"")
    assert first_of(index) == 1


def test_a_full_disk_is_said_and_asked_again(
    path: Path,
    copies: Copies,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(index_finder, "_LOOK_SECONDS", -1)
    monkeypatch.setattr(index_finder, "_REST_SECONDS", -1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    finder = IndexFinder("AU", path, copies)
    with monkeypatch.context() as full:
        full.setattr(room, "_KEPT_FREE_BYTES", 1 << 60)
        with pytest.raises(FinderUnavailable):
            finder.find("12 george")
        assert "a copy needs" in caplog.text and "MiB free" in caplog.text
        assert standing(copies) == []
    assert finder.find("12 george")[0].label == "12 George Street, Sydney NSW 2000"
    with monkeypatch.context() as full:
        full.setattr(room, "_KEPT_FREE_BYTES", 1 << 60)
        built(street("George Street", "Perth", "WA", "6000", range(1, 100)), path)
        assert finder.find("12 george")[0].label == "12 George Street, Sydney NSW 2000"
        assert "what was open stays in use" in caplog.text
    assert finder.find("12 george")[0].label == "12 George Street, Perth WA 6000"
    assert len(standing(copies)) == 1
