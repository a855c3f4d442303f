"""The 2D replay API keeps its document: what it answers and refuses, and that it only reads."""

import asyncio
import contextlib
import io
import json
import time
from datetime import timedelta

import httpx
import pytest
import sseclient
from django.apps import apps
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.society import columns, telemetry
from games.society.layouts import LAYOUTS
from replays import crowds, recording
from replays.api import doors, replay_stream, states
from replays.api import sessions as views
from replays.models import ReplaySession, ReplayShard
from replays.telemetry import store
from replays.tokens import make_token
from tests.conftest import shared_recording
from tests.test_society import telemetry_of
from tests.towns import append, told

NEVER_WAS = "00000000-0000-4000-8000-000000000000"
BASE = "/api/v1/replay"
TICKS = 20
EXPIRED = {
    "detail": "Replay session not found or expired",
    "status_code": 404,
    "error_code": "SESSION_NOT_FOUND",
    "hint": "Replay sessions expire after 30 minutes of inactivity",
}


@pytest.fixture(autouse=True)
def _nothing_kept(settings):
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/60")
    for kept in (crowds.TOWNS, crowds.FRAMES, states.STATES, states.SAMPLES):
        kept.clear()


def post(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def load(client, shard, **asked):
    response = post(client, f"{BASE}/load", {"node_id": str(shard.pk)} | asked)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def session(client, found_town):
    """Open a session on a town of 100 agents and 20 ticks; return its address."""
    return f"{BASE}/{load(client, found_town(TICKS))['session_id']}"


# What the document shows


def test_loading_answers_what_the_document_shows(client, found_town):
    shard = found_town(TICKS)
    found = load(client, shard)
    assert found["node_id"] == str(shard.pk)
    assert found["timeline"] == {
        "total_ticks": TICKS,
        "keyframe_interval": 5,
        "keyframe_ticks": [0, 5, 10, 15],
    }
    assert [zone["id"] for zone in found["zones"]] == ["supporters", "neutral", "skeptics"]
    assert found["zones"][1] == {
        "id": "neutral",
        "name": "Neutral",
        "bounds": {"x": 300, "y": 0, "width": 400, "height": 600},
        "color": "#6b7280",
    }
    assert found["layers"][:3] == [
        {"id": "stance", "name": "Stance", "default_visible": True},
        {"id": "emotion", "name": "Emotion", "default_visible": False},
        {"id": "influence", "name": "Influence Network", "default_visible": False},
    ]
    assert [layer["id"] for layer in found["layers"][3:]] == ["exposure", "events", "trails"]
    first = found["initial_state"]
    assert first["tick"] == 0
    assert first["metrics"] == first["global_metrics"]
    assert {"adoption_rate", "avg_sentiment", "active_agents"} <= first["metrics"].keys()
    assert {"tick": 3, "type": "media_event", "name": "News Coverage"} in found["event_markers"]


def test_a_state_has_the_fields_of_the_document(client, session):
    found = client.get(f"{session}/state?tick=5").json()
    assert found["tick"] == 5
    assert found["is_keyframe"] is True
    assert sum(found["zone_populations"].values()) == 100
    assert (found["agents_total"], found["agents_returned"]) == (100, 100)
    agent = found["agents"][0]
    assert agent.keys() == {
        "id", "position", "zone", "stance", "emotion", "influence_score", "segment",
        "recent_action",
    }  # fmt: skip
    assert -1 <= agent["stance"] <= 1
    assert client.get(f"{session}/state?tick=4").json()["active_events"] == [
        {"id": "event-1", "type": "media_event", "name": "News Coverage", "intensity": 0.9,
         "affected_zone": "neutral"}
    ]  # fmt: skip


def test_states_are_those_that_were_recorded(client, session):
    for snapshot in told(100, TICKS, 1):
        found = client.get(f"{session}/state?tick={snapshot['tick']}").json()
        assert found["zone_populations"] == snapshot["zones"]
        assert found["global_metrics"] == snapshot["metrics"]


def test_a_chunk_is_its_states_and_what_lies_between_them(client, session):
    found = client.get(f"{session}/chunk?start_tick=2&end_tick=9").json()
    assert (found["start_tick"], found["end_tick"], found["chunk_size"]) == (2, 9, 8)
    alone = [client.get(f"{session}/state?tick={tick}").json() for tick in range(2, 10)]
    assert found["states"] == alone
    assert [event["tick"] for event in found["events_in_range"]] == [3, 8]
    zones = [{agent["id"]: agent for agent in state["agents"]} for state in alone]
    for change in found["transitions"]:
        if change["tick"] > 2:
            before = zones[change["tick"] - 3][change["agent_id"]]
            after = zones[change["tick"] - 2][change["agent_id"]]
            assert (change["from_zone"], change["to_zone"]) == (before["zone"], after["zone"])
            assert change["from_position"] == before["position"]
            assert change["to_position"] == after["position"]
    assert len(found["transitions"]) == found["transitions_total"] > 0


def test_every_transition_of_a_run_is_in_its_chunk(client, session):
    found = client.get(f"{session}/chunk?start_tick=0&end_tick={TICKS - 1}").json()
    recorded = sum(len(snapshot["transitions"]) for snapshot in told(100, TICKS, 1))
    assert len(found["transitions"]) == recorded
    assert all(change["reason"] for change in found["transitions"])


def test_a_chunk_may_leave_out_transitions(client, session):
    found = client.get(f"{session}/chunk?end_tick=3&include_transitions=false").json()
    assert "transitions" not in found


def test_seeking_answers_what_the_document_shows(client, session):
    found = post(client, f"{session}/seek", {"tick": 12, "preload_range": 10}).json()
    assert found["state"] == client.get(f"{session}/state?tick=12").json()
    assert found["preloaded_range"] == {"start": 7, "end": 17}
    assert (found["tick"], found["nearest_keyframe"]) == (12, 10)
    edge = post(client, f"{session}/seek", {"tick": 1}).json()
    assert edge["preloaded_range"] == {"start": 0, "end": 6}


def test_an_agent_has_a_story(client, session):
    who = moved(client, session)
    found = client.get(f"{session}/agent/{who}?include_reasoning=true").json()
    assert found["agent_id"] == who
    assert found["persona_name"].endswith(f"#{who.removeprefix('agent-')}")
    assert found["current_state"]["tick"] == TICKS - 1
    assert found["trajectory_summary"]["total_transitions"] > 0
    assert len(found["trajectory_summary"]["zones_visited"]) > 1
    moment = found["key_moments"][0]
    assert moment.keys() >= {"tick", "event", "state_change"}
    assert moment["state_change"].keys() >= {"stance", "to_stance"}
    assert {edge["direction"] for edge in found["influence_connections"]} <= {
        "incoming", "outgoing"
    }  # fmt: skip
    assert found["reasoning"] == []
    assert "reasoning" not in client.get(f"{session}/agent/{who}").json()


def moved(client, session):
    chunk = client.get(f"{session}/chunk?start_tick=0&end_tick={TICKS - 1}").json()
    return chunk["transitions"][0]["agent_id"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_told_of_an_agent_is_what_every_state_tells(client, found_town, layout):
    found = load(client, found_town(TICKS), layout_profile=layout)
    session = f"{BASE}/{found['session_id']}"
    seen = [client.get(f"{session}/state?tick={tick}").json() for tick in range(TICKS)]
    for who in ("agent-1", "agent-42", "agent-100"):
        for tick in range(TICKS):
            agent = next(a for a in seen[tick]["agents"] if a["id"] == who)
            state = client.get(f"{session}/agent/{who}?tick={tick}").json()["current_state"]
            assert state.items() >= {n: v for n, v in agent.items() if n != "id"}.items()
        history = client.get(f"{session}/agent/{who}?include_history=true").json()["history"]
        whole = [next(a for a in s["agents"] if a["id"] == who) for s in seen]
        assert history["stance"] == [agent["stance"] for agent in whole]
        assert history["zone"] == [agent["zone"] for agent in whole]


# Defaults, samples, layers, layouts


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, 100),
        ({"max_agents": 30}, 30),
        ({"downsampling": {"max_agents": 20}}, 20),
        ({"max_agents": 30, "downsampling": {"max_agents": 20}}, 20),
        ({"max_agents": 30, "downsampling": {"sampling_strategy": "random"}}, 30),
        ({"max_agents": 5, "sampling_strategy": "all"}, 100),
    ],
)
def test_nested_and_flat_downsampling_are_taken_and_nested_wins(client, found_town, asked, shown):
    found = load(client, found_town(3), **asked)
    assert len(found["initial_state"]["agents"]) == shown
    assert found["initial_state"]["agents_returned"] == shown
    assert found["initial_state"]["agents_total"] == 100
    assert sum(found["initial_state"]["zone_populations"].values()) == 100


def test_a_session_always_shows_the_same_agents_and_a_larger_one_shows_them_too(client, found_town):
    shard = found_town(6)

    def shown(tick, **asked):
        address = f"{BASE}/{load(client, shard, **asked)['session_id']}/state?tick={tick}"
        return {agent["id"] for agent in client.get(address).json()["agents"]}

    few = shown(0, max_agents=15)
    assert few == shown(5, max_agents=15) == shown(0, max_agents=15, layout_profile="quadrant")
    assert few < shown(3, max_agents=40)


def test_a_chunk_is_as_long_as_was_to_be_preloaded(client, found_town):
    shard = found_town(TICKS)
    for asked, size in (({}, 10), ({"preload_ticks": 4}, 4), ({"preload_ticks": 100}, TICKS)):
        session = f"{BASE}/{load(client, shard, **asked)['session_id']}"
        assert client.get(f"{session}/chunk").json()["chunk_size"] == size
    assert client.get(f"{session}/chunk?start_tick=18").json()["end_tick"] == TICKS - 1


@pytest.mark.parametrize(
    ("layers", "fields"),
    [
        ("all", {"stance", "emotion", "influence_score"}),
        ("stance", {"stance"}),
        ("emotion,influence", {"emotion", "influence_score"}),
        ("stance,exposure", {"stance", "exposure"}),
        ("all,exposure", {"stance", "emotion", "influence_score", "exposure"}),
        ("events,trails", set()),
        ("", set()),
    ],
)
def test_a_layer_left_out_leaves_its_fields_out(client, session, layers, fields):
    agent = client.get(f"{session}/state?tick=1&layers={layers}").json()["agents"][0]
    shown = {"stance", "emotion", "influence_score", "exposure"} & agent.keys()
    assert shown == fields
    recorded = told(100, TICKS, 1)[1]["agents"]
    if "exposure" in fields:
        place = int(agent["id"].removeprefix("agent-")) - 1
        assert agent["exposure"] == columns.one(recorded["exposure"], place) / 1000
    assert {"id", "position", "zone"} <= agent.keys()


def test_agents_may_be_left_out(client, session):
    found = client.get(f"{session}/state?tick=1&include_agents=false").json()
    assert "agents" not in found
    assert sum(found["zone_populations"].values()) == 100


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_has_its_zones_with_bounds_and_flat(client, found_town, layout):
    found = load(client, found_town(3), layout_profile=layout.id)
    assert [zone["id"] for zone in found["zones"]] == layout.zone_ids
    assert found["layout"]["canvas_size"] == {"width": layout.width, "height": layout.height}
    flat = found["layout"]["zones"][0]
    assert found["zones"][0]["bounds"] == {n: flat[n] for n in ("x", "y", "width", "height")}
    assert set(found["initial_state"]["zone_populations"]) == set(layout.zone_ids)


# What is refused


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("state?tick=20", "INVALID_TICK"),
        ("state?tick=-1", "INVALID_TICK"),
        ("chunk?start_tick=20", "INVALID_TICK"),
        ("chunk?start_tick=3&end_tick=20", "INVALID_TICK"),
        ("stream?start_tick=20", "INVALID_TICK"),
        ("agent/agent-1?tick=20", "INVALID_TICK"),
    ],
)
def test_a_tick_that_is_not_there_is_refused_as_the_document_says(client, session, address, code):
    response = client.get(f"{session}/{address}")
    body = response.json()
    tick = int(address.rsplit("=")[-1])
    assert response.status_code == 400
    assert body == {
        "detail": f"Tick {tick} is out of range",
        "status_code": 400,
        "error_code": code,
        "valid_range": {"min": 0, "max": TICKS - 1},
    }


def test_seeking_beyond_the_end_is_refused_alike(client, session):
    response = post(client, f"{session}/seek", {"tick": 150})
    assert response.status_code == 400
    assert response.json()["detail"] == "Tick 150 is out of range"
    assert response.json()["valid_range"] == {"min": 0, "max": TICKS - 1}


@pytest.mark.parametrize(
    "address",
    [
        "state?tick=x", "state?tick=1.5", "state?tick=", "state?include_agents=maybe",
        "state?layers=stance,colour", "chunk?end_tick=x", "chunk?start_tick=5&end_tick=3",
        "chunk?include_transitions=7", "stream?speed=0.05", "stream?speed=101", "stream?speed=nan",
        "stream?speed=fast", "agent/agent-1?include_reasoning=2",
    ],
)  # fmt: skip
def test_a_bad_parameter_is_refused_by_name(client, session, address):
    response = client.get(f"{session}/{address}")
    name = address.rsplit("?")[1].rsplit("&")[-1].split("=")[0]
    assert response.status_code == 400
    assert name in response.json()["detail"]
    assert response.json()["error_code"] in {"INVALID_PARAMETER", "INVALID_RANGE"}


def test_a_chunk_holds_a_hundred_ticks_at_most(client, found_town):
    session = f"{BASE}/{load(client, found_town(120), max_agents=5)['session_id']}"
    assert client.get(f"{session}/chunk?start_tick=0&end_tick=99").status_code == 200
    response = client.get(f"{session}/chunk?start_tick=0&end_tick=100")
    assert response.status_code == 400
    assert response.json()["valid_range"] == {"min": 0, "max": 99}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"node_id": None}, "/node_id"),
        ({"node_id": "node-uuid"}, "/node_id"),
        ({"max_agents": 0}, "/max_agents"),
        ({"max_agents": "many"}, "/max_agents"),
        ({"max_agents": True}, "/max_agents"),
        ({"preload_ticks": 0}, "/preload_ticks"),
        ({"sampling_strategy": "best"}, "/sampling_strategy"),
        ({"downsampling": 7}, "/downsampling"),
        ({"layout_profile": "round"}, "/layout_profile"),
        ({"layout_profile": []}, "/layout_profile"),
    ],
)
def test_a_bad_body_is_refused_by_place(client, found_town, asked, pointer):
    body = {"node_id": str(found_town(3).pk)} | asked
    response = post(client, f"{BASE}/load", body)
    assert response.status_code == 400
    assert response.json()["pointer"] == pointer


def test_an_unknown_layout_is_told_the_known_ones(client, found_town):
    response = post(
        client, f"{BASE}/load", {"node_id": str(found_town(3).pk), "layout_profile": "x"}
    )
    assert response.json()["error_code"] == "UNKNOWN_LAYOUT"
    assert response.json()["valid_range"] == ["default", "quadrant", "crowd"]


@pytest.mark.parametrize("body", ["", "[]", "{", "7", '{"tick": "5"}', '{"tick": 1.5}', "{}"])
def test_a_body_that_is_none_is_refused(client, session, body):
    for address in (f"{BASE}/load", f"{session}/seek"):
        response = client.post(address, body, content_type="application/json")
        assert response.status_code == 400


def test_an_agent_that_is_not_there_is_not_found(client, session):
    response = client.get(f"{session}/agent/agent-101")
    assert response.status_code == 404
    assert response.json()["error_code"] == "AGENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda record: record(0, live=True, game="society"), "pending"),
        (lambda record: record(0, game="society"), "failed"),
        (lambda record: record(5, live=True, game="counting"), "running"),
        (lambda record: record(5, game="counting"), "failed"),
        (lambda record: record(5, game="society"), "failed"),
    ],
)
def test_a_node_without_telemetry_says_so_as_the_document_does(client, record, make, status):
    response = post(client, f"{BASE}/load", {"node_id": str(make(record).pk)})
    assert response.status_code == 404
    assert response.json() == {
        "detail": "Node has no telemetry data for replay",
        "status_code": 404,
        "error_code": "NO_TELEMETRY",
        "node_status": status,
        "hint": "Wait for the simulation run to complete",
    }


def test_a_private_node_is_like_one_that_never_was(client, found_town):
    private = post(client, f"{BASE}/load", {"node_id": str(found_town(3, visibility="private").pk)})
    never = post(client, f"{BASE}/load", {"node_id": NEVER_WAS})
    assert (private.status_code, private.content) == (404, never.content)


# Sessions


def every_address(session):
    yield "GET", f"{session}/state"
    yield "GET", f"{session}/chunk"
    yield "GET", f"{session}/agent/agent-1"
    yield "GET", f"{session}/stream"
    yield "POST", f"{session}/seek"
    yield "DELETE", session


def ask(client, method, address):
    body = {"data": '{"tick": 1}', "content_type": "application/json"} if method == "POST" else {}
    return client.generic(method, address, **body)


def test_a_closed_session_is_not_there_any_more(client, session):
    response = client.delete(session)
    assert (response.status_code, response.content) == (204, b"")
    for method, address in every_address(session):
        gone = ask(client, method, address)
        assert (gone.status_code, gone.json()) == (404, EXPIRED)


@pytest.mark.parametrize(
    "name",
    ["nothing", NEVER_WAS, "00000000-0000-4000-8000-00000000000G"],
)
def test_a_session_that_never_was_is_not_there(client, db, name):
    for method, address in every_address(f"{BASE}/{name}"):
        assert ask(client, method, address).json() == EXPIRED


def test_a_session_expires_after_thirty_idle_minutes_and_each_use_renews_it(
    client, found_town, time_machine
):
    began = timezone.now()
    time_machine.move_to(began, tick=False)
    session = f"{BASE}/{load(client, found_town(3))['session_id']}"
    for minutes in (29, 58, 87):
        time_machine.move_to(began + timedelta(minutes=minutes), tick=False)
        assert client.get(f"{session}/state").status_code == 200
    time_machine.move_to(began + timedelta(minutes=87 + 30, seconds=1), tick=False)
    assert client.get(f"{session}/state").json() == EXPIRED


def test_expired_sessions_are_forgotten(client, found_town):
    shard = found_town(3)
    load(client, shard)
    ReplaySession.objects.update(used_at=timezone.now() - timedelta(hours=1))
    load(client, shard)
    assert ReplaySession.objects.count() == 1


def test_a_session_on_what_is_private_is_for_who_opened_it(client, found_town, ada, mo, eve):
    shard = found_town(3, owner=ada, visibility="private")
    client.force_login(ada)
    address = f"{BASE}/{load(client, shard)['session_id']}/state"
    assert client.get(address)["Cache-Control"] == "private, max-age=86400"
    for other in (None, mo, eve):
        stranger = Client()
        if other:
            stranger.force_login(other)
        assert stranger.get(address).json() == EXPIRED


def test_a_shard_that_is_hidden_meanwhile_closes_its_sessions(client, found_town):
    shard = found_town(3)
    address = f"{BASE}/{load(client, shard)['session_id']}/state"
    ReplayShard.objects.update(hidden_at=timezone.now())
    assert client.get(address).json() == EXPIRED


def test_a_token_opens_what_its_user_may_see(client, found_town, ada):
    shard = found_town(3, owner=ada, visibility="private")
    bearer = Client(headers={"authorization": f"Bearer {make_token(ada, 'read')}"})
    session = f"{BASE}/{load(bearer, shard)['session_id']}"
    assert bearer.get(f"{session}/state").status_code == 200
    assert client.get(f"{session}/state").json() == EXPIRED


def test_reading_changes_no_row_but_the_sessions_own(client, found_town):
    """C3: a replay never triggers a simulation, nor anything else."""
    shard = found_town(TICKS)
    session = f"{BASE}/{load(client, shard)['session_id']}"
    ReplaySession.objects.update(used_at=timezone.now() - timedelta(minutes=5))
    before = everything()
    load(client, shard, layout_profile="quadrant")
    for address in ("state?tick=9", "chunk", "agent/agent-1", "state?tick=99", "agent/nobody"):
        client.get(f"{session}/{address}")
    post(client, f"{session}/seek", {"tick": 7})
    client.get(f"{session}/stream")
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        for address in ("state", "chunk", "agent/agent-1", "stream"):
            assert client.generic(method, f"{session}/{address}").status_code == 405
    client.delete(session)
    assert everything() == before


def everything():
    """Return every row of the database but those of sessions."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model is not ReplaySession
    }


# Caching, slashes, encodings


@pytest.mark.parametrize("address", ["state?tick=3", "chunk?end_tick=3", "agent/agent-1"])
def test_what_is_recorded_may_be_kept_for_a_day(client, session, address):
    response = client.get(f"{session}/{address}")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert not response["ETag"].startswith("W/")
    again = client.get(f"{session}/{address}", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_loading_may_be_kept_by_who_loaded(client, found_town):
    response = post(client, f"{BASE}/load", {"node_id": str(found_town(3).pk)})
    assert response["Cache-Control"] == "private, max-age=3600"


def test_addresses_answer_with_and_without_a_slash(client, session):
    for address in ("state", "chunk", "agent/agent-1"):
        plain, slashed = client.get(f"{session}/{address}"), client.get(f"{session}/{address}/")
        assert plain.content == slashed.content
        assert client.head(f"{session}/{address}").status_code == 200
    assert post(client, f"{session}/seek/", {"tick": 1}).status_code == 200
    assert client.delete(f"{session}/").status_code == 204


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_answers_come_packed(client, session, encoding):
    response = client.get(f"{session}/state", headers={"accept-encoding": encoding})
    assert response["Content-Encoding"] == encoding
    assert len(response.content) < 4000


# Whatever is asked


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(start=st.integers(-2, TICKS + 2), end=st.integers(-2, TICKS + 2))
def test_any_range_is_answered_whole_or_refused(client, session, start, end):
    response = client.get(f"{session}/chunk?start_tick={start}&end_tick={end}")
    if 0 <= start <= end < TICKS:
        found = response.json()
        assert [state["tick"] for state in found["states"]] == list(range(start, end + 1))
        assert all(start <= change["tick"] <= end for change in found["transitions"])
    else:
        assert response.status_code == 400


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(tick=st.integers(-3, TICKS + 3), around=st.integers(-3, 210))
def test_any_seek_is_answered_or_refused(client, session, tick, around):
    response = post(client, f"{session}/seek", {"tick": tick, "preload_range": around})
    if 0 <= tick < TICKS and 0 <= around <= 200:
        found = response.json()
        near = found["preloaded_range"]
        assert 0 <= near["start"] <= tick <= near["end"] < TICKS
        assert found["nearest_keyframe"] <= tick < found["nearest_keyframe"] + 5
        assert found["state"]["tick"] == tick
    else:
        assert response.status_code == 400


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(few=st.integers(1, 120), more=st.integers(0, 60), tick=st.integers(0, 5),
       strategy=st.sampled_from(["representative", "random", "top_influence"]))  # fmt: skip
def test_more_agents_are_a_superset_at_every_tick(client, found_town, few, more, tick, strategy):
    shard = ReplayShard.objects.first() or found_town(6)
    shown = []
    for most in (few, few + more):
        found = load(client, shard, max_agents=most, sampling_strategy=strategy)
        state = client.get(f"{BASE}/{found['session_id']}/state?tick={tick}").json()
        shown.append({agent["id"] for agent in state["agents"]})
    assert shown[0] <= shown[1]
    assert len(shown[0]) == min(few, 100)


# Live runs, and runs from elsewhere


def test_a_live_run_is_read_as_far_as_it_is_recorded(client, found_town):
    shard = found_town(6, live=True)
    session = f"{BASE}/{load(client, shard)['session_id']}"
    assert client.get(f"{session}/state?tick=5").status_code == 200
    assert client.get(f"{session}/state?tick=6").json()["valid_range"] == {"min": 0, "max": 5}
    assert client.get(f"{session}/agent/agent-1")["Cache-Control"] == "private, no-cache"
    append(shard, told(100, 12, 1)[6:8])
    assert client.get(f"{session}/state?tick=7").status_code == 200


def test_telemetry_is_replayed_with_reasons_and_events(client, db):
    document = json.loads(shared_recording("society/telemetry-1k.json").read_bytes())
    truth = json.loads(shared_recording("society/truth-1k.json").read_bytes())
    shard, _ = store(document, truth)
    found = load(client, shard)
    assert found["timeline"]["keyframe_interval"] == 5
    chunk = client.get(f"{BASE}/{found['session_id']}/chunk?start_tick=0&end_tick=99").json()
    changes = [
        [one["tick"], one["agent_id"], one["from_zone"], one["to_zone"], one["reason"]]
        for one in chunk["transitions"]
    ]
    assert sorted(changes) == sorted(truth["transitions"])
    begun = [[one["tick"], one["type"], one["name"]] for one in chunk["events_in_range"]]
    assert begun == [[one["tick"], one["type"], one["name"]] for one in truth["events"]]
    for keyframe in document["keyframes"]:
        state = chunk["states"][keyframe["tick"]]
        for agent in state["agents"]:
            recorded = keyframe["agent_states"][agent["id"]]
            assert agent["position"] == recorded["position"]
            assert (agent["stance"], agent["emotion"]) == (recorded["stance"], recorded["emotion"])
            assert (agent["zone"], agent["segment"]) == (recorded["zone"], recorded["segment"])


def test_a_run_in_which_nothing_moves_is_replayed_and_says_so(client, db):
    document = json.loads(shared_recording("society/nothing-moves.json").read_bytes())
    found = load(client, store(document)[0])
    assert telemetry.NOTHING_MOVES in found["notes"]
    assert found["initial_state"]["agents"][0]["stance"] == 0.5


def test_reasoning_that_is_recorded_is_told(client, db):
    document = telemetry_of()
    document["deltas"][2]["updates"][0]["reasoning"] = "My neighbour is content with it."
    session = f"{BASE}/{load(client, store(document)[0])['session_id']}"
    found = client.get(f"{session}/agent/b?include_reasoning=true").json()
    assert found["reasoning"] == [{"tick": 2, "text": "My neighbour is content with it."}]


def test_telemetry_comes_in_over_http(client, ada):
    client.force_login(ada)
    response = post(client, "/api/replay/import", telemetry_of())
    assert response.status_code == 201, response.content
    shard = ReplayShard.objects.get(pk=response.json()["game_id"])
    assert (shard.game, shard.owner, shard.total_ticks) == ("society", ada, 5)
    assert post(client, "/api/replay/import", {"deltas": 7}).status_code == 400


def test_what_is_odd_about_telemetry_is_told_to_who_brings_it(client, ada):
    client.force_login(ada)
    assert post(client, "/api/replay/import", telemetry_of()).json()["warnings"] == []
    still = json.loads(shared_recording("society/nothing-moves.json").read_bytes())
    assert telemetry.NOTHING_MOVES in post(client, "/api/replay/import", still).json()["warnings"]


# A run that is pushed


def push(client, frames, index, count, **more):
    chunk = {"replay_id": "town", "game": "society", "chunk_index": index, "chunk_count": count}
    response = post(client, "/push", chunk | {"frames": frames} | more)
    assert response.status_code == 200, response.content
    return ReplayShard.objects.get()


@pytest.fixture
def _open_push(settings, db):
    settings.OPEN_PUSH = True
    doors.forget_tokens()


@pytest.mark.usefixtures("_open_push")
def test_a_run_that_is_pushed_is_replayed_while_it_comes_and_afterwards(client):
    frames = told(100, 12, 7)
    shard = push(client, frames[:5], 0, 2, meta={"title": "A town from elsewhere"})
    found = load(client, shard)
    assert (shard.game, shard.origin, shard.ended) == ("society", "push", False)
    assert found["timeline"]["total_ticks"] == 5
    assert [agent["id"] for agent in found["initial_state"]["agents"]] == [
        f"agent-{number}" for number in range(1, 101)
    ]
    push(client, frames[5:], 1, 2)
    session = f"{BASE}/{found['session_id']}"
    chunk = client.get(f"{session}/chunk?start_tick=0&end_tick=11").json()
    recorded = [frame["zones"] for frame in frames]
    assert [state["zone_populations"] for state in chunk["states"]] == recorded
    assert chunk["transitions_total"] == sum(len(frame["transitions"]) for frame in frames)
    story = client.get(f"{session}/agent/agent-3?include_history=true").json()
    assert story["history"]["tick"] == [*range(12)]


@pytest.mark.usefixtures("_open_push")
def test_a_pushed_run_may_count_its_ticks_in_its_own_way(client):
    frames = [frame | {"tick": 5 * frame["tick"] + 40} for frame in told(100, 4, 7)]
    session = f"{BASE}/{load(client, push(client, frames, 0, 1))['session_id']}"
    state = client.get(f"{session}/state?tick=3").json()
    assert (state["tick"], state["zone_populations"]) == (3, frames[3]["zones"])


@pytest.mark.usefixtures("_open_push")
@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([{"hello": 1}], "NO_TELEMETRY"),
        ([told(100, 2, 7)[1]], "NO_TELEMETRY"),
        ([told(100, 2, 7)[0] | {"agents": {}}], "NO_TELEMETRY"),
    ],
)
def test_a_push_that_is_no_run_is_no_node(client, frames, code):
    shard = push(client, frames, 0, 1)
    response = post(client, f"{BASE}/load", {"node_id": str(shard.pk)})
    assert (response.status_code, response.json()["error_code"]) == (404, code)


@pytest.mark.usefixtures("_open_push")
def test_a_pushed_tick_that_is_none_is_gone_and_the_others_stay(client):
    frames = told(100, 3, 7)
    odd = frames[1] | {"agents": frames[1]["agents"] | {"x": "AAAA"}}
    shard = push(client, [frames[0], odd, frames[2]], 0, 1)
    session = f"{BASE}/{load(client, shard)['session_id']}"
    codes = [client.get(f"{session}/state?tick={tick}").status_code for tick in range(3)]
    assert codes == [200, 410, 200]
    story = client.get(f"{session}/agent/agent-3?include_history=true").json()
    assert (story["history"]["tick"], story["current_state"]["tick"]) == ([0, 2], 2)


# Streams


def events_of(body: str):
    return list(sseclient.SSEClient(iter([body.encode()])).events())


@pytest.fixture
def site(live_site):
    return httpx.Client(base_url=f"{live_site}/api/v1", timeout=20)


@pytest.fixture
def quick(live_site, found_town):
    """A run of 20 ticks a hundredth of a second long at full speed."""
    return found_town(TICKS, tick_seconds=1.0)


def opened(site, shard, **asked):
    return site.post("/replay/load", json={"node_id": str(shard.pk)} | asked).json()["session_id"]


def test_a_stream_tells_every_tick_and_ends(site, quick):
    session = opened(site, quick)
    response = site.get(f"/replay/{session}/stream", params={"speed": 100})
    assert response.headers["content-type"] == "text/event-stream"
    events = events_of(response.text)
    states = [json.loads(event.data) for event in events if event.event == "state"]
    assert states == [
        site.get(f"/replay/{session}/state", params={"tick": tick}).json() for tick in range(TICKS)
    ]
    assert [event.id for event in events if event.event == "state"] == [*map(str, range(TICKS))]
    changes = site.get(f"/replay/{session}/chunk", params={"end_tick": TICKS - 1}).json()
    told = [json.loads(event.data) for event in events if event.event == "transition"]
    assert [(one["tick"], one["agent_id"], one["from"], one["to"]) for one in told] == [
        (one["tick"], one["agent_id"], one["from_zone"], one["to_zone"])
        for one in changes["transitions"]
    ]
    begun = [json.loads(event.data) for event in events if event.event == "event"]
    assert begun == changes["events_in_range"]
    assert events[-1].event == "end"
    assert json.loads(events[-1].data) == {"final_tick": TICKS - 1, "session_id": session}


def test_a_stream_is_packed_for_who_takes_gzip(site, quick):
    address = f"/replay/{opened(site, quick)}/stream"
    packed, plain = (
        site.get(address, params={"speed": 100}, headers={"Accept-Encoding": accepted})
        for accepted in ("br, gzip", "identity")
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert all("Accept-Encoding" in one.headers["vary"] for one in (packed, plain))


def test_a_stream_goes_on_after_the_last_tick_that_a_reader_has(site, quick):
    session = opened(site, quick)
    response = site.get(
        f"/replay/{session}/stream", params={"speed": 100}, headers={"Last-Event-ID": "14"}
    )
    ticks = [int(event.id) for event in events_of(response.text) if event.event == "state"]
    assert ticks == [15, 16, 17, 18, 19]
    over = site.get(f"/replay/{session}/stream", headers={"Last-Event-ID": str(TICKS - 1)})
    assert [event.event for event in events_of(over.text)] == ["end"]
    wrong = site.get(f"/replay/{session}/stream", headers={"Last-Event-ID": "x"})
    assert wrong.status_code == 400


def test_a_stream_keeps_the_pace_of_the_recording(site, quick):
    session = opened(site, quick)
    began = time.monotonic()
    site.get(f"/replay/{session}/stream", params={"speed": 10, "start_tick": 10})
    assert 0.8 <= time.monotonic() - began < 6


def test_a_stream_of_a_live_run_follows_it_to_its_end(site, found_town):
    shard = found_town(5, live=True, tick_seconds=0.05)
    session = opened(site, shard)
    found: list[str] = []
    with site.stream("GET", f"/replay/{session}/stream") as response:
        lines = response.iter_lines()
        for line in lines:
            found.append(line)
            if line == "id: 4":
                break
        append(shard, told(100, 8, 1)[5:8])
        recording.finalize(shard)
        found += lines
    assert [line for line in found if line.startswith("id: ")] == [f"id: {n}" for n in range(8)]
    assert "event: end" in found


def test_a_stream_ends_when_its_session_is_closed(site, found_town, monkeypatch):
    session = opened(site, found_town(TICKS, tick_seconds=5.0))
    with site.stream("GET", f"/replay/{session}/stream") as response:
        lines = response.iter_lines()
        next(lines)
        site.delete(f"/replay/{session}")
        began = time.monotonic()
        rest = list(lines)
    assert time.monotonic() - began < 10
    assert "event: end" not in rest


def test_streams_of_one_run_share_the_work(client, found_town, monkeypatch):
    shard = found_town(6)
    session = load(client, shard)["session_id"]
    row = ReplaySession.objects.get(pk=session)
    sights = [views.sight_of(row) for _ in range(20)]
    made: list[int] = []
    monkeypatch.setattr(states, "_state", counting(states._state, made))
    for tick in range(6):
        bodies = {replay_stream.block(sight, tick, "gzip") for sight in sights}
        assert len(bodies) == 1
    assert len(made) == 5  # the first was made when the session was opened


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_thousand_streams_are_given_the_same_bytes_made_once(
    found_town, monkeypatch, encoding
):
    from asgiref.sync import sync_to_async

    shard = await sync_to_async(found_town)(3, tick_seconds=0.001)
    town = await sync_to_async(crowds.town_of)(shard)
    sight = states.Sight(shard, town, LAYOUTS["default"], "all", 100)
    made: list[int] = []
    monkeypatch.setattr(replay_stream, "block", counting(replay_stream.block, made))

    async def taken():
        row = ReplaySession(shard=shard)
        stream = replay_stream.told(sight, row, None, 0, 0.001, encoding)
        return [part async for part in stream]

    told = await asyncio.gather(*(taken() for _ in range(1000)))
    assert len(made) == 3
    assert all(len({id(stream[tick]) for stream in told}) == 1 for tick in (1, 2, 3))
    assert not replay_stream._making


def counting(work, made):
    def counted(*arguments):
        made.append(1)
        return work(*arguments)

    return counted


@pytest.mark.django_db(transaction=True)
async def test_a_reader_that_stops_costs_one_tick(found_town):
    """Nothing is asked for before what came before it has been taken."""
    from asgiref.sync import sync_to_async

    shard = await sync_to_async(found_town)(6, tick_seconds=0.001)
    town = await sync_to_async(crowds.town_of)(shard)
    sight = states.Sight(shard, town, LAYOUTS["default"], "all", 100)
    row = ReplaySession(shard=shard)
    stream = replay_stream.told(sight, row, None, 0, 0.001)
    assert (await anext(stream)).startswith(b":")
    assert b'"tick":0' in await anext(stream)
    await asyncio.sleep(0.2)
    kept = {key[-1] for key in states.STATES._things if key[0] == "stream"}
    assert kept == {0}
    await stream.aclose()


@pytest.mark.django_db(transaction=True)
async def test_a_slow_stream_says_that_it_is_still_there(found_town, monkeypatch):
    from asgiref.sync import sync_to_async

    monkeypatch.setattr(replay_stream, "HEARTBEAT_SECONDS", 0.05)
    shard = await sync_to_async(found_town)(3, tick_seconds=100.0)
    town = await sync_to_async(crowds.town_of)(shard)
    sight = states.Sight(shard, town, LAYOUTS["default"], "all", 100)
    stream = replay_stream.told(sight, ReplaySession(shard=shard), None, 0, 100.0)
    parts = [await anext(stream) for _ in range(4)]
    assert parts[2:] == [b": still here\n\n"] * 2
    await stream.aclose()


def test_an_address_has_so_many_streams_and_no_more(client, session, settings):
    settings.SOCKETS_AN_ADDRESS = 2
    replay_stream.STREAMS.open["127.0.0.1"] = 2
    try:
        response = client.get(f"{session}/stream")
        assert response.status_code == 429
        assert response["Retry-After"]
    finally:
        replay_stream.STREAMS.open.clear()


# The document's own examples, but for the address, the token and the node

PLAYBACK = """
import httpx
import time

client = httpx.Client(
    base_url="https://api.agentverse.ai/api/v1",
    headers={"Authorization": f"Bearer {token}"}
)

# Load replay
session = client.post("/replay/load", json={
    "node_id": "node-uuid",
    "max_agents": 500
}).json()

session_id = session['session_id']
total_ticks = session['timeline']['total_ticks']

# Play through ticks
for tick in range(0, total_ticks, 5):
    state = client.get(
        f"/replay/{session_id}/state",
        params={"tick": tick}
    ).json()

    print(f"Tick {tick}: Supporters={state['zone_populations']['supporters']}")
    time.sleep(0.5)

# Cleanup
client.delete(f"/replay/{session_id}")
"""
STREAMING = """
import httpx
import sseclient

with httpx.stream(
    "GET",
    f"/replay/{session_id}/stream",
    params={"speed": 2.0},
    headers={
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {token}"
    }
) as response:
    sse = sseclient.SSEClient(response.iter_bytes())
    for event in sse.events():
        if event.event == "state":
            state = json.loads(event.data)
            render_frame(state)
        elif event.event == "transition":
            transition = json.loads(event.data)
            animate_transition(transition)
        elif event.event == "end":
            break
"""
INSPECTION = """
# Get agent details when clicked
agent_data = client.get(
    f"/replay/{session_id}/agent/{agent_id}",
    params={"include_reasoning": True}
).json()

print(f"Agent: {agent_data['persona_name']}")
print(f"Current zone: {agent_data['current_state']['zone']}")
print(f"Decision: {agent_data['trajectory_summary']['final_decision']}")

for moment in agent_data['key_moments']:
    print(f"  Tick {moment['tick']}: {moment['event']}")
"""


def run(example, **names):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(example, "example", "exec"), names)
    return out.getvalue()


def test_the_example_of_playback_runs(live_site, found_town, ada):
    shard = found_town(11, owner=ada, visibility="private")
    example = PLAYBACK.replace("https://api.agentverse.ai", live_site)
    out = run(example.replace("node-uuid", str(shard.pk)), token=make_token(ada, "read"))
    supporters = [told(100, 11, 1)[tick]["zones"]["supporters"] for tick in (0, 5, 10)]
    assert out.splitlines() == [
        f"Tick {tick}: Supporters={count}"
        for tick, count in zip((0, 5, 10), supporters, strict=True)
    ]
    assert not ReplaySession.objects.exists()


def test_the_example_of_streaming_runs(live_site, site, found_town, ada):
    token = make_token(ada, "read")
    site.headers["Authorization"] = f"Bearer {token}"
    shard = found_town(11, owner=ada, visibility="private", tick_seconds=0.1)
    frames, moves = [], []
    run(
        STREAMING.replace('f"/replay', f'f"{live_site}/api/v1/replay'),
        json=json, token=token, session_id=opened(site, shard),
        render_frame=frames.append, animate_transition=moves.append,
    )  # fmt: skip
    assert [frame["tick"] for frame in frames] == list(range(11))
    assert len(moves) == sum(len(one["transitions"]) for one in told(100, 11, 1))


def test_the_example_of_inspection_runs(site, quick):
    session_id = opened(site, quick)
    out = run(INSPECTION, client=site, session_id=session_id, agent_id="agent-7")
    assert out.startswith("Agent: ")
    assert "Decision: " in out
