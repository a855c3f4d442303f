"""Who may see what of a snapshot: the one place where secrets are hidden."""

from collections.abc import Sequence
from typing import Any

from games.game import Perspective, Snapshot
from games.segfault.messages import messages
from games.segfault.reading import names, whole
from games.segfault.sight import Scene, Sight, scene_of, sight_of
from games.segfault.text_grid import text_grid

FATES = {"survivals": "escaped", "ghosts": "transferred", "kills": "dead"}


def view(snapshot: Snapshot, perspective: Perspective) -> Snapshot:
    if perspective.kind == "omniscient":
        return snapshot
    if perspective.kind == "participant":
        return as_process(snapshot, perspective.who or "", scene_of(snapshot))
    return as_spectator(snapshot)


def views(snapshot: Snapshot, who: Sequence[str]) -> list[Snapshot]:
    """Return what each of these processes sees; what they share is read once."""
    scene = scene_of(snapshot)
    return [as_process(snapshot, process, scene) for process in who]


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


def as_process(snapshot: Snapshot, who: str, scene: Scene | None) -> Snapshot:
    """Return what one process sees and hears: no ids, and places relative to its own, [0, 0]."""
    sight = sight_of(scene, who)
    seen = surroundings(sight, who) if sight else nothing_seen()
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


def surroundings(sight: Sight, who: str) -> dict[str, Any]:
    scene = sight.scene
    others = sorted(tile for name, tile in scene.standing if name != who)
    seen_danger = sight.among([] if scene.danger is None else [scene.danger])
    return {
        "center": [0, 0],
        "visible": sight.visible(),
        "walls": sight.walls(),
        "defragger": seen_danger[0] if seen_danger else None,
        "gates": sight.among(scene.gates),
        "other_processes": sight.among(others),
        "echo_tiles": [
            {"pos": sight.relative(tile), "tick": tick}
            for tile, tick in scene.echoes
            if sight.shows(tile)
        ],
    }


def fate(snapshot: Snapshot, who: str) -> str | None:
    """Return how a process left on this tick, or None while it is there, or long gone."""
    return next((fate for kind, fate in FATES.items() if who in names(snapshot, kind)), None)
