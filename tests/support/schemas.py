"""All that a database is, as lines to compare: its tables and what hangs on them, and its rows."""

import re
from collections.abc import Iterator
from typing import Final

from django.db import connection

# SQLite keeps the words in which each thing was made.
_SQLITE: Final = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_POSTGRESQL: Final = (
    # A column's place among those that are left: one that was dropped leaves a gap.
    "SELECT 'column', attrelid::regclass::text, row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname, "
    "format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attcollation::regcollation::text, "
    "pg_get_expr(adbin, adrelid) "
    "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    "WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace AND attnum > 0 "
    "AND NOT attisdropped",
    "SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'constraint', conrelid::regclass::text, conname, contype, condeferrable, condeferred, convalidated, "
    "pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) "
    "FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'sequence', sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size "
    "FROM pg_sequences WHERE schemaname = 'public'",
    "SELECT 'owned', objid::regclass::text, refobjid::regclass::text, refobjsubid, deptype FROM pg_depend "
    "WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') "
    "AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S')",
)  # fmt: skip
_NEXT_NUMBERS: Final = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
_UUID: Final = re.compile(r"UUID\('[0-9a-f-]{36}'\)|'[0-9a-f]{32}'")


def schema() -> list[str]:
    questions = (_SQLITE,) if connection.vendor == "sqlite" else _POSTGRESQL
    return sorted(line for question in questions for line in _answers(question))


def rows() -> Iterator[str]:
    """Those of all tables, and what number comes next; but moments and identifiers that are each database's own."""
    sqlite = connection.vendor == "sqlite"
    for table in sorted(connection.introspection.table_names()):
        columns = "id, app, name" if table == "django_migrations" else "*"
        yield from (f"{table} {line}" for line in sorted(_answers(f'SELECT {columns} FROM "{table}"')))  # noqa: S608
    yield from sorted(_answers("SELECT * FROM sqlite_sequence" if sqlite else _NEXT_NUMBERS))


def _answers(question: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        for row in cursor.fetchall():
            yield _UUID.sub("uuid", repr(row))
