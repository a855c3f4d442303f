"""A fight keeps its rules: nobody inside a wall, no harm without a cause, the dead stay down."""

import hashlib
import itertools
import json
import os
import subprocess
import sys
from math import ceil, dist, floor, hypot
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games import get_game
from games.arena import fight as fights
from games.arena import navigation
from games.arena.harm import FLOOR_DAMAGE, HAZARDS, WATER_COOLS
from games.arena.mech import BUILDS
from games.arena.quarters import BUILDERS
from games.arena.terrain import world
from games.arena.voxels import DEBRIS, LAVA, SOLID, of_world
from games.arena.walking import FALLS
from games.contract import check_game
from games.game import Refused

ROOT = Path(__file__).parent.parent
SMALL = 56
OF_AIMED = {"is_leg_hit", "is_painted"}
KEYS = {
    "laser_hit": {"weapon", "shooter", "target", "pos", "damage", "is_crit", *OF_AIMED},
    "projectile_hit": {"weapon", "shooter", "target", "pos", "damage", "stability", "is_crit"},
    "kinetic_fire": {"weapon", "shooter", "pos"},
    "missile_launch": {"weapon", "lock", "shooter", "target", "pos"},
    "ams_intercept": {"weapon", "defender", "shooter", "target", "pos"},
    "paint": {"weapon", "shooter", "target", "pos"},
    "smoke_launch": {"weapon", "shooter", "pos"},
    "smoke_cloud": {"pos", "radius"},
    "explosion": {"weapon", "pos", "radius", "shooter"},
    "assist": {"painter", "shooter", "damage"},
    "kill": {"shooter", "target"},
}  # fmt: skip
ACTS = ("laser_hit", "kinetic_fire", "missile_launch", "paint", "smoke_launch")


def fought(seed, mechs=10, side=SMALL, seconds=60):
    fight = fights.begin(seed, mechs, side, seconds)
    return fight, list(fights.frames(fight))


@pytest.fixture(scope="module")
def large():
    """A fight as `run_fight` shows it."""
    return fought(42, 10, 160, 180)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**9),
    mechs=st.sampled_from([2, 6, 10, 14]),
    side=st.integers(40, 72),
)
def test_a_fight_keeps_its_rules(seed, mechs, side):
    fight, frames = fought(seed, mechs, side)
    check_fight(fight, frames)


def test_a_fight_as_it_is_shown_keeps_its_rules(large):
    check_fight(*large)


def check_fight(fight, frames):
    solid = np.isin(of_world(fight.world), SOLID)
    voxels = of_world(fight.world)
    get_game("arena").check({}, iter(frames))
    assert [frame["tick"] for frame in frames] == [5 * n for n in range(1, len(frames) + 1)]
    for frame in frames:
        check_shape(frame)
        check_events(frame)
        for mech in frame["mechs"].values():
            assert not solid[body(mech)].any(), mech
            assert 0 <= mech["heat"] < 2 * mech["heat_cap"]
            assert 0 <= mech["stability"] <= mech["stability_max"]
            assert mech["alive"] == (mech["hp"] > 0)
    for before, after in itertools.pairwise(frames):
        check_going_on(before, after, voxels)


def body(mech):
    width, height = BUILDS[mech["class"]].width, BUILDS[mech["class"]].height
    x, y, z = mech["pos"]
    bounds = ((z, height), (y, width), (x, width))
    nearly = 2e-3  # places are rounded
    box = [(floor(at - size / 2 + nearly), ceil(at + size / 2 - nearly)) for at, size in bounds]
    assert all(low >= 0 for low, _ in box)
    return tuple(slice(low, high) for low, high in box)


def check_shape(frame):
    assert set(frame) == {"t", "tick", "objective", "mechs", "smoke_clouds", "events"}
    assert frame["t"] == pytest.approx(frame["tick"] / 20)
    for mech in frame["mechs"].values():
        assert all(type(mech[name]) is float for name in ("hp", "heat", "stability", "yaw"))
        assert all(type(side) is float for name in ("pos", "vel") for side in mech[name])


def check_events(frame):
    names = frame["mechs"].keys()
    for event in frame["events"]:
        keys = event.keys() - {"type"}
        if event["type"] == "projectile_hit" and event["weapon"] == "autocannon":
            assert keys >= OF_AIMED
            keys -= OF_AIMED
        assert keys == KEYS[event["type"]], event
        who = {
            event[role] for role in ("shooter", "target", "painter", "defender") if role in event
        }
        allowed = set(HAZARDS.values()) if event["type"] == "kill" else set()
        assert who - names <= allowed, event


def check_going_on(before, after, voxels):
    score = [frame["objective"]["zone_score"] for frame in (before, after)]
    assert all(score[0][team] <= score[1][team] for team in score[0])
    assert sum(score[1].values()) - sum(score[0].values()) <= 0.25 + 2e-3
    assert before["mechs"].keys() == after["mechs"].keys()
    told = dict.fromkeys(after["mechs"], 0.0)
    for event in after["events"]:
        if event["type"].endswith("_hit"):
            told[event["target"]] += event["damage"]
    killed = {event["target"] for event in after["events"] if event["type"] == "kill"}
    for name, mech in after["mechs"].items():
        was = before["mechs"][name]
        check_moving(was, mech)
        check_harm(was, mech, told[name], voxels)
        assert (name in killed) == (was["alive"] and not mech["alive"])
        if not was["alive"]:
            assert [was[key] for key in ("pos", "hp", "yaw", "heat")] == [
                mech[key] for key in ("pos", "hp", "yaw", "heat")
            ]
            assert not any(e["type"] in ACTS and e["shooter"] == name for e in after["events"])
        if stays_shut_down(was):
            assert not any(e["type"] in ACTS[:4] and e["shooter"] == name for e in after["events"])


def stays_shut_down(mech):
    """Tell whether a mech is too hot to cool down, and to shoot again, before the next frame."""
    lost = BUILDS[mech["class"]].cooling * WATER_COOLS * 0.25
    return mech["heat"] - lost > mech["heat_cap"]


def check_moving(was, mech):
    most = BUILDS[mech["class"]].speed * 0.25 + 0.01
    assert dist(was["pos"][:2], mech["pos"][:2]) <= most
    assert abs(was["pos"][2] - mech["pos"][2]) <= FALLS * 0.25 + 0.01


def check_harm(was, mech, told, voxels):
    """What was lost is what hits say, and no more than hot or sharp ground could add."""
    lost = was["hp"] - mech["hp"]
    assert lost >= -1e-6, "nobody is healed"
    if abs(lost - told) < 0.02 or not was["alive"]:
        return
    if mech["alive"]:
        assert lost > told - 0.02
    assert lost - told <= sum(FLOOR_DAMAGE.values()) * 0.25 + 0.02
    x, y, _ = (int(side) for side in mech["pos"])
    near = voxels[:2, max(y - 5, 0) : y + 6, max(x - 5, 0) : x + 6]
    assert np.isin(near, (LAVA, DEBRIS)).any() or not mech["alive"]


# The same seed


def digest(seed):
    fight, frames = fought(seed, 6, SMALL, 20)
    text = json.dumps([fight.world, frames], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_is_the_same_fight_in_another_process_with_another_hash_seed():
    code = "from tests.test_arena_fight import digest; print(digest(7))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert told == {digest(7)}


def test_another_seed_is_another_fight():
    assert digest(7) != digest(8)


# What a fight is


def test_a_fight_is_fought_and_won(large):
    fight, frames = large
    kinds = {event["type"] for frame in frames for event in frame["events"]}
    assert kinds >= set(KEYS) - {"ams_intercept"}
    assert fight.winner in ("blue", "red")
    assert 40 <= frames[-1]["t"] <= 190
    start, end = frames[0]["mechs"], frames[-1]["mechs"]
    assert any(not mech["alive"] for mech in end.values())
    assert all(dist(start[name]["pos"], end[name]["pos"]) > 10 for name in start)


def test_every_class_fights_with_what_it_has(large):
    _, frames = large
    used = {
        (frame["mechs"][event["shooter"]]["class"], event["weapon"])
        for frame in frames
        for event in frame["events"]
        if event["type"] in ACTS
    }
    assert {("heavy", "missile"), ("heavy", "gauss"), ("medium", "autocannon")} <= used
    assert {build for build, _ in used} == set(BUILDS)


def test_what_it_records_are_frames_as_a_trainer_s(large):
    from tests.conftest import shared_recording  # other processes use this file without Django

    _, frames = large
    recorded = json.loads(shared_recording("arena/replay-fx.json").read_text())
    theirs, ours = recorded["frames"][0], frames[0]
    assert list(ours) == list(theirs)
    assert list(ours["objective"]) == list(theirs["objective"])
    assert list(ours["mechs"]["red_0"]) == list(theirs["mechs"]["red_0"])
    kinds = {name: type(value).__name__ for name, value in theirs["mechs"]["red_0"].items()}
    assert {n: type(v).__name__ for n, v in ours["mechs"]["red_0"].items()} == kinds
    written = {
        tuple(event)
        for name in ("replay-fx.json", "replay-small.json")
        for frame in json.loads(shared_recording(f"arena/{name}").read_text())["frames"]
        for event in frame["events"]
    }
    for frame in frames:
        for event in frame["events"]:
            assert tuple(event) in written
    assert fights.begin(1, 2, SMALL).world.keys() == recorded["world"].keys()
    assert fights.begin(1, 2, SMALL).world["meta"].keys() == recorded["world"]["meta"].keys()


def test_its_snapshots_keep_the_contract(large):
    _, frames = large
    check_game(get_game("arena"), samples=[frames[0], frames[-1]])


def test_who_has_won_is_told_of_a_whole_fight(large):
    fight, frames = large
    told = get_game("arena").metadata(frames[-1], frames[-1]["t"])
    assert told["winner"] == fight.winner
    assert told["players"] == [mech.name for mech in fight.mechs]
    assert told["final_scores"] == frames[-1]["objective"]["zone_score"]
    assert get_game("arena").metadata(frames[0], 0.25)["winner"] is None
    assert get_game("arena").metadata({}, 0.0)["winner"] is None


@pytest.mark.parametrize("team", [[], {}, None, 3])
def test_a_mech_of_no_team_has_not_won(team):
    snapshot = {"mechs": {"a": {"alive": True, "team": team}}}
    assert get_game("arena").metadata(snapshot, 0.0)["winner"] is None


def test_a_team_is_put_up_in_its_corner(large):
    fight, frames = large
    clear = fight.world["spawn_clear"]
    for mech in frames[0]["mechs"].values():
        assert dist(mech["pos"][:2], fight.homes[mech["team"]]) < clear


@pytest.mark.parametrize(
    ("asked", "word"),
    [({"mechs": 3}, "even"),
     ({"mechs": 62}, "60"), ({"seconds": 0}, "lasts"), ({"side": 9}, "wide")],
)  # fmt: skip
def test_what_cannot_be_fought_is_refused_in_one_sentence(asked, word):
    with pytest.raises(Refused, match=word):
        fights.begin(1, **({"side": SMALL} | asked))


# The world


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**9), side=st.sampled_from([40, 64, 112, 160]))
def test_both_teams_have_a_way_to_the_zone(seed, side):
    place = world(seed, side)
    fight = fights.begin(seed, 10, side)
    for mech in fight.mechs:
        assert fight.ways.path(mech.build.width, (mech.x, mech.y), fight.zone)
    assert navigation.build(place).path is not None
    spawns = [fight.homes[team] for team in ("blue", "red")]
    near, far = sorted(hypot(x - fight.zone[0], y - fight.zone[1]) for x, y in spawns)
    assert far - near < 0.02 * side


def test_a_world_names_every_voxel_once_and_inside():
    place = world(3)
    assert place["size"] == [160, 160, 24]
    walls = [tuple(wall[:3]) for wall in place["walls"]]
    assert len(walls) == len(set(walls))
    assert all(
        0 <= at < size for wall in walls for at, size in zip(wall, (160, 160, 24), strict=True)
    )
    assert sorted({wall[3] for wall in place["walls"]} - set(range(1, 10))) == []


def test_the_quarters_use_every_material():
    places = [world(seed, 96) for seed in range(8)]
    assert {wall[3] for place in places for wall in place["walls"]} == set(range(1, 10))
    assert {name for place in places for name in place["meta"]["biome_layout"].values()} == set(
        BUILDERS
    )
