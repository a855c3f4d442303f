"""Clients of the original play here over HTTP, and nothing that they send breaks a shard."""

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from play import senses
from play.host import Host
from play.models import MAX_SEATS, LiveShard, PendingCommand, Seat
from replays import reading, tokens
from replays.models import ReplayShard
from tests.boards import shard as board
from tests.test_host import check_played_whole, turns

pytestmark = pytest.mark.django_db
STATE_KEYS = [
    "tick", "grid", "events", "center", "visible", "walls", "grid_size", "defragger", "gates",
    "other_processes", "echo_tiles", "status",
]  # fmt: skip


@pytest.fixture
def host(settings):
    """A host of one shard in which nobody plays yet, and which does not run out."""
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 1000
    host = Host(shards=1)
    turns(host, 2)
    return host


@pytest.fixture
def process(host, client):
    """A process that has joined and entered."""
    player = Player(client)
    turns(host, 1)
    return player


@pytest.fixture
def calm(host, process):
    """A process far from all danger, on a bare board of 10 × 10."""
    put(host, process, (0, 0))
    return process


class Player:
    """A client of one process."""

    def __init__(self, client, **headers):
        self.client = client
        self.joined = client.post("/process/join", headers=headers)
        assert self.joined.status_code == 200, self.joined.content
        self.token = self.joined.json()["token"]
        self.process_id = self.joined.json()["process_id"]

    @property
    def bearer(self):
        return {"Authorization": f"Bearer {self.token}"}

    def state(self, **query):
        answer = self.client.get("/process/state", query, headers=self.bearer)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def ask(self, cmd, arg=None):
        return self.send(json.dumps({"cmd": cmd, "arg": arg}))

    def send(self, body, **more):
        more = {"content_type": "application/json", "headers": self.bearer} | more
        return self.client.post("/process/cmd", body, **more)

    @property
    def seat(self):
        return Seat.objects.of_token(self.token)


def put(host, player, place, **changes):
    """Lay the shard of a player out by hand: a bare board with the player at `place`."""
    playing = host.playing[player.seat.shard_id]
    changes = {"danger": (9, 9), "gates": [("stable", (0, 9))]} | changes
    laid = board({player.process_id: place}, **changes)
    laid.processes[0].call_sign = player.seat.name
    laid.options = playing.state.options
    laid.tick = playing.state.tick
    playing.state = laid


# Joining


def test_joining_answers_a_token_and_a_process_id_and_nothing_else(host, client):
    answer = client.post("/process/join")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()) == {"token", "process_id"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_is_kept_as_a_hash_alone(process):
    seat = Seat.objects.get(pk=process.process_id)
    row = " ".join(str(getattr(seat, field.attname)) for field in Seat._meta.fields)
    assert process.token not in row
    assert seat.token_sha256 != process.token


def test_who_has_joined_enters_at_the_next_tick(host, client):
    player = Player(client)
    before = player.state()
    assert (before["tick"], before["status"], before["visible"]) == (None, None, [])
    turns(host, 1)
    after = player.state()
    assert after["tick"] == LiveShard.objects.get().shard.last_tick
    assert [0, 0] in after["visible"]


def test_nobody_may_join_more_than_ten_times_a_minute(host, client, settings):
    settings.LIMITS = settings.LIMITS | {"joins": "2/60"}
    assert [client.post("/process/join").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.post("/process/join")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["status_code"] == 429


def test_where_no_shard_is_live_one_is_told_to_come_back(db, client):
    answer = client.post("/process/join")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not Seat.objects.exists()


def test_a_shard_whose_host_is_gone_for_good_takes_nobody(host, client):
    LiveShard.objects.update(leased_until=timezone.now() - timezone.timedelta(seconds=60))
    assert client.post("/process/join").status_code == 503


def test_a_full_shard_takes_nobody_and_the_other_is_filled_first(host, client, settings):
    settings.LIMITS = settings.LIMITS | {"joins": "100/60"}
    shard = LiveShard.objects.get().shard
    seats = [Seat(shard=shard, name=f"n{number}") for number in range(MAX_SEATS - 1)]
    Seat.objects.bulk_create(seats)
    assert client.post("/process/join").status_code == 200
    answer = client.post("/process/join")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "NO_ROOM")
    assert int(answer.headers["Retry-After"]) > 0


def test_who_found_no_room_after_all_enters_another_shard_under_the_same_id(host, client):
    here = LiveShard.objects.get().shard_id
    for _ in range(MAX_SEATS):
        PendingCommand.objects.create(
            shard_id=here, who=uuid4(), name="JOIN", arg={"call_sign": "x", "origin": None}
        )
    player = Player(client)
    turns(host, 3)
    assert player.seat.shard_id != here
    assert str(player.seat.pk) == player.process_id
    assert (player.state()["status"], player.state()["center"]) == (None, [0, 0])
    assert [0, 0] in player.state()["visible"]


def test_a_token_of_a_former_process_is_no_hindrance_to_join_again(process, client):
    again = client.post("/process/join", headers=process.bearer)
    assert again.status_code == 200
    assert client.post("/process/join", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_user_joins_with_a_token_for_play_and_with_no_other(host, client, bob):
    play, read = (tokens.make_token(bob, scope) for scope in ("play", "read"))
    answer = client.post("/process/join", headers={"Authorization": f"Bearer {play}"})
    assert Seat.objects.get(pk=answer.json()["process_id"]).user == bob
    answer = client.post("/process/join", headers={"Authorization": f"Bearer {read}"})
    assert answer.status_code == 403


def test_a_site_with_a_key_is_played_with_it(host, client, settings):
    settings.SEGFAULT_API_KEY = "let me play"
    assert client.post("/process/join").status_code == 401
    key = {"X-API-Key": "let me play"}
    token = client.post("/process/join", headers=key).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/process/state", headers=bearer).status_code == 401
    assert client.get("/process/state", headers=bearer | key).status_code == 200
    assert client.get("/process/info").status_code == 401


# State


def test_the_state_has_the_keys_of_the_original_and_what_ours_adds(process):
    state = process.state()
    assert set(state) == {*STATE_KEYS, "next_tick_in_ms", "buffered"}
    assert state["center"] == [0, 0]
    assert state["grid_size"] == 20
    assert state["buffered"] is None
    assert state["status"] is None
    assert 0 <= state["next_tick_in_ms"] <= 1000
    assert "SELF" in state["grid"]
    assert all(set(wall) == {"a", "b"} for wall in state["walls"])


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer é\x80"])
def test_an_unknown_token_is_401_for_state_and_command_alike(host, client, authorization):
    headers = {"Authorization": authorization}
    for answer in (
        client.get("/process/state", headers=headers),
        client.post("/process/cmd", {}, content_type="application/json", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_unknown_tokens_cannot_be_tried_without_end(host, client, settings):
    settings.LIMITS = settings.LIMITS | {"process_misses": "3/60"}
    answers = [client.get("/process/state").status_code for _ in range(4)]
    assert answers == [401, 401, 401, 429]


def test_a_token_goes_in_a_query_only_where_the_site_allows_it(process, settings):
    address = f"/process/state?token={process.token}"
    assert process.client.get(address).status_code == 401
    settings.PROCESS_TOKEN_IN_QUERY = True
    assert process.client.get(address).status_code == 200


def test_an_event_is_told_until_it_is_acknowledged(host, calm):
    calm.ask("BROADCAST", "hello there")
    turns(host, 1)
    (first,) = [e for e in calm.state()["events"] if e["kind"] == "broadcast"]
    assert first["message"] == "[BCAST] hello there"
    assert set(first) == {"kind", "message", "timestamp_ms", "id"}
    assert abs(first["timestamp_ms"] - timezone.now().timestamp() * 1000) < 60_000
    assert first in calm.state()["events"]
    calm.ask("BROADCAST", "and again")
    turns(host, 1)
    later = calm.state(after=first["id"])["events"]
    assert "[BCAST] and again" in [event["message"] for event in later]
    assert first not in later
    assert calm.state(after=first["id"])["events"] == later
    assert first not in calm.state()["events"]
    ids = [event["id"] for event in later]
    assert ids == sorted(set(ids))
    assert ids[0] > first["id"]


def test_events_are_the_same_whoever_answers_and_whenever(host, calm):
    for word in ("one", "two", "three"):
        calm.ask("BROADCAST", word)
        turns(host, 1)
        calm.state()
    told = calm.state()["events"]
    senses.PASTS._pasts.clear()
    assert calm.state()["events"] == told
    assert len([event for event in told if event["kind"] == "broadcast"]) == 3


def test_no_more_than_three_hundred_events_wait(host, process):
    said = {"shard": process.seat.shard, "who": process.process_id, "name": "BROADCAST"}
    PendingCommand.objects.bulk_create(
        PendingCommand(arg=f"n{number}", **said) for number in range(350)
    )
    turns(host, 1)
    heard = process.state()["events"]
    assert len(heard) == senses.MOST_EVENTS
    assert "[BCAST] n349" in [event["message"] for event in heard]
    check_played_whole(process.seat.shard)


@pytest.mark.parametrize("after", ["-1", "x", "²", "", "1.5", "9" * 16, "9" * 400, "1e3"])
def test_only_an_event_that_was_told_can_be_acknowledged(process, after):
    answer = process.client.get("/process/state", {"after": after}, headers=process.bearer)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER"
    assert process.seat.heard == 0


def test_the_process_moves_where_its_digit_leads(host, process):
    put(host, process, (4, 4))
    process.ask("MOVE", "9")
    assert process.state()["buffered"] == {"cmd": "MOVE", "arg": "9"}
    turns(host, 1)
    entry = reading.entries(process.seat.shard)
    (me,) = list(entry)[-1]["snapshot"]["processes"]
    assert me["pos"] == [5, 3]
    assert (me["buffered_cmd"], me["buffered_arg"]) == ("MOVE", "9")
    assert process.state()["buffered"] is None


def test_who_escapes_reads_so_and_its_last_line(host, process):
    put(host, process, (1, 1), gates=[("stable", (1, 0))])
    process.ask("MOVE", "8")
    turns(host, 3)
    state = process.state()
    assert state["status"] == "escaped"
    assert "[STATUS]: UPLOAD COMPLETE. PROCESS STABILIZED." in lines(state)
    assert (state["visible"], state["next_tick_in_ms"]) == ([], None)
    assert process.ask("MOVE", "8").status_code == 409
    last = state["events"][-1]["id"]
    assert process.state(after=last)["events"] == []
    assert process.state()["status"] == "escaped"


def test_who_is_killed_reads_so(host, process):
    put(host, process, (1, 1), danger=(2, 2))
    for _ in range(30):
        turns(host, 1)
        if process.state()["status"]:
            break
    assert process.state()["status"] == "dead"
    answer = process.ask("MOVE", "8")
    assert (answer.status_code, answer.json()["error_code"]) == (409, "PROCESS_GONE")
    assert not PendingCommand.objects.exists()


def lines(state):
    return [event["message"] for event in state["events"]]


def test_behind_a_ghost_gate_the_same_token_goes_on_in_another_shard(host, process):
    first = process.seat
    put(host, process, (1, 1), gates=[("stable", (9, 0)), ("ghost", (1, 0))])
    process.ask("BROADCAST", "farewell")
    process.ask("MOVE", "8")
    turns(host, 1)
    state = process.state()
    assert (state["status"], state["tick"]) == ("transferred", None)
    assert "[WARN]: TRANSFER COMPLETE - DESTINATION UNKNOWN." in lines(state)
    assert state["next_tick_in_ms"] is not None
    assert process.ask("SAY", "where am i").status_code == 200
    turns(host, 1)
    state = process.state()
    assert state["status"] is None
    assert [0, 0] in state["visible"]
    told = lines(state)
    assert told.index("[BCAST] farewell") < told.index(
        "[WARN]: TRANSFER COMPLETE - DESTINATION UNKNOWN."
    )
    ids = [event["id"] for event in state["events"]]
    assert ids == sorted(set(ids))
    second = process.seat
    assert (second.pk, second.shard_id) != (first.pk, first.shard_id)
    assert second.shard_id != first.shard_id
    assert second.name == first.name
    assert process.state(after=ids[-1])["events"] == []


def test_who_is_left_in_a_shard_that_is_shut_down_goes_on_in_another(host, process, settings):
    here = process.seat.shard
    playing = host.playing[here.pk]
    playing.state.options = playing.state.options | {
        "min_active_processes": 5,
        "empty_shard_ticks": 1,
    }
    turns(host, 3)
    here.refresh_from_db()
    assert here.ended
    state = process.state()
    assert (state["status"], process.seat.shard_id != here.pk) == (None, True)


def test_who_was_about_to_enter_a_shard_that_is_shut_down_enters_another(host, client):
    shard = LiveShard.objects.get().shard
    playing = host.playing[shard.pk]
    playing.state.options = playing.state.options | {"empty_shard_ticks": 1}
    playing.state.empty_ticks = 5
    step = playing.step([])
    player = Player(client)
    host.store([step], [])
    del host.playing[shard.pk]
    turns(host, 2)
    assert player.seat.shard_id != shard.pk
    assert str(player.seat.pk) == player.process_id
    assert [0, 0] in player.state()["visible"]


def test_the_state_is_there_with_replay_logging_off(settings, client):
    settings.SEGFAULT_REPLAY_LOGGING = False
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 1000
    host = Host(shards=1)
    turns(host, 2)
    player = Player(client)
    turns(host, 1)
    state = player.state()
    assert state["tick"] == LiveShard.objects.get().tick >= 3
    assert [0, 0] in state["visible"]
    put(host, player, (0, 0))
    player.ask("BROADCAST", "unrecorded")
    turns(host, 3)
    assert "[BCAST] unrecorded" in lines(player.state())
    put(host, player, (1, 1), gates=[("stable", (1, 0))])
    player.ask("MOVE", "8")
    turns(host, 2)
    assert player.state()["status"] == "escaped"
    assert "[STATUS]: UPLOAD COMPLETE. PROCESS STABILIZED." in lines(player.state())
    assert not ReplayShard.objects.recorded().exists()


# Commands


def test_the_last_valid_action_before_the_tick_wins_and_all_are_recorded(host, process):
    put(host, process, (4, 4))
    for cmd, arg in (("MOVE", "8"), ("IDLE", None), ("MOVE", "2")):
        assert process.ask(cmd, arg).json() == {"status": "ok"}
    assert process.ask("MOVE", "5").status_code == 400
    assert process.state()["buffered"] == {"cmd": "MOVE", "arg": "2"}
    turns(host, 1)
    entry = list(reading.entries(process.seat.shard))[-1]
    (me,) = entry["snapshot"]["processes"]
    assert me["pos"] == [4, 5]
    names = [[name, arg] for _, name, arg, _ in entry["commands"]]
    assert names == [["MOVE", "8"], ["IDLE", None], ["MOVE", "2"]]


def test_speech_does_not_use_the_action_and_is_cut_at_256_characters(host, calm):
    calm.ask("MOVE", "6")
    assert calm.ask("SAY", "ä" * 300).status_code == 200
    assert calm.state()["buffered"] == {"cmd": "MOVE", "arg": "6"}
    assert PendingCommand.objects.get(name="SAY").arg == "ä" * 256


def test_an_accepted_command_is_stored_before_the_answer(calm):
    calm.ask("SAY", "kept")
    (row,) = PendingCommand.objects.all()
    assert (row.who, row.name, row.arg) == (calm.process_id, "SAY", "kept")
    assert row.ms > 0


BAD = [
    {"cmd": "MOVE", "arg": "²"},
    {"cmd": "MOVE", "arg": "٤"},
    {"cmd": "MOVE", "arg": "0"},
    {"cmd": "MOVE", "arg": "5"},
    {"cmd": "MOVE", "arg": "44"},
    {"cmd": "MOVE", "arg": " 4"},
    {"cmd": "MOVE", "arg": "\u200f4"},
    {"cmd": "MOVE", "arg": ""},
    {"cmd": "MOVE", "arg": 4},
    {"cmd": "MOVE", "arg": True},
    {"cmd": "MOVE", "arg": ["4"]},
    {"cmd": "MOVE", "arg": {"4": 4}},
    {"cmd": "MOVE", "arg": None},
    {"cmd": "MOVE"},
    {"cmd": "MOVE 4"},
    {"cmd": "move", "arg": "4"},
    {"cmd": "BUFFER", "arg": "５"},
    {"cmd": "IDLE", "arg": "4"},
    {"cmd": "IDLE", "arg": 0},
    {"cmd": "SAY", "arg": ""},
    {"cmd": "SAY", "arg": "  "},
    {"cmd": "SAY", "arg": 1},
    {"cmd": "SAY", "arg": "a\nb"},
    {"cmd": "SAY", "arg": "\u202egnihton"},
    {"cmd": "BROADCAST", "arg": "\x1b[2J"},
    {"cmd": "BLEED", "arg": "x"},
    {"cmd": "JOIN", "arg": {"call_sign": "x"}},
    {"cmd": "MOVE", "arg": "4", "who": "another"},
    {"cmd": None, "arg": None},
    {"cmd": ["MOVE"], "arg": "4"},
    {"cmd": 4, "arg": "MOVE"},
    {},
    [],
    ["MOVE", "4"],
    "MOVE 4",
    None,
    4,
]


@pytest.mark.parametrize("body", BAD, ids=json.dumps)
def test_a_bad_command_is_refused_with_the_reason_and_changes_nothing(process, body):
    process.ask("MOVE", "1")
    answer = process.send(json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["status_code"] == 400
    assert len(answer.json()["detail"]) > 10
    assert process.state()["buffered"] == {"cmd": "MOVE", "arg": "1"}
    assert PendingCommand.objects.count() == 1


RAW = [
    b"", b"{", b'{"cmd": "MOVE", "arg": "4"', b"NaN", b'{"cmd": "MOVE", "cmd": "IDLE"}',
    b'{"cmd": "SAY", "arg": "\\ud800"}', b'{"cmd": "SAY", "arg": "\xff"}',
    b'{"cmd": "SAY", "arg": "\\u0000"}', b'{"cmd": "IDLE", "arg": 1e999}', b"[" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("body", RAW, ids=lambda body: body[:20].decode("latin-1"))
def test_what_is_no_strict_json_is_refused(process, body):
    answer = process.send(body)
    assert answer.status_code == 400, answer.content
    assert not PendingCommand.objects.exists()


def test_a_million_characters_are_too_many(process):
    assert process.ask("SAY", "a" * 1_000_000).status_code == 413
    assert not PendingCommand.objects.exists()


def test_a_command_is_plain_json(process):
    body = json.dumps({"cmd": "MOVE", "arg": "4"})
    assert process.send(body, content_type="text/plain").status_code == 415
    headers = process.bearer | {"Content-Encoding": "gzip"}
    assert process.send(body, headers=headers).status_code == 415
    for charset in ("utf-8", "bz2_codec", "nothing"):
        answer = process.client.generic(
            "POST",
            "/process/cmd",
            body.encode(),
            f"application/json; charset={charset}",
            headers=process.bearer,
        )
        assert answer.status_code == 200
    form = process.client.post("/process/cmd", {"cmd": "IDLE"}, headers=process.bearer)
    assert form.status_code == 415


def test_a_token_gives_at_most_twenty_commands_a_second(host, process, settings):
    settings.LIMITS = settings.LIMITS | {"process_commands": "3/60"}
    codes = [process.ask("SAY", "hey").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert int(process.ask("SAY", "hey").headers["Retry-After"]) > 0
    assert Player(process.client).ask("SAY", "i am another").status_code == 200


def test_whatever_was_sent_the_shard_can_be_played_again_to_the_same_bytes(host, process):
    for body in (*map(json.dumps, BAD), *RAW, json.dumps({"cmd": "SAY", "arg": "שלום 👩‍👩‍👧"})):
        process.send(body)
        if process.seat.left:
            break
    turns(host, 5)
    check_played_whole(process.seat.shard)


# Addresses


def test_the_greeting_has_a_title_and_lines(host, client):
    answer = client.get("/process/info").json()
    assert set(answer) == {"title", "lines"}
    assert all(isinstance(line, str) for line in answer["lines"])


@pytest.mark.parametrize("address", ["join", "state", "cmd", "info"])
def test_no_address_redirects_and_wrong_methods_are_told(host, client, address):
    for slash in ("", "/"):
        right = client.get if address in ("state", "info") else client.post
        wrong = client.put
        assert right(f"/process/{address}{slash}").status_code in (200, 401)
        assert wrong(f"/process/{address}{slash}").status_code == 405


def test_answers_are_json_whatever_the_client_likes(process):
    headers = process.bearer | {"Accept": "text/html"}
    answer = process.client.get("/process/state", headers=headers)
    assert answer.headers["Content-Type"] == "application/json"
    assert process.client.head("/process/state", headers=process.bearer).status_code == 200
