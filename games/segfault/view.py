"""Who may see what of a snapshot: the one place where secrets are hidden."""

from typing import Any

from games.game import Perspective, Snapshot
from games.segfault.messages import messages
from games.segfault.reading import names, records, tile_of, tiles_of, whole
from games.segfault.sight import Sight, sight_of
from games.segfault.text_grid import text_grid

FATES = {"survivals": "escaped", "ghosts": "transferred", "kills": "dead"}


def view(snapshot: Snapshot, perspective: Perspective) -> Snapshot:
    if perspective.kind == "omniscient":
        return snapshot
    if perspective.kind == "participant":
        return as_process(snapshot, perspective.who or "")
    return as_spectator(snapshot)


def as_spectator(snapshot: Snapshot) -> Snapshot:
    """Return everything but call signs: nobody may tie a lasting name to a process in play."""
    unnamed = {
        name: [without_call_sign(item) for item in snapshot[name]]
        for name in ("processes", "departed")
        if isinstance(snapshot.get(name), list)
    }
    return snapshot | unnamed


def without_call_sign(item: Any) -> Any:
    return item | {"call_sign": None} if isinstance(item, dict) else item


def as_process(snapshot: Snapshot, who: str) -> Snapshot:
    """Return what one process sees and hears: no ids, and places relative to its own, [0, 0]."""
    sight = sight_of(snapshot, who)
    seen = surroundings(snapshot, who, sight) if sight else nothing_seen()
    return {
        "tick": whole(snapshot.get("tick")),
        "grid": text_grid(seen),
        "events": messages(snapshot, who, sight),
        **seen,
        "grid_size": whole(snapshot.get("grid_size")),
        "status": fate(snapshot, who),
    }


def nothing_seen() -> dict[str, Any]:
    lists: dict[str, Any] = {
        name: [] for name in ("visible", "walls", "gates", "other_processes", "echo_tiles")
    }
    return {"center": [0, 0], **lists, "defragger": None}


def surroundings(snapshot: Snapshot, who: str, sight: Sight) -> dict[str, Any]:
    ground = sight.board.grid
    others = [p for p in records(snapshot, "processes") if p.get("alive") and p.get("id") != who]
    danger = tile_of(ground, snapshot.get("defragger"))
    return {
        "center": [0, 0],
        "visible": sight.among(list(range(ground.count))),
        "walls": sight.walls(),
        "defragger": sight.relative(danger) if danger is not None and sight.shows(danger) else None,
        "gates": sight.among(sorted(tiles_of(ground, records(snapshot, "gates")))),
        "other_processes": sight.among(sorted(tiles_of(ground, others))),
        "echo_tiles": [
            {"pos": sight.relative(tile), "tick": whole(echo.get("tick"))}
            for echo in records(snapshot, "echo_tiles")
            if (tile := tile_of(ground, echo)) is not None and sight.shows(tile)
        ],
    }


def fate(snapshot: Snapshot, who: str) -> str | None:
    """Return how a process left on this tick, or None while it is there, or long gone."""
    return next((fate for kind, fate in FATES.items() if who in names(snapshot, kind)), None)
