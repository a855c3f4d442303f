"""What lies in the spool of a client is read as it was written, wherever writing was broken off."""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.segfault_client import Recording, wire
from client.segfault_client.sender import LeftListener, Sender
from client.segfault_client.site import Site
from client.segfault_client.snapshots import BadSnapshot, line_of, plain
from client.segfault_client.spool import Spool, default_folder, mend
from replays import pushed_chunk
from replays.format import read_json
from tests.client_games import OddSite

SITE = "https://site.example"
unhurried = partial(settings, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ABOUT = wire.about("r1", game="my-game")
TICKS = [{"n": number, "text": 'ä\n\\"' * (number % 3)} for number in range(12)]

numbers = st.integers() | st.floats()
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
snapshots = st.dictionaries(st.text(max_size=8), values, max_size=6)


def begun(folder, chunk_ticks=5, ticks=TICKS):
    """Return a spool in which a recording was killed: sealed chunks, and one that was growing."""
    spool = Spool(folder)
    spooled = spool.begin(SITE, ABOUT, None, 0.0)
    [chunk] = spooled.chunks()
    for number, tick in enumerate(ticks):
        with chunk.path.open("ab") as file:
            file.write(line_of(tick) + b"\n")
        if (number + 1) % chunk_ticks == 0:
            following = spooled.open_chunk(chunk.index + 1, number + 1)
            chunk.renamed("chunk")
            chunk = following
    spooled.release()
    return spool


def sent(spool):
    """Return the chunks that would be sent of what was left."""
    [found] = spool.left(SITE)
    bodies = [json.loads(found.body(chunk)[0]) for chunk in found.sealed()]
    found.release()
    return bodies


def test_what_a_killed_game_left_is_sent_in_order_and_ended(tmp_path):
    bodies = sent(begun(tmp_path))
    assert [body["chunk_index"] for body in bodies] == [0, 1, 2]
    assert [tick for body in bodies for tick in body["frames"]] == TICKS
    assert [body.get("chunk_count") for body in bodies] == [None, None, 3]


def test_what_was_sealed_before_is_the_same_bytes_after(tmp_path):
    spool = begun(tmp_path)
    spooled = spool.begin(SITE, ABOUT, None, 0.0)
    before = [spooled.body(chunk)[0] for chunk in spooled.sealed()]
    spooled.release()
    [found] = spool.left(SITE)
    after = [found.body(chunk)[0] for chunk in found.sealed()]
    assert len(before) == 2
    assert after[:2] == before
    found.release()


@unhurried(max_examples=60)
@given(kept=st.data())
def test_a_file_cut_at_any_byte_gives_the_ticks_before_the_cut(tmp_path_factory, kept):
    folder = tmp_path_factory.mktemp("spool")
    spool = begun(folder, chunk_ticks=100)
    [path] = folder.glob("*/*.open")
    content = path.read_bytes()
    cut = kept.draw(st.integers(0, len(content)))
    path.write_bytes(content[:cut] + b"\0" * kept.draw(st.integers(0, 3)))
    whole = content[:cut].count(b"\n")
    bodies = sent(spool) if whole else []
    assert [tick for body in bodies for tick in body["frames"]] == TICKS[:whole]
    if not whole:  # nothing to send is nothing to keep
        assert list(spool.left(SITE)) == []
        assert not list(folder.glob("*/about.json"))


@unhurried(max_examples=100)
@given(content=st.binary(max_size=200), lines=st.lists(snapshots, max_size=4))
def test_any_bytes_are_mended_to_lines_that_are_ticks(tmp_path_factory, content, lines):
    path = tmp_path_factory.mktemp("spool") / "000000-0000000.open"
    good = b""
    for tick in lines:
        with suppress(BadSnapshot):
            good += line_of(tick) + b"\n"
    path.write_bytes(good + content)
    mend(path)
    mended = path.read_bytes()
    assert mended.startswith(good)
    assert all(isinstance(json.loads(line), dict) for line in mended.splitlines())
    assert mend(path) == 0


@pytest.mark.parametrize("step", range(3))
def test_a_kill_between_the_steps_of_sealing_loses_no_chunk(tmp_path, step):
    spool = begun(tmp_path, chunk_ticks=100)
    [path] = tmp_path.glob("*/*.open")
    if step >= 1:
        path.with_name("000001-0000012.open").touch()
    if step >= 2:
        path.rename(path.with_suffix(".chunk"))
    bodies = sent(spool)
    assert [tick for body in bodies for tick in body["frames"]] == TICKS
    assert bodies[-1]["chunk_count"] == len(bodies) == (2 if step else 1)


def test_a_chunk_that_the_machine_lost_with_its_power_does_not_stop_the_rest(tmp_path):
    spool = begun(tmp_path)
    [path] = tmp_path.glob("*/000001-*")
    path.unlink()
    bodies = sent(spool)
    assert [body["frames"] for body in bodies] == [TICKS[:5], [], TICKS[10:]]


def test_what_the_site_has_already_is_not_needed_to_go_on(tmp_path):
    spool = begun(tmp_path)
    for path in tmp_path.glob("*/*.chunk"):
        path.unlink()
    [body] = sent(spool)
    assert (body["chunk_index"], body["chunk_count"], body["frames"]) == (2, 3, TICKS[10:])


def test_a_spool_with_something_odd_in_it_still_sends_the_rest(tmp_path):
    spool = begun(tmp_path)
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "about.json").write_text("{torn")
    assert len(sent(spool)) == 3
    assert [told["replay_id"] for told in spool.listing()] == ["r1"]


def test_only_what_is_for_a_site_is_taken_for_it(tmp_path):
    spool = begun(tmp_path)
    assert list(spool.left("https://other.example")) == []
    assert len(sent(spool)) == 3


def test_the_spool_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("SEGFAULT_SPOOL", str(tmp_path / "here"))
    assert default_folder() == tmp_path / "here"
    monkeypatch.delenv("SEGFAULT_SPOOL")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "segfault-client" / "spool"


def test_others_on_the_machine_cannot_read_the_spool(tmp_path):
    begun(tmp_path / "spool")
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0


# A snapshot that the client takes, the site takes


@unhurried(max_examples=200)
@given(snapshot=snapshots)
def test_the_site_takes_whatever_the_client_takes(snapshot):
    try:
        line = wire.with_fields(line_of(snapshot), {"left_out": 3})
    except BadSnapshot:
        return
    chunk = pushed_chunk.read(wire.body(ABOUT, 0, [line, b"{}"], last=False))
    assert chunk.frames[0] == json.loads(line)
    assert b"\n" not in line


@unhurried(max_examples=200)
@given(snapshot=snapshots)
def test_the_client_refuses_nothing_that_the_site_takes(snapshot):
    try:
        text = json.dumps(snapshot).encode()
        read_json(text)
    except ValueError:
        return
    assert json.loads(line_of(snapshot)) == json.loads(text)


@pytest.mark.parametrize("depth", [58, 59, 60, 61, 62])
def test_a_snapshot_is_as_deep_as_the_site_takes_it(depth):
    snapshot = value = {}
    for _ in range(depth - 1):
        value["in"] = value = {}
    if depth <= 60:
        pushed_chunk.read(wire.body(ABOUT, 0, [line_of(snapshot)], last=True))
    else:
        with pytest.raises(BadSnapshot):
            line_of(snapshot)


@unhurried(max_examples=100)
@given(value=values | st.sets(st.integers()) | st.tuples(st.floats(), st.binary()))
def test_anything_can_be_said_roughly(value):
    line_of({"value": plain({"in": value})})


def test_what_is_said_roughly_tells_what_it_leaves_out():
    from dataclasses import dataclass
    from enum import Enum

    import numpy

    @dataclass
    class Place:
        x: int
        y: int

    class Side(Enum):
        LEFT = "left"

    stated = {
        Side.LEFT: Place(1, 2),
        7: {3, 1, 2},
        "array": numpy.arange(4).reshape(2, 2),
        "number": numpy.float32(0.5),
        "picture": numpy.zeros((100, 100), numpy.uint8),
        "long": list(range(5000)),
        "nan": float("nan"),
        "big": 2**60,
        "thing": Side,
    }
    told = plain(stated)
    assert told["left"] == {"x": 1, "y": 2}
    assert told["7"] == [1, 2, 3]
    assert (told["array"], told["number"]) == ([[0, 1], [2, 3]], 0.5)
    assert told["picture"] == {"shape": [100, 100], "type": "uint8", "left_out": 10_000}
    assert told["long"][-1] == "and 904 more"
    assert (told["nan"], told["big"]) == (None, str(2**60))
    assert "Side" in told["thing"]
    exact = {name: value for name, value in stated.items() if name not in ("nan", "big", "thing")}
    line = json.loads(line_of(exact))
    assert len(line["picture"]) == 100
    assert len(line["long"]) == 5000


# When the disk fails


class FailingDisk:
    """Makes the n-th thing that the client asks of its disk fail, a write in its middle."""

    def __init__(self, monkeypatch, spool):
        self.asked = 0
        self.failing = None
        self._spool = str(spool)
        for name in ("open", "rename", "touch"):
            monkeypatch.setattr(Path, name, self._failing(getattr(Path, name)))

    def _fails(self):
        self.asked += 1
        return self.asked == self.failing

    def _failing(self, work):
        disk = self

        def asked(path, *stated, **more):
            if not str(path).startswith(disk._spool) or "lock" in path.name or "r" in stated[:1]:
                return work(path, *stated, **more)
            if disk._fails():
                raise OSError(5, "the disk failed")
            file = work(path, *stated, **more)
            return FailingFile(disk, file) if stated[:1] == ("ab",) else file

        return asked


class FailingFile:
    def __init__(self, disk, file):
        self._disk = disk
        self._file = file

    def write(self, content):
        if self._disk._fails():
            return self._file.write(content[: len(content) // 2])
        return self._file.write(content)

    def close(self):
        self._file.close()


def play_on(disk_fails_at, folder, monkeypatch):
    """Record twelve ticks on such a disk; return what was sent of them, and the recording."""
    chunks = {}

    def answer(method, path, body):
        if method == "POST":
            chunk = json.loads(body)
            assert chunks.setdefault(chunk["chunk_index"], chunk) == chunk
        return 200, {}

    with monkeypatch.context() as patched:
        patched.setattr("client.segfault_client.writer.SCAN_SECONDS", 0.01)
        patched.setattr(Sender, "_run", lambda self: None)  # nobody else takes what is left
        recording = Recording(
            "http://127.0.0.1:9", spool=folder, chunk_ticks=5, tick_seconds=1, replay_id="r1"
        )
        disk = FailingDisk(patched, folder)
        disk.failing = disk_fails_at
        for tick in range(12):
            recording.tick({"n": tick})
        recording._queue.close()
        recording._writer.join()
    recording._sender.drop(recording._spooled)
    recording._spooled.release()
    with OddSite(answer) as site:
        sender = Sender(Spool(folder), Site.at(site.address, packing="identity"))
        for found in Spool(folder).left():
            sender.take_on(found, LeftListener("r1"))
        while not sender.idle:
            sender.send_round()
    return [chunks[index] for index in sorted(chunks)], recording, disk


def test_whichever_write_fails_each_tick_is_sent_once_or_told_to_be_missing(tmp_path, monkeypatch):
    _, _, disk = play_on(None, tmp_path / "whole", monkeypatch)
    assert disk.asked >= 12
    for number in range(1, disk.asked + 1):
        chunks, recording, _ = play_on(number, tmp_path / str(number), monkeypatch)
        assert [chunk["chunk_index"] for chunk in chunks] == list(range(len(chunks)))
        assert chunks[-1]["chunk_count"] == len(chunks)
        ticks = [tick for chunk in chunks for tick in chunk["frames"]]
        assert len(ticks) + recording.left_out == 12, number
        place = -1
        for tick in ticks:
            place += 1 + tick.get("left_out", 0)
            assert tick["n"] == place
        assert len(ticks) >= 11
