"""The rows of sealed chunks, read without Django's connection: for the one route before it.

SQLite is read on a connection of the event loop's own, read only, some 20 µs a row. PostgreSQL is
read in a thread on Django's pool.
"""

import os
import sqlite3
import threading
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection

from replays import format

OPEN_TO_ALL = """
    SELECT shard.visibility, chunk.sha256
    FROM replay_chunks AS chunk JOIN replay_shards AS shard ON shard.shard_id = chunk.shard_id
    WHERE chunk.shard_id = %s AND chunk.number = %s AND shard.ended_at IS NOT NULL
    AND shard.hidden_at IS NULL AND NOT shard.veiled AND shard.delay_seconds = 0
    AND shard.visibility IN ('public', 'unlisted')
"""
BODY = "SELECT body, sha256 FROM replay_chunks WHERE shard_id = %s AND number = %s"
WAIT_SECONDS = 0.2
"""How long the event loop waits for a locked SQLite; then Django waits, in its thread."""

_own = threading.local()
_threads = ThreadPoolExecutor(4, thread_name_prefix="chunk-rows")


class OpenChunk(NamedTuple):
    """That a chunk may be read by all who know its address, and the digest of its lines."""

    visibility: str
    digest: bytes


async def open_to_all(shard_id: UUID, number: int) -> OpenChunk | None:
    row = await _row(OPEN_TO_ALL, shard_id, number)
    return OpenChunk(row[0], bytes(row[1])) if row else None


async def verified_body(shard_id: UUID, number: int) -> bytes | None:
    """Return a chunk as stored once its digest was verified; None where it is damaged or gone."""
    row = await _row(BODY, shard_id, number)
    if row is None:
        return None
    body, digest = bytes(row[0]), bytes(row[1])
    try:
        return body if format.digest(format.unpack(body)) == digest else None
    except format.DamagedError:
        return None


async def _row(query: str, shard_id: UUID, number: int) -> tuple[Any, ...] | None:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return _from_sqlite(str(database["NAME"]), query.replace("%s", "?"), shard_id.hex, number)
    asked = (query, (shard_id, number))
    return await get_running_loop().run_in_executor(_threads, _through_django, *asked)


def _from_sqlite(name: str, query: str, *parameters: str | int) -> tuple[Any, ...] | None:
    try:
        rows = _reader(name).execute(query, parameters).fetchall()
    except (sqlite3.Error, OSError):
        _own.reader = None  # Django tries with a connection of its own, and says what is wrong
        return None
    return rows[0] if rows else None


def _reader(name: str) -> sqlite3.Connection:
    """Return this thread's connection to the file that now stands under the database's name."""
    stands = os.stat(name)  # noqa: PTH116 – at every request
    file = (name, stands.st_dev, stands.st_ino)
    known = getattr(_own, "reader", None)
    if known is None or known[0] != file:
        address = f"file:{quote(name)}?mode=ro"
        opened = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        _own.reader = known = (file, opened)
    return known[1]


def _through_django(query: str, parameters: tuple[UUID, int]) -> tuple[Any, ...] | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchone()
    finally:
        close_old_connections()
