"""The drill: what was backed up stands again elsewhere, on whichever database the suite runs."""

import io
import json
import os
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from tests.support import databases, templates
from tests.support.databases import LiveDb

from almoner.charities import appendonly, audit
from almoner.charities.models import AuditEntry, Charity
from almoner.config import backups, dumps
from almoner.outbox.models import Job
from almoner.outbox.queue import enqueue


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: object) -> None:
    settings.DATA_DIR = tmp_path / "data"  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "data" / "media"  # type: ignore[attr-defined]
    (tmp_path / "data" / "media" / "images").mkdir(parents=True)


@pytest.fixture
def installation(live_db: LiveDb, tmp_path: Path) -> LiveDb:
    """A charity, an act in the audit log, a job, and a picture."""
    charity = Charity.objects.create(slug="tide", name="Tide", legal_name="Tide Ltd", country="AU",
                                     timezone="Australia/Sydney", currency="AUD", email="a@tide.example",
                                     mail_from="a@tide.example")  # fmt: skip
    audit.record(actor=None, charity=charity, action="made", object_type="charity", object_id=charity.pk)
    enqueue("mail", "one", {"receipt": 1})
    (tmp_path / "data" / "media" / "images" / "sea.png").write_bytes(b"\x89PNG sea")
    return live_db


@pytest.fixture
def elsewhere(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """An empty database, to which Django points from `moved` on."""
    url = templates.empty(f"almoner_restored_{uuid.uuid4().hex[:8]}", tmp_path)
    with django_db_blocker.unblock():
        yield url
    templates.drop(url)


def test_the_drill(installation: LiveDb, elsewhere: str, tmp_path: Path, settings: object) -> None:
    target = tmp_path / "almoner.tar"
    entries = backups.write(target)
    assert set(entries) == {next(iter(entries)), "media/images/sea.png"}
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.partial")] == []

    # Another machine, by the command, with nothing there.
    data = tmp_path / "other"
    said = templates.almoner(
        "restore",
        str(target),
        env={"ALMONER_MODE": "test", "ALMONER_DATABASE_URL": elsewhere, "ALMONER_DATA_DIR": str(data)},
    )
    assert "broken 0" in said
    assert (data / "media" / "images" / "sea.png").read_bytes() == b"\x89PNG sea"
    for _ in databases.borrowed(elsewhere, keep=True):
        assert Charity.objects.get().name == "Tide"
        assert AuditEntry.objects.get().action == "made"
        assert Job.objects.values_list("kind", "payload").get() == ("mail", {"receipt": 1})
        assert list(appendonly.missing(connection)) == []
        # The sequences went along: a new row takes the next key.
        enqueue("mail", "two")
        assert Job.objects.count() == 2


def test_nothing_is_overwritten_unless_told(installation: LiveDb, tmp_path: Path) -> None:
    target = tmp_path / "almoner.tar"
    backups.write(target)
    with pytest.raises(backups.PlaceTaken, match="exists already"):
        backups.write(target)
    enqueue("mail", "after the backup")
    (tmp_path / "data" / "media" / "images" / "later.png").write_bytes(b"later")
    with pytest.raises(backups.PlaceTaken, match="--force"):
        backups.restore(target, force=False)
    assert Job.objects.count() == 2

    backups.restore(target, force=True)
    assert Job.objects.values_list("dedupe_key", flat=True).get() == "one"
    assert sorted(path.name for path in (tmp_path / "data" / "media" / "images").iterdir()) == ["sea.png"]


def rewritten(
    source: Path, target: Path, *, spoil: str = "", add: str = "", drop: str = "", **manifest: object
) -> Path:
    """A copy of a backup with one member spoilt, added or dropped, or other words in its manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            content = file.read()
            if member.name == spoil:
                content = content[:-1] + b"!"
            if member.name == backups.MANIFEST:
                content = json.dumps(json.loads(content) | manifest).encode()
            if member.name != drop:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        if add:
            new.addfile(tarfile.TarInfo(add), io.BytesIO())
    return target


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spoil": "media/images/sea.png"}, "Damaged, missing or foreign: media/images/sea.png"),
        ({"drop": "media/images/sea.png"}, "Damaged, missing or foreign: media/images/sea.png"),
        ({"add": "media/images/foreign.png"}, "Damaged, missing or foreign: media/images/foreign.png"),
        ({"add": "../outside.txt"}, "../outside.txt has no place"),
        ({"drop": backups.MANIFEST}, "no manifest"),
        ({"format": 2}, "format 2"),
        ({"vendor": "oracle"}, "It holds oracle"),
        ({"migrations": ["giving.9999_from_the_future"]}, "Upgrade first"),
    ],
)
def test_a_backup_that_is_not_right_touches_nothing(
    installation: LiveDb, tmp_path: Path, change: dict[str, object], says: str
) -> None:
    source = tmp_path / "almoner.tar"
    backups.write(source)
    enqueue("mail", "after the backup")
    spoilt = rewritten(source, tmp_path / "spoilt.tar", **change)  # type: ignore[arg-type]
    with pytest.raises(backups.BackupInvalid, match=says):
        backups.restore(spoilt, force=True)
    assert Job.objects.count() == 2
    assert not (tmp_path / "outside.txt").exists()


def test_a_backup_cut_short_is_refused(installation: LiveDb, tmp_path: Path) -> None:
    source = tmp_path / "almoner.tar"
    backups.write(source)
    os.truncate(source, source.stat().st_size // 2)
    with pytest.raises(backups.BackupInvalid):
        backups.restore(source, force=True)
    assert Job.objects.count() == 1


def test_a_copy_is_of_one_moment_while_others_write(live_db: LiveDb, tmp_path: Path) -> None:
    enqueue("mail", "one")
    dumped = dumps.dump(tmp_path)
    enqueue("mail", "two")
    dumps.load(dumped)
    assert Job.objects.values_list("dedupe_key", flat=True).get() == "one"
