"""Where things stand, as such things usually say it in JSON."""

from typing import Any, NamedTuple

from games.hints import at, is_number

PLACES = (("x", "y"), ("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("col", "row"))
NESTED = ("pos", "position", "location", "coordinates", "xy")
MOST_THINGS = 2_000
"""How many things of a snapshot are drawn."""


class Thing(NamedTuple):
    """Something with a place: where it is, the team or value it is coloured by, and its radius."""

    x: float
    y: float
    colour: str | int
    size: float | None


def place_of(entry: Any, path: Any = None) -> tuple[float, float] | None:
    """Return where something stands: at its path, or where such things usually say it."""
    if isinstance(path, list):
        return pair(at(entry, path[0]), at(entry, path[1]))
    if path is not None:
        return place_in(at(entry, path))
    return place_in(entry) or next(filter(None, map(place_in, nested(entry))), None)


def nested(entry: Any) -> list[Any]:
    return [entry[name] for name in NESTED if name in entry] if isinstance(entry, dict) else []


def place_in(value: Any) -> tuple[float, float] | None:
    if isinstance(value, list) and len(value) >= 2:
        return pair(value[0], value[1])
    if isinstance(value, dict):
        pairs = (pair(value.get(x), value.get(y)) for x, y in PLACES)
        return next(filter(None, pairs), None)
    return None


def pair(x: Any, y: Any) -> tuple[float, float] | None:
    return (float(x), float(y)) if is_number(x) and is_number(y) else None
