"""Where two JSON values first differ, as a path and in words."""

from dataclasses import dataclass
from typing import Any

from replays import format

LONGEST = 60  # characters of a value in a sentence


@dataclass(frozen=True, slots=True)
class Difference:
    """A path such as `processes[3].pos[0]`, and what stands there in words on either side."""

    path: str
    stored: str
    expected: str


def first_difference(stored: Any, expected: Any, path: str = "") -> Difference | None:
    """Return the first place, in the order of `expected`, at which the two differ in JSON."""
    if format.write_json(stored) == format.write_json(expected):
        return None
    if isinstance(stored, dict) and isinstance(expected, dict) and list(stored) == list(expected):
        pairs = ((f"{path}.{key}", stored[key], expected[key]) for key in expected)
    elif isinstance(stored, list) and isinstance(expected, list) and len(stored) == len(expected):
        both = enumerate(zip(stored, expected, strict=True))
        pairs = ((f"{path}[{index}]", one, other) for index, (one, other) in both)
    else:
        return Difference(path.lstrip(".") or "the snapshot", words(stored), words(expected))
    found = (first_difference(one, other, where) for where, one, other in pairs)
    return next(difference for difference in found if difference)


def words(value: Any) -> str:
    """Return a value as JSON, or what it consists of where that is long."""
    text = format.write_json(value).decode()
    if len(text) <= LONGEST:
        return text
    if isinstance(value, dict):
        return f"an object of {', '.join(value)}"[:LONGEST]
    return f"a list of {len(value)}" if isinstance(value, list) else f"{text[:LONGEST]}…"
