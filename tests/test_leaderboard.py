"""The standings count what processes did once their shard has ended, each seat exactly once."""

import itertools

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from play import standings
from play.host import Host
from play.models import CallSign, Seat
from tests.test_host import turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(db):
    def sign(name, **counts):
        return CallSign.objects.create(name=name, plain=name.lower(), **counts)

    return sign


def seat(shard, sign, outcome, tick=5, **fields):
    return Seat.objects.create(
        shard=shard, name=sign.name if sign else "Null-Fork", call_sign=sign, outcome=outcome,
        last_tick=tick, left_at=timezone.now(), **fields,
    )  # fmt: skip


def counts(sign):
    sign.refresh_from_db()
    return sign.survivals, sign.deaths, sign.ghosts, sign.streak, sign.best_streak


def test_outcomes_are_counted_in_their_order_once_the_shard_has_ended(record, sign):
    ada, shard = sign("Ada"), record(10)
    outcomes = ["escaped", "escaped", "dead", "escaped", "transferred", ""]
    for tick, outcome in enumerate(outcomes):
        seat(shard, ada, outcome, tick)
    assert counts(ada) == (0, 0, 0, 0, 0)
    assert standings.update() == 1
    assert counts(ada) == (3, 1, 1, 1, 2)


def test_a_live_shard_counts_for_nothing_yet(record, sign):
    ada = sign("Ada")
    seat(record(10, live=True), ada, "escaped")
    assert standings.update() == 0
    assert counts(ada) == (0, 0, 0, 0, 0)


def test_counting_twice_counts_once(record, sign):
    ada = sign("Ada")
    seat(record(10), ada, "dead")
    assert [standings.update() for _ in range(3)] == [1, 0, 0]
    assert counts(ada) == (0, 1, 0, 0, 0)


@pytest.mark.parametrize("nth", [1, 2])
def test_when_the_nth_write_fails_nothing_is_counted_and_the_next_try_counts_all(record, sign, nth):
    ada = sign("Ada")
    seat(record(10), ada, "escaped")
    writes = itertools.count(1)

    def fail(execute, sql, *more):
        if sql.startswith("UPDATE") and next(writes) == nth:
            raise OperationalError("disk I/O error")
        return execute(sql, *more)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        standings.update()
    assert counts(ada) == (0, 0, 0, 0, 0)
    standings.update()
    assert counts(ada) == (1, 0, 0, 1, 1)


def test_a_streak_goes_on_from_shard_to_shard_until_a_death(record, sign):
    ada = sign("Ada")
    for outcome in ("escaped", "escaped", "transferred", "escaped", "dead", "escaped"):
        seat(record(10), ada, outcome)
        standings.update()
    assert counts(ada) == (4, 1, 1, 1, 3)


def test_computer_players_are_left_out(client):
    host = Host(shards=1)
    turns(host, 60)
    for playing in host.playing.values():
        host.abandon(playing.shard)
        break
    assert Seat.objects.exclude(bot="").exclude(outcome="").exists()
    standings.update()
    assert client.get("/leaderboard").json() == {"entries": []}
    assert not Seat.objects.filter(counted=False, shard__ended_at__isnull=False).exists()


def test_the_best_come_first_and_the_limit_holds(client, sign):
    sign("Third", survivals=1, deaths=3)
    sign("First", survivals=5, streak=1, best_streak=2)
    sign("Second", survivals=1, deaths=2)
    sign("Nobody")
    entries = client.get("/leaderboard").json()["entries"]
    assert [entry["call_sign"] for entry in entries] == ["First", "Second", "Third"]
    assert entries[0] == {
        "call_sign": "First", "survivals": 5, "deaths": 0, "ghosts": 0, "streak": 1,
        "best_streak": 2,
    }  # fmt: skip
    assert len(client.get("/leaderboard?limit=1").json()["entries"]) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "²", "1.5", ""])
def test_a_bad_limit_is_named(client, limit):
    answer = client.get("/leaderboard", {"limit": limit})
    assert answer.status_code == 400
    assert "limit" in answer.json()["detail"]


def test_a_browser_is_shown_a_page(client, sign):
    sign("Ada", survivals=2, streak=0, best_streak=2)
    answer = client.get("/leaderboard", headers={"Accept": "text/html,*/*"})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Accept" in answer.headers["Vary"]
    assert b"<h1>Leaderboard</h1>" in answer.content
    assert b"Ada" in answer.content


def test_history_is_ones_own(client, record, bob, eve, sign):
    shard = record(10, game="segfault")
    seat(shard, sign("Bobs"), "dead", 7, user=bob)
    address = f"/replay?shard={shard.pk}&amp;tick=7"
    client.force_login(eve)
    assert address not in client.get("/account/history").content.decode()
    client.force_login(bob)
    assert address in client.get("/account/history").content.decode()
    client.logout()
    assert client.get("/account/history").status_code == 302
