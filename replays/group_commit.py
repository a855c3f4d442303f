"""One thread that writes for many senders: what comes while it commits goes into the next commit.

A commit that syncs costs milliseconds however much is in it. Whoever hands something in is answered
when the commit that holds it is on disk.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, close_old_connections, connections
from prometheus_client import Histogram

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")
Outcome = TypeVar("Outcome")

MOST_AT_ONCE = 256
MOST_BYTES = 8 * 2**20
"""How much goes into one commit; the first one always does."""


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
        self._waiting: deque[tuple[Thing, int, Future[Outcome]]] = deque()
        self._something = threading.Condition()
        self._thread: threading.Thread | None = None
        self._answered: list[tuple[Any, Any, Any]] = []

    @property
    def waiting(self) -> int:
        """Return how many things wait for the next commit."""
        return len(self._waiting)

    def hand_in(
        self, thing: Thing, size: int, future: Future[Outcome] | None = None
    ) -> Future[Outcome]:
        """Return what will hold the outcome once it is on disk."""
        future = Future() if future is None else future
        if self._seconds is not None:
            future.add_done_callback(partial(_measure, self._seconds, time.perf_counter()))
        with self._something:
            self._waiting.append((thing, size, future))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._something.notify()
        return future

    def hand_in_from_loop(self, thing: Thing, size: int) -> asyncio.Future[Outcome]:
        """Do as `hand_in` does for a coroutine; a whole commit wakes its event loop once."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Outcome] = loop.create_future()
        future: Future[Outcome] = Future()
        future.add_done_callback(lambda done: self._answered.append((loop, waiting, done)))
        self.hand_in(thing, size, future)
        return waiting

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            close_old_connections()
            self._commit(batch)
            self._wake_loops()

    def _wake_loops(self) -> None:
        answered, self._answered = self._answered, []
        for loop in {loop for loop, _, _ in answered}:
            here = [(waiting, done) for told, waiting, done in answered if told is loop]
            with suppress(RuntimeError):  # a loop that is closed waits for nothing
                loop.call_soon_threadsafe(_pass_on, here)

    def _next_batch(self) -> list[tuple[Thing, Future[Outcome]]]:
        with self._something:
            while not self._waiting:
                self._something.wait()
            batch: list[tuple[Thing, Future[Outcome]]] = []
            size = 0
            while self._waiting and len(batch) < MOST_AT_ONCE:
                thing, bytes_of_it, future = self._waiting[0]
                size += bytes_of_it
                if batch and size > MOST_BYTES:
                    break
                self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    batch.append((thing, future))
            return batch

    def _commit(self, batch: list[tuple[Thing, Future[Outcome]]]) -> None:
        try:
            outcomes = self._write([thing for thing, _ in batch])
        except DatabaseError as error:
            connections.close_all()
            self._fail(batch, error)
        except Exception as error:
            log.exception("a commit of %s failed", len(batch))
            self._fail(batch, error)
        else:
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                future.set_result(outcome)

    def _fail(self, batch: list[tuple[Thing, Future[Outcome]]], error: Exception) -> None:
        """Let one that cannot be written not take the others with it."""
        if len(batch) == 1:
            batch[0][1].set_exception(error)
            return
        for one in batch:
            self._commit([one])


def _measure(seconds: Histogram, began: float, _: Future[Any]) -> None:
    seconds.observe(time.perf_counter() - began)


def _pass_on(answered: Sequence[tuple[asyncio.Future[Any], Future[Any]]]) -> None:
    """Tell coroutines what became of what they handed in; those that are gone need no telling."""
    for waiting, done in answered:
        if waiting.done():
            continue
        error = done.exception()
        if error is not None:
            waiting.set_exception(error)
        else:
            waiting.set_result(done.result())
