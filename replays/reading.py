"""Ticks, chunks and the timeline of a shard: the only reader of recordings."""

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from games import get_game
from games.game import OMNISCIENT, Perspective
from replays import format
from replays.models import ReplayChunk, ReplayShard
from replays.recording import SEAL_TICKS, chunk_summary

MAX_MARKERS = 5_000
LARGEST_TICK = 2**31 - 1
HEAD_BYTES = 80
"""Within so many bytes of a line its commands begin, if it has any."""
MAX_POINTS = 2_000
"""How many points a metric's line has at most: a time bar is no wider."""


class Damaged(Exception):
    """A stored chunk is not what was stored; `first` to `last` are the ticks that are lost."""

    def __init__(self, chunk: ReplayChunk) -> None:
        self.first, self.last = chunk.first_tick, chunk.last_tick
        super().__init__(f"Ticks {self.first} to {self.last} of this shard are damaged.")


# What may be read now


def held_back(shard: ReplayShard, *, late: bool) -> ReplayShard:
    """Return `shard` as it is shown now: whole, or to those who are `late` as it was a while ago.

    This is the one rule of delays. What is read through the row that is returned, its ticks,
    chunks, timeline and pictures, ends with the newest tick that has been recorded for that long;
    and that the shard has ended is not known before that either.
    """
    if not late or not shard.delay_seconds or over(shard, late=late):
        return shard
    return up_to(shard, newest_due(shard))


def over(shard: ReplayShard, *, late: bool) -> bool:
    """Tell whether a shard has ended for those who are `late`, if they are."""
    if shard.ended_at is None or not late:
        return shard.ended
    return shard.ended_at + dt.timedelta(seconds=shard.delay_seconds) <= timezone.now()


def up_to(shard: ReplayShard, newest: int | None) -> ReplayShard:
    """Return `shard` as it stood at its tick `newest`, live; None is before the first."""
    seen = copy.copy(shard)
    seen.ended_at, seen.tail_ticks, seen.last_tick = None, 0, newest
    seen.seen_until = -1 if newest is None else newest
    if newest is None or shard.first_tick is None:
        seen.first_tick, seen.total_ticks = None, 0
    else:
        seen.total_ticks = newest + 1 - shard.first_tick
    return seen


def newest_due(shard: ReplayShard) -> int | None:
    """Return the newest tick that the delay of a shard lets its spectators see."""
    for tick, summary in shard.ticks.order_by("-tick").values_list("tick", "summary"):
        if seconds_until_due(shard, format.read_line(bytes(summary))["t"]) <= 0:
            return tick
    due = seconds_since_start(shard) - shard.delay_seconds
    chunk = shard.chunks.filter(first_seconds__lte=due).last()
    if chunk is None:
        return None
    for line in reversed(chunk_lines(chunk)):
        if seconds_until_due(shard, seconds_of(line)) <= 0:
            return tick_of(line)
    return None


def seconds_until_due(shard: ReplayShard, recorded_at: float) -> float:
    """Return how long spectators wait for a tick that was recorded so many seconds in."""
    return recorded_at + shard.delay_seconds - seconds_since_start(shard)


def seconds_since_start(shard: ReplayShard) -> float:
    return (timezone.now() - shard.started_at).total_seconds()


def tick_of(line: bytes) -> int:
    """Return the tick of a stored line, which begins with it."""
    return int(line[len(b'{"tick":') : line.index(b",")])


def seconds_of(line: bytes) -> float:
    """Return the time of a stored line, which stands second."""
    return float(line.split(b'"t":', 1)[1].split(b",", 1)[0])


# Ticks


def lines(shard: ReplayShard, start: int, limit: int, perspective: Perspective) -> list[bytes]:
    """Return up to `limit` lines from tick `start` on, as seen from `perspective`."""
    start = max(start, shard.first_tick or 0)
    end = start + limit
    if shard.seen_until is not None:
        end = min(end, shard.seen_until + 1)
    # The tail is read first: what is sealed meanwhile is then in its chunk, and never in neither.
    rows = shard.ticks.filter(tick__gte=start, tick__lt=end).values_list("tick", "line")
    tail = [(tick, bytes(stored)) for tick, stored in rows]
    found = [
        stored
        for chunk in _chunks_between(shard, start, end)
        for stored in chunk_lines(chunk)[max(0, start - chunk.first_tick) : end - chunk.first_tick]
    ]
    found += [stored for tick, stored in tail if tick >= start + len(found)]
    return [seen(shard.game, stored, perspective) for stored in found]


def following(shard: ReplayShard, start: int, limit: int, perspective: Perspective) -> list[bytes]:
    """Return the next `limit` lines from tick `start` on, over ticks that never came."""
    found: list[bytes] = []
    last = -1 if shard.last_tick is None else shard.last_tick
    while len(found) < limit and start <= last:
        part = lines(shard, start, limit - len(found), perspective)
        found += part
        if part:
            start = tick_of(part[-1]) + 1
        else:
            after = shard.chunks.filter(first_tick__gt=start).order_by("first_tick").first()
            if after is None:
                break
            start = after.first_tick
    return found


def _chunks_between(shard: ReplayShard, start: int, end: int) -> QuerySet[ReplayChunk]:
    """Return the chunks with ticks from `start` up to `end`; none is longer than a full one."""
    begins = {"first_tick__gt": start - SEAL_TICKS, "first_tick__lt": end}
    return shard.chunks.filter(last_tick__gte=start, **begins).order_by("first_tick")


def last_line(shard: ReplayShard) -> bytes:
    """Return the newest line of a shard that has one, as stored."""
    return lines(shard, shard.last_tick or 0, 1, OMNISCIENT)[0]


def snapshot(shard: ReplayShard, tick: int, perspective: Perspective) -> dict[str, Any] | None:
    """Return the snapshot of one tick, or None where the shard does not hold it."""
    found = lines(shard, tick, 1, perspective)
    entry = format.read_line(found[0]) if found else None
    return entry["snapshot"] if entry and entry["tick"] == tick else None


def entries(shard: ReplayShard, perspective: Perspective = OMNISCIENT) -> Iterator[dict[str, Any]]:
    """Yield every tick of a shard in order, a chunk in memory at a time."""
    for chunk in shard.chunks.iterator(chunk_size=8):
        yield from map(format.read_line, chunk_lines(chunk, perspective))
    for row in shard.ticks.iterator():
        yield format.read_line(seen(shard.game, bytes(row.line), perspective))


def seen(game: str, stored: bytes, perspective: Perspective) -> bytes:
    """Return a line as seen from `perspective`: everything as stored, or the game's own view."""
    if perspective == OMNISCIENT:
        return stored
    if not get_game(game).hides and b'"commands":' not in stored[:HEAD_BYTES]:
        return stored
    entry = format.read_line(stored)
    view = get_game(game).view(entry["snapshot"], perspective)
    return format.line(entry["tick"], entry["t"], view)


# Chunks


def chunk_lines(chunk: ReplayChunk, perspective: Perspective = OMNISCIENT) -> list[bytes]:
    """Return the lines of a chunk; raise Damaged where its digest does not match."""
    stored = plain(chunk).split(b"\n")
    if perspective == OMNISCIENT:
        return stored
    return [seen(chunk.shard.game, line, perspective) for line in stored]


def plain(chunk: ReplayChunk) -> bytes:
    try:
        content = format.unpack(bytes(chunk.body))
    except format.DamagedError:
        raise Damaged(chunk) from None
    if format.digest(content) != bytes(chunk.sha256):
        raise Damaged(chunk)
    return content


@lru_cache(maxsize=256)
def _seen_chunk(shard_id: UUID, number: int, perspective: Perspective) -> bytes:
    chunk = ReplayChunk.objects.select_related("shard").get(shard=shard_id, number=number)
    return format.pack(chunk_lines(chunk, perspective))


def chunk_body(chunk: ReplayChunk, perspective: Perspective) -> bytes:
    """Return a chunk in zstd: the stored bytes, or what `perspective` may see of them."""
    if perspective == OMNISCIENT:
        plain(chunk)
        return bytes(chunk.body)
    return _seen_chunk(chunk.shard_id, chunk.number, perspective)


# The timeline


@dataclass
class Timeline:
    """What the time bar shows of a whole shard."""

    chunks: list[dict[str, Any]]
    markers: list[dict[str, Any]]
    metrics: dict[str, Any]
    markers_cut: bool


def timeline(shard: ReplayShard) -> Timeline:
    """Return chunks, markers and metrics of `shard`, the metrics in at most 2,000 buckets."""
    until = LARGEST_TICK if shard.seen_until is None else shard.seen_until
    stored = [(row.tick, format.read_line(bytes(row.summary))) for row in shard.ticks.all()]
    sealed = list(shard.chunks.defer("body").filter(first_tick__lte=until))
    parts = [(row.first_tick, _cut(_summary(row), until + 1 - row.first_tick)) for row in sealed]
    next_tick = sealed[-1].last_tick + 1 if sealed else shard.first_tick or 0
    tail = [summary for tick, summary in stored if next_tick <= tick <= until]
    rows = [row for row in sealed if row.last_tick <= until]
    if tail:
        parts.append((next_tick, chunk_summary(tail)))
        next_tick += len(tail)
    markers = [
        {"tick": first + offset, "kind": kind, "label": label, "subject": subject}
        for first, part in parts
        for offset, kind, label, subject in part["markers"]
    ]
    return Timeline(
        chunks=[_chunk_entry(row) for row in rows],
        markers=_thinned(markers),
        metrics=_metrics(shard.first_tick or 0, next_tick, parts),
        markers_cut=len(markers) > MAX_MARKERS,
    )


def _summary(chunk: ReplayChunk) -> dict[str, Any]:
    try:
        return format.read_line(format.unpack(bytes(chunk.summary)))
    except (format.DamagedError, ValueError):
        return {"markers": [], "metrics": {}}


def _cut(summary: dict[str, Any], count: int) -> dict[str, Any]:
    """Return what a chunk's summary tells of its first `count` ticks."""
    markers = [marker for marker in summary["markers"] if marker[0] < count]
    series = {name: values[:count] for name, values in summary["metrics"].items()}
    return {"markers": markers, "metrics": series}


def _chunk_entry(chunk: ReplayChunk) -> dict[str, Any]:
    return {
        "number": chunk.number,
        "first_tick": chunk.first_tick,
        "last_tick": chunk.last_tick,
        "bytes": chunk.plain_bytes,
        "stored": chunk.stored_bytes,
        "sha256": bytes(chunk.sha256).hex(),
        "t": [chunk.first_seconds, chunk.last_seconds],
    }


def _thinned(markers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(markers) <= MAX_MARKERS:
        return markers
    step = len(markers) / MAX_MARKERS
    return [markers[int(position * step)] for position in range(MAX_MARKERS)]


def _metrics(first: int, end: int, parts: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    step = max(1, -(-(end - first) // MAX_POINTS))
    length = -(-(end - first) // step)
    series: dict[str, list[float | None]] = {}
    for part_first, part in parts:
        for name, values in part["metrics"].items():
            points = series.setdefault(name, [None] * length)
            offset = -(part_first - first) % step
            for position in range(offset, len(values), step):
                points[(part_first - first + position) // step] = values[position]
    return {"first_tick": first, "step": step, "series": series}
