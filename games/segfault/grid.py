"""Where tiles and walls lie: one grid with its walls, held in whole numbers used as bit masks.

A tile is `y * size + x`, so a set of tiles is a number with one bit a tile. A wall is a number too:
the wall east of tile t is edge t, the wall south of it is edge `size² + t`. Moving all tiles of a
set one step is then a mask and a shift, which makes sight, paths and connectivity cheap.
"""

from collections.abc import Iterator
from functools import cache, cached_property
from itertools import pairwise, product

KEYPAD = {
    "7": (-1, -1),
    "8": (0, -1),
    "9": (1, -1),
    "4": (-1, 0),
    "6": (1, 0),
    "1": (-1, 1),
    "2": (0, 1),
    "3": (1, 1),
}
"""Digits of a numeric keypad and the step each stands for: x grows east, y grows south."""


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Grid:
    """The geometry of an empty board of one size; `grid(size)` makes each size once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = size * size
        self.all = (1 << self.count) - 1
        self.edge_of = {
            (x, y, x + dx, y + dy): (y * size + x) + (self.count if dy else 0)
            for x, y in product(range(size), repeat=2)
            for dx, dy in ((0, 1), (1, 0))
            if x + dx < size and y + dy < size
        }
        self.edges = frozenset(self.edge_of)
        self.places = frozenset(product(range(size), repeat=2))
        self.wall_of = {edge: list(wall) for wall, edge in self.edge_of.items()}
        self.delta = {digit: dy * size + dx for digit, (dx, dy) in KEYPAD.items()}
        self.east = sum(1 << edge for edge in self.wall_of if edge < self.count)
        self.south = sum(1 << edge - self.count for edge in self.wall_of if edge >= self.count)

    def tile(self, x: int, y: int) -> int:
        return y * self.size + x

    def place(self, tile: int) -> tuple[int, int]:
        y, x = divmod(tile, self.size)
        return x, y

    def distance(self, a: int, b: int) -> int:
        """Return the Chebyshev distance of two tiles, walls or not."""
        (ay, ax), (by, bx) = divmod(a, self.size), divmod(b, self.size)
        return max(abs(ax - bx), abs(ay - by))

    def adjacent(self, a: int, b: int) -> bool:
        return self.distance(a, b) == 1

    def beside(self, edge: int) -> tuple[int, int]:
        """Return the two tiles that a wall on this edge parts."""
        if edge < self.count:
            return edge, edge + 1
        return edge - self.count, edge - self.count + self.size

    @cached_property
    def slides(self) -> dict[int, tuple[int, ...]]:
        """Return for each edge the edges that share a vertex with it."""
        meeting: dict[tuple[int, int], list[int]] = {}
        for edge in self.wall_of:
            for vertex in self._ends(edge):
                meeting.setdefault(vertex, []).append(edge)
        return {
            edge: tuple(
                other for vertex in self._ends(edge) for other in meeting[vertex] if other != edge
            )
            for edge in self.wall_of
        }

    def _ends(self, edge: int) -> tuple[tuple[int, int], tuple[int, int]]:
        x, y = self.place(self.beside(edge)[0])
        if edge < self.count:
            return (x + 1, y), (x + 1, y + 1)
        return (x, y + 1), (x + 1, y + 1)


@cache
def grid(size: int) -> Grid:
    return Grid(size)


class Board:
    """A grid with its walls: what a step, a look and a path are. It never changes."""

    def __init__(self, ground: Grid, walls: int) -> None:
        self.grid = ground
        self.walls = walls

    @classmethod
    def of(cls, size: int, walls: list[list[int]]) -> "Board":
        """Return the board with these walls, each `[ax, ay, bx, by]`."""
        ground = grid(size)
        return cls(ground, sum(1 << ground.edge_of[ax, ay, bx, by] for ax, ay, bx, by in walls))

    def wall_list(self) -> list[list[int]]:
        """Return the walls as `[ax, ay, bx, by]` with a < b, in ascending order."""
        return sorted(list(self.grid.wall_of[edge]) for edge in bits(self.walls))

    @cached_property
    def opens(self) -> dict[int, int]:
        """Return for each distance in tile numbers the tiles from which that step is legal.

        One mask serves both ways of a step and is kept at its lower tile, so that a→b is legal
        exactly when b→a is. A diagonal is open when one of the two ways round its corner is.
        """
        size = self.grid.size
        east = self.grid.east & ~self.walls
        south = self.grid.south & ~(self.walls >> self.grid.count)
        south_east = (east & south >> 1) | (south & east >> size)
        south_west = (east & south) << 1 | (south & east >> size - 1)
        return {1: east, size: south, size + 1: south_east, size - 1: south_west}

    def step(self, tile: int, digit: str) -> int | None:
        """Return the tile one step away, or None where that step is not legal."""
        delta = self.grid.delta[digit]
        to = tile + delta
        lower = min(tile, to)
        return to if lower >= 0 and self.opens[abs(delta)] >> lower & 1 else None

    def exits(self, tile: int) -> dict[str, int]:
        """Return the legal steps from a tile: digit and where it leads, in keypad order."""
        steps = ((digit, self.step(tile, digit)) for digit in KEYPAD)
        return {digit: to for digit, to in steps if to is not None}

    def spread(self, tiles: int) -> int:
        """Return these tiles and all that are one legal step from one of them."""
        wider = tiles
        for delta, opened in self.opens.items():
            wider |= (tiles & opened) << delta | tiles >> delta & opened
        return wider

    def flood(self, tiles: int, depth: int) -> int:
        for _ in range(depth):
            tiles = self.spread(tiles)
        return tiles

    def rings(self, start: int, end: int, closed: int = 0) -> list[int]:
        """Return the sets of tiles at 0, 1, 2 … steps from `start`, up to the set with `end`.

        `closed` tiles are not entered. The list is empty when there is no way.
        """
        seen = ring = 1 << start
        rings = [ring]
        while not ring >> end & 1:
            ring = self.spread(ring) & ~seen & ~closed
            if not ring:
                return []
            seen |= ring
            rings.append(ring)
        return rings

    def sees(self, a: int, b: int) -> bool:
        """Tell whether b lies in the same row, column or diagonal with every step to it legal."""
        (ay, ax), (by, bx) = divmod(a, self.grid.size), divmod(b, self.grid.size)
        dx, dy = bx - ax, by - ay
        length = max(abs(dx), abs(dy))
        if length == 0 or abs(dx) not in (0, length) or abs(dy) not in (0, length):
            return False
        delta = (b - a) // length
        opened = self.opens[abs(delta)]
        way = range(a, b + delta, delta)
        return all(opened >> min(here, there) & 1 for here, there in pairwise(way))

    def joined(self, a: int, b: int) -> bool:
        """Tell whether b can be reached from a by orthogonal steps."""
        size = self.grid.size
        east, south = self.opens[1], self.opens[size]
        goal, seen, reach = 1 << b, 0, 1 << a
        while reach != seen:
            if reach & goal:
                return True
            seen = reach
            reach |= (seen & east) << 1 | seen >> 1 & east
            reach |= (seen & south) << size | seen >> size & south
        return False

    def connected(self) -> bool:
        """Tell whether every tile can be reached from every other.

        A diagonal step needs an orthogonal way round its corner, so it joins nothing more.
        """
        seen, reach = 0, 1
        while reach != seen:
            seen, reach = reach, self.spread(reach)
        return reach == self.grid.all
