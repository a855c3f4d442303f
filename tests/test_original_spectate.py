"""Clients written for the original watch SEGFAULT at its addresses, in its words."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from games import get_game
from games.game import SPECTATOR
from games.segfault.original import spectated
from replays import format, reading, recording
from replays.models import ReplayShard
from spectate.watching import tell
from tests.conftest import shared_recording
from tests.played import segfault_ticks
from tests.sockets import watching

KEYS = {
    "tick", "grid", "defragger", "defragger_target", "defragger_preview", "walls", "gates",
    "processes", "watchdog", "say_events", "broadcasts", "echo_tiles", "total_kills",
}  # fmt: skip
NEVER_WAS = "00000000-0000-4000-8000-000000000000"


def snapshots(shard: ReplayShard) -> list[dict]:
    return [entry["snapshot"] for entry in reading.entries(shard)]


def at(grid: list[list[str]], pos: list[int]) -> str:
    return grid[pos[1]][pos[0]]


# The conversion


def test_a_tick_is_told_in_the_shape_of_the_original(played):
    for snapshot in snapshots(played(120)):
        told = spectated(snapshot)
        assert told.keys() == KEYS
        assert told["tick"] == snapshot["tick"]
        assert [len(row) for row in told["grid"]] == [20] * 20
        assert set().union(*told["grid"]) <= set(".SGPDE")
        assert at(told["grid"], told["defragger"]) == "D"
        for gate in told["gates"]:
            assert at(told["grid"], gate["pos"]) in {"stable": "SP", "ghost": "GP"}[gate["type"]]
        for process in told["processes"]:
            assert process.keys() == {"id", "pos"}
            assert at(told["grid"], process["pos"]) in "PD"
        assert all(len(wall["a"]) == len(wall["b"]) == 2 for wall in told["walls"])
        assert len(told["walls"]) == 80
        assert told["watchdog"].keys() == {"quiet_ticks", "countdown", "active", "bonus_step"}
        target = snapshot["defragger"]["target_id"]
        assert (told["defragger_target"] or {}).get("id") == target


def test_no_call_sign_is_in_it_whatever_the_snapshot_holds(played):
    for snapshot in snapshots(played(60)):
        names = {process["call_sign"] for process in snapshot["processes"]}
        text = json.dumps(spectated(snapshot))
        assert "call_sign" not in text
        assert not any(name in text for name in names)


def test_what_was_said_is_told_without_the_noise_that_was_heard():
    heard = {"id": "b", "pos": [1, 2], "noise": "%%"}
    said = {
        "sender_id": "a", "sender_pos": [1, 1], "message": "hi", "recipients": [heard],
        "tick": 4, "timestamp_ms": 99,
    }  # fmt: skip
    broadcast = {"process_id": "a", "message": "all", "timestamp_ms": 100}
    told = spectated({"tick": 5, "say_events": [said], "broadcasts": [broadcast]})
    assert told["say_events"] == [said | {"recipients": [{"id": "b", "pos": [1, 2]}]}]
    assert told["broadcasts"] == [broadcast]


def test_recordings_of_the_reference_engine_are_told_too():
    recorded = json.loads(shared_recording("segfault/shard-small.json").read_bytes())
    for entry in recorded["ticks"]:
        told = spectated(entry["snapshot"])
        assert len(told["grid"]) == entry["snapshot"]["grid_size"]
        assert "call_sign" not in json.dumps(told)


@pytest.mark.parametrize(
    "poison", [{}, {"tick": "x", "grid_size": 10**9}, {"walls": 3, "gates": [1], "processes": {}},
               {"grid_size": 10, "defragger": [], "watchdog": None, "walls": [[1], "ab"]}]
)  # fmt: skip
def test_a_malformed_tick_stops_nobody(poison):
    assert spectated(poison).keys() == KEYS


# Over HTTP


@pytest.mark.django_db
def test_live_shards_are_listed_with_how_many_are_in_them(played, record, ada, client):
    shard = played(40, live=True)
    played(5)
    record(5, live=True)
    played(5, live=True, visibility="private", owner=ada)
    played(5, live=True, hidden_at=timezone.now())
    present = len(get_game("segfault").participants(snapshots(shard)[-1]))
    answer = client.get("/spectate/shards")
    assert answer.json() == [{"shard_id": str(shard.pk), "process_count": present, "tick": 40}]
    assert client.head("/spectate/shards/").status_code == 200


@pytest.mark.django_db
def test_one_shard_is_told_at_its_newest_tick(played, client):
    shard = played(100, live=True)  # the last tick has just been sealed
    told = client.get(f"/spectate/shard/{shard.pk}").json()
    assert told == spectated(reading.snapshot(shard, 100, SPECTATOR))


@pytest.mark.django_db
def test_what_is_not_live_or_not_segfault_is_not_there(played, record, ada, client):
    ended, other = played(3), record(3, live=True)
    private = played(3, live=True, visibility="private", owner=ada)
    empty = recording.open_shard(get_game("segfault"))
    never = client.get(f"/spectate/shard/{NEVER_WAS}")
    for shard in (ended, other, private, empty):
        answer = client.get(f"/spectate/shard/{shard.pk}")
        assert (answer.status_code, answer.content) == (404, never.content)
    client.force_login(ada)
    assert client.get(f"/spectate/shard/{private.pk}").status_code == 200
    assert client.get("/spectate/shard/nonsense").status_code == 404


@pytest.mark.django_db
def test_where_there_is_a_key_it_is_asked_for(played, client, settings):
    settings.SEGFAULT_API_KEY = "a key"
    shard = played(3, live=True)
    for address in ("/spectate/shards", f"/spectate/shard/{shard.pk}"):
        assert client.get(address).status_code == 401
        assert client.get(address, headers={"X-API-Key": "a key"}).status_code == 200


@pytest.mark.django_db
def test_a_browser_gets_the_crowds_page(played, record, client):
    shard, other = played(10, live=True, title="Here"), record(5, live=True, title="There")
    tell("a process", {shard.pk: 3})
    page = client.get("/spectate/shards", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    text = page.content.decode()
    assert f"/spectate/{shard.pk}" in text
    assert f"/replays/{other.pk}/picture.png" in text
    assert "3 watching" in text
    recording.finalize(shard)
    recording.finalize(other)
    page = client.get("/spectate/shards", headers={"Accept": "text/html"})
    assert "Nothing is being played" in page.content.decode()


@pytest.mark.django_db
def test_the_crowds_page_leads_to_a_room(client):
    browser = {"Accept": "text/html"}
    answer = client.get("/spectate/shards?room=+abcde", headers=browser)
    assert (answer.status_code, answer["Location"]) == (302, "/spectate/ABCDE")
    odd = client.get("/spectate/shards?room=//evil.example", headers=browser)
    assert odd.status_code == 200


# Over the socket


@pytest.mark.django_db(transaction=True)
async def test_the_socket_sends_the_newest_tick_at_once_and_then_each(played):
    shard = await sync_to_async(played)(30, live=True)
    async with watching(f"/spectate/ws/{shard.pk}") as client:
        for tick in (30, 31, 32):
            if tick > 30:
                await play_on(shard, tick)
            event = await client.communicator.receive_output(5)
            told = json.loads(event["text"])
            assert told.keys() == KEYS
            assert told["tick"] == tick
        await sync_to_async(recording.finalize)(shard)
        closed = await client.communicator.receive_output(5)
        assert (closed["type"], closed["code"]) == ("websocket.close", 1000)


@pytest.mark.django_db(transaction=True)
async def test_the_socket_tells_what_http_tells(played):
    shard = await sync_to_async(played)(30, live=True)
    answer = await sync_to_async(Client().get)(f"/spectate/shard/{shard.pk}")
    async with watching(f"/spectate/ws/{shard.pk}") as client:
        event = await client.communicator.receive_output(5)
        assert event["text"].encode() == answer.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["ended", "other", "hidden", "never"])
async def test_what_is_not_to_be_watched_closes_with_4004(played, record, kind):
    make = {
        "ended": lambda: played(3).pk,
        "other": lambda: record(3, live=True).pk,
        "hidden": lambda: played(3, live=True, hidden_at=timezone.now()).pk,
        "never": lambda: NEVER_WAS,
    }[kind]
    async with watching(f"/spectate/ws/{await sync_to_async(make)()}") as client:
        assert await client.message() == {"type": "closed", "code": 4004}


@pytest.mark.django_db(transaction=True)
async def test_the_socket_asks_for_the_key_and_looks_at_the_origin(played, settings):
    settings.SEGFAULT_API_KEY = "a key"
    shard = await sync_to_async(played)(3, live=True)
    path = f"/spectate/ws/{shard.pk}"
    async with watching(path) as client:
        assert (await client.message())["code"] == 4004
    async with watching(path, {"X-API-Key": "a key"}) as client:
        assert json.loads((await client.communicator.receive_output(5))["text"])["tick"] == 3
    from segfault_site.asgi import application

    foreign = WebsocketCommunicator(application, path, headers=[(b"origin", b"https://evil.test")])
    accepted, _ = await foreign.connect(5)
    assert not accepted


async def play_on(shard: ReplayShard, tick: int) -> None:
    def more() -> None:
        fresh = ReplayShard.objects.get(pk=shard.pk)
        *_, last = segfault_ticks(fresh, tick)
        recording.append(fresh, [last])

    await sync_to_async(more)()


def test_the_wire_encodes_a_tick_once():
    from spectate.original import ORIGINAL
    from spectate.ring import Entry

    entry = Entry(1, format.line(1, 1.0, {"tick": 1}))
    assert entry.event(ORIGINAL) is entry.event(ORIGINAL)


@pytest.mark.parametrize("address", ["spectate/ws/{}", "replays/{}/live", "api/replay/spectate/{}"])
@pytest.mark.django_db(transaction=True)
async def test_a_socket_is_at_its_address_with_and_without_a_slash(address):
    for slash in ("", "/"):
        async with watching(f"/{address.format(NEVER_WAS)}{slash}") as client:
            assert await client.message() == {"type": "closed", "code": 4004}
