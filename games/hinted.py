"""A game without rules here, read by the hints that were recorded with it, if any."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from games import found
from games import hints as reading
from games.game import Marker, Shape, Snapshot
from games.hints import COLOURS, FARTHEST, Hints, at, each, number_at, text
from games.places import MOST_THINGS, Thing, place_of
from games.recorded import Recorded

MOST_EVENTS = 20  # of a tick
MOST_PLAYERS = 200
MOST_TILES = 3_000
LONGEST_LABEL = 120
LONGEST_KIND = 32
SMALLEST, SMALLEST_OF_FEW, MANY, LARGEST = 0.012, 0.022, 150, 0.2
"""Radii of things in a picture whose side is 1."""
MARGIN = 0.06
"""Of the picture's side, around a plane whose bounds are not told."""


class Hinted(Recorded):
    """A game known from its recordings and from their hints; whatever they hold is read."""

    def __init__(self, slug: str, hints: Hints) -> None:
        super().__init__(slug)
        self.hints = hints
        self.title = hints.get("title", "")

    def participants(self, snapshot: Snapshot) -> list[str]:
        """Return the ids of the things that are said to have one."""
        named = [things for things in self.hints.get("things", ()) if "id" in things]
        found = (
            text(at(thing, things["id"]), LONGEST_LABEL)
            for things in named
            for _, thing in each(snapshot, things["path"])
        )
        return list(islice(dict.fromkeys(filter(None, found)), MOST_PLAYERS))

    def markers(self, snapshot: Snapshot) -> list[Marker]:
        events = self.hints.get("events")
        if events is None:
            return []
        listed = (marker(entry, events) for _, entry in each(snapshot, events["path"]))
        return list(islice(filter(None, listed), MOST_EVENTS))

    def metrics(self, snapshot: Snapshot) -> dict[str, float]:
        found = {path: number_at(snapshot, path) for path in self.hints.get("chart", ())}
        return {path: value for path, value in found.items() if value is not None}

    def picture(self, snapshot: Snapshot) -> list[Shape]:
        """Return the board and the things on it, scaled into the square: those that hints tell of,
        else all that say in any JSON where they stand."""
        board = tiles(at(snapshot, self.hints["board"])) if "board" in self.hints else []
        things = list(islice(things_of(self.hints, snapshot), MOST_THINGS))
        told = self.hints
        if not told.get("things"):
            seen = found.look(snapshot)
            things, board = seen.things, board or tiles(seen.board)
            lies = bool(board) or "width" in told or "bounds" in told
            told = seen.hints(lies=lies) | told
        return drawn(told, things, board)


def marker(entry: Any, events: dict[str, str]) -> Marker | None:
    """Return an entry of the list of events as a marker; what says nothing is none."""
    label = text(at(entry, events.get("label", ".")), LONGEST_LABEL)
    kind = text(at(entry, events["kind"]), LONGEST_KIND) if "kind" in events else ""
    subject = text(at(entry, events["subject"]), LONGEST_LABEL) if "subject" in events else ""
    if not label and not kind:
        return None
    return Marker(kind or "event", label or kind, subject or None)


def things_of(hints: Hints, snapshot: Snapshot) -> Iterator[Thing]:
    """Yield the things that hints tell of and that have a place in this snapshot."""
    for things in hints.get("things", ()):
        for _, entry in each(snapshot, things["path"]):
            place = place_of(entry, things.get("position"))
            if place is not None:
                yield Thing(*place, coloured_by(entry, things), size_of(entry, things.get("size")))


def coloured_by(entry: Any, things: dict[str, Any]) -> str | int:
    """Return what decides a thing's colour: its own word for it, its team, or what it is."""
    own = at(entry, things["colour"]) if "colour" in things else None
    if type(own) is int and own >= 0:
        return own
    team = text(at(entry, things["team"]), 60) if "team" in things else ""
    return text(own, 60) or team or kind_of(things)


def size_of(entry: Any, size: Any) -> float | None:
    return number_at(entry, size) if isinstance(size, str) else size


def kind_of(things: dict[str, Any]) -> str:
    return things.get("kind") or name_of(things["path"])


def name_of(path: str) -> str:
    """Return the last key of a path that is no star: what its things are."""
    plain = [key for key in reading.keys_of(path) if key != "*"]
    return reading.plain_key(plain[-1]) if plain else "things"


def colours_of(hints: Hints, things: list[Thing]) -> dict[str | int, str]:
    """Return the colour of each team: as told, else those that are left, in an order that stays."""
    told = hints.get("teams", {})
    kinds = [kind_of(listed) for listed in hints.get("things", ())]
    others = sorted({str(one.colour) for one in things if type(one.colour) is str} - set(kinds))
    colours: dict[str | int, str] = {name: name for name in COLOURS}
    colours |= {name: numbered(colour) for name, colour in told.items()}
    left = [colour for colour in COLOURS if colour not in map(numbered, told.values())] or COLOURS
    unnamed = [name for name in dict.fromkeys(kinds + others) if name not in colours]
    colours |= {name: left[place % len(left)] for place, name in enumerate(unnamed)}
    return colours | {one.colour: numbered(one.colour) for one in things if type(one.colour) is int}


def numbered(colour: str | int) -> str:
    return colour if isinstance(colour, str) else COLOURS[colour % len(COLOURS)]


# The picture


def drawn(hints: Hints, things: list[Thing], board: list[list[Any]]) -> list[Shape]:
    if not things and not board:
        return []
    place, unit = scale(hints, things, board)
    colours = colours_of(hints, things)
    least = SMALLEST if len(things) > MANY else SMALLEST_OF_FEW
    discs = [disc(one, place, unit, colours[one.colour], least) for one in things]
    return [Shape("rect", (0, 0, 1, 1), "ground"), *tile_shapes(board, place), *discs]


Scale = Callable[[float, float], tuple[float, float]]


def tiles(value: Any) -> list[list[Any]]:
    """Return the rows of a board: texts of letters, or lists of plain values."""
    if isinstance(value, str):
        value = value.split("\n")
    rows = [row for row in value if isinstance(row, str | list)] if isinstance(value, list) else []
    widest = max(map(len, rows), default=0)
    return [list(row) for row in rows] if 0 < widest * len(rows) <= MOST_TILES else []


def tile_shapes(board: list[list[Any]], place: Scale) -> Iterator[Shape]:
    """Yield the tiles of a board that are not as most are."""
    usual = most_frequent(board)
    for y, row in enumerate(board):
        for x, tile in enumerate(row):
            if tile_name(tile) != usual:
                (left, top), (right, bottom) = place(x - 0.5, y - 0.5), place(x + 0.5, y + 0.5)
                corners = (left, min(top, bottom), right, max(top, bottom))
                yield Shape("rect", corners, "wall")


def most_frequent(board: list[list[Any]]) -> str:
    counts: dict[str, int] = {}
    for row in board:
        for tile in row:
            name = tile_name(tile)
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def tile_name(tile: Any) -> str:
    return tile if isinstance(tile, str) else text(tile, 20) or type(tile).__name__


def scale(hints: Hints, things: list[Thing], board: list[list[Any]]) -> tuple[Scale, float]:
    """Return how places become points of the square, and how long one unit of the plane is."""
    left, low, right, high = extent(hints, things, board)
    span = max(right - left, high - low, 1e-9)
    unit = 1 / span
    aside, above = (1 - (right - left) * unit) / 2, (1 - (high - low) * unit) / 2
    up = hints.get("y") == "up"

    def place(x: float, y: float) -> tuple[float, float]:
        down = (high - y) if up else (y - low)
        return (x - left) * unit + aside, down * unit + above

    return place, unit


def extent(
    hints: Hints, things: list[Thing], board: list[list[Any]]
) -> tuple[float, float, float, float]:
    """Return (left, low, right, high) of what is shown: as told, as the board is, or as all fit."""
    cells = 0.5 if hints.get("plane") == "grid" or board else 0.0
    if "bounds" in hints:
        left, low, right, high = hints["bounds"]
        return left, low, right, high
    if "width" in hints:
        return -cells, -cells, hints["width"] - cells, hints["height"] - cells
    xs, ys = [one.x for one in things], [one.y for one in things]
    if board:
        xs += [0, max(map(len, board)) - 1]
        ys += [0, len(board) - 1]
    left, low, right, high = min(xs), min(ys), max(xs), max(ys)
    room = cells or max(right - left, high - low, 1.0) * MARGIN
    return left - room, low - room, right + room, high + room


def disc(thing: Thing, place: Scale, unit: float, colour: str, least: float) -> Shape:
    x, y = place(thing.x, thing.y)
    size = min(thing.size, FARTHEST) if thing.size and thing.size > 0 else 0.0
    return Shape("disc", (x, y, min(LARGEST, max(least, size * unit))), colour)
