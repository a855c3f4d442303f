"""A recording as frames, the way the replay API of seed 003 tells it, cut out of stored lines.

Of a line only its outline is read: what stands inside a snapshot is copied as it is.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from games import Game
from games.game import Perspective
from replays import format, reading
from replays.models import ReplayShard

MOST_BYTES = 16 * 2**20
"""How much of stored lines one page of frames is made of; the next page goes on from there."""
AT_A_TIME = 100


class Page(NamedTuple):
    """Frames as a list in JSON, and the index of the frame that follows if there is one."""

    frames: bytes
    next: int | None


class _Line(msgspec.Struct):
    t: msgspec.Raw
    snapshot: dict[str, msgspec.Raw]


class _Event(msgspec.Struct):
    type: msgspec.Raw
    player_id: msgspec.Raw
    data: msgspec.Raw


_read_line = msgspec.json.Decoder(_Line).decode
_read_event = msgspec.json.Decoder(_Event | None).decode
_NOTHING = _Event(msgspec.Raw(b'"tick"'), msgspec.Raw(b"null"), msgspec.Raw(b"{}"))


def page(shard: ReplayShard, start: int, limit: int, perspective: Perspective) -> Page:
    """Return up to `limit` frames from index `start` on, fewer where they would be too large.

    An index counts ticks from the first one, so that those which never came leave theirs out.
    """
    game, first = shard.rules, shard.first_tick or 0
    frames: list[bytes] = []
    size, end = 0, start
    for line in _lines(shard, first + start, limit, perspective):
        size += len(line)
        if frames and size > MOST_BYTES:
            break
        index = reading.tick_of(line) - first
        frames.append(frame(game, index, line))
        end = index + 1
    more = frames and shard.last_tick is not None and first + end <= shard.last_tick
    return Page(b"[%b]" % b",".join(frames), end if more else None)


def _lines(shard: ReplayShard, start: int, limit: int, perspective: Perspective) -> Iterable[bytes]:
    """Yield lines a chunk at a time, so that what does not fit is not read."""
    while limit > 0:
        found = reading.following(shard, start, min(AT_A_TIME, limit), perspective)
        if not found:
            return
        yield from found
        start, limit = reading.tick_of(found[-1]) + 1, limit - len(found)


def frame(game: Game, index: int, line: bytes) -> bytes:
    """Return a line as a frame; where nothing else led to it, what happened is a tick."""
    told = _read_line(line)
    event = _event_of(game, told.snapshot)
    state = b",".join(
        b"%b:%b" % (msgspec.json.encode(name), bytes(fact))
        for name, fact in told.snapshot.items()
        if name not in game.apart
    )
    return (
        b'{"index":%d,"event_type":%b,"timestamp":%b,"player_id":%b,"event_data":%b,"state":{%b}}'
        % (index, event.type, told.t, event.player_id, event.data, state)
    )


def _event_of(game: Game, snapshot: dict[str, msgspec.Raw]) -> _Event:
    if game.event_at is None or game.event_at not in snapshot:
        return _NOTHING
    try:
        return _read_event(snapshot[game.event_at]) or _NOTHING
    except msgspec.ValidationError:  # somebody pushed what is no event of the game
        return _NOTHING


def metadata(shard: ReplayShard, perspective: Perspective) -> dict[str, Any]:
    """Return what is told of the game as a whole, as it stands at its last tick."""
    if shard.last_tick is None:
        return shard.rules.metadata({}, 0.0)
    last = format.read_line(reading.lines(shard, shard.last_tick, 1, perspective)[0])
    return shard.rules.metadata(last["snapshot"], last["t"])
