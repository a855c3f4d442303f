"""What is said to a spectator, and how: one wire for each kind of client over the same feed."""

from abc import ABC, abstractmethod
from typing import Any

from replays import format, reading
from replays.packing import ENCODINGS, piece_of

Row = dict[str, Any]
"""A shard as `BASE/index` tells it."""
Event = dict[str, Any]
"""What the server is given to send."""
PIECE = "stream.piece"


class Wire(ABC):
    """The words of one kind of client, as texts; None where it has no word for something.

    `tick` is called once a tick and feed, whoever watches; the others are small.
    """

    def hello(self, shard: Row, spectators: int, cursor: int | None) -> str | None:
        return None

    @abstractmethod
    def tick(self, line: bytes) -> str:
        """Return what is said of a tick, by its line as seen here."""

    def skipped(self, first: int, last: int) -> str | None:
        return None

    def spectators(self, count: int) -> str | None:
        return None

    def ended(self, shard: Row) -> str | None:
        return None

    def ping(self) -> str | None:
        return None

    def event(self, text: str) -> Event:
        """Return a text as it is given to the server, made once for all who are sent it."""
        return text_event(text)


class ViewerWire(Wire):
    """The wire of the viewer: `{"type": …}`, a tick as the line that is stored."""

    def hello(self, shard: Row, spectators: int, cursor: int | None) -> str:
        return text_of(type="hello", shard=shard, spectators=spectators, cursor=cursor)

    def tick(self, line: bytes) -> str:
        return f'{{"type":"ticks","ticks":[{line.decode()}]}}'

    def skipped(self, first: int, last: int) -> str:
        return text_of(type="skipped", **{"from": first, "to": last})

    def spectators(self, count: int) -> str:
        return text_of(type="spectators", count=count)

    def ended(self, shard: Row) -> str:
        return text_of(type="ended", shard=shard)

    def ping(self) -> str:
        return '{"type":"ping"}'


class EventsWire(Wire):
    """Server-sent events: a tick as the line that is stored, and its number as the id."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def hello(self, shard: Row, spectators: int, cursor: int | None) -> str:
        return _told("hello", shard=shard, spectators=spectators, cursor=cursor)

    def tick(self, line: bytes) -> str:
        return f"id: {reading.tick_of(line)}\nevent: tick\ndata: {line.decode()}\n\n"

    def skipped(self, first: int, last: int) -> str:
        return _told("skipped", **{"from": first, "to": last})

    def spectators(self, count: int) -> str:
        return _told("spectators", count=count)

    def ended(self, shard: Row) -> str:
        return f"id: {shard['last_tick']}\n{_told('ended', shard=shard)}"

    def ping(self) -> str:
        return ": keepalive\n\n"

    def event(self, text: str) -> Event:
        return {"type": PIECE, "piece": piece_of(text.encode(), self.encoding)}


def _told(event: str, **about: Any) -> str:
    return f"event: {event}\ndata: {text_of(**about)}\n\n"


def text_event(text: str) -> Event:
    return {"type": "websocket.send", "text": text}


def text_of(**message: Any) -> str:
    """Return a message as it is sent: compact JSON."""
    return format.write_json(message).decode()


VIEWER = ViewerWire()
EVENTS = {encoding: EventsWire(encoding) for encoding in ENCODINGS}
