"""The Defragmenter of SEGFAULT and its watchdog."""

from pathlib import Path

import pytest

from games import get_game
from games.segfault.hunt import aim_at_broadcast, hunt, take_aim
from games.segfault.rules import step
from games.segfault.state import Watchdog
from games.segfault.talk import speak
from games.segfault.watchdog import calm, watch
from tests.boards import broadcast, danger_at, move, moved, rng, shard, sprint

GAME = get_game("segfault")
ROOT = Path(__file__).parent.parent


# The hunt


@pytest.mark.parametrize(("sent", "steps"), [(1, 2), (2, 4), (3, 6), (4, 9), (5, 14), (6, 14)])
def test_a_broadcast_draws_the_defragmenter_by_its_ladder(sent, steps):
    state = shard({"a": (1, 1)})
    speak(state, [broadcast("a")] * sent, rng())
    aim = take_aim(state)
    assert (aim.reason, aim.target.id, aim.steps) == ("broadcast", "a", steps)


def test_the_latest_broadcast_counts_and_of_two_at_once_who_joined_first():
    state = shard({"a": (1, 1), "b": (2, 2), "c": (3, 3)})
    speak(
        state, [broadcast("c", 5), broadcast("b", 5), broadcast("a", 3), broadcast("a", 4)], rng()
    )
    aim = aim_at_broadcast(state)
    assert (aim.target.id, aim.steps) == ("b", 2)


def test_a_sender_who_left_draws_nobody():
    state = shard({"a": (4, 4)}, gates=[("stable", (5, 4))])
    snapshot = GAME.snapshot(step(state, [broadcast("a"), move("a", "6")], rng()))
    assert snapshot["defragger"]["target_reason"] == "patrol"
    assert len(snapshot["broadcasts"]) == 1


def test_a_broadcast_goes_before_a_lock_and_kills_at_the_end():
    state = shard({"near": (1, 3), "loud": (3, 0)}, danger=(1, 0))
    state.process("near").locked = True
    state.broadcasts = [{"process_id": "loud", "message": "!", "timestamp_ms": 0}] * 2
    assert hunt(state, rng())
    assert state.events.kills == ["loud"]
    assert state.defragger.reason == "broadcast"
    assert danger_at(state) == (3, 0)


def test_who_is_seen_is_locked_and_spared_on_that_tick():
    for seed in range(30):
        state = shard({"a": (4, 4)}, danger=(5, 4))
        assert hunt(state, rng(seed)), "a new lock is liveness"
        assert state.process("a").locked
        assert state.defragger.reason == "los"
        assert not state.events.kills


def test_who_was_locked_before_is_killed():
    kills = []
    for seed in range(30):
        state = shard({"a": (4, 4)}, danger=(5, 4))
        state.process("a").locked = True
        hunt(state, rng(seed))
        kills += state.events.kills
    assert len(kills) > 20


def test_a_locked_process_stays_the_target_out_of_sight_until_it_sprints():
    wall = [[4, y, 5, y] for y in range(8)]
    state = shard({"far": (7, 2), "near": (1, 1)}, danger=(1, 5), walls=wall)
    state.process("far").locked = True
    aim = take_aim(state)
    assert (aim.target.id, aim.steps, aim.spared) == ("far", 1, None)
    moved(state, sprint("far", "2"))
    assert not state.process("far").locked
    assert take_aim(state).target.id == "near"


def test_who_sprints_is_not_locked_again_on_that_tick():
    state = shard({"a": (0, 0)}, danger=(9, 0))
    state.tick = 3
    moved(state, sprint("a", "6"))
    assert take_aim(state).reason == "patrol"
    state.tick = 4
    assert take_aim(state).reason == "los"


def test_of_several_in_sight_the_nearest_is_locked():
    state = shard({"far": (9, 2), "near": (6, 6), "middle": (4, 9)})
    hunt(state, rng())
    assert [process.id for process in state.processes if process.locked] == ["near"]


def test_nobody_in_sight_means_patrol_or_with_an_active_watchdog_its_steps():
    state = shard({"a": (0, 1)}, danger=(9, 9))
    assert (take_aim(state).reason, take_aim(state).steps) == ("patrol", 1)
    state.watchdog = Watchdog(12, 0, True, 8)
    assert (take_aim(state).reason, take_aim(state).steps) == ("watchdog", 9)


def test_a_pursuit_takes_the_shortest_path_but_for_some_detours():
    nearer = 0
    for seed in range(400):
        state = shard({"a": (0, 0)}, danger=(9, 5))
        state.process("a").locked = True
        hunt(state, rng(seed))
        nearer += danger_at(state)[0] == 8
    assert 0.80 < nearer / 400 < 0.90


def test_entering_any_process_kills_it_and_ends_the_move():
    corridor = [[x, 0, x, 1] for x in range(9)]
    state = shard({"loud": (0, 0), "between": (3, 0)}, danger=(5, 0), walls=corridor)
    speak(state, [broadcast("loud")] * 5, rng())
    hunt(state, rng())
    assert state.events.kills == ["between"]
    assert danger_at(state) == (3, 0)


def test_the_defragmenter_never_enters_a_gate():
    for seed in range(40):
        state = shard({}, danger=(1, 0), gates=[("stable", (0, 0)), ("ghost", (4, 0))])
        state.watchdog = Watchdog(20, 0, True, 13)
        hunt(state, rng(seed))
        assert state.defragger.tile not in state.gate_tiles


def test_the_killed_are_listed_once_and_their_place_stays_marked_four_ticks():
    state = shard({"a": (4, 4)}, danger=(4, 6))
    state.process("a").locked = True
    for seed in range(50):
        state = step(state, [], rng(seed))
        if state.events.kills:
            break
    killed = GAME.snapshot(state)
    assert [(p["id"], p["alive"]) for p in killed["processes"]] == [("a", False)]
    assert killed["echo_tiles"] == [{"pos": killed["defragger"]["pos"], "tick": state.tick}]
    marks = []
    for seed in range(4):
        marks.append(len(state.echoes))
        state = step(state, [], rng(seed))
        assert state.processes == []
    assert marks == [1, 1, 1, 1]
    assert state.echoes == []


# The watchdog


def test_the_watchdog_counts_down_and_climbs_its_ladder():
    watchdog, told = Watchdog(), []
    for _ in range(15):
        watch(watchdog, lively=False)
        told.append((watchdog.countdown, watchdog.active, watchdog.bonus_step))
    assert told[:5] == [(0, False, 0)] * 5
    assert told[5:8] == [(3, False, 0), (2, False, 0), (1, False, 0)]
    assert told[8:] == [(0, True, bonus) for bonus in (1, 3, 5, 8, 13, 13, 13)]


def test_liveness_sets_the_watchdog_back():
    watchdog = Watchdog(14, 0, True, 13)
    calm(watchdog)
    assert watchdog == Watchdog(news="restored")
    watchdog = Watchdog(3)
    calm(watchdog)
    assert watchdog == Watchdog()


@pytest.mark.parametrize(
    ("state", "commands"),
    [
        pytest.param(lambda: shard({"a": (8, 8)}), [sprint("a", "7")], id="adjacency"),
        pytest.param(lambda: shard({"a": (0, 1)}), [broadcast("a")], id="broadcast"),
        pytest.param(lambda: shard({"a": (9, 1)}), [], id="new lock"),
    ],
)
def test_this_is_liveness(state, commands):
    state = state()
    state.watchdog = Watchdog(7, 2)
    after = step(state, commands, rng())
    assert after.watchdog.quiet_ticks == 0
    assert after.watchdog.news == "restored"


def test_a_tick_of_nothing_is_quiet():
    assert step(shard({"a": (0, 1)}), [], rng()).watchdog.quiet_ticks == 1
