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

from almoner.config.presence import InUse

_OURS_ALONE = ("prepare_threshold", "context", "cursor_factory")


class DumpInvalid(ValueError):
    """A dump that can't take the database's place. The database is as it was."""


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
    """Put a dump in the place of the database, whole or not at all.

    Raises `DumpInvalid`, `ToolFailed` or `InUse`; the database is then as it was.
    """
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
    put_sqlite(dumped, Path(_settings()["NAME"]))


def put_sqlite(dumped: Path, place: Path) -> None:
    """`dumped` as the file at `place`, which until then is whole with all that was committed to it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    ready = place.with_name(f"{place.name}.restoring")
    try:
        shutil.copyfile(dumped, ready)
        _refuse_broken(ready)
        if place.exists():
            _fold(place)
        _sync(ready)
        ready.replace(place)
        _sync(place.parent)
    finally:
        ready.unlink(missing_ok=True)


def _refuse_broken(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
            said = reader.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise DumpInvalid(f"The database in the backup can't be read ({said}).")


def _fold(place: Path) -> None:
    """Bring what stands in the log into the file and end the log, which would be read into another file of this name.

    SQLite does so only when nobody else has the file open. Raises `InUse` if somebody does.
    """
    try:
        with closing(sqlite3.connect(place, timeout=1, isolation_level=None)) as last:
            last.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise InUse(f"{place} is in use ({error}). Stop all that uses it first, then restore.") from error
    except sqlite3.DatabaseError:
        # What stood here is broken, and this is why somebody restores.
        for suffix in ("-wal", "-shm"):
            place.with_name(f"{place.name}{suffix}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Onto the disk, before what depends on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _load_postgresql(dumped: Path) -> None:
    """In one transaction, so that a dump that fails half way leaves the old schema with all its rows.

    `pg_restore` alone can't: it would have to be told to drop what the dump knows, and would leave what only the old
    database has. So it writes what it would do, and psql does all of it, or nothing.
    """
    script = dumped.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dumped))
    _tool(
        "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction",
        # A server that still runs is refused in the end, instead of being waited for.
        "--command=SET LOCAL lock_timeout = '20s'",
        "--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public",
        f"--file={script}",
    )  # fmt: skip


def _tool(name: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on our database. The password goes by the environment, where `ps` doesn't show it."""
    parameters: dict[str, Any] = connection.get_connection_params()
    password = parameters.pop("password", None)
    conninfo = make_conninfo(
        **{key: value for key, value in parameters.items() if key not in _OURS_ALONE and value is not None}
    )
    _run(name, f"--dbname={conninfo}", *arguments, password=password)


def _run(name: str, *arguments: str, password: str | None = None) -> None:
    env = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run([_path(name), *arguments], env=env, capture_output=True, text=True, check=False)
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
