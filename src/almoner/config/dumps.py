"""A database as one file and back, for each of the two kinds."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo

_OURS_ALONE = ("prepare_threshold", "context", "cursor_factory")


class ToolFailed(RuntimeError):
    """One of PostgreSQL's own tools refused. Its words are in the text."""


def dump(folder: Path) -> Path:
    """The database as it is now, consistent in itself, into a file in `folder`."""
    if connection.vendor == "sqlite":
        return copy_sqlite(Path(_settings()["NAME"]), folder / "almoner.sqlite3")
    target = folder / "almoner.pgdump"
    _tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def copy_sqlite(source: Path, target: Path) -> Path:
    """A SQLite file's content as of one moment, while others write to it."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=20)) as reader:
        reader.execute("VACUUM INTO ?", [str(target)])
    return target


def load(dumped: Path) -> None:
    """Put a dump in the place of the database."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(dumped)
    else:
        _load_postgresql(dumped)


def holds_something() -> bool:
    """Whether the database has any table."""
    if connection.vendor == "sqlite" and not Path(_settings()["NAME"]).exists():
        return False
    return bool(connection.introspection.table_names())


def known_migrations() -> set[str]:
    """`app.name` of every migration that this version has."""
    loader = MigrationLoader(connection)
    names = {f"{app}.{name}" for app, name in loader.disk_migrations}
    # A squashed migration stands for those it replaced.
    for migration in loader.disk_migrations.values():
        names |= {f"{app}.{name}" for app, name in migration.replaces}
    return names


def _load_sqlite(dumped: Path) -> None:
    place = Path(_settings()["NAME"])
    place.parent.mkdir(parents=True, exist_ok=True)
    ready = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(dumped, ready)
    # An old log beside a new file would be read into it.
    for suffix in ("-wal", "-shm"):
        place.with_name(f"{place.name}{suffix}").unlink(missing_ok=True)
    ready.replace(place)


def _load_postgresql(dumped: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    _tool(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dumped)
    )


def _tool(name: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on our database. The password goes by the environment, where `ps` doesn't show it."""
    parameters: dict[str, Any] = connection.get_connection_params()
    password = parameters.pop("password", None)
    conninfo = make_conninfo(
        **{key: value for key, value in parameters.items() if key not in _OURS_ALONE and value is not None}
    )
    env = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(
        [_path(name), f"--dbname={conninfo}", *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolFailed(f"{name}: {done.stderr.strip()}")


def _path(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        # Debian keeps the tools of each version beside its server.
        installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
        if not installed:
            raise ToolFailed(f"{name} is missing. Install it: apt-get install postgresql-client")
        found = str(installed[0])
    return found


def _settings() -> dict[str, Any]:
    settings: dict[str, Any] = connection.settings_dict
    return settings
