"""What was recorded of pushes just now, kept in memory for those who watch in this process.

Who reads it saves the database a query a chunk. It only holds what is on disk, for a moment, and
what it does not hold is read from there.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Self
from uuid import UUID

from django.db import transaction

from replays import audience
from replays.push_rows import Coming
from replays.standing import Standing

MOST_BYTES = 8 * 2**20
SECONDS = 2.0
"""For how long it is true whether a shard is public, which a moderator may change."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A chunk that was recorded: its position among all, and its frames as JSON."""

    position: int
    push: int
    shard_id: UUID
    replay_id: str
    world: str | None
    index: int
    count: int | None
    first_tick: int
    ticks: int
    public: bool
    hidden: bool
    whole: bool
    """Whether spectators see all of a frame, as of most games."""
    texts: list[bytes]

    @classmethod
    def of(
        cls, coming: Coming, shard: Standing, position: int, first: int, texts: list[bytes]
    ) -> Self:
        return cls(
            position, coming.pk or 0, shard.pk, coming.replay_id, coming.world_id, coming.placed,
            coming.chunk_count, first, len(texts), shard.visibility == "public",
            shard.hidden_at is not None, not shard.rules.hides, texts,
        )  # fmt: skip

    @property
    def size(self) -> int:
        return sum(map(len, self.texts))


class Fresh:
    """The newest chunks, one after the other without a gap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[float, Placed]] = deque()
        self._bytes = 0

    def keep(self, placed: list[Placed]) -> None:
        now = time.monotonic()
        with self._lock:
            if self._kept and placed[0].position != self._kept[-1][1].position + 1:
                self._drop(len(self._kept))
            self._kept.extend((now, one) for one in placed)
            self._bytes += sum(one.size for one in placed)
            while self._kept and (self._bytes > MOST_BYTES or self._kept[0][0] < now - SECONDS):
                self._drop(1)

    def after(self, position: int, most: int) -> list[Placed] | None:
        """Return up to `most` chunks that follow a position; None where others may follow it."""
        with self._lock:
            while self._kept and self._kept[0][0] < time.monotonic() - SECONDS:
                self._drop(1)
            first = position + 1 - self._kept[0][1].position if self._kept else 0
            if not 0 <= first < len(self._kept):
                return None
            return [one for _, one in islice(self._kept, first, first + most)]

    def newest(self) -> int:
        """Return the newest position that this process recorded lately, 0 where there is none."""
        with self._lock:
            return self._kept[-1][1].position if self._kept else 0

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._bytes -= self._kept.popleft()[1].size


here = Fresh()


def tell_after_commit(placed: list[Placed]) -> None:
    """Keep what is recorded by the transaction around this, once it is on disk, if any watch."""
    if placed and audience.size():
        transaction.on_commit(lambda: here.keep(placed))
