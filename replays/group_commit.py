"""One thread that writes for many senders: what comes while it commits goes into the next commit.

A commit that syncs costs milliseconds however much is in it. Whoever hands something in is answered
when the commit that holds it is on disk.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DatabaseError, close_old_connections, connections
from prometheus_client import Histogram

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")
Outcome = TypeVar("Outcome")

MOST_AT_ONCE = 256
MOST_BYTES = 8 * 2**20
"""How much goes into one commit; the first one always does."""


class _Answer:
    """What a coroutine waits for: noted by the writer, and told on the coroutine's own loop."""

    __slots__ = ("answered", "error", "loop", "outcome", "waiting")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        waiting: asyncio.Future[Any],
        answered: deque[_Answer],
    ) -> None:
        self.loop, self.waiting, self.answered = loop, waiting, answered
        self.outcome: Any = None
        self.error: BaseException | None = None

    def set_running_or_notify_cancel(self) -> bool:
        return True

    def set_result(self, outcome: Any) -> None:
        self.outcome = outcome
        self.answered.append(self)

    def set_exception(self, error: BaseException) -> None:
        self.error = error
        self.answered.append(self)


Answer = Future[Any] | _Answer


class Handed(NamedTuple):
    """What was handed in, how many bytes it has, who waits for it, and since when."""

    thing: Any
    size: int
    answer: Answer
    at: float


class GroupCommit(Generic[Thing, Outcome]):
    """Hands things to `write`, many at once, from a thread and a connection of its own."""

    def __init__(
        self,
        write: Callable[[Sequence[Thing]], list[Outcome]],
        name: str,
        seconds: Histogram | None = None,
    ) -> None:
        """`seconds` is told of each thing how long it took from hand to disk."""
        self._write = write
        self._seconds = seconds
        self._name = name
        self._waiting: deque[Handed] = deque()
        self._something = threading.Condition()
        self._thread: threading.Thread | None = None
        self._answered: deque[_Answer] = deque()

    @property
    def waiting(self) -> int:
        """Return how many things wait for the next commit."""
        return len(self._waiting)

    def hand_in(self, thing: Thing, size: int) -> Future[Outcome]:
        """Return what will hold the outcome once it is on disk."""
        future: Future[Outcome] = Future()
        self._queue(thing, size, future)
        return future

    def hand_in_from_loop(self, thing: Thing, size: int) -> asyncio.Future[Outcome]:
        """Do as `hand_in` does for a coroutine; a whole commit wakes its event loop once."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Outcome] = loop.create_future()
        self._queue(thing, size, _Answer(loop, waiting, self._answered))
        return waiting

    def _queue(self, thing: Thing, size: int, answer: Answer) -> None:
        with self._something:
            self._waiting.append(Handed(thing, size, answer, time.perf_counter()))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._something.notify()

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            close_old_connections()
            self._commit(batch)
            self._wake_loops()

    def _wake_loops(self) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
        while self._answered:
            answer = self._answered.popleft()
            by_loop.setdefault(answer.loop, []).append(answer)
        for loop, answers in by_loop.items():
            with suppress(RuntimeError):  # a loop that is closed waits for nothing
                loop.call_soon_threadsafe(_pass_on, answers)

    def _next_batch(self) -> list[Handed]:
        with self._something:
            while not self._waiting:
                self._something.wait()
            batch: list[Handed] = []
            size = 0
            while self._waiting and len(batch) < MOST_AT_ONCE:
                size += self._waiting[0].size
                if batch and size > MOST_BYTES:
                    break
                handed = self._waiting.popleft()
                if handed.answer.set_running_or_notify_cancel():
                    batch.append(handed)
            return batch

    def _commit(self, batch: list[Handed]) -> None:
        try:
            outcomes = self._write([handed.thing for handed in batch])
        except DatabaseError as error:
            connections.close_all()
            self._fail(batch, error)
        except Exception as error:
            log.exception("a commit of %s failed", len(batch))
            self._fail(batch, error)
        else:
            for handed, outcome in zip(batch, outcomes, strict=True):
                handed.answer.set_result(outcome)
                self._measure(handed)

    def _fail(self, batch: list[Handed], error: Exception) -> None:
        """Let one that cannot be written not take the others with it."""
        if len(batch) == 1:
            batch[0].answer.set_exception(error)
            self._measure(batch[0])
            return
        for one in batch:
            self._commit([one])

    def _measure(self, handed: Handed) -> None:
        if self._seconds is not None:
            self._seconds.observe(time.perf_counter() - handed.at)


def _pass_on(answers: Sequence[_Answer]) -> None:
    """Tell coroutines what became of what they handed in; those that are gone need no telling."""
    for answer in answers:
        if answer.waiting.done():
            continue
        if answer.error is not None:
            answer.waiting.set_exception(answer.error)
        else:
            answer.waiting.set_result(answer.outcome)
