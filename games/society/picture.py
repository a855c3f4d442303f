"""A small picture of a run: the zones, and some hundreds of its agents where they stand."""

from typing import Any

from games.game import Shape, Snapshot
from games.society import columns

MOST_DISCS = 400
COLOURS = ("gate", "quiet", "danger", "warning")


def picture(snapshot: Snapshot) -> list[Shape]:
    agents, canvas = snapshot.get("agents"), snapshot.get("canvas")
    if not isinstance(agents, dict) or not isinstance(canvas, dict):
        return []
    try:
        found = [columns.unpack(agents[name]) for name in ("x", "y", "zone")]
        side = float(max(canvas["width"], canvas["height"]))
    except (KeyError, TypeError, ValueError):
        return []
    if not side > 0 or len({len(column) for column in found}) > 1:
        return []
    return [Shape("rect", (0, 0, 1, 1), "ground"), *discs(found, side)]


def discs(found: list[columns.Column], side: float) -> list[Shape]:
    every = max(1, len(found[0]) // MOST_DISCS)
    rows: Any = zip(*(column[::every].tolist() for column in found), strict=True)
    return [
        Shape("disc", (x / 10 / side, y / 10 / side, 0.006), COLOURS[zone % len(COLOURS)])
        for x, y, zone in rows
        if columns.NOTHING not in (x, y, zone)
    ]
