"""A live shard as server-sent events, `GET BASE/live`: out of the same feed as its sockets.

The id of an event is its tick, so that a browser's EventSource goes on where the line dropped.
Whoever is refused is answered before anything is sent.
"""

import asyncio
import re
from collections.abc import Awaitable, Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404

from replays.api.chunk_route import plain_request
from replays.api.encodings import chosen
from replays.api.house_headers import house_headers
from replays.api.ingest_route import answer_to, send_answer
from replays.limits import Limited, spend_from_loop
from replays.models import ReplayShard
from replays.packing import ENCODINGS, Piece, packer_of
from spectate import spectator
from spectate.admission import Way
from spectate.consumers import LiveConsumer, tick_in
from spectate.feeds import here
from spectate.hub import Full
from spectate.streams import HEADERS, App, Receive, Scope, Send
from spectate.wires import EVENTS, PIECE, Event

PATH = re.compile(r"/replays/(?P<shard_id>[^/]+)/live/?|/replay/(?P<code>[^/]+)/live/?")


class LiveEventsRoute:
    """An ASGI application that answers for `BASE/live` and leaves the rest to `inner`."""

    def __init__(self, inner: App) -> None:
        self.inner = inner
        self.events = LiveEvents.as_asgi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        wanted = found is not None and scope["method"] in ("GET", "HEAD")
        if not (found and wanted and plain_request(scope, dict(scope["headers"]))):
            return await self.inner(scope, receive, send)
        named = {name: part for name, part in found.groupdict().items() if part is not None}
        await self.events(scope | {"url_route": {"kwargs": named}}, receive, send)
        return None


class LiveEvents(LiveConsumer):
    """Lets a spectator in as a socket does, and sends what the wire says as a stream."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers = dict(scope["headers"])
        self.encoding = chosen(self._header(b"accept-encoding"), ENCODINGS)
        self.wire = EVENTS[self.encoding]
        self.packer = packer_of(self.encoding)
        self.has_begun = False
        self.to_client = send
        feeds = here()
        feeds.streams += 1
        try:
            await super().__call__(scope, receive, self._pass_on)
        finally:
            feeds.streams -= 1

    async def http_request(self, message: Event) -> None:
        if message.get("more_body"):
            return
        try:
            await spend_from_loop("reads", self.address)
        except Limited as limited:
            await self._answer(limited)
        else:
            await (self._let_in() if self.scope["method"] == "GET" else self._tell_the_head())

    async def http_disconnect(self, message: Event) -> None:
        await self.websocket_disconnect(message)

    async def _tell_the_head(self) -> None:
        if await self._enter() is None:
            await self._refuse(await self._missed())
        else:
            await self._begin([])
            await self._refuse(spectator.ENDED)

    def _are_too_many(self) -> bool:
        return super()._are_too_many() or self.feeds.streams > settings.EVENT_STREAMS

    def _cursor(self) -> int | None:
        seen = tick_in(self._header(b"last-event-id"))
        return super()._cursor() if seen is None else seen

    def _header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    async def _tell_that_it_has_ended(self, way: Way, shard: ReplayShard) -> int:
        """Say so; to who comes back having heard it, nothing, which ends an EventSource."""
        if self._cursor() is not None and self._cursor() == shard.last_tick:
            return spectator.ENDED
        return await super()._tell_that_it_has_ended(way, shard)

    # What the server is given to send

    def _pass_on(self, event: Event) -> Awaitable[None]:
        if event["type"] != PIECE:
            return self._end(event["code"])
        if not self.has_begun:
            return self._begin([event["piece"]])
        return self.to_client(self._body([event["piece"]]))

    async def _begin(self, pieces: Iterable[Piece]) -> None:
        self.has_begun = True
        head = [*HEADERS, *house_headers(self.scope.get("scheme") == "https")]
        if self.encoding != "identity":
            head.append((b"content-encoding", self.encoding.encode()))
        await self.to_client({"type": "http.response.start", "status": 200, "headers": head})
        await self.to_client(self._body(pieces))

    def _body(self, pieces: Iterable[Piece]) -> Event:
        body = self.packer.add(pieces)
        return {"type": "http.response.body", "body": body, "more_body": True}

    async def _end(self, code: int) -> None:
        if self.has_begun:
            await self.to_client({"type": "http.response.body", "body": self.packer.end()})
        elif code == spectator.ENDED:
            head = list(house_headers(self.scope.get("scheme") == "https"))
            await self.to_client({"type": "http.response.start", "status": 204, "headers": head})
            await self.to_client({"type": "http.response.body", "body": b""})
        else:
            await self._answer(why(code))

    async def _answer(self, error: Exception) -> None:
        await send_answer(self.scope, self.to_client, answer_to(error))
        asyncio.get_running_loop().call_soon(self.hang_up)


def why(code: int) -> Exception:
    """Return, for the code that a socket is closed with, the error that a request is told."""
    known: dict[int, Any] = {
        spectator.TOO_MANY: Full(spectator.REASONS[spectator.TOO_MANY]),
        spectator.TOO_MUCH: Limited(1, "Too many links that open nothing were asked for."),
        spectator.AWAY: DatabaseError(spectator.REASONS[spectator.AWAY]),
    }
    return known.get(code, Http404())
