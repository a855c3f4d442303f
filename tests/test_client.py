"""A game records through the client: nothing of it is lost, doubled, or held up by the site."""

import json
import logging
import multiprocessing
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from client.segfault_client import Recording
from client.segfault_client.patience import Backoff
from client.segfault_client.site import Away, Site
from client.segfault_client.spool import Spool
from replays.models import Push, World
from replays.tokens import make_token
from tests.client_games import (
    OddSite,
    client_command,
    leave,
    numbers,
    recorded,
    served,
    start_game,
)
from tests.live_site import free_port

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def spool(own_spool):
    return own_spool


@pytest.fixture
def token(transactional_db, ada):
    return make_token(ada, "push")


def nothing_answers() -> str:
    return f"http://127.0.0.1:{free_port()}"


def left_in(spool) -> list[dict]:
    return Spool(spool).listing()


def until(true, seconds=PATIENCE):
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
    return found


# Five lines


def test_a_game_is_recorded_in_five_lines(live_site, token, ada, spool):
    with Recording(live_site, token, game="my-game", title="First", spool=spool) as recording:
        for number in range(250):
            recording.tick({"n": number})
    push = Push.objects.get(replay_id=recording.replay_id)
    assert (push.owner, push.chunk_count) == (ada, push.placed)
    assert (push.shard.game, push.shard.title, push.shard.ended) == ("my-game", "First", True)
    assert numbers(recording.replay_id) == list(range(250))
    assert recording.whole
    assert (recording.pending, recording.left_out, recording.refused) == (0, 0, None)
    assert recording.address.startswith(f"{live_site}/")
    assert left_in(spool) == []
    assert not list(spool.iterdir())


def test_a_recording_is_there_to_be_watched_while_it_goes_on(live_site, token, spool):
    with Recording(live_site, token, spool=spool, replay_id="r1", chunk_seconds=0.05) as recording:
        recording.tick({"n": 0})
        until(lambda: recording.address)
        push = Push.objects.get(replay_id="r1")
        assert numbers() == [0]
        assert (push.chunk_count, push.shard.ended) == (None, False)


def test_an_ingest_address_and_the_environment_do_instead(live_site, token, spool, monkeypatch):
    with Recording(f"{live_site}/ingest/{token}/push", spool=spool, replay_id="a") as recording:
        recording.tick({"n": 1})
    monkeypatch.setenv("SEGFAULT_URL", live_site)
    monkeypatch.setenv("SEGFAULT_TOKEN", token)
    monkeypatch.setenv("SEGFAULT_SPOOL", str(spool))
    with Recording(replay_id="b") as recording:
        recording.tick({"n": 2})
    assert (numbers("a"), numbers("b")) == ([1], [2])


def test_what_belongs_to_a_recording_comes_along(live_site, token, spool):
    world = {"size": [2, 2, 2], "walls": [[0, 0, 0, 6]], "name": "Häuser"}
    hints = {"title": "A plane", "plane": "grid", "width": 4, "height": 3}
    about = {"meta": {"level": 3}, "run": {"kind": "trial"}, "hints": hints, "tick_seconds": 0.5}
    for replay_id in ("a", "b"):
        with Recording(
            live_site, token, game="my-game", visibility="unlisted", world=world,
            spool=spool, replay_id=replay_id, **about,
        ) as recording:  # fmt: skip
            recording.tick({"n": 0})
            recording.tick({"n": 1})
        assert recording.refused is None
        shard = Push.objects.get(replay_id=replay_id).shard
        assert (shard.visibility, shard.tick_seconds) == ("unlisted", 0.5)
        assert shard.options["meta"] == {"level": 3, "tick_seconds": 0.5}
        assert shard.options["run"] == {"kind": "trial"}
        assert shard.options["hints"]["plane"] == "grid"
        assert shard.options["world"] == World.objects.get().name


def test_a_tick_keeps_its_time_or_is_given_that_of_the_clock(live_site, token, spool):
    with Recording(live_site, token, spool=spool, replay_id="r1") as recording:
        recording.tick({"n": 0})
        recording.tick({"n": 1}, t=7.5)
        recording.tick({"n": 2, "t": 8.5})
        recording.tick({"n": 3, "t": 1.0}, t=9.5)
        recording.tick({}, t=10)
    first, *rest = recorded()
    assert 0 <= first["t"] < 7
    assert rest == [{"t": 7.5, "n": 1}, {"n": 2, "t": 8.5}, {"n": 3, "t": 9.5}, {"t": 10.0}]


def test_a_snapshot_is_written_down_at_once(live_site, token, spool):
    state = {"n": 0, "places": [1]}
    with Recording(live_site, token, spool=spool, replay_id="r1", tick_seconds=1) as recording:
        for number in range(3):
            state["n"] = number
            recording.tick(state)
            state["places"].append(number)
    assert [len(snapshot["places"]) for snapshot in recorded()] == [1, 2, 3]


def test_a_recording_without_a_tick_leaves_nothing(live_site, token, spool):
    with Recording(live_site, token, spool=spool, replay_id="r1") as recording:
        pass
    assert recording.whole
    assert not Push.objects.exists()
    assert not list(spool.iterdir())


@pytest.mark.parametrize("packing", ["zstd", "gzip", "identity"])
def test_a_body_is_packed_as_wished(live_site, token, spool, packing):
    with Recording(live_site, token, spool=spool, replay_id="r1", packing=packing) as recording:
        recording.tick({"n": 5})
    assert numbers() == [5]


def test_progress_is_told_and_may_fail(live_site, token, spool):
    told = []

    def hear(progress):
        told.append(progress)
        raise RuntimeError("the game's own mistake")

    with Recording(live_site, token, spool=spool, chunk_ticks=5, progress=hear) as recording:
        for number in range(10):
            recording.tick({"n": number})
    assert recording.whole
    assert (told[-1].stored, told[-1].pending, told[-1].left_out) == (10, 0, 0)
    assert told[-1].address == recording.address


# What is wrong is told when a recording is made, and breaks nothing afterwards


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("ftp://site", {}),
        ("https://", {}),
        ("https://ada:secret@site", {}),
        ("https://site", {"token": "two words"}),
        ("https://site", {"game": "My Game"}),
        ("https://site", {"visibility": "secret"}),
        ("https://site", {"replay_id": "../etc"}),
        ("https://site", {"chunk_ticks": 1001}),
        ("https://site", {"chunk_seconds": 0}),
        ("https://site", {"queue_ticks": 0}),
        ("https://site", {"tick_seconds": -1}),
        ("https://site", {"packing": "rar"}),
        ("https://site", {"meta": {"x": float("nan")}}),
        (None, {}),
    ],
)
def test_what_cannot_be_is_said_when_a_recording_is_made(url, options, spool):
    with pytest.raises(ValueError, match=r"\w"):
        Recording(url, spool=spool, **options)


@pytest.mark.parametrize(
    "snapshot",
    [
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": 2**53 + 1},
        {"x": object()},
        {"x": "\0"},
        {"x\0": 1},
        {"x": "\ud800"},
        {"x": "y" * 70_000},
        {"x": ["y" * 60_000] * 60},
        [1, 2],
        None,
        {("a", 1): 2, "b": {"c": object()}},
    ],
    ids=(
        "NaN",
        "infinity",
        "large integer",
        "object",
        "NUL",
        "NUL in a key",
        "surrogate",
        "long text",
        "long texts",
        "list",
        "nothing",
        "key that is no text",
    ),
)
def test_a_bad_snapshot_is_left_out_and_told_once(live_site, token, spool, snapshot, caplog):
    with Recording(live_site, token, spool=spool, replay_id="r1", tick_seconds=1) as recording:
        recording.tick({"n": 0})
        recording.tick(snapshot)
        recording.tick({"n": 1}, t="soon")
        recording.tick({"n": 2})
    assert recording.left_out == recording.left_out_for("bad") == 2
    assert recorded() == [{"n": 0}, {"t": 3.0, "left_out": 2, "n": 2}]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2  # of the first and of the second; then of the fourth, the eighth


def test_a_snapshot_that_holds_itself_is_left_out(live_site, token, spool):
    circle = {}
    circle["again"] = circle
    deep = value = {}
    for _ in range(5000):
        value["in"] = value = {}
    with Recording(live_site, token, spool=spool, replay_id="r1") as recording:
        recording.tick(circle)
        recording.tick(deep)
        recording.tick({"n": 0})
    assert recording.left_out_for("bad") == 2
    assert numbers() == [0]


def test_a_tick_after_the_end_is_left_out_and_the_end_may_come_twice(live_site, token, spool):
    recording = Recording(live_site, token, spool=spool, replay_id="r1")
    recording.tick({"n": 0})
    recording.close()
    recording.close()
    recording.tick({"n": 1})
    assert recording.left_out_for("closed") == 1
    assert numbers() == [0]


def test_an_error_of_the_game_stays_its_own(live_site, token, spool):
    def play():
        with Recording(live_site, token, spool=spool, replay_id="r1") as recording:
            recording.tick({"n": 0})
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        play()
    assert numbers() == [0]


# The site is away


def test_a_site_that_is_down_at_the_start_gets_all_when_it_is_up(token, spool, tmp_path, caplog):
    port = free_port()
    recording = Recording(f"http://127.0.0.1:{port}", token, spool=spool, replay_id="r1")
    for number in range(1000):
        recording.tick({"n": number})
    recording.close(0)
    assert recording.pending == 1000
    with served(port, tmp_path / "log"):
        until(lambda: recording.whole)
        assert numbers() == list(range(1000))
    assert "does not answer" in caplog.text


def test_a_site_that_is_killed_midway_gets_each_tick_once(token, spool, tmp_path):
    port = free_port()
    recording = Recording(
        f"http://127.0.0.1:{port}", token, spool=spool, replay_id="r1", chunk_ticks=7
    )
    with served(port, tmp_path / "log") as server:
        for number in range(500):
            recording.tick({"n": number})
            if number == 250:
                until(lambda: recording.address)
                server.send_signal(signal.SIGKILL)
    recording.tick({"n": 500})
    with served(port, tmp_path / "log"):
        recording.close(PATIENCE)
    assert recording.whole
    assert numbers() == list(range(501))


def test_the_same_bytes_are_sent_again_when_the_answer_was_lost(spool):
    dropped = []

    def answer(method, path, body):
        if len(dropped) < 2:
            return dropped.append(body)
        return 200, {}

    with OddSite(answer) as site:
        with Recording(site.address, spool=spool, packing="identity") as recording:
            recording.tick({"n": 0})
        assert recording.whole
        first, second, third = site.bodies()
    assert first == second == third


def test_a_busy_site_is_given_the_time_that_it_asks_for(spool):
    at = []

    def answer(method, path, body):
        at.append(time.monotonic())
        return (503, {"Retry-After": "2"}) if len(at) == 1 else (200, {})

    with OddSite(answer) as site, Recording(site.address, spool=spool) as recording:
        recording.tick({"n": 0})
    assert recording.whole
    assert at[1] - at[0] >= 2


def test_waits_grow_differ_and_are_never_shorter_than_asked_for():
    backoff = Backoff()
    waits = [backoff.after(Away("")) for _ in range(20)]
    assert 0.25 <= waits[0] <= 0.5 < waits[4] <= 8
    assert all(15 <= wait <= 30 for wait in waits[10:])
    assert len(set(waits)) == 20
    assert 100 <= Backoff().after(Away("", 100.0)) <= 110


# The site refuses


def test_a_refused_token_is_told_in_a_sentence_and_the_ticks_stay(
    live_site, token, spool, caplog, tmp_path
):
    wrong = "nobody-knows-this-token"
    with Recording(live_site, wrong, spool=spool, replay_id="r1") as recording:
        recording.tick({"n": 0})
        recording.tick({"n": 1})
    assert recording.refused.startswith("The site does not know this token: ")
    assert recording.refused in caplog.text
    assert (recording.pending, recording.whole) == (2, False)
    assert not Push.objects.exists()
    assert [(told["ticks"], told["refused"]) for told in left_in(spool)] == [(2, recording.refused)]
    assert wrong not in caplog.text + repr(recording) + repr(recording._sender.site)
    kept = b"".join(path.read_bytes() for path in spool.rglob("*") if path.is_file())
    assert wrong.encode() not in kept
    # With the right token the next start sends them, beside its own.
    with Recording(live_site, token, spool=spool, replay_id="r2") as second:
        second.tick({"n": 5})
        until(lambda: not left_in(spool) or len(left_in(spool)) == 1)
        until(lambda: numbers("r1") == [0, 1])
    assert numbers("r2") == [5]


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (400, {}, "refused what was sent (400): Because of 400."),
        (403, {}, "does not let this token do that: Because of 403."),
        (404, {}, "is it the site's address?"),
        (409, {}, "something else stored there already"),
        (413, {}, "too big"),
        (302, {"Location": "https://other.example/push"}, "give that address"),
    ],
)
def test_a_refusal_ends_the_sending_and_keeps_the_ticks(spool, status, headers, words):
    with OddSite(lambda *asked: (status, headers)) as site:
        with Recording(site.address, "secret", spool=spool, chunk_ticks=1) as recording:
            for number in range(3):
                recording.tick({"n": number})
        assert words in recording.refused
        assert len(site.bodies()) == 1
        assert left_in(spool)[0]["ticks"] == 3
        # What was refused for good is not asked for again by each start.
        with Recording(site.address, "secret", spool=spool):
            time.sleep(0.2)
        assert len(site.bodies()) == (2 if status == 403 else 1)


def test_a_site_that_cannot_unpack_zstd_is_sent_gzip_and_then_plain(spool):
    def answer(method, path, body):
        return (200 if body.startswith(b"{") else 415), {}

    with OddSite(answer) as site, Recording(site.address, spool=spool) as recording:
        recording.tick({"n": 0})
    assert recording.whole
    packings = [headers.get("Content-Encoding") for headers in site.headers]
    assert packings == ["zstd", "gzip", None]


# Too much


def test_a_full_queue_leaves_ticks_out_and_tells_how_many(live_site, token, spool, caplog):
    with Recording(
        live_site, token, spool=spool, replay_id="r1", queue_ticks=3, tick_seconds=0.5
    ) as recording:
        for number in range(20_000):
            recording.tick({"n": number})
        time.sleep(0.2)
        recording.tick({"n": 20_000})
    kept = recorded()
    assert 0 < recording.left_out == recording.left_out_for("queue")
    assert recording.left_out == sum(snapshot.get("left_out", 0) for snapshot in kept)
    assert len(kept) + recording.left_out == 20_001
    place = -1
    for snapshot in kept:  # every gap is told where it is, and time goes on through it
        place += 1 + snapshot.get("left_out", 0)
        assert snapshot["n"] == place
        assert snapshot.get("t", 0.5 * place) == 0.5 * place
    assert "the queue is full. Left out for this so far: 1." in caplog.text


def test_a_full_spool_leaves_ticks_out_and_tells_how_many(spool, caplog):
    with Recording(nothing_answers(), spool=spool, spool_bytes=20_000, replay_id="r1") as recording:
        for number in range(5000):
            recording.tick({"n": number})
        recording.close(1)
    [told] = left_in(spool)
    assert 0 < told["ticks"] < 1500
    assert recording.left_out == recording.left_out_for("spool") == 5000 - told["ticks"]
    assert recording.pending == told["ticks"]
    assert "The spool is full." in caplog.text
    assert Spool(spool).size() < 25_000


def test_a_spool_has_room_again_when_the_site_is_back(token, spool, tmp_path):
    port = free_port()
    recording = Recording(
        f"http://127.0.0.1:{port}", token, spool=spool, spool_bytes=20_000, replay_id="r1"
    )
    for number in range(5000):
        recording.tick({"n": number})
    with served(port, tmp_path / "log"):
        until(lambda: recording.pending == 0)
        time.sleep(1.1)
        recording.tick({"n": 5000})
        recording.close(PATIENCE)
    kept = recorded()
    assert kept[-1]["n"] == 5000
    assert kept[-1]["left_out"] == recording.left_out == 5001 - len(kept)


def test_what_is_no_game_waits_for_room_instead(live_site, token, spool):
    with Recording(live_site, token, spool=spool, replay_id="r1", queue_ticks=2) as recording:
        for number in range(3000):
            recording.tick_when_there_is_room({"n": number})
    assert recording.left_out == 0
    assert numbers() == list(range(3000))


# The game is killed


def test_a_killed_game_is_sent_whole_by_the_command(live_site, token, spool):
    """Every tick that the spool has is on the site, once each and in order; nothing is torn."""
    game = start_game(live_site, spool, token, chunk_seconds=0.2)
    while int(game.stdout.readline()) < 700:
        pass
    on_the_way = until(lambda: left_in(spool) and left_in(spool)[0]["ticks"])
    game.kill()
    printed = [int(line) for line in game.stdout.read().split()]
    game.wait()
    assert on_the_way
    sent = client_command("send", "--spool", spool, SEGFAULT_TOKEN=token)
    assert sent.returncode == 0, sent.stderr
    kept = numbers()
    assert kept == list(range(len(kept)))
    last = printed[-1] if printed else 700
    assert len(kept) >= last - 100, "ticks of the last 0.2 s are missing, where 0.05 s are allowed"
    push = Push.objects.get(replay_id="r1")
    assert (push.whole, push.shard.ended) == (True, True)
    assert left_in(spool) == []


def test_a_game_killed_while_the_site_was_away_is_sent_by_the_next_start(
    live_site, token, spool, tmp_path
):
    port = free_port()
    game = start_game(f"http://127.0.0.1:{port}", spool, token, chunk_ticks=10)
    while int(game.stdout.readline()) < 300:
        pass
    until(lambda: left_in(spool)[0]["ticks"] >= 300)
    game.kill()
    game.wait()
    with served(port, tmp_path / "log"):
        with Recording(f"http://127.0.0.1:{port}", token, spool=spool, replay_id="r2") as second:
            second.tick({"n": 0})
        until(lambda: left_in(spool) == [])
        kept = numbers("r1")
    assert kept == list(range(len(kept)))
    assert len(kept) >= 300


def test_a_killed_game_goes_on_under_its_name(live_site, token, spool):
    game = start_game(live_site, spool, token, chunk_ticks=10)
    while int(game.stdout.readline()) < 205:
        pass
    game.kill()
    game.wait()
    with Recording(live_site, token, game="counting-up", spool=spool, replay_id="r1") as recording:
        recording.tick({"n": -1})
    assert recording.whole
    *kept, last = numbers()
    assert kept == list(range(len(kept)))
    assert (len(kept) >= 200, last) == (True, -1)


def test_a_name_in_use_or_at_its_end_is_said_when_a_recording_is_made(spool):
    url = nothing_answers()
    first = Recording(url, spool=spool, replay_id="r1")
    with pytest.raises(ValueError, match="somebody is recording as 'r1'"):
        Recording(url, spool=spool, replay_id="r1")
    first.tick({"n": 0})
    first.close(0)
    first._writer.join()
    first._spooled.release()  # as if the process had ended
    with pytest.raises(ValueError, match="'r1' has ended"):
        Recording(url, spool=spool, replay_id="r1")


def test_a_program_that_ends_without_a_word_is_recorded_whole(live_site, token, spool):
    game = start_game(live_site, spool, token, pause=0, count=300)
    assert game.wait(PATIENCE) == 0
    assert numbers() == list(range(300))
    assert Push.objects.get().shard.ended


def test_two_processes_send_what_is_left_once(spool):
    """Both start at once on ten recordings that were left; each chunk is sent by one of them."""

    def answer(method, path, body):
        time.sleep(0.02)
        return 200, {}

    with OddSite(answer) as site:
        for number in range(10):
            leave(site.address, f"r{number}", 6, chunk_ticks=2)
        with ThreadPoolExecutor() as pool:
            sent = list(pool.map(lambda _: client_command("send", "--spool", spool), range(2)))
        assert [process.returncode for process in sent] == [0, 0]
        assert left_in(spool) == []
        assert len(site.bodies()) == len(set(site.bodies())) == 10 * 4


def test_two_games_record_into_one_spool(live_site, token, spool):
    recordings = [
        Recording(live_site, token, spool=spool, replay_id=name, chunk_ticks=5) for name in "ab"
    ]
    for number in range(100):
        for recording in recordings:
            recording.tick({"n": number})
    for recording in recordings:
        recording.close()
    assert numbers("a") == numbers("b") == list(range(100))


def test_a_fork_of_the_game_neither_records_nor_holds_on(live_site, token, spool):
    recording = Recording(live_site, token, spool=spool, replay_id="r1")
    recording.tick({"n": 0})
    child = multiprocessing.get_context("fork").Process(target=_tick_and_close, args=(recording,))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == 0
    recording.tick({"n": 1})
    recording.close()
    assert numbers() == [0, 1]


def _tick_and_close(recording: Recording) -> None:
    recording.tick({"n": 99})
    assert recording.left_out_for("closed") == 1
    recording.close()


def test_what_one_token_began_another_does_not_end(live_site, token, bob, spool):
    """The rest of ada's recording would otherwise be the headless beginning of one of bob's."""
    game = start_game(live_site, spool, token, chunk_ticks=5)
    while int(game.stdout.readline()) < 100:
        pass
    until(lambda: Push.objects.filter(placed__gt=0).exists())
    game.kill()
    game.wait()
    sent = client_command("send", "--spool", spool, SEGFAULT_TOKEN=make_token(bob, "push"))
    assert sent.returncode == 1
    assert "begun with another token" in sent.stdout
    assert Push.objects.count() == 1
    sent = client_command("send", "--spool", spool, SEGFAULT_TOKEN=token)
    assert sent.returncode == 0
    assert numbers() == list(range(len(numbers())))


def test_a_site_s_address_has_no_secret_in_it():
    site = Site.at("https://site.example/base/ingest/s3cr3t/push/")
    assert (site.address, site.token) == ("https://site.example/base", "s3cr3t")
    assert "s3cr3t" not in repr(site)
    assert Site.at("https://site.example/push").address == "https://site.example"
    with pytest.raises(ValueError, match="not the address of a site") as told:
        Site.at("ftp://site.example/ingest/s3cr3t/push")
    assert "s3cr3t" not in str(told.value)


def test_the_body_of_a_chunk_says_of_it_all_that_the_site_asks_for(spool):
    with (
        OddSite(lambda *asked: (200, {})) as site,
        Recording(
            site.address, spool=spool, packing="identity", replay_id="r1", visibility="private",
            hints={"plane": "grid"}, chunk_ticks=1,
        ) as recording,
    ):  # fmt: skip
        recording.tick({"n": 0, "t": 0})
        recording.tick({"n": 1, "t": 1})
    first, second, last = map(json.loads, site.bodies())
    again = {"replay_id": "r1", "game": "pushed", "visibility": "private"}
    assert first == again | {"chunk_index": 0, "frames": [{"n": 0, "t": 0}]} | {
        "hints": {"plane": "grid"}
    }
    assert second == again | {"chunk_index": 1, "frames": [{"n": 1, "t": 1}]}
    assert last == again | {"chunk_index": 2, "chunk_count": 3, "frames": []}
