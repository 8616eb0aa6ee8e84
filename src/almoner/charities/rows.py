"""Statements that are composed once. The ORM says what they are; its composing costs ten times what running a small one
does, and a gift runs the same two dozen, an uncached story half a dozen. For these two alone: elsewhere the ORM itself
is clearer.

No signals are sent, and no defaults of the database are known; errors are Django's. All runs in the caller's
transaction.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql.compiler import SQLCompiler

# A tuple, or a model.
Row = TypeVar("Row")

_Fields = tuple["Field[Any, Any]", ...]
# (position of a column, the column, the functions that make its value)
_Converters = tuple[tuple[int, Any, tuple[Callable[..., Any], ...]], ...]
# Statements there may be, by model and columns: a few dozen.
_KEPT: Final = 200


class Given(Expression):
    """Stands in a prepared query for a value that comes when it runs, under `name`, as `field` writes it."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def prepared(self, values: Mapping[str, Any], connection: Any) -> Any:
        """The value as the database's driver takes it."""
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


def several(name: str, field: "Field[Any, Any]", count: int) -> list[Given]:
    """As many `Given`s, for an `__in`."""
    return [Given(f"{name}{at}", field) for at in range(count)]


def named(name: str, values: Collection[Any]) -> dict[str, Any]:
    """Values for `several`, at least one: 1, 2, 4, 8 … of them, filled up with NULL, which no column is. So few
    statements do for every number."""
    count = 1 << (len(values) - 1).bit_length()
    return {f"{name}{at}": each for at, each in enumerate(islice(chain(values, repeat(None)), count))}


@dataclass(frozen=True, slots=True)
class _Composed:
    """SQL, its parameters with `Given`s among them, which columns are turned into Python's values, by what, and what
    a row becomes."""

    sql: str
    parameters: tuple[Any, ...]
    converters: _Converters
    made: Callable[[Any], Any]


class Select(Generic[Row]):
    """A query of `values_list`, or of models with what `select_related` and `only` say, composed at its first run:
    `build` is called then, when models are ready. Nothing is prefetched."""

    def __init__(self, build: "Callable[[], QuerySet[Any, Row]]") -> None:
        self._build = build
        self._composed: dict[str, _Composed] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row. `values` are the query's `Given`s."""
        connection = connections[DEFAULT_DB_ALIAS]
        composed = self._composed.get(connection.vendor) or self._compose(connection)
        parameters = [
            each.prepared(values, connection) if isinstance(each, Given) else each
            for each in composed.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, parameters)
            rows: list[Any] = cursor.fetchall()
        if composed.converters:
            rows = [_converted(row, composed.converters, connection) for row in rows]
        return [composed.made(row) for row in rows]

    def first(self, **values: Any) -> Row | None:
        rows = self.all(**values)
        return rows[0] if rows else None

    def _compose(self, connection: Any) -> _Composed:
        queryset: Any = self._build()
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        composed = self._composed[connection.vendor] = _Composed(
            sql,
            tuple(parameters),
            tuple(
                (position, column, tuple(functions))
                for position, (functions, column) in compiler.get_converters(columns).items()
            ),
            # A row of `values_list` stays as it is.
            _maker(compiler, connection.alias) if queryset._iterable_class is ModelIterable else tuple,
        )
        return composed


def insert(*instances: Model, on_conflict: str = "") -> None:
    """INSERT each instance, in order, and give it the key that the database made.

    `on_conflict` is what follows the values, such as "ON CONFLICT DO NOTHING"; where it does nothing, no key is set.
    Raises IntegrityError.
    """
    # The connection itself: what stands for it would look it up at every field of every row.
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for instance in instances:
            meta = instance._meta
            sql, fields = _insertion(type(instance), on_conflict, connection.vendor)
            cursor.execute(
                sql, [field.get_db_prep_save(field.pre_save(instance, True), connection) for field in fields]
            )
            if isinstance(meta.pk, AutoField):
                key = cursor.fetchone()
                instance.pk = key[0] if key is not None else None
            instance._state.adding, instance._state.db = False, connection.alias


def update(model: type[Model], changes: Mapping[str, Any], /, **where: Any) -> int:
    """UPDATE the rows whose columns equal `where`; returns how many. Names are those of concrete fields."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _updating(model, tuple(changes), tuple(where), connection.vendor)
    values = (*changes.values(), *where.values())
    parameters = [
        field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@lru_cache(maxsize=_KEPT)
def _insertion(model: type[Model], on_conflict: str, vendor: str) -> tuple[str, _Fields]:
    quote, meta = connections[DEFAULT_DB_ALIAS].ops.quote_name, model._meta
    made_by_database = isinstance(meta.pk, AutoField)
    fields = tuple(
        field for field in meta.local_concrete_fields if not (made_by_database and field.primary_key)
    )
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    returning = f" RETURNING {quote(meta.pk.column)}" if made_by_database else ""
    into = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 (quoted names)
    return f"{into} {on_conflict}{returning}", fields


@lru_cache(maxsize=_KEPT)
def _updating(
    model: type[Model], changed: tuple[str, ...], where: tuple[str, ...], vendor: str
) -> tuple[str, _Fields]:
    quote, meta = connections[DEFAULT_DB_ALIAS].ops.quote_name, model._meta
    named = {name: field for field in meta.local_concrete_fields for name in (field.name, field.attname)}
    fields = tuple(named[name] for name in (*changed, *where))
    texts = [f"{quote(field.column)} = %s" for field in fields]
    sql = (
        f"UPDATE {quote(meta.db_table)} SET {', '.join(texts[: len(changed)])} "  # noqa: S608 (quoted names)
        f"WHERE {' AND '.join(texts[len(changed) :])}"
    )
    return sql, fields


def _maker(compiler: Any, alias: str) -> Callable[[Any], Any]:
    """What Django's own `ModelIterable` does with a row."""
    told, named = compiler.klass_info, compiler.annotation_col_map
    model, positions = told["model"], told["select_fields"]
    names = [compiler.select[at][0].target.attname for at in positions]
    columns = slice(positions[0], positions[-1] + 1)
    related = get_related_populators(told, compiler.select, alias)

    def made(row: Any) -> Any:
        found = model.from_db(alias, names, row[columns])
        for each in related:
            each.populate(row, found)
        for name, at in named.items():
            setattr(found, name, row[at])
        return found

    return made


def _converted(row: Any, converters: _Converters, connection: Any) -> Any:
    values = list(row)
    for position, column, functions in converters:
        for function in functions:
            values[position] = function(values[position], column, connection)
    return tuple(values)
