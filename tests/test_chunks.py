"""Sealed chunks before Django: the same answers, and nothing that Django would not have shown."""

import asyncio
import gzip
import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import override_settings
from django.utils import timezone

from replays import format, limits
from replays.api import chunk_rows
from replays.api.chunk_route import ChunkRoute
from replays.api.chunks import KEPT
from replays.models import ReplayChunk, ReplayShard

pytestmark = pytest.mark.django_db(transaction=True)


class Inner:
    """What stands behind the route: it only notes that it was asked."""

    def __init__(self):
        self.asked = 0

    async def __call__(self, scope, receive, send):
        self.asked += 1


@pytest.fixture(autouse=True)
def nothing_kept():
    KEPT.__init__(KEPT.most_bytes)


def ask(path, *, method="GET", peer="192.0.2.7", scheme="http", **headers):
    """Return the route's own answer to a request, or None where it was left to Django."""
    inner, sent = Inner(), []
    given = {"host": "testserver", "accept-encoding": "zstd"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": scheme,
        "client": (peer, 1),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }

    async def send(message):
        sent.append(message)

    asyncio.run(ChunkRoute(inner)(scope, None, send))
    if inner.asked:
        assert sent == []
        return None
    return SimpleNamespace(
        status=sent[0]["status"],
        headers={name.decode(): value.decode() for name, value in sent[0]["headers"]},
        body=b"".join(message["body"] for message in sent[1:]),
    )


def address(shard, number=0) -> str:
    return f"/replays/{shard.pk}/chunks/{number}"


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
def test_the_answer_is_djangos_to_the_byte(client, record, visibility, encoding):
    shard = record(120, visibility=visibility)
    wanted = {"accept-encoding": encoding}
    for method in ("GET", "HEAD"):
        theirs = getattr(client, method.lower())(address(shard), headers=wanted)
        ours = ask(address(shard), method=method, accept_encoding=encoding)
        assert ours.status == theirs.status_code == 200
        assert ours.body == theirs.content
        expected = {name.lower(): value for name, value in theirs.items()}
        del expected["x-request-id"], ours.headers["x-request-id"]
        assert ours.headers == expected


def test_the_stored_bytes_go_out_as_they_are(record):
    shard = record(250)
    for chunk in ReplayChunk.objects.filter(shard=shard):
        for _ in range(2):  # from the database, then as kept
            assert ask(address(shard, chunk.number)).body == bytes(chunk.body)


def test_who_has_a_chunk_already_is_told_so(record):
    shard = record(120)
    got = ask(address(shard))
    for known in (got.headers["etag"], f'"other", W/{got.headers["etag"]}', "*"):
        again = ask(address(shard), if_none_match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == got.headers["etag"]
    assert ask(address(shard), if_none_match='"other"').status == 200


def test_a_slash_at_the_end_is_no_redirect(record):
    assert ask(address(record(120)) + "/").status == 200


def test_hiding_a_shard_shows_at_the_very_next_request(client, record):
    shard = record(120)
    assert ask(address(shard)).status == 200
    ReplayShard.objects.filter(pk=shard.pk).update(hidden_at=timezone.now())
    assert ask(address(shard)) is None
    assert client.get(address(shard), headers={"accept-encoding": "zstd"}).status_code == 404
    ReplayShard.objects.filter(pk=shard.pk).update(hidden_at=None, visibility="private")
    assert ask(address(shard)) is None
    shard.delete()
    assert ask(address(shard)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"method": "POST"},
        {"accept_encoding": "br"},
        {"accept_encoding": "gzip"},  # not kept yet
        {"host": "elsewhere.example"},
        {"host": ""},
        {"if_match": '"x"'},
    ],
)
def test_all_but_the_plain_case_is_left_to_django(record, change):
    shard = record(120)
    assert ask(address(shard)).status == 200
    assert ask(address(shard), **change) is None


def test_what_is_no_open_chunk_is_left_to_django(record, ada):
    shard = record(120)
    for other in (
        record(120, live=True),
        record(120, visibility="private", owner=ada),
        record(120, hidden_at=timezone.now()),
    ):
        assert ask(address(other)) is None
    base = f"/replays/{shard.pk}/chunks"
    numbers = ("2", "x", "0/0", "", "00000000009")
    shouted = address(shard).replace(str(shard.pk), str(shard.pk).upper())
    for path in (*(f"{base}/{n}" for n in numbers), shouted, f"/replays/{uuid4()}/chunks/0"):
        assert ask(path) is None


def test_with_a_key_set_django_decides(record):
    shard = record(120)
    with override_settings(SEGFAULT_API_KEY="the key"):
        assert ask(address(shard)) is None


def test_where_https_is_wanted_plain_http_is_left_to_django(record):
    shard = record(120)
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert ask(address(shard)) is None
        assert ask(address(shard), scheme="https").status == 200
    with override_settings(SECURE_SSL_REDIRECT=True, TRUSTED_PROXIES=1):
        assert ask(address(shard), x_forwarded_proto="https").status == 200
        assert ask(address(shard), scheme="https", x_forwarded_proto="http") is None


def test_a_damaged_chunk_is_left_to_django_that_says_so(client, record):
    shard = record(250)
    chunk = ReplayChunk.objects.get(shard=shard, number=1)
    ReplayChunk.objects.filter(pk=chunk.pk).update(body=format.pack([b"{}"]))
    assert ask(address(shard, 1)) is None
    assert client.get(address(shard, 1)).status_code == 410
    assert ask(address(shard, 0)).status == 200


def test_the_limit_of_chunks_holds_and_is_counted_once(client, record, settings):
    shard = record(120)
    settings.LIMITS = settings.LIMITS | {"chunks": "3/10"}
    limits.forget()
    answers = [ask(address(shard)) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert b'"error_code": "TOO_MANY_REQUESTS"' in answers[3].body
    assert ask(address(shard), peer="192.0.2.8").status == 200
    other = "192.0.2.9"
    assert [ask(f"{address(shard)}9", peer=other) for _ in range(5)] == [None] * 5
    assert ask(address(shard), peer=other).status == 200


def test_a_new_shard_under_an_old_id_is_not_served_from_memory(record):
    shard = record(120)
    old = ask(address(shard))
    pk = shard.pk
    shard.delete()
    new = record(130, id=pk)
    ReplayChunk.objects.filter(shard=new, number=0).update(
        sha256=format.digest(b'{"tick":0}'), body=format.pack([b'{"tick":0}'])
    )
    assert ask(address(new)).body != old.body
    assert format.unpack(ask(address(new)).body) == b'{"tick":0}'


def test_a_database_that_is_away_is_told_at_once(record, monkeypatch):
    async def away(*_):
        raise OperationalError("couldn't get a connection after 10.00 sec")

    monkeypatch.setattr(chunk_rows, "open_to_all", away)
    answer = ask(f"/replays/{record(120).pk}/chunks/0")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert json.loads(answer.body)["error_code"] == "UNAVAILABLE"


@pytest.mark.needs_sqlite
def test_a_database_that_cannot_be_read_is_left_to_django(record, monkeypatch):
    shard = record(120)
    monkeypatch.setattr(chunk_rows, "BODY", "SELECT nothing FROM nowhere WHERE %s = %s")
    assert ask(address(shard)) is None


def test_a_running_site_sends_chunks_both_ways(live_site, record):
    import httpx

    shard = record(120)
    for wanted in ("zstd", "gzip", "gzip", "identity"):
        with httpx.stream(
            "GET", live_site + address(shard), headers={"accept-encoding": wanted}
        ) as response:
            raw = b"".join(response.iter_raw())
            encoding = response.headers.get("content-encoding", "identity")
        assert encoding == wanted
        assert ("content-encoding" in response.headers) == (wanted != "identity")
        unpack = {"zstd": format.unpack, "gzip": gzip.decompress, "identity": bytes}[encoding]
        assert unpack(raw).count(b"\n") == 99
    headed = httpx.head(live_site + address(shard), headers={"accept-encoding": "zstd"})
    assert headed.status_code == 200
    assert int(headed.headers["content-length"]) > 0
