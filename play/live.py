"""The WebSocket of a process: opened with its token, it pushes what its state says, each tick.

The client's first message is `{"token": "…", "after": id}`: `after`, which may be left out, is the
last event that it has. The server answers with the state at once and pushes one a tick, exactly
what `GET /process/state` answers, with the events that this socket has not been told. Any other
message has a `type`: `answer` to each command `{"cmd", "arg"}`, `ping` every 20 s, and `ended` when
the shard in which the process died or escaped is over; then the socket closes.

Close codes: 1000 the shard is over, 1013 the database is away, 4001 no process has this token or
none was sent in time, 4005 too many sockets, 4008 too slow, 4029 too much was sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from games.game import Refused, participant
from play import telling
from play.telling import Message, Telling, UnknownToken
from replays import format
from replays.api.keys import lets_in
from replays.limits import Limited, spend_from_loop
from spectate import spectator
from spectate.admission import Visitor, Way
from spectate.consumers import MAX_MESSAGE_BYTES, LiveConsumer
from spectate.feed import Feed
from spectate.ring import Entry
from spectate.spectator import AWAY, ENDED, TOO_MANY, TOO_MUCH, Spectator
from spectate.threads import in_thread
from spectate.wires import VIEWER, Event, text_event, text_of

log = logging.getLogger(__name__)

NO_PROCESS = 4001
TOKEN_SECONDS = 10
"""How long a socket may be open without having said whose it is."""
AWAY_SECONDS = 1.0
REASONS = spectator.REASONS | {
    NO_PROCESS: "The first message is the token of a process; join to be given one.",
    TOO_MANY: "There are too many sockets.",
    ENDED: "The shard is over.",
}
MOST_TOKEN_LENGTH = 200


class Player(Spectator):
    """One who reads a seat's feed: a cursor, and what its Telling says before the next tick."""

    def __init__(
        self,
        feed: Feed,
        telling: Telling,
        send: Callable[[Event], Awaitable[None]],
        hang_up: Callable[[], None],
        gone_on: Callable[[], None],
    ) -> None:
        super().__init__(feed, VIEWER, Way(), send, hang_up, telling.tick)
        self.telling = telling
        self._gone_on = gone_on
        self._out: deque[Message] = deque()
        self._reading: asyncio.Task[None] | None = None
        self._unrecorded_due = False
        self._last_word = False
        self._elsewhere = False

    def say(self, message: Message) -> None:
        self._out.append(message)
        self.advance()

    def left(self) -> None:
        super().left()
        if self._reading is not None:
            self._reading.cancel()

    def tend(self, now: float) -> None:
        """Once a second: what no feed brings, as it is not recorded, is asked for here."""
        self._unrecorded_due = not settings.SEGFAULT_REPLAY_LOGGING
        super().tend(now)

    # What comes next

    def _next(self) -> Event | None:
        if self._out:
            return text_event(text_of(**self._out.popleft()))
        if self._last_word:
            self.close(ENDED)
        elif self._elsewhere:
            self.closing = True
            self._gone_on()
        elif self._ping_due:
            self._ping_due = False
            return text_event('{"type":"ping"}')
        elif self._reading is None and self._has_to_read():
            self._reading = asyncio.ensure_future(self._read())
        return None

    def _has_more(self) -> bool:
        return bool(self._out) or self._ping_due or self._has_to_read()

    def _has_to_read(self) -> bool:
        return self.behind or self.feed.over or self._unrecorded_due

    async def _read(self) -> None:
        """Read what the next tick, or the end, says to this process, and have it sent."""
        before = self.telling.place
        try:
            self._out.extend(await self._messages())
        except DatabaseError as error:
            log.warning("a process is told nothing: the database does not answer: %s", error)
            await asyncio.sleep(AWAY_SECONDS)
        except UnknownToken:
            self.close(spectator.NOT_HERE)
            return
        self._elsewhere = self.telling.place != before
        self._reading = None
        self.advance()

    async def _messages(self) -> list[Message]:
        if self.behind:
            return await self._next_states()
        if self.feed.over:
            last = await in_thread(self.telling.end)
            self._last_word = last[-1].get("type") == "ended"
            return last
        self._unrecorded_due = False
        known = self.telling.tick
        state = await in_thread(self.telling.now)
        return [state] if self.telling.tick != known else []

    async def _next_states(self) -> list[Message]:
        """Return the state at the next tick; who lags far behind is told the newest, and all."""
        if self.telling.left:
            self.cursor = self.feed.newest
            return []
        entry = self._entry()
        if entry is None:
            state = await in_thread(self.telling.now)
            self.cursor = self.telling.tick
        else:
            state = await in_thread(self.telling.at, entry.line)
            self.cursor = entry.tick
        return [state]

    def _entry(self) -> Entry | None:
        ring = self.feed.ring
        if self.cursor is None:
            return ring.oldest if self._before_the_first else ring.newest
        return None if self.cursor + 1 < ring.oldest.tick else ring.at(self.cursor + 1)


class ProcessConsumer(LiveConsumer):
    """Lets a process in by its token, and takes its commands."""

    telling: Telling | None = None
    under_way: asyncio.Task[None] | None = None

    async def _join(self) -> int | None:
        """Let anybody in for as long as it takes to say whose process this is."""
        if self._are_too_many():
            return TOO_MANY
        self.under_way = asyncio.create_task(self._wait_for_token())
        return None

    async def _wait_for_token(self) -> None:
        await asyncio.sleep(TOKEN_SECONDS)
        if self.telling is None:
            await self._refuse(NO_PROCESS)

    async def _refuse(self, code: int) -> None:
        await self.send({"type": "websocket.close", "code": code, "reason": REASONS[code]})
        loop = asyncio.get_running_loop()
        loop.call_later(spectator.GOODBYE_SECONDS, self.hang_up)

    def _leave(self) -> None:
        if self.under_way is not None:
            self.under_way.cancel()
        super()._leave()

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        text = message.get("text") or ""
        if len(message.get("bytes") or text) > MAX_MESSAGE_BYTES or self._says_too_much():
            await self._refuse(TOO_MUCH)
            return
        try:
            await self._take(text)
        except DatabaseError:
            await self._refuse(AWAY)
        except UnknownToken:
            await self._refuse(NO_PROCESS)

    async def _take(self, text: str) -> None:
        body = read(text)
        if self.telling is None:
            await self._identify(body)
        else:
            await self._tell(await in_thread(telling.answer, self.telling.token, body))

    async def _identify(self, body: Any) -> None:
        """Begin to tell the process of this token, or say that there is none."""
        token, after = named(body)
        try:
            told = self.telling = await in_thread(self._begin, token, after)
        except UnknownToken:
            try:
                await spend_from_loop("process_misses", self.address)
            except Limited:
                await self._refuse(TOO_MUCH)
                return
            raise
        await self._tell(await in_thread(told.now))
        await self._follow(told)

    def _begin(self, token: str, after: int) -> Telling:
        if not lets_in(Visitor(self.scope["headers"])):
            raise UnknownToken
        return Telling.begin(token, after)

    async def _follow(self, told: Telling) -> None:
        """Read the feed of the seat in which the process sits now."""
        before, self.spectator = self.spectator, None
        if before is not None:
            self.feeds.leave(before)
        if told.seat.shard.ended:
            for message in await in_thread(told.end):
                await self._tell(message)
            await self._refuse(ENDED)
            return
        own = participant(str(told.seat.pk))
        sit = partial(self._sit, told)
        self.spectator = await self.feeds.join(told.seat.shard, told.tick, sit, own)

    def _sit(self, told: Telling, feed: Feed) -> Spectator:
        go_on = partial(self._go_on, told)
        return Player(feed, told, self.base_send, self.hang_up, go_on)

    def _go_on(self, told: Telling) -> None:
        self.under_way = asyncio.create_task(self._follow_on(told))

    async def _follow_on(self, told: Telling) -> None:
        try:
            await self._follow(told)
        except DatabaseError:
            await self._refuse(AWAY)

    async def _tell(self, message: Message) -> None:
        """Send in turn with the ticks; between two shards, at once."""
        player = self.spectator
        if isinstance(player, Player) and not player.closing:
            player.say(message)
        else:
            await self.send({"type": "websocket.send", "text": text_of(**message)})


def read(text: str) -> Any:
    """Return what a client says; what is no JSON is as nothing, and answered like it."""
    try:
        return format.read_json(text.encode())
    except (Refused, UnicodeEncodeError):
        return None


def named(body: Any) -> tuple[str, int]:
    """Return token and last event of a first message, or raise UnknownToken."""
    body = body if isinstance(body, dict) else {}
    token, after = body.get("token"), body.get("after", 0)
    if not isinstance(token, str) or not 0 < len(token) <= MOST_TOKEN_LENGTH:
        raise UnknownToken
    return token, after if isinstance(after, int) and after > 0 else 0
