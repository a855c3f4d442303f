"""What the time bar, the charts and the totals tell of a tick."""

from collections.abc import Iterator

from games.game import Marker, Snapshot
from games.segfault.reading import (
    ground_of,
    living,
    names,
    place_of,
    record,
    records,
    text,
    tiles_of,
    whole,
)

LONGEST_QUOTE = 40  # characters of a broadcast in its mark
TALLIES = {"processes": "spawns", "kills": "kills", "survivals": "survivals", "ghosts": "ghosts"}


def markers(snapshot: Snapshot) -> list[Marker]:
    """Return the turns of the story. Ordinary spawns are none: they happen all the time."""
    return [*deaths(snapshot), *exits(snapshot), *arrivals(snapshot), *alarms(snapshot)]


def deaths(snapshot: Snapshot) -> Iterator[Marker]:
    for who in names(snapshot, "kills"):
        place = place_of_death(snapshot, who)
        where = " at ({}, {})".format(*place) if place else ""
        yield Marker("kill", f"{short(who)} killed{where}", who)


def exits(snapshot: Snapshot) -> Iterator[Marker]:
    for who in names(snapshot, "survivals"):
        yield Marker("survival", f"{short(who)} survived", who)
    for who in names(snapshot, "ghosts"):
        yield Marker("ghost", f"{short(who)} left for another shard", who)


def arrivals(snapshot: Snapshot) -> Iterator[Marker]:
    spawned = names(snapshot, "spawns")
    for process in records(snapshot, "processes"):
        if process.get("origin") == "ghost" and process.get("id") in spawned:
            who = process["id"]
            yield Marker("spawn", f"{short(who)} came through a ghost gate", who)


def alarms(snapshot: Snapshot) -> Iterator[Marker]:
    if triggered(record(snapshot.get("watchdog"))):
        yield Marker("watchdog", "watchdog triggered")
    quotes = {
        text(sent.get("process_id")): text(sent.get("message"))
        for sent in records(snapshot, "broadcasts")
    }
    for who, quote in quotes.items():
        yield Marker("broadcast", f"{short(who)} broadcast “{quote[:LONGEST_QUOTE]}”", who)


def triggered(watchdog: Snapshot) -> bool:
    """Tell whether the watchdog became active on this tick.

    Recordings of the reference engine carry no news; there the bonus is 0 on that tick alone.
    """
    if "news" in watchdog:
        return watchdog["news"] == "triggered"
    return watchdog.get("active") is True and watchdog.get("bonus_step") == 0


def place_of_death(snapshot: Snapshot, who: str) -> tuple[int, int] | None:
    """Return where a process died: its own place, else the new echo tile of the same rank."""
    ground = ground_of(snapshot)
    if ground is None:
        return None
    dead = [item for item in records(snapshot, "processes") if item.get("id") == who]
    echoes = records(snapshot, "echo_tiles")
    fresh = [echo for echo in echoes if echo.get("tick") == snapshot.get("tick")]
    rank = names(snapshot, "kills").index(who)
    tiles = tiles_of(ground, dead or fresh[rank : rank + 1])
    return ground.place(tiles[0]) if tiles else None


def short(who: str) -> str:
    return who[:4]


def metrics(snapshot: Snapshot) -> dict[str, float]:
    """Return how many live, how quiet it is, and how near the danger is where anyone lives."""
    watchdog = record(snapshot.get("watchdog"))
    alive = living(snapshot)
    figures: dict[str, float] = {
        "alive": len(alive),
        "quiet ticks": whole(watchdog.get("quiet_ticks")),
    }
    nearest = distance_to_nearest(snapshot, alive)
    return figures if nearest is None else figures | {"distance of the Defragmenter": nearest}


def distance_to_nearest(snapshot: Snapshot, processes: list[Snapshot]) -> int | None:
    """Return the Chebyshev distance from the Defragmenter to the nearest of these processes."""
    ground = ground_of(snapshot)
    danger = place_of(ground, snapshot.get("defragger")) if ground else None
    if ground is None or danger is None:
        return None
    x, y = danger
    places = [place for item in processes if (place := place_of(ground, item)) is not None]
    return min([max(abs(x - at[0]), abs(y - at[1])) for at in places], default=None)


def tallies(snapshot: Snapshot) -> dict[str, int]:
    return {total: len(names(snapshot, kind)) for total, kind in TALLIES.items()}
