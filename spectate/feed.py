"""The ticks of one live shard: read once, seen once, encoded once, for all who watch here."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Iterable
from uuid import UUID

from django.db import DatabaseError

from games.game import OMNISCIENT, Perspective
from replays import reading
from replays.models import ReplayShard
from spectate.ring import RING_BYTES, RING_TICKS, Entry, Ring
from spectate.spectator import Spectator
from spectate.threads import in_thread, in_tick_thread

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
"""How long a feed that has many ticks to tell waits for those who have kept up so far."""
GLANCE_SECONDS = 0.01
DUE_SECONDS = 1.0
"""How soon a tick that is held back is looked at again: its delay may be made shorter."""
AWAY_SECONDS = 1.0
"""How long to wait before a database that did not answer is asked again."""
PART_TICKS = 16
PART_BYTES = RING_BYTES // 4
"""How much is added to the ring before everyone has had a chance to read it."""


class Feed:
    """The ticks of one shard as seen from one perspective, from the newest 64 on."""

    def __init__(self, shard: ReplayShard, perspective: Perspective, *, late: bool = False) -> None:
        self.shard = shard
        self.perspective = perspective
        self.late = late
        self.ring = Ring()
        self.newest: int | None = None
        self.over = False
        self.count = 0
        self.elsewhere = 0
        self.expected = 0
        self.spectators: set[Spectator] = set()
        self.ready = asyncio.ensure_future(self._begin())
        self._stored: int | None = None
        self._has_ended = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._read_at = 0.0
        self._due_at = 0.0

    now = staticmethod(time.monotonic)

    def join(self, spectator: Spectator) -> None:
        self.spectators.add(spectator)
        if self._task is None:
            self._task = asyncio.create_task(self._go_on())
        spectator.advance()

    def leave(self, spectator: Spectator) -> None:
        self.spectators.discard(spectator)

    def stop(self) -> None:
        self.ready.cancel()
        if self._task is not None:
            self._task.cancel()

    def resumable(self, cursor: int | None) -> int | None:
        """Return the cursor to go on from; None, the newest, for one that this shard never gave."""
        first, last = self.shard.first_tick, self.shard.last_tick
        if self.late:
            last = self.newest
        if cursor is None or first is None or last is None or cursor > max(last, self.newest or 0):
            return None
        return max(cursor, first - 1)

    def stands(self, row: ReplayShard) -> None:
        """Take note of what is stored by now."""
        self.shard.first_tick = row.first_tick
        self.shard.visibility, self.shard.hidden_at = row.visibility, row.hidden_at
        self.shard.delay_seconds = row.delay_seconds
        self._stored = row.last_tick
        self._has_ended = reading.over(row, late=self.late)
        if self.now() < self._due_at:
            return
        if self._stored != self.newest or self._has_ended:
            self._news.set()

    @property
    def present(self) -> int:
        return len(self.spectators) + self.elsewhere

    @property
    def shown(self) -> ReplayShard:
        """Return the shard's row as those who watch may see it."""
        if not self.late or reading.over(self.shard, late=True):
            return self.shard
        return reading.up_to(self.shard, self.newest) if self.shard.delay_seconds else self.shard

    def close(self, code: int) -> None:
        for spectator in tuple(self.spectators):
            spectator.close(code)

    async def refresh(self, cursor: int | None) -> None:
        """Read the row anew for who joins, at most once a second or for a cursor ahead of us."""
        ahead = cursor is not None and cursor > (self.newest or 0)
        if ahead or self.now() - self._read_at > 1.0:
            self._read_at = self.now()
            self.shard = await in_thread(_row, self.shard.pk)

    # Reading

    async def _begin(self) -> None:
        self._add(await in_thread(_newest, self.shard, self.perspective, self.late))

    async def _go_on(self) -> None:
        while not self.over:
            await self._news.wait()
            self._news.clear()
            try:
                await self._read_on()
            except DatabaseError as error:
                log.warning("feed of %s: the database does not answer: %s", self.shard.pk, error)
                await asyncio.sleep(AWAY_SECONDS)
                self._news.set()

    async def _read_on(self) -> None:
        ended = self._has_ended
        while self._stored is not None and self._stored != self.newest:
            start = self._next_tick()
            try:
                entries = await in_tick_thread(
                    _read, self.shard, start, PART_TICKS, self.perspective
                )
            except reading.Damaged as damaged:
                log.error("feed of %s: %s", self.shard.pk, damaged)
                self.newest = damaged.last
                continue
            due = self._due(entries)
            if not due:
                break
            await self._tell(due)
        if ended and self._stored == self.newest:
            self.shard = await in_thread(_row, self.shard.pk)
            self.over = True
            self._advance_all()

    def _due(self, entries: list[Entry]) -> list[Entry]:
        """Return what may be told by now of `entries`; remember when the next may."""
        if not self.late or not self.shard.delay_seconds:
            return entries
        for place, entry in enumerate(entries):
            recorded_at = reading.seconds_of(entry.line)
            wait = reading.seconds_until_due(self.shard, recorded_at)
            if wait > 0:
                self._due_at = self.now() + min(wait, DUE_SECONDS)
                return entries[:place]
        return entries

    def _next_tick(self) -> int:
        return (self.shard.first_tick or 0) if self.newest is None else self.newest + 1

    async def _tell(self, entries: list[Entry]) -> None:
        for part in _parts(entries):
            self._add(part)
            self._advance_all()
            if self.newest != self._stored:
                await self._let_them_read()

    def _add(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.ring.add(entry)
            self.newest = entry.tick

    def _advance_all(self) -> None:
        for spectator in tuple(self.spectators):
            spectator.advance()

    async def _let_them_read(self) -> None:
        """Wait, as more is to be told, for all but those who did not keep up the last time."""
        deadline = self.now() + PATIENCE_SECONDS
        while behind := [one for one in self.spectators if one.is_waited_for]:
            if self.now() > deadline:
                for one in behind:
                    one.lagging = True
                return
            await asyncio.sleep(GLANCE_SECONDS)


def _row(shard_id: UUID) -> ReplayShard:
    return ReplayShard.objects.get(pk=shard_id)


def _newest(shard: ReplayShard, perspective: Perspective, late: bool) -> list[Entry]:
    """Return as many of the newest ticks as a ring holds."""
    shard = reading.held_back(shard, late=late)
    if shard.last_tick is None or shard.first_tick is None:
        return []
    last = _read(shard, shard.last_tick, 1, perspective)
    fitting = min(RING_TICKS, RING_BYTES // len(last[0].line)) if last else 1
    start = max(shard.first_tick, shard.last_tick + 1 - fitting)
    return _read(shard, start, shard.last_tick + 1 - start, perspective) or last


def _read(shard: ReplayShard, start: int, limit: int, perspective: Perspective) -> list[Entry]:
    """Return the stored ticks from `start` on, up to `limit`, without a gap.

    Ticks that are sealed between the reader's two queries are missed by both; what follows them is
    left for the next time.
    """
    stored = reading.lines(shard, start, limit, OMNISCIENT)
    return [
        Entry(tick, reading.seen(shard.game, line, perspective))
        for tick, line in zip(itertools.count(start), stored, strict=False)
        if reading.tick_of(line) == tick
    ]


def _parts(entries: list[Entry]) -> Iterable[list[Entry]]:
    part: list[Entry] = []
    size = 0
    for entry in entries:
        part.append(entry)
        size += len(entry.line)
        if size >= PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
