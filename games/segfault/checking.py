"""Refuse recordings that cannot be: the first fault is named with its tick."""

from collections.abc import Iterable, Sequence
from typing import Any

from games.game import Refused, Snapshot
from games.segfault.forms import Place, Tick, demand, fit, fit_places
from games.segfault.grid import Grid, grid
from games.segfault.reading import LARGEST_GRID, SMALLEST_GRID, record, whole
from games.segfault.timeline import TALLIES
from games.segfault.watchdog import COUNTDOWN, LADDER

REASONS = {"broadcast", "los", "patrol", "watchdog"}


def check(header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
    """Read a recording through once and raise Refused at its first fault."""
    course = Course(header.get("gaps") or [])
    for snapshot in ticks:
        try:
            course.follow(snapshot)
        except Refused as fault:
            raise Refused(f"Tick {whole(record(snapshot).get('tick'))}: {fault}") from None
    for name, counted in course.totals.items():
        stated = header.get(f"total_{name}")
        if type(stated) is int and stated != counted:
            raise Refused(f"The header states total_{name} {stated}, its ticks make {counted}.")


class Course:
    """What a recording has told so far, and what the next tick must agree with."""

    def __init__(self, gaps: Iterable[Sequence[int]]) -> None:
        self.gaps = set(map(tuple, gaps))
        self.first: Tick | None = None
        self.next_tick: int | None = None
        self.gone: set[str] = set()
        self.totals = dict.fromkeys(("ticks", *TALLIES), 0)

    def follow(self, snapshot: Any) -> None:
        ground = ground_of(snapshot)
        tick = fit(snapshot)
        fit_places(tick, ground)
        for rule in (walls_fit, gates_fit, processes_fit, danger_fits):
            rule(ground, tick)
        self.agrees(tick)
        self.count(tick)

    def agrees(self, tick: Tick) -> None:
        """Refuse a tick out of order, another board, or a process back from where none returns."""
        first = self.first = self.first or tick
        expected = self.next_tick
        follows = expected in (None, tick.tick) or (expected, tick.tick - 1) in self.gaps
        demand(follows, f"tick {expected} should follow.")
        demand(tick.shard_id == first.shard_id, "shard_id is not what it was.")
        demand(tick.grid_size == first.grid_size, "grid_size is not what it was.")
        demand(len(tick.walls) == len(first.walls), "the number of walls has changed.")
        self.next_tick = tick.tick + 1
        self.gone.update(tick.events.kills, tick.events.survivals, tick.events.ghosts)
        back = any(one.alive and one.id in self.gone for one in tick.processes)
        demand(not back, "a process that has left is there again.")

    def count(self, tick: Tick) -> None:
        self.totals["ticks"] += 1
        for total, kind in TALLIES.items():
            self.totals[total] += len(tick.events.of(kind))


def ground_of(snapshot: Snapshot) -> Grid:
    size = record(snapshot).get("grid_size")
    possible = type(size) is int and SMALLEST_GRID <= size <= LARGEST_GRID
    demand(possible, f"grid_size must be a number from {SMALLEST_GRID} to {LARGEST_GRID}.")
    return grid(size)


def walls_fit(ground: Grid, tick: Tick) -> None:
    distinct = set(tick.walls)
    demand(distinct <= ground.edges, "a wall lies between no two adjacent tiles, a < b.")
    demand(len(distinct) == len(tick.walls), "a wall is there twice.")


def gates_fit(ground: Grid, tick: Tick) -> None:
    kinds = [gate.type for gate in tick.gates]
    demand(kinds.count("stable") == 1, "there is not exactly one stable gate.")
    demand(set(kinds) <= {"stable", "ghost"}, "a gate is neither stable nor ghost.")
    demand(are_distinct([gate.pos for gate in tick.gates]), "two gates are on one tile.")


def processes_fit(ground: Grid, tick: Tick) -> None:
    ids = [process.id for process in tick.processes]
    demand(len(set(ids)) == len(ids), "a process is listed twice.")
    alive = [process.pos for process in tick.processes if process.alive]
    demand(are_distinct(alive), "two processes are on one tile.")
    for kind in TALLIES.values():
        who = tick.events.of(kind)
        demand(len(set(who)) == len(who), f"{kind} names a process twice.")


def danger_fits(ground: Grid, tick: Tick) -> None:
    watchdog = tick.watchdog
    demand(tick.defragger.target_reason in REASONS, "target_reason is none of the four.")
    demand(watchdog.quiet_ticks >= 0, "quiet_ticks is negative.")
    demand(0 <= watchdog.countdown <= COUNTDOWN, "the countdown is out of range.")
    demand(0 <= watchdog.bonus_step <= max(LADDER), "bonus_step is out of range.")
    late = any(echo.tick > tick.tick for echo in tick.echo_tiles)
    demand(not late, "an echo tile comes from a later tick.")


def are_distinct(places: list[Place]) -> bool:
    return len(set(places)) == len(places)
