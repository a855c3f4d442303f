"""A shard as it stands in lists, in the timeline and in front of a live feed."""

from typing import Any

from replays.models import ReplayShard


def shard_row(shard: ReplayShard) -> dict[str, Any]:
    """Return seed 000's row of a shard, and what else a viewer needs; times in epoch seconds."""
    return {
        "shard_id": str(shard.pk),
        "game": shard.game,
        "title": shard.title,
        "rules_version": shard.rules_version,
        "tick_seconds": shard.tick_seconds,
        "started_at": int(shard.started_at.timestamp()),
        "ended_at": int(shard.ended_at.timestamp()) if shard.ended_at else None,
        "first_tick": shard.first_tick,
        "last_tick": shard.last_tick,
        "total_ticks": shard.total_ticks,
        "total_processes": shard.total_processes,
        "total_kills": shard.total_kills,
        "total_survivals": shard.total_survivals,
        "total_ghosts": shard.total_ghosts,
        "visibility": shard.visibility,
        "live": not shard.ended,
        "stale": shard.stale,
        "verdict": shard.verdict,
    }
