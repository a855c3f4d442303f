"""A live shard is followed by events over HTTP as by a socket: same feed, same rules."""

import gzip
import json

import httpx
import pytest
from django.utils import timezone

from games.game import SPECTATOR
from replays import reading, recording, sharing
from replays.models import ReplayShard
from replays.tokens import make_token
from tests.conftest import count_up
from tests.event_streams import EventStream
from tests.test_push import pushing_site


class Following(EventStream):
    """A live shard, followed tick by tick."""

    def ticks(self, count):
        return [int(self.next("tick")[2]) for _ in range(count)]


def live(site, shard):
    return f"{site}/replays/{shard.pk}/live"


def append(shard, count):
    shard.refresh_from_db()
    recording.append(shard, count_up(shard.next_tick or 0, count))


def test_it_is_told_as_it_comes_to_its_end(live_site, record):
    shard = record(3, live=True)
    with Following(live(live_site, shard)) as following:
        assert following.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        hello = json.loads(following.next()[1])
        assert (hello["shard"]["shard_id"], hello["cursor"]) == (str(shard.pk), None)
        assert following.ticks(1) == [2]
        append(shard, 120)
        assert following.ticks(120) == list(range(3, 123))
        recording.finalize(shard)
        _, ended, last = following.next("ended")
        assert (json.loads(ended)["shard"]["live"], last) == (False, "122")
        with pytest.raises(AssertionError, match="has ended"):
            following.next()


def test_a_tick_is_the_line_that_is_stored(live_site, record):
    shard = record(5, live=True)
    with Following(live(live_site, shard), **{"Last-Event-ID": "0"}) as following:
        told = [following.next("tick")[1] for _ in range(4)]
    assert told == [line.decode() for line in reading.lines(shard, 1, 4, SPECTATOR)]


@pytest.mark.parametrize("way", ["header", "query"])
def test_it_goes_on_where_the_line_dropped(live_site, record, way):
    shard = record(95, live=True)
    with Following(live(live_site, shard)) as following:
        assert following.ticks(1) == [94]
    append(shard, 30)
    query, headers = ("", {"Last-Event-ID": "94"}) if way == "header" else ("?cursor=94", {})
    with Following(live(live_site, shard) + query, **headers) as following:
        assert following.ticks(30) == list(range(95, 125))


def test_who_was_away_too_long_is_told_what_is_skipped(live_site, record):
    shard = record(200, live=True)
    with Following(f"{live(live_site, shard)}?cursor=10") as following:
        assert json.loads(following.next("skipped")[1]) == {"from": 11, "to": 198}
        assert following.ticks(1) == [199]


@pytest.mark.parametrize(("accepted", "encoding"), [("br, gzip", "gzip"), ("identity", None)])
def test_it_is_packed_for_who_takes_gzip(live_site, record, accepted, encoding):
    shard = record(4, live=True)
    address = live(live_site, shard)
    with Following(address, **{"Accept-Encoding": accepted}) as following:
        assert following.response.headers.get("content-encoding") == encoding
        assert following.ticks(1) == [3]
        append(shard, 3)
        assert following.ticks(3) == [4, 5, 6]


def test_a_packed_stream_that_ends_is_whole(live_site, record):
    shard = record(4)
    told = httpx.Client().stream("GET", live(live_site, shard), headers={"Accept-Encoding": "gzip"})
    with told as answer:
        body = gzip.decompress(b"".join(answer.iter_raw())).decode()
    assert [line for line in body.split("\n") if line.startswith("event")] == [
        "event: hello", "event: ended",
    ]  # fmt: skip


def test_who_has_heard_that_it_ended_is_not_called_back(live_site, record):
    shard = record(4)
    heard = httpx.get(live(live_site, shard), headers={"Last-Event-ID": "3"})
    assert (heard.status_code, heard.content) == (204, b"")
    assert (
        b"event: ended" in httpx.get(live(live_site, shard), headers={"Last-Event-ID": "2"}).content
    )


def test_it_is_followed_through_a_link_that_does_not_name_it(live_site, record, ada):
    shard = record(4, live=True, owner=ada, visibility="unlisted")
    share = sharing.make_share(shard, ada)
    with Following(f"{live_site}/replay/{share.code}/live") as following:
        assert json.loads(following.next()[1])["shard"]["shard_id"] is None
        assert following.ticks(1) == [3]


def test_eve_cannot_tell_a_private_shard_from_one_that_never_was(live_site, record, ada, eve):
    shard = record(4, live=True, owner=ada, visibility="private")
    never = f"{live_site}/replays/00000000-0000-4000-8000-000000000000/live"
    tokens = {user: {"Authorization": f"Bearer {make_token(user, 'read')}"} for user in (ada, eve)}
    with Following(live(live_site, shard), **tokens[ada]) as following:
        assert following.ticks(1) == [3]
    for headers in ({}, tokens[eve]):
        answer = httpx.get(live(live_site, shard), headers=headers)
        assert answer.status_code == 404
        assert answer.content == httpx.get(never).content
    for path in ("/replays/nothing/live", "/replay/nothing/live/"):
        assert httpx.get(f"{live_site}{path}").status_code == 404


def test_who_follows_what_is_hidden_is_let_go(live_site, record):
    shard = record(4, live=True)
    with Following(live(live_site, shard)) as following:
        assert following.ticks(1) == [3]
        ReplayShard.objects.update(hidden_at=timezone.now())
        with pytest.raises(AssertionError, match="has ended"):
            following.next("ended")


def test_its_head_is_told_alone(live_site, record):
    for shard in (record(4, live=True), record(4)):
        answer = httpx.head(live(live_site, shard))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_the_limit_refuses_the_newcomer(transactional_db, tmp_path, monkeypatch, record):
    monkeypatch.setenv("EVENT_STREAMS", "1")
    shard = record(4, live=True)
    with pushing_site(tmp_path) as (site, _), Following(live(site, shard)) as following:
        answer = httpx.get(live(site, shard))
        assert answer.status_code == 503
        assert "spectators" in answer.json()["detail"]
        append(shard, 1)
        assert following.ticks(2) == [3, 4]
