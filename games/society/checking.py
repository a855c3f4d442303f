"""Which recordings cannot be: the crowd is told first, and every tick has a number for each."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from games.game import Refused, Snapshot
from games.society import columns
from games.society.crowd import Crowd, read_columns
from games.society.layouts import LAYOUTS


def check(ticks: Iterable[Snapshot]) -> None:
    """Raise Refused at the first snapshot that is no tick of a run."""
    crowd: Crowd | None = None
    for snapshot in ticks:
        place = f"tick {str(snapshot.get('tick'))[:20]}"
        try:
            if crowd is None:
                crowd, first = read_crowd(snapshot), snapshot.get("tick")
            elif snapshot.get("crowd") != first or type(snapshot.get("crowd")) is not int:
                raise Refused(f"crowd: it must be {first}, the tick where the crowd is told.")
            check_tick(snapshot, crowd)
        except Refused as reason:
            raise Refused(f"{place}: {reason}") from None


def read_crowd(snapshot: Snapshot) -> Crowd:
    """Return the crowd of a first snapshot, or raise Refused."""
    if type(snapshot.get("tick")) is not int:
        raise Refused("tick: it must be a whole number.")
    crowd = Crowd.from_json(snapshot.get("crowd"))
    if crowd.layout not in LAYOUTS:
        raise Refused(f"crowd/layout: it must be one of {', '.join(LAYOUTS)}.")
    if not crowd.words.get("zone"):
        raise Refused("crowd/words/zone: the zones must be named.")
    return crowd


def check_tick(snapshot: Snapshot, crowd: Crowd) -> None:
    agents = read_columns(snapshot.get("agents"), len(crowd), "agents")
    if "zone" not in agents:
        raise Refused("agents/zone: it is missing.")
    for name in columns.WORDS:
        if name in agents and agents[name].max() >= len(crowd.words.get(name, ())):
            raise Refused(f"agents/{name}: a number stands for no word.")
    if (agents["zone"] < 0).any() and (agents["zone"][agents["zone"] < 0] != columns.NOTHING).any():
        raise Refused("agents/zone: a number stands for no zone.")
    check_transitions(snapshot.get("transitions"), len(crowd), len(crowd.words["zone"]))
    for name, kind in (("zones", dict), ("metrics", dict), ("events", list), ("reasoning", list)):
        if not isinstance(snapshot.get(name), kind):
            raise Refused(f"{name}: it must be {'an object' if kind is dict else 'a list'}.")
    if not all(_is_event(event) for event in snapshot["events"]):
        raise Refused("events: each is an object with a type and the tick at which it began.")
    if not all(_is_reasoning(entry, len(crowd)) for entry in snapshot["reasoning"]):
        raise Refused("reasoning: each is [agent, text].")
    for name in ("zones", "metrics"):
        if not all(type(value) in (int, float) for value in snapshot[name].values()):
            raise Refused(f"{name}: it must hold numbers.")


def check_transitions(listed: Any, agents: int, zones: int) -> None:
    if not isinstance(listed, list):
        raise Refused("transitions: it must be a list.")
    for entry in listed:
        if not (
            isinstance(entry, list)
            and len(entry) == 4
            and list(map(type, entry[:3])) == [int, int, int]
            and np.all(np.array(entry[:3]) >= 0)
            and entry[0] < agents
            and max(entry[1:3]) < zones
            and isinstance(entry[3], str | None)
        ):
            raise Refused("transitions: each is [agent, from zone, to zone, reason or null].")


def _is_event(event: Any) -> bool:
    return (
        isinstance(event, dict)
        and isinstance(event.get("type"), str)
        and type(event.get("began")) is int
    )


def _is_reasoning(entry: Any, agents: int) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == 2
        and type(entry[0]) is int
        and 0 <= entry[0] < agents
        and isinstance(entry[1], str)
    )
