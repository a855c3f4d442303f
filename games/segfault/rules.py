"""One tick, stage by stage, as the rule book has it."""

from collections.abc import Sequence
from random import Random

from games.game import Command
from games.segfault.hunt import hunt
from games.segfault.layout import drift_gates, drift_walls
from games.segfault.moves import resolve, settle, walk
from games.segfault.state import Process, State, next_tick
from games.segfault.talk import admit, speak
from games.segfault.watchdog import calm, watch

ECHO_TICKS = 4  # a place of death stays marked, its own tick included
SAY_TICKS = 3  # so does the trace of a SAY


def step(state: State, commands: Sequence[Command], rng: Random) -> State:
    """Return the state one tick later; the one passed in stays as it is."""
    state = next_tick(state)
    admit(state, commands, rng)
    speak(state, commands, rng)
    lively = approached(state) or bool(state.broadcasts)
    if lively:
        calm(state.watchdog)
    walk(state, settle(state, resolve(state, commands, rng)))
    pass_gates(state)
    drift(state, rng)
    if hunt(state, rng):
        lively = True
    watch(state.watchdog, lively)
    fade(state)
    count(state)
    return state


def approached(state: State) -> bool:
    """Tell whether a process is adjacent to the Defragmenter."""
    danger = state.defragger.tile
    return any(state.board.grid.adjacent(process.tile, danger) for process in state.processes)


def pass_gates(state: State) -> None:
    """Let those on the stable gate survive, and those on a ghost gate go to another shard."""
    kinds = {gate.tile: gate.kind for gate in state.gates}
    for process in list(state.processes):
        kind = kinds.get(process.tile)
        if kind:
            leave(state, process, kind)


def leave(state: State, process: Process, kind: str) -> None:
    state.processes.remove(process)
    left = state.events.survivals if kind == "stable" else state.events.ghosts
    left.append(process.id)
    state.departed.append(
        {
            "id": process.id,
            "call_sign": process.call_sign,
            "pos": list(state.board.grid.place(process.tile)),
            "gate": kind,
            "buffered_cmd": process.command,
            "buffered_arg": process.argument,
        }
    )


def drift(state: State, rng: Random) -> None:
    """Let walls slide and gates move, as far as the layout stays valid."""
    taken = {process.tile for process in state.processes} | {state.defragger.tile}
    state.board = drift_walls(state.board, rng)
    state.gates = drift_gates(state.board, state.gates, taken, rng)


def fade(state: State) -> None:
    """Let go of echo tiles and SAY traces whose time is over."""
    state.echoes = [echo for echo in state.echoes if state.tick - echo[1] < ECHO_TICKS]
    state.says = [say for say in state.says if state.tick - say["tick"] < SAY_TICKS]


def count(state: State) -> None:
    """Add this tick to the totals, and to the ticks with too few processes in a row."""
    events, totals = state.events, state.totals
    totals["processes"] += len(events.spawns)
    totals["kills"] += len(events.kills)
    totals["survivals"] += len(events.survivals)
    totals["ghosts"] += len(events.ghosts)
    enough = len(state.living) >= state.options["min_active_processes"]
    state.empty_ticks = 0 if enough else state.empty_ticks + 1


def over(state: State) -> bool:
    return state.empty_ticks >= state.options["empty_shard_ticks"]
