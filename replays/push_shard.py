"""The shard that a push becomes: opened by the chunk with index 0, and its frames as ticks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from games import game_of
from replays import format, recording, standing, worlds
from replays.models import ReplayShard, World
from replays.push_rows import Coming
from replays.pushed_chunk import Chunk
from replays.recording import Made
from replays.standing import Standing

DEFAULT_GAME = "pushed"  # of what names no game and has no world of voxels
VOXEL_GAME = "arena"
MOST_SECONDS = 1e10


def open_shard(push: Coming, owner: Any, chunk: Chunk | None) -> Standing:
    """Open the shard of a push; without a chunk to tell of it, all is as usual."""
    about = chunk.about if chunk else {}
    meta, run = about.get("meta", {}), about.get("run")
    game = (chunk and chunk.game) or _game_of(push.world_id)
    seconds = meta.get("tick_seconds")
    options = {"replay_id": push.replay_id, "world": push.world_id, **about}
    if chunk and chunk.hints is not None:
        options["hints"] = chunk.hints
    lasts = type(seconds) in (int, float) and 0 < seconds <= 86_400
    shard = recording.open_shard(
        game_of(game, options),
        title=title_told(meta, run),
        options=options,
        owner=owner,
        visibility=chunk.visibility if chunk else ReplayShard.Visibility.PUBLIC,
        origin=ReplayShard.Origin.PUSH,
        started_at=timezone.now() if chunk else push.changed_at,
        **({"tick_seconds": float(seconds)} if lasts else {}),
    )
    push.shard_id = shard.pk
    push.shard = standing.of(shard)
    return push.shard


def _game_of(world: str | None) -> str:
    found = World.objects.filter(name=world).first() if world else None
    return VOXEL_GAME if found is not None and worlds.is_of_voxels(found) else DEFAULT_GAME


def title_told(meta: dict[str, Any], run: Any) -> str:
    """Return the title that was given, or what the trainer tells of the run in a few words."""
    if isinstance(meta.get("title"), str):
        return meta["title"].strip()[:100]
    kind = run.get("kind") if isinstance(run, dict) else run
    parts = [kind.replace("_", " ")] if isinstance(kind, str) else []
    counted = [name for name in ("episode", "update") if type(meta.get(name)) is int]
    parts += [f"{name} {meta[name]}" for name in counted]
    return ", ".join(parts)[:100]


def ticks(
    push: Coming, first: int, frames: Iterable[dict[str, Any]], texts: Sequence[bytes]
) -> list[Made]:
    """Return frames as ticks; their time is their own `t`, and never runs backwards."""
    shard = push.shard
    assert shard is not None  # noqa: S101 – frames are placed in a shard that was opened
    game, seconds, made = shard.rules, push.seconds, []
    for tick, (frame, text) in enumerate(zip(frames, texts, strict=True), start=first):
        seconds = max(seconds, _stated_seconds(frame.get("t"), tick * shard.tick_seconds))
        line = format.line_of(tick, seconds, text)
        shown = recording.summary(game, seconds, frame)
        made.append(Made(tick, line, shown, game.tallies(frame)))
    push.seconds = seconds
    return made


def _stated_seconds(stated: Any, usual: float) -> float:
    is_number = type(stated) in (int, float) and 0 <= stated <= MOST_SECONDS
    return round(float(stated if is_number else usual), 3)
