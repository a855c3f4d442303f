"""The body of a push: made of what lies in the spool alone, so that it is the same each time."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

MOST_TICKS = 1_000_000
MOST_CHUNKS = 100_000
MOST_CHUNK_TICKS = 1_000
MOST_CHUNK_BYTES = 3 * 2**20
VISIBILITIES = ("public", "unlisted", "private")
_REPLAY_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_GAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_WORLD = re.compile(r"[0-9a-f]{16}")


def about(
    replay_id: str,
    *,
    game: str,
    title: str = "",
    visibility: str = "public",
    world_ref: str | None = None,
    hints: Mapping[str, Any] | None = None,
    meta: Mapping[str, Any] | None = None,
    run: Any = None,
    tick_seconds: float | None = None,
) -> dict[str, Any]:
    """Return what is said of a recording beside its ticks; raise ValueError for what cannot be."""
    _must_match(_REPLAY_ID, replay_id, "replay_id", "up to 64 letters, digits and . _ : -")
    _must_match(_GAME, game, "game", "up to 32 small letters, digits, - and _")
    if world_ref is not None:
        _must_match(_WORLD, world_ref, "world", "a dict, or the 16 digits of its hash")
    if visibility not in VISIBILITIES:
        raise ValueError(f"visibility is one of {', '.join(VISIBILITIES)}, not {visibility!r}")
    if tick_seconds is not None and not 0 < tick_seconds <= 86_400:
        raise ValueError(f"tick_seconds is more than 0 and at most a day, not {tick_seconds!r}")
    told = dict(meta or {})
    if title:
        told["title"] = str(title)
    if tick_seconds is not None:
        told["tick_seconds"] = float(tick_seconds)
    stated = {"replay_id": replay_id, "game": game, "visibility": visibility}
    optional = {"world_ref": world_ref, "meta": told, "run": run, "hints": hints}
    return stated | {name: value for name, value in optional.items() if value}


def _must_match(pattern: re.Pattern[str], value: Any, name: str, words: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{name} is {words}, not {value!r}")


def body(about: Mapping[str, Any], index: int, lines: Sequence[bytes], *, last: bool) -> bytes:
    """Return chunk `index` as it is pushed; the last one states how many there are."""
    stated: dict[str, Any] = {"chunk_index": index}
    if last:
        stated["chunk_count"] = index + 1
    if index == 0:
        stated |= about
    else:
        again = ("replay_id", "game", "visibility", "world_ref")
        stated |= {name: about[name] for name in again if name in about}
    head = json.dumps(stated, separators=(",", ":"), allow_nan=False).encode()
    return b'%b,"frames":[%b]}' % (head[:-1], b",".join(lines))


def with_fields(line: bytes, fields: Mapping[str, Any]) -> bytes:
    """Return the line of a snapshot with a few fields put before its own."""
    if not fields:
        return line
    head = json.dumps(fields, separators=(",", ":")).encode()
    return head if line == b"{}" else b"%b,%b" % (head[:-1], line[1:])
