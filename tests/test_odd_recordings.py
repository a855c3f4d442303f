"""Odd recordings, as other makers push them or bring them in: none breaks an answer."""

import gzip
import json
from io import StringIO
from itertools import pairwise
from urllib.parse import quote

import pytest
from django.core.management import call_command

from games.game import Refused
from replays import portable, reading, tokens, verify
from replays.models import ReplayShard, World
from tests.golf_files import bring_in, file_of, taken_out


@pytest.fixture
def pushed(client, ada):
    """Push frames as ada, as a game of that name, and return the shard that they became."""
    headers = {"Authorization": f"Bearer {tokens.make_token(ada, 'push')}"}

    def pushed(game, frames):
        chunk = {"replay_id": "odd", "chunk_index": 0, "chunk_count": 1, "game": game}
        body = json.dumps(chunk | {"frames": frames})
        answer = client.post("/push", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        return ReplayShard.objects.get()

    return pushed


# Golf that is none

SEAT = {"id": "p1", "name": "Ada", "total_score": 3}
NO_GAMES = [
    [{}],
    [{"event": 5}],
    [{"event": {"type": "game_created"}}],
    [{"event": {"type": [], "player_id": {}, "data": 0, "sequence": 1}}],
    [{"players": [[]], "event": None, "phase": {}}],
    [{"players": ["x"], "total_rounds": [], "options": 7, "hidden": 1}],
    [{"players": [SEAT | {"name": []}, SEAT | {"name": {}}, {"id": "p2"}], "phase": "game_over"}],
    [{"phase": "game_over", "event": {"type": "game_ended", "player_id": None, "data": {}}}],
]


@pytest.mark.parametrize("frames", NO_GAMES)
def test_golf_that_is_no_game_is_told_and_not_exported_as_one(client, ada, pushed, frames):
    shard = pushed("golf", frames)
    client.force_login(ada)
    told = client.get(f"/api/replay/game/{shard.pk}")
    assert told.status_code == 200
    assert len(told.json()["frames"]) == len(frames)
    own = client.get(f"/api/replay/game/{shard.pk}/export")
    assert own.status_code == 409
    assert own.json()["detail"].startswith("Event 1")
    assert "format=portable" in own.json()["hint"]
    plain = client.get(f"/api/replay/game/{shard.pk}/export?format=portable")
    assert plain.status_code == 200


def test_a_pushed_game_is_exported_as_one(client, ada, pushed):
    brought = bring_in(file_of("game-01"), owner=ada)
    frames = [entry["snapshot"] for entry in reading.entries(brought)]
    brought.delete()
    shard = pushed("golf", frames)
    client.force_login(ada)
    answer = client.get(f"/api/replay/game/{shard.pk}/export")
    assert answer.status_code == 200
    assert json.loads(answer.getvalue())["game"]["winner"] == file_of("game-01")["game"]["winner"]


def test_a_game_of_a_million_years_is_refused():
    document = file_of("game-01")
    document["events"][-1]["timestamp"] = document["game"]["duration_seconds"] = 1e15
    with pytest.raises(Refused, match=r"Event 25 \(game_ended\): timestamp must be a time"):
        bring_in(document)


# Ticks that never came


def with_gap(game, snapshot, present):
    """Return the file of a recording that holds only some ticks, which it states."""
    ticks = [{"tick": tick, "snapshot": snapshot(tick)} for tick in present]
    gaps = [[before + 1, after - 1] for before, after in pairwise(present) if after > before + 1]
    shard = {"game": game, "started_at": 1_795_000_000, "gaps": gaps}
    return {"shard": shard, "ticks": ticks}


PRESENT = [*range(3, 50), *range(60, 70), *range(400, 460)]


@pytest.fixture
def gappy(db, ada):
    return bring_in(with_gap("counting", lambda tick: {"score": tick}, PRESENT), owner=ada)


@pytest.mark.parametrize("limit", [7, 50, 500])
def test_frames_of_a_recording_with_gaps_come_once_each(client, gappy, limit):
    told, address = [], f"/api/replay/game/{gappy.pk}?limit={limit}"
    while address:
        page = client.get(address).json()
        told += [(frame["index"], frame["state"]["score"]) for frame in page["frames"]]
        address = page["next"]
    assert told == [(tick - 3, tick) for tick in PRESENT]


@pytest.mark.parametrize("limit", [7, 50, 500])
def test_ticks_of_a_recording_with_gaps_come_once_each(client, gappy, limit):
    told, start, has_more = [], 0, True
    while has_more:
        page = client.get(f"/replays/{gappy.pk}?start_tick={start}&limit={limit}").json()
        assert len(page["ticks"]) == min(limit, len(PRESENT) - len(told))
        told += [tick["tick"] for tick in page["ticks"]]
        start, has_more = told[-1] + 1, page["has_more"]
    assert told == PRESENT


def test_ticks_that_never_came_are_no_damage(gappy):
    verdict = verify.verify(gappy)
    assert verdict.state == "not verifiable"
    assert "What is sealed of it is as it was stored" in verdict.sentence
    lost = gappy.chunks.get(number=1)
    gappy.chunks.filter(number=1).delete()
    assert verify.verify(gappy).state == "damaged"
    lost.save(force_insert=True)
    ReplayShard.objects.filter(pk=gappy.pk).update(total_ticks=gappy.total_ticks - 1)
    assert "where the shard's row counts" in verify.verify(gappy).sentence


def test_what_cannot_be_simulated_for_its_gaps_is_checked(db, played):
    whole = json.loads(taken_out(played(30)))
    del whole["digests"], whole["ticks"][10:12]
    totals = [name for name in whole["shard"] if name.startswith("total_")]
    whole["shard"] = {k: v for k, v in whole["shard"].items() if k not in totals}
    shard = bring_in(whole | {"shard": whole["shard"] | {"gaps": [[11, 12]]}})
    assert shard.verdict["state"] == "checked"
    assert "Some of its ticks never came" in shard.verdict["sentence"]


def test_a_run_stands_still_while_its_ticks_never_came(client, db):
    deltas = [{"tick": t, "updates": {"ada": {"stance": t / 20}}} for t in range(1, 12)]
    first = {"tick": 0, "agent_states": {"ada": {"stance": 0}, "bob": {"stance": -1}}}
    whole = json.loads(taken_out(bring_in({"keyframes": [first], "deltas": deltas})))
    ReplayShard.objects.all().delete()
    del whole["digests"], whole["shard"]["total_ticks"], whole["ticks"][4:8]
    shard = bring_in(whole | {"shard": whole["shard"] | {"gaps": [[4, 7]]}})
    load = {"node_id": str(shard.pk)}
    opened = client.post("/api/v1/replay/load", load, content_type="application/json").json()
    assert opened["timeline"]["total_ticks"] == 12
    session = f"/api/v1/replay/{opened['session_id']}"
    told = client.get(f"{session}/chunk?start_tick=2&end_tick=11").json()["states"]
    assert [state["tick"] for state in told] == [*range(2, 12)]
    stances = [
        agent["stance"] for state in told for agent in state["agents"] if agent["id"] == "ada"
    ]
    assert stances == [0.1, 0.15, 0.15, 0.15, 0.15, 0.15, 0.4, 0.45, 0.5, 0.55]
    assert client.get(f"{session}/state?tick=6").json()["agents"] == told[1]["agents"]
    for tick, stance in ((6, 0.15), (8, 0.4)):
        agent = client.get(f"{session}/agent/ada?tick={tick}").json()
        assert agent["current_state"]["stance"] == stance


def test_the_reference_may_have_lost_ticks_too(db, reference_shard):
    reference_shard["ticks"] = [t for t in reference_shard["ticks"] if not 40 <= t["tick"] < 50]
    reference_shard["shard"] = {"started_at": 1_770_300_000}
    with pytest.raises(Refused, match="tick 40 should follow, not 50"):
        bring_in(reference_shard)
    reference_shard["shard"]["gaps"] = [[40, 49]]
    shard = bring_in(reference_shard)
    assert (shard.total_ticks, shard.last_tick) == (110, 120)
    again = taken_out(shard)
    shard.delete()
    assert taken_out(bring_in(again)) == again


# As others write them


def test_a_shard_that_the_reference_had_not_ended_is_taken(db, reference_shard):
    row = reference_shard["shard"]
    counted = {name: row[name] for name in row if name.startswith("total_")}
    row |= dict.fromkeys(counted, 0) | {"ended_at": None}
    shard = bring_in(reference_shard)
    assert shard.ended
    assert {name: getattr(shard, name) for name in counted} == counted


def test_noughts_in_the_row_of_a_shard_that_has_ended_are_refused(db, reference_shard):
    reference_shard["shard"]["total_kills"] = 0
    with pytest.raises(Refused, match="total_kills"):
        bring_in(reference_shard)


def test_a_file_may_begin_with_a_byte_order_mark(db, ada):
    for name in ("game-01", "game-02"):
        body = b"\xef\xbb\xbf" + json.dumps(file_of(name), indent=2).replace("\n", "\r\n").encode()
        assert bring_in(body, owner=ada).game == "golf"


def test_a_telemetry_file_may_be_packed_and_begin_with_a_byte_order_mark(db, tmp_path):
    file = tmp_path / "run.json.gz"
    file.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(run("ada", "bob")).encode()))
    call_command("import_telemetry", str(file), stdout=StringIO(), stderr=StringIO())
    assert ReplayShard.objects.get().total_processes == 2


def test_what_is_no_recording_is_told_what_one_is(db):
    with pytest.raises(Refused, match="one holds shard and ticks, or keyframes and deltas"):
        bring_in({"hello": "world"})


def run(*agents):
    """Return a short run of telemetry in which everybody changes their mind."""
    return {
        "keyframes": [{"tick": 0, "agent_states": {name: {"stance": 0.5} for name in agents}}],
        "deltas": [{"tick": 1, "updates": {name: {"stance": -0.5} for name in agents}}],
    }


def test_telemetry_that_was_brought_in_says_how_far_it_was_looked_at(db):
    assert bring_in(run("ada")).verdict["state"] == "checked"


def test_agents_are_never_taken_for_one_another(db):
    with pytest.raises(Refused, match="at most 200 characters"):
        bring_in(run("x" * 200 + "a", "x" * 200 + "b"))


@pytest.mark.parametrize("name", ["household/3", "a/", "ада 🙂?#%", "../x"])
def test_an_agent_may_be_called_anything(client, db, name):
    shard = bring_in(run(name, "bob"))
    load = {"node_id": str(shard.pk)}
    session = client.post("/api/v1/replay/load", load, content_type="application/json").json()
    address = f"/api/v1/replay/{session['session_id']}/agent/{quote(name, safe='')}"
    assert client.get(address).json()["agent_id"] == name
    assert client.get(f"{address}/").json()["agent_id"] == name


# The arena, as its trainer writes it to a file

WORLD = {"size": [4, 4, 2], "voxel_size_m": 1.0, "walls": [[0, 0, 0], [1, 2, 0, 4]]}
MECH = {"team": "blue", "class": "scout", "pos": [1.0, 1.0, 1.0], "hp": 5.0, "alive": True}


def episode(**changed):
    frames = [{"t": 0.25 * n, "tick": 5 * n, "mechs": {"b": MECH}} for n in range(1, 8)]
    return {"world": WORLD, "frames": frames, "episode": 3, "update": 9} | changed


def test_a_trainers_file_is_brought_in_with_its_world(client, ada):
    run = {"kind": "heuristic_vs_heuristic", "seed": 9}
    shard = bring_in(episode(run=run), owner=ada)
    assert (shard.game, shard.total_ticks, shard.first_tick) == ("arena", 7, 0)
    assert shard.title == "heuristic vs heuristic, episode 3, update 9"
    assert shard.options["meta"] == {"episode": 3, "update": 9}
    assert client.get(f"/worlds/{shard.world}").json() == WORLD
    with pytest.raises(portable.AlreadyHere):
        bring_in(episode(run=run), owner=ada)


def test_a_trainers_file_is_taken_elsewhere_with_its_world(client, db):
    shard = bring_in(episode())
    file, world = taken_out(shard), shard.world
    shard.delete()
    World.objects.all().delete()
    again = bring_in(file)
    assert client.get(f"/worlds/{world}").json() == WORLD
    assert taken_out(again) == file


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"world": []}, "world"),
        ({"world": {"size": [1, 1, 1]}}, "world"),
        ({"frames": {}}, "frames"),
        ({"frames": []}, "frames"),
        ({"frames": [{"mechs": {}}, 5]}, "frames/1"),
        ({"frames": [{"mechs": {}}, {}]}, "frames/1/mechs"),
        ({"frames": [{"mechs": {}, "tick": 9}, {"mechs": {}, "tick": 5}]}, "frames/1/tick"),
        ({"meta": [1]}, "meta"),
    ],
)
def test_a_trainers_file_that_cannot_be_leaves_nothing(db, changed, place):
    with pytest.raises(Refused, match=rf"^{place}: .+\.$"):
        bring_in(episode(**changed))
    assert not ReplayShard.objects.exists()
    assert not World.objects.exists()


def test_another_world_than_the_named_one_is_refused(db):
    shard = bring_in(episode())
    file = json.loads(taken_out(shard))
    shard.delete()
    World.objects.all().delete()
    file["world"]["size"] = [9, 9, 9]
    with pytest.raises(Refused, match=r"^world: The hash of this world is"):
        bring_in(file)
    assert not World.objects.exists()


# Times that no calendar holds


@pytest.mark.parametrize(
    "shard", [{"started_at": 1, "tick_seconds": 86_400.0}, {"started_at": 253_402_300_799}]
)
def test_a_recording_that_would_end_after_the_year_9999_is_refused(db, shard):
    ticks = [{"tick": 2**31 - 1, "t": 0, "snapshot": {}}]
    with pytest.raises(Refused, match=r"^shard/started_at: with so many ticks"):
        bring_in({"shard": shard | {"game": "counting"}, "ticks": ticks})


def test_a_run_that_lasts_longer_than_can_be_recorded_is_refused(db):
    keyframes = [{"tick": 2**31 - 1, "agent_states": {"ada": {"stance": 0.5}}}]
    with pytest.raises(Refused, match=r"^ticks: with tick_rate"):
        bring_in({"keyframes": keyframes, "tick_rate": 0.001})


def test_a_fight_of_centuries_is_brought_in_and_out_again(db):
    frames = [{"t": t, "mechs": {"b": MECH}} for t in (0.25, 1e10)]
    file = taken_out(bring_in(episode(frames=frames)))
    ReplayShard.objects.all().delete()
    assert taken_out(bring_in(file)) == file
