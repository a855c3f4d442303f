"""The WebSocket of a seat: the table as its player may see it, at once and at each change.

The server sends `table` at once, then at each event and each change of the room; `ok` or `refused`
to each command `{"cmd", "arg"}`; `ping` every 20 s; `ended` when the game is over, and closes.

Close codes: 1000 the game is over, 1013 the database is away, 4004 no seat of yours is here, 4005
too many sockets, 4008 too slow, 4029 too much was sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from games.game import OMNISCIENT, Refused, participant
from play import presence, rooms
from play.models import Room, Seat
from replays import format, reading
from replays.limits import Limited, spend, spend_from_loop
from replays.models import AccessToken, ReplayShard
from replays.tokens import find_token
from spectate import spectator
from spectate.admission import Visitor, Way
from spectate.consumers import MAX_MESSAGE_BYTES, LiveConsumer
from spectate.feed import Feed
from spectate.spectator import Spectator
from spectate.threads import in_thread
from spectate.wires import Event, Row, Wire, text_event, text_of

Message = dict[str, Any]


class TableWire(Wire):
    """The words for one seat: the room as it is, and what its player sees of the game."""

    def __init__(self, seat_id: str, facts: Message) -> None:
        self.seat_id = seat_id
        self.facts = facts
        self.entry: Message | None = None

    def hello(self, shard: Row, spectators: int, cursor: int | None) -> str | None:
        return self.table() if shard["last_tick"] is None else None

    def tick(self, line: bytes) -> str:
        self.entry = format.read_line(line)
        return self.table()

    def table(self) -> str:
        return text_of(**table(self.seat_id, self.facts, self.entry))

    def ended(self, shard: Row) -> str:
        return text_of(type="ended", shard=shard)

    def ping(self) -> str:
        return '{"type":"ping"}'


def table(seat_id: str, facts: Message, entry: Message | None) -> Message:
    """Return what is told of a table: no view before cards are dealt, no tick before the first."""
    view = entry["snapshot"] if entry else None
    phase = view["phase"] if view else "waiting"
    return {
        "type": "table",
        "room": rooms.for_seat(facts, seat_id) | {"phase": phase},
        "view": None if phase == "waiting" else view,
        "tick": entry["tick"] if entry else None,
        "t": entry["t"] if entry else None,
    }


class Player(Spectator):
    """One who reads the feed of a seat, with the room around it and answers in between."""

    wire: TableWire

    def __init__(
        self,
        feed: Feed,
        wire: TableWire,
        token: AccessToken | None,
        send: Callable[[Event], Awaitable[None]],
        hang_up: Callable[[], None],
    ) -> None:
        super().__init__(feed, wire, Way(shard_id=feed.shard.pk), send, hang_up)
        self.token = token.pk if token else None
        self._out: deque[Message] = deque()
        self._room_due = False

    @property
    def seat_id(self) -> str:
        return self.wire.seat_id

    @property
    def shard_id(self) -> UUID:
        return self.feed.shard.pk

    def say(self, message: Message) -> None:
        self._out.append(message)
        self.advance()

    def see_room(self, facts: Message) -> None:
        """Tell what has changed around the table."""
        if facts != self.wire.facts:
            self.wire.facts = facts
            self._room_due = True
            self.advance()

    def _next(self) -> Event | None:
        self._count_due = False
        if self._greeted and self._out:
            return text_event(text_of(**self._out.popleft()))
        if self._greeted and self._room_due and not self.behind:
            self._room_due = False
            return text_event(self.wire.table())
        return super()._next()

    def _tick(self) -> Event | None:
        self._room_due = False
        return super()._tick()

    def _has_more(self) -> bool:
        return bool(self._out) or self._room_due or super()._has_more()


class TableConsumer(LiveConsumer):
    """Lets a player come to the own seat, as often as the line drops, and takes commands."""

    messages = "table_messages"
    wire: TableWire
    user: Any = None
    token: AccessToken | None = None

    async def _join(self) -> int | None:
        if self._are_too_many():
            return spectator.TOO_MANY
        try:
            room, seat, facts = await in_thread(self._admit)
        except rooms.NotHere:
            return await self._missed()
        seat_id = str(seat.pk)
        if room.shard.ended:
            await self._show_the_end(room.shard, seat_id, facts)
            return spectator.ENDED
        self.wire = TableWire(seat_id, facts)
        own = participant(seat_id)
        player = await self.feeds.join(room.shard, None, self._sit, own)
        self.spectator = player
        if isinstance(player, Player):
            presence.here().come(player)
        return None

    def _sit(self, feed: Feed) -> Spectator:
        return Player(feed, self.wire, self.token, self.base_send, self.hang_up)

    def _admit(self) -> tuple[Room, Seat, Message]:
        """Return the room of the address and the own seat in it, or raise NotHere."""
        self.user, self.token = user_of(self.scope)
        room = Room.objects.of(self.scope["url_route"]["kwargs"]["room"])
        seat = room and self.user and rooms.present_seat(self.user, room)
        if not room or not seat:
            raise rooms.NotHere
        rooms.vouch([str(seat.pk)], presence.until())
        facts = presence.look([room.shard_id]).get(room.shard_id)
        if facts is None:
            raise rooms.NotHere
        return room, seat, facts

    async def _missed(self) -> int:
        try:
            await spend_from_loop("room_misses", self.address)
        except Limited:
            return spectator.TOO_MUCH
        return spectator.NOT_HERE

    async def _show_the_end(self, shard: ReplayShard, seat_id: str, facts: Message) -> None:
        entry = await in_thread(last_entry, shard, seat_id)
        wire = TableWire(seat_id, facts)
        wire.entry = entry
        for text in (wire.table(), wire.ended(Way(shard_id=shard.pk).row(shard))):
            await self.send({"type": "websocket.send", "text": text})

    def _leave(self) -> None:
        if isinstance(self.spectator, Player):
            presence.here().go(self.spectator)
        super()._leave()

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        player = self.spectator
        if not isinstance(player, Player):
            return
        text = message.get("text") or ""
        if len(message.get("bytes") or text) > MAX_MESSAGE_BYTES or self._says_too_much():
            player.close(spectator.TOO_MUCH)
            return
        try:
            player.say(await in_thread(self._answer, text))
        except DatabaseError:
            player.close(spectator.AWAY)

    def _answer(self, text: str) -> Message:
        """Take a command; whatever speaks against it is said in a sentence."""
        try:
            spend("table_commands", f"user {self.user.pk}")
            name, arg = command_in(text)
            rooms.ask(self.user, self.scope["url_route"]["kwargs"]["room"], name, arg)
        except Limited:
            return {"type": "refused", "detail": "That is too fast; try again in a second."}
        except rooms.NotHere:
            return {"type": "refused", "detail": "There is no such table any more."}
        except Refused as reason:
            return {"type": "refused", "detail": str(reason)}
        return {"type": "ok"}


def command_in(text: str) -> tuple[Any, Any]:
    try:
        body = format.read_json(text.encode())
    except UnicodeEncodeError:
        body = None
    if not isinstance(body, dict) or not body.keys() <= {"cmd", "arg"}:
        raise Refused("A command is a JSON object with cmd and arg.")
    return body.get("cmd"), body.get("arg")


def user_of(scope: dict[str, Any]) -> tuple[Any, AccessToken | None]:
    """Return who opens a socket, by a token of scope play or by the session; None for nobody."""
    visitor = Visitor(scope["headers"])
    scheme, _, text = visitor.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        user = visitor.user
        return (user if user.is_authenticated else None), None
    token = find_token(text.strip())
    if token is None or token.scope != AccessToken.Scope.PLAY:
        return None, None
    return token.user, token


def last_entry(shard: ReplayShard, seat_id: str) -> Message | None:
    if shard.last_tick is None:
        return None
    line = reading.lines(shard, shard.last_tick, 1, OMNISCIENT)[0]
    return format.read_line(reading.seen(shard.game, line, participant(seat_id)))
