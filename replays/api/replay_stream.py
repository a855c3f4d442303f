"""A run as a stream of events (SSE): at its own pace or another, live as far as it is recorded."""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from replays import format
from replays import sessions as rows
from replays.api import sessions_schema
from replays.api.encodings import chosen
from replays.api.parameters import refused
from replays.api.sessions import SessionView, session_of, sight_of, tick_asked, within
from replays.api.states import STATES, Sight, changes, events, state
from replays.limits import Limited, address
from replays.models import ReplaySession, ReplayShard
from replays.packing import ENCODINGS, Piece, packer_of, piece_of

LEAST_SPEED, MOST_SPEED = 0.1, 100.0
HEARTBEAT_SECONDS = 15.0
LOOKS_SECONDS = 4.0
"""How often a stream asks whether its session is still open, and its run still to be seen."""
POLL_SECONDS = 0.25
_SPEED = re.compile(r"[0-9]{1,4}(\.[0-9]{1,9})?")
_TICK = re.compile(r"[0-9]{1,10}")
_readers = ThreadPoolExecutor(3, thread_name_prefix="replay-stream")


class Stream(SessionView):
    """A run as it happens, or happened."""

    limit = "reads"

    @sessions_schema.stream
    def get(self, request: Request, session_id: str) -> HttpResponseBase:
        """Stream states, transitions and events"""
        session = session_of(request, session_id)
        sight = sight_of(session)
        start = first_asked(request, sight)
        pace = sight.shard.tick_seconds / speed_asked(request)
        if request.method == "HEAD":
            return dressed(HttpResponse(content_type="text/event-stream"))
        who = address(request)
        STREAMS.refuse_too_many(who)
        encoding = chosen(request.headers.get("Accept-Encoding", ""), ENCODINGS)
        stream = told(sight, session, request, start, pace, encoding)
        response = dressed(StreamingHttpResponse(STREAMS.counted(who, stream)))
        if encoding != "identity":
            response["Content-Encoding"] = encoding
        return response


def dressed(response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Type"] = "text/event-stream"
    response["Cache-Control"] = "private, no-store"
    response["X-Accel-Buffering"] = "no"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def first_asked(request: Request, sight: Sight) -> int:
    """Return the tick to begin with: the one after the last that a reader has, if it says so."""
    start = within(sight, tick_asked("start_tick", request.query_params.get("start_tick"), 0))
    seen = request.headers.get("Last-Event-ID")
    if seen is None or seen == "":
        return start
    if not _TICK.fullmatch(seen):
        raise refused("Last-Event-ID must be the number of a tick.")
    return within(sight, int(seen)) + 1


def speed_asked(request: Request) -> float:
    text = request.query_params.get("speed", "1.0")
    if not _SPEED.fullmatch(text) or not LEAST_SPEED <= float(text) <= MOST_SPEED:
        span = {"min": LEAST_SPEED, "max": MOST_SPEED}
        raise refused("speed must be a number from 0.1 to 100.", valid_range=span)
    return float(text)


# How many at once


class Streams:
    """How many streams an address has open in this process, and all have together."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.lock = threading.Lock()

    def refuse_too_many(self, who: str) -> None:
        mine, all = self.open[who], self.open.total()
        if mine >= settings.SOCKETS_AN_ADDRESS or all >= settings.SOCKETS_A_PROCESS:
            raise Limited(5, "Too many streams are open; try again when one has ended.")

    async def counted(self, who: str, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Pass a stream on, and count it for as long as somebody takes it."""
        with self.lock:
            self.open[who] += 1
        try:
            async for part in stream:
                yield part
        finally:
            with self.lock:
                self.open[who] -= 1
                self.open += Counter()  # which forgets whoever has none


STREAMS = Streams()


# What is told


async def told(
    sight: Sight,
    session: ReplaySession,
    request: Request,
    tick: int,
    pace: float,
    encoding: str = "identity",
) -> AsyncIterator[bytes]:
    """Yield each tick when its time has come, packed as this encoding has it.

    A tick is asked for only when the one before it has been taken: a reader that stops costs one.
    """
    packer = packer_of(encoding)
    due = looked = time.monotonic()
    yield packer.add([piece_of(b": the replay begins\n\n", encoding)])
    spoke = time.monotonic()
    while True:
        now = time.monotonic()
        if now - looked >= LOOKS_SECONDS:
            looked = now
            if not await in_thread(still_open, session.pk, request):
                yield packer.end()
                return
        if tick >= sight.total:
            if sight.shard.ended:
                break
            await in_thread(look_again, sight.shard)
            if tick >= sight.total and not sight.shard.ended:
                due = max(due, now + POLL_SECONDS)
        if now < due or tick >= sight.total:
            if now - spoke >= HEARTBEAT_SECONDS:
                yield packer.add([piece_of(b": still here\n\n", encoding)])
                spoke = time.monotonic()
            waits = min(due, looked + LOOKS_SECONDS, spoke + HEARTBEAT_SECONDS) - time.monotonic()
            await asyncio.sleep(max(0.0, waits))
            continue
        yield packer.add([await shared_block(sight, tick, encoding)])
        spoke = time.monotonic()
        tick += 1
        due = max(due + pace, spoke - pace)
    final = {"final_tick": sight.total - 1, "session_id": str(session.pk)}
    yield packer.add([piece_of(event("end", format.write_json(final)), encoding)]) + packer.end()


def event(name: str, body: bytes, id: int | None = None) -> bytes:
    numbered = b"" if id is None else b"id: %d\n" % id
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), numbered, body)


_making: dict[Any, asyncio.Task[Piece]] = {}


async def shared_block(sight: Sight, tick: int, encoding: str) -> Piece:
    """Return what is told of a tick; of those who ask at once, one has it made for all."""
    key = block_key(sight, tick, encoding)
    found: Piece | None = STATES.get(key)
    if found is not None:
        return found
    mine = (id(asyncio.get_running_loop()), *key)
    task = _making.get(mine)
    if task is None:
        task = _making[mine] = asyncio.create_task(in_thread(block, sight, tick, encoding))
        task.add_done_callback(lambda _: _making.pop(mine, None))
    return await asyncio.shield(task)


def block_key(sight: Sight, tick: int, encoding: str) -> tuple[Any, ...]:
    return ("stream", encoding, *sight.key, tick)


def block(sight: Sight, tick: int, encoding: str) -> Piece:
    """Return all that is told of a tick, written once for all streams that look in the same way.

    The state comes last and alone has the tick as its id, so that a reader who is cut off in
    between is told the whole tick again.
    """
    key = block_key(sight, tick, encoding)
    found: Piece | None = STATES.get(key)
    if found is not None:
        return found
    parts = [
        event("transition", format.write_json({
            "tick": change.tick, "agent_id": change.agent_id,
            "from": change.zones[0], "to": change.zones[1], "reason": change.reason,
        }))
        for change in changes(sight, tick, tick)[0]
    ]  # fmt: skip
    parts += [event("event", format.write_json(one)) for one in events(sight, tick, tick)]
    body = b"".join([*parts, event("state", state(sight, tick), tick)])
    piece = piece_of(body, encoding)
    STATES.keep(key, piece, len(piece.body))
    return piece


# Asked of the database


async def in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Read away from the event loop, in few threads; a connection is given back after it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_readers, _and_close, work, *arguments)


def _and_close(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    finally:
        close_old_connections()


def still_open(session_id: UUID, request: Request) -> bool:
    return rows.find_session(session_id, request) is not None


_seen: dict[UUID, tuple[Any, ...]] = {}


def look_again(shard: ReplayShard) -> None:
    """Take note of how far a live run has come: asked once for all streams of it."""
    known = _seen.get(shard.pk)
    if known is None or time.monotonic() - known[0] >= POLL_SECONDS:
        rows = ReplayShard.objects.filter(pk=shard.pk)
        found = rows.values_list("total_ticks", "last_tick", "ended_at").first()
        gone = (shard.total_ticks, shard.last_tick, shard.started_at)
        known = (time.monotonic(), *(found or gone))
        if len(_seen) > 1000:
            _seen.clear()
        _seen[shard.pk] = known
    _, shard.total_ticks, shard.last_tick, shard.ended_at = known
