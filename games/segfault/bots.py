"""Computer players: each sees what its process sees, and keeps no memory."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from games.game import Bot, Snapshot
from games.segfault.grid import KEYPAD

Place = tuple[int, int]
Order = tuple[str, Any]

CALM_WORDS = ("anyone near?", "stay close", "i think it drifted", "heading for the rim", "quiet…")
AFRAID_WORDS = ("it is here", "run", "do not look back", "RUN", "it sees me")
TRAPPED_WORDS = ("i am boxed in", "where is the gate", "no way out")
LOUD_WORDS = (
    "gate this way, follow me",
    "come and get me",
    "all processes: scatter",
    "i still have cycles left",
)
LEG = 7  # ticks for which a bot keeps to one heading
PANIC = 0.5  # chance to run blindly when the Defragmenter is near


def runner(view: Snapshot, rng: Random) -> Iterator[Order]:
    """Make for any gate in sight, flee from danger, and cover ground."""
    if view["defragger"]:
        yield flee(view, rng)
        if rng.random() < 0.4:
            yield "SAY", rng.choice(AFRAID_WORDS)
    elif view["gates"]:
        yield toward(view, nearest(view["gates"]), rng)
    else:
        sprinting = can_sprint(view) and rng.random() < 0.25
        yield ("BUFFER" if sprinting else "MOVE"), heading(view, rng, "runner")


def lurker(view: Snapshot, rng: Random) -> Iterator[Order]:
    """Wander with others, whose eyes make its own sight longer; alone it waits and listens."""
    company = view["other_processes"]
    if view["defragger"] and length(view["defragger"]) <= 2:
        yield flee(view, rng)
    elif view["gates"] and rng.random() < 0.3:
        yield toward(view, nearest(view["gates"]), rng)
    elif rng.random() < (0.8 if company else 0.5):
        yield "MOVE", heading(view, rng, "lurker")
    if company and rng.random() < 0.2:
        yield "SAY", rng.choice(CALM_WORDS)


def herald(view: Snapshot, rng: Random) -> Iterator[Order]:
    """Talk all the time, and draw the Defragmenter on itself to save the others."""
    company = view["other_processes"]
    if view["defragger"]:
        yield flee(view, rng)
    elif view["gates"] and not company:
        yield toward(view, nearest(view["gates"]), rng)
    elif rng.random() < 0.85:
        yield "MOVE", heading(view, rng, "herald")
    for _ in range(rng.choice((1, 1, 2, 3)) if rng.random() < 0.05 else 0):
        yield "BROADCAST", rng.choice(LOUD_WORDS)
    if company and rng.random() < 0.4:
        yield "SAY", rng.choice(TRAPPED_WORDS if len(ways(view)) < 4 else CALM_WORDS)


BOTS: dict[str, Bot] = {"runner": runner, "lurker": lurker, "herald": herald}


def flee(view: Snapshot, rng: Random) -> Order:
    """Sprint if possible, else step, to where the Defragmenter is farthest, or blindly."""
    command = "BUFFER" if can_sprint(view) else "MOVE"
    if rng.random() < PANIC:
        return command, rng.choice(list(KEYPAD))
    x, y = view["defragger"]
    digit = best(view, rng, lambda place: length((place[0] - x, place[1] - y)))
    return (command, digit) if digit else ("IDLE", None)


def toward(view: Snapshot, goal: Place, rng: Random) -> Order:
    digit = best(view, rng, lambda place: -length((goal[0] - place[0], goal[1] - place[1])))
    return ("MOVE", digit) if digit else ("IDLE", None)


def best(view: Snapshot, rng: Random, worth: Any) -> str | None:
    """Return the direction of the open step that is worth most; chance decides between equals."""
    open_ways = ways(view)
    if not open_ways:
        return None
    most = max(worth(KEYPAD[digit]) for digit in open_ways)
    return rng.choice([digit for digit in open_ways if worth(KEYPAD[digit]) == most])


def heading(view: Snapshot, rng: Random, kind: str) -> str:
    """Return the direction in which all bots of a kind drift for a while, else any open one."""
    wind = wind_of(kind, view["tick"] // LEG)
    open_ways = ways(view)
    if wind in open_ways and rng.random() < 0.6:
        return wind
    return rng.choice(open_ways or list(KEYPAD))


@lru_cache(maxsize=64)
def wind_of(kind: str, leg: int) -> str:
    return Random(f"{kind}:{leg}").choice(list(KEYPAD))


def can_sprint(view: Snapshot) -> bool:
    """Tell whether this is a tick for sprints: every other one, so that none is wasted."""
    return view["tick"] % 2 == 0


def ways(view: Snapshot) -> list[str]:
    """Return the directions that look open: seen, free, and no wall in between."""
    seen = {(x, y) for x, y in view["visible"] if -2 < x < 2 and -2 < y < 2}
    taken = {tuple(place) for place in view["other_processes"]}
    walled = {
        (tuple(wall["a"]), tuple(wall["b"]))
        for wall in view["walls"]
        if -2 < wall["a"][0] < 2 and -2 < wall["a"][1] < 2
    }
    if view["defragger"]:
        taken.add(tuple(view["defragger"]))
    return [
        digit for digit, step in KEYPAD.items() if step in seen - taken and open_step(step, walled)
    ]


def open_step(step: Place, walled: set[tuple[Place, Place]]) -> bool:
    """Tell whether one of the ways round the corner is free; a straight step has one way."""
    dx, dy = step
    corners = {(dx, 0), (0, dy)} - {(0, 0)}
    return any(
        not {edge((0, 0), corner), edge(corner, step)} & walled for corner in sorted(corners)
    )


def edge(a: Place, b: Place) -> tuple[Place, Place]:
    return min(a, b), max(a, b)


def nearest(places: list[list[int]]) -> Place:
    x, y = min(places, key=lambda place: (length(place), place))
    return x, y


def length(step: Sequence[int]) -> int:
    return max(abs(step[0]), abs(step[1]))
