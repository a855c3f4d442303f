"""The recording of one game: it takes ticks from the game's thread and never holds it up."""

import atexit
import contextlib
import logging
import math
import os
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import wire
from .sender import sender_of
from .site import Site, world_name, world_text
from .snapshots import BadSnapshot, line_of
from .spool import Spool
from .ticks import LeftOut, Tick, TickQueue
from .writer import Writer

log = logging.getLogger("segfault_client")

QUEUE_TICKS = 10_000
SPOOL_BYTES = 1024 * 2**20
EXIT_SECONDS = 5.0
"""How long a program that ends without `close` waits for what is under way."""


@dataclass(frozen=True)
class Progress:
    """How a recording stands: counts of ticks, and where it can be watched."""

    stored: int
    pending: int
    left_out: int
    address: str | None


class Recording:
    """Records a game into a site while it runs. Making one may raise; nothing after that does.

    `url` is the site's address or that of an ingest, by default SEGFAULT_URL; `token` is one of
    scope push, by default SEGFAULT_TOKEN. `game` is a slug, `world` static data that all ticks
    share, `hints` how to draw the game, `run` and `meta` whatever belongs to it. A tick lasts
    `tick_seconds`; without, its time is when it was recorded. The same `replay_id` goes on with
    what was broken off. A chunk is sent when it has `chunk_ticks` or its first tick is
    `chunk_seconds` old. At most `queue_ticks` wait in memory and `spool_bytes` in the folder
    `spool`; ticks beyond are left out and counted. `progress` is called, from another thread, with
    a Progress whenever the site has stored something.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        game: str = "pushed",
        title: str = "",
        visibility: str = "public",
        world: Mapping[str, Any] | None = None,
        hints: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
        run: Any = None,
        tick_seconds: float | None = None,
        replay_id: str | None = None,
        chunk_ticks: int = 100,
        chunk_seconds: float = 1.0,
        spool: str | os.PathLike[str] | None = None,
        queue_ticks: int = QUEUE_TICKS,
        spool_bytes: int = SPOOL_BYTES,
        packing: str = "auto",
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        if not 1 <= chunk_ticks <= wire.MOST_CHUNK_TICKS or not chunk_seconds > 0:
            raise ValueError(f"a chunk has 1 to {wire.MOST_CHUNK_TICKS} ticks and some seconds")
        if queue_ticks < 1 or spool_bytes < 1:
            raise ValueError("queue_ticks and spool_bytes are at least 1")
        site = site_of(url, token, packing)
        text = world_text(dict(world)) if world is not None else None
        about = wire.about(
            replay_id or f"{game}-{uuid.uuid4().hex}"[:64],
            game=game,
            title=title,
            visibility=visibility,
            world_ref=world_name(text) if text else None,
            hints=hints,
            meta=meta,
            run=run,
            tick_seconds=tick_seconds,
        )
        self.replay_id: str = about["replay_id"]
        self.address: str | None = None
        self.refused: str | None = None
        self.pending = 0
        self._tick_seconds = tick_seconds
        self._progress = progress
        self._process = os.getpid()
        self._counting = threading.Lock()
        self._finished = threading.Event()
        self._left_out = LeftOut()
        self._written = False
        self._stored = 0
        self._is_away = False
        self._spool = Spool(spool)
        self._spooled = self._spool.begin(site.address, about, text, time.time())
        self._began = time.monotonic() - max(0.0, time.time() - self._spooled.started)
        self.pending = self._spooled.ticks()
        last = self._spooled.chunks()[-1]
        self._queue = TickQueue(queue_ticks, last.first + len(last.lines()))
        self._writer = Writer(
            self._queue,
            self._spool,
            self._spooled,
            self,
            self._left_out,
            chunk_ticks=chunk_ticks,
            chunk_seconds=chunk_seconds,
            spool_bytes=spool_bytes,
            tick_seconds=tick_seconds,
        )
        self._sender = sender_of(self._spool, site)
        self._sender.add(self._spooled, self)
        self._writer.start()
        _open_recordings.add(self)

    # What the game calls

    def tick(self, snapshot: Mapping[str, Any], t: float | None = None) -> None:
        """Record the game as it stands; `t` is its time in seconds, instead of the snapshot's own.

        The snapshot is written down at once and may be changed afterwards. This waits for neither
        the disk nor the site, and raises nothing: what cannot be recorded is left out, and counted.
        """
        self._record(snapshot, t, wait=False)

    def tick_when_there_is_room(self, snapshot: Mapping[str, Any], t: float | None = None) -> None:
        """Record as `tick` does, but wait while the queue is full: for what is no game."""
        self._record(snapshot, t, wait=True)

    def close(self, timeout: float | None = 10.0) -> None:
        """End the recording, and wait that long (None: however long) until the site has it.

        What it does not have by then goes on being sent while this process lives, and is sent by
        the next start otherwise. To close it again is to wait again.
        """
        if self._process != os.getpid():
            return
        until = math.inf if timeout is None else time.monotonic() + timeout
        self._queue.close()
        if timeout != 0:
            _open_recordings.discard(self)
        self._writer.join(timeout)
        self._sender.hurry()
        self._finished.wait(None if timeout is None else max(0.0, until - time.monotonic()))
        if not self._finished.is_set():
            log.log(
                logging.INFO if timeout == 0 else logging.WARNING,
                "The recording %s is not sent to its end: %d ticks lie in %s. This process goes on "
                "sending, and the next start or `segfault-client send` sends the rest.",
                self.replay_id, self.pending, self._spool.folder,
            )  # fmt: skip

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Recording {self.replay_id}: {self.pending} pending, {self.left_out} left out>"

    @property
    def left_out(self) -> int:
        """How many ticks were not recorded: the queue or the spool was full, or they were bad."""
        return self._left_out.total

    def left_out_for(self, reason: str) -> int:
        """How many ticks were left out for one reason: bad, queue, spool, closed."""
        return self._left_out[reason]

    @property
    def whole(self) -> bool:
        """Whether it has ended and the site has all of it that was not left out."""
        return self._finished.is_set() and self.refused is None

    # Taking ticks

    def _record(self, snapshot: Any, t: float | None, *, wait: bool) -> None:
        try:
            if self._process != os.getpid():
                return self._left_out.count(
                    "closed", "This process is a fork of the recording one."
                )
            number = self._queue.number()
            try:
                tick = self._tick(number, snapshot, t)
            except BadSnapshot as error:
                return self._leave_out("bad", f"A tick cannot be recorded: {error}.")
            self._count(pending=1)
            if not self._queue.put(tick, wait=wait):
                self._count(pending=-1)
                if self._queue.closed:
                    return self._leave_out("closed", "A tick came after the recording was closed.")
                return self._leave_out("queue", "The disk does not keep up: the queue is full.")
        except Exception as error:  # noqa: BLE001 – whatever it is, the game goes on
            self._leave_out("bad", f"A tick cannot be recorded: {error!r}.")
        return None

    def _tick(self, number: int, snapshot: Any, t: float | None) -> Tick:
        """Return a snapshot as a line, with the time that it lacks, or raise BadSnapshot."""
        seconds = None if t is None else _seconds(t)
        if seconds is not None and isinstance(snapshot, dict) and "t" in snapshot:
            snapshot = {**snapshot, "t": seconds}
        line = line_of(snapshot)
        if "t" in snapshot:
            return Tick(number, line, {}, needs_time=False)
        if seconds is None and self._tick_seconds is not None:
            if not self.left_out:
                return Tick(number, line, {}, needs_time=True)
            seconds = number * self._tick_seconds
        if seconds is None:
            seconds = round(time.monotonic() - self._began, 3)
        return Tick(number, line, {"t": seconds}, needs_time=False)

    def _leave_out(self, reason: str, sentence: str) -> None:
        self._queue.leave_gap()
        self._left_out.count(reason, sentence)

    def _count(self, *, pending: int) -> None:
        with self._counting:
            self.pending = max(0, self.pending + pending)

    # What the writer tells

    def on_sealed(self) -> None:
        self._sender.heed()

    def on_lost(self) -> None:
        self._count(pending=-1)

    def on_written(self, *, empty: bool) -> None:
        """Hear that nothing more is written; a recording without a tick leaves nothing."""
        if empty:
            self._sender.drop(self._spooled)
            self._spooled.remove()
            self._finished.set()
        self._written = True
        self._let_go_if_refused()
        self._sender.heed()

    def _let_go_if_refused(self) -> None:
        """Leave the spool's folder to others when nobody here writes or sends it any more."""
        if self._written and self.refused is not None:
            self._spooled.release()

    # What the sender tells

    def on_stored(self, ticks: int, answer: dict[str, Any]) -> None:
        self._count(pending=-ticks)
        self._stored += ticks
        self._is_away = False
        told = answer.get("url")
        if self.address is None and isinstance(told, str) and told.startswith(("http:", "https:")):
            self.address = told
            log.info("The recording can be watched at %s", told)
        self._tell_progress()

    def on_away(self, why: str) -> None:
        if not self._is_away:
            self._is_away = True
            log.warning("%s. The recording goes on, and is sent later.", why.rstrip("."))

    def on_refused(self, sentence: str) -> None:
        self.refused = sentence
        log.warning("%s The ticks of %s stay in the spool.", sentence, self.replay_id)
        self._let_go_if_refused()
        self._finished.set()
        self._tell_progress()

    def on_whole(self) -> None:
        self._finished.set()

    def _tell_progress(self) -> None:
        if self._progress is None:
            return
        try:
            self._progress(Progress(self._stored, self.pending, self.left_out, self.address))
        except Exception:
            log.exception("What was to be told of the progress failed; the recording goes on.")


def _seconds(t: Any) -> float:
    try:
        seconds = float(t)
    except (TypeError, ValueError):
        raise BadSnapshot(f"its t is a {type(t).__name__}, and no time in seconds") from None
    if not 0 <= seconds < math.inf:
        raise BadSnapshot(f"its t is {seconds}, and no time in seconds")
    return seconds


def site_of(url: str | None, token: str | None, packing: str = "auto") -> Site:
    """Return the site that is meant, by the environment where nothing is said."""
    url = url or os.environ.get("SEGFAULT_URL")
    if not url:
        raise ValueError("No site was named: give its address, or set SEGFAULT_URL.")
    site = Site.at(url, token, packing)
    if token is None and not site.token:
        site = Site.at(url, os.environ.get("SEGFAULT_TOKEN"), packing)
    return site


_open_recordings: "weakref.WeakSet[Recording]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """End what nobody has ended when the program does."""
    until = time.monotonic() + EXIT_SECONDS
    for recording in list(_open_recordings):
        with contextlib.suppress(Exception):
            recording.close(max(0.1, until - time.monotonic()))
