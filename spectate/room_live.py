"""The WebSocket of seed 003, `/api/replay/spectate/{room_code}`: a game told event by event.

First comes `spectator_joined` {game, spectator_count} with the game as it stands, then
`game_update` {event, timestamp} at each event, at last `game_ended` {winner, final_scores}, and the
socket closes. Text `ping` is answered `pong`. The code is a room's, or the id of a shard that one
may see; where a game has no events of its own, as SEGFAULT, an event is a tick with its snapshot.
Who falls so far behind that events would be missing is told `spectator_joined` anew.

Close codes: 1000 the game is over, 1013 the database is away, 4004 there is no such game or none
that may be watched, 4005 too many spectators, 4008 too slow, 4029 too much was sent.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import Any
from uuid import UUID

from games.game import Game
from replays import format
from replays.models import ReplayShard
from spectate.admission import Way
from spectate.consumers import LiveConsumer
from spectate.feed import Feed
from spectate.ring import Entry
from spectate.spectator import ENDED, NOT_HERE, TOO_SLOW, Spectator
from spectate.wires import Event, Wire, text_event, text_of

Message = dict[str, Any]


class RoomWire(Wire):
    """The words of seed 003 for one shard; equal for all who watch it, so encoded once."""

    def __init__(self, shard: ReplayShard) -> None:
        self.shard = shard

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RoomWire) and other.shard.pk == self.shard.pk

    def __hash__(self) -> int:
        return hash(self.shard.pk)

    def joined(self, line: bytes | None, spectators: int) -> str:
        game = about(self.shard) | (state_of(self.shard.rules, line) if line else {})
        return text_of(type="spectator_joined", game=game, spectator_count=spectators)

    def tick(self, line: bytes) -> str:
        entry = format.read_line(line)
        event = event_of(self.shard.rules, entry)
        happened = self.shard.started_at + dt.timedelta(seconds=entry["t"])
        return text_of(type="game_update", event=event, timestamp=happened.isoformat())

    def game_ended(self, line: bytes | None) -> str:
        entry: Message = format.read_line(line) if line else {"snapshot": {}, "t": 0.0}
        facts = self.shard.rules.metadata(entry["snapshot"], entry["t"])
        told = {name: facts.get(name) for name in ("winner", "final_scores")}
        return text_of(type="game_ended", **told)


def about(shard: ReplayShard) -> Message:
    return {
        "room_code": shard.room_code,
        "slug": shard.game,
        "title": shard.title,
        "tick": None,
        "phase": "waiting",
    }


def state_of(game: Game, line: bytes) -> Message:
    """Return the state at a tick, without what led to it, as frames of the replay API have it."""
    entry = format.read_line(line)
    apart = {*game.apart, "shard_id"}
    state = {name: fact for name, fact in entry["snapshot"].items() if name not in apart}
    return {"phase": "playing"} | state | {"tick": entry["tick"]}


def event_of(game: Game, entry: Message) -> Message:
    event = entry["snapshot"].get(game.event_at) if game.event_at else None
    if isinstance(event, dict):
        return event
    tick = entry["tick"]
    return {"type": "tick", "player_id": None, "data": entry["snapshot"], "sequence": tick}


class RoomSpectator(Spectator):
    """One who is told events: the state comes once, and again only where events were missed."""

    wire: RoomWire

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._answers: deque[str] = deque()

    def answer(self, text: str) -> None:
        self._answers.append(text)
        self.advance()

    def _next(self) -> Event | None:
        if self._greeted and self._answers:
            return text_event(self._answers.popleft())
        return super()._next()

    def _has_more(self) -> bool:
        return bool(self._answers) or super()._has_more()

    def _hello(self) -> Event:
        self._greeted = True
        newest = self._newest()
        self.cursor = newest.tick if newest else None
        return text_event(self.wire.joined(newest.line if newest else None, self.feed.present))

    def _moved(self, first: int, last: int) -> Event | None:
        if self._served and self._moved_too_often():
            self.close(TOO_SLOW)
            return None
        return self._hello()

    def _ended(self) -> None:
        newest = self._newest()
        self._start(text_event(self.wire.game_ended(newest.line if newest else None)))
        self.close(ENDED)

    def _newest(self) -> Entry | None:
        return None if self.feed.newest is None else self.feed.ring.newest


class RoomConsumer(LiveConsumer):
    """Lets a spectator in by the code of a room, or by the id of a shard."""

    def _way(self) -> Way:
        code = self.scope["url_route"]["kwargs"]["code"]
        try:
            return Way(shard_id=UUID(code))
        except ValueError:
            return Way(code=code)

    def _meet(self, way: Way, feed: Feed) -> Spectator:
        wire = RoomWire(feed.shard)
        return RoomSpectator(feed, wire, way, self.base_send, self.hang_up)

    async def _tell_that_it_has_ended(self, way: Way, shard: ReplayShard) -> int:
        """A game that is over is none that can be watched live."""
        return NOT_HERE

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        await super().websocket_receive(message)
        spectator = self.spectator
        if not isinstance(spectator, RoomSpectator) or spectator.closing:
            return
        if message.get("text") == "ping":
            spectator.answer("pong")
