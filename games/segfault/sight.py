"""What one process sees: its cluster, and the tiles around it."""

from dataclasses import dataclass

from games.game import Snapshot
from games.segfault.grid import Board, bits
from games.segfault.reading import board_of, living, tile_of, tiles_of

FARTHEST_SIGHT = 4  # steps from the tiles of the cluster


@dataclass(frozen=True, slots=True)
class Sight:
    """The board, where the process stands, and the tiles it sees as a mask."""

    board: Board
    own: int
    tiles: int

    def shows(self, tile: int | None) -> bool:
        return tile is not None and bool(self.tiles >> tile & 1)

    def relative(self, tile: int) -> list[int]:
        (x, y), (own_x, own_y) = self.board.grid.place(tile), self.board.grid.place(self.own)
        return [x - own_x, y - own_y]

    def among(self, tiles: list[int]) -> list[list[int]]:
        """Return those of the tiles that are seen, relative to the process."""
        return [self.relative(tile) for tile in tiles if self.shows(tile)]

    def walls(self) -> list[dict[str, list[int]]]:
        """Return the walls with a seen tile on one side at least."""
        ground, size = self.board.grid, self.board.grid.size
        east = self.tiles | self.tiles >> 1
        south = self.tiles | self.tiles >> size
        seen = self.board.walls & (east | south << ground.count)
        sides = (ground.beside(edge) for edge in bits(seen))
        return [{"a": self.relative(a), "b": self.relative(b)} for a, b in sides]


def sight_of(snapshot: Snapshot, who: str) -> Sight | None:
    """Return what a live process sees, or None if it is not there."""
    board = board_of(snapshot)
    here = next((item for item in living(snapshot) if item.get("id") == who), None)
    own = tile_of(board.grid, here) if board else None
    if board is None or own is None:
        return None
    tiles = cluster(board, own, tiles_of(board.grid, living(snapshot)))
    depth = min(FARTHEST_SIGHT, len(tiles))
    return Sight(board, own, board.flood(sum(1 << tile for tile in tiles), depth))


def cluster(board: Board, own: int, tiles: list[int]) -> list[int]:
    """Return the tiles of the processes chained to this one by adjacency, walls or not."""
    chained, apart = [own], sorted(set(tiles) - {own})
    for tile in chained:
        for other in [other for other in apart if board.grid.adjacent(tile, other)]:
            apart.remove(other)
            chained.append(other)
    return chained
