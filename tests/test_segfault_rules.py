"""The rules of SEGFAULT, stage by stage, and their determinism."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games import get_game
from games.contract import played
from games.game import Command, Refused
from games.segfault.hunt import aim_at_broadcast, hunt, take_aim
from games.segfault.moves import resolve, settle, walk
from games.segfault.rules import step
from games.segfault.state import Watchdog
from games.segfault.talk import admit, spawn_tile, speak
from games.segfault.watchdog import calm, watch
from tests.boards import at, danger_at, move, rng, shard, sprint

GAME = get_game("segfault")
ROOT = Path(__file__).parent.parent


def moved(state, *commands):
    """Carry out the actions of a tick on the board as it stands: no gates, drift or hunt."""
    walk(state, settle(state, resolve(state, commands, rng())))
    return state


def taken(state, name):
    process = state.process(name)
    return process.command, process.argument


# Actions


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


# The hunt


def broadcast(who, ms=0, text="here"):
    return Command(who, "BROADCAST", text, ms)


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
        pytest.param(lambda: shard({"a": (8, 8)}), [], id="adjacency"),
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


# The door


@pytest.mark.parametrize(
    ("name", "arg", "plain"),
    [
        ("MOVE", "6", ("MOVE", "6")),
        ("BUFFER", "7", ("BUFFER", "7")),
        ("IDLE", None, ("IDLE", None)),
        ("IDLE", "", ("IDLE", None)),
        ("SAY", "grüß dich 🙂", ("SAY", "grüß dich 🙂")),
        ("BROADCAST", "x" * 300, ("BROADCAST", "x" * 256)),
    ],
)
def test_commands_in_their_plain_form(name, arg, plain):
    assert GAME.command(name, arg) == plain


@pytest.mark.parametrize(
    ("name", "arg"),
    [
        ("MOVE", "²"), ("MOVE", "5"), ("MOVE", "0"), ("MOVE", 6), ("MOVE", "66"), ("MOVE", ""),
        ("MOVE", "６"), ("MOVE", " 6"), ("BUFFER", None), ("IDLE", "6"), ("SAY", ""), ("SAY", "  "),
        ("SAY", None), ("SAY", "a\nb"), ("SAY", "\x00"), ("SAY", "\ud800"), ("BROADCAST", ["x"]),
        ("JOIN", {"call_sign": "x"}), ("BLEED", "x"), ("move", "6"), (None, None), (["MOVE"], "6"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_one_sentence(name, arg):
    with pytest.raises(Refused, match=r"\.$"):
        GAME.command(name, arg)


# Whole shards


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10), st.integers(10, 20))
def test_what_holds_at_every_tick(seed, players, size):
    options = {"grid_size": size, "walls": size * size // 5}
    walls, before = size * size // 5, None
    for turn in played(GAME, f"{seed}", 60, players, options):
        state, board = turn.after, turn.after.board
        tiles = [process.tile for process in state.living]
        assert len(set(tiles)) == len(tiles), "no tile is shared"
        assert state.defragger.tile not in tiles
        assert state.defragger.tile not in state.gate_tiles
        assert not state.gate_tiles & set(tiles)
        assert board.walls.bit_count() == walls
        assert board.connected()
        assert all(board.exits(gate.tile) for gate in state.gates)
        assert sum(process.locked for process in state.living) <= 1
        if before:
            moved_walls = (before.board.walls & ~board.walls).bit_count()
            assert walls / 10 <= moved_walls <= walls / 4
        before = state


def test_step_leaves_the_state_it_was_given_as_it_is():
    for turn in played(GAME, "pure", 40):
        before = json.dumps(GAME.snapshot(turn.before))
        GAME.step(turn.before, turn.commands, GAME.rng("other", turn.tick))
        assert json.dumps(GAME.snapshot(turn.before)) == before


def test_a_shard_is_simulated_again_from_its_commands_alone():
    turns = list(played(GAME, "again", 60))
    state = GAME.setup(turns[0].after.options, GAME.rng("again", 0))
    for turn in turns:
        commands = [Command(*command.as_list()) for command in turn.commands]
        state = GAME.step(state, commands, GAME.rng("again", turn.tick))
        assert GAME.snapshot(state) == turn.snapshot


PLAY_AND_HASH = """
import hashlib, json
from games import get_game
from games.contract import played
digest = hashlib.sha256()
for turn in played(get_game("segfault"), "bytes", 120, 9):
    digest.update(json.dumps(turn.snapshot).encode())
print(digest.hexdigest())
"""


def other_python():
    """Return a Python 3.13 if there is one beside the one that runs this, else that one."""
    found = shutil.which("python3.13")
    works = found and subprocess.run([found, "-c", ""], check=False).returncode == 0
    return found if works else sys.executable


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_bytes_whatever_the_hash_seed_and_the_python(hash_seed):
    digest = hashlib.sha256()
    for turn in played(GAME, "bytes", 120, 9):
        digest.update(json.dumps(turn.snapshot).encode())
    answers = {
        subprocess.run(
            [python, "-c", PLAY_AND_HASH],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for python in {sys.executable, other_python()}
    }  # fmt: skip
    assert answers == {digest.hexdigest()}


def test_a_tick_of_ten_processes_takes_at_most_three_milliseconds():
    turns = list(played(GAME, "speed", 80, 10))
    start = time.process_time()
    for turn in turns[20:]:
        GAME.step(turn.before, turn.commands, GAME.rng("speed", turn.tick))
    assert (time.process_time() - start) / 60 < 0.003
