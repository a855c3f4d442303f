"""The thread that appends ticks to the spool as soon as they come, and seals chunks when due."""

import logging
import os
import threading
import time
from typing import Any, Protocol

from . import wire
from .spool import ChunkFile, Spool, Spooled
from .ticks import LeftOut, Tick, TickQueue

log = logging.getLogger("segfault_client")

SCAN_SECONDS = 1.0
"""How often a full spool is looked at again, and a chunk that could not be sealed tried again."""


class Heard(Protocol):
    """Who hears what comes of the ticks; from the writer's thread."""

    def on_sealed(self) -> None: ...
    def on_lost(self) -> None: ...
    def on_written(self, *, empty: bool) -> None: ...


class Writer(threading.Thread):
    """Moves ticks from the queue into the chunks of one recording until the queue is closed."""

    def __init__(
        self,
        queue: TickQueue,
        spool: Spool,
        spooled: Spooled,
        heard: Heard,
        left_out: LeftOut,
        *,
        chunk_ticks: int,
        chunk_seconds: float,
        spool_bytes: int,
        tick_seconds: float | None,
    ) -> None:
        super().__init__(name="segfault-spool", daemon=True)
        self._queue = queue
        self._spool = spool
        self._spooled = spooled
        self._heard = heard
        self._left_out = left_out
        self._chunk_ticks = chunk_ticks
        self._chunk_seconds = chunk_seconds
        self._spool_bytes = spool_bytes
        self._tick_seconds = tick_seconds or 0.0
        self._free = 0
        self._scanned_at = -SCAN_SECONDS
        self._gap = 0
        self._has_lost = False
        self._file: Any = None
        self._torn = False
        self._following: ChunkFile | None = None
        last = spooled.chunks()[-1]
        self._go_on_with(last, len(last.lines()), last.path.stat().st_size)
        self._next_number = last.first + self._ticks

    def _go_on_with(self, chunk: ChunkFile, ticks: int = 0, size: int = 0) -> None:
        """Append to this chunk from now on; it may have ticks already."""
        self._chunk = chunk
        self._ticks = ticks
        self._bytes = size
        self._due = time.monotonic() + self._chunk_seconds if ticks else None

    def run(self) -> None:
        try:
            while not self._queue.closed:
                self._work(None if self._due is None else max(0.0, self._due - time.monotonic()))
            self._work(0.0)
        finally:
            self._end()

    def _work(self, seconds: float | None) -> None:
        for tick in self._queue.take(seconds):
            try:
                self._write(tick)
            except Exception as error:  # noqa: BLE001 – the next tick may fare better
                self._lose(tick, f"A tick could not be written down: {error!r}.")
        if self._due is not None and time.monotonic() >= self._due:
            self._seal()

    def _write(self, tick: Tick) -> None:
        """Append a tick to the spool, or leave it out and count it."""
        line = wire.with_fields(tick.line, self._fields(tick)) + b"\n"
        if self._ticks and self._bytes + len(line) > wire.MOST_CHUNK_BYTES:
            self._seal()
        if why := self._full(len(line)) or self._append(line):
            return self._lose(tick, why)
        self._gap = 0
        self._free -= len(line)
        self._bytes += len(line)
        self._ticks += 1
        self._next_number = tick.number + 1
        if self._due is None:
            self._due = time.monotonic() + self._chunk_seconds
        if self._ticks >= self._chunk_ticks:
            self._seal()
        return None

    def _lose(self, tick: Tick, why: str) -> None:
        self._gap += 1 + tick.fields.get("left_out", 0)
        self._has_lost = True
        self._left_out.count("spool", why)
        self._heard.on_lost()

    def _fields(self, tick: Tick) -> dict[str, Any]:
        fields = dict(tick.fields)
        if self._gap:
            fields["left_out"] = fields.get("left_out", 0) + self._gap
        if tick.needs_time and self._has_lost:
            fields["t"] = tick.number * self._tick_seconds
        return fields

    def _full(self, size: int) -> str:
        """Return why there is no room for so many bytes, or nothing."""
        if self._next_number >= wire.MOST_TICKS or self._chunk.index >= wire.MOST_CHUNKS - 1:
            return "This recording is as long as one can be."
        if self._ticks >= wire.MOST_CHUNK_TICKS or self._bytes > wire.MOST_CHUNK_BYTES:
            return "The spool cannot be written to."
        if self._free < size and time.monotonic() - self._scanned_at >= SCAN_SECONDS:
            self._scanned_at = time.monotonic()
            self._free = self._spool_bytes - self._spool.size()
        return "" if self._free >= size else "The spool is full."

    def _append(self, line: bytes) -> str:
        """Append to the chunk's file; return why it could not be, and leave nothing half."""
        try:
            if self._torn:
                os.truncate(self._chunk.path, self._bytes)
                self._torn = False
            if self._file is None:
                self._file = self._chunk.path.open("ab", buffering=0)
            self._torn = self._file.write(line) < len(line)
        except OSError as error:
            self._torn = True
            return f"The spool cannot be written to ({error})."
        return "The disk of the spool is full." if self._torn else ""

    def _seal(self) -> None:
        """Seal the chunk and begin the next, which is there first: no number is ever lost."""
        if self._chunk.index >= wire.MOST_CHUNKS - 1:
            self._due = None
            return
        try:
            self._close_file()
            if self._following is None:
                following = (self._chunk.index + 1, self._next_number)
                self._following = self._spooled.open_chunk(*following)
            self._chunk.renamed("chunk")
        except OSError as error:
            log.warning("A chunk cannot be sealed (%s); it is tried again.", error)
            self._due = time.monotonic() + SCAN_SECONDS
            return
        self._go_on_with(self._following)
        self._following = None
        self._heard.on_sealed()

    def _close_file(self) -> None:
        """Close the chunk's file, with nothing half at its end."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._torn:
            os.truncate(self._chunk.path, self._bytes)
            self._torn = False

    def _end(self) -> None:
        """Seal the last chunk as such."""
        self._queue.close()  # where it was an error that ended this
        empty = self._chunk.index == 0 and not self._ticks
        try:
            self._close_file()
            self._spooled.end(self._following or self._chunk)
        except OSError as error:
            log.warning("The recording cannot be ended (%s); the next start does that.", error)
        self._heard.on_written(empty=empty)
