"""A call sign is a lasting name, nobody's look-alike, and tied to no process that lives."""

import json

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from games.game import Refused
from play import call_signs, names, standings
from play.models import CallSign, LiveShard, Seat
from replays.api import chunk_rows
from replays.models import ReplayShard
from tests.test_host import turns
from tests.test_process_api import Player, host, put  # noqa: F401 – host is a fixture

pytestmark = pytest.mark.django_db
BROWSER = {"Origin": "http://testserver"}


def sign_of(player):
    return Seat.objects.get(pk=player.process_id).call_sign


def everyone_leaves():
    Seat.objects.update(left_at=timezone.now())


# Who bears which


@pytest.fixture
def many_joins(settings):
    settings.LIMITS = settings.LIMITS | {"joins": "100/60"}


def test_a_user_plays_under_one_name_for_ever(host, bob, many_joins):  # noqa: F811
    signs = set()
    for _ in range(3):
        client = Client()
        client.force_login(bob)
        signs.add(sign_of(Player(client)))
        everyone_leaves()
    (sign,) = signs
    assert sign == call_signs.call_sign_of(bob)


def test_a_browser_keeps_its_name_as_long_as_its_session(host, client, many_joins):  # noqa: F811
    first = Player(client, **BROWSER)
    everyone_leaves()
    assert sign_of(Player(client, **BROWSER)) == sign_of(first)
    assert sign_of(Player(Client(), **BROWSER)) != sign_of(first)


def test_a_bare_client_gets_a_new_name_each_time(host, many_joins):  # noqa: F811
    players = [Player(Client()) for _ in range(4)]
    assert len({sign_of(player) for player in players}) == 4
    assert not any(player.client.cookies for player in players)


def test_who_signs_in_keeps_the_name_of_the_session(host, client, bob, many_joins):  # noqa: F811
    first = sign_of(Player(client, **BROWSER))
    everyone_leaves()
    client.force_login(bob)
    assert sign_of(Player(client, **BROWSER)) == first
    assert call_signs.call_sign_of(bob) == first


def test_a_name_sits_once_in_a_shard(host, bob, many_joins):  # noqa: F811
    client = Client()
    client.force_login(bob)
    Player(client)
    assert client.post("/process/join").status_code == 503


def test_a_refused_join_leaves_no_name_behind(db, client):
    assert client.post("/process/join", headers=BROWSER).status_code == 503
    assert not CallSign.objects.exists()
    assert "call_sign" not in client.session


# Names


@pytest.mark.parametrize("name", ["abc", "Ada-Lovelace_1815", "a" * 24, "007"])
def test_letters_digits_hyphens_and_underscores_make_a_name(bob, name):
    assert call_signs.choose(bob, name).name == name


BAD = [
    "", "ab", "a" * 25, "-abc", "abc_", "a b c", "abc\n", "añb", "ａｂｃ", "аbс", "ab\u200bc",
    "a\u202eb", "<script>", "a/b", "a.b", "١٢٣", "a\0b", "e" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_nothing_else_makes_a_name(bob, name):
    with pytest.raises(Refused):
        call_signs.choose(bob, name)
    sign = call_signs.call_sign_of(bob)
    assert sign is None or sign.chosen_at is None


@pytest.mark.parametrize("alike", ["ROOT-KIT", "r00t-kit", "root_k1t", "RooT-klt", "Root-Kit"])
def test_nobody_takes_a_look_alike(ada, eve, alike):
    call_signs.choose(ada, "Root-Kit")
    with pytest.raises(Refused, match="taken"):
        call_signs.choose(eve, alike)


def test_a_name_is_chosen_once_and_the_one_before_is_nobody_elses(ada, eve):
    before = call_signs.made(ada).name
    call_signs.choose(ada, "Grace")
    with pytest.raises(Refused, match="once"):
        call_signs.choose(ada, "Hopper")
    with pytest.raises(Refused, match="taken"):
        call_signs.choose(eve, before)
    assert call_signs.call_sign_of(ada).name == "Grace"


@pytest.mark.parametrize("name", ["Static-Runner", "static_runner", "Null-Fork-12", "C01d-SheIl"])
def test_people_do_not_look_like_computer_players(bob, name):
    with pytest.raises(Refused):
        call_signs.choose(bob, name)


def test_names_that_are_given_are_names_that_are_allowed():
    for digits in (5, 9):
        for _ in range(200):
            name = names.fresh(digits)
            call_signs.refuse_bad(name)


def test_the_form_gives_the_name_and_tells_why_it_does_not(client, bob):
    client.force_login(bob)
    refused = client.post("/account/call-sign", {"name": "<b>"})
    assert refused.status_code == 400
    assert b"3 to 24 letters" in refused.content
    assert b"<b>" not in refused.content
    chosen = client.post("/account/call-sign", {"name": "Bobbin"}, follow=True)
    assert b"You play as Bobbin" in chosen.content
    assert call_signs.call_sign_of(bob).name == "Bobbin"


# Secrets


def test_nothing_public_ties_a_living_process_to_a_name(host, client, bob, mo):  # noqa: F811
    call_signs.choose(bob, "Bobs-secret-name")
    player_client = Client()
    player_client.force_login(bob)
    player = Player(player_client)
    put_and_speak(host, player)
    shard = LiveShard.objects.get(shard=player.seat.shard_id).shard
    addresses = [
        "/", "/replays", f"/replays/{shard.pk}", f"/replays/{shard.pk}/index",
        f"/replays/{shard.pk}/ticks?start_tick=0", f"/spectate/{shard.pk}", "/leaderboard",
        f"/replay?shard={shard.pk}", "/process/info", "/SKILL.md",
    ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        content = answer.content.decode()
        assert "secret" not in content, address
        assert bob.username not in json.dumps(content).split('"'), address
    assert "secret" not in json.dumps(player.state())
    assert set(player.joined.json()) == {"token", "process_id"}
    assert str(shard.pk) not in player_client.get("/account/history").content.decode()


def put_and_speak(host, player):  # noqa: F811
    turns(host, 1)
    player.ask("BROADCAST", "hello")
    player.ask("MOVE", "4")
    turns(host, 2)


def test_once_the_shard_has_ended_its_recording_tells_the_name(host, client, bob, settings):  # noqa: F811
    call_signs.choose(bob, "Bobs-name")
    player_client = Client()
    player_client.force_login(bob)
    player = Player(player_client)
    turns(host, 1)
    put(host, player, (1, 1), gates=[("stable", (1, 0))])
    player.ask("MOVE", "8")
    turns(host, 1)
    shard = ReplayShard.objects.get(pk=Seat.objects.get(pk=player.process_id).shard_id)
    standings.update()
    assert "Bobs-name" not in client.get("/leaderboard").content.decode()
    end(host, shard)
    standings.update()
    assert "Bobs-name" in client.get(f"/replays/{shard.pk}").content.decode()
    entries = client.get("/leaderboard").json()["entries"]
    assert entries == [
        {"call_sign": "Bobs-name", "survivals": 1, "deaths": 0, "ghosts": 0, "streak": 1,
         "best_streak": 1}
    ]  # fmt: skip
    page = player_client.get("/account/history").content.decode()
    last = Seat.objects.get(pk=player.process_id).last_tick
    assert f"/replay?shard={shard.pk}&amp;tick={last}" in page
    assert "escaped" in page


def end(host, shard):  # noqa: F811
    """Let a shard run out."""
    playing = host.playing[shard.pk]
    playing.state.options = playing.state.options | {"empty_shard_ticks": 1}
    turns(host, 2)
    shard.refresh_from_db()
    assert shard.ended


def everything_told(client, shard):
    """Return all that anybody can read of a shard that has ended, sealed chunks and all."""
    addresses = [f"/replays/{shard.pk}", f"/replays/{shard.pk}/index", "/leaderboard"]
    addresses += [f"/replays/{shard.pk}/chunks/{chunk.number}" for chunk in shard.chunks.all()]
    addresses += [f"/api/replay/game/{shard.pk}"]
    return "".join(client.get(address).content.decode() for address in addresses)


@pytest.mark.django_db(transaction=True)
def test_an_ended_shard_names_nobody_while_one_who_left_it_plays_elsewhere(host, client, bob):  # noqa: F811
    call_signs.choose(bob, "Bobs-name")
    player_client = Client()
    player_client.force_login(bob)
    player = Player(player_client)
    turns(host, 1)
    put(host, player, (1, 1), gates=[("stable", (9, 0)), ("ghost", (1, 0))])
    player.ask("MOVE", "8")
    turns(host, 2)
    gone_on = Seat.objects.get(came_from=player.process_id)
    assert gone_on.left_at is None
    shard = ReplayShard.objects.get(pk=Seat.objects.get(pk=player.process_id).shard_id)
    end(host, shard)
    shard.refresh_from_db()
    standings.update()
    assert "Bobs-name" not in everything_told(client, shard)
    assert async_to_sync(chunk_rows.open_to_all)(shard.pk, 0) is None
    answer = player_client.get(f"/api/replay/game/{shard.pk}/export?format=portable")
    assert (answer.status_code, "plays elsewhere" in answer.json()["detail"]) == (409, True)

    Seat.objects.filter(pk=gone_on.pk).update(left_at=timezone.now(), outcome="dead")
    standings.update()
    assert "Bobs-name" in everything_told(client, shard)
    assert b"Bobs-name" in client.get(f"/api/replay/game/{shard.pk}").content
    assert async_to_sync(chunk_rows.open_to_all)(shard.pk, 0) is not None
    assert player_client.get(f"/api/replay/game/{shard.pk}/export").status_code == 200
