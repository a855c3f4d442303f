"""Fixtures: shards of SEGFAULT that were really played, by computer players."""

import uuid
from collections.abc import Iterator

import pytest

from games import get_game
from games.game import Command, participant
from replays import recording
from replays.models import ReplayShard


def segfault_ticks(shard: ReplayShard, count: int) -> Iterator[recording.Tick]:
    """Play a shard with four computer players, from its first tick."""
    game = get_game("segfault")
    state = game.setup(shard.options, game.rng(shard.seed, 0))
    snapshot = game.snapshot(state)
    joined = 0
    for tick in range(1, count + 1):
        present = game.participants(snapshot)
        commands = [
            Command(who, *game.command(name, arg), tick)
            for who in present
            for name, arg in game.bots["runner"](
                game.view(snapshot, participant(who)), game.rng(who, tick)
            )
        ]
        if len(present) < 4:
            joined += 1
            arrival = {"call_sign": f"Runner-{joined}", "origin": None}
            commands.append(Command(str(uuid.UUID(int=joined)), "JOIN", arrival, tick))
        state = game.step(state, commands, game.rng(shard.seed, tick))
        snapshot = game.snapshot(state)
        yield recording.Tick(tick, float(tick), snapshot, commands)


@pytest.fixture
def played(db):
    """Record a SEGFAULT shard of so many ticks; ended unless `live`."""

    def played(count: int = 250, *, live: bool = False, **fields) -> ReplayShard:
        fields = {"seed": "a seed", "options": {"shard_id": "one"}} | fields
        shard = recording.open_shard(get_game("segfault"), **fields)
        recording.append(shard, list(segfault_ticks(shard, count)))
        if not live:
            recording.finalize(shard)
        shard.refresh_from_db()
        return shard

    return played
