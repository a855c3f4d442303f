"""A tick as the original told its spectators, for the clients that were written for it."""

from typing import Any

from games.game import Snapshot
from games.segfault.reading import (
    ground_of,
    living,
    record,
    records,
    text,
    tile_of,
    tiles_of,
    whole,
)

LETTERS = {"stable": "S", "ghost": "G"}
SENT = ("sender_id", "sender_pos", "message", "timestamp_ms", "tick")
HEARD = ("id", "pos")
BROADCAST = ("process_id", "message", "timestamp_ms")
WATCHDOG = ("quiet_ticks", "countdown", "active", "bonus_step")


def spectated(snapshot: Snapshot) -> dict[str, Any]:
    """Return the object of the original's spectate addresses, out of a spectator's view.

    Only what is named here is told: no call sign can be in it, whatever the snapshot holds.
    """
    danger = record(snapshot.get("defragger"))
    watchdog = record(snapshot.get("watchdog"))
    return {
        "tick": whole(snapshot.get("tick")),
        "grid": letters(snapshot),
        "defragger": danger.get("pos"),
        "defragger_target": target(snapshot, text(danger.get("target_id"))),
        "defragger_preview": danger.get("path") or [],
        "walls": walls(snapshot),
        "gates": [only(gate, ("pos", "type")) for gate in records(snapshot, "gates")],
        "processes": [only(process, ("id", "pos")) for process in living(snapshot)],
        "watchdog": {name: watchdog.get(name, 0) for name in WATCHDOG},
        "say_events": [said(event) for event in records(snapshot, "say_events")],
        "broadcasts": [only(sent, BROADCAST) for sent in records(snapshot, "broadcasts")],
        "echo_tiles": [only(echo, ("pos", "tick")) for echo in records(snapshot, "echo_tiles")],
        "total_kills": whole(record(snapshot.get("totals")).get("kills")),
    }


def letters(snapshot: Snapshot) -> list[list[str]]:
    """Return the board row by row; of two things on one tile the one that matters more."""
    ground = ground_of(snapshot)
    if ground is None:
        return []
    tiles = ["."] * ground.count
    for tile in tiles_of(ground, records(snapshot, "echo_tiles")):
        tiles[tile] = "E"
    for gate in records(snapshot, "gates"):
        if (place := tile_of(ground, gate)) is not None:
            tiles[place] = LETTERS.get(text(gate.get("type")), "G")
    for tile in tiles_of(ground, living(snapshot)):
        tiles[tile] = "P"
    for tile in tiles_of(ground, [snapshot.get("defragger")]):
        tiles[tile] = "D"
    size = ground.size
    return [[tiles[ground.tile(x, y)] for x in range(size)] for y in range(size)]


def target(snapshot: Snapshot, who: str) -> dict[str, Any] | None:
    """Return the process that the Defragmenter is after, also where it has just been killed."""
    found = (item for item in records(snapshot, "processes") if who and item.get("id") == who)
    return next((only(process, ("id", "pos")) for process in found), None)


def walls(snapshot: Snapshot) -> list[dict[str, Any]]:
    stated = snapshot.get("walls")
    edges = stated if isinstance(stated, list) else []
    whole_edges = [wall for wall in edges if isinstance(wall, list) and len(wall) == 4]
    return [{"a": wall[:2], "b": wall[2:]} for wall in whole_edges]


def said(event: dict[str, Any]) -> dict[str, Any]:
    recipients = [only(hearer, HEARD) for hearer in records(event, "recipients")]
    return only(event, SENT) | {"recipients": recipients}


def only(item: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item.get(name) for name in names}
