"""Open, append, seal, finalize: the only writer of recordings.

What these functions return is on disk once the transaction around them has committed; `recorded` is
sent after that, so that nothing is shown that is not stored.
"""

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from games import Game
from games.game import Command
from replays import format, standing
from replays.models import ReplayChunk, ReplayShard, ReplayTick
from replays.rows import insert_rows
from replays.standing import Standing

SEAL_TICKS = 100
SEAL_BYTES = 2_000_000
MAX_TICKS = 1_000_000
MOST_PACKING = 4  # chunks of one import that wait to be packed, in memory

_packers = ThreadPoolExecutor(2, thread_name_prefix="packing")

recorded = Signal()
"""Sent after a commit with `shards`: the ids of those that have reached a new tick or ended."""


class NotRecorded(Exception):
    """The ticks do not continue the shard, or it has ended: nothing was stored."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick to record: `seconds` since the start, the commands that led to it, the snapshot."""

    tick: int
    seconds: float
    snapshot: dict[str, Any]
    commands: Sequence[Command] = ()


def open_shard(game: Game, **fields: Any) -> ReplayShard:
    """Open a live shard of `game`; `fields` are those of ReplayShard."""
    fields = {"rules_version": game.version, "tick_seconds": game.tick_seconds} | fields
    return ReplayShard.objects.create(game=game.slug, **fields)


class Whole:
    """A shard that was played elsewhere: packed tick by tick, then stored in one short commit.

    Chunks are packed beside the reading of what follows: zstd leaves the other threads alone.
    """

    def __init__(self, game: Game, **fields: Any) -> None:
        self.game = game
        self.shard = ReplayShard(game=game.slug, **fields)
        self.chunks: list[ReplayChunk] = []
        self.holds_commands = False
        self.gaps: frozenset[tuple[int, int]] = frozenset()
        self._lines: list[bytes] = []
        self._summaries: list[dict[str, Any]] = []
        self._bytes = 0
        self._packing: deque[tuple[int, int, list[float], Future[Packed]]] = deque()

    def add(self, tick: Tick) -> bytes:
        """Take the next tick and return its line, or raise NotRecorded."""
        shard = self.shard
        if tick.tick != shard.next_tick or shard.total_ticks >= MAX_TICKS:
            _refuse_what_does_not_continue(shard, [tick])
        commands = [command.as_list() for command in tick.commands]
        line = format.line(tick.tick, tick.seconds, tick.snapshot, commands)
        self._count(tick, len(line))
        self._lines.append(line)
        self._summaries.append(summary(self.game, tick.seconds, tick.snapshot))
        if len(self._lines) >= SEAL_TICKS or self._bytes >= SEAL_BYTES:
            self._seal()
        return line

    def leave_out(self, until: int) -> None:
        """Leave the ticks up to `until` out, which never came; a chunk ends before them."""
        if self._lines:
            self._seal()
        self.gaps |= {((self.shard.last_tick or 0) + 1, until - 1)}
        self.shard.last_tick = until - 1

    def _count(self, tick: Tick, size: int) -> None:
        shard = self.shard
        if shard.first_tick is None:
            shard.first_tick = tick.tick
        shard.last_tick = tick.tick
        shard.total_ticks += 1
        shard.plain_bytes += size
        self._bytes += size
        self.holds_commands = self.holds_commands or bool(tick.commands)
        for name, count in self.game.tallies(tick.snapshot).items():
            if count:
                setattr(shard, f"total_{name}", getattr(shard, f"total_{name}") + count)

    def lines(self) -> Iterator[bytes]:
        """Yield every line of a shard that is closed, a chunk in memory at a time."""
        for chunk in self.chunks:
            yield from format.unpack(bytes(chunk.body)).split(b"\n")

    def close(self) -> bytes:
        """Seal what is left; return the chain's digest, which names all that was added."""
        if self._lines:
            self._seal()
        while self._packing:
            self._link()
        return bytes(self.shard.chain)

    def _seal(self) -> None:
        last = self.shard.last_tick or 0
        summary = chunk_summary(self._summaries)
        packing = _packers.submit(packed, self._lines, summary)
        self._packing.append((last - len(self._lines) + 1, last, summary["t"], packing))
        self._lines, self._summaries, self._bytes = [], [], 0
        if len(self._packing) > MOST_PACKING:
            self._link()

    def _link(self) -> None:
        first, last, times, packing = self._packing.popleft()
        self.chunks.append(_linked(self.shard, first, last, times, packing.result()))

    @transaction.atomic
    def store(self, ended_at: dt.datetime) -> ReplayShard:
        self.close()
        self.shard.ended_at = ended_at
        self.shard.save(force_insert=True)
        ReplayChunk.objects.bulk_create(self.chunks, batch_size=100)
        _announce([self.shard.pk])
        return self.shard


def append(shard: ReplayShard, ticks: Sequence[Tick]) -> None:
    """Append `ticks` to `shard`, or raise NotRecorded."""
    append_all({shard.pk: ticks})


@transaction.atomic
def append_all(batches: Mapping[UUID, Sequence[Tick]]) -> None:
    """Append to several shards in one commit: all of it is stored, or NotRecorded and nothing."""
    shards = _locked(batches)
    made = {}
    for pk, ticks in batches.items():
        _refuse_what_does_not_continue(shards[pk], ticks)
        made[pk] = [_made(shards[pk].rules, tick) for tick in ticks]
    add(shards, made)


class Made(NamedTuple):
    """A tick as it is stored: its line, what the timeline shows of it, what it adds to totals."""

    tick: int
    line: bytes
    summary: dict[str, Any]
    tallies: dict[str, int]


def add(
    shards: Mapping[UUID, Standing],
    batches: Mapping[UUID, Sequence[Made]],
    level: int = format.LEVEL,
) -> None:
    """Store ticks that continue these shards, which the transaction around this has locked.

    What fills a chunk is packed at a level of zstd.
    """
    rows: list[tuple[Any, ...]] = []
    now = timezone.now()
    for pk, made in batches.items():
        shard = shards[pk]
        _refuse_what_does_not_continue(shard, made)
        _count(shard, made)
        left = _seal_full_chunks(shard, made, level)
        rows += [(pk, one.tick, one.line, format.write_json(one.summary), now) for one in left]
    insert_rows(ReplayTick, ("shard_id", "tick", "line", "summary", "created_at"), rows)
    standing.save(shards.values())
    _announce(shards)


@transaction.atomic
def leave_out(shard: ReplayShard | Standing, until: int) -> None:
    """Leave the ticks up to `until` out of a live shard, which never came; that one goes on."""
    locked = _locked([shard.pk])[shard.pk]
    if locked.ended or locked.next_tick is None or until <= locked.next_tick:
        raise NotRecorded(f"Nothing can be left out up to tick {until}.")
    _seal_tail(locked)
    locked.last_tick = until - 1
    standing.save([locked])


@transaction.atomic
def finalize(shard: ReplayShard, ended_at: dt.datetime | None = None) -> bool:
    """End `shard` and seal what is left; tell whether it was live. Twice is once."""
    locked = _locked([shard.pk])[shard.pk]
    if locked.ended:
        return False
    end(locked, ended_at or timezone.now())
    return True


def end(shard: Standing, ended_at: dt.datetime) -> None:
    """End a shard, which the transaction around this has locked, and seal what is left."""
    _seal_tail(shard)
    shard.ended_at = ended_at
    standing.save([shard])
    _announce([shard.pk])


def _locked(pks: Collection[UUID]) -> dict[UUID, Standing]:
    found = standing.locked(pks)
    if len(found) < len(pks):
        raise NotRecorded("This shard is not here.")
    return found


def _refuse_what_does_not_continue(
    shard: Standing | ReplayShard, ticks: Sequence[Tick | Made]
) -> None:
    if shard.ended:
        raise NotRecorded("This shard has ended.")
    if shard.total_ticks + len(ticks) > MAX_TICKS:
        raise NotRecorded(f"A shard holds at most {MAX_TICKS} ticks.")
    expected = ticks[0].tick if shard.next_tick is None and ticks else shard.next_tick
    for position, tick in enumerate(ticks):
        if expected is None or tick.tick != expected + position:
            raise NotRecorded(f"Tick {tick.tick} does not continue this shard.")


def _made(game: Game, tick: Tick) -> Made:
    commands = [command.as_list() for command in tick.commands]
    line = format.line(tick.tick, round(tick.seconds, 3), tick.snapshot, commands)
    shown = summary(game, tick.seconds, tick.snapshot)
    return Made(tick.tick, line, shown, game.tallies(tick.snapshot))


def summary(game: Game, seconds: float, snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return what the timeline shows of one tick, taken as it is recorded."""
    markers = [[m.kind, m.label, m.subject] for m in game.markers(snapshot)]
    return {"t": round(seconds, 3), "markers": markers, "metrics": game.metrics(snapshot)}


def _count(shard: Standing, made: Sequence[Made]) -> None:
    if not made:
        return
    if shard.first_tick is None:
        shard.first_tick = made[0].tick
    shard.last_tick = made[-1].tick
    shard.total_ticks += len(made)
    shard.plain_bytes += sum(len(one.line) for one in made)
    for one in made:
        for name, count in one.tallies.items():
            setattr(shard, f"total_{name}", getattr(shard, f"total_{name}") + count)


def _seal_full_chunks(shard: Standing, made: Sequence[Made], level: int) -> Sequence[Made]:
    """Seal what fills a chunk; return what of `made` stays in rows of its own."""
    start = 0
    for end in _ends_of_chunks(shard.tail_ticks, shard.tail_bytes, made):
        _seal(shard, [*_tail(shard), *made[start:end]], level)
        start = end
    left = made[start:]
    shard.tail_ticks += len(left)
    shard.tail_bytes += sum(len(one.line) for one in left)
    return left


def _ends_of_chunks(count: int, size: int, made: Sequence[Made]) -> list[int]:
    """Return after which of the ticks a chunk is full that holds `count` ticks already."""
    ends: list[int] = []
    for position, one in enumerate(made, start=1):
        count, size = count + 1, size + len(one.line)
        if count >= SEAL_TICKS or size >= SEAL_BYTES:
            ends.append(position)
            count = size = 0
    return ends


def _tail(shard: Standing) -> list[Made]:
    """Return the ticks that are stored in rows of their own."""
    if not shard.tail_ticks:
        return []
    rows = ReplayTick.objects.filter(shard=shard.pk).order_by("tick")
    return [
        Made(tick, bytes(line), format.read_line(bytes(shown)), {})
        for tick, line, shown in rows.values_list("tick", "line", "summary")
    ]


def _seal_tail(shard: Standing) -> None:
    tail = _tail(shard)
    if tail:
        _seal(shard, tail)


def _seal(shard: Standing, made: Sequence[Made], level: int = format.LEVEL) -> None:
    """Make one chunk of the stored tail and what follows it; the tail's rows go."""
    shown = chunk_summary([one.summary for one in made])
    parts = packed([one.line for one in made], shown, level)
    _linked(shard, made[0].tick, made[-1].tick, shown["t"], parts).save(force_insert=True)
    if shard.tail_ticks:
        ReplayTick.objects.filter(shard=shard.pk).delete()
    shard.tail_ticks = shard.tail_bytes = 0


class Packed(NamedTuple):
    """What a chunk is made of, apart from its place in the shard."""

    body: bytes
    plain_bytes: int
    sha256: bytes
    summary: bytes


def packed(lines: list[bytes], summary: dict[str, Any], level: int = format.LEVEL) -> Packed:
    content = b"\n".join(lines)
    shown = format.write_json({name: summary[name] for name in ("markers", "metrics")})
    body = format.pack([content], level)
    return Packed(body, len(content), format.digest(content), format.pack([shown], level))


def _linked(
    shard: Standing | ReplayShard, first: int, last: int, times: list[float], parts: Packed
) -> ReplayChunk:
    shard.chain = format.link(bytes(shard.chain), parts.sha256)
    shard.chunks_sealed += 1
    return ReplayChunk(
        shard_id=shard.pk,
        number=shard.chunks_sealed - 1,
        first_tick=first,
        last_tick=last,
        first_seconds=times[0],
        last_seconds=times[-1],
        plain_bytes=parts.plain_bytes,
        stored_bytes=len(parts.body),
        sha256=parts.sha256,
        chain=shard.chain,
        summary=parts.summary,
        body=parts.body,
    )


def chunk_summary(ticks: list[dict[str, Any]]) -> dict[str, Any]:
    """Join the summaries of consecutive ticks: markers by offset, a list of numbers a metric.

    `{"t": [...], "markers": [[offset, kind, label, subject], ...], "metrics": {name: [...]}}`
    """
    names = dict.fromkeys(name for tick in ticks for name in tick["metrics"])
    return {
        "t": [tick["t"] for tick in ticks],
        "markers": [
            [offset, *marker] for offset, tick in enumerate(ticks) for marker in tick["markers"]
        ],
        "metrics": {name: [tick["metrics"].get(name) for tick in ticks] for name in names},
    }


def _announce(pks: Iterable[UUID]) -> None:
    reached = tuple(pks)
    transaction.on_commit(lambda: recorded.send(sender=ReplayShard, shards=reached))
