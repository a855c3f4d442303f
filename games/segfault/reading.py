"""Small readers of snapshots that somebody else may have recorded: they find what is there.

A recording may come from another engine, or be malformed on purpose. What is missing or of the
wrong kind reads as nothing, so that one poisoned tick stops no list and no viewer.
"""

from collections.abc import Iterable
from typing import Any

from games.segfault.grid import Board, Grid, grid

LARGEST_GRID = 64
SMALLEST_GRID = 3


def whole(value: Any) -> int:
    return value if type(value) is int and abs(value) < 2**53 else 0


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def record(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def records(snapshot: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of the list under this name."""
    found = record(snapshot).get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def names(snapshot: Any, kind: str) -> list[str]:
    """Return the process ids among the events of one kind."""
    found = record(record(snapshot).get("events")).get(kind)
    if not found or not isinstance(found, list):
        return []
    return [name for name in found if isinstance(name, str)]


def ground_of(snapshot: Any) -> Grid | None:
    size = whole(record(snapshot).get("grid_size"))
    return grid(size) if SMALLEST_GRID <= size <= LARGEST_GRID else None


def place_of(ground: Grid, item: Any) -> tuple[int, int] | None:
    """Return the item's `pos`, or None if that is no place on the grid."""
    pos = record(item).get("pos")
    if not isinstance(pos, list) or len(pos) != 2:
        return None
    x, y = pos
    if not type(x) is type(y) is int:
        return None
    return (x, y) if 0 <= x < ground.size and 0 <= y < ground.size else None


def tile_of(ground: Grid, item: Any) -> int | None:
    """Return the tile at the item's `pos`, or None if that is no place on the grid."""
    place = place_of(ground, item)
    return None if place is None else ground.tile(*place)


def tiles_of(ground: Grid, items: Iterable[Any]) -> list[int]:
    return [tile for item in items if (tile := tile_of(ground, item)) is not None]


def board_of(snapshot: Any) -> Board | None:
    """Return the board with the walls that can be read."""
    ground = ground_of(snapshot)
    if ground is None:
        return None
    found = snapshot.get("walls")
    walls = found if isinstance(found, list) else []
    edges = {edge_of(ground, wall) for wall in walls} - {None}
    return Board(ground, sum(1 << edge for edge in edges if edge is not None))


def edge_of(ground: Grid, wall: Any) -> int | None:
    if not isinstance(wall, list) or len(wall) != 4:
        return None
    ax, ay, bx, by = wall
    whole_numbers = type(ax) is type(ay) is type(bx) is type(by) is int
    return ground.edge_of.get((ax, ay, bx, by)) if whole_numbers else None


def living(snapshot: Any) -> list[dict[str, Any]]:
    return [item for item in records(snapshot, "processes") if item.get("alive") is True]


def participants(snapshot: Any) -> list[str]:
    """Return the ids of the live processes, those that joined first first."""
    return [text(process.get("id")) for process in living(snapshot)]
