"""The rules of SEGFAULT, stage by stage: what processes do, and what becomes of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from games import get_game
from games.game import Command
from games.segfault.moves import resolve, settle, walk
from games.segfault.rules import step
from games.segfault.talk import admit, spawn_tile, speak
from tests.boards import at, move, moved, rng, shard, sprint

GAME = get_game("segfault")
ROOT = Path(__file__).parent.parent


# Actions


def taken(state, name):
    process = state.process(name)
    return process.command, process.argument


@pytest.mark.parametrize(
    ("digit", "place"),
    [("7", (3, 3)), ("8", (4, 3)), ("9", (5, 3)), ("4", (3, 4)), ("6", (5, 4)), ("1", (3, 5)),
     ("2", (4, 5)), ("3", (5, 5))],
)  # fmt: skip
def test_digits_are_a_keypad_with_north_at_the_top(digit, place):
    state = moved(shard({"a": (4, 4)}), move("a", digit))
    assert at(state, "a") == place
    assert taken(state, "a") == ("MOVE", digit)


def test_an_illegal_step_idles():
    state = shard({"a": (0, 0), "b": (4, 4)}, walls=[[4, 4, 5, 4]])
    moved(state, move("a", "4"), move("b", "6"))
    assert (at(state, "a"), at(state, "b")) == ((0, 0), (4, 4))
    assert taken(state, "a") == taken(state, "b") == ("IDLE", None)


def test_the_last_action_wins_and_who_sends_nothing_idles():
    state = shard({"a": (4, 4), "b": (1, 1), "c": (7, 7)})
    moved(state, move("a", "6"), move("a", "4"), move("c", "6"), Command("c", "IDLE"))
    assert (at(state, "a"), at(state, "b"), at(state, "c")) == ((3, 4), (1, 1), (7, 7))


def test_commands_of_strangers_and_nonsense_change_nothing():
    state = shard({"a": (4, 4)})
    moved(state, move("nobody", "6"), Command("a", "MOVE", "²"), Command("a", "MOVE", ["6"]))
    assert at(state, "a") == (4, 4)


def test_a_sprint_takes_three_steps():
    state = moved(shard({"a": (1, 4)}), sprint("a", "6"))
    assert at(state, "a") == (4, 4)
    assert taken(state, "a") == ("BUFFER", "6")


def test_a_sprint_turns_where_its_way_is_blocked():
    places = {at(sprinted(seed), "a") for seed in range(40)}
    assert (2, 4) not in places
    assert len(places) > 3


def sprinted(seed):
    state = shard({"a": (1, 4)}, walls=[[2, 4, 3, 4]])
    walk(state, settle(state, resolve(state, [sprint("a", "6")], rng(seed))))
    return state


def test_a_sprint_turns_back_only_where_there_is_no_other_way():
    dead_end = [[0, 0, 0, 1], [1, 0, 1, 1], [2, 0, 2, 1], [2, 0, 3, 0]]
    state = moved(shard({"a": (1, 0)}, walls=dead_end), sprint("a", "6"))
    assert at(state, "a") == (0, 0)


def test_a_sprint_prefers_any_turn_to_going_back():
    narrow = [[3, 4, 4, 4], [3, 3, 3, 4], [3, 4, 3, 5]]  # round (3, 4) but for its west
    for seed in range(40):
        state = shard({"a": (2, 4)}, walls=[*narrow, [2, 3, 3, 3], [2, 5, 3, 5]])
        (move,) = resolve(state, [sprint("a", "6")], rng(seed))
        x, _ = state.board.grid.place(move.to)
        assert x == 1, "in, back out, and on"
    for seed in range(80):
        state = shard({"a": (2, 4)}, walls=[[2, 4, 3, 4], [2, 3, 3, 3], [2, 5, 3, 5]])
        (move,) = resolve(state, [sprint("a", "6")], rng(seed))
        ends_of_a_way_back = {(1, 3), (1, 4), (1, 5)}
        assert state.board.grid.place(move.to) not in ends_of_a_way_back


def test_a_sprint_ends_on_a_gate_and_in_front_of_the_defragmenter():
    state = moved(shard({"a": (0, 4)}, gates=[("stable", (2, 4))]), sprint("a", "6"))
    assert at(state, "a") == (2, 4)
    state = moved(shard({"a": (0, 4)}, danger=(3, 4)), sprint("a", "6"))
    assert at(state, "a") == (2, 4)
    state = moved(shard({"a": (2, 4)}, danger=(3, 4)), sprint("a", "6"))
    assert taken(state, "a") == ("IDLE", None)


def test_a_sprint_cools_down_for_one_tick():
    state = shard({"a": (0, 0)}, danger=(9, 9))
    for tick, x in ((1, 3), (2, 3), (3, 6)):
        state.tick = tick
        moved(state, sprint("a", "6"))
        assert at(state, "a") == (x, 0)
    state.tick = 4
    assert at(moved(state, move("a", "6")), "a") == (7, 0), "a step is legal while cooling down"


# Conflicts


@pytest.mark.parametrize(
    ("places", "commands", "after"),
    [
        pytest.param({"a": (4, 4)}, {"a": "6"}, {"a": (4, 4)}, id="onto the Defragmenter"),
        pytest.param(
            {"a": (1, 1), "b": (3, 1)}, {"a": "6", "b": "4"}, {"a": (1, 1), "b": (3, 1)},
            id="two to one tile",
        ),
        pytest.param(
            {"a": (1, 1), "b": (3, 1), "c": (2, 2)}, {"a": "6", "b": "4", "c": "8"},
            {"a": (1, 1), "b": (3, 1), "c": (2, 2)}, id="three to one tile",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1)}, {"a": "6"}, {"a": (1, 1), "b": (2, 1)},
            id="onto one who stays",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1)}, {"a": "6", "b": "6"}, {"a": (2, 1), "b": (3, 1)},
            id="after one who goes",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1), "c": (3, 1), "d": (4, 1)}, {"a": "6", "b": "6", "c": "6"},
            {"a": (1, 1), "b": (2, 1), "c": (3, 1)}, id="a queue behind one who stays",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1), "c": (4, 1)}, {"a": "6", "b": "6", "c": "4"},
            {"a": (1, 1), "b": (2, 1), "c": (4, 1)}, id="behind one who is turned back",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1)}, {"a": "6", "b": "4"}, {"a": (2, 1), "b": (1, 1)}, id="swap"
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1), "c": (2, 2), "d": (1, 2)},
            {"a": "6", "b": "2", "c": "4", "d": "8"},
            {"a": (2, 1), "b": (2, 2), "c": (1, 2), "d": (1, 1)}, id="cycle",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1), "c": (2, 2), "d": (1, 3)},
            {"a": "6", "b": "2", "c": "7", "d": "8"},
            {"a": (2, 1), "b": (2, 2), "c": (1, 1), "d": (1, 2)}, id="cycle and one beside",
        ),
        pytest.param(
            {"a": (1, 1), "b": (2, 1), "c": (3, 2)}, {"a": "6", "b": "4", "c": "7"},
            {"a": (1, 1), "b": (2, 1), "c": (3, 2)}, id="a swap that a third disturbs",
        ),
    ],
)  # fmt: skip
def test_conflict(places, commands, after):
    state = shard(places, danger=(5, 4))
    moved(state, *(move(who, digit) for who, digit in commands.items()))
    assert {who: at(state, who) for who in after} == after
    for who in commands:
        stayed = at(state, who) == places[who]
        assert (taken(state, who) == ("IDLE", None)) == stayed


def test_a_sprint_turned_back_neither_cools_down_nor_frees():
    state = shard({"a": (0, 1), "b": (3, 1)})
    state.process("a").locked = True
    state.tick = 5
    moved(state, sprint("a", "6"))
    assert at(state, "a") == (0, 1)
    assert state.process("a").locked
    assert state.process("a").last_sprint == -999


# Gates


def test_who_steps_on_the_stable_gate_survives_and_leaves():
    state = shard({"a": (4, 4), "b": (0, 0)}, gates=[("stable", (5, 4))])
    snapshot = GAME.snapshot(step(state, [move("a", "6")], rng()))
    assert snapshot["events"]["survivals"] == ["a"]
    assert [p["id"] for p in snapshot["processes"]] == ["b"]
    assert snapshot["departed"] == [
        {"id": "a", "call_sign": "A", "pos": [5, 4], "gate": "stable", "buffered_cmd": "MOVE",
         "buffered_arg": "6"}
    ]  # fmt: skip
    assert GAME.transfers(snapshot) == []


def test_who_steps_on_a_ghost_gate_leaves_for_another_shard():
    state = shard({"a": (4, 4)}, gates=[("stable", (0, 9)), ("ghost", (5, 4))])
    snapshot = GAME.snapshot(step(state, [move("a", "6")], rng()))
    assert snapshot["events"]["ghosts"] == ["a"]
    (passage,) = GAME.transfers(snapshot)
    assert passage == Command("a", "JOIN", {"call_sign": "A", "origin": "ghost"})
    arrived = GAME.snapshot(step(shard({}), [replace(passage, who="new")], rng()))
    assert arrived["events"]["spawns"] == ["new"]
    assert arrived["processes"][0]["origin"] == "ghost"
    assert [m.kind for m in GAME.markers(arrived)] == ["spawn"]


# Joining


def test_a_process_spawns_out_of_reach_and_sight_of_the_defragmenter():
    state = shard({}, danger=(4, 4), gates=[("stable", (0, 1)), ("ghost", (9, 2))])
    for seed in range(60):
        tile = spawn_tile(state, rng(seed))
        assert not state.board.sees(state.defragger.tile, tile)
        assert state.board.grid.distance(state.defragger.tile, tile) > 1
        assert tile not in state.gate_tiles


def test_joins_are_applied_first_and_those_beyond_the_limit_are_ignored():
    state = shard({"a": (1, 1)}, max_processes=3)
    joins = [Command(who, "JOIN", {"call_sign": who, "origin": None}) for who in "abcd"]
    snapshot = GAME.snapshot(step(state, [Command("c", "BROADCAST", "hello"), *joins], rng()))
    assert snapshot["events"]["spawns"] == ["b", "c"]
    assert snapshot["broadcasts"][0]["process_id"] == "c"
    assert snapshot["totals"]["processes"] == 2


def test_there_is_a_place_to_spawn_even_in_full_view():
    everywhere = {f"p{x}": (x, 0) for x in range(9)}
    state = shard(everywhere, danger=(5, 5))
    admit(state, [Command("z", "JOIN", {"call_sign": "Z"})], rng())
    assert len({p.tile for p in state.processes}) == 10


# Speech


def test_say_reaches_those_within_two_tiles_walls_or_not():
    state = shard(
        {"a": (4, 4), "near": (6, 6), "walled": (4, 3), "far": (7, 4)}, walls=[[4, 3, 4, 4]]
    )
    speak(state, [Command("a", "SAY", "psst", 1234)], rng())
    (say,) = state.says
    assert [r["id"] for r in say["recipients"]] == ["near", "walled"]
    assert (say["sender_pos"], say["timestamp_ms"]) == ([4, 4], 1234)


def test_a_small_share_of_deliveries_is_noise_of_the_same_length():
    state = shard({"a": (4, 4), "b": (5, 5)}, say_noise=0.05)
    generator = rng()
    for _ in range(1000):
        speak(state, [Command("a", "SAY", "over here")], generator)
    heard = [say["recipients"][0] for say in state.says]
    noise = [r["noise"] for r in heard if "noise" in r]
    assert 20 < len(noise) < 90
    assert all(len(line) == 9 and line[4] == " " and "over" not in line for line in noise)


def test_speech_does_not_use_the_action_and_traces_stay_three_ticks():
    state = shard({"a": (4, 4)}, danger=(9, 0))
    state = step(state, [Command("a", "SAY", "one"), move("a", "4")], rng())
    assert state.process("a").command == "MOVE"
    lengths = []
    for tick in range(3):
        lengths.append(len(state.says))
        state = step(state, [], rng(tick))
    assert lengths == [1, 1, 1]
    assert state.says == []


# Ends


def test_a_shard_with_too_few_processes_for_long_enough_is_over():
    state = shard({"a": (0, 1)}, min_active_processes=1, empty_shard_ticks=3)
    state = step(state, [], rng())
    assert not GAME.over(state)
    state.processes.clear()
    ticks = 0
    while not GAME.over(state):
        state, ticks = step(state, [], rng(ticks)), ticks + 1
    assert ticks == 3


def test_someone_who_joins_in_time_keeps_the_shard_open():
    state = shard({}, empty_shard_ticks=3)
    state = step(step(state, [], rng()), [], rng())
    assert state.empty_ticks == 2
    state = step(state, [Command("a", "JOIN", {"call_sign": "A"})], rng())
    assert state.empty_ticks == 0
