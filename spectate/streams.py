"""Pushed replays as server-sent events: `GET /events`, from the first frame, resumed without a gap.

Every placed chunk has a position; an event's id is that and the step within it. Each stream reads
on from its own position, so that nobody's slowness is anybody else's, and none keeps a queue.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404
from rest_framework.exceptions import NotAuthenticated

from replays import audience
from replays.api.chunk_route import plain_request
from replays.api.doors import Asked, check_token
from replays.api.encodings import chosen
from replays.api.errors import Problem
from replays.api.house_headers import house_headers
from replays.api.ingest_route import answer_to, send_answer
from replays.api.keys import lets_in
from replays.limits import address, spend_from_loop
from replays.packing import ENCODINGS, Piece, packer_of, piece_of
from replays.pushed_chunk import REPLAY_ID
from spectate.admission import Visitor
from spectate.hub import CHUNK, END, START, WORLD, Entry, Hub, here
from spectate.placed import backlog, followed, newest, still_followed
from spectate.threads import in_thread

log = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 15.0
RECHECK_SECONDS = 4.0
"""How soon somebody who follows one replay is let go when it is hidden."""
RETRY_MILLISECONDS = 1000
BATCH_BYTES = 256 * 1024
"""How much is sent at once; a larger event goes alone."""
PATH = re.compile(r"/(?:ingest/(?P<token>[^/]+)/)?events/?")
_EVENT_ID = re.compile(r"([0-9]{1,15})-([0-3])")
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"vary", b"accept-encoding"),
    (b"x-accel-buffering", b"no"),
]

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class EventsRoute:
    """An ASGI application that answers for `/events` and leaves the rest to `inner`."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        headers = dict(scope["headers"])
        if not (found and scope["method"] == "GET" and plain_request(scope, headers)):
            return await self.inner(scope, receive, send)
        try:
            stream = await admitted(scope, headers, found["token"] or "", send)
        except Exception as error:  # noqa: BLE001 – each has its answer, and is noted
            return await send_answer(scope, send, answer_to(error))
        await stream.run(receive)
        return None


async def admitted(scope: Scope, headers: dict[bytes, bytes], token: str, send: Send) -> Stream:
    """Return the stream of whoever asks, or raise why there is none."""
    who = address(scope)
    await spend_from_loop("reads", who)
    wanted = parse_qs(scope["query_string"].decode("latin-1"))
    replay_id = wanted.get("replay_id", [""])[0]
    worlds = wanted.get("worlds", ["once"])[0]
    if replay_id and not REPLAY_ID.fullmatch(replay_id):
        raise Problem(400, "replay_id must be that of a pushed replay.", "INVALID_PARAMETER")
    if worlds not in ("once", "0", "1"):
        raise Problem(400, "worlds must be 0 or 1.", "INVALID_PARAMETER")
    visitor = Visitor(scope["headers"])
    user = await in_thread(_let_in, visitor, token, who)
    hub = here()
    hub.refuse_when_full(who)
    push = None
    if replay_id:
        push = await in_thread(followed, user, replay_id)
        if push is None:
            raise Http404
    last = _EVENT_ID.fullmatch(headers.get(b"last-event-id", b"").decode("latin-1"))
    resumed = (int(last[1]), int(last[2])) if last else None
    return Stream(hub, send, who, replay_id, push, worlds, resumed, scope)


def _let_in(visitor: Visitor, token: str, who: str) -> Any:
    """Return the user who watches, if it is one; a token in the address is held to its scope."""
    if token:
        check_token(Asked("GET", {"token": token}, {}, b"", who))
    elif not lets_in(visitor):
        raise NotAuthenticated("This site is read with its key, as X-API-Key, or signed in.")
    named = {"Authorization", "Cookie"} & {name.title() for name in visitor.headers}
    return visitor.user if named else None


class Stream:
    """One who watches: what they have been sent, and what comes next."""

    def __init__(
        self,
        hub: Hub,
        send: Send,
        who: str,
        replay_id: str,
        push: int | None,
        worlds: str,
        resumed: tuple[int, int] | None,
        scope: Scope,
    ) -> None:
        self.hub = hub
        self.who = who
        self.replay_id = replay_id
        self.push = push
        self.worlds = worlds
        self.sent = resumed or (0, END)
        self.is_new = resumed is None
        self.known_worlds: set[str] = set()
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        self.encoding = chosen(accepted, ENCODINGS)
        self._packer = packer_of(self.encoding)
        self._send = send
        self._https = scope.get("scheme") == "https"
        self._spoke_at = time.monotonic()

    async def run(self, receive: Receive) -> None:
        """Send until the client goes, or does not read for too long."""
        self.hub.join(self.who)
        audience.join(self.replay_id)
        telling = asyncio.create_task(self._tell())
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, leaving):
                task.cancel()
            outcomes = await asyncio.gather(telling, leaving, return_exceptions=True)
            audience.leave(self.replay_id)
            self.hub.leave(self.who)
            if isinstance(outcomes[0], Exception) and not isinstance(outcomes[0], TimeoutError):
                log.warning("a stream of events ended: %r", outcomes[0])

    async def _tell(self) -> None:
        head = [*HEADERS, *house_headers(self._https)]
        if self.encoding != "identity":
            head.append((b"content-encoding", self.encoding.encode()))
        await self._send({"type": "http.response.start", "status": 200, "headers": head})
        await self._say_aside(b"retry: %d\n\n" % RETRY_MILLISECONDS)
        if self.sent[0] > 0 and self.sent[0] > await in_thread(newest):
            self.sent, self.is_new = (0, END), True  # that id is of another site or time
        if self.push is None and self.is_new:
            await self._tell_what_is_under_way()
        while True:
            heard = self.hub.news
            page = await self._next_page()
            await self._tell_all(page)
            if not page and not await self._wait(heard):
                await self._send({"type": "http.response.body", "body": self._packer.end()})
                return

    async def _tell_what_is_under_way(self) -> None:
        """Tell a newcomer of the replays that are coming, each from its first frame."""
        last, under_way = await in_thread(backlog)
        while under_way:
            page = await self.hub.page(self.sent[0], under_way, last)
            if not page:
                break
            await self._tell_all(page)
        self.sent = (last, END)

    async def _next_page(self) -> list[Entry]:
        after = self.sent[0] if self.sent[1] >= END else self.sent[0] - 1
        pushes = None if self.push is None else (self.push,)
        page = await self.hub.page(after, pushes, None)
        if not page and self.sent[1] < END:
            self.sent = (self.sent[0], END)
        return page

    async def _tell_all(self, page: list[Entry]) -> None:
        """Send the events of a page, small ones together."""
        told: list[Piece] = []
        size = 0
        for entry in page:
            for step in self._steps(entry):
                if (entry.position, step) > self.sent:
                    piece = await self.hub.piece(entry, step, self.encoding)
                    told.append(piece)
                    size += len(piece.body)
            self.sent = (entry.position, END)
            if size >= BATCH_BYTES:
                await self._say(told)
                told, size = [], 0
        if told:
            await self._say(told)

    def _steps(self, entry: Entry) -> Iterator[int]:
        if entry.starts:
            if entry.world and self._sends_world(entry.world):
                yield WORLD
            yield START
        if not entry.given_up:
            yield CHUNK
        if entry.ends:
            yield END

    def _sends_world(self, world: str) -> bool:
        if self.worlds == "once":
            known = world in self.known_worlds
            self.known_worlds.add(world)
            return not known
        return self.worlds == "1"

    async def _wait(self, heard: asyncio.Event) -> bool:
        """Wait for news; tell whether there is still something to wait for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_SECONDS):
                await heard.wait()
        if time.monotonic() - self._spoke_at >= KEEPALIVE_SECONDS - RECHECK_SECONDS / 2:
            await self._say_aside(b": keepalive\n\n")
        if self.push is None:
            return True
        try:
            return await in_thread(still_followed, self.push)
        except DatabaseError:
            return True

    async def _say_aside(self, text: bytes) -> None:
        await self._say([piece_of(text, self.encoding)])

    async def _say(self, pieces: list[Piece]) -> None:
        """Send, or raise TimeoutError where the client has not read for too long."""
        body = self._packer.add(pieces)
        async with asyncio.timeout(settings.SOCKET_SEND_SECONDS):
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._spoke_at = time.monotonic()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
