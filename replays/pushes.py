"""Replays that come in chunks: each placed in the recording once, in order, whatever way it came.

A chunk is (replay_id, chunk_index, digest). The one that continues the recording is recorded at
once; one that came ahead waits in a row of its own. The tick of a frame is its index in the push.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from games import get_game
from games.game import Refused
from replays import format, recording, worlds
from replays.models import Push, PushedChunk, ReplayShard, World
from replays.pushed_chunk import Chunk, Conflicts, NotPushed
from replays.recording import MAX_TICKS, Tick
from replays.updating import update_rows

DEFAULT_GAME = "pushed"  # of what names no game and has no world of voxels
VOXEL_GAME = "arena"
MOST_WAITING = 1_000  # chunks of one push that came ahead of others
SILENT_SECONDS = 24 * 3600.0
"""How long a push may be silent before what is missing of it is given up."""
MOST_SECONDS = 1e10
QUICK_LEVEL = 3  # zstd
_CHANGING = (
    "shard_id", "chunk_count", "placed", "waiting", "ticks", "changed_at", "closed_at",
    "closed_position",
)  # fmt: skip
LOCK = 7332  # of PostgreSQL: who writes pushes takes turns, so that positions commit in order


class Arrival(NamedTuple):
    """A chunk and who sent it; nobody where anybody may push."""

    owner: Any
    chunk: Chunk


Outcome = Push | Refused


@transaction.atomic
def take(arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Take these chunks in one commit; return for each its push, or why it was refused."""
    _take_turns()
    desk = _Desk(arrivals)
    outcomes = [desk.receive(arrival) for arrival in arrivals]
    desk.place()
    return outcomes


def _take_turns() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@dataclass
class _Coming:
    """A push as it stands in this commit, and what has come for it."""

    push: Push
    about: dict[str, Any] | None = None
    arrived: dict[int, Chunk] = field(default_factory=dict)
    known: dict[int, bytes] = field(default_factory=dict)


class _Desk:
    """What is known of the pushes that a few chunks belong to."""

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self.coming = _known_pushes(arrivals)

    def receive(self, arrival: Arrival) -> Outcome:
        owner, chunk = arrival
        try:
            coming = self._coming(owner, chunk)
            self._take_in(coming, chunk)
        except Refused as refusal:
            return refusal
        return coming.push

    def _coming(self, owner: Any, chunk: Chunk) -> _Coming:
        key = _key(owner, chunk.replay_id)
        if key not in self.coming:
            push = Push(replay_id=chunk.replay_id, owner=owner, chunk_count=chunk.count)
            push.world = _world(chunk.world)
            self.coming[key] = _Coming(push)
        return self.coming[key]

    def _take_in(self, coming: _Coming, chunk: Chunk) -> None:
        push = coming.push
        _refuse_another_count(push.chunk_count, chunk)
        if (chunk.world or None) != push.world_id:
            raise NotPushed("world_ref", f"it was {push.world_id} before")
        known = coming.known.get(chunk.index)
        if known is not None:
            if known != chunk.digest:
                raise Conflicts("chunk_index", f"another chunk {chunk.index} is stored already")
            return
        if push.closed_at is not None:
            raise Conflicts("replay_id", "this replay was closed after a long silence")
        if push.ticks + len(chunk.frames) > MAX_TICKS:
            raise NotPushed("frames", f"a replay has at most {MAX_TICKS} of them")
        if push.waiting + len(coming.arrived) >= MOST_WAITING and chunk.index != push.placed:
            raise NotPushed("chunk_index", f"chunk {push.placed} has to come first now")
        if chunk.count is not None and push.chunk_count is None:
            _state_count(coming, chunk.count)
        coming.known[chunk.index] = chunk.digest
        coming.arrived[chunk.index] = chunk
        push.ticks += len(chunk.frames)

    def place(self) -> None:
        """Record what continues each recording, keep what came ahead, and close what is whole."""
        touched = [coming for coming in self.coming.values() if coming.arrived]
        new = [coming.push for coming in touched if coming.push.pk is None]
        Push.objects.bulk_create(new)
        position = _last_position()
        ticks: dict[Any, list[Tick]] = {}
        rows: list[PushedChunk] = []
        for coming in touched:
            for row in _rows_in_order(coming, ticks):
                position += 1
                row.position = position
                rows.append(row)
            rows += _rows_ahead(coming)
        _save(rows)
        if ticks:
            recording.append_all({pk: listed for pk, listed in ticks.items() if listed})
        now = timezone.now()
        for coming in touched:
            coming.push.changed_at = now
            if coming.push.whole and coming.push.shard is not None:
                coming.push.closed_at = now
                recording.finalize(coming.push.shard, now)
        update_rows(Push, [coming.push for coming in touched], _CHANGING)


def _refuse_another_count(stated: int | None, chunk: Chunk) -> None:
    """Hold a chunk to the count that was stated; one that states none is of any."""
    if stated is None:
        return
    if chunk.count not in (None, stated):
        raise NotPushed("chunk_count", f"it was {stated} before")
    if chunk.index >= stated:
        raise NotPushed("chunk_index", f"it must be below chunk_count, which was {stated} before")


def _state_count(coming: _Coming, count: int) -> None:
    """Close a push that was open-ended: from now on it has so many chunks."""
    push = coming.push
    stored = push.chunks.aggregate(last=Max("index"))["last"] if push.pk else None
    last = max([*coming.arrived, -1 if stored is None else stored])
    if count <= last:
        raise NotPushed("chunk_count", f"chunk {last} is here, so there are more")
    push.chunk_count = count


def _known_pushes(arrivals: Iterable[Arrival]) -> dict[tuple[Any, str], _Coming]:
    wanted = {(_key(owner, chunk.replay_id), chunk.index) for owner, chunk in arrivals}
    ids = {replay_id for (_, replay_id), _ in wanted}
    keys = {key for key, _ in wanted}
    found = Push.objects.filter(replay_id__in=ids).select_related("shard")
    found = found.select_for_update(of=("self",))
    coming = {
        (push.owner_id, push.replay_id): _Coming(push)
        for push in found
        if (push.owner_id, push.replay_id) in keys
    }
    by_pk = {one.push.pk: one for one in coming.values()}
    indexes = {index for _, index in wanted}
    chunks = PushedChunk.objects.filter(push__in=by_pk, index__in=indexes)
    for pk, index, digest in chunks.values_list("push_id", "index", "sha256"):
        by_pk[pk].known[index] = bytes(digest)
    return coming


def _key(owner: Any, replay_id: str) -> tuple[Any, str]:
    return (owner.pk if owner is not None else None, replay_id)


def _world(name: str | None) -> World | None:
    if name is None:
        return None
    world = World.objects.defer("body").filter(name=name).first()
    if world is None:
        raise NotPushed("world_ref", f"the world {name} is not here: PUT /worlds/{name} first")
    return world


def _last_position() -> int:
    return PushedChunk.objects.aggregate(last=Max("position"))["last"] or 0


def _rows_in_order(coming: _Coming, ticks: dict[Any, list[Tick]]) -> list[PushedChunk]:
    """Return the chunks that continue the recording now, and add their ticks to `ticks`."""
    push, placed = coming.push, []
    waiting = _waiting_from(push) if push.waiting and push.placed in coming.arrived else {}
    while push.placed in coming.arrived or push.placed in waiting:
        chunk = coming.arrived.pop(push.placed, None)
        if chunk is not None:
            row = PushedChunk(
                push=push, index=chunk.index, sha256=chunk.digest, ticks=len(chunk.frames)
            )
            frames = chunk.frames
            if push.shard is None:
                _open(push, chunk)
        else:
            row = waiting.pop(push.placed)
            frames = _kept_frames(row)
            push.waiting -= 1
        shard = push.shard
        assert shard is not None  # noqa: S101 – chunk 0 opens it, and nothing is placed before it
        listed = ticks.setdefault(shard.pk, [])
        row.first_tick = _next_tick(shard, listed)
        row.body = None
        listed += _ticks(shard, frames, row.first_tick, listed)
        placed.append(row)
        push.placed += 1
    return placed


def _waiting_from(push: Push) -> dict[int, PushedChunk]:
    rows = push.chunks.filter(position=None, index__gt=push.placed)
    return {row.index: row for row in rows}


def _rows_ahead(coming: _Coming) -> list[PushedChunk]:
    """Return rows for what came ahead of others, with its frames."""
    coming.push.waiting += len(coming.arrived)
    return [
        PushedChunk(
            push=coming.push,
            index=chunk.index,
            sha256=chunk.digest,
            ticks=len(chunk.frames),
            body=format.pack([format.write_json(chunk.frames)], QUICK_LEVEL),
        )
        for chunk in coming.arrived.values()
    ]


def _kept_frames(row: PushedChunk) -> list[dict[str, Any]]:
    return format.read_json(format.unpack(bytes(row.body or b"")), repeats=True)


def _save(rows: list[PushedChunk]) -> None:
    PushedChunk.objects.bulk_create([row for row in rows if row.pk is None])
    kept = [row for row in rows if row.pk is not None]
    update_rows(PushedChunk, kept, ("first_tick", "position", "body"))


# The shard that a push becomes


def _open(push: Push, chunk: Chunk | None) -> None:
    about = chunk.about if chunk else {}
    meta, run = about.get("meta", {}), about.get("run")
    game = (chunk and chunk.game) or _game_of(push.world)
    seconds = meta.get("tick_seconds")
    options = {"replay_id": push.replay_id, "world": push.world_id, **about}
    if chunk and chunk.hints is not None:
        options["hints"] = chunk.hints
    lasts = type(seconds) in (int, float) and 0 < seconds <= 86_400
    push.shard = recording.open_shard(
        get_game(game),
        title=_title(meta, run),
        options=options,
        owner=push.owner,
        visibility=chunk.visibility if chunk else ReplayShard.Visibility.PUBLIC,
        origin=ReplayShard.Origin.PUSH,
        **({"tick_seconds": float(seconds)} if lasts else {}),
    )


def _game_of(world: World | None) -> str:
    return VOXEL_GAME if world is not None and worlds.is_of_voxels(world) else DEFAULT_GAME


def _title(meta: dict[str, Any], run: Any) -> str:
    """Return the title that was given, or what the trainer tells of the run in a few words."""
    if isinstance(meta.get("title"), str):
        return meta["title"].strip()[:100]
    kind = run.get("kind") if isinstance(run, dict) else run
    parts = [kind.replace("_", " ")] if isinstance(kind, str) else []
    counted = [name for name in ("episode", "update") if type(meta.get(name)) is int]
    parts += [f"{name} {meta[name]}" for name in counted]
    return ", ".join(parts)[:100]


def _next_tick(shard: ReplayShard, listed: list[Tick]) -> int:
    if listed:
        return listed[-1].tick + 1
    return 0 if shard.next_tick is None else shard.next_tick


def _ticks(
    shard: ReplayShard, frames: list[dict[str, Any]], first: int, before: list[Tick]
) -> list[Tick]:
    """Return frames as ticks; their time is their own `t`, and never runs backwards."""
    seconds = before[-1].seconds if before else 0.0
    ticks = []
    for tick, frame in enumerate(frames, start=first):
        stated = frame.get("t")
        is_number = isinstance(stated, int | float) and type(stated) is not bool
        if not is_number or not 0 <= float(stated or 0) <= MOST_SECONDS:
            stated = tick * shard.tick_seconds
        seconds = max(seconds, float(stated or 0))
        ticks.append(Tick(tick, seconds, frame))
    return ticks


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


# What never came


def give_up_silent(seconds: float = SILENT_SECONDS) -> int:
    """Close the pushes that have been silent for so long; return how many."""
    before = timezone.now() - dt.timedelta(seconds=seconds)
    silent = Push.objects.filter(Q(closed_at=None), changed_at__lt=before)
    return sum(_give_up(pk) for pk in list(silent.values_list("pk", flat=True)))


@transaction.atomic
def _give_up(pk: int) -> bool:
    """Place what came after a gap where it must have stood, and end the recording."""
    _take_turns()
    push = Push.objects.select_for_update().get(pk=pk)
    if push.closed_at is not None:
        return False
    now = timezone.now()
    if push.shard is None:
        _open(push, None)
    shard = push.shard
    assert shard is not None  # noqa: S101 – it was opened just now
    position = _last_position()
    usual = push.chunks.aggregate(most=Max("ticks"))["most"] or 0
    expected = push.placed
    for row in _waiting_from(push).values():
        shard.refresh_from_db()
        first = _next_tick(shard, []) + (row.index - expected) * usual
        if shard.next_tick is not None and first > shard.next_tick:
            recording.leave_out(shard, first)
        ticks = _ticks(shard, _kept_frames(row), first, [])
        if ticks:
            recording.append(shard, ticks)
        position += 1
        row.position, row.first_tick, row.body = position, first, None
        row.save()
        expected = row.index + 1
    push.waiting, push.closed_at = 0, now
    push.save()
    recording.finalize(shard, push.changed_at)
    return True
