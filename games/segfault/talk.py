"""What comes in between two ticks: processes that join, speak, broadcast, or hear a stray voice."""

from collections.abc import Sequence
from random import Random
from typing import Any

from games.game import Command
from games.segfault.state import Process, State

SAY_DISTANCE = 2  # tiles, Chebyshev, walls or not
BLEED_LENGTH = 24  # characters of the spectators' chat that get through
STATIC = "#%&/\\~=+"


def admit(state: State, commands: Sequence[Command], rng: Random) -> None:
    """Let those in who join; when the shard is full, or has them already, nothing happens."""
    for command in commands:
        full = len(state.processes) >= state.options["max_processes"]
        if command.name == "JOIN" and not full and state.process(command.who) is None:
            state.processes.append(newcomer(state, command, rng))
            state.events.spawns.append(command.who)


def newcomer(state: State, command: Command, rng: Random) -> Process:
    arrival = command.arg if isinstance(command.arg, dict) else {}
    origin = "ghost" if arrival.get("origin") == "ghost" else None
    return Process(command.who, str(arrival.get("call_sign", "")), spawn_tile(state, rng), origin)


def spawn_tile(state: State, rng: Random) -> int:
    """Return a free tile, out of the Defragmenter's reach and sight as long as there is one."""
    board, danger = state.board, state.defragger.tile
    taken = {process.tile for process in state.processes} | state.gate_tiles | {danger}
    tiles = [tile for tile in range(board.grid.count) if tile not in taken]
    far = [tile for tile in tiles if not board.grid.adjacent(tile, danger)]
    hidden = [tile for tile in far if not board.sees(danger, tile)]
    return rng.choice(hidden or far or tiles)


def speak(state: State, commands: Sequence[Command], rng: Random) -> None:
    """Deliver every SAY and BROADCAST at once, from where its sender stands."""
    for command in commands:
        sender = state.process(command.who)
        speech = SPEECH.get(command.name)
        if sender and speech and isinstance(command.arg, str):
            speech(state, sender, command, rng)


def say(state: State, sender: Process, command: Command, rng: Random) -> None:
    hearers = [
        process
        for process in state.processes
        if process is not sender
        and state.board.grid.distance(process.tile, sender.tile) <= SAY_DISTANCE
    ]
    state.says.append(
        {
            "sender_id": sender.id,
            "sender_pos": list(state.board.grid.place(sender.tile)),
            "message": command.arg,
            "recipients": [delivery(state, hearer, command.arg, rng) for hearer in hearers],
            "tick": state.tick,
            "timestamp_ms": command.ms,
        }
    )


def delivery(state: State, hearer: Process, text: str, rng: Random) -> dict[str, Any]:
    """Return a recipient; `noise` is what it hears instead, where the delivery failed."""
    recipient = {"id": hearer.id, "pos": list(state.board.grid.place(hearer.tile))}
    if rng.random() < state.options["say_noise"]:
        recipient["noise"] = "".join(" " if c == " " else rng.choice(STATIC) for c in text)
    return recipient


def broadcast(state: State, sender: Process, command: Command, rng: Random) -> None:
    state.broadcasts.append(
        {"process_id": sender.id, "message": command.arg, "timestamp_ms": command.ms}
    )


def bleed(state: State, hearer: Process, command: Command, rng: Random) -> None:
    """Let a fragment of the spectators' chat reach a process, cut off and unattributed."""
    fragment = command.arg[:BLEED_LENGTH]
    state.bleeds.append({"id": hearer.id, "message": fragment, "timestamp_ms": command.ms})


SPEECH = {"SAY": say, "BROADCAST": broadcast, "BLEED": bleed}
