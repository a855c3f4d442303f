"""What processes do in a tick: their actions, the conflicts between them, and the walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from games.game import Command
from games.segfault.grid import KEYPAD
from games.segfault.state import Process, State

SPRINT_STEPS = 3
SPRINT_COOLDOWN = 1  # ticks after a sprint in which the process cannot sprint
STEPS = ("MOVE", "BUFFER")


@dataclass(slots=True)
class Move:
    """The action of one process and the tile it leads to."""

    process: Process
    command: str
    argument: str | None
    to: int

    @property
    def stays(self) -> bool:
        return self.to == self.process.tile

    def turn_back(self) -> None:
        self.command, self.argument, self.to = "IDLE", None, self.process.tile


def resolve(state: State, commands: Sequence[Command], rng: Random) -> list[Move]:
    """Return one move a process, in the order of joining; who sends nothing idles."""
    last = {command.who: command for command in commands if is_action(command)}
    return [intent(state, process, last.get(process.id), rng) for process in state.processes]


def is_action(command: Command) -> bool:
    return command.name == "IDLE" or (command.name in STEPS and command.arg in tuple(KEYPAD))


def intent(state: State, process: Process, command: Command | None, rng: Random) -> Move:
    """Return the move a command leads to on the board as it stands; an illegal step idles."""
    move = Move(process, "IDLE", None, process.tile)
    if command is None or command.name == "IDLE":
        return move
    if command.name == "MOVE":
        to = state.board.step(process.tile, command.arg)
    else:
        to = sprint(state, process, command.arg, rng)
    if to is not None:
        move.command, move.argument, move.to = command.name, command.arg, to
    return move


def sprint(state: State, process: Process, digit: str, rng: Random) -> int | None:
    """Return where a sprint ends, or None if it cannot begin.

    A blocked way makes it turn; it ends at once on a gate and in front of the Defragmenter.
    """
    if state.tick - process.last_sprint <= SPRINT_COOLDOWN:
        return None
    tile, gates = process.tile, state.gate_tiles
    for _ in range(SPRINT_STEPS):
        if state.board.step(tile, digit) is None:
            digit = turn(state, tile, digit, rng)
        to = state.board.step(tile, digit)
        if to is None or to == state.defragger.tile:
            break
        tile = to
        if tile in gates:
            break
    return tile if tile != process.tile else None


def turn(state: State, tile: int, digit: str, rng: Random) -> str:
    """Return a random legal direction, back only where there is no other."""
    back = opposite(digit)
    exits = state.board.exits(tile)
    ways = [way for way, to in exits.items() if way != back and to != state.defragger.tile]
    return rng.choice(ways) if ways else back


def opposite(digit: str) -> str:
    return str(10 - int(digit))


def settle(state: State, moves: list[Move]) -> list[Move]:
    """Turn back whoever is in conflict, until nothing changes. Swaps and cycles are legal."""
    while conflicts := [move for move in moves if not move.stays and blocked(state, move, moves)]:
        for move in conflicts:
            move.turn_back()
    return moves


def blocked(state: State, move: Move, moves: list[Move]) -> bool:
    """Tell whether a move leads to the Defragmenter's tile or to one that another will be on."""
    return move.to == state.defragger.tile or any(
        other.to == move.to for other in moves if other is not move
    )


def walk(state: State, moves: list[Move]) -> None:
    """Carry the moves out. A sprint frees its process from the line-of-sight lock."""
    for move in moves:
        process = move.process
        process.tile, process.command, process.argument = move.to, move.command, move.argument
        if move.command == "BUFFER":
            process.last_sprint, process.locked = state.tick, False
