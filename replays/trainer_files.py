"""Take in a replay of the arena as its trainer writes it to a file: the world and all frames."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from games import game_of
from games.game import Refused, Snapshot
from replays import portable, verify, worlds
from replays.models import ReplayShard
from replays.portable_header import EARLIEST, fault
from replays.push_shard import MOST_SECONDS, VOXEL_GAME, title_told
from replays.recording import MAX_TICKS, Tick, Whole

KEYS = frozenset({"world", "frames"})
ABOUT = ("episode", "update")
"""What a file has beside its frames where a push has it in `meta`."""


def store(document: dict[str, Any], *, owner: Any, visibility: str) -> ReplayShard:
    """Store a replay and its world, or raise Refused with the first fault.

    Raise AlreadyHere for what `owner` has stored already.
    """
    world, frames = document["world"], frames_of(document["frames"])
    if not isinstance(world, dict) or not all(
        type(world.get(n)) is list for n in ("size", "walls")
    ):
        raise fault("world", "it must be an object with size and walls")
    about = about_of(document)
    body = worlds.canonical(world)
    options = {"world": worlds.name_of(body)} | about
    game = game_of(VOXEL_GAME, options)
    whole = Whole(
        game,
        id=portable.free_id(None),
        owner=owner,
        visibility=visibility,
        origin=ReplayShard.Origin.IMPORT,
        title=title_told(about["meta"], about.get("run")),
        options=options,
        rules_version=game.version,
        tick_seconds=game.tick_seconds,
    )
    lasted = take_in(whole, frames)
    whole.close()
    portable.refuse_what_is_here(whole.shard, owner)
    verify.look_at_import(whole)
    ended = timezone.now()
    whole.shard.started_at = max(EARLIEST, ended - dt.timedelta(seconds=lasted))
    return portable.keep(whole, owner, ended, body)


def frames_of(stated: Any) -> list[Snapshot]:
    if not isinstance(stated, list) or not 1 <= len(stated) <= MAX_TICKS:
        raise fault("frames", f"it must be a list of 1 to {MAX_TICKS}")
    for position, frame in enumerate(stated):
        if not isinstance(frame, dict):
            raise fault(f"frames/{position}", "a frame is an object")
    return stated


def about_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of the episode, as a push of it would tell."""
    meta = document.get("meta") or {n: document[n] for n in ABOUT if document.get(n) is not None}
    if not isinstance(meta, dict):
        raise fault("meta", "it must be an object")
    run = document.get("run")
    return {"meta": meta} | ({} if run is None else {"run": run})


def take_in(whole: Whole, frames: list[Snapshot]) -> float:
    """Add every frame while the game checks it; return how many seconds they lasted."""
    seconds = 0.0

    def checked() -> Iterator[Snapshot]:
        nonlocal seconds
        for tick, frame in enumerate(frames):
            yield frame
            seconds = max(seconds, time_of(frame, tick * whole.shard.tick_seconds))
            whole.add(Tick(tick, seconds, frame))

    try:
        whole.game.check({}, checked())
    except Refused as refused:
        raise Refused(str(refused).replace("ticks/", "frames/").replace("/snapshot", "")) from None
    return seconds


def time_of(frame: dict[str, Any], usual: float) -> float:
    stated: Any = frame.get("t")
    if type(stated) not in (int, float) or not 0 <= stated <= MOST_SECONDS:
        stated = usual
    return round(float(stated), 3)
