"""Fixtures: societies that are recorded, small ones and quick ones."""

from functools import lru_cache
from typing import Any

import pytest

from games import get_game
from games.society import frames, model
from replays import recording
from replays.models import ReplayShard


@lru_cache(maxsize=8)
def told(agents: int, ticks: int, seed: int) -> list[dict[str, Any]]:
    """Return the snapshots of a run."""
    snapshots, before = [], None
    for crowd, frame in model.run(agents, ticks, seed):
        snapshots.append(frames.snapshot(frame, crowd, 0, before))
        before = frame.columns["zone"]
    return snapshots


def append(shard: ReplayShard, snapshots: list[dict[str, Any]]) -> None:
    pace = shard.tick_seconds
    ticks = [recording.Tick(one["tick"], one["tick"] * pace, one) for one in snapshots]
    recording.append(shard, ticks)


@pytest.fixture
def found_town(db):
    """Record a society of 100 agents; ended unless `live`."""

    def found_town(
        ticks: int = 20, *, agents: int = 100, seed: int = 1, live: bool = False, **fields: Any
    ) -> ReplayShard:
        shard = recording.open_shard(get_game("society"), **fields)
        append(shard, told(agents, ticks, seed))
        if not live:
            recording.finalize(shard)
        shard.refresh_from_db()
        return shard

    return found_town
