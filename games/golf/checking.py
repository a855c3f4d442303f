"""Run the rules again over a recording, and refuse what cannot be."""

import json
from collections.abc import Iterable
from typing import Any

from games.game import Refused, Snapshot
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
    if type(kept) is not dict or type(kept.get("asked", [])) is not list:
        return stated
    return stated | {"hidden": {name: fact for name, fact in kept.items() if name != "asked"}}


def text_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
