"""The WebSocket of the viewer: `BASE/live?cursor=N`, one socket one cursor into a shared feed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from functools import partial
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import DatabaseError

from replays import reading
from replays.limits import Limited, address, spend_from_loop, terms
from replays.models import ReplayShard
from spectate import admission, spectator
from spectate.admission import Way
from spectate.feed import Feed
from spectate.feeds import here
from spectate.line import Line
from spectate.spectator import Spectator
from spectate.threads import in_thread
from spectate.wires import VIEWER, Wire

MAX_MESSAGE_BYTES = 64 * 1024


class LiveConsumer(AsyncConsumer):
    """Lets a spectator in and out; what is sent between is the Spectator's work."""

    channel_layer_alias = "none: news comes once a process, not once a socket"
    wire: Wire = VIEWER
    messages = "socket_messages"
    """The limit of what a client may say."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.feeds = here()
        self.spectator: Spectator | None = None
        self.address = address(scope)
        self.heard: deque[float] = deque()
        self.feeds.sockets += 1
        self.feeds.addresses[self.address] += 1
        self.let_go = False
        self.task = asyncio.current_task()
        line = Line(receive, send, self.hang_up)
        try:
            await super().__call__(scope, line.receive, line.send)
        except asyncio.CancelledError:
            if not self.let_go:
                raise
        finally:
            self._leave()

    def _leave(self) -> None:
        self.let_go = True
        self.feeds.sockets -= 1
        self.feeds.addresses[self.address] -= 1
        if self.feeds.addresses[self.address] <= 0:
            del self.feeds.addresses[self.address]
        if self.spectator is not None:
            self.spectator.left()
            self.feeds.leave(self.spectator)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the method of a message; unlike the parent's, without a visit to another thread."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        await self.send({"type": "websocket.accept"})
        await self._let_in()

    async def _let_in(self) -> None:
        try:
            code = await self._join()
        except DatabaseError:
            code = spectator.AWAY
        if code is not None:
            await self._refuse(code)

    async def _join(self) -> int | None:
        """Begin to watch; or return the close code of why not."""
        if self._are_too_many():
            return spectator.TOO_MANY
        entered = await self._enter()
        if entered is None:
            return await self._missed()
        way, shard = entered
        if reading.over(shard, late=way.late):
            return await self._tell_that_it_has_ended(way, shard)
        arrive = partial(self._arrive, way)
        cursor = self._cursor()
        self.spectator = await self.feeds.join(shard, cursor, arrive, late=way.late)
        return None if self.spectator else spectator.TOO_MANY

    def _arrive(self, way: Way, feed: Feed) -> Spectator | None:
        if feed.present >= most_spectators(feed.shard):
            return None
        return self._meet(way, feed)

    def _meet(self, way: Way, feed: Feed) -> Spectator:
        return Spectator(feed, self.wire, way, self.base_send, self.hang_up, self._cursor())

    def _cursor(self) -> int | None:
        return cursor_of(self.scope)

    def _are_too_many(self) -> bool:
        return (
            self.feeds.sockets > settings.SOCKETS_A_PROCESS
            or self.feeds.addresses[self.address] > settings.SOCKETS_AN_ADDRESS
        )

    async def _enter(self) -> tuple[Way, ReplayShard] | None:
        way = self._way()
        if way is None:
            return None
        if way.shard_id is not None and not settings.SEGFAULT_API_KEY:
            watched = self.feeds.open_feed(way.shard_id)
            if watched is not None:
                return way, watched.shard
        return await in_thread(admission.admit, way, self.scope["headers"])

    def _way(self) -> Way | None:
        return way_of(self.scope)

    async def _missed(self) -> int:
        """Count codes that open nothing, so that nobody can try many."""
        if "code" in self.scope["url_route"]["kwargs"]:
            try:
                await spend_from_loop("share_misses", self.address)
            except Limited:
                return spectator.TOO_MUCH
        return spectator.NOT_HERE

    async def _tell_that_it_has_ended(self, way: Way, shard: ReplayShard) -> int:
        """Say what there is to say, and return the close code."""
        row = way.row(shard)
        for text in (self.wire.hello(row, 0, self._cursor()), self.wire.ended(row)):
            if text is not None:
                await self.send(self.wire.event(text))
        return spectator.ENDED

    async def _refuse(self, code: int) -> None:
        reason = spectator.REASONS[code]
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
        loop = asyncio.get_running_loop()
        loop.call_later(spectator.GOODBYE_SECONDS, self.hang_up)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Listen to nothing, and not for long to who says it."""
        size = len(message.get("bytes") or message.get("text") or "")
        too_much = size > MAX_MESSAGE_BYTES or self._says_too_much()
        if too_much and self.spectator is not None:
            self.spectator.close(spectator.TOO_MUCH)

    def _says_too_much(self) -> bool:
        limit, seconds = terms(self.messages)
        now = time.monotonic()
        self.heard.append(now)
        while self.heard[0] < now - seconds:
            self.heard.popleft()
        return len(self.heard) > limit

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer

    def hang_up(self) -> None:
        """End this socket, whether the client has answered its closing or not."""
        if not self.let_go and self.task is not None:
            self.let_go = True
            self.task.cancel()


def most_spectators(shard: ReplayShard) -> int:
    """Return how many may watch at once: fewer at a table than at a shard that is open to all."""
    return settings.SOCKETS_A_SHARD if shard.room_code is None else settings.SPECTATORS_A_GAME


def way_of(scope: dict[str, Any]) -> Way | None:
    """Return which shard or link the address names; None for one that no shard can have."""
    named = scope["url_route"]["kwargs"]
    if "code" in named:
        return Way(code=named["code"])
    try:
        return Way(shard_id=UUID(named["shard_id"]))
    except ValueError:
        return None


def cursor_of(scope: dict[str, Any]) -> int | None:
    """Return the client's cursor; what is no number is as none: the newest tick comes at once."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return tick_in(query.get("cursor", [""])[-1])


def tick_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
