"""Recordings over HTTP: the list, ticks and the timeline; who may read, and what is refused."""

import gzip
import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from games import get_game
from replays import format, limits, reading, recording, tokens
from replays.api import shards as shards_api
from replays.api.encodings import chosen
from replays.api.keys import let_viewer_read
from replays.models import ReplayChunk, ReplayShard, ShareCode
from tests.conftest import count_up

TOTALS = [f"total_{name}" for name in ("ticks", "processes", "kills", "survivals", "ghosts")]


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.LIMITS = settings.LIMITS | {"reads": "100000/10", "chunks": "100000/10"}


# The list


def test_the_list_has_the_rows_of_the_seed_newest_first(client, record):
    old, new = record(5, title="old"), record(7, live=True)
    rows = client.get("/replays").json()["shards"]
    assert [row["shard_id"] for row in rows] == [str(new.pk), str(old.pk)]
    assert [rows[1][name] for name in TOTALS] == [5, 0, 0, 0, 0]
    assert type(rows[1]["started_at"]) is int
    assert type(rows[1]["ended_at"]) is int
    assert rows[0]["ended_at"] is None
    assert [row["live"] for row in rows] == [True, False]


def test_paging_shows_every_shard_once_while_others_begin(client, record):
    moment = timezone.now()
    first = {str(record(1, started_at=moment).pk) for _ in range(7)}
    address, seen = "/replays?limit=2&game=counting", []
    while address:
        page = client.get(address).json()
        seen += [row["shard_id"] for row in page["shards"]]
        address = page["next"]
        record(1)
    assert sorted(seen) == sorted(first)


def test_the_list_is_filtered_by_game_state_and_words(client, record):
    wanted = record(1, game="chess", title="Ada & the Queen")
    record(1, game="chess", live=True)
    record(1)

    def ids(**query):
        rows = client.get("/replays?" + urlencode(query)).json()["shards"]
        return [row["shard_id"] for row in rows]

    assert ids(game="chess", live="false") == [str(wanted.pk)]
    assert ids(q="the queen") == [str(wanted.pk)]
    assert ids(q=str(wanted.pk)[:8]) == [str(wanted.pk)]
    assert len(ids(live="1")) == 1
    assert ids(game="go") == []


def test_the_list_shows_others_only_what_is_public(client, record, ada, eve):
    public = record(1)
    mine = record(1, visibility="private", owner=ada)
    record(1, visibility="unlisted", owner=eve)
    record(1, hidden_at=timezone.now())

    def ids():
        return {row["shard_id"] for row in client.get("/replays").json()["shards"]}

    assert ids() == {str(public.pk)}
    client.force_login(ada)
    assert ids() == {str(public.pk), str(mine.pk)}


def test_the_list_asks_the_database_a_constant_number_of_times(
    client, record, django_assert_max_num_queries
):
    for _ in range(20):
        record(1)
    with django_assert_max_num_queries(2):
        client.get("/replays")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("nonsense", "application/json"),
    ],
)
def test_one_address_is_a_page_for_browsers_and_json_for_programs(
    client, record, monkeypatch, accept, kind
):
    from django.http import HttpResponse

    monkeypatch.setattr(shards_api, "gallery", lambda request: HttpResponse("<p>gallery"))
    response = client.get("/replays", headers={"accept": accept})
    assert response["Content-Type"].split(";")[0] == kind
    assert "Accept" in response["Vary"].replace("Accept-Encoding", "")


# Ticks


def test_ticks_are_those_of_the_seed(client, record):
    shard = record(250)
    body = client.get(f"/replays/{shard.pk}").json()
    assert body["shard_id"] == str(shard.pk)
    assert [tick["tick"] for tick in body["ticks"]] == list(range(100))
    assert body["ticks"][3]["snapshot"] == {"score": 3, "note": "at 3"}
    assert body["has_more"] is True
    rest = client.get(f"/replays/{shard.pk}?start_tick=200&limit=50").json()
    assert [tick["tick"] for tick in rest["ticks"]] == list(range(200, 250))
    assert rest["has_more"] is False
    assert client.get(f"/replays/{shard.pk}?start_tick=250").json()["ticks"] == []


def test_the_first_hundred_are_a_hundred_where_the_first_tick_is_1(client, record):
    shard = record(0, live=True)
    recording.append(shard, count_up(1, 250))
    ReplayShard.objects.filter(pk=shard.pk)
    body = client.get(f"/replays/{shard.pk}").json()
    assert [tick["tick"] for tick in body["ticks"]] == list(range(1, 101))
    assert body["has_more"] is True


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    first=st.integers(0, 3),
    count=st.integers(0, 330),
    live=st.booleans(),
    start=st.integers(0, 400),
    limit=st.integers(1, 500),
)
def test_any_range_is_what_was_recorded(client, db, first, count, live, start, limit):
    shard = recording.open_shard(get_game("counting"))
    if count:
        recording.append(shard, count_up(first, count))
    if not live:
        recording.finalize(shard)
    recorded = range(first, first + count)
    wanted = [tick for tick in recorded if tick >= start][:limit]
    for _ in range(2):  # the second time as it was kept
        body = client.get(f"/replays/{shard.pk}?start_tick={start}&limit={limit}").json()
        assert [tick["snapshot"]["score"] for tick in body["ticks"]] == wanted
        assert body["has_more"] == any(tick > max([start, *wanted]) for tick in recorded)


def test_pages_of_a_live_shard_that_is_sealed_meanwhile_have_no_gap(client, record, monkeypatch):
    shard = record(150, live=True)
    chunks_between = reading._chunks_between

    def seal_first(*asked):
        monkeypatch.setattr(reading, "_chunks_between", chunks_between)
        recording.append(shard, count_up(150, 60))
        return chunks_between(*asked)

    monkeypatch.setattr(reading, "_chunks_between", seal_first)
    body = client.get(f"/replays/{shard.pk}?limit=500").json()
    ticks = [tick["tick"] for tick in body["ticks"]]
    assert ticks == list(range(len(ticks)))
    assert len(ticks) >= 150


@pytest.mark.parametrize(
    ("query", "named", "bounds"),
    [
        ("limit=0", "limit", {"min": 1, "max": 500}),
        ("limit=501", "limit", {"min": 1, "max": 500}),
        ("limit=ten", "limit", {"min": 1, "max": 500}),
        ("limit=%C2%B2", "limit", {"min": 1, "max": 500}),
        ("limit=", "limit", {"min": 1, "max": 500}),
        ("limit=1e2", "limit", {"min": 1, "max": 500}),
        ("start_tick=-1", "start_tick", {"min": 0, "max": 2**31 - 1}),
        ("start_tick=99999999999999999999", "start_tick", {"min": 0, "max": 2**31 - 1}),
    ],
)
def test_a_bad_parameter_is_named_with_its_range(client, record, query, named, bounds):
    response = client.get(f"/replays/{record(3).pk}?{query}")
    assert response.status_code == 400
    problem = response.json()
    assert problem["detail"].startswith(named)
    assert problem["valid_range"] == bounds
    assert problem["error_code"] == "INVALID_PARAMETER"


@pytest.mark.parametrize(
    "query", ["limit=201", "live=maybe", "before=yesterday", f"before={'9' * 18}-{'0' * 32}",
              "q=" + "x" * 101, "q=%00"],
)  # fmt: skip
def test_a_bad_parameter_of_the_list_is_named(client, db, query):
    response = client.get(f"/replays?{query}")
    assert response.status_code == 400
    assert response.json()["detail"].startswith(query.split("=")[0])


@hypothesis_settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    path=st.sampled_from(["", "/x", "/{id}", "/{id}/index", "/{id}/ticks", "/{id}/chunks/0"]),
    query=st.dictionaries(
        st.sampled_from(["limit", "start_tick", "q", "game", "live", "before", "x"]),
        st.text(max_size=20) | st.integers().map(str),
    ),
    encodings=st.text(max_size=30),
)
def test_no_input_is_a_fault_of_ours(client, db, path, query, encodings):
    shard = ReplayShard.objects.first() or recording.open_shard(get_game("counting"))
    address = "/replays" + path.replace("{id}", str(shard.pk))
    headers = {"accept-encoding": encodings.encode("ascii", "ignore").decode()}
    response = client.get(f"{address}?{urlencode(query)}", headers=headers)
    assert response.status_code in (200, 400, 404)


# Seen by whom


def addresses(name: object) -> list[str]:
    base = f"/replays/{name}"
    return [base, f"{base}/ticks", f"{base}/index", f"{base}/chunks/0", f"{base}/"]


def test_eve_cannot_tell_a_private_replay_from_one_that_never_was(client, record, ada, eve):
    unknown = addresses(uuid4())
    private = addresses(record(120, visibility="private", owner=ada).pk)
    hidden = addresses(record(120, hidden_at=timezone.now(), owner=ada).pk)
    none = addresses("not-a-uuid")
    for user in (None, eve):
        if user:
            client.force_login(user)
        answers = [client.get(address) for address in [*unknown, *private, *hidden, *none]]
        answers += [client.get(f"/replays/{uuid4()}", headers={"accept": "text/html"})]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({answer["Content-Type"] for answer in answers}) == 1


def test_an_owner_reads_a_private_shard_and_a_moderator_a_hidden_one(client, record, ada, mo):
    private = record(120, visibility="private", owner=ada)
    hidden = record(120, hidden_at=timezone.now())
    client.force_login(ada)
    response = client.get(f"/replays/{private.pk}/chunks/0")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    client.force_login(mo)
    response = client.get(f"/replays/{hidden.pk}/chunks/0")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_a_token_reads_what_its_user_may(client, record, ada):
    shard = record(3, visibility="private", owner=ada)
    headers = {"authorization": f"Bearer {tokens.make_token(ada, 'read')}"}
    assert client.get(f"/replays/{shard.pk}", headers=headers).status_code == 200
    headers = {"authorization": "Bearer nonsense"}
    assert client.get(f"/replays/{shard.pk}", headers=headers).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_recorded_is_only_read(client, record, method):
    response = getattr(client, method)(f"/replays/{record(3).pk}")
    assert response.status_code == 405
    assert response.json()["error_code"] == "METHOD_NOT_ALLOWED"


def test_head_and_a_slash_at_the_end_work_everywhere(client, record):
    for address in ["/replays", *addresses(record(120).pk)[:-1]]:
        for variant in (address, f"{address}/"):
            got, headed = client.get(variant), client.head(variant)
            assert got.status_code == headed.status_code == 200
            assert headed.content == b""
            assert headed["Content-Length"] == got["Content-Length"]
            assert headed["ETag"] == got["ETag"]


# The timeline


def test_the_timeline_names_chunks_and_tail(client, record):
    shard = record(250, live=True)
    body = client.get(f"/replays/{shard.pk}/index").json()
    assert body["shard"]["shard_id"] == str(shard.pk)
    assert body["shard"]["last_tick"] == 249
    assert [(chunk["first_tick"], chunk["last_tick"]) for chunk in body["chunks"]] == [
        (0, 99),
        (100, 199),
    ]
    assert body["tail"] == {"first_tick": 200, "last_tick": 249}
    recording.finalize(shard)
    body = client.get(f"/replays/{shard.pk}/index").json()
    assert body["tail"] is None
    assert body["shard"]["live"] is False
    assert len(body["chunks"]) == 3


def test_an_empty_shard_has_an_empty_timeline(client, record):
    body = client.get(f"/replays/{record(0, live=True).pk}/index").json()
    assert (body["chunks"], body["tail"], body["markers"]) == ([], None, [])
    body = client.get(f"/replays/{record(0).pk}").json()
    assert (body["ticks"], body["has_more"]) == ([], False)


def test_a_new_title_shows_in_a_timeline_that_was_kept(client, record):
    shard = record(120)
    client.get(f"/replays/{shard.pk}/index")
    ReplayShard.objects.filter(pk=shard.pk).update(title="The long night")
    assert client.get(f"/replays/{shard.pk}/index").json()["shard"]["title"] == "The long night"


# Encodings, and what may be kept where


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip;q=0.8", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("*;q=0.1", "zstd"),
        ("br", "identity"),
        ("gzip;q=0", "identity"),
        ("identity;q=0, *;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("GZIP; Q=1.0", "gzip"),
        ("gzip;q=2", "identity"),
        ("gzip;level=9", "identity"),
    ],
)
def test_the_encoding_is_what_the_client_likes_best(accept, encoding):
    assert chosen(accept) == encoding


def plain(response) -> bytes:
    unpack = {"gzip": gzip.decompress, "zstd": format.unpack, "": bytes}
    return unpack[response.get("Content-Encoding", "")](response.content)


def test_every_encoding_has_the_same_content_and_an_etag_of_its_own(client, record):
    shard = record(250)
    for suffix in ("", "/index", "/chunks/0"):
        address = f"/replays/{shard.pk}{suffix}"
        answers = [
            client.get(address, headers={"accept-encoding": wanted})
            for wanted in ("zstd", "gzip", "identity")
        ]
        assert [answer.get("Content-Encoding") for answer in answers] == ["zstd", "gzip", None]
        assert len({plain(answer) for answer in answers}) == 1
        assert len({answer["ETag"] for answer in answers}) == 3
        assert all("Accept-Encoding" in answer["Vary"] for answer in answers)
        for answer, wanted in zip(answers, ("zstd", "gzip", "identity"), strict=True):
            again = client.get(
                address, headers={"accept-encoding": wanted, "if-none-match": answer["ETag"]}
            )
            assert again.status_code == 304
            assert again.content == b""
            assert again["ETag"] == answer["ETag"]


def test_a_sealed_range_is_encoded_once(client, record, django_assert_num_queries):
    shard = record(250)
    first = client.get(f"/replays/{shard.pk}", headers={"accept-encoding": "zstd"})
    with django_assert_num_queries(1):
        second = client.get(f"/replays/{shard.pk}", headers={"accept-encoding": "zstd"})
    assert first.content == second.content


def test_a_public_answer_hangs_on_no_cookie(client, record):
    response = client.get(f"/replays/{record(120).pk}/chunks/0")
    assert "Cookie" not in response["Vary"]
    assert not response.cookies


# Damage


def test_damaged_ticks_are_reported_and_the_rest_still_plays(client, record):
    shard = record(250)
    chunk = ReplayChunk.objects.get(shard=shard, number=1)
    body = bytearray(chunk.body)
    body[len(body) // 2] ^= 1
    ReplayChunk.objects.filter(pk=chunk.pk).update(body=bytes(body))
    for address in ("/chunks/1", "?start_tick=150&limit=10", "/ticks?start_tick=50&limit=100"):
        response = client.get(f"/replays/{shard.pk}{address}")
        assert response.status_code == 410
        problem = response.json()
        assert problem["error_code"] == "DAMAGED"
        assert "100 to 199" in problem["detail"]
        assert problem["valid_range"] == {"min": 100, "max": 199}
    for address in ("/chunks/0", "/chunks/2", "/index", "?start_tick=200"):
        assert client.get(f"/replays/{shard.pk}{address}").status_code == 200


# Through a link


def test_a_link_reads_the_whole_shard_and_nothing_else(client, record, ada):
    shard = record(250, visibility="private", owner=ada)
    share = ShareCode.objects.create(shard=shard, created_by=ada, end_tick=50)
    base = f"/replay/{share.code}"
    assert len(client.get(f"{base}/ticks?limit=500").json()["ticks"]) == 250
    assert client.get(f"{base}/index").json()["shard"]["shard_id"] is None
    response = client.get(f"{base}/chunks/1")
    assert response.content.startswith(b'{"tick":100')
    assert response["Cache-Control"] == "private, no-store"
    assert client.get(f"/replays/{shard.pk}").status_code == 404


def test_a_revoked_expired_or_unknown_link_is_the_same_404(client, record, ada):
    def link(**fields):
        return ShareCode.objects.create(shard=record(120, owner=ada), created_by=ada, **fields).code

    past = timezone.now() - timezone.timedelta(seconds=1)
    gone = link()
    ShareCode.objects.get(code=gone).shard.delete()
    codes = [link(revoked_at=past), link(expires_at=past), gone, "nonsense"]
    answers = [
        client.get(f"/replay/{code}/{suffix}")
        for code in codes
        for suffix in ("index", "ticks", "chunks/0")
    ]
    answers.append(client.get(f"/replays/{uuid4()}"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_codes_cannot_be_guessed_for_long(client, db, settings):
    settings.LIMITS = settings.LIMITS | {"share_misses": "5/60"}
    statuses = [client.get(f"/replay/guess{number}/index").status_code for number in range(7)]
    assert statuses == [404] * 5 + [429] * 2


# Limits and the key


def test_the_fifty_first_read_in_ten_seconds_waits(client, record, settings):
    settings.LIMITS = settings.LIMITS | {"reads": "50/10"}
    limits.forget()
    address = f"/replays/{record(3).pk}"
    answers = [client.get(address) for _ in range(51)]
    assert [answer.status_code for answer in answers[:50]] == [200] * 50
    assert answers[50].status_code == 429
    assert 1 <= int(answers[50]["Retry-After"]) <= 20
    assert "reads" in answers[50].json()["detail"]


def test_with_a_key_only_who_knows_it_or_is_signed_in_or_our_page_reads(
    client, record, settings, ada
):
    shard = record(120)
    settings.SEGFAULT_API_KEY = "the key"
    for address in ["/replays", *addresses(shard.pk), f"/replays/{uuid4()}"]:
        refused = client.get(address)
        assert refused.status_code == 401
        assert refused.json()["error_code"] == "NOT_SIGNED_IN"
        assert client.get(address, headers={"x-api-key": "a key"}).status_code == 401
    for address in ["/replays", *addresses(shard.pk)]:
        assert client.get(address, headers={"x-api-key": "the key"}).status_code == 200
    response = client.get(f"/replays/{shard.pk}/chunks/0", headers={"x-api-key": "the key"})
    assert response["Cache-Control"].startswith("private")
    bearer = {"authorization": f"Bearer {tokens.make_token(ada, 'read')}"}
    assert client.get(f"/replays/{shard.pk}", headers=bearer).status_code == 200
    share = ShareCode.objects.create(shard=shard, created_by=ada)
    assert client.get(f"/replay/{share.code}/index").status_code == 200
    client.force_login(ada)
    assert client.get(f"/replays/{shard.pk}").status_code == 200


def test_our_pages_cookie_reads_for_twelve_hours(client, record, settings, rf):
    import time_machine
    from django.http import HttpResponse

    settings.SEGFAULT_API_KEY = "the key"
    address = f"/replays/{record(3).pk}"
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        cookie = let_viewer_read(HttpResponse()).cookies["viewer"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
        client.cookies["viewer"] = cookie.value
        assert client.get(address).status_code == 200
        clock.shift(12 * 3600 + 1)
        assert client.get(address).status_code == 401
        client.cookies["viewer"] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
        clock.shift(-3600)
        assert client.get(address).status_code == 401


def test_json_of_the_list_is_compact_and_valid(client, record):
    record(1, title="a \u2028 <script>")
    assert json.loads(client.get("/replays").content)["shards"][0]["title"].endswith("<script>")
