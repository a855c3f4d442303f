"""Database work away from the event loop: few threads, few connections, none forgotten."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DatabaseError, close_old_connections, connections

Result = TypeVar("Result")

_readers = ThreadPoolExecutor(3, thread_name_prefix="spectate-read")
_tickers = ThreadPoolExecutor(2, thread_name_prefix="spectate-ticks")
_watcher = ThreadPoolExecutor(1, thread_name_prefix="spectate-watch")
_writer = ThreadPoolExecutor(1, thread_name_prefix="spectate-write")


async def in_thread(work: Callable[..., Result], *arguments: object) -> Result:
    """Run what is asked now and then; its connection is closed after it, or goes to the pool."""
    return await _run(_readers, _and_close, work, *arguments)


async def in_tick_thread(work: Callable[..., Result], *arguments: object) -> Result:
    """Read new ticks: those who watch wait for nobody who is still at the door."""
    return await _run(_tickers, _and_close, work, *arguments)


async def in_writer_thread(work: Callable[..., Result], *arguments: object) -> Result:
    """Run what must be written in the order in which it was asked for; nobody's reading waits."""
    return await _run(_writer, _and_close, work, *arguments)


async def in_watcher_thread(work: Callable[..., Result], *arguments: object) -> Result:
    """Run what is asked ten times a second, on the one connection that stays open."""
    return await _run(_watcher, _and_close_if_broken, work, *arguments)


async def close_watcher_connection() -> None:
    await _run(_watcher, connections.close_all)


async def _run(pool: ThreadPoolExecutor, *call: object) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, *call)  # type: ignore[arg-type]


def _and_close(work: Callable[..., Result], *arguments: object) -> Result:
    try:
        return work(*arguments)
    finally:
        close_old_connections()


def _and_close_if_broken(work: Callable[..., Result], *arguments: object) -> Result:
    try:
        return work(*arguments)
    except DatabaseError:
        connections.close_all()
        raise
