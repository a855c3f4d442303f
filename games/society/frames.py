"""One tick of a run: a snapshot out of columns and back, and who stands where in a layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games.game import Refused, Snapshot
from games.society import columns
from games.society.columns import NOTHING, Column
from games.society.crowd import Crowd, read_columns
from games.society.layouts import LAYOUTS, Layout

AWARE = 0.5  # an exposure from which on an agent is aware
TAKES_SIDES = 1 / 3  # a stance from which on an agent without a zone is a supporter, or a skeptic
MARGIN = 0.04  # of a zone, which agents that are laid out keep to its border


@dataclass
class Frame:
    """What a snapshot holds, with its columns as numbers."""

    tick: int
    columns: dict[str, Column]
    zones: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    reasoning: dict[int, str] = field(default_factory=dict)

    def column(self, name: str, crowd: Crowd) -> Column | None:
        found = self.columns.get(name)
        return crowd.constant.get(name) if found is None else found


# Snapshots


def snapshot(frame: Frame, crowd: Crowd, crowd_tick: int, before: Column | None = None) -> Snapshot:
    """Return the snapshot of a tick; `before` are the zones of the tick before it.

    The crowd stands in the first; the others name the tick where it stands.
    """
    layout, zone = LAYOUTS[crowd.layout], frame.columns["zone"]
    changes = [] if before is None else changed(before, zone).tolist()
    return {
        "tick": frame.tick,
        "crowd": crowd.as_json() if frame.tick == crowd_tick else crowd_tick,
        "canvas": {"width": layout.width, "height": layout.height},
        "zones": populations(zone, crowd.words["zone"]),
        "metrics": frame.metrics,
        "events": frame.events,
        "transitions": [
            [place, int(before[place]), int(zone[place]), frame.reasons.get(place)]
            for place in changes
            if before is not None
        ],
        "reasoning": [[place, text] for place, text in sorted(frame.reasoning.items())],
        "agents": {name: columns.pack(column) for name, column in frame.columns.items()},
    }


def changed(before: Column, after: Column) -> Any:
    """Return the places of those who went from one zone to another."""
    there = (before != NOTHING) & (after != NOTHING)
    return np.flatnonzero(there & (before != after))


def populations(zone: Column, zone_ids: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(zone[zone >= 0], minlength=len(zone_ids)).tolist()
    return dict(zip(zone_ids, counts, strict=False))


def read(snapshot: Snapshot, count: int) -> Frame:
    """Return the frame of a snapshot of `count` agents, or raise Refused with the first fault."""
    agents = read_columns(snapshot.get("agents"), count, "agents")
    if "zone" not in agents:
        raise Refused("agents/zone: it is missing.")
    return Frame(
        tick=snapshot["tick"],
        columns=agents,
        zones=snapshot.get("zones", {}),
        metrics=snapshot.get("metrics", {}),
        events=snapshot.get("events", []),
        reasons={
            place: reason for place, _, _, reason in snapshot.get("transitions", []) if reason
        },
        reasoning=dict(snapshot.get("reasoning", [])),
    )


# In a layout


@dataclass
class Standing:
    """Where the agents of a frame stand in a layout: zones by place in it, canvas units."""

    zone: Column
    x: Any
    y: Any


def stand(frame: Frame, crowd: Crowd, layout: Layout, hashes: Any) -> Standing:
    zone = zones(frame, crowd, layout)
    x, y, fits = recorded_positions(frame, crowd, layout)
    if not fits.all():
        laid_x, laid_y = laid_out(zone, layout, hashes)
        x, y = np.where(fits, x, laid_x), np.where(fits, y, laid_y)
    return Standing(zone, x, y)


def zones(frame: Frame, crowd: Crowd, layout: Layout) -> Column:
    """Return who stands in which zone of a layout; NOTHING for who is not there."""
    recorded = frame.columns["zone"]
    if layout.decided_by == "recorded" or crowd.layout == layout.id:
        zone = _by_name(recorded, crowd, layout)
        lost = (zone == NOTHING) & (recorded != NOTHING)
        if lost.any():
            zone = np.where(lost, _by_place(frame, crowd, layout), zone)
        return zone
    exposure = frame.column("exposure", crowd)
    stance = frame.column("stance", crowd)
    unknown = columns.nothing(len(crowd))
    aware = (unknown if exposure is None else exposure) >= AWARE * columns.SCALES["exposure"]
    against = np.where(stance == NOTHING, 0, stance if stance is not None else 0) < 0
    by_quarter = np.array([1, 2, 0, 3])  # unaware for and against, aware for and against
    zone = by_quarter[aware * 2 + against]
    return np.where(recorded == NOTHING, NOTHING, zone).astype("<i2")


def _by_name(recorded: Column, crowd: Crowd, layout: Layout) -> Column:
    names = crowd.words["zone"]
    if names == layout.zone_ids:
        return recorded
    known = {id: place for place, id in enumerate(layout.zone_ids)}
    table = np.array([*(known.get(name, NOTHING) for name in names), NOTHING], "<i2")
    return table[np.where(recorded == NOTHING, len(names), recorded)]


def _by_place(frame: Frame, crowd: Crowd, layout: Layout) -> Column:
    ours = crowd.layout in (layout.id, layout.like)
    x = frame.column("x", crowd) if ours else None
    return by_place(x, frame.column("stance", crowd), len(crowd), layout)


def by_place(x: Column | None, stance: Column | None, count: int, layout: Layout) -> Column:
    """Return the zone of three by where an agent stands, else by its stance, else the middle."""
    unknown = columns.nothing(count)
    x, stance = unknown if x is None else x, unknown if stance is None else stance
    borders = [layout.zones[1][2] * 10 // layout.times, layout.zones[2][2] * 10 // layout.times]
    side = TAKES_SIDES * columns.SCALES["stance"]
    by_stance = np.where(stance >= side, 0, np.where(stance <= -side, 2, 1))
    by_stance = np.where(stance == NOTHING, 1, by_stance)
    by_x = np.searchsorted(borders, x, side="right")
    return np.where(x == NOTHING, by_stance, by_x).astype("<i2")


def recorded_positions(frame: Frame, crowd: Crowd, layout: Layout) -> tuple[Any, Any, Any]:
    """Return x and y as recorded, and for whom they fit: on the canvas that they were made for."""
    x, y = frame.column("x", crowd), frame.column("y", crowd)
    if x is None or y is None or crowd.layout not in (layout.id, layout.like):
        nowhere = np.zeros(len(crowd))
        return nowhere, nowhere, np.zeros(len(crowd), bool)
    wide, high = x * layout.times / columns.SCALES["x"], y * layout.times / columns.SCALES["y"]
    fits = (wide >= 0) & (wide <= layout.width) & (high >= 0) & (high <= layout.height)
    return np.round(wide, 1), np.round(high, 1), fits


def laid_out(zone: Column, layout: Layout, hashes: Any) -> tuple[Any, Any]:
    """Return a place within its zone for each agent, by its hash: always the same one."""
    boxes = np.array([[*box[2:6]] for box in layout.zones] + [[0, 0, 0, 0]], float)
    left, top, width, height = boxes[np.where(zone == NOTHING, len(layout.zones), zone)].T
    across = (hashes & np.uint64(0xFFFFFFFF)) / 2.0**32
    down = (hashes >> np.uint64(32)) / 2.0**32
    x = left + width * (MARGIN + (1 - 2 * MARGIN) * across)
    y = top + height * (MARGIN + (1 - 2 * MARGIN) * down)
    return np.round(x, 1), np.round(y, 1)
