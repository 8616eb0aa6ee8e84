"""Writes src/almoner/charities/sql/VENDOR.sql: a database that was migrated from nothing, before post_migrate."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "almoner.config.settings"
os.environ["ALMONER_MODE"] = "test"
django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402
from tests.support import schemas, templates  # noqa: E402
from tests.support.databases import borrowed, database_name  # noqa: E402

from almoner.charities import new_database  # noqa: E402

_UUID: Final = re.compile(r"'[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'")
_A_DAY: Final = re.compile(r"'20\d\d-\d\d-\d\d")
# Of PostgreSQL's dump: what it says for people, and what it sets for itself.
_NOT_OURS: Final = re.compile(
    r"--|SET |\\|$|SELECT pg_catalog\.(set_config|setval\(.*(false|django_migrations_id_seq'.*)\))"
)
_IN: Final = re.compile(r"\(([\w\"]+)\)::text = ANY \(\(ARRAY\[([^\]]+)\]\)::text\[\]\)")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        with _empty(folder) as url:
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
            migrated = [*schemas.schema(), *schemas.rows()]
            rows = MigrationRecorder.Migration.objects.order_by("pk").values_list("app", "name")
            kept = new_database.Kept.of(list(rows), new_database.BETWEEN.join(_statements(url)))
        path = new_database.file(connection.vendor)
        path.write_text(str(kept), encoding="utf-8")
        with _empty(folder):
            new_database.make(connection)
            made = [*schemas.schema(), *schemas.rows()]
    for line in sorted(set(migrated) ^ set(made)):
        print(f"{'migrated' if line in migrated else 'made'} only: {line}", file=sys.stderr)
    print(f"{path.name}: {len(kept.migrations)} migrations, {len(made)} things compared")
    return 0 if made == migrated else 1


@contextmanager
def _empty(folder: str) -> Iterator[str]:
    url = templates.empty(database_name("new"), Path(folder))
    yield from (database.url for database in borrowed(url))


def _statements(url: str) -> Iterator[str]:
    seen: set[str] = set()
    for statement in _dumped(url) if connection.vendor == "postgresql" else _sqlite():
        uuids = _UUID.findall(statement)
        if _A_DAY.search(statement) or not seen.isdisjoint(uuids):
            raise SystemExit(
                f"It is of this database alone, and not yet known how to be left out: {statement}"
            )
        seen.update(uuids)
        yield _UUID.sub(new_database.OWN_UUID, statement)


def _dumped(url: str) -> Iterator[str]:
    kinds = ("--inserts", "--no-owner", "--no-privileges", "--no-comments")
    dump = subprocess.run(
        ["pg_dump", *kinds, "--exclude-table-data=django_migrations", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = (line for line in dump.stdout.splitlines() if not _NOT_OURS.match(line))
    yield _IN.sub(_as_it_was_asked, "\n".join(lines).replace("public.", ""))


def _as_it_was_asked(found: re.Match[str]) -> str:
    """`state IN ('a', 'b')`. PostgreSQL says it in other words, and those, read again, in yet others."""
    return f"{found[1]} IN ({found[2].replace('::character varying', '')})"


def _sqlite() -> Iterator[str]:
    """Tables before rows before triggers, which would write rows of their own."""
    yield "PRAGMA defer_foreign_keys = ON"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA table_list")
        kinds = {name: kind for _, name, kind, *_ in cursor.fetchall()}
        cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        found = [each for each in cursor.fetchall() if not each[1].startswith("sqlite_")]
        plain = [each for each in found if kinds.get(each[1]) != "shadow"]
        yield from (sql for kind, _, sql in plain if kind == "table")
        for kind, name, _ in plain:
            if kind == "table" and kinds[name] == "table" and name != "django_migrations":
                yield from _inserts(name)
        yield "DELETE FROM sqlite_sequence"
        yield from (each for each in _inserts("sqlite_sequence") if "'django_migrations'" not in each)
        yield from (sql for kind, _, sql in plain if kind != "table")


def _inserts(table: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'PRAGMA table_info("{table}")')
        values = ", ".join(f'quote("{column[1]}")' for column in cursor.fetchall())
        cursor.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid')  # noqa: S608 (names from the database)
        for row in cursor.fetchall():
            yield f'INSERT INTO "{table}" VALUES ({", ".join(row)})'  # noqa: S608 (quoted by SQLite)


if __name__ == "__main__":
    sys.exit(main())
