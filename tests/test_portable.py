"""Recordings as files: out and in again the same, the reference's as well, and nothing half."""

import copy
import json
import os
import subprocess
import sys
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from games import get_game
from games.game import Command, Refused
from replays import portable, recording
from replays.models import ReplayChunk, ReplayShard, ReplayTick
from replays.reading import Damaged
from tests.conftest import ROOT, count_up, shared_recording

REFERENCE = ["segfault/shard-small.json", "segfault/shard-medium.json"]


def written(shard: ReplayShard) -> bytes:
    return b"".join(portable.write(shard))


def read(content: bytes | dict, **asked) -> ReplayShard:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return portable.read(BytesIO(body), **asked)


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (ReplayShard, ReplayTick, ReplayChunk))


@pytest.fixture
def recorded(db):
    """A shard with commands, odd texts and three chunks, as it was recorded here."""
    shard = recording.open_shard(
        get_game("counting"), title="Ünïcode\u2028 ✓", seed="7", options={"b": 1, "a": {"z": 0.5}}
    )
    ticks = count_up(5, 230)
    commands = [Command("ada", "SAY", "“quoted”", 12), Command("bob", "MOVE", None)]
    ticks[7] = recording.Tick(12, 12.3456, {"text": 'a "line"\nof\t\\ text', "x": 1e-7}, commands)
    recording.append(shard, ticks)
    recording.finalize(shard)
    shard.refresh_from_db()
    return shard


# The same bytes


def test_out_in_and_out_again_are_the_same_bytes(recorded):
    first, recorded_id = written(recorded), recorded.pk
    recorded.delete()
    again = read(first)
    again.refresh_from_db()
    assert again.pk == recorded_id
    assert written(again) == first
    assert json.loads(first)["ticks"][7]["commands"] == [
        ["ada", "SAY", "“quoted”", 12],
        ["bob", "MOVE", None, 0],
    ]


@pytest.mark.parametrize("name", REFERENCE)
def test_a_recording_of_the_reference_engine_is_taken_as_it_is(db, name):
    content = shared_recording(name).read_bytes()
    reference = json.loads(content)
    shard = read(content)
    assert str(shard.pk) == reference["shard"]["shard_id"]
    assert shard.game == "segfault"
    assert shard.tick_seconds == 10.0
    for total, stated in reference["shard"].items():
        if total.startswith("total_"):
            assert getattr(shard, total) == stated
    out = json.loads(written(shard))
    assert [tick["snapshot"] for tick in out["ticks"]] == [
        tick["snapshot"] for tick in reference["ticks"]
    ]
    assert [tick["t"] for tick in out["ticks"][:3]] == [10.0, 20.0, 30.0]
    first = written(shard)
    shard.delete()
    assert written(read(first)) == first


def test_an_import_is_what_recording_would_have_stored(recorded):
    kept = list(recorded.chunks.values("number", "sha256", "chain", "summary", "body"))
    counters = ReplayShard.objects.values("plain_bytes", "tail_ticks", "chunks_sealed", "chain")
    before = counters.get(pk=recorded.pk)
    content = written(recorded)
    recorded.delete()
    shard = read(content)
    assert list(shard.chunks.values("number", "sha256", "chain", "summary", "body")) == kept
    assert counters.get(pk=shard.pk) == before


def test_chunks_that_were_cut_by_size_are_cut_alike(db):
    shard = recording.open_shard(get_game("counting"))
    large = [recording.Tick(n, n, {"text": f"{n}" * 30_000}) for n in range(60)]
    for tick in large:
        recording.append(shard, [tick])
    recording.finalize(shard)
    shard.refresh_from_db()
    assert shard.chunks_sealed > 1
    content = written(shard)
    shard.delete()
    assert written(read(content)) == content


def test_out_of_another_process_and_database_the_bytes_are_the_same(recorded, tmp_path):
    """Two sites that share nothing: `export_shard`, `import_shard` there, `export_shard` there."""
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    call_command("export_shard", str(recorded.pk), "-o", str(here))
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}",
        "SECRET_KEY": "another",
    }

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    assert manage("migrate", "-v0").returncode == 0
    imported = manage("import_shard", str(here))
    assert imported.returncode == 0, imported.stderr
    shard_id = imported.stdout.splitlines()[-1]
    assert shard_id == str(recorded.pk)
    assert manage("export_shard", shard_id, "-o", str(there)).returncode == 0
    assert there.read_bytes() == here.read_bytes()
    again = manage("import_shard", str(here))
    assert again.returncode == 1
    assert f"already here as {shard_id}" in again.stderr
    assert "Traceback" not in again.stderr


# Whose, and where


def test_the_recorded_id_is_kept_where_it_is_free(recorded, bob):
    content = json.loads(written(recorded))
    content["ticks"][0]["snapshot"]["note"] = "another game"
    del content["digests"]
    other = read(content, owner=bob, visibility="unlisted")
    assert other.pk != recorded.pk
    assert (other.owner, other.visibility, other.origin) == (bob, "unlisted", "import")


def test_the_same_file_is_stored_once_an_owner(recorded, ada, bob):
    content = written(recorded)
    recorded.delete()
    mine = read(content, owner=ada, visibility="private")
    with pytest.raises(portable.AlreadyHere) as here:
        read(content, owner=ada)
    assert here.value.shard == mine
    assert read(content, owner=bob, visibility="private").pk != mine.pk
    mine.visibility = "public"
    mine.save()
    with pytest.raises(portable.AlreadyHere) as here:
        read(content)
    assert here.value.shard == mine


def test_a_hidden_recording_does_not_come_back_by_the_same_door(recorded, ada):
    content = written(recorded)
    recorded.delete()
    hidden = read(content, owner=ada)
    ReplayShard.objects.update(hidden_at=timezone.now())
    with pytest.raises(portable.AlreadyHere) as here:
        read(content, owner=ada)
    assert here.value.shard == hidden


def test_a_live_or_damaged_shard_is_not_written_out(record, tmp_path):
    live, damaged = record(5, live=True), record(250)
    with pytest.raises(Refused, match="still live"):
        written(live)
    ReplayChunk.objects.filter(shard=damaged, number=1).update(body=b"nothing")
    with pytest.raises(Damaged):
        written(damaged)
    target = tmp_path / "shard.json"
    with pytest.raises(CommandError, match="100 to 199"):
        call_command("export_shard", str(damaged.pk), "-o", str(target))
    assert list(tmp_path.iterdir()) == []


def test_commands_say_in_one_sentence_what_is_wrong(db, tmp_path):
    for arguments in (["nobody.json"], [str(tmp_path)], ["-", "--owner", "nobody"]):
        with pytest.raises(CommandError) as refused:
            call_command("import_shard", *arguments, stdout=StringIO())
        assert str(refused.value).endswith(".")
    for shard_id in ("x", "0b0e6a3c-2b8f-4b0e-9a57-7a1d9b1f2c11"):
        with pytest.raises(CommandError, match="There is no shard"):
            call_command("export_shard", shard_id)


# What is refused


SMALL = {
    "format": "segfault-replay",
    "version": 1,
    "shard": {
        "shard_id": "0b0e6a3c-2b8f-4b0e-9a57-7a1d9b1f2c11",
        "game": "counting",
        "title": "a title",
        "rules_version": "1",
        "seed": "7",
        "options": {"a": 1},
        "tick_seconds": 2.0,
        "started_at": 1_770_300_000,
        "ended_at": 1_770_300_006,
        "total_ticks": 3,
        "total_kills": 0,
    },
    "ticks": [
        {"tick": n, "t": 2.0 * n, "commands": [["ada", "GO", None, 5]], "snapshot": {"score": n}}
        for n in range(1, 4)
    ],
}


def changed(*path, to=None, drop=False) -> dict:
    content = copy.deepcopy(SMALL)
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return content


MALFORMED = [
    (b"", "truncated"),
    (b"[]", "Expected `object`"),
    (b"{", "truncated"),
    (b"\xff\xfe", "malformed"),
    (b"\xef\xbb\xbf{}", "malformed"),
    (b"null", "Expected `object`"),
    (b'{"shard":{}}', "ticks"),
    (b'{"ticks":[]}', "shard"),
    (b'{"shard":{"started_at":1},"ticks":[]}', "ticks: there are none"),
    (b'{"shard":{"started_at":1},"ticks":{}}', "$.ticks"),
    (b'{"shard":' + b"[" * 100_000, "deep"),
    (b'{"shard":{"started_at":NaN},"ticks":[{}]}', "malformed"),
    (changed("format", to="other"), "format"),
    (changed("version", to=2), "format"),
    (changed("shard", to=[]), "shard: "),
    (changed("shard", "started_at", drop=True), "shard/started_at"),
    (changed("shard", "started_at", to=-1), "shard/started_at"),
    (changed("shard", "started_at", to=1e400), "malformed"),
    (changed("shard", "started_at", to=10**15), "shard/started_at"),
    (changed("shard", "ended_at", to=5), "shard/ended_at"),
    (changed("shard", "ended_at", to="now"), "shard/ended_at"),
    (changed("shard", "shard_id", to="x"), "shard/shard_id"),
    (changed("shard", "game", to="../etc"), "shard/game"),
    (changed("shard", "game", to="COUNTING"), "shard/game"),
    (changed("shard", "title", to="x" * 101), "shard/title"),
    (changed("shard", "title", to="a\0b"), "shard: "),
    (changed("shard", "title", to="\ud800"), "malformed"),
    (changed("shard", "seed", to=7), "shard/seed"),
    (changed("shard", "options", to=[]), "shard/options"),
    (changed("shard", "tick_seconds", to=0), "shard/tick_seconds"),
    (changed("shard", "tick_seconds", to=True), "shard/tick_seconds"),
    (changed("shard", "total_ticks", to=4), "shard/total_ticks"),
    (changed("shard", "total_kills", to=-1), "shard/total_kills"),
    (changed("shard", "total_kills", to=2**31), "shard/total_kills"),
    (changed("digests", to=[]), "digests"),
    (changed("digests", to={"lines": "0"}), "digests/lines"),
    (changed("digests", to={"chain": "0" * 64}), "digests/chain"),
    (changed("ticks", 1, to=7), "ticks/1"),
    (changed("ticks", 1, "tick", to=3), "ticks/1/tick"),
    (changed("ticks", 1, "tick", to=2.0), "ticks/1/tick"),
    (changed("ticks", 1, "tick", drop=True), "ticks/1/tick"),
    (changed("ticks", 0, "tick", to=-1), "ticks/0/tick"),
    (changed("ticks", 0, "tick", to=2**31), "ticks/0/tick"),
    (changed("ticks", 1, "snapshot", to=[]), "ticks/1/snapshot"),
    (changed("ticks", 1, "snapshot", drop=True), "ticks/1/snapshot"),
    (changed("ticks", 1, "snapshot", to={"n": 2**60}), "ticks/1: "),
    (changed("ticks", 1, "snapshot", to={"n": "\ud800"}), "malformed"),
    (changed("ticks", 1, "t", to=1.0), "ticks/1/t"),
    (changed("ticks", 1, "t", to="2"), "ticks/1/t"),
    (changed("ticks", 0, "t", to=-1), "ticks/0/t"),
    (changed("ticks", 1, "commands", to={}), "ticks/1/commands"),
    (changed("ticks", 1, "commands", to=[["ada", "GO", None]]), "ticks/1/commands/0"),
    (changed("ticks", 1, "commands", to=[["ada", 1, None, 0]]), "ticks/1/commands/0"),
    (changed("ticks", 1, "commands", to=[["ada", "GO", None, 0, 0]]), "ticks/1/commands/0"),
]


@pytest.mark.parametrize(("content", "place"), MALFORMED)
def test_a_malformed_file_is_refused_by_the_place_of_its_fault(db, content, place):
    with pytest.raises(Refused) as refused:
        read(content)
    sentence = str(refused.value)
    assert place in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert nothing_is_stored()


def test_the_file_that_the_faults_are_made_of_is_good(db):
    assert read(SMALL).total_ticks == 3


def test_a_repeated_key_is_written_anew_as_one(db):
    content = json.dumps(SMALL).replace('{"score": 2}', '{"score": 1, "score": 2}').encode()
    assert content.count(b'"score"') == 4
    shard = read(content)
    assert json.loads(written(shard))["ticks"][1]["snapshot"] == {"score": 2}
    assert written(shard).count(b'"score"') == 3


def test_a_file_that_is_too_large_is_not_read_to_its_end(db, monkeypatch):
    monkeypatch.setattr(portable, "MAX_BYTES", 1 << 20)
    stream = BytesIO(b" " * (4 << 20))
    with pytest.raises(Refused, match="larger than 1 MiB"):
        portable.read(stream)
    assert stream.tell() <= (1 << 20) + 1


def test_totals_must_be_those_that_the_ticks_make(db):
    reference = json.loads(shared_recording(REFERENCE[0]).read_bytes())
    reference["shard"]["total_kills"] += 1
    with pytest.raises(Refused, match="total_kills"):
        read(reference)
    assert nothing_is_stored()


def test_what_cannot_be_in_the_game_is_refused_with_its_tick(db):
    reference = json.loads(shared_recording(REFERENCE[0]).read_bytes())
    reference["ticks"][40]["snapshot"]["defragger"]["target_reason"] = "boredom"
    with pytest.raises(Refused, match="Tick 41"):
        read(reference)
    assert nothing_is_stored()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def six_ticks():
    """The beginning of a real recording, with what its ticks make as totals."""
    reference = json.loads(shared_recording(REFERENCE[0]).read_bytes())
    reference["ticks"] = reference["ticks"][30:36]
    for name in list(reference["shard"]):
        if name.startswith("total_"):
            del reference["shard"][name]
    return reference


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def taken_or_refused(content: bytes) -> None:
    """Take a file, or refuse it with a sentence and store nothing; nothing else may happen."""
    try:
        shard = read(content)
    except Refused:
        assert nothing_is_stored()
    else:
        again = written(shard)
        shard.delete()
        assert written(read(again)) == again
        ReplayShard.objects.all().delete()


@hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(choice=st.data(), value=VALUES)
def test_a_mutated_recording_is_taken_whole_or_refused_whole(db, six_ticks, choice, value):
    content = copy.deepcopy(choice.draw(st.sampled_from([six_ticks, SMALL])))
    path = choice.draw(st.sampled_from(list(places(content))))
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    if choice.draw(st.booleans()):
        inner[path[-1]] = value
    else:
        del inner[path[-1]]
    taken_or_refused(json.dumps(content).encode())


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1), gone=st.integers(0, 40), put=st.binary(max_size=6))
@example(place=0.5, gone=10**9, put=b"")
def test_broken_bytes_are_taken_whole_or_refused_whole(db, place, gone, put):
    content = json.dumps(SMALL).encode()
    start = int(place * len(content))
    taken_or_refused(content[:start] + put + content[start + gone :])
