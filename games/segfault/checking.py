"""Refuse recordings that cannot be: the first fault is named with its tick."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from games.game import Refused, Snapshot
from games.segfault.forms import demand, fit_forms
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
        self.first: Snapshot = {}
        self.next_tick: int | None = None
        self.gone: set[str] = set()
        self.totals = dict.fromkeys(("ticks", *TALLIES), 0)

    def follow(self, snapshot: Any) -> None:
        ground = ground_of(snapshot)
        fit_forms(snapshot, ground)
        for rule in (walls_fit, gates_fit, processes_fit, danger_fits):
            rule(ground, snapshot)
        self.agrees(snapshot)
        self.count(snapshot)

    def agrees(self, snapshot: Snapshot) -> None:
        """Refuse a tick out of order, another board, or a process back from where none returns."""
        first = self.first = self.first or snapshot
        expected, tick = self.next_tick, snapshot["tick"]
        follows = expected in (None, tick) or (expected, tick - 1) in self.gaps
        demand(follows, f"tick {expected} should follow.")
        for name in ("shard_id", "grid_size"):
            demand(snapshot[name] == first[name], f"{name} is not what it was.")
        demand(len(snapshot["walls"]) == len(first["walls"]), "the number of walls has changed.")
        self.next_tick = tick + 1
        events = snapshot["events"]
        self.gone.update(events["kills"], events["survivals"], events["ghosts"])
        back = [p["id"] for p in snapshot["processes"] if p["alive"] and p["id"] in self.gone]
        demand(not back, "a process that has left is there again.")

    def count(self, snapshot: Snapshot) -> None:
        self.totals["ticks"] += 1
        for total, kind in TALLIES.items():
            self.totals[total] += len(snapshot["events"][kind])


def ground_of(snapshot: Any) -> Grid:
    demand(isinstance(snapshot, dict), "a snapshot is an object.")
    size = snapshot.get("grid_size")
    possible = type(size) is int and SMALLEST_GRID <= size <= LARGEST_GRID
    demand(possible, f"grid_size must be a number from {SMALLEST_GRID} to {LARGEST_GRID}.")
    return grid(size)


def walls_fit(ground: Grid, snapshot: Snapshot) -> None:
    walls = snapshot["walls"]
    lists = set(map(type, walls)) <= {list}
    demand(lists and set(map(type, chain.from_iterable(walls))) <= {int}, "a wall is four numbers.")
    distinct = set(map(tuple, walls))
    demand(distinct <= ground.edges, "a wall lies between no two adjacent tiles, a < b.")
    demand(len(distinct) == len(walls), "a wall is there twice.")


def gates_fit(ground: Grid, snapshot: Snapshot) -> None:
    kinds = sorted(gate["type"] for gate in snapshot["gates"])
    demand(kinds.count("stable") == 1, "there is not exactly one stable gate.")
    demand(set(kinds) <= {"stable", "ghost"}, "a gate is neither stable nor ghost.")
    demand(distinct_places(snapshot["gates"]), "two gates are on one tile.")


def processes_fit(ground: Grid, snapshot: Snapshot) -> None:
    processes = snapshot["processes"]
    ids = {process["id"] for process in processes}
    demand(len(ids) == len(processes), "a process is listed twice.")
    demand(distinct_places([p for p in processes if p["alive"]]), "two processes are on one tile.")
    for kind in TALLIES.values():
        who = snapshot["events"][kind]
        demand(len(set(who)) == len(who), f"{kind} names a process twice.")


def danger_fits(ground: Grid, snapshot: Snapshot) -> None:
    watchdog = snapshot["watchdog"]
    reason = snapshot["defragger"]["target_reason"]
    demand(reason in REASONS, "target_reason is none of the four.")
    demand(watchdog["quiet_ticks"] >= 0, "quiet_ticks is negative.")
    demand(0 <= watchdog["countdown"] <= COUNTDOWN, "the countdown is out of range.")
    demand(0 <= watchdog["bonus_step"] <= max(LADDER), "bonus_step is out of range.")
    late = any(echo["tick"] > snapshot["tick"] for echo in snapshot["echo_tiles"])
    demand(not late, "an echo tile comes from a later tick.")


def distinct_places(items: list[dict[str, Any]]) -> bool:
    return len({(item["pos"][0], item["pos"][1]) for item in items}) == len(items)
