"""Tables that only grow: triggers refuse UPDATE, DELETE and (on PostgreSQL) TRUNCATE, whoever asks.

Three traps, all met before: Django's AlterField on SQLite rebuilds a table and silently drops its triggers, so they
are installed again after every migrate and `almoner prove` asks whether they stand; `INSERT OR REPLACE` walks round a
DELETE trigger unless `recursive_triggers` is on; PostgreSQL's TRUNCATE fires no row trigger.
"""

from collections.abc import Iterator
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

# Table name -> columns that may still change (empty: none).
_PROTECTED: Final[dict[str, tuple[str, ...]]] = {}


def protect(table: str, *, but_columns: tuple[str, ...] = ()) -> None:
    """Declare a table append-only. Called at import by the room that owns it."""
    _PROTECTED[table] = but_columns


def protected_tables() -> tuple[str, ...]:
    return tuple(_PROTECTED)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on every protected table that exists. Safe to repeat."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, but_columns in _PROTECTED.items():
            if table not in existing:
                continue
            for statement in _statements(connection, table, but_columns):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Names of the triggers that ought to stand and don't."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        standing = {row[0] for row in cursor.fetchall()}
    for table in _PROTECTED:
        for name in _names(connection.vendor, table):
            if name not in standing:
                yield name


def _names(vendor: str, table: str) -> tuple[str, ...]:
    acts = ("update", "delete") if vendor == "sqlite" else ("update", "delete", "truncate")
    return tuple(f"{table}_no_{act}" for act in acts)


def _statements(connection: BaseDatabaseWrapper, table: str, but_columns: tuple[str, ...]) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield from _sqlite_statements(connection, table, but_columns)
    else:
        yield from _postgresql_statements(connection, table, but_columns)


def _guarded_columns(connection: BaseDatabaseWrapper, table: str, but_columns: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    return [column for column in columns if column not in but_columns]


def _sqlite_statements(
    connection: BaseDatabaseWrapper, table: str, but_columns: tuple[str, ...]
) -> Iterator[str]:
    columns = ", ".join(f'"{name}"' for name in _guarded_columns(connection, table, but_columns))
    of = f" OF {columns}" if but_columns else ""
    for act, on in (("update", f"UPDATE{of}"), ("delete", "DELETE")):
        yield f'DROP TRIGGER IF EXISTS "{table}_no_{act}"'
        yield (
            f'CREATE TRIGGER "{table}_no_{act}" BEFORE {on} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql_statements(
    connection: BaseDatabaseWrapper, table: str, but_columns: tuple[str, ...]
) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION almoner_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    columns = ", ".join(f'"{name}"' for name in _guarded_columns(connection, table, but_columns))
    of = f" OF {columns}" if but_columns else ""
    for act, on, each in (
        ("update", f"UPDATE{of}", "ROW"),
        ("delete", "DELETE", "ROW"),
        ("truncate", "TRUNCATE", "STATEMENT"),
    ):
        yield f'DROP TRIGGER IF EXISTS "{table}_no_{act}" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{table}_no_{act}" BEFORE {on} ON "{table}" '
            f"FOR EACH {each} EXECUTE FUNCTION almoner_append_only()"
        )


protect("charities_auditentry")
