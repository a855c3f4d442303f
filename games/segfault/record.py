"""A state as the snapshot that is recorded, and back: a snapshot holds the whole state."""

from copy import deepcopy
from dataclasses import asdict
from typing import Any

from games.game import Snapshot
from games.segfault.grid import Board, Grid
from games.segfault.hunt import preview
from games.segfault.layout import Gate
from games.segfault.state import (
    Defragmenter,
    Events,
    Process,
    State,
    Watchdog,
    complete,
)


def snapshot(state: State) -> Snapshot:
    """Return the tick as plain JSON: the keys of the replay format first, then our own."""
    ground = state.board.grid
    return {
        "shard_id": state.options["shard_id"],
        "tick": state.tick,
        "grid_size": ground.size,
        "walls": state.board.wall_list(),
        "gates": [{"pos": pos(ground, gate.tile), "type": gate.kind} for gate in state.gates],
        "processes": [written(ground, process) for process in state.processes],
        "defragger": {
            "pos": pos(ground, state.defragger.tile),
            "target_id": state.defragger.target_id,
            "target_reason": state.defragger.reason,
            "path": [pos(ground, tile) for tile in preview(state)],
        },
        "watchdog": asdict(state.watchdog),
        "broadcasts": deepcopy(state.broadcasts),
        "say_events": deepcopy(state.says),
        "echo_tiles": [{"pos": pos(ground, tile), "tick": tick} for tile, tick in state.echoes],
        "events": asdict(state.events),
        "departed": deepcopy(state.departed),
        "bleeds": deepcopy(state.bleeds),
        "totals": dict(state.totals),
        "empty_ticks": state.empty_ticks,
    }


def written(ground: Grid, process: Process) -> dict[str, Any]:
    return {
        "id": process.id,
        "call_sign": process.call_sign,
        "pos": pos(ground, process.tile),
        "alive": process.alive,
        "buffered_cmd": process.command,
        "buffered_arg": process.argument,
        "los_lock": process.locked,
        "last_sprint_tick": process.last_sprint,
        "origin": process.origin,
    }


def pos(ground: Grid, tile: int) -> list[int]:
    return list(ground.place(tile))


def restore(options: dict[str, Any], snapshot: Snapshot) -> State:
    """Return the state of a snapshot of ours; a step from it gives the bytes it gave before."""
    board = Board.of(snapshot["grid_size"], snapshot["walls"])
    defragger = snapshot["defragger"]
    return State(
        options=complete(options) | {"shard_id": snapshot["shard_id"]},
        board=board,
        gates=[Gate(board.grid.tile(*gate["pos"]), gate["type"]) for gate in snapshot["gates"]],
        defragger=Defragmenter(
            board.grid.tile(*defragger["pos"]), defragger["target_id"], defragger["target_reason"]
        ),
        tick=snapshot["tick"],
        processes=[read(board.grid, process) for process in snapshot["processes"]],
        watchdog=Watchdog(**snapshot["watchdog"]),
        broadcasts=deepcopy(snapshot["broadcasts"]),
        says=deepcopy(snapshot["say_events"]),
        echoes=[(board.grid.tile(*echo["pos"]), echo["tick"]) for echo in snapshot["echo_tiles"]],
        events=Events(**deepcopy(snapshot["events"])),
        departed=deepcopy(snapshot["departed"]),
        bleeds=deepcopy(snapshot["bleeds"]),
        totals=dict(snapshot["totals"]),
        empty_ticks=snapshot["empty_ticks"],
    )


def read(ground: Grid, process: dict[str, Any]) -> Process:
    return Process(
        id=process["id"],
        call_sign=process["call_sign"],
        tile=ground.tile(*process["pos"]),
        origin=process["origin"],
        command=process["buffered_cmd"],
        argument=process["buffered_arg"],
        locked=process["los_lock"],
        last_sprint=process["last_sprint_tick"],
        alive=process["alive"],
    )
