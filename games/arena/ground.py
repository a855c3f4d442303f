"""What a world lets through: bodies, looks and shots; and what is underfoot."""

from math import ceil, floor
from typing import Any

import numpy as np

from games.arena.voxels import DEBRIS, LAVA, OPAQUE, SOLID, WATER, of_world

NEARLY = 1e-6  # voxels by which a body may touch what it stands beside
SAMPLES = 192  # along a look: with the longest of 120 voxels, more than one a voxel
BLOCKS_SIGHT, BLOCKS_SHOTS = 1, 2

Spot = tuple[float, float, float]


class Ground:
    """The voxels of a world, ready to be asked about. Coordinates are in voxels."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.voxels = of_world(world)
        self.up, self.along, self.across = self.voxels.shape
        self.solid = np.isin(self.voxels, SOLID)
        opaque = np.isin(self.voxels, OPAQUE)
        # Beyond the world all is air: an index there is led to the border of air round it.
        self._stops = np.pad(opaque * BLOCKS_SIGHT + self.solid * BLOCKS_SHOTS, 1).astype(np.uint8)
        self._kinds = [set(map(int, np.unique(level))) for level in self.voxels[:2]]

    def free(self, x: float, y: float, bottom: float, width: float, height: float) -> bool:
        """Tell whether a body has room there: inside the world, nothing solid in it."""
        half = width / 2
        if not (half <= x <= self.across - half and half <= y <= self.along - half and bottom >= 0):
            return False
        return not self.solid[self._box(x, y, bottom, width, height)].any()

    def _box(
        self, x: float, y: float, bottom: float, width: float, height: float
    ) -> tuple[slice, slice, slice]:
        half = width / 2 - NEARLY
        return (
            slice(floor(bottom + NEARLY), ceil(bottom + height - NEARLY)),
            slice(floor(y - half), ceil(y + half)),
            slice(floor(x - half), ceil(x + half)),
        )

    def stops_shot(self, x: float, y: float, z: float) -> bool:
        """Tell whether something solid is at a point, or the ground; beyond the sides is air."""
        if z < 0:
            return True
        if not (0 <= x < self.across and 0 <= y < self.along and z < self.up):
            return False
        return bool(self.solid[int(z), int(y), int(x)])

    def underfoot(self, x: float, y: float, bottom: float, width: float) -> set[int]:
        """Return which of lava, water and debris a body stands in or on."""
        level = 0 if bottom < 0.5 else floor(bottom + 0.5) - 1
        wanted = {LAVA, WATER} if bottom < 0.5 else {DEBRIS}
        if level < 2 and not wanted & self._kinds[level]:
            return set()
        _, rows, columns = self._box(x, y, bottom, width, 1)
        return wanted & set(self.voxels[level, rows, columns].ravel().tolist())

    def looks(self, starts: list[Spot], ends: list[Spot]) -> tuple[np.ndarray, np.ndarray]:
        """Return, for each start and each end, whether one sees the other and could hit it."""
        first = np.array(starts).reshape(-1, 1, 1, 3)
        last = np.array(ends).reshape(1, -1, 1, 3)
        part = ((np.arange(SAMPLES) + 0.5) / SAMPLES).reshape(1, 1, -1, 1)
        places = np.floor(first + (last - first) * part).astype(np.int64) + 1
        np.clip(places, 0, (self.across + 1, self.along + 1, self.up + 1), out=places)
        stops = self._stops[places[..., 2], places[..., 1], places[..., 0]]
        met = np.bitwise_or.reduce(stops, axis=2)
        return met & BLOCKS_SIGHT == 0, met & BLOCKS_SHOTS == 0
