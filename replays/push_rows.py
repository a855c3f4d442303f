"""The rows of pushes and their chunks, read and written a whole commit at once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from replays import standing
from replays.models import Push, PushedChunk
from replays.pushed_chunk import Chunk
from replays.rows import insert_rows, read_rows, update_rows
from replays.standing import Standing

COLUMNS = (
    "pk", "owner_id", "replay_id", "world_id", "shard_id", "chunk_count", "placed", "waiting",
    "ticks", "seconds", "closed_at", "changed_at",
)  # fmt: skip
CHANGING = COLUMNS[4:]
INSERTED = ("push_id", "index", "sha256", "ticks", "first_tick", "position", "body")
LAST_POSITIONS = (
    "SELECT (SELECT MAX(position) FROM pushed_chunks), (SELECT MAX(closed_position) FROM pushes)"
)
Key = tuple[Any, str]


class Arrival(NamedTuple):
    """A chunk and who sent it; nobody where anybody may push."""

    owner: Any
    chunk: Chunk

    @property
    def key(self) -> Key:
        return (self.owner.pk if self.owner is not None else None, self.chunk.replay_id)


@dataclass(slots=True)
class Coming:
    """A push as it stands in this commit, what has come for it, and the shard that it becomes."""

    pk: int | None
    owner_id: Any
    replay_id: str
    world_id: str | None
    shard_id: UUID | None = None
    chunk_count: int | None = None
    placed: int = 0
    waiting: int = 0
    ticks: int = 0
    seconds: float = 0.0
    closed_at: dt.datetime | None = None
    changed_at: dt.datetime = field(default_factory=timezone.now)
    shard: Standing | None = None
    arrived: dict[int, Chunk] = field(default_factory=dict)
    known: dict[int, bytes] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return self.placed == self.chunk_count


def known(arrivals: Iterable[Arrival]) -> dict[Key, Coming]:
    """Return the pushes that these chunks belong to, as they are stored, with the digests known."""
    indexes = {chunk.index for _, chunk in arrivals}
    keys = {arrival.key for arrival in arrivals}
    rows = read_rows(Push, COLUMNS, {"replay_id": {replay_id for _, replay_id in keys}})
    found = [Coming(*row) for row in rows]
    coming = [one for one in found if (one.owner_id, one.replay_id) in keys]
    shards = standing.locked([one.shard_id for one in coming if one.shard_id is not None])
    for one in coming:
        one.shard = shards.get(one.shard_id) if one.shard_id is not None else None
    by_pk = {one.pk: one for one in coming}
    among = {"push_id": by_pk, "index": indexes}
    for pk, index, digest in read_rows(PushedChunk, ("push_id", "index", "sha256"), among):
        by_pk[pk].known[index] = bytes(digest)
    return {(one.owner_id, one.replay_id): one for one in coming}


def last_position() -> int:
    """Return the newest place in the order in which all chunks were recorded and pushes closed."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_POSITIONS)
        return max(position or 0 for position in cursor.fetchone())


def last_index(coming: Coming) -> int:
    """Return the highest index of the chunks that have come, -1 where none has."""
    stored = None
    if coming.pk is not None:
        stored = PushedChunk.objects.filter(push=coming.pk).aggregate(last=Max("index"))["last"]
    return max([*coming.arrived, -1 if stored is None else stored])


def insert(new: Iterable[Coming]) -> None:
    """Store pushes that begin; each has its key then."""
    for one in new:
        made = Push.objects.create(
            replay_id=one.replay_id, owner_id=one.owner_id, world_id=one.world_id
        )
        one.pk = made.pk


def save(coming: Iterable[Coming]) -> None:
    update_rows(Push, coming, CHANGING)


def insert_chunks(rows: Iterable[Sequence[Any]]) -> None:
    insert_rows(PushedChunk, INSERTED, rows)


def waiting_after(pk: int, placed: int) -> dict[int, PushedChunk]:
    """Return the chunks of a push that came ahead, by index."""
    rows = PushedChunk.objects.filter(push=pk, position=None, index__gt=placed).order_by("index")
    return {row.index: row for row in rows}


def save_placed(rows: Iterable[PushedChunk]) -> None:
    """Write where chunks that waited were placed; their frames stand in the recording now."""
    update_rows(PushedChunk, rows, ("first_tick", "position", "body"))
