"""The computer players of SEGFAULT: they ask for what may be asked, and make a show."""

import pytest

from games import get_game
from games.contract import played
from games.game import participant
from tests.boards import rng, shard

GAME = get_game("segfault")


def orders(kind, state, seed, who="a"):
    view = GAME.view(GAME.snapshot(state), participant(who))
    return list(GAME.bots[kind](view, rng(seed)))


@pytest.mark.parametrize("kind", sorted(GAME.bots))
def test_a_bot_asks_for_what_the_door_takes(kind):
    boxed_in = [[4, 4, 5, 4], [4, 4, 4, 5], [3, 4, 4, 4]]
    states = [
        shard({"a": (4, 4)}),
        shard({"a": (0, 0), "b": (1, 1)}, danger=(1, 0)),
        shard({"a": (4, 4), "b": (5, 5)}, gates=[("stable", (4, 5))], walls=boxed_in),
    ]
    for state in states:
        for seed in range(60):
            for name, arg in orders(kind, state, seed):
                assert GAME.command(name, arg) == (name, arg)


@pytest.mark.parametrize("kind", sorted(GAME.bots))
def test_a_bot_depends_on_its_view_and_its_chance_alone(kind):
    state = shard({"a": (4, 4), "b": (5, 5)}, danger=(3, 3))
    assert [orders(kind, state, 5) for _ in range(3)] == [orders(kind, state, 5)] * 3


def test_a_runner_makes_for_a_gate_and_away_from_the_defragmenter():
    beside_a_gate = shard({"a": (4, 4)}, gates=[("ghost", (5, 4))])
    assert orders("runner", beside_a_gate, 1) == [("MOVE", "6")]
    in_danger = shard({"a": (4, 4)}, danger=(5, 4))
    away = [orders("runner", in_danger, seed)[0][1] for seed in range(100)]
    assert sum(digit in "147" for digit in away) > 50


def test_lurkers_wander_together_and_a_herald_broadcasts():
    pair = shard({"a": (4, 4), "b": (5, 4)})
    ways = [order[1] for seed in range(60) for order in orders("lurker", pair, seed)[:1]]
    same = [way for way in ways if ways.count(way) > len(ways) / 3]
    assert len(set(same)) == 1
    alone = shard({"a": (4, 4)})
    names = [name for seed in range(200) for name, _ in orders("herald", alone, seed)]
    assert names.count("BROADCAST") > 5


def test_a_shard_of_bots_is_a_show():
    snapshots = [turn.snapshot for turn in played(GAME, "show", 400, 8)]
    totals = snapshots[-1]["totals"]
    assert 10 <= totals["kills"] <= 60
    assert totals["survivals"] >= 5
    assert totals["ghosts"] >= 5
    assert sum(bool(snapshot["say_events"]) for snapshot in snapshots) > 60
    reasons = {snapshot["defragger"]["target_reason"] for snapshot in snapshots}
    assert {"broadcast", "los", "patrol"} <= reasons
