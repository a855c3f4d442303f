"""The newest ticks of a feed, bounded, each encoded once for all who read it."""

from collections import deque

from spectate.wires import Event, Wire

RING_TICKS = 64
RING_BYTES = 1024 * 1024


class Entry:
    """One tick: its line, and the event that everybody on one wire is sent."""

    __slots__ = ("_events", "line", "tick")

    def __init__(self, tick: int, line: bytes) -> None:
        self.tick = tick
        self.line = line
        self._events: dict[Wire, Event] = {}

    def event(self, wire: Wire) -> Event:
        event = self._events.get(wire)
        if event is None:
            event = self._events[wire] = wire.event(wire.tick(self.line))
        return event


class Ring:
    """Consecutive ticks: at most 64 or 1 MiB of them, and always the newest."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    def add(self, entry: Entry) -> None:
        if self._entries and entry.tick != self._entries[-1].tick + 1:
            self._entries.clear()
            self._bytes = 0
        self._entries.append(entry)
        self._bytes += len(entry.line)
        while len(self._entries) > RING_TICKS or (
            self._bytes > RING_BYTES and len(self._entries) > 1
        ):
            self._bytes -= len(self._entries.popleft().line)

    @property
    def oldest(self) -> Entry:
        return self._entries[0]

    @property
    def newest(self) -> Entry:
        return self._entries[-1]

    def at(self, tick: int) -> Entry:
        """Return the entry of a tick between the oldest and the newest."""
        return self._entries[tick - self._entries[0].tick]
