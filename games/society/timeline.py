"""What the timeline and the charts show of a run: events, bursts of changes, who stands where."""

import math
from typing import Any

from games.game import Marker, Snapshot

BURST = 0.02
"""The part of all agents who change their zone in one tick from which on it is a burst."""
LEAST_BURST = 10


def markers(snapshot: Snapshot) -> list[Marker]:
    """Return the events that begin at this tick, and a burst of changes of zone."""
    found = [
        Marker(event["type"], str(event.get("name") or spelt(event["type"])), event.get("id"))
        for event in beginning(snapshot)
    ]
    changes = snapshot.get("transitions")
    count = len(changes) if isinstance(changes, list) else 0
    if count >= max(LEAST_BURST, BURST * sum(zones(snapshot).values())):
        found.append(Marker("burst", f"{count} agents change their zone"))
    return found


def beginning(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the events of a snapshot that begin with it."""
    events = snapshot.get("events")
    return [
        event
        for event in (events if isinstance(events, list) else ())
        if isinstance(event, dict)
        and isinstance(event.get("type"), str)
        and event["type"]
        and event.get("began") == snapshot.get("tick")
        and isinstance(event.get("id"), str | None)
    ]


def spelt(type: str) -> str:
    return type.replace("_", " ").capitalize()


def metrics(snapshot: Snapshot) -> dict[str, float]:
    """Return the adoption rate, the other recorded metrics, and the population of each zone."""
    recorded = numbers(snapshot.get("metrics"))
    rate = recorded.pop("adoption_rate", None)
    first = {} if rate is None else {"adoption_rate": rate}
    return first | recorded | {f"zone_{name}": count for name, count in zones(snapshot).items()}


def zones(snapshot: Snapshot) -> dict[str, float]:
    return numbers(snapshot.get("zones"))


def numbers(found: Any) -> dict[str, float]:
    """Return the finite numbers of an object."""
    if not isinstance(found, dict):
        return {}
    return {
        name: value
        for name, value in found.items()
        if type(value) in (int, float) and math.isfinite(value)
    }


def tallies(snapshot: Snapshot) -> dict[str, int]:
    """Return the agents of a run where its crowd is told, which is once."""
    crowd = snapshot.get("crowd")
    ids = crowd.get("ids") if isinstance(crowd, dict) else None
    return {"processes": len(ids)} if isinstance(ids, list) else {}
