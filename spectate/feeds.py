"""All feeds of this process: whom they follow, who may still watch, and how many do."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import DatabaseError

from games.game import SPECTATOR, Perspective
from replays import policy
from replays.models import ReplayShard
from spectate import admission, news, watching
from spectate.feed import Feed
from spectate.loops import ByLoop, raise_fault
from spectate.spectator import NOT_HERE, Spectator
from spectate.threads import (
    close_watcher_connection,
    in_thread,
    in_watcher_thread,
    in_writer_thread,
)

log = logging.getLogger(__name__)

POLL_SECONDS = 0.03
BREATH_SECONDS = 0.01
"""The least time between two polls, however much news there is."""
AWAY_SECONDS = 1.0
"""How long to wait before a database that did not answer is asked again."""
TEND_SECONDS = 1.0
RECHECK_SECONDS = 2.0
COUNT_SECONDS = 3.0

_POLLED = (
    "id", "first_tick", "last_tick", "ended_at", "hidden_at", "visibility", "owner",
    "room_code", "delay_seconds",
)  # fmt: skip


class Feeds:
    """All feeds of this process: one query, thirty times a second, tells each how far it is."""

    def __init__(self) -> None:
        self.process = uuid.uuid4().hex
        self.sockets = 0
        """All that are open here, streams of events among them."""
        self.streams = 0
        self.addresses: Counter[str] = Counter()
        self._feeds: dict[tuple[UUID, Perspective, bool], Feed] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def open_feed(self, shard_id: UUID) -> Feed | None:
        """Return the feed of a shard that is watched already and open to all."""
        for feed in self._feeds.values():
            alike = feed.shard.pk == shard_id and feed.shard.room_code is None
            if alike and policy.can(admission.NOBODY, "view", feed.shard):
                return feed
        return None

    async def join(
        self,
        shard: ReplayShard,
        cursor: int | None,
        arrive: Callable[[Feed], Spectator | None],
        perspective: Perspective = SPECTATOR,
        *,
        late: bool = False,
    ) -> Spectator | None:
        """Find or begin the feed of a live shard and let a spectator in, if one does `arrive`."""
        key = (shard.pk, perspective, late)
        if key not in self._feeds:
            self._feeds[key] = Feed(shard, perspective, late=late)
        feed = self._feeds[key]
        feed.expected += 1
        try:
            await asyncio.shield(feed.ready)
            await feed.refresh(cursor)
            spectator = arrive(feed)
            if spectator is not None:
                feed.join(spectator)
                self._start()
            return spectator
        finally:
            feed.expected -= 1
            self._drop_unwatched(feed)

    def leave(self, spectator: Spectator) -> None:
        spectator.feed.leave(spectator)
        self._drop_unwatched(spectator.feed)

    def _drop_unwatched(self, feed: Feed) -> None:
        if not feed.spectators and not feed.expected:
            feed.stop()
            del self._feeds[feed.shard.pk, feed.perspective, feed.late]
            self._woken.set()

    def wake(self, shard_ids: Iterable[UUID]) -> None:
        """Poll at once if one of these shards is followed; may be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, tuple(shard_ids))

    def _wake(self, shard_ids: tuple[UUID, ...]) -> None:
        if not {shard_id for shard_id, *_ in self._feeds}.isdisjoint(shard_ids):
            self._woken.set()

    # Three things go on while anybody watches: watching, tending, hearing the news

    def _start(self) -> None:
        if not self._tasks:
            loops = (self._watch(), self._tend(), news.hear(self.wake))
            self._tasks = [asyncio.create_task(loop) for loop in loops]
            for task in self._tasks:
                task.add_done_callback(raise_fault)

    def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()

    async def _watch(self) -> None:
        try:
            while self._feeds:
                try:
                    await self._poll()
                except DatabaseError as error:
                    log.warning("the database does not answer spectators: %s", error)
                    await asyncio.sleep(AWAY_SECONDS)
                await asyncio.sleep(BREATH_SECONDS)
                await self._until_woken()
            self._stop()
            await self._say_that_nobody_watches()
        finally:
            await close_watcher_connection()

    async def _say_that_nobody_watches(self) -> None:
        try:
            await in_writer_thread(watching.tell, self.process, {})
        except DatabaseError as error:
            log.warning("spectators are not counted just now: %s", error)

    async def _until_woken(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS - BREATH_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def _poll(self) -> None:
        followed = {feed.shard.pk for feed in self._feeds.values()}
        rows = await in_watcher_thread(_standing, followed)
        for feed in tuple(self._feeds.values()):
            row = rows.get(feed.shard.pk)
            if row is None:
                if feed.shard.pk in followed:
                    feed.close(NOT_HERE)
                continue
            if not policy.can(admission.NOBODY, "view", row):
                _turn_out(feed, {way for way in _ways(feed) if way.is_open_to_all})
            feed.stands(row)

    async def _tend(self) -> None:
        recheck_at = count_at = 0.0
        while True:
            await asyncio.sleep(TEND_SECONDS)
            now = time.monotonic()
            try:
                if now >= recheck_at:
                    recheck_at = now + RECHECK_SECONDS
                    await self._recheck()
                if now >= count_at:
                    count_at = now + COUNT_SECONDS
                    await self._count()
            except DatabaseError as error:
                log.warning("spectators are not counted just now: %s", error)
            for feed in tuple(self._feeds.values()):
                feed.count = feed.present
                for spectator in tuple(feed.spectators):
                    spectator.tend(now)

    async def _recheck(self) -> None:
        """Turn out whoever came through a link that is closed, or as a user who may no longer."""
        asked = {
            way for feed in self._feeds.values() for way in _ways(feed) if not way.is_open_to_all
        }
        if not asked:
            return
        closed = asked - await in_thread(admission.still_open, asked)
        for feed in tuple(self._feeds.values()):
            _turn_out(feed, closed)

    async def _count(self) -> None:
        counts: Counter[UUID] = Counter()
        for feed in self._feeds.values():
            if feed.perspective.kind != "participant":
                counts[feed.shard.pk] += len(feed.spectators)
        # In the one thread in which the last word is said too: a count that is under way while the
        # last spectator leaves must not be written down after it.
        elsewhere = await in_writer_thread(_tell_and_ask, self.process, dict(counts))
        for feed in self._feeds.values():
            others = counts[feed.shard.pk] - len(feed.spectators)
            feed.elsewhere = elsewhere.get(feed.shard.pk, 0) + max(0, others)


def _standing(shard_ids: set[UUID]) -> dict[UUID, ReplayShard]:
    return ReplayShard.objects.only(*_POLLED).in_bulk(list(shard_ids))


def _tell_and_ask(process: str, counts: dict[UUID, int]) -> dict[UUID, int]:
    watching.tell(process, counts)
    return watching.elsewhere(process, counts)


def _ways(feed: Feed) -> set[admission.Way]:
    """Return how those came in who may be turned out: not who takes part in the game itself."""
    if feed.perspective.kind == "participant":
        return set()
    return {spectator.way for spectator in feed.spectators}


def _turn_out(feed: Feed, ways: set[admission.Way]) -> None:
    if ways:
        for spectator in tuple(feed.spectators):
            if spectator.way in ways:
                spectator.close(NOT_HERE)


def _begin() -> Feeds:
    feeds = Feeds()
    news.listeners.add(feeds.wake)
    return feeds


_all = ByLoop(_begin, lambda feeds: news.listeners.discard(feeds.wake))


def here() -> Feeds:
    """Return the feeds of the running event loop."""
    return _all.here()


def open_sockets() -> int:
    """Return how many sockets this process has open; any thread may ask."""
    return sum(feeds.sockets for feeds in _all.all())
