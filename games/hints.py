"""Hints: how a recording of a game without rules here wants to be shown, in JSON and without code.

Paths are keys with slashes between them, counted from the snapshot or from a thing: `score/blue`.
`*` is each entry of a list or an object, a last `#` is how many entries there are, `.` is the value
itself, and in a key `~1` stands for a slash and `~0` for `~`. See docs/hints.md.
"""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from games.game import Refused

Hints = dict[str, Any]
Rule = tuple[Callable[[Any], bool], str]

MOST_BYTES = 16 * 1024
MOST_LISTS = 16
MOST_TEAMS = 32
MOST_CHARTS = 12
MOST_CELLS = 1_000
LONGEST_PATH = 200
MOST_KEYS = 16
MOST_STARS = 3
FARTHEST = 1e12
"""What lies farther out is no place on a map."""
COLOURS = ("life", "gate", "warning", "danger", "ink", "quiet")


def check(hints: Any) -> Hints:
    """Return `hints` as they are where all of them can be followed, else raise Refused."""
    _check_object("hints", hints, RULES)
    for place, things in enumerate(hints.get("things", ())):
        _check_object(f"hints/things/{place}", things, THINGS, needed="path")
    if "events" in hints:
        _check_object("hints/events", hints["events"], EVENTS, needed="path")
    _check_extent(hints)
    if len(json.dumps(hints, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Refused(f"hints: they may have at most {MOST_BYTES >> 10} KiB.")
    return hints


def of(options: Any) -> Hints | None:
    """Return the hints in a recording's options; None where there are none that can be followed."""
    hints = options.get("hints") if isinstance(options, dict) else None
    if hints is None:
        return None
    try:
        return check(hints)
    except Refused:
        return None


def _check_object(
    place: str, stated: Any, rules: dict[str, Rule], *, needed: str | None = None
) -> None:
    if not isinstance(stated, dict):
        raise Refused(f"{place}: it must be an object.")
    for name, value in stated.items():
        if name not in rules:
            shown = ascii(str(name)[:40])
            raise Refused(f"{place}: {shown} is no hint; there are {', '.join(rules)}.")
        keeps, words = rules[name]
        if not keeps(value):
            raise Refused(f"{place}/{name}: it must be {words}.")
    if needed and needed not in stated:
        raise Refused(f"{place}/{needed}: it is missing.")


def _check_extent(hints: Hints) -> None:
    if ("width" in hints) != ("height" in hints):
        raise Refused("hints: width and height are given together.")
    if "bounds" in hints and "width" in hints:
        raise Refused("hints: there is width and height, or bounds, not both.")
    if hints.get("plane") != "grid":
        return
    if "bounds" in hints:
        raise Refused("hints/bounds: a grid has width and height, in cells.")
    for name in ("width", "height"):
        cells = hints.get(name, 1)
        if type(cells) is not int or cells > MOST_CELLS:
            raise Refused(f"hints/{name}: it must be a whole number of cells up to {MOST_CELLS}.")


def is_number(value: Any) -> bool:
    """Tell whether a value is a number that may be drawn."""
    return type(value) in (int, float) and -FARTHEST <= value <= FARTHEST


def _is_text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most and _is_writable(value)


def _is_writable(text: str) -> bool:
    return all(letter >= " " and not "\ud800" <= letter <= "\udfff" for letter in text)


def _is_path(stars: int = 0, *, counts: bool = False) -> Callable[[Any], bool]:
    """Return a test for paths with so many stars at most, which may end with a count."""

    def keeps(value: Any) -> bool:
        if not _is_text(LONGEST_PATH)(value):
            return False
        keys = value.split("/")
        plain = keys[:-1] if counts and keys[-1] == "#" else keys
        known = all(plain) and "#" not in plain
        return known and plain.count("*") <= stars and len(keys) <= MOST_KEYS

    return keeps


def _is_place(value: Any) -> bool:
    is_path = _is_path()
    return is_path(value) or (
        isinstance(value, list) and len(value) == 2 and all(map(is_path, value))
    )


def _is_size(value: Any) -> bool:
    return _is_length(value) or _is_path()(value)


def _is_length(value: Any) -> bool:
    return is_number(value) and value > 0


def _is_bounds(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4 or not all(map(is_number, value)):
        return False
    left, low, right, high = value
    return left < right and low < high


def _is_colour(value: Any) -> bool:
    return (isinstance(value, str) and value in COLOURS) or (type(value) is int and 0 <= value < 24)


def _are_teams(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) > MOST_TEAMS:
        return False
    return all(map(_is_text(60), value)) and all(map(_is_colour, value.values()))


def _is_list(most: int, of_what: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(of_what, value))


def _one_of(*words: str) -> Rule:
    return (lambda value: isinstance(value, str) and value in words), " or ".join(words)


_PATH: Rule = (_is_path(), "a path, such as score/blue")
_EACH: Rule = (_is_path(MOST_STARS), f"a path with at most {MOST_STARS} stars, such as agents/*")
_LENGTH: Rule = (_is_length, "a number above 0")

RULES: dict[str, Rule] = {
    "title": (_is_text(100), "a text of at most 100 characters"),
    "plane": _one_of("grid", "plane"),
    "width": _LENGTH,
    "height": _LENGTH,
    "bounds": (_is_bounds, "[x0, y0, x1, y1] with x0 below x1 and y0 below y1"),
    "y": _one_of("down", "up"),
    "board": _PATH,
    "things": (
        _is_list(MOST_LISTS, lambda value: isinstance(value, dict)),
        f"a list of at most {MOST_LISTS} objects",
    ),
    "teams": (_are_teams, f"an object of at most {MOST_TEAMS} names, each with a colour: "
              f"{', '.join(COLOURS)}, or a number from 0 to 23"),
    "events": (lambda value: isinstance(value, dict), "an object"),
    "chart": (
        _is_list(MOST_CHARTS, _is_path(counts=True)),
        f"a list of at most {MOST_CHARTS} paths, such as score/blue or foxes/#",
    ),
}  # fmt: skip
THINGS: dict[str, Rule] = {
    "path": _EACH,
    "kind": (_is_text(60), "a text of at most 60 characters"),
    "id": _PATH,
    "position": (_is_place, "a path, or a list of one for x and one for y"),
    "label": _PATH,
    "team": _PATH,
    "colour": _PATH,
    "size": (_is_size, "a number above 0, or a path"),
}
EVENTS: dict[str, Rule] = {"path": _EACH, "kind": _PATH, "label": _PATH, "subject": _PATH}


# Following a path


def keys_of(path: str) -> list[str]:
    return [] if path == "." else path.split("/")


def plain_key(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def at(value: Any, path: str) -> Any:
    """Return what stands at a path without stars, or None; a last `#` counts the entries."""
    for key in keys_of(path):
        if key == "#":
            return len(value) if isinstance(value, dict | list) else None
        value = _entry(value, key)
    return value


def each(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield what stands at a path with stars, each with the keys that the stars stood for."""
    yield from _each(value, keys_of(path), ())


def _each(value: Any, keys: list[str], found: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for place, key in enumerate(keys):
        if key == "*":
            entries = value.items() if isinstance(value, dict) else _numbered(value)
            for name, entry in entries:
                yield from _each(entry, keys[place + 1 :], (*found, str(name)))
            return
        value = _entry(value, key)
    if value is not None:
        yield "/".join(found), value


def _numbered(value: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else iter(())


def _entry(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(plain_key(key))
    if isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 8:
        return value[int(key)] if int(key) < len(value) else None
    return None


def number_at(value: Any, path: str) -> float | None:
    """Return the finite number at a path, or None."""
    found = at(value, path)
    if type(found) not in (int, float):
        return None
    return found if -math.inf < found < math.inf else None


def text(value: Any, longest: int) -> str:
    """Return a plain value as a short text, and what is no plain value as none."""
    if type(value) is str:
        return value.strip()[:longest]
    return str(value)[:longest] if type(value) in (int, float) and is_number(value) else ""
