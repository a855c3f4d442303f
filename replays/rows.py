"""Rows read, inserted and updated by plain statements, for writers that are in a hurry.

The ORM takes several times longer to put a query together than the database takes to answer it.
Columns are named as attributes of the model are: `pk`, `shard_id`, `ticks`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.utils import CursorWrapper

PLAIN = {
    "AutoField", "BigAutoField", "BinaryField", "CharField", "FloatField",
    "PositiveBigIntegerField", "PositiveIntegerField",
}  # fmt: skip
"""Kinds of columns that take what Python has as it is."""

Model = type[models.Model]
Row = Sequence[Any]
Converter = Callable[[Any, Any, Any], Any]


def read_rows(
    model: Model, columns: Sequence[str], among: Mapping[str, Iterable[Any]]
) -> list[Row]:
    """Return these columns of the rows whose values are among those given, and lock them.

    Nobody else changes them until the transaction around this ends.
    """
    database = connections[DEFAULT_DB_ALIAS]
    wanted = {
        name: [value for (value,) in _prepared(model, [name], zip(values, strict=True))]
        for name, values in ((name, list(values)) for name, values in among.items())
    }
    if not all(wanted.values()):
        return []
    arrays = database.vendor == "postgresql"  # one statement, however many values there are
    conditions = " AND ".join(
        f"{_quoted(model, name)} {'= ANY(%s)' if arrays else f'IN ({_places(values)})'}"
        for name, values in wanted.items()
    )
    statement = (
        f"SELECT {_names(model, tuple(columns))} FROM {_table(model)} WHERE {conditions}"  # noqa: S608
        f" ORDER BY {_quoted(model, 'pk')}"
    )
    if database.features.has_select_for_update:
        statement += " FOR UPDATE"
    given = list(wanted.values()) if arrays else list(chain.from_iterable(wanted.values()))
    with _cursor(database) as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    return _converted(rows, _converters(model, tuple(columns), database.vendor))


def insert_rows(model: Model, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Store rows, each a value a column; what fills itself in, such as an id, is left out."""
    values = _prepared(model, columns, rows)
    if not values:
        return
    names = _names(model, tuple(columns))
    statement = f"INSERT INTO {_table(model)} ({names}) VALUES ({_places(columns)})"  # noqa: S608
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.executemany(statement, values)


def update_rows(model: Model, rows: Iterable[Any], columns: Sequence[str]) -> None:
    """Write these columns of rows that are stored, as they stand in memory."""
    value_of = attrgetter(*columns, "pk")
    values = _prepared(model, (*columns, "pk"), map(value_of, rows))
    if not values:
        return
    sets = ", ".join(f"{_quoted(model, name)} = %s" for name in columns)
    statement = f"UPDATE {_table(model)} SET {sets} WHERE {_quoted(model, 'pk')} = %s"  # noqa: S608
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.executemany(statement, values)


@contextmanager
def _cursor(database: Any) -> Iterator[Any]:
    """Give a cursor; one of PostgreSQL prepares what comes again, and is given values apart."""
    with database.cursor() as ordinary:
        if database.vendor != "postgresql":
            yield ordinary
            return
        with psycopg.Cursor(database.connection) as cursor:
            yield CursorWrapper(cursor, database)


# Names


@lru_cache
def _field(model: Model, name: str) -> Any:
    by_name: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    return model._meta.pk if name == "pk" else by_name[name]


@lru_cache
def _quoted(model: Model, name: str) -> str:
    return f'"{_field(model, name).column}"'


@lru_cache
def _names(model: Model, columns: tuple[str, ...]) -> str:
    return ", ".join(_quoted(model, name) for name in columns)


def _table(model: Model) -> str:
    return f'"{model._meta.db_table}"'


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


# Values


def _prepared(model: Model, columns: Sequence[str], rows: Iterable[Row]) -> list[list[Any]]:
    """Return rows as the database takes them."""
    values = list(map(list, rows))
    for place, name in enumerate(columns):
        field = _told(model, name)
        if field.get_internal_type() not in PLAIN:
            prepare = _preparing(field)
            for row in values:
                row[place] = prepare(row[place])
    return values


@lru_cache
def _told(model: Model, name: str) -> Any:
    """Return the field whose values a column holds: of a reference, what it refers to."""
    field = _field(model, name)
    while field.remote_field:
        field = field.target_field
    return field


def _preparing(field: Any) -> Callable[[Any], Any]:
    """Return what prepares the values of one column; the same value twice in a row only once."""
    database = connections[DEFAULT_DB_ALIAS]
    before: list[Any] = [None, field.get_db_prep_save(None, database)]

    def prepare(value: Any) -> Any:
        if value is not before[0]:
            before[:] = [value, field.get_db_prep_save(value, database)]
        return before[1]

    return prepare


@lru_cache
def _converters(
    model: Model, columns: tuple[str, ...], vendor: str
) -> list[tuple[int, Any, list[Converter]]]:
    """Return what makes Python's values of what this kind of database has, for some columns."""
    database = connections[DEFAULT_DB_ALIAS]
    found = []
    for place, name in enumerate(columns):
        told = _told(model, name).get_col(model._meta.db_table)
        ways = database.ops.get_db_converters(told) + told.get_db_converters(database)
        if ways:
            found.append((place, told, ways))
    return found


def _converted(rows: list[Row], converters: list[tuple[int, Any, list[Converter]]]) -> list[Row]:
    database = connections[DEFAULT_DB_ALIAS]
    listed: list[Any] = list(map(list, rows))
    for place, told, ways in converters:
        for convert in ways:
            for row in listed:
                row[place] = convert(row[place], told, database)
    return listed
