"""Chunks of pushed replays in the order in which they were recorded, and as events."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q
from django.utils import timezone

from replays import fresh, policy, push_rows, reading, worlds
from replays.fresh import Placed
from replays.models import STALE_SECONDS, Push, PushedChunk, ReplayShard, World

PAGE_CHUNKS = 20
FRESH_CHUNKS = 100
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
    fresh: Placed | None = field(default=None, compare=False)
    """The chunk with its frames, where it was recorded just now and all of it is shown to all."""
    given_up: bool = False
    """Whether this is no chunk, but the end of a push whose rest never came."""

    @property
    def starts(self) -> bool:
        return self.index == 0 and not self.given_up

    @property
    def ends(self) -> bool:
        return self.given_up or (self.count is not None and self.index == self.count - 1)


def newest() -> int:
    return push_rows.last_position()


def fresh_page(after: int, pushes: tuple[int, ...] | None, until: int | None) -> list[Entry] | None:
    """Return a page of what this process recorded just now; None where that may not be all."""
    found = fresh.here.after(after, FRESH_CHUNKS)
    if found is None or (until is not None and found[-1].position > until):
        return None
    wanted = [
        one
        for one in found
        if not one.hidden and (one.public if pushes is None else one.push in pushes)
    ]
    return list(map(_entry_of, wanted)) or None


def _entry_of(one: Placed) -> Entry:
    about = (one.replay_id, one.world, one.index, one.count, one.first_tick, one.ticks)
    return Entry(one.position, one.shard_id, *about, fresh=one if one.whole else None)


def page(after: int, pushes: tuple[int, ...] | None, until: int | None) -> list[Entry]:
    """Return what follows a position: of these pushes, or of all that are public."""
    found = _chunks(after, pushes, until) + _given_up(after, pushes, until)
    return sorted(found, key=lambda entry: entry.position)[:PAGE_CHUNKS]


def _given_up(after: int, pushes: tuple[int, ...] | None, until: int | None) -> list[Entry]:
    """Return the ends of pushes that were given up."""
    rows = Push.objects.filter(closed_position__gt=after, shard__hidden_at=None)
    rows = rows.filter(shard__visibility="public") if pushes is None else rows.filter(pk__in=pushes)
    if until is not None:
        rows = rows.filter(closed_position__lte=until)
    columns = ("closed_position", "shard_id", "replay_id", "world_id", "placed", "chunk_count")
    ends = rows.order_by("closed_position").values_list(*columns)[:PAGE_CHUNKS]
    return [
        Entry(position, shard, replay_id, world, placed, count, 0, 0, given_up=True)
        for position, shard, replay_id, world, placed, count in ends
    ]


def _chunks(after: int, pushes: tuple[int, ...] | None, until: int | None) -> list[Entry]:
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
    return b"".join([told, *CONTENTS[step](entry), b"\n\n"])


# What an event holds is a line of JSON, in parts: large ones are put together once.


def world_event(entry: Entry) -> list[bytes]:
    world = World.objects.get(name=entry.world)
    return [b'{"hash":%b,"data":' % orjson.dumps(world.name), worlds.text_of(world), b"}"]


def start_event(entry: Entry) -> list[bytes]:
    options = ReplayShard.objects.values_list("options", flat=True).get(pk=entry.shard_id)
    told = {
        "replay_id": entry.replay_id,
        "world_ref": entry.world,
        "chunk_count": entry.count,
        "meta": options.get("meta", {}),
        "run": options.get("run"),
        "shard_id": str(entry.shard_id),
    }
    return [orjson.dumps(told)]


def chunk_event(entry: Entry) -> list[bytes]:
    about = (orjson.dumps(entry.replay_id), entry.index)
    head = b'{"replay_id":%b,"chunk_index":%d,"frames":[' % about
    return [head, b",".join(frames_of(entry)), b"]}"]


def frames_of(entry: Entry) -> list[bytes]:
    if entry.fresh is not None:
        return entry.fresh.texts
    shard = ReplayShard.objects.get(pk=entry.shard_id)
    seen = policy.perspective(shard)
    lines = reading.lines(shard, entry.first_tick, entry.ticks, seen) if entry.ticks else []
    return list(map(snapshot_of, lines))


def snapshot_of(line: bytes) -> bytes:
    """Return the snapshot of a stored line, which stands last."""
    return line[line.index(b'"snapshot":') + len(b'"snapshot":') : -1]


def end_event(entry: Entry) -> list[bytes]:
    return [orjson.dumps({"replay_id": entry.replay_id})]


CONTENTS = {WORLD: world_event, START: start_event, CHUNK: chunk_event, END: end_event}
