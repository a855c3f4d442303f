"""A game without rules here, known only from its recordings: each value is a row of a table."""

from collections.abc import Iterator
from typing import Any

from games.game import Game
from games.table import Column, Moment, Row, Table

DEEPEST = 64


def rows(moment: Moment) -> Iterator[Row]:
    """Yield every plain value of a snapshot with its path, in the order of its keys."""
    for path, value in leaves(moment.snapshot, ()):
        number = float(value) if type(value) in (int, float, bool) else None
        text = value if isinstance(value, str) else None
        yield {"path": "/".join(path), "number": number, "text": text}


def leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if len(path) < DEEPEST and isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, (*path, written(key)))
    elif len(path) < DEEPEST and isinstance(value, list):
        for place, entry in enumerate(value):
            yield from leaves(entry, (*path, str(place)))
    else:
        yield path, value


def written(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


VALUES = Table(
    "values",
    "One row for every plain value of every tick.",
    (
        Column("path", "text", "", "where it stands in the snapshot, keys with slashes between"),
        Column("number", "float64", "", "the value where it is a number, or 1 and 0 for a truth"),
        Column("text", "text", "", "the value where it is a text"),
    ),
    rows,
)


class Recorded(Game):
    """A game whose recordings alone are known; it hides nothing."""

    tables = (VALUES,)
