"""Things and a board in any JSON of which no hints tell, found as the viewer finds them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from games.hints import Hints, text
from games.places import MOST_THINGS, Thing, nested, place_of

TEAMS = ("team", "side", "faction", "species", "kind", "type")
POINTS = re.compile(
    r"(body|cells?|points?|tiles?|food|walls?|positions?|coords?|trail|segments?|snakes?|squares?|apples?)$",
    re.IGNORECASE,
)
"""Lists of pairs are places where they are called so."""
BOARDS = re.compile(
    r"(board|grid|map|field|maze|level|rows|tiles|cells|screen|layout|arena|matrix)$", re.IGNORECASE
)
MOST_LOOKED_AT = 20_000
MOST_TEAMS = 12
DEEPEST = 8
MOST_TILES, LONGEST_TILE, LARGEST_TILE, MOST_KINDS = 40_000, 3, 99, 40
FEW = 0.3
"""Of the tiles, so many may differ where nothing says that it is a board."""
MOST_CELLS = 64
"""Whole places up to here are cells of a grid."""
IN_CELL = 0.34
"""The radius of what stands in a cell."""


class Found(NamedTuple):
    """What a snapshot has to be drawn; on a globe y is a latitude."""

    things: list[Thing]
    board: Any
    globe: bool

    def hints(self, *, lies: bool) -> Hints:
        """Return what hints would tell of it; its bounds too, unless it is known how it `lies`."""
        teams = dict.fromkeys(str(one.colour) for one in self.things)
        told: Hints = {"teams": {team: place for place, team in enumerate(teams)}}
        if self.globe:
            told["y"] = "up"
        if not self.things or lies:
            return told
        xs, ys = [one.x for one in self.things], [one.y for one in self.things]
        if not in_cells([*xs, *ys]):
            return told
        (left, right), (low, high) = cells(xs), cells(ys)
        return told | {"plane": "grid", "bounds": [left, low, right, high]}


class Seeking:
    """One walk through a snapshot."""

    def __init__(self) -> None:
        self.things: list[tuple[str, str, tuple[float, float]]] = []
        self.boards: list[Any] = []
        self.globe = False
        self.left = MOST_LOOKED_AT

    def seek(self, value: Any, path: str, name: str, depth: int) -> None:
        if depth > DEEPEST:
            return
        if path and is_board(value, path):
            self.boards.append(value)
            return
        listed = isinstance(value, list)
        points = listed and POINTS.search(name)
        for key, entry in entries(value):
            self.left -= 1
            if self.left < 0 or len(self.things) >= MOST_THINGS:
                return
            pair = points and isinstance(entry, list) and len(entry) == 2
            place = place_of(entry) if isinstance(entry, dict) or pair else None
            if place is not None:
                self.add(entry, path or key, place)
            elif isinstance(entry, dict | list | str):
                below = f"{path}/{key}" if path else key
                self.seek(entry, below, name if listed else key, depth + 1)

    def add(self, entry: Any, listed: str, place: tuple[float, float]) -> None:
        named = entry if isinstance(entry, dict) else {}
        team = next(filter(None, (text(named.get(name), 30) for name in TEAMS)), "")
        self.things.append((team or listed, listed, place))
        self.globe = self.globe or is_on_globe(named)


def look(snapshot: Any) -> Found:
    """Return the things and the first board that a snapshot holds, among so much of it."""
    seeking = Seeking()
    seeking.seek(snapshot, "", "", 0)
    places = [place for _, _, place in seeking.things]
    size = IN_CELL if in_cells([axis for place in places for axis in place]) else None
    many = len({team for team, _, _ in seeking.things}) > MOST_TEAMS
    things = [
        Thing(*place, listed if many else team, size) for team, listed, place in seeking.things
    ]
    return Found(things, next(iter(seeking.boards), None), seeking.globe)


def entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(place), entry) for place, entry in enumerate(value))


def is_on_globe(entry: dict[str, Any]) -> bool:
    told = [one for one in (entry, *nested(entry)) if isinstance(one, dict)]
    return "x" not in entry and any("lat" in one or "latitude" in one for one in told)


def is_board(value: Any, path: str) -> bool:
    """Tell whether a value is rows of letters or of small values, all as long as each other."""
    rows = value.split("\n") if isinstance(value, str) and "\n" in value else value
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST_TILES:
        return False
    rows = rows[:-1] if rows[-1] == "" else rows
    if len(rows) < 2 or type(rows[0]) not in (str, list):
        return False
    wide, high = len(rows[0]), len(rows)
    if wide < 2 or wide * high > MOST_TILES:
        return False
    if any(type(row) is not type(rows[0]) or len(row) != wide for row in rows):
        return False
    kinds = {tile_name(tile) for row in rows for tile in row}
    if None in kinds or len(kinds) > MOST_KINDS:
        return False
    few = min(wide, high) >= 3 and len(kinds) <= max(3, wide * high * FEW)
    return few or BOARDS.search(path) is not None


def tile_name(tile: Any) -> str | None:
    """Return the name of a tile; None where it is no tile."""
    if tile is None or isinstance(tile, bool):
        return str(tile)
    if isinstance(tile, str):
        return tile if len(tile) <= LONGEST_TILE else None
    return str(tile) if isinstance(tile, int) and abs(tile) <= LARGEST_TILE else None


def in_cells(numbers: list[float]) -> bool:
    if not numbers:
        return False
    whole = all(number.is_integer() for number in numbers)
    return whole and max(numbers) - min(0, *numbers) < MOST_CELLS


def cells(numbers: list[float]) -> tuple[float, float]:
    """Return from where to where the cells go: from the first one where they begin near it."""
    least, most = min(numbers), max(numbers)
    first = 0 if 0 < least <= most / 2 + 2 else least
    return first - 0.5, max(most, least + 3) + 0.5
