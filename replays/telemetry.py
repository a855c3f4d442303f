"""Take a run of telemetry into the recordings: read whole, rebuilt tick by tick, stored at once."""

import datetime as dt
from codecs import BOM_UTF8
from collections.abc import Callable
from typing import Any, BinaryIO

from django.utils import timezone

from games import get_game
from games.game import Refused
from games.society.telemetry import Run, read
from replays import format, portable, verify
from replays.inflate import unpacked
from replays.models import ReplayShard
from replays.recording import Tick, Whole

TICKS_A_WORD = 10


def load(stream: BinaryIO) -> Any:
    """Return the JSON document of a stream, packed or plain, or raise Refused."""
    body = unpacked(stream, portable.MAX_BYTES).removeprefix(BOM_UTF8)
    return format.read_json(bytes(body), repeats=True)


def store(
    document: Any,
    truth: Any = None,
    *,
    owner: Any = None,
    visibility: str = "public",
    title: str = "",
    tell: Callable[[str], None] = lambda sentence: None,
) -> tuple[ReplayShard, Run]:
    """Store a telemetry document as a shard; return it and the run, whose warnings are sentences.

    Raise Refused for what is no telemetry, AlreadyHere for what `owner` has stored already.
    """
    tell("Rebuilding every tick.")
    run = read(document, truth)
    if run.frames[-1].tick * run.tick_seconds > portable.MAX_SECONDS:
        raise Refused(f"ticks: with tick_rate a run lasts at most {portable.MAX_SECONDS:.0f} s.")
    began = _moment(document.get("created_at"))
    whole = Whole(
        get_game("society"),
        owner=owner,
        visibility=visibility,
        origin=ReplayShard.Origin.IMPORT,
        title=(title or run.run_id)[:100],
        rules_version=get_game("society").version,
        seed=run.seed,
        tick_seconds=run.tick_seconds,
        started_at=began,
    )
    for count, snapshot in enumerate(run.snapshots(), 1):
        tick = snapshot["tick"]
        whole.add(Tick(tick, tick * run.tick_seconds, snapshot))
        if count % TICKS_A_WORD == 0 or count == len(run.frames):
            tell(f"{count} of {len(run.frames)} ticks of {len(run.crowd)} agents.")
    whole.close()
    portable.refuse_what_is_here(whole.shard, owner)
    verify.look_at_import(whole)
    lasted = dt.timedelta(seconds=len(run.frames) * run.tick_seconds)
    return portable.keep(whole, owner, began + lasted), run


def _moment(told: Any) -> dt.datetime:
    """Return when a run was made, now where it does not tell, or what cannot be."""
    try:
        found = dt.datetime.fromisoformat(told)
        found = found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (TypeError, ValueError, OverflowError):
        return timezone.now()
    return found if 1970 <= found.year < 9000 else timezone.now()
