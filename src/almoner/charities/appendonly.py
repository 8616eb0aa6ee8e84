"""Tables that only grow: triggers refuse UPDATE, DELETE and (on PostgreSQL) TRUNCATE, whoever asks.

Three traps, all met before: Django's AlterField on SQLite rebuilds a table and silently drops its triggers, so they
are installed again after every migrate and `almoner prove` asks whether they stand; `INSERT OR REPLACE` walks round a
DELETE trigger unless `recursive_triggers` is on; PostgreSQL's TRUNCATE fires no row trigger. And a fourth: one of the
right name may do nothing, so what the database holds of each is compared with what we would install.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

# Table name -> columns that may still change (empty: none).
_PROTECTED: Final[dict[str, tuple[str, ...]]] = {}


def protect(table: str, *, but_columns: tuple[str, ...] = ()) -> None:
    """Declare a table append-only. Called at import by the room that owns it."""
    _PROTECTED[table] = but_columns


def protected_tables() -> tuple[str, ...]:
    return tuple(_PROTECTED)


@dataclass(frozen=True, slots=True)
class _Trigger:
    """`sql` is how it is made, and word for word what the database says of it."""

    name: str
    sql: str


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on every protected table that exists. Safe to repeat."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE OR REPLACE {_FUNCTION} AS $${_BODY}$$")
        for table in protected_tables():
            for trigger in _triggers(connection, table) if table in existing else ():
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on}')
                cursor.execute(trigger.sql)


def missing(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What doesn't stand as it should: triggers by name, and what they rest on."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(_STANDING_SQLITE if sqlite else _STANDING_POSTGRESQL)
        standing = dict(cursor.fetchall())
        cursor.execute("PRAGMA recursive_triggers" if sqlite else _FUNCTION_BODY)
        rests_on = cursor.fetchone()
    if rests_on != ((1,) if sqlite else (_BODY,)):
        yield "recursive_triggers" if sqlite else "almoner_append_only"
    for table in protected_tables():
        for trigger in _triggers(connection, table):
            if standing.get(trigger.name) != trigger.sql:
                yield trigger.name


_STANDING_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# Pretty, so without `public.` where the table is on the search path: as we write it.
_STANDING_POSTGRESQL: Final = (
    "SELECT tgname, pg_get_triggerdef(oid, true) FROM pg_trigger "
    "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
)
_FUNCTION_BODY: Final = "SELECT prosrc FROM pg_proc WHERE oid = to_regproc('almoner_append_only')"
_FUNCTION: Final = "FUNCTION almoner_append_only() RETURNS trigger LANGUAGE plpgsql"
_BODY: Final = (
    " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END "
)


def _triggers(connection: BaseDatabaseWrapper, table: str) -> Iterator[_Trigger]:
    of = _columns(connection, table)
    if connection.vendor == "sqlite":
        for act, on in (("update", f"UPDATE{of}"), ("delete", "DELETE")):
            yield _Trigger(
                f"{table}_no_{act}",
                f'CREATE TRIGGER "{table}_no_{act}" BEFORE {on} ON "{table}" '
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
        return
    for act, on, each in (
        ("update", f"UPDATE{of}", "ROW"),
        ("delete", "DELETE", "ROW"),
        ("truncate", "TRUNCATE", "STATEMENT"),
    ):
        yield _Trigger(
            f"{table}_no_{act}",
            f"CREATE TRIGGER {table}_no_{act} BEFORE {on} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION almoner_append_only()",
        )


def _columns(connection: BaseDatabaseWrapper, table: str) -> str:
    """The columns that are guarded, where some may still change; else nothing, and all are."""
    but_columns = _PROTECTED[table]
    if not but_columns:
        return ""
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return f" OF {', '.join(column.name for column in described if column.name not in but_columns)}"


protect("charities_auditentry")
protect("charities_phrase")
