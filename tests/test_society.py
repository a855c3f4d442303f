"""A society is run the same way twice, taken in from telemetry whole, and sampled fairly."""

import json
from collections import Counter
from copy import deepcopy
from io import BytesIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from games import get_game
from games.contract import check_game
from games.game import Refused
from games.society import columns, frames, model, sampling, telemetry
from games.society.checking import read_crowd
from games.society.crowd import Crowd
from games.society.layouts import LAYOUTS
from replays import portable, reading
from replays.models import ReplayShard
from tests.conftest import shared_recording
from tests.towns import told

# The model


def test_the_same_seed_makes_the_same_run():
    assert told(100, 10, 7) == told.__wrapped__(100, 10, 7)
    assert told(100, 10, 7) != told(100, 10, 8)


def test_a_run_keeps_what_every_game_promises():
    snapshots = told(100, 40, 1)
    check_game(get_game("society"), samples=snapshots[:3])
    get_game("society").check({}, iter(snapshots))


def test_minds_move_and_zones_with_them():
    snapshots = told(200, 60, 3)
    changes = [change for snapshot in snapshots for change in snapshot["transitions"]]
    reasons = {reason for *_, reason in changes}
    assert len(changes) > 20
    assert {"peer_influence", "drift"} <= reasons
    assert {event["type"] for s in snapshots for event in s["events"]} == {
        "media_event", "price_change", "scandal", "influencer_campaign"
    }  # fmt: skip
    assert all(sum(snapshot["zones"].values()) == 200 for snapshot in snapshots)


def test_the_timeline_shows_events_and_bursts():
    game = get_game("society")
    marks = [mark for snapshot in told(200, 60, 3) for mark in game.markers(snapshot)]
    assert Counter(mark.label for mark in marks)["News Coverage"] == 1
    assert game.metrics(told(200, 60, 3)[5]).keys() >= {"adoption_rate", "zone_supporters"}
    assert len(game.picture(told(200, 60, 3)[5])) > 100


@pytest.mark.parametrize("agents", [99, 10_001])
def test_a_town_has_its_limits(agents):
    with pytest.raises(Refused):
        next(model.run(agents, 10, 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crowd": None}, "crowd"),
        ({"agents": {}}, "agents/zone"),
        ({"agents": {"zone": "AAA="}}, "agents/zone"),
        ({"transitions": [[0, 0, 9, None]]}, "transitions"),
        ({"events": [{"type": "x"}]}, "events"),
        ({"zones": {"supporters": "many"}}, "zones"),
    ],
)
def test_a_recording_that_cannot_be_is_refused_with_its_tick(change, words):
    with pytest.raises(Refused, match=f"^tick 0: .*{words}"):
        get_game("society").check({}, iter([told(100, 3, 1)[0] | change]))


def test_a_crowd_that_is_told_twice_is_refused():
    first, second = told(100, 2, 1)
    with pytest.raises(Refused, match=r"^tick 1: crowd"):
        get_game("society").check({}, iter([first, second | {"crowd": 5}]))


# Columns and samples


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50))
def test_one_number_of_a_column_is_what_the_whole_column_holds(numbers):
    text = columns.pack(np.array(numbers))
    assert columns.unpack(text).tolist() == numbers
    assert [columns.one(text, place) for place in range(len(numbers))] == numbers


def crowd_of(zones: list[int], segments: list[int]) -> tuple[Crowd, dict]:
    crowd = Crowd(ids=[f"a{number}" for number in range(len(zones))])
    return crowd, {"zone": np.array(zones, "<i2"), "segment": np.array(segments, "<i2")}


CROWDS = st.integers(1, 200).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 2), min_size=n, max_size=n),
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
    )
)


@given(CROWDS, st.sampled_from(["representative", "random", "top_influence"]), st.data())
def test_a_larger_sample_shows_all_of_a_smaller_one(made, strategy, data):
    crowd, first = crowd_of(*made)
    less = data.draw(st.integers(1, len(crowd)))
    more = data.draw(st.integers(less, len(crowd)))
    small = sampling.sample(strategy, crowd, first, "seed", less).tolist()
    large = sampling.sample(strategy, crowd, first, "seed", more).tolist()
    assert set(small) <= set(large)
    assert len(small) == less
    assert small == sampling.sample(strategy, crowd, first, "seed", less).tolist()


@given(CROWDS, st.data())
@settings(max_examples=200)
def test_every_stratum_is_shown_in_proportion(made, data):
    crowd, first = crowd_of(*made)
    sizes = Counter(zip(*made, strict=True))
    most = data.draw(st.integers(len(sizes), max(len(sizes), len(crowd))))
    shown = sampling.sample("representative", crowd, first, "seed", most).tolist()
    counts = Counter((made[0][place], made[1][place]) for place in shown)
    assert counts.keys() == sizes.keys()
    for stratum, size in sizes.items():
        assert abs(counts[stratum] - size * most / len(crowd)) <= 1 + len(sizes)


def test_all_are_all_and_the_most_influential_come_first():
    crowd, first = crowd_of([0] * 5, [0] * 5)
    first["influence"] = np.array([5, 900, 10, 30, 700], "<i2")
    assert sampling.sample("all", crowd, first, "", 1).tolist() == [0, 1, 2, 3, 4]
    assert sampling.sample("top_influence", crowd, first, "", 2).tolist() == [1, 4]


# Layouts


def standing(layout: str):
    snapshots = told(100, 3, 1)
    crowd = read_crowd(snapshots[0])
    frame = frames.read(snapshots[2], 100)
    return frame, frames.stand(frame, crowd, LAYOUTS[layout], crowd.hashes("seed"))


def test_the_recorded_place_holds_where_it_fits():
    frame, stand = standing("default")
    assert (np.rint(stand.x * 10) == frame.columns["x"]).all()
    _, wide = standing("crowd")
    assert np.allclose(wide.x, frame.columns["x"] * 0.3)
    assert (wide.zone == stand.zone).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_everybody_stands_within_their_zone(layout):
    _, stand = standing(layout)
    for zone, x, y in zip(stand.zone, stand.x, stand.y, strict=True):
        _, _, left, top, width, height, _ = LAYOUTS[layout].zones[zone]
        assert left <= x <= left + width
        assert top <= y <= top + height


def test_quadrants_go_by_awareness_and_stance():
    frame, stand = standing("quadrant")
    names = LAYOUTS["quadrant"].zone_ids
    for place, zone in enumerate(stand.zone.tolist()):
        aware = frame.columns["exposure"][place] >= 500
        positive = frame.columns["stance"][place] >= 0
        side = f"{'high' if aware else 'low'}_aware_{'positive' if positive else 'negative'}"
        assert names[zone] == side


# Telemetry


def telemetry_of(**more):
    """Return a small run: two agents, five ticks, the second crosses over."""
    states = {
        "a": {"position": {"x": 100.5, "y": 50}, "stance": 0.8, "zone": "supporters"},
        "b": {"position": {"x": 400, "y": 60}, "stance": 0.1, "zone": "neutral"},
    }
    deltas = [{"tick": tick, "updates": [], "events": []} for tick in range(5)]
    deltas[2]["updates"] = [{"agent_id": "b", "position": {"x": 350, "y": 60}, "stance": 0.3}]
    deltas[3]["updates"] = [
        {"agent_id": "b", "position": {"x": 250, "y": 60}, "stance": 0.6, "zone": "supporters"}
    ]
    deltas[3]["events"] = ["media_event"]
    keyframes = [{"tick": 0, "agent_states": states}]
    return {"run_id": "small", "keyframes": keyframes, "deltas": deltas} | more


def rebuilt(document):
    run = telemetry.read(document)
    return [
        {
            name: frame.column(name, run.crowd).tolist()
            for name in ("x", "y", "stance", "zone")
        }
        for frame in run.frames
    ]  # fmt: skip


def with_opinions(document):
    return json.loads(json.dumps(document).replace('"stance"', '"opinion"'))


def with_flat_places(document):
    for state in every_state(document):
        if "position" in state:
            state |= state.pop("position")
    return document


def with_named_places(document):
    for state in every_state(document):
        if "position" in state:
            place = state.pop("position")
            state |= {"position_x": place["x"], "position_y": str(place["y"])}
    return document


def under_variables(document):
    for state in every_state(document):
        agent = {"agent_id": state.pop("agent_id")} if "agent_id" in state else {}
        inner = dict(state)
        state.clear()
        state |= agent | {"variables": inner}
    return document


def with_null_events(document):
    for delta in document["deltas"]:
        delta["events"] = delta["events"] or None
    return document


def with_text_ticks(document):
    for entry in (*document["deltas"], *document["keyframes"]):
        entry["tick"] = str(entry["tick"])
    return document


def without_keyframes(document):
    states = document.pop("keyframes")[0]["agent_states"]
    document["deltas"][0]["updates"] = [{"agent_id": id} | state for id, state in states.items()]
    return document | {"keyframes": None}


def with_gaps(document):
    document["deltas"] = [delta for delta in document["deltas"] if delta["tick"] not in (1,)]
    return document


def every_state(document):
    for keyframe in document["keyframes"]:
        yield from keyframe["agent_states"].values()
    for delta in document["deltas"]:
        yield from delta["updates"]


@pytest.mark.parametrize(
    "wild",
    [with_opinions, with_flat_places, with_named_places, under_variables, with_null_events,
     with_text_ticks, without_keyframes, with_gaps],
)  # fmt: skip
def test_telemetry_is_read_as_it_is_met_in_the_wild(wild):
    assert rebuilt(wild(telemetry_of())) == rebuilt(telemetry_of())


def test_every_tick_is_rebuilt():
    ticks = rebuilt(telemetry_of())
    assert [tick["stance"][1] for tick in ticks] == [100, 100, 300, 600, 600]
    assert [tick["zone"] for tick in ticks] == [[0, 1], [0, 1], [0, 1], [0, 0], [0, 0]]
    assert ticks[3]["x"] == [1005, 2500]


def test_what_is_told_beside_the_states_is_kept():
    document = telemetry_of(
        events=[{"tick": 1, "type": "scandal", "name": "Recall", "duration": 2}],
        transitions=[[3, "b", "neutral", "supporters", "peer_influence"]],
        edges=[["a", "b", 0.5]],
    )
    run = telemetry.read(document)
    snapshots = list(run.snapshots())
    names = [[event["name"] for event in snapshot["events"]] for snapshot in snapshots]
    assert names == [[], ["Recall"], ["Recall"], ["Media event"], []]
    assert snapshots[3]["transitions"] == [[1, 1, 0, "peer_influence"]]
    assert run.crowd.neighbours(1) == [(0, 0.5, "incoming")]
    get_game("society").check({}, iter(json.loads(json.dumps(snapshots))))


def test_an_agent_that_comes_later_is_not_there_before():
    document = telemetry_of()
    document["deltas"][2]["updates"].append({"agent_id": "c", "stance": -0.9})
    run = telemetry.read(document)
    zones = [frame.columns["zone"][2] for frame in run.frames]
    assert zones == [columns.NOTHING, columns.NOTHING, 2, 2, 2]


@pytest.mark.parametrize(
    "document",
    [
        [], {}, {"keyframes": []}, {"deltas": "none"}, {"deltas": [7]}, {"deltas": [{"tick": "x"}]},
        {"deltas": [{"tick": -1}]}, {"deltas": [{"tick": 0}]}, {"deltas": [{"tick": 1e400}]},
        {"keyframes": [{"tick": 0, "agent_states": {"a": None}}]},
        {"deltas": [{"tick": 0, "updates": [{"agent_id": "a"}]}, {"tick": 2**31 - 1}]},
    ],
)  # fmt: skip
def test_what_is_no_telemetry_is_refused_with_a_sentence(document):
    with pytest.raises(Refused, match=r"\.$"):
        telemetry.read(document)


def test_a_state_of_nobody_is_left_out():
    document = telemetry_of()
    document["deltas"][3]["updates"] = {"": {"stance": 0.5}}
    snapshots = list(telemetry.read(document).snapshots())
    get_game("society").check({}, iter(snapshots))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_telemetry_however_odd_breaks_the_reader(data):
    document = deepcopy(telemetry_of())
    spots = [document, document["deltas"][3], document["keyframes"][0], *every_state(document)]
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(spots))
        name = data.draw(st.sampled_from([*spot, "events", "transitions", "edges", "truth"]))
        spot[name] = data.draw(JSON)
    try:
        snapshots = list(telemetry.read(document).snapshots())
    except Refused:
        return
    get_game("society").check({}, iter(snapshots))
    json.dumps(snapshots, allow_nan=False)


# The recordings beside the project


@pytest.fixture(scope="module")
def original():
    return json.loads(shared_recording("society/telemetry-1k.json").read_bytes())


@pytest.fixture(scope="module")
def truth():
    return json.loads(shared_recording("society/truth-1k.json").read_bytes())


@pytest.fixture(scope="module")
def run(original, truth):
    return telemetry.read(original, truth)


def test_every_transition_has_the_reason_that_is_true(run, truth):
    words, ids = run.crowd.words["zone"], run.crowd.ids
    found = [
        [snapshot["tick"], ids[who], words[was], words[now], reason]
        for snapshot in run.snapshots()
        for who, was, now, reason in snapshot["transitions"]
    ]
    assert len(found) == 638
    assert sorted(found) == sorted(truth["transitions"])


def test_every_event_has_its_name_and_lasts_as_long_as_it_did(run, truth):
    for event in truth["events"]:
        ticks = [
            frame.tick
            for frame in run.frames
            if event["name"] in {found["name"] for found in frame.events}
        ]
        assert ticks == list(range(event["tick"], event["tick"] + event["duration"]))


def test_every_keyframe_says_what_the_changes_made(run, original):
    for keyframe in original["keyframes"]:
        frame = run.frames[int(keyframe["tick"])]
        for name in ("x", "y", "stance", "emotion", "exposure"):
            values = [state[name] for state in keyframe["agent_states"].values()]
            scale = columns.SCALES[name]
            assert frame.column(name, run.crowd).tolist() == [round(v * scale) for v in values]
        assert frames.populations(frame.columns["zone"], run.crowd.words["zone"]) == {
            zone: keyframe["metrics"][f"zone_{zone}"] for zone in LAYOUTS["default"].zone_ids
        }


def test_edges_are_those_that_are_true(run, truth):
    starts, ends, _ = run.crowd.edges
    ids = run.crowd.ids
    edges = [[ids[a], ids[b]] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert edges == truth["edges"]


def test_a_run_in_which_nothing_moves_says_so():
    run = telemetry.read(json.loads(shared_recording("society/nothing-moves.json").read_bytes()))
    assert len(run.crowd) == 100
    assert len(run.frames) == 100
    assert run.warnings[0] == telemetry.NOTHING_MOVES
    assert run.crowd.notes == run.warnings
    assert run.crowd.name(0) == "P0"


# Commands and files


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(telemetry_of()))
    return path


def test_the_last_word_of_an_import_is_the_shard(file, ada, capsys):
    call_command("import_telemetry", str(file), owner="ada", visibility="unlisted", title="A run")
    out, err = capsys.readouterr()
    shard = ReplayShard.objects.get(pk=out.split()[-1])
    assert "5 of 5 ticks" in err
    assert (shard.owner, shard.visibility, shard.title) == (ada, "unlisted", "A run")
    assert (shard.first_tick, shard.last_tick, shard.ended) == (0, 4, True)
    with pytest.raises(CommandError, match="already here"):
        call_command("import_telemetry", str(file), owner="ada")


def test_an_import_that_fails_says_why_and_stores_nothing(tmp_path, db):
    path = tmp_path / "none.json"
    for body in ("{", "[]", '{"keyframes": [], "deltas": null}'):
        path.write_text(body)
        with pytest.raises(CommandError):
            call_command("import_telemetry", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_telemetry", str(tmp_path / "nowhere.json"))
    assert not ReplayShard.objects.exists()


def test_a_society_is_recorded_as_it_runs(db, capsys):
    call_command("run_society", agents=100, ticks=12, pace=0.0, seed=5)
    shard = ReplayShard.objects.get(pk=capsys.readouterr().out.split()[-1])
    assert (shard.first_tick, shard.last_tick, shard.ended) == (0, 11, True)
    assert shard.total_processes == 100
    recorded = [entry["snapshot"] for entry in reading.entries(shard)]
    assert recorded == told(100, 12, 5)


def test_a_society_goes_out_and_in_as_the_same_bytes(found_town, ada):
    first = b"".join(portable.write(found_town(8, title="A town")))
    ReplayShard.objects.all().delete()
    shard = portable.read(BytesIO(first), owner=ada)
    assert b"".join(portable.write(shard)) == first


@pytest.mark.parametrize(
    "option", [{"ticks": 0}, {"tick_seconds": 0.0}, {"pace": -1.0}, {"pace": 1e9}, {"seed": -1}]
)
def test_a_run_that_cannot_be_is_refused_before_it_begins(db, option):
    with pytest.raises(CommandError):
        call_command("run_society", **{"agents": 100, "ticks": 5, "pace": 0.0} | option)
    assert not ReplayShard.objects.exists()
