"""A small picture of the board for cards and previews."""

from collections.abc import Iterable

from games.game import Shape, Snapshot
from games.segfault.grid import Board, Grid, bits
from games.segfault.reading import board_of, living, record, records, tile_of, tiles_of

PROCESS_RADIUS = 0.32  # of a tile
DEFRAGMENTER_RADIUS = 0.42


def picture(snapshot: Snapshot) -> list[Shape]:
    """Return the board with what stands on it, the Defragmenter on top."""
    board = board_of(snapshot)
    if board is None:
        return []
    ground = board.grid
    echoes = tiles_of(ground, records(snapshot, "echo_tiles"))
    danger = tiles_of(ground, [record(snapshot.get("defragger"))])
    return [
        Shape("rect", (0, 0, 1, 1), "ground"),
        *(square(ground, tile, "quiet") for tile in echoes),
        *gates(ground, snapshot),
        *walls(board),
        *discs(ground, tiles_of(ground, living(snapshot)), PROCESS_RADIUS, "life"),
        *discs(ground, danger, DEFRAGMENTER_RADIUS, "danger"),
    ]


def gates(ground: Grid, snapshot: Snapshot) -> Iterable[Shape]:
    """A stable gate is filled, a ghost gate an outline."""
    for gate in records(snapshot, "gates"):
        tile = tile_of(ground, gate)
        if tile is not None:
            stable = gate.get("type") == "stable"
            yield square(ground, tile, "gate") if stable else outline(ground, tile, "gate")


def square(ground: Grid, tile: int, colour: str) -> Shape:
    return Shape("rect", corners(ground, tile), colour)


def outline(ground: Grid, tile: int, colour: str) -> Shape:
    left, top, right, bottom = corners(ground, tile)
    way = (left, top, right, top, right, bottom, left, bottom, left, top)
    return Shape("line", way, colour)


def corners(ground: Grid, tile: int) -> tuple[float, float, float, float]:
    (x, y), size = ground.place(tile), ground.size
    return x / size, y / size, (x + 1) / size, (y + 1) / size


def walls(board: Board) -> Iterable[Shape]:
    """Yield each wall as a line on the edge between its two tiles."""
    ground = board.grid
    for edge in bits(board.walls):
        left, top, right, bottom = corners(ground, ground.beside(edge)[0])
        east = edge < ground.count
        way = (right, top, right, bottom) if east else (left, bottom, right, bottom)
        yield Shape("line", way, "rule")


def discs(ground: Grid, tiles: list[int], radius: float, colour: str) -> Iterable[Shape]:
    for tile in tiles:
        left, top, right, bottom = corners(ground, tile)
        centre = ((left + right) / 2, (top + bottom) / 2)
        yield Shape("disc", (*centre, radius / ground.size), colour)
