"""What tests of sockets share: a spectator on the site's own ASGI application, and more ticks."""

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections

from replays import recording
from replays.models import ReplayShard
from tests.conftest import count_up

WAIT_SECONDS = 5


class Watcher:
    """A client of the viewer's wire."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def message(self) -> dict[str, Any]:
        """Return the next message, or the close as {"type": "closed", "code": …}."""
        event = await self.communicator.receive_output(WAIT_SECONDS)
        if event["type"] == "websocket.close":
            return {"type": "closed", "code": event["code"]}
        return json.loads(event["text"])

    async def until(self, kind: str) -> dict[str, Any]:
        """Return the next message of a kind, past all others."""
        async with asyncio.timeout(3 * WAIT_SECONDS):
            while (message := await self.message())["type"] != kind:
                pass
        return message

    async def ticks(self, count: int) -> list[int]:
        """Return the numbers of the next `count` ticks; nothing may have been skipped."""
        found: list[int] = []
        while len(found) < count:
            message = await self.message()
            assert message["type"] in ("hello", "ticks", "spectators", "ping"), message
            found += [line["tick"] for line in message.get("ticks", [])]
        return found


@asynccontextmanager
async def watching(path: str, headers: dict[str, str] | None = None):
    """Watch by an address such as /replays/{id}/live; leave at the end."""
    from segfault_site.asgi import application

    lines = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    communicator = WebsocketCommunicator(application, path, headers=lines)
    accepted, _ = await communicator.connect(WAIT_SECONDS)
    assert accepted
    try:
        yield Watcher(communicator)
    finally:
        await communicator.disconnect()
        await sync_to_async(connections.close_all)()  # those of the thread that tests write from


async def append(shard: ReplayShard, count: int) -> None:
    """Append ticks that continue `shard`."""

    def more() -> None:
        fresh = ReplayShard.objects.get(pk=shard.pk)
        first = 0 if fresh.next_tick is None else fresh.next_tick
        recording.append(fresh, count_up(first, count))

    await sync_to_async(more)()
