"""Small SEGFAULT boards, set up by hand so that a test reads like the rule it tests."""

from collections.abc import Iterable
from random import Random

from games.game import Command
from games.segfault.grid import Board
from games.segfault.layout import Gate
from games.segfault.moves import resolve, settle, walk
from games.segfault.state import Defragmenter, Process, State, complete

Place = tuple[int, int]
FAR: Place = (9, 9)
STABLE: tuple[tuple[str, Place], ...] = (("stable", (0, 9)),)


def shard(
    processes: dict[str, Place] | None = None,
    *,
    danger: Place = FAR,
    walls: Iterable[list[int]] = (),
    gates: Iterable[tuple[str, Place]] = STABLE,
    size: int = 10,
    **options: object,
) -> State:
    """Return a shard of 10 × 10 with these processes, in this order of joining."""
    board = Board.of(size, list(walls))
    return State(
        options=complete({"grid_size": size, "say_noise": 0} | options),
        board=board,
        gates=[Gate(board.grid.tile(*place), kind) for kind, place in gates],
        defragger=Defragmenter(board.grid.tile(*danger)),
        processes=[
            Process(name, name.upper(), board.grid.tile(*place))
            for name, place in (processes or {}).items()
        ],
    )


def at(state: State, name: str) -> Place:
    """Return where a process is."""
    return next(state.board.grid.place(p.tile) for p in state.processes if p.id == name)


def danger_at(state: State) -> Place:
    return state.board.grid.place(state.defragger.tile)


def move(who: str, digit: str) -> Command:
    return Command(who, "MOVE", digit)


def sprint(who: str, digit: str) -> Command:
    return Command(who, "BUFFER", digit)


def broadcast(who: str, ms: int = 0, text: str = "here") -> Command:
    return Command(who, "BROADCAST", text, ms)


def moved(state: State, *commands: Command) -> State:
    """Carry out the actions of a tick on the board as it stands: no gates, drift or hunt."""
    walk(state, settle(state, resolve(state, commands, rng())))
    return state


def rng(seed: object = 0) -> Random:
    return Random(f"test {seed}")
