"""Who sees what of SEGFAULT: spectators, and a process, its text grid and its messages."""

import json

import pytest

from games import get_game
from games.contract import played
from games.game import OMNISCIENT, SPECTATOR, Command, participant
from games.segfault.rules import step
from games.segfault.state import Watchdog
from tests.boards import move, rng, shard

GAME = get_game("segfault")
SEED_KEYS = [
    "shard_id", "tick", "grid_size", "walls", "gates", "processes", "defragger", "watchdog",
    "broadcasts", "say_events", "echo_tiles", "events",
]  # fmt: skip
PROCESS_KEYS = [
    "id", "call_sign", "pos", "alive", "buffered_cmd", "buffered_arg", "los_lock",
    "last_sprint_tick",
]  # fmt: skip


@pytest.fixture(scope="module")
def recorded():
    return [turn.snapshot for turn in played(GAME, "view", 150, 9)]


def seen(state, who="a"):
    return GAME.view(GAME.snapshot(state), participant(who))


# The snapshot


def test_a_snapshot_has_the_keys_of_the_replay_format_in_its_order(recorded):
    snapshot = next(s for s in recorded if s["processes"] and s["say_events"] and s["broadcasts"])
    assert list(snapshot)[:12] == SEED_KEYS
    assert list(snapshot["processes"][0])[:8] == PROCESS_KEYS
    assert list(snapshot["gates"][0]) == ["pos", "type"]
    assert list(snapshot["defragger"])[:3] == ["pos", "target_id", "target_reason"]
    assert list(snapshot["watchdog"])[:4] == ["quiet_ticks", "countdown", "active", "bonus_step"]
    assert list(snapshot["broadcasts"][0]) == ["process_id", "message", "timestamp_ms"]
    say = ["sender_id", "sender_pos", "message", "recipients"]
    assert list(snapshot["say_events"][0])[:4] == say
    assert list(snapshot["events"]) == ["kills", "survivals", "ghosts", "spawns"]


def test_the_first_recorded_tick_is_one(recorded):
    assert [snapshot["tick"] for snapshot in recorded[:3]] == [1, 2, 3]


def test_walls_are_ascending_pairs_of_neighbours(recorded):
    for snapshot in recorded:
        assert snapshot["walls"] == sorted(snapshot["walls"])
        for ax, ay, bx, by in snapshot["walls"]:
            assert (bx - ax, by - ay) in {(0, 1), (1, 0)}


def test_the_likely_path_leads_from_the_defragmenter_to_its_target():
    state = shard({"a": (0, 0)}, danger=(6, 3))
    state.process("a").locked = True
    path = GAME.snapshot(state)["defragger"]["path"]
    assert len(path) == 6
    assert path[-1] == [0, 0]
    assert max(abs(path[0][0] - 6), abs(path[0][1] - 3)) == 1


# A spectator


def test_a_spectator_sees_everything_but_call_signs(recorded):
    for snapshot in recorded:
        shown = GAME.view(snapshot, SPECTATOR)
        assert {p["call_sign"] for p in shown["processes"] + shown["departed"]} <= {None}
        for name in ("processes", "departed"):
            for process, original in zip(shown[name], snapshot[name], strict=True):
                assert process | {"call_sign": original["call_sign"]} == original
        assert "Call-Sign" not in json.dumps(shown)
        assert list(shown) == list(snapshot)
        assert GAME.view(snapshot, OMNISCIENT) is snapshot


# A process


def test_a_process_alone_sees_one_step_around_it():
    view = seen(shard({"a": (4, 4), "b": (8, 8)}))
    assert len(view["visible"]) == 9
    assert view["center"] == [0, 0]
    assert (view["other_processes"], view["defragger"], view["status"]) == ([], None, None)


def test_sight_grows_with_the_cluster_up_to_four_steps():
    chain = {chr(97 + n): (n, 5) for n in range(6)}
    for count, depth in ((1, 1), (2, 2), (3, 3), (4, 4), (6, 4)):
        state = shard(dict(list(chain.items())[:count]), size=20, danger=(19, 19))
        view = seen(state)
        assert max(x for x, _ in view["visible"]) == count - 1 + depth
        assert max(y for _, y in view["visible"]) == depth
        assert view["other_processes"] == [[n, 0] for n in range(1, count)]


def test_walls_end_sight_and_are_seen_from_either_side():
    east = [[4, 4, 5, 4], [4, 3, 5, 3], [4, 5, 5, 5]]
    for who, side, farthest in (("a", (4, 4), max), ("b", (5, 4), min)):
        view = seen(shard({who: side}, walls=[*east, [8, 8, 8, 9]]), who)
        assert farthest(x for x, _ in view["visible"]) == 0
        beside = [[0, 0], [1, 0]] if who == "a" else [[-1, 0], [0, 0]]
        assert dict(zip("ab", beside, strict=True)) in view["walls"]
        assert len(view["walls"]) == 3


def test_a_process_sees_gates_without_their_kind_and_the_defragmenter_near_it():
    gates = [("stable", (5, 5)), ("ghost", (9, 0))]
    view = seen(shard({"a": (4, 4)}, danger=(3, 4), gates=gates))
    assert view["gates"] == [[1, 1]]
    assert view["defragger"] == [-1, 0]
    assert "stable" not in json.dumps(view)


def test_a_view_holds_exactly_what_the_door_promises(recorded):
    keys = {
        "tick", "grid", "events", "center", "visible", "walls", "grid_size", "defragger", "gates",
        "other_processes", "echo_tiles", "status",
    }  # fmt: skip
    for snapshot in recorded[20:40]:
        for who in GAME.participants(snapshot):
            assert set(GAME.view(snapshot, participant(who))) == keys


def test_moving_the_whole_board_changes_nothing_for_those_on_it():
    here = shard({"a": (3, 3), "b": (4, 4)}, danger=(2, 3), walls=[[3, 3, 3, 4], [5, 5, 6, 5]])
    there = shard({"a": (5, 4), "b": (6, 5)}, danger=(4, 4), walls=[[5, 4, 5, 5], [7, 6, 8, 6]])
    assert seen(here) == seen(there)


def test_the_text_grid_is_ten_wide_a_cell_with_digits_for_the_neighbours():
    state = shard({"a": (4, 4), "b": (5, 4)}, danger=(4, 3), gates=[("stable", (3, 5))])
    rows = seen(state)["grid"].split("\n")
    assert len(rows) == 5
    assert {len(row) for row in rows} == {60}
    middle = "[       ] [4      ] [5 SELF ] [6 PROC ] [       ] [       ] "
    assert rows[2] == middle
    assert rows[1][10:40] == "[7      ] [8 DEFRG] [9      ] "
    assert rows[3][10:40] == "[1 GATE ] [2      ] [3      ] "


def test_what_is_not_seen_is_ten_blanks_in_the_text_grid():
    walls = [[3, 4, 4, 4], [3, 3, 4, 3], [3, 5, 4, 5], [3, 3, 3, 4], [3, 4, 3, 5]]
    rows = seen(shard({"a": (4, 4), "b": (5, 4)}, walls=[*walls, [2, 4, 3, 4]]))["grid"]
    assert " " * 10 in rows


# What a process hears


def heard(state, *commands, who="a"):
    return [(e["kind"], e["message"]) for e in seen(step(state, commands, rng()), who)["events"]]


def test_a_broadcast_reaches_every_process():
    state = shard({"a": (0, 1), "b": (4, 4)}, danger=(9, 6))
    call = Command("b", "BROADCAST", "over here", 77)
    for who in "ab":
        assert ("broadcast", "[BCAST] over here") in heard(state, call, who=who)


def test_a_say_reaches_its_recipients_once():
    state = shard({"a": (0, 1), "b": (1, 1), "c": (5, 1)}, danger=(9, 6))
    after = step(state, [Command("b", "SAY", "psst", 77)], rng())
    assert seen(after)["events"] == [{"kind": "local", "message": "psst", "timestamp_ms": 77}]
    assert seen(after, "b")["events"] == seen(after, "c")["events"] == []
    assert seen(step(after, [], rng()))["events"] == []


def test_noise_takes_the_place_of_a_delivery():
    state = shard({"a": (0, 1), "b": (1, 1)}, danger=(9, 6), say_noise=1)
    ((kind, line),) = heard(state, Command("b", "SAY", "psst"))
    assert (kind, len(line)) == ("noise", 4)
    assert line != "psst"


def test_a_fragment_of_the_chat_may_bleed_through():
    state = shard({"a": (0, 1), "b": (1, 1)}, danger=(9, 6))
    stray = Command("a", "BLEED", "look out behind you, you fool, it is coming")
    assert heard(state, stray) == [("noise", "look out behind you, you")]
    assert heard(state, stray, who="b") == []


def test_the_system_tells_of_the_watchdog():
    state = shard({"a": (0, 1)}, danger=(9, 6))
    state.watchdog = Watchdog(5)
    lines = []
    for seed in range(4):
        state = step(state, [], rng(seed))
        lines += [event["message"] for event in seen(state)["events"]]
    assert lines == [
        "[WARN]: SCHEDULER LIVENESS DEGRADED.",
        "[WARN]: DEADLOCK MITIGATION IN: 03 TICKS",
        "[WARN]: DEADLOCK MITIGATION IN: 02 TICKS",
        "[WARN]: DEADLOCK MITIGATION IN: 01 TICKS",
        "[CRITICAL]: WATCHDOG TRIGGERED.",
    ]
    calls = heard(state, Command("a", "BROADCAST", "x"))
    assert ("system", "[OK]: LIVENESS RESTORED.") in calls


def test_who_leaves_is_told_how():
    state = shard({"a": (4, 4), "b": (4, 6)}, gates=[("stable", (5, 4)), ("ghost", (5, 7))])
    after = step(state, [move("a", "6"), move("b", "3")], rng())
    escaped, transferred = seen(after), seen(after, "b")
    assert escaped["status"] == "escaped"
    assert escaped["events"][-1]["message"] == "[STATUS]: UPLOAD COMPLETE. PROCESS STABILIZED."
    assert transferred["status"] == "transferred"
    line = "[WARN]: TRANSFER COMPLETE - DESTINATION UNKNOWN."
    assert transferred["events"][-1]["message"] == line
    assert (escaped["visible"], escaped["grid"]) == ([], "")


def test_a_death_is_a_static_burst_for_all_and_a_corrupted_sector_for_those_who_saw_it():
    state = shard({"a": (2, 2), "dead": (2, 3), "far": (8, 8)})
    victim = state.process("dead")
    victim.alive, state.tick = False, 1
    state.events.kills.append("dead")
    state.echoes.append((victim.tile, 1))
    burst = "[GLOBAL_ALRT]: ######## STATIC BURST DETECTED ########"
    kinds = {
        who: [e["message"] for e in seen(state, who)["events"]] for who in ("a", "far", "dead")
    }
    assert kinds["a"] == [burst, "[WARN]: SECTOR CORRUPTED."]
    assert kinds["far"] == [burst]
    assert kinds["dead"] == ["[WARN]: SECTOR CORRUPTED."]
    assert seen(state, "dead")["status"] == "dead"


def test_no_id_no_call_sign_and_no_absolute_place_reaches_a_process(recorded):
    for snapshot in recorded:
        present = GAME.participants(snapshot)
        for who in present:
            text = json.dumps(GAME.view(snapshot, participant(who)))
            assert not any(other in text for other in present)
            assert "Call-Sign" not in text
