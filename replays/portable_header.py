"""What a recording's file says of the shard as a whole, checked field by field."""

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from games.game import Refused
from replays import format

LARGEST = 2**31 - 1
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = 253_402_300_799  # the last second of the year 9999
MOST_GAPS = 100_000
LONGEST_TICK = 86_400.0
REFERENCE_GAME = "segfault"  # whose recordings do not name it
REFERENCE_TICK_SECONDS = 10.0
TOTALS = (
    "total_ticks",
    "total_processes",
    "total_kills",
    "total_survivals",
    "total_ghosts",
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Header:
    """The header: `fields` are those of ReplayShard, `stated` is the header as it stands."""

    id: UUID | None
    game: str
    fields: dict[str, Any]
    totals: dict[str, int]
    ended_at: dt.datetime | None
    stated: dict[str, Any]
    gaps: frozenset[tuple[int, int]] = frozenset()
    """The ticks that never came, each run by its first and last."""


def read_header(raw: bytes, ticks: int) -> Header:
    """Return the header of a recording of so many ticks, or raise Refused; let other keys be."""
    try:
        stated = format.read_json(raw, repeats=True)
    except Refused as error:
        raise Refused(f"shard: {error}") from None
    if not isinstance(stated, dict):
        raise fault("shard", "it must be an object")
    found = {name: _field(stated, name) for name in RULES}
    started, ended = found["started_at"], found["ended_at"]
    if started is None:
        raise fault("shard/started_at", "it is missing")
    if ended is not None and ended < started:
        raise fault("shard/ended_at", "it lies before started_at")
    if ended is None:  # the reference counts at the end: a row of a live shard holds noughts
        stated = {k: value for k, value in stated.items() if k not in TOTALS or value != 0}
    fields = {name: found[name] or "" for name in ("title", "rules_version", "seed")}
    fields["options"] = found["options"] or {}
    fields["started_at"] = _moment(started)
    fields["tick_seconds"] = found["tick_seconds"] or _tick_seconds(started, ended, ticks)
    return Header(
        id=UUID(found["shard_id"]) if found["shard_id"] else None,
        game=found["game"] or REFERENCE_GAME,
        fields=fields,
        totals={name: found[name] for name in TOTALS if stated.get(name) is not None},
        ended_at=None if ended is None else _moment(ended),
        stated=stated,
        gaps=frozenset(map(tuple, found["gaps"] or ())),
    )


def fault(place: str, sentence: str) -> Refused:
    return Refused(f"{place}: {sentence}.")


def _field(stated: dict[str, Any], name: str) -> Any:
    """Return a field that is there and keeps its rule; None for one that is left out."""
    value = stated.get(name)
    keeps, words = RULES[name]
    if value is not None and not keeps(value):
        raise fault(f"shard/{name}", f"it must be {words}")
    return value


def _tick_seconds(started: int, ended: int | None, ticks: int) -> float:
    """Return how long a tick lasted, from when the shard began and ended."""
    if ended is None or ended == started:
        return REFERENCE_TICK_SECONDS
    return min((ended - started) / ticks, LONGEST_TICK)


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _whole(most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and 0 <= value <= most


def _text(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _are_gaps(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_GAPS and all(map(_is_gap, value))


def _is_gap(value: Any) -> bool:
    return isinstance(value, list) and list(map(type, value)) == [int, int] and value[0] <= value[1]


def _lasts(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 < value <= LONGEST_TICK


RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "shard_id": (_matches(UUID_FORM), "a UUID in small letters"),
    "game": (_matches(_SLUG), "up to 32 small letters, digits, - and _"),
    "title": (_text(100), "a text of at most 100 characters"),
    "rules_version": (_text(16), "a text of at most 16 characters"),
    "seed": (_text(64), "a text of at most 64 characters"),
    "gaps": (_are_gaps, f"a list of at most {MOST_GAPS:,} pairs, of the first and last tick"),
    "options": (lambda value: isinstance(value, dict), "an object"),
    "tick_seconds": (_lasts, "a number of seconds above 0, at most a day"),
    "started_at": (_whole(LATEST), "a time in whole epoch seconds"),
    "ended_at": (_whole(LATEST), "a time in whole epoch seconds, or null"),
    **{name: (_whole(LARGEST), "a whole number, 0 or more") for name in TOTALS},
}
