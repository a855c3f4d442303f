"""Replays that come in chunks: each placed in the recording once, in order, whatever way it came.

A chunk is (replay_id, chunk_index, digest). The one that continues the recording is recorded at
once; one that came ahead waits in a row of its own. The tick of a frame is its index in the push.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from games.game import Refused
from replays import format, fresh, push_rows, recording
from replays.fresh import Placed
from replays.models import Push, PushedChunk, ReplayShard, World
from replays.push_rows import Arrival, Coming, Key
from replays.push_shard import open_shard, ticks
from replays.pushed_chunk import Chunk, Conflicts, NotPushed
from replays.recording import MAX_TICKS, Made

MOST_WAITING = 1_000  # chunks of one push that came ahead of others
QUICK_LEVEL = 3  # zstd, of what waits
LEVEL = 6
"""The zstd level of chunks that come quickly: 5 % more bytes than as usual, in half the time."""
LOCK = 7332  # of PostgreSQL: who writes pushes takes turns, so that positions commit in order

Outcome = Coming | Refused


@transaction.atomic
def take(arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Take these chunks in one commit; return for each its push, or why it was refused."""
    take_turns()
    desk = _Desk(arrivals)
    outcomes = [desk.receive(arrival) for arrival in arrivals]
    desk.place()
    return outcomes


def take_turns() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class _Desk:
    """What is known of the pushes that a few chunks belong to, and what becomes of them."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self.owners: dict[Key, Any] = {arrival.key: arrival.owner for arrival in arrivals}
        self.coming = push_rows.known(arrivals)
        self.placed: list[Placed] = []
        self.rows: list[Sequence[Any]] = []
        self.waited: list[PushedChunk] = []
        self.made: dict[Any, list[Made]] = {}

    def receive(self, arrival: Arrival) -> Outcome:
        key, chunk = arrival.key, arrival.chunk
        try:
            if key not in self.coming:
                self.coming[key] = _begun(key, chunk)
            _take_in(self.coming[key], chunk)
        except Refused as refusal:
            return refusal
        return self.coming[key]

    def place(self) -> None:
        """Record what continues each recording, keep what came ahead, and close what is whole."""
        touched = {key: coming for key, coming in self.coming.items() if coming.arrived}
        push_rows.insert(coming for coming in touched.values() if coming.pk is None)
        self.position = push_rows.last_position()
        for key, coming in touched.items():
            self._place_in_order(key, coming)
            self._keep_ahead(coming)
        push_rows.insert_chunks(self.rows)
        push_rows.save_placed(self.waited)
        fresh.tell_after_commit(self.placed)
        self._record()
        now = timezone.now()
        for coming in touched.values():
            coming.changed_at = now
            if coming.whole and coming.shard is not None:
                coming.closed_at = now
                recording.end(coming.shard, now)
        push_rows.save(touched.values())

    def _place_in_order(self, key: Key, coming: Coming) -> None:
        waiting: dict[int, PushedChunk] = {}
        if coming.waiting and coming.placed in coming.arrived:
            waiting = push_rows.waiting_after(coming.pk or 0, coming.placed)
        while coming.placed in coming.arrived or coming.placed in waiting:
            chunk = coming.arrived.pop(coming.placed, None)
            if chunk is not None and coming.shard is None:
                open_shard(coming, self.owners[key], chunk)
            if chunk is not None:
                first = self._add(coming, chunk.frames, chunk.texts)
                row = (coming.pk, chunk.index, chunk.digest, len(chunk.frames), first)
                self.rows.append((*row, self.position, None))
            else:
                self._place_waited(coming, waiting.pop(coming.placed))
            coming.placed += 1

    def _place_waited(self, coming: Coming, row: PushedChunk) -> None:
        frames = kept_frames(row)
        row.first_tick = self._add(coming, frames, list(map(format.write_json, frames)))
        row.position, row.body = self.position, None
        self.waited.append(row)
        coming.waiting -= 1

    def _add(self, coming: Coming, frames: list[dict[str, Any]], texts: list[bytes]) -> int:
        """Give a chunk the next position, and its frames the next ticks; return the first."""
        shard = coming.shard
        assert shard is not None  # noqa: S101 – chunk 0 opens it, and nothing is placed before it
        listed = self.made.setdefault(shard.pk, [])
        first = listed[-1].tick + 1 if listed else shard.next_tick or 0
        listed += ticks(coming, first, frames, texts)
        self.position += 1
        self.placed.append(Placed.of(coming, shard, self.position, first, texts))
        return first

    def _keep_ahead(self, coming: Coming) -> None:
        """Keep what came ahead of others, with its frames."""
        coming.waiting += len(coming.arrived)
        for chunk in coming.arrived.values():
            body = format.pack([b"[%b]" % b",".join(chunk.texts)], QUICK_LEVEL)
            row = (coming.pk, chunk.index, chunk.digest, len(chunk.frames))
            self.rows.append((*row, None, None, body))

    def _record(self) -> None:
        made = {pk: listed for pk, listed in self.made.items() if listed}
        shards = {one.shard.pk: one.shard for one in self.coming.values() if one.shard}
        if made:
            recording.add({pk: shards[pk] for pk in made}, made, LEVEL)


def _begun(key: Key, chunk: Chunk) -> Coming:
    if chunk.world is not None and not World.objects.filter(name=chunk.world).exists():
        name = chunk.world
        raise NotPushed("world_ref", f"the world {name} is not here: PUT /worlds/{name} first")
    return Coming(None, *key, chunk.world, chunk_count=chunk.count)


def _take_in(coming: Coming, chunk: Chunk) -> None:
    """Note that a chunk has come, or raise why it cannot be; the same again is fine."""
    _refuse_another_count(coming.chunk_count, chunk)
    if chunk.world != coming.world_id:
        raise NotPushed("world_ref", f"it was {coming.world_id} before")
    known = coming.known.get(chunk.index)
    if known is not None:
        if known != chunk.digest:
            raise Conflicts("chunk_index", f"another chunk {chunk.index} is stored already")
        return
    if coming.closed_at is not None:
        raise Conflicts("replay_id", "this replay was closed after a long silence")
    if coming.ticks + len(chunk.frames) > MAX_TICKS:
        raise NotPushed("frames", f"a replay has at most {MAX_TICKS} of them")
    if coming.waiting + len(coming.arrived) >= MOST_WAITING and chunk.index != coming.placed:
        raise NotPushed("chunk_index", f"chunk {coming.placed} has to come first now")
    if chunk.count is not None and coming.chunk_count is None:
        _state_count(coming, chunk.count)
    coming.known[chunk.index] = chunk.digest
    coming.arrived[chunk.index] = chunk
    coming.ticks += len(chunk.frames)


def _refuse_another_count(stated: int | None, chunk: Chunk) -> None:
    """Hold a chunk to the count that was stated; one that states none is of any."""
    if stated is None:
        return
    if chunk.count not in (None, stated):
        raise NotPushed("chunk_count", f"it was {stated} before")
    if chunk.index >= stated:
        raise NotPushed("chunk_index", f"it must be below chunk_count, which was {stated} before")


def _state_count(coming: Coming, count: int) -> None:
    """Close a push that was open-ended: from now on it has so many chunks."""
    last = push_rows.last_index(coming)
    if count <= last:
        raise NotPushed("chunk_count", f"chunk {last} is here, so there are more")
    coming.chunk_count = count


def kept_frames(row: PushedChunk) -> list[dict[str, Any]]:
    """Return the frames of a chunk that waits."""
    return orjson.loads(format.unpack(bytes(row.body or b"")))


# How a push stands


def standing(owner: Any, replay_id: str) -> dict[str, Any] | None:
    """Tell what has come of a push and what is missing; None where there is none of `owner`."""
    push = Push.objects.filter(owner=owner, replay_id=replay_id).first()
    if push is None:
        return None
    arrived = list(push.chunks.order_by("index").values_list("index", flat=True))
    known = set(arrived)
    count = push.chunk_count or (arrived[-1] + 1 if arrived else 0)
    return {
        "replay_id": push.replay_id,
        "shard_id": str(push.shard_id) if push.shard_id else None,
        "world_ref": push.world_id,
        "chunk_count": push.chunk_count,
        "arrived": arrived,
        "missing": [index for index in range(count) if index not in known],
        "ticks": push.ticks,
        "complete": push.whole,
        "closed": push.closed_at is not None,
    }


def progress(shard: ReplayShard) -> dict[str, int | None] | None:
    """Tell how far the push has come that this shard is made of; None where it is of none."""
    columns = ("placed", "chunk_count", "waiting")
    return Push.objects.filter(shard=shard.pk).values(*columns).first()
