"""Whoever watches pushed replays gets every frame, from the first, however late or interrupted."""

import gzip
import json
import socket
import time
import zlib
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone

from replays import giving_up, pushes, worlds
from replays.models import Push, ReplayShard
from replays.push_rows import Coming
from replays.tokens import make_token
from tests.event_streams import TIMEOUT, EventStream
from tests.test_push import NAME, WORLD, as_arrival, chunk, frame, pushing_site


@pytest.fixture
def site(transactional_db, tmp_path):
    worlds.keep(NAME, json.dumps(WORLD).encode())
    with pushing_site(tmp_path) as (address, _):
        yield address


class Watching(EventStream):
    """A connection to /events, read event by event."""

    def __init__(self, site, query="", **headers):
        super().__init__(f"{site}/events{query}", **headers)

    def next(self):
        name, data, position = super().next()
        return name, json.loads(data), position

    def until_end(self):
        events = []
        while not events or events[-1][0] != "replay_end":
            events.append(self.next())
        return events


def push(*stated):
    for one in stated:
        assert isinstance(pushes.take([as_arrival(one)])[0], Coming)


def frames_of(events):
    return [one for name, told, _ in events if name == "replay_chunk" for one in told["frames"]]


def names(events):
    return [name for name, *_ in events]


def test_a_replay_is_told_as_it_comes(site):
    with Watching(site) as watching:
        assert watching.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert watching.response.headers["cache-control"] == "no-cache"
        push(chunk(0, 2, meta={"episode": 4}), chunk(1, 2))
        events = watching.until_end()
        assert httpx.get(f"{site}/health").json()["clients"] == 1
    assert names(events) == ["world", "replay_start", "replay_chunk", "replay_chunk", "replay_end"]
    assert events[0][1] == {"hash": NAME, "data": WORLD}
    start = events[1][1]
    assert (start["replay_id"], start["world_ref"], start["chunk_count"]) == ("r1", NAME, 2)
    assert start["meta"] == {"episode": 4}
    assert [told["chunk_index"] for name, told, _ in events if name == "replay_chunk"] == [0, 1]
    assert frames_of(events) == [frame(number) for number in range(4)]
    assert events[-1][1] == {"replay_id": "r1"}


def test_a_world_is_told_once_a_connection_or_as_asked(site):
    once, never, always = Watching(site), Watching(site, "?worlds=0"), Watching(site, "?worlds=1")
    with once, never, always:
        push(chunk(0, 1, replay_id="a"), chunk(0, 1, replay_id="b"))
        told = [names(one.until_end() + one.until_end()) for one in (once, never, always)]
    assert [one.count("world") for one in told] == [1, 0, 2]


def test_who_comes_late_sees_it_from_the_first_frame(site):
    push(chunk(0, 1, replay_id="over"), chunk(0, 3))
    push(chunk(1, 3))
    with Watching(site) as watching:
        push(chunk(2, 3))
        assert frames_of(watching.until_end()) == [frame(number) for number in range(6)]


def test_one_replay_may_be_followed_also_when_it_is_over(site):
    push(chunk(0, 1), chunk(0, 1, replay_id="other"))
    with Watching(site, "?replay_id=r1") as watching:
        events = watching.until_end()
    assert {told.get("replay_id", "r1") for _, told, _ in events} == {"r1"}
    assert frames_of(events) == [frame(0), frame(1)]


def test_a_stream_resumes_after_any_event_with_nothing_missed(site):
    push(chunk(0, 3), chunk(1, 3))
    with Watching(site, "?replay_id=r1&worlds=1") as watching:
        first = [watching.next() for _ in range(4)]
    push(chunk(2, 3))
    whole = ["world", "replay_start", *["replay_chunk"] * 3, "replay_end"]
    for seen, (_, _, last) in enumerate(first, start=1):
        for query in ("?worlds=1", "?replay_id=r1&worlds=1"):
            with Watching(site, query, **{"Last-Event-ID": last}) as again:
                assert names(again.until_end()) == whole[seen:]


def test_an_id_of_another_time_starts_over(site):
    push(chunk(0, 2))
    with Watching(site, **{"Last-Event-ID": "999999-3"}) as watching:
        push(chunk(1, 2))
        assert frames_of(watching.until_end()) == [frame(number) for number in range(4)]


def test_what_is_not_public_is_told_to_its_owner_alone(site, ada, eve):
    private = as_arrival(chunk(0, 1, visibility="private"), ada)
    assert isinstance(pushes.take([private])[0], Coming)
    read = {user: {"Authorization": f"Bearer {make_token(user, 'read')}"} for user in (ada, eve)}
    with Watching(site, "?replay_id=r1", **read[ada]) as watching:
        assert len(frames_of(watching.until_end())) == 2
    for headers in ({}, read[eve]):
        answer = httpx.get(f"{site}/events?replay_id=r1", headers=headers)
        assert answer.status_code == 404
        assert answer.content == httpx.get(f"{site}/events?replay_id=never").content
    with Watching(site) as watching:
        push(chunk(0, 1, replay_id="open"))
        assert {told.get("replay_id", "open") for _, told, _ in watching.until_end()} == {"open"}


def test_who_follows_what_is_hidden_is_let_go(site):
    push(chunk(0, 2))
    with Watching(site, "?replay_id=r1") as watching:
        watching.next()
        ReplayShard.objects.update(hidden_at=timezone.now())
        with pytest.raises(AssertionError, match="ended"):
            watching.until_end()


def test_the_limit_refuses_the_newcomer(transactional_db, tmp_path, monkeypatch):
    monkeypatch.setenv("EVENT_STREAMS", "2")
    with pushing_site(tmp_path) as (address, _), Watching(address) as first, Watching(address):
        answer = httpx.get(f"{address}/events")
        assert answer.status_code == 503
        assert "2 viewers" in answer.json()["detail"]
        worlds.keep(NAME, json.dumps(WORLD).encode())
        push(chunk(0, 1))
        assert len(frames_of(first.until_end())) == 2


def test_bad_parameters_are_named(site):
    assert "worlds" in httpx.get(f"{site}/events?worlds=7").json()["detail"]
    assert "replay_id" in httpx.get(f"{site}/events?replay_id=a%2Fb").json()["detail"]


def test_who_does_not_read_is_cut_off_and_costs_the_pusher_nothing(
    transactional_db, tmp_path, monkeypatch
):
    monkeypatch.setenv("SOCKET_SEND_SECONDS", "1")
    worlds.keep(NAME, json.dumps(WORLD).encode())
    heavy = "x" * 60_000
    with pushing_site(tmp_path) as (address, server), Watching(address) as reading:
        site = urlsplit(address)
        deaf = [socket.create_connection((site.hostname, site.port)) for _ in range(16)]
        for one in deaf:
            one.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        wait_for(lambda: clients(address) == 17)
        before = memory(server.server.pid)
        began = time.monotonic()
        for index in range(12):
            stated = chunk(index, 12)
            stated["frames"] = [{"heavy": heavy, "tick": tick} for tick in range(16)]
            told = httpx.post(f"{address}/push", json=stated, timeout=TIMEOUT)
            assert told.status_code == 200
        assert time.monotonic() - began < 8
        assert len(frames_of(reading.until_end())) == 192
        wait_for(lambda: clients(address) == 1)
        assert memory(server.server.pid) - before < 250 * 2**20
        for one in deaf:
            one.close()


def clients(address):
    return httpx.get(f"{address}/health").json()["clients"]


def memory(group):
    """Return the bytes of memory that a server and its workers hold."""
    import subprocess

    listed = subprocess.run(
        ["ps", "-eo", "pgid,rss"], capture_output=True, text=True, check=True
    ).stdout.split("\n")[1:]
    rows = [line.split() for line in listed if line]
    return sum(int(size) * 1024 for pgid, size in rows if int(pgid) == group)


def wait_for(fact):
    deadline = time.monotonic() + TIMEOUT
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_replay_that_was_given_up_ends_for_those_who_watch(site):
    push(chunk(0, 4), chunk(2, 4), chunk(0, None, replay_id="open"))
    with Watching(site, "?worlds=0") as everything, Watching(site, "?replay_id=r1") as one:
        assert names([everything.next() for _ in range(4)]) == ["replay_start", "replay_chunk"] * 2
        Push.objects.update(changed_at=timezone.now() - timezone.timedelta(days=2))
        assert giving_up.give_up_silent() == 2
        events = one.until_end()
        told = everything.until_end() + everything.until_end()
    assert frames_of(events) == [frame(0), frame(1), frame(4), frame(5)]
    assert events[-1][1] == {"replay_id": "r1"}
    ended = [about["replay_id"] for name, about, _ in told if name == "replay_end"]
    assert ended == ["r1", "open"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "gzip"), ("identity", None), ("gzip;q=0", None), ("br", None)],
)
def test_it_is_packed_for_who_takes_gzip(site, accepted, encoding):
    with Watching(site, **{"Accept-Encoding": accepted}) as watching:
        assert watching.response.headers.get("content-encoding") == encoding
        assert watching.response.headers["vary"] == "accept-encoding"
        push(chunk(0, 2), chunk(1, 2))
        assert frames_of(watching.until_end()) == [frame(number) for number in range(4)]


def test_a_packed_stream_that_ends_is_whole(site):
    push(chunk(0, 2))
    headers = {"Accept-Encoding": "gzip"}
    asked = httpx.Client(timeout=TIMEOUT)
    with asked, asked.stream("GET", f"{site}/events?replay_id=r1", headers=headers) as answer:
        told, unpacked, unpacker = b"", b"", zlib.decompressobj(wbits=31)
        for part in answer.iter_raw():
            told += part
            unpacked += unpacker.decompress(part)
            if b"event: replay_chunk" in unpacked:
                ReplayShard.objects.update(hidden_at=timezone.now())
    assert unpacker.eof
    assert gzip.decompress(told) == unpacked


def test_what_was_recorded_just_now_is_told_as_what_is_read_again(site):
    """Those who watch this process get chunks from memory; who comes late gets the same bytes."""
    with Watching(site, "?worlds=0") as watching:
        for index in range(3):
            body = json.dumps(chunk(index, 3, visibility="public"))
            assert httpx.post(f"{site}/push", content=body).status_code == 200
        at_once = watching.until_end()
    with Watching(site, "?replay_id=r1&worlds=0") as watching:
        assert watching.until_end() == at_once
