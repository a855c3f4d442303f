"""Many rows updated by one statement, which is prepared once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def update_rows(model: type[models.Model], rows: Iterable[Any], columns: Sequence[str]) -> None:
    """Write these columns of rows that are stored, as they stand in memory."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    key = model._meta.pk
    saved = [*(fields[name] for name in columns), key]
    names = [connection.ops.quote_name(str(field.column)) for field in saved]
    sets = ", ".join(f"{name} = %s" for name in names[:-1])
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in saved]
        for row in rows
    ]
    if not values:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"UPDATE {table} SET {sets} WHERE {names[-1]} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
