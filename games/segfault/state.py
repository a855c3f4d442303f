"""What a shard consists of: its options, its board, its processes and what happened this tick."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from games.game import Refused
from games.segfault.grid import Board, grid
from games.segfault.layout import Gate, lay_walls, place_gates

NEVER = -999  # last_sprint_tick of a process that never sprinted

DEFAULTS: dict[str, Any] = {
    "shard_id": "shard",
    "grid_size": 20,
    "walls": 80,
    "ghost_gates": None,  # None: one to three, at random
    "max_processes": 10,
    "min_active_processes": 1,
    "empty_shard_ticks": 30,
    "say_noise": 0.05,  # share of the deliveries of a SAY that arrive as noise
    "tick_seconds": 10.0,
}
RANGES: dict[str, tuple[float, float]] = {
    "grid_size": (10, 40),
    "walls": (0, 1600),
    "ghost_gates": (1, 3),
    "max_processes": (1, 10),
    "min_active_processes": (0, 10),
    "empty_shard_ticks": (1, 1_000_000),
    "say_noise": (0, 1),
    "tick_seconds": (0.01, 3600),
}
FRACTIONS = ("say_noise", "tick_seconds")


@dataclass(slots=True)
class Process:
    id: str
    call_sign: str
    tile: int
    origin: str | None = None  # "ghost": came through a ghost gate of another shard
    command: str = "IDLE"  # the action taken this tick, after conflicts
    argument: str | None = None
    locked: bool = False
    last_sprint: int = NEVER
    alive: bool = True


@dataclass(slots=True)
class Defragmenter:
    tile: int
    target_id: str | None = None
    reason: str = "patrol"


@dataclass(slots=True)
class Watchdog:
    quiet_ticks: int = 0
    countdown: int = 0
    active: bool = False
    bonus_step: int = 0
    news: str | None = None  # "degraded", "triggered" or "restored" on the tick it happens


@dataclass(slots=True)
class Events:
    kills: list[str] = field(default_factory=list)
    survivals: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    spawns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """The whole of a shard. What is spoken, seen and left behind is kept as it is recorded."""

    options: dict[str, Any]
    board: Board
    gates: list[Gate]
    defragger: Defragmenter
    tick: int = 0
    processes: list[Process] = field(default_factory=list)  # in the order in which they joined
    watchdog: Watchdog = field(default_factory=Watchdog)
    broadcasts: list[dict[str, Any]] = field(default_factory=list)
    says: list[dict[str, Any]] = field(default_factory=list)
    echoes: list[tuple[int, int]] = field(default_factory=list)  # tile and tick of each death
    events: Events = field(default_factory=Events)
    departed: list[dict[str, Any]] = field(default_factory=list)
    bleeds: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("processes", "kills", "survivals", "ghosts"), 0)
    )
    empty_ticks: int = 0

    @property
    def living(self) -> list[Process]:
        return [process for process in self.processes if process.alive]

    def process(self, who: str) -> Process | None:
        return next((process for process in self.living if process.id == who), None)

    @property
    def gate_tiles(self) -> set[int]:
        return {gate.tile for gate in self.gates}


def complete(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with defaults filled in, or raise Refused for one that cannot be."""
    whole = {name: options.get(name, default) for name, default in DEFAULTS.items()}
    if not isinstance(whole["shard_id"], str):
        raise Refused("The option shard_id must be a text.")
    for name, (least, most) in RANGES.items():
        if name == "ghost_gates" and whole[name] is None:
            continue
        kinds = (int, float) if name in FRACTIONS else (int,)
        if type(whole[name]) not in kinds or not least <= whole[name] <= most:
            raise Refused(f"The option {name} must be a number from {least} to {most}.")
    return whole


def new_shard(options: dict[str, Any], rng: Random) -> State:
    """Return a shard laid out at random, before its first tick and without processes."""
    options = complete(options)
    ground = grid(options["grid_size"])
    board = lay_walls(ground, options["walls"], rng)
    ghosts = rng.randint(1, 3) if options["ghost_gates"] is None else options["ghost_gates"]
    gates = place_gates(ground, ghosts, rng)
    gate_tiles = {gate.tile for gate in gates}
    free = [tile for tile in range(ground.count) if tile not in gate_tiles]
    return State(options, board, gates, Defragmenter(rng.choice(free)))


def next_tick(state: State) -> State:
    """Return the state at the start of its next tick: a copy in which nothing has happened yet."""
    return replace(
        state,
        tick=state.tick + 1,
        processes=[replace(process, command="IDLE", argument=None) for process in state.living],
        defragger=Defragmenter(state.defragger.tile),
        watchdog=replace(state.watchdog, news=None),
        broadcasts=[],
        says=list(state.says),
        echoes=list(state.echoes),
        events=Events(),
        departed=[],
        bleeds=[],
        totals=dict(state.totals),
    )
