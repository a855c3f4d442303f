"""News that a shard has reached a new tick: within the process, and between processes by Redis.

News only saves waiting for the next poll. Nothing hangs on it: when Redis is away, stalled or
flushed, every tick still comes, up to 30 ms later.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)

GROUP = "news"
SEND_SECONDS = 0.25
REST_SECONDS = 5.0
"""How long Redis is left alone after it did not answer."""
LISTEN_SECONDS = 2.0

Listener = Callable[[Iterable[UUID]], None]
listeners: set[Listener] = set()


def pass_on(shards: Iterable[UUID], **_: Any) -> None:
    """Tell this process at once and the others soon; never waits and never fails."""
    for listener in tuple(listeners):
        listener(shards)
    if getattr(settings, "CHANNEL_LAYERS", None):
        publisher.publish(shards)


class Publisher(threading.Thread):
    """Sends a message a commit from a thread of its own; what comes meanwhile goes in the next."""

    def __init__(self) -> None:
        super().__init__(name="spectate-news", daemon=True)
        self._shards: set[str] = set()
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def publish(self, shards: Iterable[UUID]) -> None:
        if self.rests:
            return
        with self._lock:
            self._shards.update(map(str, shards))
            if not self.is_alive():
                self.start()
        self._something.set()

    def run(self) -> None:
        with asyncio.Runner() as runner:
            while self._something.wait():
                self._something.clear()
                with self._lock:
                    shards, self._shards = sorted(self._shards), set()
                if shards:
                    runner.run(self._send(shards))

    async def _send(self, shards: list[str]) -> None:
        message = {"type": "news", "shards": shards}
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await get_channel_layer().group_send(GROUP, message)
        except Exception as error:  # noqa: BLE001 – any fault of the layer costs speed alone
            log.warning("news is not sent for %s s: %r", REST_SECONDS, error)
            self._rests_until = time.monotonic() + REST_SECONDS


publisher = Publisher()


async def hear(wake: Listener) -> None:
    """Pass on what other processes publish: one subscription a process, renewed when it breaks."""
    layer = get_channel_layer()
    while layer is not None and not _is_cancelled():
        try:
            await _listen(layer, wake)
        except Exception as error:  # noqa: BLE001 – any fault of the layer costs speed alone
            log.warning("no news is heard for %s s: %r", REST_SECONDS, error)
            if not _is_cancelled():
                await asyncio.sleep(REST_SECONDS)


async def _listen(layer: Any, wake: Listener) -> None:
    async with asyncio.timeout(LISTEN_SECONDS):
        # A first message to nobody, for a layer that is away keeps what was to be subscribed.
        await layer.send("news.is-anybody-there", {"type": "news", "shards": []})
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
    try:
        while not _is_cancelled():
            message = await layer.receive(channel)
            wake(map(UUID, message["shards"]))
    finally:
        # A goodbye that fails must not take the place of a cancellation.
        with suppress(Exception):
            async with asyncio.timeout(SEND_SECONDS):
                await layer.group_discard(GROUP, channel)


def _is_cancelled() -> bool:
    """Tell what the task itself knows: a client that is connecting may swallow a cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
