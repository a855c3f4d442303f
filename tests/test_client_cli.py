"""The client's command pushes files, sends what is left, and watches until a shard ends."""

import gzip
import io
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from client.segfault_client import cli
from client.segfault_client.spool import Spool
from client.segfault_client.watching import Shown, in_words, summary
from replays import portable, recording, sharing
from replays.models import Push, World
from replays.tokens import make_token
from tests.client_games import OddSite, client_command, leave, recorded, served
from tests.conftest import count_up, shared_recording
from tests.live_site import ROOT, free_port

pytestmark = pytest.mark.usefixtures("own_spool")


@pytest.fixture
def called(capsys):
    """Call the command in this process, and return what came of it."""

    def called(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return called


def written(path, value):
    text = value if isinstance(value, str) else json.dumps(value)
    path.write_text(text)
    return path


def the_push() -> Push:
    return Push.objects.select_related("shard").get()


# push FILE


TICKS = [{"n": number, "t": number / 4} for number in range(1203)]
LINES = "".join(json.dumps(tick) + "\n" for tick in TICKS)


@pytest.mark.parametrize(
    "content",
    [
        LINES,
        LINES.rstrip("\n").replace("\n", "\r\n\n"),
        json.dumps(TICKS),
        json.dumps(TICKS, indent=1),
        json.dumps({"frames": TICKS}),
        json.dumps({"ticks": [{"tick": n, "snapshot": tick} for n, tick in enumerate(TICKS)]}),
        "".join(
            json.dumps({"tick": n, "t": n / 4, "snapshot": {"n": n}}) + "\n" for n in range(1203)
        ),
    ],
    ids=["lines", "gaps", "list", "indented", "frames", "ticks", "entries"],
)
def test_a_file_of_snapshots_is_pushed_whole(push_site, called, tmp_path, content):
    path = written(tmp_path / "file", content)
    told = called("push", path, "--game", "my-game", "--title", "From a file")
    assert told.code == 0, told.err
    push = the_push()
    assert told.out == f"{push_site}/spectate/{push.shard_id}\n"
    assert (push.whole, push.shard.title, push.shard.game) == (True, "From a file", "my-game")
    assert [(tick["n"], tick["t"]) for tick in recorded(push.replay_id)] == [
        (tick["n"], tick["t"]) for tick in TICKS
    ]
    assert told.err.endswith("1203 of 1203 ticks\n")


def test_a_file_is_pushed_once_however_often(push_site, called, tmp_path):
    path = written(tmp_path / "frames.ndjson", LINES)
    first = called("push", path)
    again = called("push", path)
    assert (first.code, again.code) == (0, 0)
    assert again.out == first.out
    assert Push.objects.count() == 1
    packed = tmp_path / "frames.ndjson.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert called("push", packed).out == first.out
    assert called("push", path, "--title", "Another").out != first.out
    assert Push.objects.count() == 2


def test_a_replay_of_the_arena_is_pushed_with_its_world(push_site, called):
    path = shared_recording("arena/replay-small.json")
    stated = json.loads(path.read_bytes())
    told = called("push", path)
    assert told.code == 0, told.err
    push = the_push()
    assert push.shard.game == "arena"
    assert push.world_id == World.objects.get().name == push.shard.options["world"]
    assert recorded(push.replay_id) == stated["frames"]
    assert push.shard.options["run"] == stated["run"]
    assert push.shard.options["meta"]["episode"] == stated["episode"]
    assert called("push", path).out == told.out


def test_a_portable_file_is_pushed_as_another_recording(push_site, called, record, tmp_path):
    shard = record(120, game="counting", title="A count")
    path = tmp_path / "counting.json"
    path.write_bytes(b"".join(portable.write(shard)))
    assert called("push", path).code == 0
    push = the_push()
    assert (push.shard.title, push.shard.game, push.ticks) == ("A count", "counting", 120)
    assert [tick["score"] for tick in recorded(push.replay_id)] == list(range(120))


def test_hints_and_the_rest_come_along(push_site, called, tmp_path):
    path = written(tmp_path / "frames.json", TICKS[:3])
    hints = written(tmp_path / "hints.json", {"plane": "grid", "width": 4, "height": 4})
    told = called(
        "push", path, "--hints", hints, "--visibility", "private", "--tick-seconds", "0.5",
        "--replay-id", "mine",
    )  # fmt: skip
    assert told.code == 0, told.err
    shard = Push.objects.get(replay_id="mine").shard
    assert (shard.visibility, shard.tick_seconds) == ("private", 0.5)
    assert shard.options["hints"]["width"] == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds neither JSON nor lines of JSON"),
        ("[]", "holds no ticks"),
        ('{"a": 1}\n{"a": 2\n', "Line 2 is not JSON."),
        ('{"a": 1}\n\n{"a": NaN}\n', "Tick 3 cannot be recorded: "),
        ('[{"a": 1}, 7]', "Tick 2 cannot be recorded: a snapshot is a dict, and this is an int."),
        ('"text"', "holds no list of snapshots"),
        ("[" * 100_000, "holds neither JSON nor lines of JSON"),
        ('{"frames": 1}\n{"a": 1}', "neither"),
    ],
)
def test_a_file_that_is_none_is_refused_before_anything_is_sent(called, tmp_path, content, words):
    with OddSite(lambda *asked: (404 if asked[0] == "GET" else 200, {})) as site:
        path = written(tmp_path / "file", content)
        told = called("push", path, "--url", site.address)
        if words == "neither":  # two lines, each a snapshot
            assert told.code == 0
            return
        assert told.code == 1
        assert words in told.err
        assert site.asked == []


def test_a_torn_gzip_is_told(called, tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(LINES.encode())[:-100])
    told = called("push", path, "--url", "http://127.0.0.1:9")
    assert told.code == 1
    assert "torn" in told.err


def test_a_refused_token_a_missing_file_and_no_site_are_told_apart(live_site, called, tmp_path):
    path = written(tmp_path / "file", TICKS[:2])
    told = called("push", path, "--url", live_site, "--token", "unknown-word")
    assert told.code == 1
    assert told.err == "The site does not know this token: This token is unknown or revoked.\n"
    assert called("push", tmp_path / "none", "--url", live_site).code == 2
    told = called("push", path)
    assert (told.code, "SEGFAULT_URL" in told.err) == (2, True)
    told = called("push", path, "--url", f"http://127.0.0.1:{free_port()}", "--patience", "0.1")
    assert told.code == 3
    assert "Call this again to go on from here." in told.err


def test_a_push_that_broke_off_goes_on_where_it_was(
    transactional_db, ada, called, tmp_path, monkeypatch
):
    """The site is killed after the first chunk; the same command sends the rest alone."""
    monkeypatch.setenv("SEGFAULT_TOKEN", make_token(ada, "push"))
    path, port = written(tmp_path / "file", LINES), free_port()
    arguments = ("push", path, "--url", f"http://127.0.0.1:{port}", "--replay-id", "r1")
    with served(port, tmp_path / "log") as server:

        def kill_after_the_first(self, stored, ticks):
            server.kill()
            server.wait()

        with monkeypatch.context() as patched:
            patched.setattr(cli.Bar, "show", kill_after_the_first)
            assert called(*arguments, "--patience", "0.1").code == 3
    assert not the_push().whole
    with served(port, tmp_path / "log"):
        assert called(*arguments).code == 0
    assert the_push().whole
    assert recorded() == TICKS


# push -


def test_what_comes_in_is_recorded_while_it_comes(push_site):
    game = subprocess.Popen(
        [sys.executable, "-m", "client.segfault_client", "push", "-", "--game", "piped"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    game.stdin.write('{"n": 0}\n{"n": 1}\n')
    game.stdin.flush()
    deadline = time.monotonic() + 30
    while not Push.objects.filter(placed__gt=0).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not the_push().shard.ended
    out, _ = game.communicate('\n{"n": 2}\n', timeout=30)
    assert game.returncode == 0
    assert out == f"{push_site}/spectate/{the_push().shard_id}\n"
    assert [tick["n"] for tick in recorded(the_push().replay_id)] == [0, 1, 2]
    assert the_push().shard.ended


def test_lines_that_are_no_snapshots_are_left_out_and_counted(push_site, called, monkeypatch):
    lines = b'{"n": 0}\nnot json\n[1]\n{"n": 1}\n'
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
    told = called("push", "-")
    assert told.code == 1
    assert "2 lines were left out." in told.err
    ticks = recorded(the_push().replay_id)
    assert [(tick["n"], tick.get("left_out")) for tick in ticks] == [(0, None), (1, 2)]


# send


def test_what_lies_in_the_spool_is_listed_dropped_and_sent(push_site, called):
    assert "Nothing lies in" in called("send", "--list").err
    assert called("send").code == 0
    away = f"http://127.0.0.1:{free_port()}"
    leave(away, "first")
    leave(away, "second", 5)
    rows = called("send", "--list").out.splitlines()
    assert [row.split()[0] for row in rows] == ["first", "second"]
    assert rows[1].split()[1:4] == [away, "5", "ticks"]
    assert called("send", "--drop", "first").code == 0
    assert called("send", "--drop", "first").code == 1
    assert [told["replay_id"] for told in Spool().listing()] == ["second"]
    told = called("send", "--url", away, "--patience", "0.1")
    assert told.code == 3
    assert [(left["ticks"], left["held"]) for left in Spool().listing()] == [(5, False)]
    for about in Spool().folder.glob("*/about.json"):
        about.write_text(about.read_text().replace(away, push_site))
    told = called("send")
    assert (told.code, told.out) == (0, "second: 5 ticks sent\n")
    assert [tick["n"] for tick in recorded("second")] == [0, 1, 2, 3, 4]
    assert Spool().listing() == []


def test_a_token_goes_only_to_the_site_that_it_is_for(push_site, called):
    """Without a site named, and with ticks for several, there is none to choose."""
    with OddSite(lambda *asked: (200, {})) as other:
        leave(other.address, "for-another")
        assert called("send").code == 0
        assert other.asked == []
        assert [told["replay_id"] for told in Spool().listing()] == ["for-another"]


def test_ticks_for_several_sites_want_one_named(called):
    leave("http://127.0.0.1:9", "a")
    leave("http://127.0.0.2:9", "b")
    told = called("send")
    assert told.code == 2
    assert "name one by --url" in told.err


def test_what_is_refused_is_told_and_kept(live_site, called):
    leave(live_site, "r1")
    told = called("send", "--url", live_site, "--token", "unknown-word")
    assert told.code == 1
    assert told.out.startswith("r1: The site does not know this token")
    assert "refused: The site does not know this token" in called("send", "--list").out


# watch


def test_a_shard_that_has_ended_is_watched_from_its_start(live_site, record, called):
    shard = record(250, game="counting", title="A \x1b[2Jcount")
    told = called("watch", f"{live_site}/replay?shard={shard.pk}&tick=7")
    assert told.code == 0
    lines = told.out.splitlines()
    assert len(lines) == 250
    assert lines[3].split()[:4] == ["3", "0:03.0", "score", "3"]
    assert "\x1b" not in told.out + told.err
    assert "It has ended, after 250 ticks." in told.err
    told = called("watch", f"{live_site}/spectate/{shard.pk}", "--from", "240", "--json")
    assert [json.loads(line)["tick"] for line in told.out.splitlines()] == list(range(240, 250))


def test_a_link_is_watched_as_well(live_site, record, ada, called):
    shard = record(20, game="counting", owner=ada, visibility="private")
    code = sharing.make_share(shard, ada).code
    for kind in ("replay", "embed", "r"):
        told = called("watch", f"{live_site}/{kind}/{code}{'.json' if kind == 'r' else ''}")
        assert (told.code, len(told.out.splitlines())) == (0, 20)


def test_a_live_shard_is_watched_to_its_end(live_site, record):
    shard = record(30, live=True)
    watching = client_watch(f"{live_site}/spectate/{shard.pk}")
    first = watching.stdout.readline()
    assert first.split()[0] == "20"
    for number in range(30, 40):
        recording.append(shard, count_up(number, 1))
    recording.finalize(shard)
    out, err = watching.stdout.read(), watching.stderr.read()
    assert [line.split()[0] for line in out.splitlines()] == [str(n) for n in range(21, 40)]
    assert watching.wait() == 0, err


def client_watch(url, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "client.segfault_client", "watch", url, *more],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_watching_goes_on_when_the_line_dropped(transactional_db, record, tmp_path):
    port = free_port()
    shard = record(30, live=True)
    with served(port, tmp_path / "log"):
        watching = client_watch(f"http://127.0.0.1:{port}/spectate/{shard.pk}", "--from", "start")
        for number in range(30):
            assert watching.stdout.readline().split()[0] == str(number)
    recording.append(shard, count_up(30, 10))
    recording.finalize(shard)
    with served(port, tmp_path / "log"):
        out, err = watching.stdout.read(), watching.stderr.read()
    assert [line.split()[0] for line in out.splitlines()] == [str(n) for n in range(30, 40)]
    assert "does not answer" in err
    assert watching.wait() == 0


def test_what_is_not_there_to_be_watched_is_told(live_site, record, called):
    shard = record(5, visibility="private")
    told = called("watch", f"{live_site}/spectate/{shard.pk}")
    assert told.code == 1
    assert called("watch", f"{live_site}/somewhere/else").code == 2
    told = called("watch", f"http://127.0.0.1:{free_port()}/spectate/x", "--patience", "0.1")
    assert told.code == 3


def test_a_token_is_not_shown_to_a_site_that_one_only_watches(called, monkeypatch):
    monkeypatch.setenv("SEGFAULT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SEGFAULT_TOKEN", "s3cr3t")
    with OddSite(lambda *asked: (404, {})) as other:
        assert called("watch", f"{other.address}/spectate/x").code == 1
        assert all("Authorization" not in headers for headers in other.headers)


def test_ones_own_private_shard_is_watched_with_the_token(push_site, ada, record, called):
    shard = record(5, owner=ada, visibility="private")
    told = called("watch", f"{push_site}/spectate/{shard.pk}")
    assert (told.code, len(told.out.splitlines())) == (0, 5)


def test_marks_gaps_and_big_things_are_shown_in_a_few_words():
    shown = Shown(12, 3725.25, {"t": 1, "score": 4, "mechs": {"a": 1}, "x": 0.123456}, [], 3)
    assert in_words(shown) == (
        "        … 3 ticks are missing here\n     12  1:02:05.2  score 4 · mechs ×1 · x 0.1235"
    )
    mark = {"kind": "kill", "label": "blue\x07 down", "subject": None}
    assert in_words(Shown(1, 2.0, {}, [mark])).endswith("◆ kill blue  down")
    assert len(summary({f"field{n}": "word " * 20 for n in range(20)})) == 100


def test_the_help_tells_every_command_by_example(capsys):
    for arguments in ([], ["push"], ["send"], ["watch"]):
        with pytest.raises(SystemExit) as end:
            cli.main([*arguments, "--help"])
        assert end.value.code == 0
        told = capsys.readouterr().out
        assert "segfault-client push frames.ndjson" in told
        assert "SEGFAULT_TOKEN" in told
    with pytest.raises(SystemExit) as end:
        cli.main(["dance"])
    assert end.value.code == 2


def test_the_command_runs_as_a_module():
    told = client_command("--version")
    assert told.returncode == 0
    assert told.stdout.startswith("segfault-client ")
