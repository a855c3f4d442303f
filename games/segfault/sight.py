"""What one process sees: its cluster, and the tiles around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from games.game import Snapshot
from games.segfault.grid import Board, bits
from games.segfault.reading import board_of, living, records, tile_of, tiles_of, whole

FARTHEST_SIGHT = 4  # steps from the tiles of the cluster


@dataclass(frozen=True, slots=True)
class Scene:
    """What all who look at one snapshot share; it is read once, however many look."""

    board: Board
    living: list[tuple[Any, int | None]]  # id and tile
    standing: list[tuple[Any, int]]  # id and tile of those who are in the way
    gates: list[int]
    danger: int | None
    echoes: list[tuple[int, int]]  # tile and tick


def scene_of(snapshot: Snapshot) -> Scene | None:
    """Return the scene of a snapshot, or None where it has no board."""
    board = board_of(snapshot)
    if board is None:
        return None
    ground = board.grid
    present = [item for item in records(snapshot, "processes") if item.get("alive")]
    standing = [(item.get("id"), tile_of(ground, item)) for item in present]
    echoes = [
        (tile_of(ground, echo), whole(echo.get("tick"))) for echo in records(snapshot, "echo_tiles")
    ]
    return Scene(
        board=board,
        living=[(item.get("id"), tile_of(ground, item)) for item in living(snapshot)],
        standing=[(who, tile) for who, tile in standing if tile is not None],
        gates=sorted(tiles_of(ground, records(snapshot, "gates"))),
        danger=tile_of(ground, snapshot.get("defragger")),
        echoes=[(tile, tick) for tile, tick in echoes if tile is not None],
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """The scene, where the process stands, and the tiles it sees as a mask."""

    scene: Scene
    place: tuple[int, int]
    tiles: int

    @property
    def board(self) -> Board:
        return self.scene.board

    def shows(self, tile: int | None) -> bool:
        return tile is not None and bool(self.tiles >> tile & 1)

    def relative(self, tile: int) -> list[int]:
        y, x = divmod(tile, self.scene.board.grid.size)
        return [x - self.place[0], y - self.place[1]]

    def visible(self) -> list[list[int]]:
        return [self.relative(tile) for tile in bits(self.tiles)]

    def among(self, tiles: Iterable[int]) -> list[list[int]]:
        """Return those of the tiles that are seen, relative to the process."""
        return [self.relative(tile) for tile in tiles if self.tiles >> tile & 1]

    def walls(self) -> list[dict[str, list[int]]]:
        """Return the walls with a seen tile on one side at least."""
        ground, size = self.board.grid, self.board.grid.size
        east = self.tiles | self.tiles >> 1
        south = self.tiles | self.tiles >> size
        seen = self.board.walls & (east | south << ground.count)
        sides = (ground.beside(edge) for edge in bits(seen))
        return [{"a": self.relative(a), "b": self.relative(b)} for a, b in sides]


def sight_of(scene: Scene | None, who: str) -> Sight | None:
    """Return what a live process sees, or None if it is not there."""
    if scene is None:
        return None
    own = next((tile for name, tile in scene.living if name == who), None)
    if own is None:
        return None
    tiles = cluster(scene.board, own, [tile for _, tile in scene.living if tile is not None])
    depth = min(FARTHEST_SIGHT, len(tiles))
    seen = scene.board.flood(sum(1 << tile for tile in tiles), depth)
    return Sight(scene, scene.board.grid.place(own), seen)


def cluster(board: Board, own: int, tiles: list[int]) -> list[int]:
    """Return the tiles of the processes chained to this one by adjacency, walls or not."""
    chained, apart = [own], sorted(set(tiles) - {own})
    for tile in chained:
        for other in [other for other in apart if board.grid.adjacent(tile, other)]:
            apart.remove(other)
            chained.append(other)
    return chained
