"""Build the world of a fight: a town of four quarters, two corners to start in and a zone to hold.

A world is what the arena's trainers push: voxels by material, and what they are for in `meta`.
"""

from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from games.arena.quarters import BUILDERS, box
from games.arena.voxels import AIR, DIRT, REINFORCED, SOLID, STONE, Rect, Voxels, all_around
from games.game import Refused

SIDE, HEIGHT = 160, 24  # voxels
LEAST_SIDE, MOST_SIDE = 40, 240
CLEARANCE = 4  # voxels, the height of a heavy
LANE = 9  # voxels, in which two heavies pass
CORNERS = {"BL": (0, 0), "BR": (1, 0), "TL": (0, 1), "TR": (1, 1)}
OPPOSITE = {"BL": "TR", "TR": "BL", "BR": "TL", "TL": "BR"}

Place = tuple[float, float]


def world(seed: int, side: int = SIDE) -> dict[str, Any]:
    """Return the world of a seed, `side` voxels wide and deep."""
    if not LEAST_SIDE <= side <= MOST_SIDE:
        raise Refused(f"A world is from {LEAST_SIDE} to {MOST_SIDE} voxels wide.")
    rng = Random(f"terrain:{seed}:{side}")
    meta = plan(side, rng)
    voxels = np.zeros((HEIGHT, side, side), dtype=np.uint8)
    build_quarters(voxels, meta["biome_layout"], rng)
    clear_the_way(voxels, meta)
    fortify(voxels, meta["capture_zone"], rng)
    voxels[0][voxels[0] == AIR] = DIRT
    meta["recipe"] = {
        "schema_version": 1,
        "generator": {"id": "town_of_quarters", "version": "1", "config": {"side": side}},
        "seed": seed,
    }
    return {
        "size": [side, side, HEIGHT],
        "voxel_size_m": 1.0,
        "seed": seed,
        "spawn_clear": meta["spawn_clear"],
        "meta": meta,
        "walls": listed(voxels),
    }


def listed(voxels: Voxels) -> list[list[int]]:
    """Return every voxel that is not air as [x, y, z, material], from the ground up."""
    z, y, x = np.nonzero(voxels)
    return np.stack([x, y, z, voxels[z, y, x]], axis=1).tolist()


# The plan: who starts where, what is fought for, and how one gets there


def plan(side: int, rng: Random) -> dict[str, Any]:
    blue = rng.choice(sorted(CORNERS))
    red = OPPOSITE[blue]
    towards = rng.choice(sorted(set(CORNERS) - {blue, red}))
    clear = min(25, side // 4)
    zone = {
        "center": list(zone_center(side, towards, rng)),
        "radius": round(side * rng.uniform(0.08, 0.1), 3),
        "corner": towards,
    }
    spawns = {"blue": blue, "red": red}
    return {
        "biome_layout": dict(zip(CORNERS, rng.sample(sorted(BUILDERS), 4), strict=True)),
        "generator": "town_of_quarters",
        "transform": "identity",
        "spawn_corners": spawns,
        "spawn_clear": clear,
        "capture_zone": zone,
        "corridors": corridors(side, clear, spawns, zone),
        "fixups": [],
        "stats": {},
        "validator": {
            "type": "cleared_lanes", "clearance_z": CLEARANCE, "carve_width": LANE,
        },
    }  # fmt: skip


def zone_center(side: int, towards: str, rng: Random) -> Place:
    """Return a place as far from one corner to start in as from the other."""
    away = rng.uniform(0.0, 0.16)
    x, y = CORNERS[towards]
    return (
        round(side * (0.5 + away * (2 * x - 1)), 3),
        round(side * (0.5 + away * (2 * y - 1)), 3),
    )


def spawn_center(side: int, clear: int, corner: str) -> Place:
    x, y = CORNERS[corner]
    return (
        x * side + clear / 2 * (1 - 2 * x),
        y * side + clear / 2 * (1 - 2 * y),
    )


def corridors(
    side: int, clear: int, spawns: dict[str, str], zone: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the lanes that are kept free: one straight to the zone, one round each side of it."""
    center, found = zone["center"], []
    for team, corner in spawns.items():
        start = list(spawn_center(side, clear, corner))
        found.append(lane(f"{team}_lane_main", [start, center]))
        for name, bend in flanks(side, start, center).items():
            found.append(lane(f"{team}_lane_{name}", [start, bend, center]))
    return found


def flanks(side: int, start: list[float], center: list[float]) -> dict[str, list[float]]:
    """Return where the two ways round bend: to the left and to the right of the straight one."""
    dx, dy = center[0] - start[0], center[1] - start[1]
    edge = LANE / 2 + 1
    bends = {}
    for name, turn in (("left", 0.45), ("right", -0.45)):
        x = start[0] + 0.6 * dx - turn * dy
        y = start[1] + 0.6 * dy + turn * dx
        bends[name] = [round(min(max(way, edge), side - edge), 3) for way in (x, y)]
    return bends


def lane(kind: str, points: list[list[float]]) -> dict[str, Any]:
    return {"kind": kind, "width": float(LANE), "points": points}


# The town


def build_quarters(voxels: Voxels, layout: dict[str, str], rng: Random) -> None:
    """Fill block after block between the streets, each in the manner of its quarter."""
    side = voxels.shape[1]
    columns, rows = blocks(side, rng), blocks(side, rng)
    for bottom, top in rows:
        for left, right in columns:
            block = Rect(left, bottom, right, top)
            BUILDERS[layout[quarter(block, side)]](voxels, block, rng)


def quarter(block: Rect, side: int) -> str:
    x, y = block.middle
    return ("T" if y >= side / 2 else "B") + ("R" if x >= side / 2 else "L")


def blocks(side: int, rng: Random) -> list[tuple[int, int]]:
    """Return where blocks begin and end along one side; between them are streets."""
    least, most = (9, 13) if side < 100 else (16, 27)
    found, at = [], 3
    while at + least <= side - 3:
        end = min(at + rng.randint(least, most), side - 3)
        found.append((at, end))
        at = end + rng.randint(6, 9)
    return found


def clear_the_way(voxels: Voxels, meta: dict[str, Any]) -> None:
    """Take away what stands in the corners to start in, in the zone and in the lanes."""
    side, clear = voxels.shape[1], meta["spawn_clear"]
    y, x = np.mgrid[0:side, 0:side] + 0.5
    free = np.zeros((side, side), dtype=bool)
    for corner in meta["spawn_corners"].values():
        right, top = CORNERS[corner]
        across = x > side - clear if right else x < clear
        along = y > side - clear if top else y < clear
        free |= across & along
    center, radius = meta["capture_zone"]["center"], meta["capture_zone"]["radius"]
    free |= np.hypot(x - center[0], y - center[1]) < radius + LANE / 2
    for corridor in meta["corridors"]:
        points = corridor["points"]
        for start, end in pairwise(points):
            free |= distance_to_line(x, y, start, end) < LANE / 2
    voxels[:, free] = AIR
    close_cuts(voxels, free)


def close_cuts(voxels: Voxels, free: Any) -> None:
    """Wall up the houses that a lane has cut open: below a roof at the edge is a wall."""
    beside = ~free & ~all_around(~free)
    for row, column in np.argwhere(beside).tolist():
        solid = np.flatnonzero(np.isin(voxels[:, row, column], SOLID))
        if len(solid) and solid[-1] >= CLEARANCE - 1:
            below = voxels[: solid[-1], row, column]
            below[below == AIR] = STONE


def distance_to_line(x: Any, y: Any, start: list[float], end: list[float]) -> Any:
    """Return how far each of the places is from the line between two points."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = np.clip(along, 0.0, 1.0)
    return np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)


def fortify(voxels: Voxels, zone: dict[str, Any], rng: Random) -> None:
    """Put some breastworks round the zone, behind which one can hold it."""
    (x, y), radius = zone["center"], zone["radius"]
    for number in range(4):
        angle = np.pi * (number / 2 + rng.uniform(0.15, 0.35))
        left = int(x + 0.72 * radius * np.cos(angle)) - 1
        low = int(y + 0.72 * radius * np.sin(angle)) - 1
        wide, deep = rng.choice([(4, 1), (1, 4), (2, 2)])
        high = rng.choice([2, 2, 3])
        box(voxels, Rect(left, low, left + wide, low + deep), 0, high, REINFORCED)
