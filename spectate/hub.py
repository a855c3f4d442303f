"""What all streams of events of this process share: news, pages of chunks, and encoded events."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from replays import fresh
from replays.api.errors import Problem
from replays.packing import Piece, piece_of
from spectate import news, placed
from spectate.loops import ByLoop
from spectate.placed import CHUNK, END, START, WORLD, Entry
from spectate.threads import in_thread, in_watcher_thread

__all__ = ["CHUNK", "END", "START", "WORLD", "Entry", "Hub", "here"]

log = logging.getLogger(__name__)

Made = tuple[int, int, str]
"""Which event it is and how it is sent: position, step, encoding."""

POLL_SECONDS = 0.25
BREATH_SECONDS = 0.0005
MOST_BREATH_SECONDS = 0.02
"""How long what follows may wait to go out together, for each stream and at most."""
AWAY_SECONDS = 1.0
MOST_KEPT_BYTES = 16 * 2**20
QUICK_BYTES = 64 * 1024
"""An event up to this size is made sooner than handed to a thread."""
MOST_PAGES = 256


class Full(Problem):
    """No more streams: who watches goes on watching."""

    def __init__(self, reason: str) -> None:
        super().__init__(503, reason, "TOO_MANY_VIEWERS")


class Hub:
    """The streams of one event loop: what one of them needs is read and encoded once for all."""

    def __init__(self) -> None:
        self.streams = 0
        self.addresses: Counter[str] = Counter()
        self.newest = 0
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self.news = asyncio.Event()
        self._pages: dict[Hashable, asyncio.Future[Any]] = {}
        self._fresh_pages: dict[Hashable, list[Entry] | None] = {}
        self._pieces: OrderedDict[Made, Piece] = OrderedDict()
        self._kept_bytes = 0
        self._making: dict[Made, asyncio.Future[Any]] = {}
        self._watching: asyncio.Task[None] | None = None

    def refuse_when_full(self, who: str) -> None:
        if self.streams >= settings.EVENT_STREAMS:
            raise Full(f"{settings.EVENT_STREAMS} viewers watch already; try again later.")
        if self.addresses[who] >= settings.SOCKETS_AN_ADDRESS:
            raise Full(f"{settings.SOCKETS_AN_ADDRESS} streams from one address are the most.")

    def join(self, who: str) -> None:
        self.streams += 1
        self.addresses[who] += 1
        if self._watching is None or self._watching.done():
            news.listeners.add(self.wake)
            self._watching = self._loop.create_task(self._watch())

    def leave(self, who: str) -> None:
        self.streams -= 1
        self.addresses[who] -= 1
        if not self.addresses[who]:
            del self.addresses[who]
        if not self.streams and self._watching is not None:
            news.listeners.discard(self.wake)
            self._watching.cancel()
            self._watching = None
            self._forget_pages()

    def wake(self, _: Iterable[UUID]) -> None:
        """Look at once whether there is more; may be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            self._forget_pages()
            newest = fresh.here.newest()
            if newest <= self.newest:
                try:
                    newest = await in_watcher_thread(placed.newest)
                except DatabaseError:
                    await asyncio.sleep(AWAY_SECONDS)
                    continue
            if newest != self.newest:
                self.newest = newest
                self._forget_pages()
                self.news.set()
                self.news = asyncio.Event()
                await asyncio.sleep(min(MOST_BREATH_SECONDS, BREATH_SECONDS * self.streams))

    def _forget_pages(self) -> None:
        """Read anew what there is: what was public may be hidden by now."""
        self._pages.clear()
        self._fresh_pages.clear()

    # Read and encoded once

    async def page(
        self, after: int, pushes: tuple[int, ...] | None, until: int | None
    ) -> list[Entry]:
        """Return the chunks that follow a position, of these pushes or of all that are public."""
        if pushes is None and self._watching is not None and after >= self.newest > 0:
            return []
        key = (after, pushes, until)
        if key not in self._fresh_pages:
            _make_room(self._fresh_pages)
            self._fresh_pages[key] = placed.fresh_page(after, pushes, until)
        recorded_just_now = self._fresh_pages[key]
        if recorded_just_now is not None:
            return recorded_just_now
        if key not in self._pages:
            _make_room(self._pages)
            self._pages[key] = asyncio.ensure_future(in_thread(placed.page, after, pushes, until))
        reading = self._pages[key]
        try:
            found = await asyncio.shield(reading)
        except DatabaseError:
            self._pages.pop(key, None)
            await asyncio.sleep(AWAY_SECONDS)
            return []
        if not found:
            self._pages.pop(key, None)
        return found

    async def piece(self, entry: Entry, step: int, encoding: str) -> Piece:
        """Return one event of a chunk as it is sent."""
        key = (entry.position, step, encoding)
        if key in self._pieces:
            self._pieces.move_to_end(key)
            return self._pieces[key]
        if step == CHUNK and entry.fresh is not None and entry.fresh.size <= QUICK_BYTES:
            return self._keep(key, _made(entry, step, encoding))
        if key not in self._making:
            making = asyncio.ensure_future(in_thread(_made, entry, step, encoding))
            self._making[key] = making
            making.add_done_callback(lambda done: self._keep_made(key, done))
        return await asyncio.shield(self._making[key])

    def _keep_made(self, key: Made, made: asyncio.Future[Piece]) -> None:
        self._making.pop(key, None)
        if not made.cancelled() and made.exception() is None:
            self._keep(key, made.result())

    def _keep(self, key: Made, piece: Piece) -> Piece:
        """Keep an event for the others, and the newest in any case."""
        self._pieces[key] = piece
        self._kept_bytes += len(piece.body)
        while self._kept_bytes > MOST_KEPT_BYTES and len(self._pieces) > 1:
            _, gone = self._pieces.popitem(last=False)
            self._kept_bytes -= len(gone.body)
        return piece


def _make_room(pages: dict[Hashable, Any]) -> None:
    while len(pages) >= MOST_PAGES:
        del pages[next(iter(pages))]


def _made(entry: Entry, step: int, encoding: str) -> Piece:
    return piece_of(placed.event(entry, step), encoding)


_all = ByLoop(Hub, lambda hub: news.listeners.discard(hub.wake))


def here() -> Hub:
    """Return the hub of the running event loop."""
    return _all.here()
