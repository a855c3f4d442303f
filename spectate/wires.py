"""What is said to a spectator, and how: one wire for each kind of client over the same feed."""

from typing import Any

from replays import format
from replays.models import ReplayShard


class Wire:
    """The words of one kind of client, as texts; None where it has no word for something.

    `tick` is called once a tick and feed, whoever watches; the others are small.
    """

    def hello(self, shard: ReplayShard, spectators: int, cursor: int | None) -> str | None:
        return None

    def tick(self, line: bytes) -> str:
        raise NotImplementedError

    def skipped(self, first: int, last: int) -> str | None:
        return None

    def spectators(self, count: int) -> str | None:
        return None

    def ended(self, shard: ReplayShard) -> str | None:
        return None

    def ping(self) -> str | None:
        return None


class ViewerWire(Wire):
    """The wire of the viewer: `{"type": …}`, a tick as the line that is stored."""

    def hello(self, shard: ReplayShard, spectators: int, cursor: int | None) -> str:
        return _text(type="hello", shard=shard_entry(shard), spectators=spectators, cursor=cursor)

    def tick(self, line: bytes) -> str:
        return f'{{"type":"ticks","ticks":[{line.decode()}]}}'

    def skipped(self, first: int, last: int) -> str:
        return _text(type="skipped", **{"from": first, "to": last})

    def spectators(self, count: int) -> str:
        return _text(type="spectators", count=count)

    def ended(self, shard: ReplayShard) -> str:
        return _text(type="ended", shard=shard_entry(shard))

    def ping(self) -> str:
        return '{"type":"ping"}'


def _text(**message: Any) -> str:
    return format.write_json(message).decode()


def shard_entry(shard: ReplayShard) -> dict[str, Any]:
    """Return a shard as `BASE/index` tells it."""
    return {
        "shard_id": str(shard.pk),
        "game": shard.game,
        "title": str(shard),
        "rules_version": shard.rules_version,
        "tick_seconds": shard.tick_seconds,
        "started_at": shard.started_at.timestamp(),
        "ended_at": shard.ended_at.timestamp() if shard.ended_at else None,
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
    }


VIEWER = ViewerWire()
