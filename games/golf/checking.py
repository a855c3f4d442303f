"""Run the rules again over a recording, and refuse what cannot be."""

import json
from collections.abc import Iterable
from typing import Any

from games.game import Refused, Snapshot
from games.golf.play import MOST_ASKED
from games.golf.record import frame
from games.golf.rules import apply
from games.golf.state import State


def check(header: dict[str, Any], ticks: Iterable[Snapshot]) -> None:
    """Raise Refused at the first tick whose event cannot be, or whose state is not what follows.

    A recording begins with the first event of a game; it need not go on to the last.
    """
    state, count = State(), 0
    for tick, snapshot in enumerate(ticks):
        try:
            state = apply(state, event_of(snapshot))
            demand_same(frame(state), snapshot)
        except Refused as fault:
            raise Refused(f"Tick {tick}: {fault}") from None
        count += 1
    stated = header.get("total_ticks")
    if type(stated) is int and stated != count:
        raise Refused(f"The header states {stated} ticks, there are {count}.")


def event_of(snapshot: Any) -> Any:
    if type(snapshot) is not dict:
        raise Refused("a snapshot is an object.")
    return snapshot.get("event")


def demand_same(right: Snapshot, stated: Snapshot) -> None:
    """Refuse a snapshot that differs from what its events make, in value or in type."""
    if text_of(right) == text_of(told(stated)):
        return
    names = [*right, *(name for name in stated if name not in right)]
    wrong = [name for name in names if text_of(right.get(name)) != text_of(stated.get(name))]
    raise Refused(f"{', '.join(sorted(map(str, wrong)))} is not what the events make of it.")


def told(stated: Snapshot) -> Snapshot:
    """Return a snapshot without the commands that waited: only the host knew of them."""
    kept = stated.get("hidden")
    if type(kept) is not dict or "asked" not in kept:
        return stated
    asked = kept["asked"]
    if type(asked) is not list or not 0 < len(asked) <= MOST_ASKED or not all(map(waits, asked)):
        raise Refused("asked is no list of commands.")
    return stated | {"hidden": {name: fact for name, fact in kept.items() if name != "asked"}}


def waits(command: Any) -> bool:
    """Tell whether this is a command as a room keeps it: who, name, argument, milliseconds."""
    if type(command) is not list or len(command) != 4:
        return False
    who, name, _, ms = command
    return type(who) is str and type(name) is str and type(ms) is int and ms >= 0


def text_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
