"""The addresses of the push server, alike before Django and behind it, with a token or without."""

import re
from typing import NamedTuple

from replays.api import ingest, navigation
from replays.api.doors import Door


class Place(NamedTuple):
    """An address: as Django writes it, what it answers by method, whether it is for readers."""

    address: str
    name: str
    doors: dict[str, Door]
    for_readers: bool = False


WORLD: dict[str, Door] = {"GET": ingest.world, "HEAD": ingest.has_world}
PLACES = (
    Place("push", "push", {"POST": ingest.push}),
    Place("push/<str:replay_id>", "push_standing", {"GET": ingest.push_standing}),
    Place("worlds/<str:name>", "world", WORLD | {"PUT": ingest.keep_world}),
    Place("health", "health", {"GET": ingest.health}),
    Place("nav/graph", "nav_graph", {"POST": navigation.graph}, for_readers=True),
    Place("nav/path", "nav_path", {"POST": navigation.path}, for_readers=True),
)
TOKEN = "ingest/<str:token>/"  # noqa: S105 – where it stands, not what it is


def _pattern(address: str) -> re.Pattern[str]:
    named = re.sub(r"<str:(\w+)>", r"(?P<\1>[^/]+)", address)
    return re.compile(rf"/(?:ingest/(?P<token>[^/]+)/)?{named}/?")


_PATTERNS = [(_pattern(place.address), place) for place in PLACES]


def door_at(path: str, method: str) -> tuple[Door, dict[str, str], bool] | None:
    """Return what answers at an address, the names in it, and whether it is for readers."""
    if "\0" in path:  # which no name holds, and PostgreSQL cannot even look for
        return None
    for pattern, place in _PATTERNS:
        found = pattern.fullmatch(path)
        if found:
            door = place.doors.get(method)
            names = {name: part for name, part in found.groupdict().items() if part is not None}
            reads = place.for_readers or door is ingest.world
            return (door, names, reads) if door else None
    return None
