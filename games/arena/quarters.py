"""How each quarter of the town is built: halls, racks, greenhouses, tanks, canals, barrens."""

from collections.abc import Callable
from random import Random

import numpy as np

from games.arena.voxels import (
    AIR,
    DEBRIS,
    FOLIAGE,
    GLASS,
    LAVA,
    REINFORCED,
    RUBBLE,
    STONE,
    WATER,
    Rect,
    Voxels,
)

GATE = 7  # voxels, wide enough for a heavy


def civic(voxels: Voxels, block: Rect, rng: Random) -> None:
    """A tower of glass between columns, a hall that one can walk through, or a square of trees."""
    kind = rng.random()
    if kind < 0.5:
        tower(voxels, block.inset(rng.randint(1, 3)), rng.randint(9, 18), rng)
    elif kind < 0.8:
        ruin(voxels, block.inset(1), rng)
    else:
        trees(voxels, block, rng)


def server_farm(voxels: Voxels, block: Rect, rng: Random) -> None:
    """Rows of racks, with aisles between them that a medium fits into."""
    high = rng.randint(3, 5)
    if rng.random() < 0.25:
        tower(voxels, block.inset(2), rng.randint(6, 9), rng)
        return
    upright = rng.random() < 0.5
    first, last = (block.left, block.right) if upright else (block.bottom, block.top)
    for at in range(first + 1, last - 2, 7):
        rack = (
            Rect(at, block.bottom, at + 2, block.top)
            if upright
            else Rect(block.left, at, block.right, at + 2)
        )
        box(voxels, rack, 0, high, STONE)
        box(voxels, rack, high - 1, high, REINFORCED)


def hydroponic(voxels: Voxels, block: Rect, rng: Random) -> None:
    """A greenhouse full of green, or hedges and trees in the open."""
    if rng.random() < 0.55:
        house = block.inset(2)
        high = rng.randint(4, 7)
        shell(voxels, house, high, GLASS, GLASS)
        for row in range(house.bottom + 2, house.top - 2, 3):
            box(voxels, Rect(house.left + 2, row, house.right - 2, row + 1), 0, 2, FOLIAGE)
        return
    for row in range(block.bottom + 1, block.top - 1, 6):
        start = rng.randint(block.left, block.left + block.wide // 2)
        box(voxels, Rect(start, row, start + block.wide // 2, row + 2), 0, 3, FOLIAGE)
    trees(voxels, block, rng)


def refinery(voxels: Voxels, block: Rect, rng: Random) -> None:
    """Tanks with a pipe from one to the next, a chimney, and what fell off them."""
    radius = max(2, min(block.wide, block.deep) // 4)
    high = rng.randint(5, 10)
    near = (block.left + radius + 1, block.bottom + radius + 1)
    far = (block.right - radius - 1, block.top - radius - 1)
    for x, y in (near, far):
        tank(voxels, x, y, radius, high)
    y = near[1]
    box(voxels, Rect(near[0], y, far[0], y + 1), high - 2, high - 1, REINFORCED)
    box(voxels, Rect(far[0] - 1, y - 1, far[0] + 1, y + 1), 0, rng.randint(12, 20), REINFORCED)
    scatter(voxels, block, DEBRIS, rng)


def canal(voxels: Voxels, block: Rect, rng: Random) -> None:
    """A basin of water between low banks and reeds, or a house at the water."""
    if rng.random() < 0.3:
        tower(voxels, block.inset(3), rng.randint(4, 8), rng)
        return
    box(voxels, block.inset(1), 0, 1, WATER)
    for _ in range(3):
        x = rng.randint(block.left, block.right - 3)
        y = rng.choice([block.bottom, block.top - 1])
        box(voxels, Rect(x, y, x + 3, y + 1), 0, 3, FOLIAGE)
    x, y = (int(side) for side in block.middle)
    box(voxels, Rect(x - 1, y - 1, x + 1, y + 1), 0, rng.randint(2, 4), STONE)


def barrens(voxels: Voxels, block: Rect, rng: Random) -> None:
    """Rocks, a pool of lava, fields of debris: nothing that was built still stands."""
    x, y = (
        rng.randint(block.left + 3, block.right - 4),
        rng.randint(block.bottom + 3, block.top - 4),
    )
    if rng.random() < 0.6:
        disc(voxels, x, y, rng.uniform(2.5, 5.0), 0, 1, LAVA)
    for _ in range(rng.randint(2, 4)):
        rock(
            voxels,
            rng.randint(block.left + 2, block.right - 3),
            rng.randint(block.bottom + 2, block.top - 3),
            rng,
        )
    scatter(voxels, block, DEBRIS, rng)


BUILDERS: dict[str, Callable[[Voxels, Rect, Random], None]] = {
    "civic_government": civic,
    "server_farm": server_farm,
    "hydroponic_lab": hydroponic,
    "industrial_refinery": refinery,
    "sunken_canal": canal,
    "barrens": barrens,
}

# What they are built of


def box(voxels: Voxels, base: Rect, low: int, high: int, material: int) -> None:
    """Fill a box, as far as it is in the world."""
    left, bottom = max(base.left, 0), max(base.bottom, 0)
    voxels[low:high, bottom : max(base.top, 0), left : max(base.right, 0)] = material


def shell(voxels: Voxels, base: Rect, high: int, walls: int, roof: int) -> None:
    """Put up four walls and a roof; within is nothing."""
    box(voxels, base, 0, high, walls)
    box(voxels, base.inset(1), 0, high, AIR)
    box(voxels, base, high - 1, high, roof)


def tower(voxels: Voxels, base: Rect, high: int, rng: Random) -> None:
    """A house of stone with bands of windows and reinforced corners; the tall ones step back."""
    if base.wide < 5 or base.deep < 5:
        box(voxels, base, 0, min(high, 4), STONE)
        return
    shell(voxels, base, high, STONE, REINFORCED)
    windows(voxels, base, 2, high - 1)
    corners = ((base.left, base.bottom), (base.right - 1, base.bottom),
               (base.left, base.top - 1), (base.right - 1, base.top - 1))  # fmt: skip
    for x, y in corners:
        box(voxels, Rect(x, y, x + 1, y + 1), 0, high, REINFORCED)
    if high > 11 and min(base.wide, base.deep) >= 11:
        top = base.inset(rng.randint(2, 4))
        taller = min(high + rng.randint(3, 6), voxels.shape[0])
        box(voxels, top, high, taller, GLASS)
        box(voxels, top.inset(1), high, taller, AIR)
        box(voxels, top, taller - 1, taller, REINFORCED)


def windows(voxels: Voxels, base: Rect, low: int, high: int) -> None:
    """Turn every other pair of storeys of the walls into glass, but for some posts."""
    for z in range(low, high - 1, 4):
        for y in (base.bottom, base.top - 1):
            voxels[z : z + 2, y, base.left + 1 : base.right - 1] = GLASS
            voxels[z : z + 2, y, base.left + 4 : base.right - 1 : 5] = STONE
        for x in (base.left, base.right - 1):
            voxels[z : z + 2, base.bottom + 1 : base.top - 1, x] = GLASS
            voxels[z : z + 2, base.bottom + 4 : base.top - 1 : 5, x] = STONE


def ruin(voxels: Voxels, base: Rect, rng: Random) -> None:
    """Four walls without a roof, with a gate in two that face each other."""
    high = rng.randint(4, 8)
    box(voxels, base, 0, high, STONE)
    box(voxels, base.inset(1), 0, high, AIR)
    if base.wide < GATE + 4 or base.deep < GATE + 4:
        return
    if rng.random() < 0.5:
        at = rng.randint(base.left + 2, base.right - 2 - GATE)
        for y in (base.bottom, base.top - 1):
            box(voxels, Rect(at, y, at + GATE, y + 1), 0, high, AIR)
    else:
        at = rng.randint(base.bottom + 2, base.top - 2 - GATE)
        for x in (base.left, base.right - 1):
            box(voxels, Rect(x, at, x + 1, at + GATE), 0, high, AIR)
    broken = rng.randint(base.left + 1, base.right - 4)
    box(voxels, Rect(broken, base.top - 1, broken + 3, base.top), 2, high, AIR)


def disc(voxels: Voxels, x: int, y: int, radius: float, low: int, high: int, material: int) -> None:
    side_y, side_x = voxels.shape[1:]
    rows, columns = np.ogrid[0:side_y, 0:side_x]
    inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    voxels[low:high, inside] = material


def tank(voxels: Voxels, x: int, y: int, radius: int, high: int) -> None:
    """A round tank, empty within: bands of stone on a reinforced foot, and a lid."""
    disc(voxels, x, y, radius, 0, high, STONE)
    disc(voxels, x, y, radius, high // 2, high // 2 + 1, REINFORCED)
    disc(voxels, x, y, radius, 0, 1, REINFORCED)
    disc(voxels, x, y, radius - 1, 0, high - 1, AIR)


def trees(voxels: Voxels, block: Rect, rng: Random) -> None:
    for x in range(block.left + 3, block.right - 2, 7):
        for y in range(block.bottom + 3, block.top - 2, 7):
            if rng.random() < 0.8:
                tree(voxels, x + rng.randint(-1, 1), y + rng.randint(-1, 1), rng.randint(4, 7))


def tree(voxels: Voxels, x: int, y: int, high: int) -> None:
    disc(voxels, x, y, 2.3, high - 2, high + 1, FOLIAGE)
    disc(voxels, x, y, 1.2, high + 1, high + 2, FOLIAGE)
    box(voxels, Rect(x, y, x + 1, y + 1), 0, high, STONE)


def rock(voxels: Voxels, x: int, y: int, rng: Random) -> None:
    radius = rng.uniform(2.0, 4.0)
    for z in range(rng.randint(3, 6)):
        disc(voxels, x, y, radius - 0.55 * z, z, z + 1, RUBBLE)


def scatter(voxels: Voxels, block: Rect, material: int, rng: Random) -> None:
    """Strew some low heaps where nothing stands."""
    for _ in range(rng.randint(2, 4)):
        x = rng.randint(block.left, block.right - 3)
        y = rng.randint(block.bottom, block.top - 3)
        heap = voxels[0, y : y + rng.randint(2, 3), x : x + rng.randint(2, 4)]
        heap[heap == AIR] = material
