"""All chats of this process: what is said is read once, encoded once, sent to all who listen."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from replays import policy, reading
from replays.models import ReplayShard
from spectate import admission, news
from spectate.admission import Way
from spectate.chat import told
from spectate.loops import ByLoop, raise_fault
from spectate.models import ChatLine
from spectate.spectator import ENDED, NOT_HERE, TOO_SLOW
from spectate.threads import in_thread
from spectate.wires import Event

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
BREATH_SECONDS = 0.02
AWAY_SECONDS = 1.0
OVERLAP_SECONDS = 10.0
"""How far back each poll looks: commits may come in another order than their times."""
RECHECK_SECONDS = 2.0
PING_SECONDS = 30.0
HISTORY_LINES = 50
MOST_KNOWN = 1_000
MOST_WAITING = 200
"""How many texts may wait for one who reads slowly."""
FORGOTTEN_SECONDS = 30.0
LOBBY = UUID(int=0)
"""Stands for the chat of all SEGFAULT shards; as news, for that something was said anywhere."""


class Listener:
    """One who listens: texts wait in a short row, and whoever lets it grow is let go."""

    def __init__(
        self, way: Way, send: Callable[[Event], Awaitable[None]], close: Callable[[int], None]
    ) -> None:
        self.way = way
        self._send = send
        self._close = close
        self._waiting: deque[Event] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._gone = False

    def hear(self, event: Event) -> None:
        if self._gone:
            return
        self._waiting.append(event)
        if len(self._waiting) > MOST_WAITING:
            self.close(TOO_SLOW)
        elif self._sending is None:
            self._sending = asyncio.create_task(self._send_on())

    async def _send_on(self) -> None:
        try:
            while self._waiting:
                async with asyncio.timeout(settings.SOCKET_SEND_SECONDS):
                    await self._send(self._waiting.popleft())
        except Exception:  # noqa: BLE001 – whatever the server says of a client that has gone
            self.close(TOO_SLOW)
        finally:
            self._sending = None

    def close(self, code: int) -> None:
        if not self._gone:
            self._gone = True
            self._close(code)

    def left(self) -> None:
        self._gone = True
        if self._sending is not None:
            self._sending.cancel()


class Chat:
    """What is said of one shard, or in the lobby, and who listens to it in one kind of words."""

    def __init__(self, key: UUID) -> None:
        self.key = key
        self.listeners: dict[Listener, Words] = {}
        self.expected = 0
        self.ready = asyncio.ensure_future(self._begin())
        self._known: OrderedDict[int, dict[str, Any] | None] = OrderedDict()
        self._begins_at = 0

    async def _begin(self) -> None:
        lines = await in_thread(latest, self.key)
        self._known.update((line.pk, told(line)) for line in lines)
        self._begins_at = lines[0].pk if len(lines) == HISTORY_LINES else 0

    @property
    def history(self) -> list[dict[str, Any]]:
        shown = [line for line in self._known.values() if line is not None]
        return shown[-HISTORY_LINES:]

    def take(self, lines: Iterable[ChatLine]) -> None:
        """Tell what is new of these lines, and which are deleted."""
        fresh, gone = [], []
        for line in lines:
            if line.pk < self._begins_at:
                continue
            known = self._known.get(line.pk)
            if line.deleted and known is not None:
                gone.append(line.pk)
            elif not line.deleted and known is None:
                fresh.append(told(line))
            self._known[line.pk] = None if line.deleted else told(line)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        self._tell(lambda words: words.lines(fresh) if fresh else [])
        self._tell(lambda words: words.deleted(gone) if gone else [])

    def _tell(self, texts_of: Callable[[Words], list[str]]) -> None:
        """Encode once for each kind of words, and hand the same events to everyone."""
        events: dict[Words, list[Event]] = {}
        for listener, words in tuple(self.listeners.items()):
            if words not in events:
                texts = texts_of(words)
                events[words] = [{"type": "websocket.send", "text": text} for text in texts]
            for event in events[words]:
                listener.hear(event)


class Words(ABC):
    """How a kind of client is told; texts to send, none for what it has no word for."""

    @abstractmethod
    def lines(self, lines: list[dict[str, Any]]) -> list[str]:
        """Return what is sent of lines that were said."""

    def deleted(self, ids: list[int]) -> list[str]:
        return []


class Chats:
    """All chats that anybody listens to here; one query a quarter of a second follows them."""

    def __init__(self) -> None:
        self._chats: dict[UUID, Chat] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def join(self, key: UUID, listener: Listener, words: Words) -> list[dict[str, Any]]:
        """Let somebody listen from now on; return what has been said so far."""
        chat = self._chats.get(key)
        if chat is None:
            chat = self._chats[key] = Chat(key)
        chat.expected += 1
        try:
            await asyncio.shield(chat.ready)
            chat.listeners[listener] = words
            self._start()
            return chat.history
        finally:
            chat.expected -= 1
            self._drop_unheard(chat)

    def leave(self, key: UUID, listener: Listener) -> None:
        listener.left()
        chat = self._chats.get(key)
        if chat is not None:
            chat.listeners.pop(listener, None)
            self._drop_unheard(chat)

    def _drop_unheard(self, chat: Chat) -> None:
        if not chat.listeners and not chat.expected:
            chat.ready.cancel()
            self._chats.pop(chat.key, None)
            self._woken.set()

    def wake(self, keys: Iterable[UUID]) -> None:
        """Look at once if something was said; may be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, set(keys))

    def _wake(self, keys: set[UUID]) -> None:
        if LOBBY in keys:
            self._woken.set()

    # What goes on while anybody listens

    def _start(self) -> None:
        if not self._tasks:
            loops = (self._follow(), self._tend(), news.hear(self.wake))
            self._tasks = [asyncio.create_task(loop) for loop in loops]
            for task in self._tasks:
                task.add_done_callback(raise_fault)

    async def _follow(self) -> None:
        since = timezone.now()
        while self._chats:
            try:
                lines = await in_thread(_changed, set(self._chats), since)
            except DatabaseError as error:
                log.warning("the database does not answer the chat: %s", error)
                await asyncio.sleep(AWAY_SECONDS)
                continue
            forgotten = timezone.now() - dt.timedelta(seconds=FORGOTTEN_SECONDS)
            since = max([since, forgotten, *(line.changed_at for line in lines)])
            for key, chat in tuple(self._chats.items()):
                chat.take([line for line in lines if belongs(line, key)])
            await asyncio.sleep(BREATH_SECONDS)
            await self._until_woken()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()

    async def _until_woken(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def _tend(self) -> None:
        ping_at = time.monotonic() + PING_SECONDS
        ping = {"type": "websocket.send", "text": '{"type":"ping"}'}
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._recheck()
            except DatabaseError as error:
                log.warning("the database does not answer the chat: %s", error)
            if time.monotonic() >= ping_at:
                ping_at += PING_SECONDS
                for listener in self._listeners():
                    listener.hear(ping)

    def _listeners(self) -> list[Listener]:
        return [one for chat in self._chats.values() for one in chat.listeners]

    async def _recheck(self) -> None:
        """Let those go whom the chat of a shard is not open to any more, or whose shard is over."""
        asked = {(key, one.way) for key, chat in self._chats.items() for one in chat.listeners}
        asked = {(key, way) for key, way in asked if key != LOBBY}
        if not asked:
            return
        closed = await in_thread(_closed, asked)
        for key, chat in tuple(self._chats.items()):
            for listener in tuple(chat.listeners):
                if (key, listener.way) in closed:
                    listener.close(closed[key, listener.way])


def belongs(line: ChatLine, key: UUID) -> bool:
    """Tell whether a line is heard in a chat: in the lobby, all that is said of SEGFAULT openly."""
    if key != LOBBY:
        return line.shard_id == key
    shard = line.shard
    return shard is None or (
        shard.game == "segfault" and shard.visibility == "public" and not shard.hidden
    )


def latest(key: UUID) -> list[ChatLine]:
    """Return the last lines of a chat, the newest last."""
    lines = ChatLine.objects.shown().select_related("shard")
    if key == LOBBY:
        open_shards = Q(shard__game="segfault", shard__visibility="public", shard__hidden_at=None)
        lines = lines.filter(Q(shard=None) | open_shards)
    else:
        lines = lines.filter(shard=key)
    return list(lines.order_by("-id")[:HISTORY_LINES])[::-1]


def _changed(keys: set[UUID], since: dt.datetime) -> list[ChatLine]:
    lately = since - dt.timedelta(seconds=OVERLAP_SECONDS)
    lines = ChatLine.objects.filter(changed_at__gte=lately).select_related("shard")
    if LOBBY not in keys:
        lines = lines.filter(shard__in=keys)
    return list(lines.order_by("id"))


def _closed(asked: set[tuple[UUID, Way]]) -> dict[tuple[UUID, Way], int]:
    """Return the close codes of those ways that do not lead to an open chat any more."""
    shards = ReplayShard.objects.in_bulk({key for key, _ in asked})
    named = {way for _, way in asked if not way.is_open_to_all}
    kept = admission.still_open(named) if named else set()
    closed = {}
    for key, way in asked:
        shard = shards.get(key)
        open_to_all = shard is not None and policy.can(admission.NOBODY, "view", shard)
        if shard is None or not (way in kept or (way.is_open_to_all and open_to_all)):
            closed[key, way] = NOT_HERE
        elif reading.over(shard, late=way.late):
            closed[key, way] = ENDED
    return closed


def _begin() -> Chats:
    chats = Chats()
    news.listeners.add(chats.wake)
    return chats


_all = ByLoop(_begin, lambda chats: news.listeners.discard(chats.wake))


def here() -> Chats:
    """Return the chats of the running event loop."""
    return _all.here()
