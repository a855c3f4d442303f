"""Ticks on their way from the game to the disk: a bounded queue, and what was left out."""

import logging
import threading
from typing import Any, NamedTuple

log = logging.getLogger("segfault_client")

MOST_BYTES = 64 * 2**20
"""How much may wait in memory for the disk, whatever the number of ticks."""


class Tick(NamedTuple):
    """One tick: its number in the game, its snapshot, and fields to put before those of it."""

    number: int
    line: bytes
    fields: dict[str, Any]
    needs_time: bool
    """Whether the site counts its time, as it can while no tick is left out."""


class LeftOut:
    """Counts what is not recorded, by reason, and says so the first time and now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def count(self, reason: str, sentence: str) -> None:
        with self._lock:
            count = self._counts[reason] = self._counts.get(reason, 0) + 1
        if count & (count - 1) == 0:  # 1, 2, 4, 8 …
            log.warning("%s Left out for this so far: %d.", sentence, count)

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    def __getitem__(self, reason: str) -> int:
        return self._counts.get(reason, 0)


class TickQueue:
    """What waits for the disk: never more than `most_ticks`, nor much more than MOST_BYTES."""

    def __init__(self, most_ticks: int, next_number: int) -> None:
        self.closed = False
        self._most_ticks = most_ticks
        self._next_number = next_number
        self._ticks: list[Tick] = []
        self._bytes = 0
        self._gap = 0
        self._changed = threading.Condition()

    def number(self) -> int:
        """Return the number of the tick that the game makes now."""
        with self._changed:
            self._next_number += 1
            return self._next_number - 1

    def put(self, tick: Tick, *, wait: bool = False) -> bool:
        """Queue a tick, or return False where there is no room; with `wait`, wait for some."""
        with self._changed:
            while wait and self._is_full and not self.closed:
                self._changed.wait()
            if self._is_full or self.closed:
                return False
            if self._gap:
                tick = tick._replace(fields=tick.fields | {"left_out": self._gap})
                self._gap = 0
            self._ticks.append(tick)
            self._bytes += len(tick.line)
            self._changed.notify_all()
        return True

    @property
    def _is_full(self) -> bool:
        return len(self._ticks) >= self._most_ticks or self._bytes >= MOST_BYTES

    def leave_gap(self) -> None:
        """Note that a tick is missing before the next one, so that the recording tells of it."""
        with self._changed:
            self._gap += 1

    def take(self, seconds: float | None) -> list[Tick]:
        """Return all there is and make room; wait so long for something (None: however long)."""
        with self._changed:
            if not self._ticks and not self.closed:
                self._changed.wait(seconds)
            taken, self._ticks, self._bytes = self._ticks, [], 0
            self._changed.notify_all()
        return taken

    def close(self) -> None:
        """Take no more."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
