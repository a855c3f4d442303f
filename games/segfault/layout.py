"""Lay out a shard's walls and gates, and let them drift while the layout stays valid.

A layout is valid when every tile can be reached from every other. That alone leaves no tile, and
so no stable gate, without an exit.
"""

from dataclasses import dataclass
from random import Random

from games.game import Refused
from games.segfault.grid import Board, Grid

GATE_DISTANCE = 3  # tiles, Chebyshev, between any two gates
LEAST_DRIFT, MOST_DRIFT = 10, 4  # a tenth to a quarter of the walls slide


@dataclass(slots=True)
class Gate:
    tile: int
    kind: str  # "stable" or "ghost"


def lay_walls(ground: Grid, count: int, rng: Random) -> Board:
    """Return a board with `count` walls; each new wall leaves a way between its two sides."""
    board = Board(ground, 0)
    edges = list(ground.wall_of)
    rng.shuffle(edges)
    for edge in edges:
        if board.walls.bit_count() == count:
            break
        board = with_wall(board, board.walls, edge) or board
    if board.walls.bit_count() < count:
        raise Refused(f"A grid of {ground.size} × {ground.size} has no room for {count} walls.")
    return board


def with_wall(board: Board, walls: int, edge: int) -> Board | None:
    """Return the board of `walls` and one more on `edge`, or None if that would part its tiles."""
    after = Board(board.grid, walls | 1 << edge)
    return after if after.joined(*board.grid.beside(edge)) else None


def place_gates(ground: Grid, ghosts: int, rng: Random) -> list[Gate]:
    """Return one stable gate and `ghosts` ghost gates, far enough from one another."""
    gates: list[Gate] = []
    for kind in ["stable"] + ["ghost"] * ghosts:
        tiles = [tile for tile in range(ground.count) if far_enough(ground, tile, gates)]
        if not tiles:
            raise Refused(f"A grid of {ground.size} × {ground.size} has no room for its gates.")
        gates.append(Gate(rng.choice(tiles), kind))
    return gates


def far_enough(ground: Grid, tile: int, gates: list[Gate]) -> bool:
    return all(ground.distance(tile, gate.tile) >= GATE_DISTANCE for gate in gates)


def drift_walls(board: Board, rng: Random) -> Board:
    """Let a tenth to a quarter of the walls slide; one that cannot move stays, another may go."""
    edges = sorted(edge for edge in board.grid.wall_of if board.walls >> edge & 1)
    rng.shuffle(edges)
    least = -(-len(edges) // LEAST_DRIFT)
    sliding = rng.randint(least, max(least, len(edges) // MOST_DRIFT))
    before = board.walls
    for edge in edges:
        if not sliding:
            break
        moved = slide(board, edge, before, rng)
        if moved:
            board, sliding = moved, sliding - 1
    return board


def slide(board: Board, edge: int, before: int, rng: Random) -> Board | None:
    """Return the board with one wall slid round a vertex, or None if it must stay.

    A slot that held a wall before the drift is not free, so as many walls change as slide.
    """
    taken = board.walls | before
    slots = [slot for slot in board.grid.slides[edge] if not taken >> slot & 1]
    rng.shuffle(slots)
    boards = (with_wall(board, board.walls & ~(1 << edge), slot) for slot in slots)
    return next((moved for moved in boards if moved), None)


def drift_gates(board: Board, gates: list[Gate], taken: set[int], rng: Random) -> list[Gate]:
    """Move every gate one orthogonal tile, through walls too, unless there is nowhere to go.

    No gate lands on a `taken` tile, nor nearer than GATE_DISTANCE to another gate.
    """
    moved = list(gates)
    for index, gate in enumerate(gates):
        others = moved[:index] + moved[index + 1 :]
        tiles = [
            tile
            for tile in orthogonal(board.grid, gate.tile)
            if tile not in taken and far_enough(board.grid, tile, others)
        ]
        if tiles:
            moved[index] = Gate(rng.choice(tiles), gate.kind)
    return moved


def orthogonal(ground: Grid, tile: int) -> list[int]:
    """Return the tiles north, west, east and south of this one that lie on the grid."""
    x, y = ground.place(tile)
    places = ((x, y - 1), (x - 1, y), (x + 1, y), (x, y + 1))
    return [ground.tile(x, y) for x, y in places if 0 <= x < ground.size and 0 <= y < ground.size]
