"""Where a mech may walk in a voxel world: its surfaces as a graph, and the cheapest way through it.

Rules and numbers are those of the arena's own planner: a surface is a solid voxel with room above
it, or the bedrock below the world; steps lead to the eight columns round it, at most two voxels up
or down, and going up costs a fifth more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from games.game import Refused

SOLID = (1, 4, 5, 7, 8)
CLEARANCE = 4  # voxels, where a world states nothing
MOST_CLEARANCE = 64
STEP_HEIGHT = 2  # voxels
DIAGONAL = 1.414
UPWARD = 1.2
FAR_ABOVE = 1.5  # voxels, from where on a node counts as on another floor
ANOTHER_FLOOR = 1000.0
MOST_VOXELS = 16 * 2**20
LONGEST_SIDE = 4096

Point = Sequence[float]


class Path(NamedTuple):
    """A way from node to node, what it costs, and how many nodes were looked at to find it."""

    nodes: list[int]
    cost: float
    visited: int


@dataclass(frozen=True)
class Graph:
    """Nodes by number in the order of their ids `[z, y, x]`, and directed edges between them."""

    voxel_size: float
    clearance: int
    ids: np.ndarray  # a row a node: z, y, x
    sources: np.ndarray  # a number an edge, ascending
    targets: np.ndarray
    costs: np.ndarray

    def position(self, node: int) -> list[float]:
        z, y, x = self.ids[node].tolist()
        size = self.voxel_size
        return [(x + 0.5) * size, (y + 0.5) * size, (z + 1) * size]

    def node_id(self, node: int) -> list[int]:
        return self.ids[node].tolist()

    def nearest(self, point: Point) -> int | None:
        """Return the node nearest to a point in metres, of the nine columns round it."""
        size = self.voxel_size
        column_x, column_y = (int(coordinate // size) for coordinate in point[:2])
        best, least = None, float("inf")
        for y in range(column_y - 1, column_y + 2):
            for x in range(column_x - 1, column_x + 2):
                for node in self._columns.get((y, x), ()):
                    distance = self._distance(node, point)
                    if distance < least:
                        best, least = node, distance
        return best

    def _distance(self, node: int, point: Point) -> float:
        x, y, z = self.position(node)
        squared = (x - point[0]) ** 2 + (y - point[1]) ** 2 + (z - point[2]) ** 2
        other_floor = abs(z - point[2]) > FAR_ABOVE * self.voxel_size
        return squared + (ANOTHER_FLOOR if other_floor else 0.0)

    @cached_property
    def _columns(self) -> dict[tuple[int, int], list[int]]:
        columns: dict[tuple[int, int], list[int]] = {}
        for node, (_, y, x) in enumerate(self.ids.tolist()):
            columns.setdefault((y, x), []).append(node)
        return columns

    def path(self, start: int, goal: int) -> Path:
        """Return a cheapest way by A*; one of no nodes where none leads there."""
        best = {start: 0.0}
        came_from = {start: start}
        closed: set[int] = set()
        ahead = self._ahead(goal)
        waiting = [(ahead[start], ahead[start], start)]
        while waiting:
            _, _, node = heappop(waiting)
            if node in closed:
                continue
            closed.add(node)
            if node == goal:
                return Path(_back(came_from, goal), best[goal], len(closed))
            so_far = best[node]
            for target, cost in self._steps[node]:
                reached = so_far + cost
                if reached < best.get(target, float("inf")):
                    best[target] = reached
                    came_from[target] = node
                    heappush(waiting, (reached + ahead[target], ahead[target], target))
        return Path([], 0.0, len(closed))

    def _ahead(self, goal: int) -> list[float]:
        """Return what the way from each node to the goal costs at the least."""
        away = np.abs(self.ids[:, 1:] - self.ids[goal, 1:])
        longer, shorter = away.max(axis=1), away.min(axis=1)
        return (self.voxel_size * (longer - shorter + DIAGONAL * shorter)).tolist()

    @cached_property
    def _steps(self) -> list[list[tuple[int, float]]]:
        pairs = list(zip(self.targets.tolist(), self.costs.tolist(), strict=True))
        ends = np.searchsorted(self.sources, np.arange(len(self.ids) + 1)).tolist()
        return [pairs[first:end] for first, end in pairwise(ends)]

    def as_json(self) -> bytes:
        """Return the graph as it is answered with: nodes with their place and edges."""
        names = [f"[{z},{y},{x}]" for z, y, x in self.ids.tolist()]
        reached = [names[target] for target in self.targets.tolist()]
        ends = np.searchsorted(self.sources, np.arange(len(names) + 1)).tolist()
        places = (self.ids[:, ::-1] + (0.5, 0.5, 1.0)) * self.voxel_size
        nodes = [
            f'{{"id":{name},"pos":[{x!r},{y!r},{z!r}],"edges":[{",".join(reached[first:end])}]}}'
            for name, (x, y, z), first, end in zip(
                names, places.tolist(), ends, ends[1:], strict=False
            )
        ]
        head = f'{{"voxel_size":{self.voxel_size!r},"clearance_z":{self.clearance},"nodes":['
        return f"{head}{','.join(nodes)}]}}".encode()


def _back(came_from: dict[int, int], goal: int) -> list[int]:
    nodes = [goal]
    while came_from[nodes[-1]] != nodes[-1]:
        nodes.append(came_from[nodes[-1]])
    return nodes[::-1]


# From a world to its graph


def build(world: dict[str, Any]) -> Graph:
    """Return the graph of a world, or raise Refused where it is no world of voxels."""
    voxel_size = _voxel_size(world)
    clearance = _clearance(world)
    walkable = _eroded(_surfaces(_solid(world), clearance))
    ids = np.argwhere(walkable) - (1, 0, 0)
    return Graph(voxel_size, clearance, ids, *_edges(walkable, voxel_size))


def _voxel_size(world: dict[str, Any]) -> float:
    size = world.get("voxel_size_m", 1.0)
    if type(size) not in (int, float) or not 0 < size <= 1e6:
        raise Refused("voxel_size_m must be a number of metres above 0.")
    return float(size)


def _clearance(world: dict[str, Any]) -> int:
    meta = world.get("meta")
    validator = meta.get("validator") if isinstance(meta, dict) else None
    stated = validator.get("clearance_z") if isinstance(validator, dict) else None
    if stated is None:
        return CLEARANCE
    if type(stated) is not int or not 1 <= stated <= MOST_CLEARANCE:
        raise Refused(f"meta.validator.clearance_z must be from 1 to {MOST_CLEARANCE}.")
    return stated


def _solid(world: dict[str, Any]) -> np.ndarray:
    """Return which voxels are solid, by z, y and x."""
    size = world.get("size")
    if not (
        isinstance(size, list)
        and len(size) == 3
        and all(type(side) is int and 0 < side <= LONGEST_SIDE for side in size)
        and size[0] * size[1] * size[2] <= MOST_VOXELS
    ):
        raise Refused(f"size must be [x, y, z], and the world of at most {MOST_VOXELS} voxels.")
    walls = _walls(world.get("walls"))
    solid = np.zeros(size[::-1], dtype=bool)
    inside = ((walls[:, :3] >= 0) & (walls[:, :3] < size)).all(axis=1)
    x, y, z, kind = walls[inside].T
    solid[z, y, x] = np.isin(kind, SOLID)
    return solid


def _walls(stated: Any) -> np.ndarray:
    """Return a row a voxel that is not air: x, y, z and what it is of."""
    try:
        if not stated:
            return np.zeros((0, 4), dtype=np.int64)
        try:
            walls = np.array(stated, dtype=np.int64)
        except ValueError:  # some name their material and some do not
            walls = np.array([[*wall, 1][:4] for wall in stated], dtype=np.int64)
        if walls.ndim != 2 or walls.shape[1] not in (3, 4):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise Refused("walls must be a list of [x, y, z] or [x, y, z, type].") from None
    if walls.shape[1] == 3:
        walls = np.hstack([walls, np.ones((len(walls), 1), dtype=np.int64)])
    return walls


def _surfaces(solid: np.ndarray, clearance: int) -> np.ndarray:
    """Return where one can stand, the level below the world (bedrock) first, the top one never."""
    levels = len(solid)
    room = np.ones_like(solid)  # room[z]: nothing solid from z up to the clearance
    for above in range(min(clearance, levels)):
        room[: levels - above] &= ~solid[above:]
    surfaces = room
    surfaces[1:] &= solid[:-1]
    return surfaces


def _eroded(surfaces: np.ndarray) -> np.ndarray:
    """Return what is left where all eight neighbours on the level are walkable too."""
    rows = np.zeros_like(surfaces)
    rows[:, 1:-1] = surfaces[:, :-2] & surfaces[:, 1:-1] & surfaces[:, 2:]
    left = np.zeros_like(surfaces)
    left[:, :, 1:-1] = rows[:, :, :-2] & rows[:, :, 1:-1] & rows[:, :, 2:]
    return left


_AROUND = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]


def _edges(walkable: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the edges as three columns: from which node, to which, at what cost."""
    # A margin of nothing lets every neighbour be looked up without asking where the world ends.
    margin = ((STEP_HEIGHT, STEP_HEIGHT), (1, 1), (1, 1))
    there = np.pad(walkable, margin)
    level, row = there.shape[1] * there.shape[2], there.shape[2]
    there = there.ravel()
    places = np.flatnonzero(there)
    number = np.full(len(there), -1, dtype=np.int32)
    number[places] = np.arange(len(places), dtype=np.int32)
    targets, costs = [], []
    for dy, dx in _AROUND:
        open_way = np.ones(len(places), dtype=bool)
        if dy and dx:
            open_way = there[places + dx] & there[places + dy * row]
        for dz in range(-STEP_HEIGHT, STEP_HEIGHT + 1):
            reached = number[places + (dz * level + dy * row + dx)]
            targets.append(np.where(open_way, reached, -1))
            costs.append(size * (DIAGONAL if dy and dx else 1.0) * (UPWARD if dz > 0 else 1.0))
    table = np.array(targets, dtype=np.int32).T  # a row a node, a column a way
    sources, ways = np.nonzero(table >= 0)
    return sources, table[sources, ways], np.array(costs)[ways]
