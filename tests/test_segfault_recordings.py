"""How recordings of SEGFAULT are read, ours and others': marks, figures, checks, pictures."""

import json
import time
from copy import deepcopy

import pytest

from games import get_game
from games.contract import JUNK, check_reading, check_reading_at_all, played
from games.game import SPECTATOR, Refused, participant
from games.segfault.rules import step
from games.segfault.state import Watchdog
from tests.boards import rng, shard
from tests.conftest import shared_recording

GAME = get_game("segfault")


def reference(name):
    recording = json.loads(shared_recording(f"segfault/{name}").read_bytes())
    return recording["shard"], [entry["snapshot"] for entry in recording["ticks"]]


references = pytest.mark.parametrize("name", ["shard-small.json", "shard-medium.json"])


@pytest.fixture(scope="module")
def recorded():
    return [turn.snapshot for turn in played(GAME, "view", 150, 9)]


# The timeline


def test_marks_tell_what_happened_in_words(recorded):
    labels = [marker.label for snapshot in recorded for marker in GAME.markers(snapshot)]
    assert any(" killed at (" in label for label in labels)
    assert any(label.endswith(" survived") for label in labels)
    assert len(labels) < len(recorded)


def test_the_watchdog_is_marked_once_when_it_becomes_active():
    state = shard({"a": (0, 1)}, danger=(9, 6))
    state.watchdog = Watchdog(7, 2)
    marks = []
    for seed in range(5):
        state = step(state, [], rng(seed))
        marks += [marker.kind for marker in GAME.markers(GAME.snapshot(state))]
    assert marks.count("watchdog") == 1


def test_figures_of_a_tick():
    snapshot = GAME.snapshot(shard({"a": (0, 1), "b": (6, 6)}))
    assert GAME.metrics(snapshot) == {
        "alive": 2, "quiet ticks": 0, "distance of the Defragmenter": 3,
    }  # fmt: skip
    assert list(GAME.metrics(GAME.snapshot(shard({})))) == ["alive", "quiet ticks"]


def test_tallies_add_up_to_the_totals(recorded):
    sums = dict.fromkeys(("processes", "kills", "survivals", "ghosts"), 0)
    for snapshot in recorded:
        for total, count in GAME.tallies(snapshot).items():
            sums[total] += count
        assert snapshot["totals"] == sums


# Recordings of others


@references
def test_the_recordings_of_the_reference_are_accepted_and_read(name):
    header, snapshots = reference(name)
    GAME.check(header, iter(snapshots))
    for snapshot in snapshots[::5]:
        check_reading(GAME, snapshot)
    sums = [sum(GAME.tallies(s)[t] for s in snapshots) for t in ("kills", "survivals", "ghosts")]
    assert sums == [header["total_kills"], header["total_survivals"], header["total_ghosts"]]
    kills = [m for s in snapshots for m in GAME.markers(s) if m.kind == "kill"]
    assert len(kills) == header["total_kills"]
    assert all(" killed at (" in marker.label for marker in kills)


def test_our_own_recordings_are_accepted(recorded):
    totals = {f"total_{name}": count for name, count in recorded[-1]["totals"].items()}
    GAME.check({"total_ticks": len(recorded)} | totals, iter(recorded))
    GAME.check({}, iter(GAME.view(snapshot, SPECTATOR) for snapshot in recorded))


def broken(change):
    def broken(recorded):
        copy = deepcopy(recorded[30:40])
        change(copy[5])
        return copy

    return broken


FAULTS = {
    "a key is missing": lambda s: s.pop("gates"),
    "a tick is left out": lambda s: s.update(tick=s["tick"] + 1),
    "a tick is a text": lambda s: s.update(tick="35"),
    "another shard": lambda s: s.update(shard_id="other"),
    "another size": lambda s: s.update(grid_size=30),
    "a huge size": lambda s: s.update(grid_size=10**9),
    "a wall less": lambda s: s["walls"].pop(),
    "a wall twice": lambda s: s["walls"].__setitem__(0, s["walls"][1]),
    "a wall between far tiles": lambda s: s["walls"].__setitem__(0, [0, 0, 5, 5]),
    "a wall the wrong way round": lambda s: s["walls"][0].__setitem__(slice(4), [1, 0, 0, 0]),
    "a wall of fractions": lambda s: s["walls"].__setitem__(0, [0.0, 0, 0, 1]),
    "a wall that is none": lambda s: s["walls"].__setitem__(0, 5),
    "no stable gate": lambda s: [gate.update(type="ghost") for gate in s["gates"]],
    "a gate off the grid": lambda s: s["gates"][0].update(pos=[20, 0]),
    "an unknown gate": lambda s: s["gates"].append({"pos": [0, 0], "type": "golden"}),
    "a process twice": lambda s: s["processes"].append(s["processes"][0]),
    "two on one tile": lambda s: s["processes"][0].update(pos=s["processes"][1]["pos"]),
    "a process off the grid": lambda s: s["processes"][0].update(pos=[-1, 0]),
    "a process without an id": lambda s: s["processes"][0].update(id=None),
    "alive is a number": lambda s: s["processes"][0].update(alive=1),
    "an unknown reason": lambda s: s["defragger"].update(target_reason="hunger"),
    "a negative countdown": lambda s: s["watchdog"].update(countdown=-1),
    "an echo of tomorrow": lambda s: s["echo_tiles"].append({"pos": [0, 0], "tick": 999}),
    "killed twice": lambda s: s["events"].update(kills=["x", "x"]),
    "killed and alive": lambda s: s["events"]["kills"].append(s["processes"][0]["id"]),
    "an event of a number": lambda s: s["events"].update(spawns=[[]]),
    "recipients are a text": lambda s: s["say_events"].append(
        {"sender_id": "x", "sender_pos": [0, 0], "message": "", "recipients": ["x"]}
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recording_that_cannot_be_is_refused_with_its_tick(recorded, fault):
    with pytest.raises(Refused, match=r"^Tick \d+: .+\.$"):
        GAME.check({}, iter(broken(FAULTS[fault])(recorded)))


@pytest.mark.parametrize("total", ["ticks", "processes", "kills", "survivals", "ghosts"])
def test_totals_that_are_stated_must_be_right(recorded, total):
    with pytest.raises(Refused, match=f"total_{total}"):
        GAME.check({f"total_{total}": 4711}, iter(recorded))


def spots(value, path=()):
    """Yield the path of every value within a snapshot, and no more than two items of a list."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value[:2])
        for key, inner in items:
            yield (*path, key)
            yield from spots(inner, (*path, key))


def fault_of(snapshot):
    try:
        GAME.check({}, iter([snapshot]))
    except Refused as fault:
        return str(fault)
    return ""


def test_a_poisoned_snapshot_breaks_no_reader(recorded):
    rich = max(recorded, key=lambda s: len(list(spots(s))))
    for path in spots(rich):
        for junk in JUNK:
            poisoned = deepcopy(rich)
            inner = poisoned
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = deepcopy(junk)
            check_reading_at_all(GAME, poisoned)
            for who in GAME.participants(rich)[:2]:
                GAME.view(poisoned, participant(who))
            assert fault_of(poisoned)[:5] in ("", "Tick ")


def test_a_picture_shows_the_board(recorded):
    snapshot = recorded[50]
    shapes = GAME.picture(snapshot)
    assert sum(shape.colour == "life" for shape in shapes) == len(GAME.participants(snapshot))
    assert sum(shape.colour == "rule" for shape in shapes) == 80
    assert shapes[-1].colour == "danger"
    assert all(0 <= point <= 1 for shape in shapes for point in shape.points)


def test_a_view_takes_a_fraction_of_a_millisecond(recorded):
    looks = [(s, who) for s in recorded[50:80] for who in GAME.participants(s)]
    start = time.process_time()
    for snapshot, who in looks:
        GAME.view(snapshot, participant(who))
    assert (time.process_time() - start) / len(looks) < 0.001
