"""What a trainer pushes is kept as it was sent, whatever the way it came."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import zlib
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.game import OMNISCIENT, Refused
from replays import giving_up, portable, pushed_chunk, pushes, reading, worlds
from replays.api import doors
from replays.format import zstd
from replays.models import Push, PushedChunk, ReplayShard, World
from replays.push_rows import Arrival, Coming
from replays.tokens import make_token
from tests.conftest import shared_recording
from tests.live_site import ROOT, environment, free_port, wait_until_ready

WORLD = {"size": [2, 2, 2], "walls": [[0, 0, 0, 6]], "meta": {}}
NAME = sha256(worlds.canonical(WORLD)).hexdigest()[:16]


@pytest.fixture(autouse=True)
def _open(settings):
    settings.OPEN_PUSH = True
    settings.LIMITS = settings.LIMITS | {"pushes": "100000/10"}
    doors.forget_tokens()


@pytest.fixture
def world(db):
    worlds.keep(NAME, json.dumps(WORLD).encode())
    return NAME


def frame(number):
    return {"t": (number + 1) * 0.25, "tick": 5 * (number + 1), "mechs": {}, "events": []}


def chunk(index=0, count=1, frames=2, replay_id="r1", first=None, **more):
    first = index * 2 if first is None else first
    listed = [frame(number) for number in range(first, first + frames)]
    stated = {"replay_id": replay_id, "world_ref": NAME, "chunk_index": index}
    return stated | {"chunk_count": count, "frames": listed} | more


def send(stated, client=None, path="/push", **headers):
    body = stated if isinstance(stated, bytes) else json.dumps(stated).encode()
    return (client or Client()).post(path, body, content_type="application/json", headers=headers)


def recorded(replay_id="r1"):
    shard = Push.objects.get(replay_id=replay_id).shard
    return [] if shard is None else [entry["snapshot"] for entry in reading.entries(shard)]


# The trainer's own traffic


def test_the_recorded_traffic_is_answered_as_it_was(live_site_with_pushes):
    """Each request byte for byte, on a connection of its own; date, server and the like aside."""
    for number in range(7):
        name = f"arena/capture-push/{number:02}-"
        asked = shared_recording(f"{name}request.bin").read_bytes()
        told = shared_recording(f"{name}response.bin").read_bytes()
        status, headers, body = exchange(live_site_with_pushes, asked)
        then_head, _, then_body = told.partition(b"\r\n\r\n")
        assert status == int(then_head.split()[1]), number
        # Somebody watched when this was recorded, and nobody does here.
        assert body == then_body.replace(b'"clients_notified":1', b'"clients_notified":0')
        assert headers["content-length"] == str(len(body))
    replay = json.loads(shared_recording("arena/replay-small.json").read_bytes())
    for push in Push.objects.all():
        assert recorded(push.replay_id) == replay["frames"]
        shard = push.shard
        assert (shard.game, shard.first_tick, shard.last_tick) == ("arena", 0, 111)
        assert shard.ended
        assert shard.options["meta"] == {"episode": 42, "update": 100}
    assert Push.objects.count() == 2


@pytest.mark.parametrize("path", ["/push/%00", "/worlds/%00", "/ingest/%00/push/r1"])
def test_a_name_with_a_zero_byte_is_nobodys(live_site_with_pushes, path):
    status, _, _ = exchange(live_site_with_pushes, request_for(live_site_with_pushes, path))
    assert status == 404


def request_for(address, path):
    host = urlsplit(address).netloc
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def exchange(address, request):
    site = urlsplit(address)
    with socket.create_connection((site.hostname, site.port), 30) as connection:
        connection.sendall(request.replace(b"keep-alive", b"close", 1))
        told = b""
        while piece := connection.recv(65536):
            told += piece
    head, _, body = told.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


@pytest.fixture
def live_site_with_pushes(transactional_db, tmp_path):
    with pushing_site(tmp_path) as (address, _):
        yield address


class pushing_site:
    """A site of its own process that takes pushes from anybody."""

    def __init__(self, folder):
        self.port = free_port()
        self.log = folder / "log"

    def __enter__(self):
        command = [
            sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(self.port),
            "--no-access-log", "--log-level", "warning", "segfault_site.asgi:application",
        ]  # fmt: skip
        about = environment() | {"OPEN_PUSH": "True", "DEBUG": "False", "PYTHONPATH": str(ROOT)}
        with self.log.open("w") as output:
            self.server = subprocess.Popen(
                command, cwd=ROOT, env=about, stdout=output, stderr=output, start_new_session=True
            )
        address = f"http://127.0.0.1:{self.port}"
        wait_until_ready(self.server, address, self.log)
        return address, self

    def kill(self):
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def __exit__(self, *_):
        if self.server.poll() is None:
            self.kill()


# Worlds


def test_a_world_is_kept_under_its_hash(client, db):
    packed = gzip.compress(json.dumps(WORLD).encode())
    assert client.head(f"/worlds/{NAME}").status_code == 404
    answer = put_world(client, packed, "gzip")
    assert answer.content == b'{"status":"ok","world_hash":"%b"}' % NAME.encode()
    assert client.head(f"/worlds/{NAME}").status_code == 200
    assert client.get(f"/worlds/{NAME}").json() == WORLD
    assert put_world(client, zstd.compress(json.dumps(WORLD).encode()), "zstd").status_code == 200
    assert bytes(World.objects.get().sha256).hex().startswith(NAME)


def put_world(client, body, encoding="", name=NAME):
    headers = {"Content-Encoding": encoding} if encoding else {}
    return client.put(f"/worlds/{name}", body, content_type="application/json", headers=headers)


def test_another_world_under_a_known_name_is_refused(client, world):
    World.objects.update(sha256=bytes(32))
    assert put_world(client, json.dumps(WORLD).encode()).status_code == 409


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"[]", "", 400),
        (b'{"size":[1,1,1]}', "", 400),
        (b'{"size":NaN}', "", 400),
        (b"\x1f\x8bnothing", "gzip", 400),
        (b"{}", "br", 415),
        (b" " * (4 * 2**20 + 1), "", 413),
        (gzip.compress(b" " * (33 * 2**20)), "gzip", 413),
        (zstd.compress(b" " * (33 * 2**20)), "zstd", 413),
    ],
)
def test_what_is_not_that_world_is_refused(client, db, body, encoding, status):
    answer = put_world(client, body, encoding)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert not World.objects.exists()


# Chunks


def test_a_replay_is_what_was_sent(world):
    for index in range(3):
        answer = send(chunk(index, 3))
        told = {"status": "ok", "replay_id": "r1", "chunk_index": index, "clients_notified": 0}
        assert answer.json() == told
    assert recorded() == [frame(number) for number in range(6)]
    shard = Push.objects.get().shard
    assert shard.ended
    assert (shard.game, shard.origin, shard.first_tick, shard.last_tick) == ("arena", "push", 0, 5)


def test_the_same_chunk_again_is_taken_once(world):
    for _ in range(3):
        assert send(chunk(0, 2)).status_code == 200
    assert len(recorded()) == 2
    assert send(chunk(0, 2, first=7)).status_code == 409
    assert send(chunk(1, 2)).status_code == 200
    assert send(chunk(0, 2)).status_code == 200
    assert len(recorded()) == 4


def test_what_comes_ahead_waits_and_is_told(world):
    client = Client()
    send(chunk(2, 3))
    assert recorded() == []
    send(chunk(0, 3))
    told = client.get("/push/r1").json()
    assert (told["arrived"], told["missing"], told["complete"]) == ([0, 2], [1], False)
    assert len(recorded()) == 2
    send(chunk(1, 3))
    assert client.get("/push/r1").json()["complete"]
    assert recorded() == [frame(number) for number in range(6)]
    assert PushedChunk.objects.exclude(body=None).count() == 0


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_order_with_repeats_in_any_groups_gives_the_same_recording(world, data):
    count = data.draw(st.integers(1, 6))
    order = data.draw(st.permutations(range(count)))
    again = data.draw(st.lists(st.sampled_from(range(count)), max_size=6))
    arrivals = [as_arrival(chunk(index, count)) for index in [*order, *again]]
    Push.objects.all().delete()
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        group, arrivals = arrivals[:size], arrivals[size:]
        assert all(isinstance(outcome, Coming) for outcome in pushes.take(group))
    assert recorded() == [frame(number) for number in range(2 * count)]
    positions = PushedChunk.objects.filter(push__replay_id="r1").values_list("position", flat=True)
    assert sorted(positions) == list(positions)
    assert Push.objects.get().closed_at


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_an_open_ended_push_is_what_came_of_it_whatever_was_lost(world, data):
    """Chunks in any order, some never; who closes it, if anybody, may be any that came late."""
    count = data.draw(st.integers(1, 6))
    came = data.draw(st.permutations(range(count)))[: data.draw(st.integers(1, count))]
    closes = data.draw(st.sampled_from([None, *range(len(came))]))
    Push.objects.all().delete()
    for place, index in enumerate(came):
        states = closes is not None and place >= closes
        group = [as_arrival(chunk(index, count if states else None))] * data.draw(st.integers(1, 2))
        assert all(isinstance(outcome, Coming) for outcome in pushes.take(group))
    in_order = next((index for index in range(count) if index not in came), count)
    assert recorded() == [frame(number) for number in range(2 * in_order)]
    assert bool(Push.objects.get().closed_at) == (closes is not None and in_order == count)
    Push.objects.update(changed_at=timezone.now() - timezone.timedelta(days=2))
    giving_up.give_up_silent()
    assert recorded() == [frame(number) for index in sorted(came) for number in twice(index)]
    shard = Push.objects.get().shard
    placed = {entry["tick"]: entry["snapshot"] for entry in reading.entries(shard)}
    assert placed == {number: frame(number) for index in came for number in twice(index)}
    assert shard.ended


def twice(index):
    return (2 * index, 2 * index + 1)


def test_time_never_runs_backwards_whatever_frames_state(world):
    for index, t in enumerate([3.0, 1.0, None, 2.5]):
        send(chunk(index, None, frames=0) | {"frames": [{"t": t, "n": index}]})
    entries = list(reading.entries(Push.objects.get().shard))
    assert [entry["t"] for entry in entries] == [3.0, 3.0, 3.0, 3.0]


def as_arrival(stated, owner=None):
    return Arrival(owner, pushed_chunk.read(json.dumps(stated).encode()))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"chunk_index": 2}, "chunk_index"),
        ({"chunk_index": -1}, "chunk_index"),
        ({"chunk_index": True}, "chunk_index"),
        ({"chunk_count": 0}, "chunk_count"),
        ({"chunk_count": "2"}, "chunk_count"),
        ({"replay_id": ""}, "replay_id"),
        ({"replay_id": "a/b"}, "replay_id"),
        ({"replay_id": None}, "replay_id"),
        ({"world_ref": "f" * 16}, "world_ref"),
        ({"world_ref": "short"}, "world_ref"),
        ({"frames": {}}, "frames"),
        ({"frames": [{}, 1]}, "frames/1"),
        ({"frames": [{}] * 1001}, "frames"),
        ({"meta": []}, "meta"),
        ({"meta": {"long": "x" * 65_530}}, "meta"),
        ({"hints": []}, "hints"),
        ({"hints": {"things": [{"path": "agents/*"}, {}]}}, "hints/things/1/path"),
        ({"game": "No Such"}, "game"),
        ({"visibility": "secret"}, "visibility"),
    ],
)
def test_a_chunk_that_cannot_be_is_refused_by_field(world, change, field):
    answer = send(chunk(0, 2) | change)
    assert answer.status_code == 400
    assert answer.json()["pointer"] == f"/{field}"
    assert not Push.objects.exists()


def test_a_replay_keeps_its_count_and_its_world(world):
    send(chunk(0, 3))
    assert send(chunk(1, 4)).json()["pointer"] == "/chunk_count"
    assert send(chunk(1, 3, world_ref=None)).json()["pointer"] == "/world_ref"


def test_a_push_may_leave_its_chunk_count_open_and_state_it_once(world):
    client = Client()
    for index in range(3):
        assert send(chunk(index, None)).status_code == 200
    told = client.get("/push/r1").json()
    assert (told["chunk_count"], told["missing"], told["complete"]) == (None, [], False)
    assert not Push.objects.get().shard.ended
    assert send(chunk(3, 4, frames=0)).status_code == 200
    assert client.get("/push/r1").json()["complete"]
    assert recorded() == [frame(number) for number in range(6)]
    assert Push.objects.get().shard.ended


def test_an_open_push_is_closed_by_what_comes_early_and_filled_by_what_comes_late(world):
    late = chunk(1, None)
    send(chunk(0, None))
    send(chunk(3, 4, frames=0))
    assert Client().get("/push/r1").json()["missing"] == [1, 2]
    for one in (chunk(2, 4), late, late):
        assert send(one).status_code == 200
    assert recorded() == [frame(number) for number in range(6)]
    assert Push.objects.get().closed_at


@pytest.mark.parametrize(
    ("index", "count", "field"),
    [(1, 2, "chunk_count"), (4, None, "chunk_index"), (3, 5, "chunk_count")],
)
def test_a_count_once_stated_stays(world, index, count, field):
    send(chunk(0, None))
    send(chunk(2, None))
    if field == "chunk_index" or index == 3:
        send(chunk(3, 4, frames=0))
    answer = send(chunk(index, count, frames=1))
    assert (answer.status_code, answer.json()["pointer"]) == (400, f"/{field}")


def test_who_knows_this_site_is_told_where_to_watch(world, ada):
    assert set(send(chunk(0, 2)).json()) == {
        "status", "replay_id", "chunk_index", "clients_notified",
    }  # fmt: skip
    shard = Push.objects.get().shard
    for told in (send(chunk(1, 2, game="arena")).json(),):
        assert told["shard_id"] == str(shard.pk)
        assert told["url"] == f"http://testserver/spectate/{shard.pk}"
    assert Client().get(f"/spectate/{shard.pk}").status_code == 200
    bearer = {"Authorization": f"Bearer {make_token(ada, 'push')}"}
    assert "url" in send(chunk(0, 2), **bearer).json()
    assert "url" not in send(chunk(1, 2, replay_id="r2", game="arena")).json()


def test_the_index_tells_world_hints_and_how_far_a_push_has_come(world, record):
    hints = {"title": "Chess", "plane": "grid", "width": 8, "height": 8}
    send(chunk(0, None, hints=hints))
    send(chunk(2, None, hints={"title": "not of the chunk that opens it"}))
    shard = Push.objects.get().shard
    told = Client().get(f"/replays/{shard.pk}/index").json()
    assert (told["world"], told["hints"]) == (NAME, hints)
    assert told["push"] == {"placed": 1, "chunk_count": None, "waiting": 1}
    setup = Client().get(f"/replay?shard={shard.pk}").context["setup"]
    assert (setup["world"], setup["hints"]) == (NAME, hints)
    told = Client().get(f"/replays/{record().pk}/index").json()
    assert [told[name] for name in ("world", "hints", "push")] == [None, None, None]


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"frames": [{"t": NaN}]}', b'{"a": 1e999}'])
def test_what_is_no_chunk_is_refused(world, body):
    assert send(body).status_code == 400


def test_a_bomb_is_refused_before_it_is_held(world):
    bomb = zlib.compressobj(wbits=31)
    body = b"".join([*(bomb.compress(bytes(2**20)) for _ in range(64)), bomb.flush()])
    answer = send(body, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_any_game_may_be_pushed_without_a_world(db):
    stated = chunk(0, 1, world_ref=None, meta={"game": "chess960", "title": "A game"})
    assert send(stated).status_code == 200
    shard = ReplayShard.objects.get()
    assert (shard.game, str(shard), shard.total_ticks) == ("chess960", "A game", 2)


def test_two_who_push_do_not_meet(world, ada, bob):
    tokens = {user: make_token(user, "push") for user in (ada, bob)}
    for user, token in tokens.items():
        headers = {"Authorization": f"Bearer {token}"}
        assert send(chunk(0, 1, meta={"by": user.username}), **headers).status_code == 200
    assert {push.owner: push.shard.options["meta"]["by"] for push in Push.objects.all()} == {
        ada: "ada",
        bob: "bob",
    }
    assert Client().get("/push/r1").status_code == 404


def test_a_token_stands_in_the_address_or_in_a_header(world, ada, settings):
    settings.OPEN_PUSH = False
    token = make_token(ada, "push")
    assert send(chunk(0, 1)).status_code == 401
    assert send(chunk(0, 1), path=f"/ingest/{token}/push").status_code == 200
    assert Push.objects.get().shard.owner == ada
    assert send(chunk(0, 1), path="/ingest/nonsense/push").status_code == 401
    reader = make_token(ada, "read")
    assert send(chunk(0, 1), Authorization=f"Bearer {reader}").status_code == 403
    assert Client().head(f"/ingest/{token}/worlds/{NAME}").status_code == 200
    assert Client().head(f"/ingest/nonsense/worlds/{NAME}").status_code == 401


def test_a_gap_left_for_long_is_shown_and_the_rest_plays(world):
    for index in (0, 1, 3, 4):
        send(chunk(index, 6))
    Push.objects.update(changed_at=timezone.now() - timezone.timedelta(days=2))
    assert giving_up.give_up_silent() == 1
    shard = Push.objects.get().shard
    assert shard.ended
    assert [entry["tick"] for entry in reading.entries(shard)] == [0, 1, 2, 3, 6, 7, 8, 9]
    assert reading.snapshot(shard, 7, OMNISCIENT) == frame(7)
    assert reading.snapshot(shard, 4, OMNISCIENT) is None
    ranges = [(row["first_tick"], row["last_tick"]) for row in reading.timeline(shard).chunks]
    assert ranges == [(0, 3), (6, 9)]
    told = Client().get("/push/r1").json()
    assert (told["missing"], told["complete"], told["closed"]) == ([2, 5], False, True)
    assert send(chunk(1, 6)).status_code == 200
    assert send(chunk(2, 6)).status_code == 409


@pytest.mark.parametrize("body", [b"no zstd", zstd.compress(b"no JSON"), b""])
def test_a_chunk_that_waited_and_is_damaged_is_a_gap_and_stops_no_other(world, body, caplog):
    for replay_id in ("r1", "r2"):
        for index in (0, 2, 3):
            send(chunk(index, 4, replay_id=replay_id))
    PushedChunk.objects.filter(push__replay_id="r1", index=2).update(body=body)
    Push.objects.update(changed_at=timezone.now() - timezone.timedelta(days=2))
    assert giving_up.give_up_silent() == 2
    shards = [Push.objects.get(replay_id=name).shard for name in ("r1", "r2")]
    ticks = [[entry["tick"] for entry in reading.entries(shard)] for shard in shards]
    assert ticks == [[0, 1, 6, 7], [0, 1, 4, 5, 6, 7]]
    assert "is damaged" in caplog.text


def test_a_recording_with_gaps_goes_out_and_comes_in_as_the_same_bytes(world):
    for index in (1, 2, 4, 7, 8):
        send(chunk(index, 10, visibility="unlisted"))
    Push.objects.update(changed_at=timezone.now() - timezone.timedelta(days=2))
    giving_up.give_up_silent()
    shard = Push.objects.get().shard
    file = b"".join(portable.write(shard))
    assert json.loads(file)["shard"]["gaps"] == [[6, 7], [10, 13]]
    shard.delete()
    again = portable.read(BytesIO(file), visibility="unlisted")
    assert b"".join(portable.write(again)) == file
    ranges = [(row["first_tick"], row["last_tick"]) for row in reading.timeline(again).chunks]
    assert ranges == [(2, 5), (8, 9), (14, 17)]
    again.delete()
    for wrong in ([], [[6, 7]], [[6, 7], [10, 12]], [[6, 7], [10, 13], [20, 21]], [[7, 6]], 3):
        stated = json.loads(file)
        stated["shard"]["gaps"] = wrong
        with pytest.raises(Refused):
            portable.read(BytesIO(json.dumps(stated).encode()))


def test_what_was_answered_outlives_a_kill(transactional_db, tmp_path):
    """The server is killed between answers and started again; the sender goes on where it was."""
    worlds.keep(NAME, json.dumps(WORLD).encode())
    frames = [json.dumps(chunk(index, 30)).encode() for index in range(30)]
    acknowledged = 0
    for _ in range(3):
        with pushing_site(tmp_path) as (address, site):
            for body in frames[acknowledged : acknowledged + 10]:
                assert post(address, body) == 200
                acknowledged += 1
            half = b"POST /push HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{"
            with socket.create_connection(("127.0.0.1", site.port)) as connection:
                connection.sendall(half)
                site.kill()
        assert recorded() == [frame(number) for number in range(2 * acknowledged)]
    assert Push.objects.get().closed_at


def post(address, body):
    head = b"POST /push HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    return exchange(address, head + body)[0]


def test_many_senders_at_once_share_commits(transactional_db, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    worlds.keep(NAME, json.dumps(WORLD).encode())
    with pushing_site(tmp_path) as (address, _), ThreadPoolExecutor(8) as senders:

        def sender(number):
            bodies = [chunk(index, 5, replay_id=f"r{number % 4}") for index in range(5)]
            return [post(address, json.dumps(body).encode()) for body in bodies]

        assert {status for told in senders.map(sender, range(8)) for status in told} == {200}
    for number in range(4):
        assert recorded(f"r{number}") == [frame(number) for number in range(10)]


def test_health_tells_that_it_is_up(client, db):
    told = client.get("/health").json()
    assert (told["status"], told["clients"]) == ("ok", 0)
    assert told["uptime_s"] >= 0
