"""What a world is made of, and which of it stops a body or a look."""

from dataclasses import dataclass
from typing import Any

import numpy as np

AIR, STONE, LAVA, WATER, DEBRIS, RUBBLE, DIRT, GLASS, REINFORCED, FOLIAGE = range(10)
SOLID = (STONE, DEBRIS, RUBBLE, GLASS, REINFORCED)
OPAQUE = (STONE, DEBRIS, RUBBLE, REINFORCED, FOLIAGE)

Voxels = np.ndarray  # materials by z, y and x


@dataclass(frozen=True, slots=True)
class Rect:
    """A block of columns: left and bottom in it, right and top beside it."""

    left: int
    bottom: int
    right: int
    top: int

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    @property
    def wide(self) -> int:
        return self.right - self.left

    @property
    def deep(self) -> int:
        return self.top - self.bottom

    def inset(self, by: int) -> "Rect":
        return Rect(self.left + by, self.bottom + by, self.right - by, self.top - by)


def of_world(world: dict[str, Any]) -> Voxels:
    """Return the materials of a world whose walls all name theirs."""
    across, along, up = world["size"]
    voxels = np.zeros((up, along, across), dtype=np.uint8)
    x, y, z, material = np.array(world["walls"], dtype=np.int64).reshape(-1, 4).T
    voxels[z, y, x] = material
    return voxels


def all_around(columns: np.ndarray) -> np.ndarray:
    """Return the columns whose eight neighbours are among them too."""
    wide = np.pad(columns, 1)
    kept = columns.copy()
    rows, across = columns.shape
    for dy in range(3):
        for dx in range(3):
            kept &= wide[dy : dy + rows, dx : dx + across]
    return kept
