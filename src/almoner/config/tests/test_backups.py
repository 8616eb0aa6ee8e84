"""The drill: what was backed up stands again elsewhere, on whichever database the suite runs."""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from tests.support import databases, templates
from tests.support.databases import LiveDb
from tests.support.server import Site, wait_until

from almoner.charities import appendonly, audit
from almoner.charities.models import AuditEntry, Charity
from almoner.config import backups, dumps, presence
from almoner.outbox.models import Job, Periodic
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


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (b"{", "manifest can't be read"),
        (b"\xff\xfe", "manifest can't be read"),
        (b"[]", "manifest can't be read"),
        (b"{}", "manifest can't be read: KeyError\\('format'\\)"),
        (b'{"format": 1}', "manifest says too little or something else: KeyError\\('almoner'\\)"),
        (
            b'{"format": 1, "almoner": "1", "vendor": "x", "database": "d", "migrations": 3, "files": {}}',
            "else: TypeE",
        ),
        (
            b'{"format": 1, "almoner": "1", "vendor": "x", "database": "d", "migrations": [], "files": []}',
            "else: Attr",
        ),
        (
            b'{"format": 1, "almoner": "1", "vendor": "x", "database": "d", "migrations": [], "files": {}}',
            "isn't in it",
        ),
    ],
)
def test_a_manifest_that_is_none(installation: LiveDb, tmp_path: Path, manifest: bytes, says: str) -> None:
    source = tmp_path / "odd.tar"
    with tarfile.open(source, "w") as tar:
        member = tarfile.TarInfo(backups.MANIFEST)
        member.size = len(manifest)
        tar.addfile(member, io.BytesIO(manifest))
    with pytest.raises(backups.BackupInvalid, match=says):
        backups.restore(source, force=True)
    assert Job.objects.count() == 1


def as_it_was(tmp_path: Path) -> None:
    """After a restore that failed: what was there before it, and nothing of the attempt."""
    assert sorted(Job.objects.values_list("dedupe_key", flat=True)) == ["after the backup", "one"]
    assert Charity.objects.get().name == "Tide"
    media = tmp_path / "data" / "media"
    assert sorted(path.name for path in (media / "images").iterdir()) == ["later.png", "sea.png"]
    assert [path.name for path in tmp_path.rglob("*restor*")] == []


@pytest.fixture
def changed_since(installation: LiveDb, tmp_path: Path) -> Path:
    """A backup, after which there came a job and a picture."""
    source = tmp_path / "almoner.tar"
    backups.write(source)
    enqueue("mail", "after the backup")
    (tmp_path / "data" / "media" / "images" / "later.png").write_bytes(b"later")
    return source


def test_a_dump_that_is_broken_leaves_the_old_data(changed_since: Path, tmp_path: Path) -> None:
    """Its checksum is right: it was broken when it was backed up."""
    broken = tmp_path / "broken.tar"
    with tarfile.open(changed_since) as old, tarfile.open(broken, "w") as new:
        contents = {member.name: old.extractfile(member).read() for member in old}  # type: ignore[union-attr]
        manifest = json.loads(contents[backups.MANIFEST])
        name = manifest["database"]
        contents[name] = contents[name][: len(contents[name]) // 2]
        manifest["files"][name] = {
            "sha256": hashlib.sha256(contents[name]).hexdigest(), "size_bytes": len(contents[name]),
        }  # fmt: skip
        contents[backups.MANIFEST] = json.dumps(manifest).encode()
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    with pytest.raises((dumps.DumpInvalid, dumps.ToolFailed)):
        backups.restore(broken, force=True)
    as_it_was(tmp_path)


def test_a_dump_that_fails_half_way_leaves_the_old_data(installation: LiveDb, tmp_path: Path) -> None:
    """On PostgreSQL a whole dump may fail all the same, when most of it stands already."""
    if installation.vendor != "postgresql":
        pytest.skip("a SQLite file takes the other one's place in one step")
    with connection.cursor() as cursor:
        # True here; where the dump is restored, nobody has said in which schema "outbox_job" is to be looked for.
        cursor.execute(
            "CREATE FUNCTION any_job(n int) RETURNS bool LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN EXISTS (SELECT 1 FROM outbox_job); END $$"
        )
        cursor.execute("CREATE TABLE zz_odd (n int CHECK (any_job(n)))")
        cursor.execute("INSERT INTO zz_odd VALUES (1)")
    source = tmp_path / "almoner.tar"
    backups.write(source)
    enqueue("mail", "after the backup")
    (tmp_path / "data" / "media" / "images" / "later.png").write_bytes(b"later")
    with pytest.raises(dumps.ToolFailed, match="outbox_job"):
        backups.restore(source, force=True)
    as_it_was(tmp_path)


def test_what_only_the_old_database_has_goes(changed_since: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE from_a_newer_version (n int REFERENCES charities_charity (id))")
    backups.restore(changed_since, force=True)
    assert "from_a_newer_version" not in connection.introspection.table_names()
    assert Job.objects.count() == 1


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_is_restored_under_a_running_process(
    changed_since: Path, tmp_path: Path, server: Site, command: str
) -> None:
    if server.db.vendor != "sqlite":
        pytest.skip("PostgreSQL is changed in one transaction, whoever is connected")
    (serving,) = server.processes
    if command == "worker":
        serving.stop()
        worker = server.start("worker")
        wait_until(Periodic.objects.filter(last_finished_at__isnull=False).exists, says=lambda: worker.output)
    connection.close()
    with pytest.raises(presence.InUse, match="A server or worker runs"):
        backups.restore(changed_since, force=True)
    said = almoner_fails(server, "restore", str(changed_since), "--force")
    assert "Stop them first" in said and "what stood here still stands" in said
    as_it_was(tmp_path)
    server.processes[-1].stop()
    connection.close()
    backups.restore(changed_since, force=True)
    assert Job.objects.filter(dedupe_key="after the backup").count() == 0


def almoner_fails(site: Site, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "almoner", *arguments],
        env=site.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_no_server_starts_while_a_backup_is_restored(live_db: LiveDb) -> None:
    if live_db.vendor != "sqlite":
        pytest.skip("PostgreSQL is changed in one transaction, whoever is connected")
    with presence.alone(), pytest.raises(presence.InUse, match="is being restored"):
        presence.hold()


def test_whoever_else_has_the_file_open_stops_it(changed_since: Path, tmp_path: Path) -> None:
    """A shell, say. It would go on with the old file, and write its log beside the new one."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is changed in one transaction, whoever is connected")
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as shell:
        assert shell.execute("SELECT count(*) FROM outbox_job").fetchone() == (2,)
        with pytest.raises(presence.InUse, match="is in use"):
            backups.restore(changed_since, force=True)
        as_it_was(tmp_path)


def unpacked(source: Path, folder: Path) -> Path:
    """The database of a backup from SQLite."""
    with tarfile.open(source) as tar:
        member = tar.extractfile("almoner.sqlite3")
        assert member is not None
        (folder / "almoner.sqlite3").write_bytes(member.read())
    return folder / "almoner.sqlite3"


def test_what_stood_in_the_log_outlives_a_restore_that_is_cut_short(
    changed_since: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's log")

    # A process that was killed: what it wrote stands in the log alone.
    connection.close()
    killed = (
        "import os, sqlite3, sys; rows = sqlite3.connect(sys.argv[1]); rows.execute('PRAGMA wal_autocheckpoint=0'); "
        "rows.execute('UPDATE charities_charity SET phone = 1234'); rows.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", killed, connection.settings_dict["NAME"]], check=True)
    assert Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size > 0

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    # The last thing before the new file takes its name.
    monkeypatch.setattr(dumps, "_sync", full)
    with pytest.raises(OSError, match="disk is full"):
        dumps.load(unpacked(changed_since, tmp_path))
    as_it_was(tmp_path)
    assert Charity.objects.get().phone == "1234"


def test_a_broken_database_is_what_one_restores_over(changed_since: Path, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a file of SQLite's")
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    place.write_bytes(b"not a database at all, not by far" * 500)
    dumps.load(unpacked(changed_since, tmp_path))
    assert Job.objects.count() == 1


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
