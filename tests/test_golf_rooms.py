"""People and computer players meet in a room of Golf, and what they play is recorded."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from games.game import Command
from games.golf import export
from play import rooms
from play.host import Host
from play.models import LiveShard, PendingCommand, Room, Seat
from replays import reading, tokens
from replays.models import Participant, ReplayShard
from replays.policy import can
from replays.verify import verify
from tests.golf_rooms import GAME, Person, moves, opened, play_on, settle
from tests.live_site import ROOT, environment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.COMPUTER_PAUSE_SECONDS = 0.0
    settings.LIMITS = settings.LIMITS | {"table_commands": "10000/1", "reads": "10000/10"}


@pytest.fixture
def host():
    return Host(shards=0)


@pytest.fixture
def people(ada, bob):
    return [Person(ada), Person(bob)]


def begun(host, people, **options):
    room = opened(*people, computers=1, **options)
    people[0].done(f"/{room.code}/start")
    settle(host)
    room.refresh_from_db()
    return room


def entries(room):
    return list(reading.entries(ReplayShard.objects.get(pk=room.shard_id)))


def check_recording(room):
    """What was recorded is one game from its first event, by the rules, and alike once more."""
    shard = ReplayShard.objects.get(pk=room.shard_id)
    found = entries(room)
    assert [entry["tick"] for entry in found] == list(range(len(found)))
    assert [entry["snapshot"]["event"]["sequence"] - 1 for entry in found] == list(
        range(len(found))
    )
    times = [entry["t"] for entry in found]
    assert times == sorted(times)
    assert times[0] == 0.0
    GAME.check({"total_ticks": shard.total_ticks}, [entry["snapshot"] for entry in found])
    document = export.document(
        [(entry["t"], entry["snapshot"]) for entry in found],
        game_id=str(shard.pk),
        exported_at="2026-01-01T00:00:00Z",
        rules_version="1",
    )
    assert export.read(json.loads(json.dumps(document))).checksum == document["checksum"]
    assert verify(shard).state == "verified", verify(shard)


# Before a game


def test_who_opens_a_room_sits_in_it_and_it_is_recorded_from_its_first_event(host, people, ada):
    answer = people[0].done("", options={"num_rounds": 2}, delay_seconds=5)
    room = Room.objects.get(code=answer["code"])
    assert answer == {
        "code": room.code,
        "shard_id": str(room.shard_id),
        "url": f"/golf/{room.code}",
    }
    assert len(room.code) >= 4
    assert not set(room.code) & set("01ILO")
    told = people[0].get(f"/{room.code}").json()
    assert [(seat["name"], seat["you"], seat["maker"]) for seat in told["seats"]] == [
        ("ada", True, True)
    ]
    assert (told["phase"], told["delay_seconds"], told["options"]["num_rounds"]) == (
        "waiting",
        5,
        2,
    )
    settle(host)
    events = [entry["snapshot"]["event"] for entry in entries(room)]
    assert [event["type"] for event in events] == ["game_created", "player_joined"]
    assert events[0]["data"]["room_code"] == room.code
    shard = ReplayShard.objects.get(pk=room.shard_id)
    assert (shard.visibility, shard.owner, shard.first_tick) == ("private", None, 0)


def test_codes_differ_and_are_read_however_they_are_typed(people):
    codes = {people[0].done("")["code"] for _ in range(15)}
    assert len(codes) == 15
    assert people[1].get(f"/{codes.pop().lower()}").status_code == 200


def test_a_table_begins_with_start_alone_with_the_options_agreed_on_last(host, people):
    room = opened(*people, seats=2)
    settle(host)
    assert entries(room)[-1]["snapshot"]["phase"] == "waiting"
    rules = {"use_jokers": True, "initial_flips": 0}
    people[0].done(f"/{room.code}/settings", options={"num_rounds": 3, "rules": rules})
    people[0].done(f"/{room.code}/start")
    settle(host)
    snapshot = entries(room)[-1]["snapshot"]
    assert (snapshot["phase"], snapshot["total_rounds"]) == ("playing", 3)
    assert snapshot["options"]["use_jokers"] is True


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ([], "object"),
        ({"seats": 7}, "seats"),
        ({"seats": True}, "seats"),
        ({"num_decks": 0}, "num_decks"),
        ({"num_rounds": 19}, "num_rounds"),
        ({"rules": {"flip_mode": "often"}}, "flip_mode"),
        ({"rules": {"initial_flips": 7}}, "initial_flips"),
        ({"rules": {"use_jokers": 1}}, "use_jokers"),
        ({"rules": {"no_such_rule": True}}, "no_such_rule"),
        ({"rules": []}, "rules"),
        ({"room_code": "MINE"}, "room_code"),
    ],
)
def test_options_that_cannot_be_are_refused_by_name(people, options, word):
    for address in ("", f"/{opened(people[0]).code}/settings"):
        answer = people[0].post(address, options=options)
        assert answer.status_code == 400
        assert word in answer.json()["detail"]
        assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "body", [{"delay_seconds": 61}, {"delay_seconds": -1}, {"open_to_spectators": "no"}, {"x": 1}]
)
def test_terms_that_cannot_be_are_refused(people, body):
    assert people[0].post("", **body).status_code == 400
    assert people[0].post(f"/{opened(people[0]).code}/settings", **body).status_code == 400


def test_a_full_table_takes_nobody_more(people, eve):
    room = opened(*people, seats=2)
    answer = Person(eve).post(f"/{room.code}/join")
    assert (answer.status_code, answer.json()["detail"]) == (409, "Every seat is taken.")
    assert people[0].post(f"/{room.code}/computer", profile="bold").status_code == 409
    assert people[1].done(f"/{room.code}/join")["seats"][1]["you"] is True
    assert people[0].post(f"/{room.code}/settings", options={"seats": 2}).status_code == 200


def test_only_the_maker_agrees_begins_and_seats_computers(people):
    room = opened(*people)
    for verb, body in (("start", {}), ("settings", {"delay_seconds": 3}), ("computer", {})):
        assert people[1].post(f"/{room.code}/{verb}", **body).status_code == 403
    assert people[0].post(f"/{room.code}/computer", profile="nobody").status_code == 400
    assert people[0].post(f"/{room.code}/computer").status_code == 400


def test_a_game_takes_two_players(people):
    room = opened(people[0])
    assert people[0].post(f"/{room.code}/start").status_code == 409


def test_who_leaves_before_the_game_takes_no_part_and_the_next_one_is_maker(host, people):
    room = opened(*people, computers=1)
    settle(host)
    assert people[0].post(f"/{room.code}/leave").status_code == 204
    settle(host)
    assert not Participant.objects.filter(user=people[0].user).exists()
    told = people[1].get(f"/{room.code}").json()
    assert told["maker"] == "bob"
    assert told["seats"][0]["name"] == "bob"
    people[1].done(f"/{room.code}/start")
    settle(host)
    assert len(GAME.participants(entries(room)[-1]["snapshot"])) == 2


def test_the_maker_takes_a_computer_player_away_again(host, people):
    room = opened(*people, computers=1)
    settle(host)
    seats = people[0].get(f"/{room.code}").json()["seats"]
    told = people[0].done(f"/{room.code}/leave", seat=seats[2]["id"])
    assert [seat["is_cpu"] for seat in told["seats"]] == [False, False]
    settle(host)
    event = entries(room)[-1]["snapshot"]["event"]
    assert (event["type"], event["data"]) == ("player_left", {"reason": "kicked"})
    assert people[1].post(f"/{room.code}/leave", seat=seats[0]["id"]).status_code == 403
    assert people[0].post(f"/{room.code}/leave", seat="x").status_code == 400


def test_the_maker_gives_a_computer_player_another_manner(host, people):
    room = opened(*people, computers=1)
    seat = next(seat for seat in people[0].get(f"/{room.code}").json()["seats"] if seat["is_cpu"])
    told = people[0].done(f"/{room.code}/computer", profile="bold", seat=seat["id"])
    assert [(s["name"], s["profile"]) for s in told["seats"] if s["is_cpu"]] == [
        (seat["name"], "bold")
    ]
    mine = next(seat["id"] for seat in told["seats"] if seat["you"])
    assert people[0].post(f"/{room.code}/computer", profile="bold", seat=mine).status_code == 400
    settle(host)
    players = entries(room)[-1]["snapshot"]["players"]
    assert [player["is_cpu"] for player in players] == [False, False, True]


def test_a_computer_player_is_given_another_manner_at_a_full_table(people):
    room = opened(*people, computers=1, seats=3)
    seat = next(seat for seat in people[0].get(f"/{room.code}").json()["seats"] if seat["is_cpu"])
    told = people[0].done(f"/{room.code}/computer", profile="wary", seat=seat["id"])
    assert len(told["seats"]) == 3


def test_a_room_that_all_have_left_is_over(host, people):
    room = opened(people[0], computers=2)
    settle(host)
    people[0].post(f"/{room.code}/leave")
    settle(host)
    settle(host)
    assert ReplayShard.objects.get(pk=room.shard_id).ended
    assert people[1].get(f"/{room.code}").status_code == 404


# In a game


def test_two_people_and_a_computer_player_play_a_whole_game(host, people, eve, mo):
    room = begun(host, people, num_rounds=2)
    assert play_on(host, room, people) > 10
    shard = ReplayShard.objects.get(pk=room.shard_id)
    assert shard.ended
    assert shard.tail_ticks == 0
    assert not LiveShard.objects.exists()
    assert entries(room)[-1]["snapshot"]["phase"] == "game_over"
    check_recording(room)
    told = people[1].get(f"/{room.code}").json()
    assert (told["phase"], len(told["seats"])) == ("game_over", 3)
    for person in people:
        ((found, outcome),) = rooms.history_of(person.user, 9)
        assert found == shard
        assert outcome in ("won", "lost", "tied")
        assert can(person.user, "view", shard)
        assert can(person.user, "share", shard)
        assert can(person.user, "export", shard)
        assert list(ReplayShard.objects.visible_to(person.user)) == [shard]
    assert not can(eve, "view", shard)
    assert rooms.history_of(eve, 9) == []
    assert not ReplayShard.objects.visible_to(eve).exists()
    assert can(mo, "view", shard)


def test_a_player_may_not_share_a_game_that_is_live(host, people):
    room = begun(host, people)
    shard = ReplayShard.objects.get(pk=room.shard_id)
    assert can(people[0].user, "view", shard)
    assert not can(people[0].user, "share", shard)
    address = f"/api/replay/game/{shard.pk}/share"
    answer = people[0].client.post(address, "{}", content_type="application/json")
    assert answer.status_code == 403


def test_a_command_against_the_rules_is_refused_in_words(host, people):
    room = begun(host, people)
    ask = f"/{room.code}/cmd"
    for cmd, arg, status, words in (
        ("DRAW", "deck", 409, "first cards are being turned up"),
        ("FLIP", [0, 0], 409, "a position is there twice"),
        ("FLIP", [9], 400, "position of a card"),
        ("FLY", None, 400, "A command is one of"),
        ("JOIN", None, 400, "A command is one of"),
        (None, None, 400, "A command is one of"),
        ("START", None, 409, "The game has begun"),
    ):
        answer = people[0].post(ask, cmd=cmd, arg=arg)
        assert (answer.status_code, words.lower() in answer.json()["detail"].lower()) == (
            status,
            True,
        ), answer.content
    assert not PendingCommand.objects.exists()


def test_who_leaves_amid_a_game_goes_and_the_game_goes_on(host, people):
    room = begun(host, people)
    play_on(host, room, people, 3)
    assert people[1].post(f"/{room.code}/leave").status_code == 204
    settle(host)
    assert people[1].post(f"/{room.code}/cmd", cmd="DRAW", arg="deck").status_code == 409
    assert people[1].get(f"/{room.code}").status_code == 200
    play_on(host, room, people[:1])
    check_recording(room)
    assert rooms.history_of(people[1].user, 9)[0][1] == "left early"


def test_outsiders_are_told_nothing_of_a_game_that_has_begun(host, people, eve, mo):
    room = begun(host, people)
    nowhere = [
        Person(eve).client.generic(method, f"/golf/rooms/ZZZZZ{verb}", b"{}", "application/json")
        for method, verb in VERBS
    ]
    for outsider in (eve, mo):
        for (method, verb), missing in zip(VERBS, nowhere, strict=True):
            answer = Person(outsider).client.generic(
                method, f"/golf/rooms/{room.code}{verb}", b"{}", "application/json"
            )
            assert (answer.status_code, answer.content) == (404, missing.content)
    for method, verb in VERBS:
        for code in (room.code, "ZZZZZ"):
            answer = Client().generic(
                method, f"/golf/rooms/{code}{verb}", b"{}", "application/json"
            )
            assert answer.status_code == 401


VERBS = [("GET", "")] + [
    ("POST", f"/{verb}") for verb in ("join", "leave", "start", "computer", "settings", "cmd")
]


def test_a_room_that_a_moderator_has_hidden_is_gone(host, people):
    room = begun(host, people)
    ReplayShard.objects.filter(pk=room.shard_id).update(hidden_at=timezone.now())
    assert people[0].get(f"/{room.code}").status_code == 404
    assert people[0].post(f"/{room.code}/cmd", cmd="DRAW", arg="deck").status_code == 404


def test_wrong_codes_are_counted(people, settings):
    settings.LIMITS = settings.LIMITS | {"room_misses": "3/60"}
    statuses = [people[0].get(f"/ZZZZ{letter}").status_code for letter in "ABCDE"]
    assert statuses == [404, 404, 404, 429, 429]


def test_whatever_is_asked_at_a_table_counts_against_one_limit(people, settings):
    ada, _ = people
    room = opened(ada)
    settings.LIMITS = settings.LIMITS | {"table_commands": "5/60"}
    asked = [
        ("computer", {"profile": "steady"}), ("settings", {"delay_seconds": 1}), ("join", {}),
        ("cmd", {"cmd": "KNOCK"}), ("leave", {"seat": "x"}), ("start", {}), ("leave", {}),
        ("computer", {"profile": "bold"}),
    ]  # fmt: skip
    statuses = [ada.post(f"/{room.code}/{verb}", **body).status_code for verb, body in asked]
    assert statuses == [200, 200, 200, 409, 400, 429, 429, 429]
    assert ada.get(f"/{room.code}").status_code == 200


def test_rooms_are_limited_by_the_hour(people, settings):
    settings.LIMITS = settings.LIMITS | {"rooms": "2/3600"}
    assert [people[0].post("").status_code for _ in range(3)] == [201, 201, 429]


def test_a_token_of_scope_play_plays_and_a_cookie_needs_its_csrf_token(ada, bob):
    playing = Person(ada, Authorization=f"Bearer {tokens.make_token(ada, 'play')}")
    reader = Person(bob, Authorization=f"Bearer {tokens.make_token(bob, 'read')}")
    room = opened(playing)
    assert reader.post(f"/{room.code}/join").status_code == 403
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)
    answer = browser.post(f"/golf/rooms/{room.code}/join", "{}", content_type="application/json")
    assert answer.status_code == 403


# Hosts, and those who are away


def test_a_host_that_stops_is_followed_where_the_table_stood(people):
    first, second = Host(shards=0), Host(shards=0)
    room = begun(first, people)
    play_on(first, room, people, 5)
    first.let_go()
    settle(second)
    play_on(second, room, people)
    assert ReplayShard.objects.get(pk=room.shard_id).ended
    check_recording(room)


def test_commands_that_wait_are_kept_in_the_snapshot(people):
    first, second = Host(shards=0), Host(shards=0)
    room = begun(first, people)
    seats = [person.seat(room) for person in people]
    for seat in seats:
        PendingCommand.objects.create(shard=room.shard, who=seat, name="FLIP", arg=[0, 1])
    first.listened_at = 0.0
    first.turn()  # plays one of both, the other one waits
    assert not PendingCommand.objects.exists()
    first.let_go()
    settle(second)
    flipped = [
        entry["snapshot"]["event"]["player_id"]
        for entry in entries(room)
        if entry["snapshot"]["event"]["type"] == "initial_flip"
    ]
    assert set(seats) <= set(flipped)
    check_recording(room)


def test_nothing_is_recorded_where_nothing_happens(host, people):
    room = begun(host, people)
    before = entries(room)
    PendingCommand.objects.create(
        shard=room.shard, who=people[0].seat(room), name="DRAW", arg="deck"
    )
    for _ in range(5):
        settle(host)
    assert entries(room) == before
    assert not PendingCommand.objects.exists()


def test_for_who_is_away_a_computer_plays_until_they_are_back(host, people, settings):
    room = begun(host, people)
    mine = people[1].seat(room)
    play_on(host, room, people[:1])
    assert not ReplayShard.objects.get(pk=room.shard_id).ended, "bob is waited for"
    long_ago = timezone.now() - timedelta(seconds=settings.ABSENT_SECONDS + 13)
    Seat.objects.filter(pk=mine).update(there_until=long_ago)
    settle(host)
    acted = [
        entry
        for entry in entries(room)
        if entry["snapshot"]["event"]["player_id"] == mine and entry["tick"] > 3
    ]
    assert acted
    Seat.objects.filter(pk=mine).update(there_until=timezone.now())
    host.keep()
    assert host.tables[room.shard_id].away == frozenset()
    play_on(host, room, people)
    check_recording(room)


def test_a_table_at_which_nobody_has_been_for_long_is_ended(host, people, settings):
    room = begun(host, people)
    long_ago = timezone.now() - timedelta(seconds=settings.ROOM_SILENT_SECONDS + 1)
    Seat.objects.filter(shard=room.shard, bot="").update(there_until=long_ago)
    settle(host)
    shard = ReplayShard.objects.get(pk=room.shard_id)
    assert shard.ended
    check_recording(room)


def test_a_computer_player_takes_its_time(host, people, settings):
    settings.COMPUTER_PAUSE_SECONDS = 0.2
    room = opened(people[0], computers=1)
    people[0].done(f"/{room.code}/start")
    host.keep()
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and len(entries(room)) < 6:
        host.turn()
        time.sleep(host.seconds_to_next())
    times = [entry["t"] for entry in entries(room)]
    assert len(times) == 6, "created, two joined, started, dealt, and the computer's first flip"
    assert 0.08 <= times[5] - times[4] <= 0.5
    assert ReplayShard.objects.get(pk=room.shard_id).last_tick == 5


def test_a_command_wakes_its_table_within_a_tenth_of_a_second(host, people):
    room = begun(host, people)
    name, arg = moves(room, people[0])[0]
    people[0].done(f"/{room.code}/cmd", cmd=name, arg=arg)
    asked = time.monotonic()
    while PendingCommand.objects.exists() and time.monotonic() < asked + 2:
        time.sleep(host.seconds_to_next())
        host.turn()
    assert time.monotonic() - asked < 0.1 + 0.05


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_host_killed_amid_a_game_loses_no_event(people):
    room = opened(*people, computers=2, num_rounds=2)
    people[0].done(f"/{room.code}/start")
    for kills in range(3):
        process = running_host()
        try:
            play_by_commands(room, people, 8 + kills)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    process = running_host()
    try:
        play_by_commands(room, people, 1000)
    finally:
        process.terminate()
        process.wait()
    assert ReplayShard.objects.get(pk=room.shard_id).ended
    check_recording(room)


def running_host():
    command = [sys.executable, "manage.py", "host", "--shards", "0"]
    more = {"COMPUTER_PAUSE_SECONDS": "0.01", "LOG_LEVEL": "WARNING"}
    return subprocess.Popen(command, cwd=ROOT, env=environment() | more)


def play_by_commands(room, people, count, seconds=60):
    """Have people make the first possible move, as often as `count` and until the game is over."""
    made, deadline = 0, time.monotonic() + seconds
    while made < count and time.monotonic() < deadline:
        room.shard.refresh_from_db()
        if room.shard.ended:
            return
        if room.shard.last_tick is not None and not PendingCommand.objects.exists():
            for person in people:
                for name, arg in moves(room, person)[-1:]:
                    made += person.post(f"/{room.code}/cmd", cmd=name, arg=arg).status_code == 200
        time.sleep(0.02)
    assert made >= count or count == 1000, "the host does not answer"


def test_the_recorded_commands_are_those_that_were_given(host, people):
    room = begun(host, people)
    (start,) = [
        Command(*command)
        for entry in entries(room)
        for command in entry.get("commands", [])
        if command[1] == "START"
    ]
    assert start.arg == room.options


# Again


@pytest.fixture
def over(host, people):
    """A table at which a game of two people and a computer player has been played to its end."""
    room = begun(host, people, rules={"use_jokers": True})
    play_on(host, room, people)
    assert people[0].get(f"/{room.code}").json()["phase"] == "game_over"
    return room


def test_the_first_who_asks_opens_the_next_table_and_the_others_come_to_it(over, people):
    assert people[1].get(f"/{over.code}").json()["next"] is None
    made = people[1].done(f"/{over.code}/again")
    assert made["code"] != over.code
    assert made["options"] == over.options
    assert made["maker"] == "bob"
    assert [seat["profile"] for seat in made["seats"]] == [None, "steady"]
    offered = people[0].get(f"/{over.code}").json()["next"]
    assert offered == {"code": made["code"], "url": f"/golf/{made['code']}", "maker": "bob"}
    joined = people[0].done(f"/{over.code}/again")
    assert joined["code"] == made["code"]
    assert sorted(seat["name"] for seat in joined["seats"] if not seat["is_cpu"]) == ["ada", "bob"]
    assert people[0].done(f"/{over.code}/again")["seats"] == joined["seats"]


def test_the_lobby_offers_the_next_table_to_those_who_have_played_until_they_sit_there(
    over, people, eve
):
    code = people[1].done(f"/{over.code}/again")["code"]
    assert f"/golf/{code}" in people[0].client.get("/golf").content.decode()
    assert f"/golf/{code}" not in Person(eve).client.get("/golf").content.decode()
    people[0].done(f"/{over.code}/again")
    assert people[0].client.get("/golf").content.decode().count(f'href="/golf/{code}"') == 1


def test_a_next_table_that_has_begun_or_is_gone_is_offered_to_nobody(host, over, people):
    first = people[1].done(f"/{over.code}/again")["code"]
    people[1].done(f"/{first}/start")
    assert people[0].get(f"/{over.code}").json()["next"] is None
    second = people[0].done(f"/{over.code}/again")["code"]
    assert second != first
    assert people[0].post(f"/{second}/leave").status_code == 204
    settle(host)
    settle(host)
    assert people[0].get(f"/{over.code}").json()["next"] is None


def test_only_a_game_that_is_over_is_followed_by_another(host, people, eve):
    room = begun(host, people)
    answer = people[0].post(f"/{room.code}/again")
    assert (answer.status_code, answer.json()["detail"]) == (409, "This game is not over yet.")
    assert Person(eve).post(f"/{room.code}/again").status_code == 404


def test_the_page_of_games_played_tells_how_each_table_went(host, people):
    room = begun(host, people)
    play_on(host, room, people)
    page = people[0].client.get("/account/history").content.decode()
    assert "At tables" in page
    assert "ada, bob" in page
    assert f"/replay?shard={room.shard_id}" in page
    assert "At tables" not in Client().get("/account/history", follow=True).content.decode()
