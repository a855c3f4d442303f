"""Chunks of pushed replays in the order in which they were recorded, and as events."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Max, Q
from django.utils import timezone

from replays import policy, reading, worlds
from replays.models import STALE_SECONDS, Push, PushedChunk, ReplayShard, World

PAGE_CHUNKS = 20
WORLD, START, CHUNK, END = range(4)
"""The steps of a chunk's events: at most one of each, in this order."""
NAMES = {WORLD: "world", START: "replay_start", CHUNK: "replay_chunk", END: "replay_end"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A placed chunk, without its frames."""

    position: int
    shard_id: UUID
    replay_id: str
    world: str | None
    index: int
    count: int | None
    first_tick: int
    ticks: int

    @property
    def starts(self) -> bool:
        return self.index == 0

    @property
    def ends(self) -> bool:
        return self.count is not None and self.index == self.count - 1


def newest() -> int:
    return PushedChunk.objects.aggregate(last=Max("position"))["last"] or 0


def page(after: int, pushes: tuple[int, ...] | None, until: int | None) -> list[Entry]:
    """Return the next chunks after a position: of these pushes, or of all that are public."""
    rows = PushedChunk.objects.filter(position__gt=after, push__shard__hidden_at=None)
    if pushes is None:
        rows = rows.filter(push__shard__visibility="public")
    else:
        rows = rows.filter(push__in=pushes)
    if until is not None:
        rows = rows.filter(position__lte=until)
    columns = (
        "position", "push__shard_id", "push__replay_id", "push__world_id", "index",
        "push__chunk_count", "first_tick", "ticks",
    )  # fmt: skip
    return [Entry(*row) for row in rows.order_by("position").values_list(*columns)[:PAGE_CHUNKS]]


def backlog() -> tuple[int, tuple[int, ...]]:
    """Return the newest position, and the public pushes that are still coming."""
    last = newest()
    lately = timezone.now() - dt.timedelta(seconds=STALE_SECONDS)
    coming = Push.objects.filter(Q(closed_at=None), changed_at__gt=lately)
    shown = coming.filter(shard__visibility="public", shard__hidden_at=None)
    return last, tuple(shown.order_by("pk").values_list("pk", flat=True))


def followed(user: Any, replay_id: str) -> int | None:
    """Return the newest push of that id which `user` may watch."""
    seen = ReplayShard.objects.visible_to(user)
    pushes = Push.objects.filter(replay_id=replay_id, shard__in=seen)
    return pushes.order_by("-pk").values_list("pk", flat=True).first()


def still_followed(push: int) -> bool:
    return Push.objects.filter(pk=push, shard__hidden_at=None).exists()


def event(entry: Entry, step: int) -> bytes:
    """Return one event of a chunk, as bytes of the stream."""
    told = f"id: {entry.position}-{step}\nevent: {NAMES[step]}\ndata: ".encode()
    return told + CONTENTS[step](entry) + b"\n\n"


def world_event(entry: Entry) -> bytes:
    world = World.objects.get(name=entry.world)
    return b'{"hash":%b,"data":%b}' % (orjson.dumps(world.name), worlds.text_of(world))


def start_event(entry: Entry) -> bytes:
    options = ReplayShard.objects.values_list("options", flat=True).get(pk=entry.shard_id)
    told = {
        "replay_id": entry.replay_id,
        "world_ref": entry.world,
        "chunk_count": entry.count,
        "meta": options.get("meta", {}),
        "run": options.get("run"),
        "shard_id": str(entry.shard_id),
    }
    return orjson.dumps(told)


def chunk_event(entry: Entry) -> bytes:
    shard = ReplayShard.objects.get(pk=entry.shard_id)
    seen = policy.perspective(shard)
    lines = reading.lines(shard, entry.first_tick, entry.ticks, seen) if entry.ticks else []
    frames = b",".join(map(snapshot_of, lines))
    about = (orjson.dumps(entry.replay_id), entry.index, frames)
    return b'{"replay_id":%b,"chunk_index":%d,"frames":[%b]}' % about


def snapshot_of(line: bytes) -> bytes:
    """Return the snapshot of a stored line, which stands last."""
    return line[line.index(b'"snapshot":') + len(b'"snapshot":') : -1]


def end_event(entry: Entry) -> bytes:
    return orjson.dumps({"replay_id": entry.replay_id})


CONTENTS = {WORLD: world_event, START: start_event, CHUNK: chunk_event, END: end_event}
