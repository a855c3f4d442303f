"""The push server's way in before Django, whose own path costs more than a chunk does.

A body is counted as it comes, and refused before more of it is held. What asks for a visitor's
cookies, on a site that is read with a key, goes on to Django.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from replays.api import errors, ingest
from replays.api.chunk_route import answer, plain_request, secure
from replays.api.doors import WIRE_BYTES, Answer, Asked, Door, too_large
from replays.api.ingest_doors import door_at
from replays.limits import address

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

_threads = ThreadPoolExecutor(4, thread_name_prefix="ingest")


class IngestRoute:
    """An ASGI application that answers for the push server and leaves the rest to `inner`."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = door_at(scope["path"], scope["method"])
        headers = dict(scope["headers"])
        if found is None or not plain_request(scope, headers):
            return await self.inner(scope, receive, send)
        door, names, reads = found
        if reads and settings.SEGFAULT_API_KEY:
            return await self.inner(scope, receive, send)
        try:
            asked = await asked_of(scope, headers, names, receive)
            told = await answered(door, asked)
        except Exception as error:  # noqa: BLE001 – each has its answer, and is noted
            told = answer_to(error)
        await send_answer(scope, send, told)
        return None


async def asked_of(
    scope: Scope, headers: dict[bytes, bytes], names: dict[str, str], receive: Receive
) -> Asked:
    """Return the request with its body, or raise Problem as soon as too much has come."""
    claimed = headers.get(b"content-length", b"")
    size = int(claimed[:12]) if claimed.isdigit() else None
    if size is not None and size > WIRE_BYTES:
        raise too_large()
    parts: list[bytes] = []
    came, more = 0, True
    while more and came != size:  # what tells of the end alone is not waited for
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        parts.append(message.get("body", b""))
        came += len(parts[-1])
        if came > WIRE_BYTES:
            raise too_large()
        more = message.get("more_body", False)
    text = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    scheme = "https" if secure(scope, headers) else "http"
    site = settings.SITE_URL or f"{scheme}://{text.get('host', '')}"
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    return Asked(scope["method"], names, text, body, address(scope), site)


async def answered(door: Door, asked: Asked) -> Answer:
    if door is not ingest.push:
        return await in_thread(door, asked)
    if ingest.is_quick(asked):
        arrival = ingest.arrived(asked)
    else:
        arrival = await in_thread(ingest.arrived, asked)
    outcome = await ingest.handed_in_from_loop(arrival, len(asked.body))
    return ingest.received(outcome, arrival.chunk, asked)


async def in_thread(work: Callable[[Asked], Any], asked: Asked) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, _and_close, work, asked)


def _and_close(work: Callable[[Asked], Any], asked: Asked) -> Any:
    try:
        return work(asked)
    finally:
        close_old_connections()


def answer_to(error: Exception) -> Answer:
    """Return the one shape of errors for what a door raised."""
    response = errors.answer(error, {})
    if response is None and isinstance(error, DatabaseError):
        log.error("the database did not answer: %s", error)
        response = errors.database_away(error)
    if response is None:
        if not isinstance(error, ConnectionError):
            log.error("a push failed", exc_info=error)
        response = errors.problem_response(500, "Something went wrong here, and it has been noted.")
    more = {name: value for name, value in response.items() if name != "Content-Type"}
    return Answer(response.status_code, response.content, headers=more)


async def send_answer(scope: Scope, send: Send, told: Answer) -> None:
    about = [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
    if told.status != 304:
        about.append((b"content-length", str(len(told.body)).encode()))
    if told.content_type:
        about.append((b"content-type", told.content_type.encode()))
    await answer(scope, send, told.status, about, told.body)
