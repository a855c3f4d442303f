"""Recordings as tables for training: what each process saw, did and came to; the Defragmenter too.

Observations are those of the tick before: what was seen when the action was chosen.
"""

from collections.abc import Iterator
from typing import Any

from games.game import Snapshot
from games.segfault.reading import (
    board_of,
    ground_of,
    living,
    names,
    record,
    records,
    text,
    tile_of,
    tiles_of,
    whole,
)
from games.segfault.view import FATES, fate, views
from games.table import Column, Moment, Row, Table

OUTCOMES = {"escaped": "survived", "transferred": "ghost", "dead": "killed"}
LONGEST_AGO = 127  # ticks, in an 8-bit number
MOST_COUNTED = 32_767  # things in a tick, in a 16-bit number

PROCESSES = (
    Column("process", "text", "", "id of the process, good for this shard alone"),
    Column("alive", "truth", "", "whether it is alive after this tick"),
    Column("x", "int16", "tiles", "where it is after this tick, from the west; null if it left"),
    Column("y", "int16", "tiles", "where it is after this tick, from the north; null if it left"),
    Column("observed", "truth", "", "whether there is an observation: not for who has just come"),
    Column("grid_size", "int16", "tiles", "how wide and high the grid is"),
    Column("visible", "[int8*2]", "tiles", "tiles it saw, x and y from its own"),
    Column("walls", "[int8*4]", "tiles", "walls it saw: the two tiles each parts, from its own"),
    Column("gates", "[int8*2]", "tiles", "gates it saw, from its own tile; their kind is hidden"),
    Column("others", "[int8*2]", "tiles", "other processes it saw, from its own tile"),
    Column("defragger", "int8*2", "tiles", "the Defragmenter, from its own tile; null if unseen"),
    Column("echoes", "[int8*3]", "tiles, ticks", "places of death it saw, and how long ago"),
    Column("heard_kinds", "[text]", "", "kinds of the messages it heard, in order"),
    Column("heard", "[text]", "", "the messages it heard, in order"),
    Column("actions_known", "truth", "", "false: recorded elsewhere, where actions were not kept"),
    Column("asked_cmd", "text", "", "the last MOVE, BUFFER or IDLE it asked for; null if none"),
    Column("asked_arg", "text", "keypad", "the direction it asked for"),
    Column("cmd", "text", "", "the action it took: MOVE, BUFFER or IDLE; null if unknown"),
    Column("arg", "text", "keypad", "the direction of that action"),
    Column("said", "[text]", "", "what it said aloud before this tick"),
    Column("broadcast", "[text]", "", "what it broadcast before this tick"),
    Column("outcome", "text", "", "survived, ghost, killed, or none: still here"),
    Column("moved", "int8*2", "tiles", "how far it moved, x and y; null if unknown"),
    Column("defragger_distance", "int16", "tiles", "to the Defragmenter after this tick"),
    Column("stable_gate_distance", "int16", "tiles", "to the stable gate after this tick"),
    Column("hunted", "truth", "", "whether the Defragmenter was after it on this tick"),
)
DEFRAGMENTER = (
    Column("x", "int16", "tiles", "where it is after this tick, from the west"),
    Column("y", "int16", "tiles", "where it is after this tick, from the north"),
    Column("target", "text", "", "id of the process it was after; null if none"),
    Column("target_at", "int8*2", "tiles", "that process, from where the move began; null if gone"),
    Column("target_reason", "text", "", "broadcast, los, watchdog or patrol"),
    Column("move", "int8*2", "tiles", "the move it made, all steps of it; null at the first tick"),
    Column("quiet_ticks", "int64", "ticks", "watchdog: ticks without liveness"),
    Column("countdown", "int64", "ticks", "watchdog: until it is active"),
    Column("active", "truth", "", "watchdog: whether it is active"),
    Column("bonus_step", "int64", "steps", "watchdog: further steps a tick"),
    Column("grid_size", "int16", "tiles", "how wide and high the grid is"),
    Column("alive", "int16", "processes", "processes alive after this tick"),
    Column("killed", "int16", "processes", "processes killed on this tick"),
    Column("broadcasts", "int16", "messages", "broadcasts before this tick"),
    Column("processes", "[int8*2]", "tiles", "live processes after this tick, from its own tile"),
    Column("gates", "[int16*2]", "tiles", "gates after this tick, x and y on the grid"),
    Column("walls", "[int16*4]", "tiles", "walls after this tick: the two tiles each parts"),
)


def process_rows(moment: Moment) -> Iterator[Row]:
    """Yield a row for each process that is there, was killed, or left on this tick."""
    snapshot, before = moment.snapshot, moment.before or {}
    present = {text(item.get("id")): item for item in records(snapshot, "processes")}
    departed = {text(item.get("id")): item for item in records(snapshot, "departed")}
    gone = [who for kind in FATES for who in names(snapshot, kind)]
    everyone: dict[str, Any] = {**{who: {} for who in gone}, **departed, **present}
    known = {text(item.get("id")) for item in living(before)}
    seen = dict(zip(everyone, views(before, list(everyone)), strict=True))
    for who, item in everyone.items():
        observation = seen[who] if who in known else None
        yield {
            "process": who,
            "alive": who in present and item.get("alive") is True,
            **observed(observation, before),
            **action(moment, who, item),
            **outcome(snapshot, before, who, present.get(who), item),
        }


def observed(view: Snapshot | None, before: Snapshot) -> Row:
    ground = ground_of(before)
    if view is None or ground is None:
        return {"observed": False}
    now = whole(before.get("tick"))
    return {
        "observed": True,
        "grid_size": ground.size,
        "visible": view["visible"],
        "walls": [[*wall["a"], *wall["b"]] for wall in view["walls"]],
        "gates": view["gates"],
        "others": view["other_processes"],
        "defragger": view["defragger"],
        "echoes": [
            [*e["pos"], min(LONGEST_AGO, max(0, now - e["tick"]))] for e in view["echo_tiles"]
        ],
        "heard_kinds": [message["kind"] for message in view["events"]],
        "heard": [message["message"] for message in view["events"]],
    }


def action(moment: Moment, who: str, item: dict[str, Any]) -> Row:
    """Return what a process asked for and what it did; nothing where that was not kept."""
    if not moment.actions_known:
        return {"actions_known": False}
    mine = [command for command in moment.commands if command[0] == who]
    last = next((c for c in reversed(mine) if c[1] in ("MOVE", "BUFFER", "IDLE")), None)
    return {
        "actions_known": True,
        "asked_cmd": last[1] if last else None,
        "asked_arg": text(last[2]) or None if last else None,
        "cmd": text(item.get("buffered_cmd")) or None,
        "arg": text(item.get("buffered_arg")) or None,
        "said": [text(command[2]) for command in mine if command[1] == "SAY"],
        "broadcast": [text(command[2]) for command in mine if command[1] == "BROADCAST"],
    }


def outcome(snapshot: Snapshot, before: Snapshot, who: str, here: Any, item: dict[str, Any]) -> Row:
    left = fate(snapshot, who)
    earlier = next((p for p in living(before) if p.get("id") == who), None)
    own, stable = place(snapshot, here), stable_gate(snapshot)
    danger = place(snapshot, snapshot.get("defragger"))
    return {
        "x": own[0] if own else None,
        "y": own[1] if own else None,
        "outcome": OUTCOMES[left] if left else "none",
        "moved": between(place(before, earlier), place(snapshot, item)),
        "defragger_distance": distance(own, danger),
        "stable_gate_distance": distance(own, stable),
        "hunted": record(snapshot.get("defragger")).get("target_id") == who,
    }


def defragmenter_rows(moment: Moment) -> Iterator[Row]:
    """Yield the row of the Defragmenter; none where there is no board."""
    snapshot, ground = moment.snapshot, ground_of(moment.snapshot)
    if ground is None:
        return
    danger, watchdog = record(snapshot.get("defragger")), record(snapshot.get("watchdog"))
    own = place(snapshot, danger)
    began = place(moment.before or {}, record(moment.before).get("defragger"))
    target = text(danger.get("target_id")) or None
    aim = next((p for p in records(snapshot, "processes") if p.get("id") == target), None)
    around = [between(own, place(snapshot, process)) for process in living(snapshot)]
    board = board_of(snapshot)
    yield {
        "x": own[0] if own else None,
        "y": own[1] if own else None,
        "target": target,
        "target_at": between(began, place(snapshot, aim)),
        "target_reason": text(danger.get("target_reason")) or None,
        "move": between(began, own),
        "quiet_ticks": whole(watchdog.get("quiet_ticks")),
        "countdown": whole(watchdog.get("countdown")),
        "active": watchdog.get("active") is True,
        "bonus_step": whole(watchdog.get("bonus_step")),
        "grid_size": ground.size,
        "alive": counted(living(snapshot)),
        "killed": counted(names(snapshot, "kills")),
        "broadcasts": counted(records(snapshot, "broadcasts")),
        "processes": [step for step in around if step],
        "gates": [
            list(ground.place(tile)) for tile in tiles_of(ground, records(snapshot, "gates"))
        ],
        "walls": board.wall_list() if board else [],
    }


def counted(things: list[Any]) -> int:
    return min(len(things), MOST_COUNTED)


def place(snapshot: Snapshot, item: Any) -> tuple[int, int] | None:
    ground = ground_of(snapshot)
    tile = tile_of(ground, item) if ground else None
    return ground.place(tile) if ground and tile is not None else None


def stable_gate(snapshot: Snapshot) -> tuple[int, int] | None:
    gates = (gate for gate in records(snapshot, "gates") if gate.get("type") == "stable")
    return place(snapshot, next(gates, None))


def between(a: tuple[int, int] | None, b: tuple[int, int] | None) -> list[int] | None:
    return [b[0] - a[0], b[1] - a[1]] if a and b else None


def distance(a: tuple[int, int] | None, b: tuple[int, int] | None) -> int | None:
    step = between(a, b)
    return max(map(abs, step)) if step else None


TABLES = (
    Table(
        name="processes",
        meaning="A process in a tick: what it saw, what it did, what came of it.",
        columns=PROCESSES,
        rows=process_rows,
    ),
    Table(
        name="defragmenter",
        meaning="The Defragmenter in a tick: what it was after, and its move.",
        columns=DEFRAGMENTER,
        rows=defragmenter_rows,
    ),
)
