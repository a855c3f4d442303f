"""The ways of a fight: paths of the arena's navigation, for slim bodies and for heavy ones."""

from math import hypot
from random import Random
from typing import Any

import numpy as np

from games.arena.ground import Ground
from games.arena.navigation import Graph, build
from games.arena.voxels import LAVA, WATER, all_around

SLIM = 3.0  # voxels: the widest body that the navigation's own surfaces have room for
DEARER_IN_LAVA, DEARER_IN_WATER = 8.0, 1.6
GROUND_LEVEL = -1
SEARCH = 8  # voxels round a place, in which a node is looked for

Spot = tuple[float, float]


class Ways:
    """Where a mech may walk on the ground of a world, and how it gets somewhere."""

    def __init__(self, world: dict[str, Any], ground: Ground, towards: Spot) -> None:
        graph = build(world)
        on_ground = graph.ids[:, 0] == GROUND_LEVEL
        self.number = np.full((ground.along, ground.across), -1, dtype=np.int64)
        rows, columns = graph.ids[on_ground, 1], graph.ids[on_ground, 2]
        self.number[rows, columns] = np.flatnonzero(on_ground)
        slim = self.number >= 0
        dear = dearness(ground)
        self.graphs = {}
        self.open = {}
        for name, room in (("slim", slim), ("wide", all_around(slim))):
            self.graphs[name] = pruned(graph, room, dear)
            self.open[name] = self._reached(name, room, towards)

    def _reached(self, name: str, room: np.ndarray, towards: Spot) -> np.ndarray:
        """Return which columns the place is reached from, the place's own included."""
        graph = self.graphs[name]
        first = nearest_open(room, towards)
        if first is None:
            return room & False
        ends = np.searchsorted(graph.sources, np.arange(len(graph.ids) + 1))
        seen = np.zeros(len(graph.ids), dtype=bool)
        edge = np.array([self.number[first[1], first[0]]])
        while len(edge):
            seen[edge] = True
            spans = [graph.targets[ends[node] : ends[node + 1]] for node in edge]
            edge = np.unique(np.concatenate(spans))
            edge = edge[~seen[edge]]
        return room & seen[self.number]

    def room(self, width: float) -> str:
        return "slim" if width <= SLIM else "wide"

    def near(self, width: float, spot: Spot) -> Spot | None:
        """Return the middle of the column nearest to a place that such a body can stand in."""
        column = nearest_open(self.open[self.room(width)], spot)
        return None if column is None else (column[0] + 0.5, column[1] + 0.5)

    def is_open(self, width: float, x: float, y: float) -> bool:
        columns = self.open[self.room(width)]
        column, row = int(x), int(y)
        inside = 0 <= column < columns.shape[1] and 0 <= row < columns.shape[0]
        return inside and bool(columns[row, column])

    def is_straight(self, width: float, start: Spot, end: Spot) -> bool:
        """Tell whether such a body walks from one place to another without a turn."""
        steps = int(2 * hypot(end[0] - start[0], end[1] - start[1])) + 1
        return all(
            self.is_open(
                width,
                start[0] + (end[0] - start[0]) * step / steps,
                start[1] + (end[1] - start[1]) * step / steps,
            )
            for step in range(steps + 1)
        )

    def path(self, width: float, start: Spot, end: Spot) -> list[Spot]:
        """Return the places to walk through, or none where no way leads there."""
        columns = self.open[self.room(width)]
        first, last = nearest_open(columns, start), nearest_open(columns, end)
        if first is None or last is None:
            return []
        graph = self.graphs[self.room(width)]
        nodes = graph.path(
            int(self.number[first[1], first[0]]), int(self.number[last[1], last[0]])
        ).nodes
        return [(x + 0.5, y + 0.5) for _, y, x in graph.ids[nodes].tolist()]

    def anywhere(self, width: float, middle: Spot, around: float, rng: Random) -> Spot | None:
        """Return some place that such a body can reach, at most so far from a middle."""
        x = middle[0] + rng.uniform(-around, around)
        y = middle[1] + rng.uniform(-around, around)
        return self.near(width, (x, y))


def dearness(ground: Ground) -> np.ndarray:
    """Return how much more a step costs where the feet get hot or wet."""
    floor = ground.voxels[0]
    dear = np.ones(floor.shape)
    for material, factor in ((WATER, DEARER_IN_WATER), (LAVA, DEARER_IN_LAVA)):
        dear[~all_around(floor != material)] = factor
    return dear


def pruned(graph: Graph, room: np.ndarray, dear: np.ndarray) -> Graph:
    """Return the graph with the steps alone that stay on the ground where there is room."""
    level, row, column = graph.ids.T
    fits = (level == GROUND_LEVEL) & room[row, column]
    kept = fits[graph.sources] & fits[graph.targets]
    sources, targets = graph.sources[kept], graph.targets[kept]
    costs = graph.costs[kept] * dear[row[targets], column[targets]]
    return Graph(graph.voxel_size, graph.clearance, graph.ids, sources, targets, costs)


def nearest_open(columns: np.ndarray, spot: Spot) -> tuple[int, int] | None:
    """Return the open column nearest to a place, as (x, y), of those not too far from it."""
    column, row = int(spot[0]), int(spot[1])
    left, low = max(column - SEARCH, 0), max(row - SEARCH, 0)
    rows, across = np.nonzero(
        columns[low : max(row + SEARCH + 1, 0), left : max(column + SEARCH + 1, 0)]
    )
    if not len(rows):
        return None
    away = (rows + low + 0.5 - spot[1]) ** 2 + (across + left + 0.5 - spot[0]) ** 2
    best = int(away.argmin())
    return int(across[best]) + left, int(rows[best]) + low
