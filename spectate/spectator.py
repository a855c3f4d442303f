"""One who watches: a cursor into a feed and a way to send; nothing is queued for anybody."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from spectate.admission import Way
from spectate.wires import Event, Row, Wire

if TYPE_CHECKING:
    from spectate.feed import Feed

PING_SECONDS = 20
MOVES_ALLOWED = 3
MOVES_SECONDS = 60
"""A reader moved to the newest tick more than 3 times in 60 seconds is let go."""
GOODBYE_SECONDS = 3
"""How long a client may take to answer that its socket is closed."""

ENDED = 1000
NOT_HERE = 4004
TOO_MANY = 4005
TOO_SLOW = 4008
TOO_MUCH = 4029
AWAY = 1013

REASONS = {
    ENDED: "This shard has ended.",
    NOT_HERE: "There is nothing here, or nothing that you may see.",
    TOO_MANY: "There are too many spectators.",
    TOO_SLOW: "You read too slowly; come back with your cursor.",
    TOO_MUCH: "You send too much.",
    AWAY: "The database does not answer just now; try again.",
}


class Spectator:
    """Sends one message at a time and, when the way is free again, whatever is next by then.

    `send` is the server's own. Where it returns a future that is already under way (granian), no
    task is made and nobody waits: the future is looked at when the next tick comes, and asked to
    call back only where more is to be sent than is on its way.
    """

    def __init__(
        self,
        feed: Feed,
        wire: Wire,
        way: Way,
        send: Callable[[Event], Awaitable[None]],
        hang_up: Callable[[], None],
        cursor: int | None = None,
    ) -> None:
        self.feed = feed
        self.wire = wire
        self.way = way
        self.cursor = feed.resumable(cursor)
        self.lagging = False
        self.closing = False
        self._send = send
        self._hang_up = hang_up
        self._sending: Any = None
        self._sending_since = 0.0
        self._will_resume = False
        self._greeted = False
        self._before_the_first = feed.newest is None
        self._served = False
        self._told = 0
        self._count_due = False
        self._moves: deque[float] = deque()
        self._next_ping = feed.now() + PING_SECONDS
        self._ping_due = False

    def advance(self) -> None:
        """Send what comes next, as long as the way is free."""
        while not self.closing and self._free():
            event = self._next()
            if event is None:
                self.lagging = False
                return
            self._start(event)

    @property
    def is_waited_for(self) -> bool:
        return self.behind and not (self.lagging or self.closing)

    @property
    def behind(self) -> bool:
        newest = self.feed.newest
        return newest is not None and (self.cursor is None or self.cursor < newest)

    def left(self) -> None:
        """Take note that the socket is closed."""
        self.closing = True
        if self._sending is not None and not self._sending.done():
            self._sending.cancel()

    def tend(self, now: float) -> None:
        """Once a second: let go who does not read, ping, and tell how many watch."""
        if self._is_stuck(now):
            self.close(TOO_SLOW)
            return
        if now >= self._next_ping:
            self._next_ping += PING_SECONDS
            self._ping_due = True
        self._count_due = self.feed.count != self._told
        self.advance()

    def _is_stuck(self, now: float) -> bool:
        under_way = self._sending is not None and not self._sending.done()
        return under_way and now - self._sending_since > settings.SOCKET_SEND_SECONDS

    def close(self, code: int) -> None:
        """Say goodbye without waiting for it, and hang up when it is not answered."""
        if self.closing:
            return
        self.closing = True
        farewell = {"type": "websocket.close", "code": code, "reason": REASONS[code]}
        asyncio.ensure_future(self._say_goodbye(farewell)).add_done_callback(_look_at)
        asyncio.get_running_loop().call_later(2 * GOODBYE_SECONDS, self._hang_up)

    async def _say_goodbye(self, farewell: Event) -> None:
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                if self._sending is not None and not self._sending.done():
                    await asyncio.shield(self._sending)
                await self._send(farewell)
        except TimeoutError:
            self._hang_up()

    def _free(self) -> bool:
        sending = self._sending
        if sending is None:
            return True
        if sending.done():
            self._sending = None
            if _failed(sending):
                self.closing = True
                self._hang_up()
            return not self.closing
        if not self._will_resume and self._has_more():
            self._will_resume = True
            sending.add_done_callback(self._resume)
        return False

    def _has_more(self) -> bool:
        return self.behind or self.feed.over or self._count_due or self._ping_due

    def _resume(self, _: Any) -> None:
        self._will_resume = False
        self.advance()

    def _start(self, event: Event) -> None:
        sending: Any = self._send(event)
        if not hasattr(sending, "done"):
            sending = asyncio.ensure_future(sending)
        self._sending = sending
        self._sending_since = self.feed.now()

    # What comes next

    def _next(self) -> Event | None:
        if not self._greeted:
            return self._hello()
        if self.behind:
            return self._tick()
        if self.feed.over:
            return self._ended()
        if self._count_due:
            self._count_due = False
            self._told = self.feed.count
            return self._said(self.wire.spectators(self._told))
        if self._ping_due:
            self._ping_due = False
            return self._said(self.wire.ping())
        return None

    def _hello(self) -> Event | None:
        self._greeted = True
        self._told = self.feed.present
        return self._said(self.wire.hello(self._row(), self._told, self.cursor))

    def _tick(self) -> Event | None:
        ring = self.feed.ring
        if self.cursor is None:
            entry = ring.oldest if self._before_the_first else ring.newest
        elif self.cursor + 1 < ring.oldest.tick:
            return self._moved(self.cursor + 1, ring.newest.tick - 1)
        else:
            entry = ring.at(self.cursor + 1)
        self.cursor = entry.tick
        self._served = True
        return entry.event(self.wire)

    def _moved(self, first: int, last: int) -> Event | None:
        """Leave out what the ring no longer holds; an old cursor at the start is not slowness."""
        if self._served and self._moved_too_often():
            self.close(TOO_SLOW)
            return None
        self.cursor = last
        return self._said(self.wire.skipped(first, last))

    def _moved_too_often(self) -> bool:
        now = self.feed.now()
        self._moves.append(now)
        while self._moves[0] < now - MOVES_SECONDS:
            self._moves.popleft()
        return len(self._moves) > MOVES_ALLOWED

    def _ended(self) -> Event | None:
        text = self.wire.ended(self._row())
        if text is not None:
            self._start(self.wire.event(text))
        self.close(ENDED)
        return None

    def _row(self) -> Row:
        return self.way.row(self.feed.shown)

    def _said(self, text: str | None) -> Event | None:
        return self._next() if text is None else self.wire.event(text)


def _failed(sending: Any) -> bool:
    return sending.cancelled() or sending.exception() is not None


def _look_at(farewell: asyncio.Future[None]) -> None:
    """Take the error of a goodbye to somebody who has left already: there is nothing to do."""
    if not farewell.cancelled():
        farewell.exception()
