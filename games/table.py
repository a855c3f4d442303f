"""Recordings as tables: columns with a kind, a unit and a meaning, and the rows of one tick."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A kind is text, truth, int8, int16, int32, int64 or float64; `int8*2` is a pair of them.

    A kind in brackets is a list of any length. A column without a value holds None.
    """

    name: str
    kind: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A tick of a recording beside the snapshot before it, None at the first recorded tick.

    `actions_known` tells whether the actions in the snapshots are the ones that were taken.
    """

    tick: int
    before: dict[str, Any] | None
    snapshot: dict[str, Any]
    commands: list[Any]
    actions_known: bool


@dataclass(frozen=True, slots=True)
class Table:
    """What one kind of row is called, its columns, and the rows that a tick gives."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Moment], Iterator[Row]]
