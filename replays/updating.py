"""Many rows inserted or updated by one statement, which is prepared once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

PLAIN = {
    "BinaryField", "CharField", "FloatField", "PositiveBigIntegerField", "PositiveIntegerField",
}  # fmt: skip
"""Kinds of columns that take what Python has as it is."""


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Store rows, each a value a column; what fills itself in, such as an id, is left out."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    values = _prepared(fields, rows)
    if not values:
        return
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608


def update_rows(model: type[models.Model], rows: Iterable[Any], columns: Sequence[str]) -> None:
    """Write these columns of rows that are stored, as they stand in memory."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [*(by_name[name] for name in columns), model._meta.pk]
    told = ([*(getattr(row, name) for name in columns), row.pk] for row in rows)
    values = _prepared(fields, told)
    if not values:
        return
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    sets = ", ".join(f"{name} = %s" for name in names[:-1])
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"UPDATE {table} SET {sets} WHERE {names[-1]} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _prepared(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Return rows as the database takes them."""
    values = [list(row) for row in rows]
    for place, field in enumerate(fields):
        if field.get_internal_type() not in PLAIN:
            prepare = _preparing(field)
            for row in values:
                row[place] = prepare(row[place])
    return values


def _preparing(field: Any) -> Callable[[Any], Any]:
    """Return what prepares the values of one column; the same value twice in a row only once."""
    before: list[Any] = [None, field.get_db_prep_save(None, connection)]

    def prepare(value: Any) -> Any:
        if value is not before[0]:
            before[:] = [value, field.get_db_prep_save(value, connection)]
        return before[1]

    return prepare
