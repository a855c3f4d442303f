"""A corpus holds what was seen, done and come to in public recordings, and nothing else."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from games import get_game
from games.game import Command, participant
from replays import corpus, importing, reading, recording
from replays.models import ReplayShard
from tests.conftest import shared_recording

pytestmark = pytest.mark.django_db


def write(folder: Path, **options) -> dict:
    call_command("corpus", game="segfault", out=folder, **options)
    return json.loads((folder / "manifest.json").read_text())


def rows(folder: Path, table: str) -> list[dict]:
    files = sorted(folder.glob(f"{table}-*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def imported(name: str) -> ReplayShard:
    """Store a recording of the reference engine as one from elsewhere."""
    entries = json.loads(shared_recording(name).read_bytes())["ticks"]
    shard = recording.open_shard(get_game("segfault"), origin="import", rules_version="")
    ticks = [recording.Tick(e["tick"], e["tick"] * 10.0, e["snapshot"]) for e in entries]
    recording.append(shard, ticks)
    recording.finalize(shard)
    shard.refresh_from_db()
    return shard


def test_a_row_stands_for_each_process_and_tick(played, tmp_path):
    shard = played(150)
    write(tmp_path / "out")
    found = rows(tmp_path / "out", "processes")
    expected = [
        (entry["tick"], who)
        for entry in reading.entries(shard)
        for who in (
            [item["id"] for item in entry["snapshot"]["departed"]]
            + [item["id"] for item in entry["snapshot"]["processes"]]
        )
    ]
    assert sorted((row["tick"], row["process"]) for row in found) == sorted(expected)
    assert {row["shard"] for row in found} == {str(shard.pk)}
    outcomes = [row["outcome"] for row in found]
    assert outcomes.count("killed") == shard.total_kills
    assert outcomes.count("survived") == shard.total_survivals
    assert outcomes.count("ghost") == shard.total_ghosts


def test_observations_and_actions_are_those_of_a_simulation(played, tmp_path):
    shard, game = played(150), get_game("segfault")
    write(tmp_path / "out")
    found = {(row["tick"], row["process"]): row for row in rows(tmp_path / "out", "processes")}
    state = game.setup(shard.options, game.rng(shard.seed, 0))
    compared = 0
    for entry in reading.entries(shard):
        tick, before = entry["tick"], game.snapshot(state)
        commands = [Command(*command) for command in entry.get("commands", [])]
        state = game.step(state, commands, game.rng(shard.seed, tick))
        tiles = {process.id: process for process in state.processes}
        for who in game.participants(before):
            row = found[tick, who]
            view = game.view(before, participant(who))
            assert row["visible"] == view["visible"]
            assert row["others"] == view["other_processes"]
            assert row["defragger"] == view["defragger"]
            assert row["walls"] == [[*wall["a"], *wall["b"]] for wall in view["walls"]]
            assert row["heard"] == [message["message"] for message in view["events"]]
            asked = [c for c in commands if c.who == who and c.name in ("MOVE", "BUFFER", "IDLE")]
            assert row["asked_cmd"] == (asked[-1].name if asked else None)
            if who in tiles:
                taken = tiles[who]
                assert (row["cmd"], row["arg"]) == (taken.command, taken.argument)
                x, y = state.board.grid.place(taken.tile)
                assert (row["x"], row["y"]) == (x, y)
                start = next(p["pos"] for p in before["processes"] if p["id"] == who)
                assert row["moved"] == [x - start[0], y - start[1]]
                compared += 1
    assert compared > 200


def test_the_defragmenter_has_one_row_a_tick_with_its_true_move(played, tmp_path):
    shard = played(150)
    write(tmp_path / "out")
    found = rows(tmp_path / "out", "defragmenter")
    entries = list(reading.entries(shard))
    assert [row["tick"] for row in found] == [entry["tick"] for entry in entries]
    assert found[0]["move"] is None
    for row, earlier, entry in zip(found[1:], entries, entries[1:], strict=False):
        (x, y), danger = earlier["snapshot"]["defragger"]["pos"], entry["snapshot"]["defragger"]
        assert row["move"] == [danger["pos"][0] - x, danger["pos"][1] - y]
        assert row["target"] == danger["target_id"]
        assert row["target_reason"] == danger["target_reason"]
        assert row["walls"] == entry["snapshot"]["walls"]
    assert any(row["target_at"] for row in found)


def test_the_same_shards_give_the_same_bytes(played, tmp_path):
    played(120)
    played(60, seed="another", options={"shard_id": "two"})
    first, second = write(tmp_path / "a"), write(tmp_path / "b")
    assert first == second
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == [
        "README.md", "defragmenter-00000.parquet", "manifest.json", "processes-00000.parquet",
    ]  # fmt: skip
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_manifest_names_each_file_with_its_digest(played, tmp_path):
    shard = played(60)
    manifest = write(tmp_path / "out")
    assert manifest["rules_versions"] == ["1"]
    assert [entry["shard"] for entry in manifest["shards"]] == [str(shard.pk)]
    for entry in manifest["files"]:
        content = (tmp_path / "out" / entry["file"]).read_bytes()
        assert (entry["sha256"], entry["bytes"]) == (sha256(content).hexdigest(), len(content))
        assert entry["rows"] == pq.read_table(tmp_path / "out" / entry["file"]).num_rows


def test_a_table_goes_on_in_a_next_file(played, tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "ROWS_AT_ONCE", 40)
    monkeypatch.setattr(corpus, "FILE_BYTES", 10_000)
    played(150)
    manifest = write(tmp_path / "out")
    assert len([f for f in manifest["files"] if f["table"] == "processes"]) > 1
    assert [row["tick"] for row in rows(tmp_path / "out", "defragmenter")] == [*range(1, 151)]


def test_only_what_is_public_and_ended_is_taken(played, tmp_path, ada):
    public = played(10)
    played(10, visibility="unlisted")
    played(10, visibility="private", owner=ada)
    played(10, hidden_at=timezone.now())
    played(10, live=True)
    assert [entry["shard"] for entry in write(tmp_path / "out")["shards"]] == [str(public.pk)]


def test_only_what_has_ended_since_then_is_taken(played, tmp_path):
    early, late = played(10), played(10)
    ReplayShard.objects.filter(pk=early.pk).update(ended_at="2026-01-02T00:00Z")
    ReplayShard.objects.filter(pk=late.pk).update(ended_at="2026-03-02T00:00Z")
    since = corpus_date("2026-02-01")
    found = write(tmp_path / "out", since=since)["shards"]
    assert [entry["shard"] for entry in found] == [str(late.pk)]


def corpus_date(text: str):
    from replays.management.commands.corpus import moment

    return moment(text)


def test_a_damaged_shard_is_left_out_and_named(played, tmp_path):
    shard = played(120)
    shard.chunks.filter(number=0).delete()
    manifest = write(tmp_path / "out")
    assert manifest["shards"] == []
    assert "chunk 0 is missing" in manifest["left_out"][0]["reason"]


@pytest.mark.parametrize("size", [-(2**52), 2**40, 0, "x", None])
def test_a_poisoned_recording_keeps_no_other_from_the_corpus(played, tmp_path, size):
    sound = played(20)
    odd = recording.open_shard(get_game("segfault"), origin="push")
    snapshots = [entry["snapshot"] for entry in reading.entries(sound)]
    poisoned = snapshots[9] | {"grid_size": size, "broadcasts": [{}] * 40_000}
    recording.append(odd, [recording.Tick(n, float(n), poisoned) for n in (1, 2)])
    recording.append(odd, [recording.Tick(3, 3.0, poisoned | {"grid_size": 20})])
    recording.finalize(odd)
    manifest = write(tmp_path / "out")
    assert {entry["shard"] for entry in manifest["shards"]} == {str(sound.pk), str(odd.pk)}
    of_sound = [r for r in rows(tmp_path / "out", "defragmenter") if r["shard"] == str(sound.pk)]
    assert len(of_sound) == 20


def test_what_came_after_a_gap_was_not_seen_before(tmp_path):
    file = json.loads(shared_recording("segfault/shard-small.json").read_bytes())
    file["shard"] = {"started_at": 1_770_300_000, "gaps": [[40, 49]]}
    file["ticks"] = [tick for tick in file["ticks"] if not 40 <= tick["tick"] <= 49]
    importing.read(BytesIO(json.dumps(file).encode()))
    assert len(write(tmp_path / "out")["shards"]) == 1
    found = rows(tmp_path / "out", "defragmenter")
    assert [row["tick"] for row in found if row["move"] is None] == [1, 50]


def test_what_was_recorded_elsewhere_has_no_known_actions(tmp_path):
    shard = imported("segfault/shard-small.json")
    manifest = write(tmp_path / "out")
    assert manifest["shards"][0]["actions_known"] is False
    found = rows(tmp_path / "out", "processes")
    assert {row["actions_known"] for row in found} == {False}
    assert {row["cmd"] for row in found} == {None}
    assert any(row["visible"] for row in found)
    outcomes = [row["outcome"] for row in found]
    assert outcomes.count("killed") == shard.total_kills
    assert len(rows(tmp_path / "out", "defragmenter")) == shard.total_ticks


def test_what_fails_half_way_leaves_nothing(played, tmp_path, monkeypatch):
    played(20)
    monkeypatch.setattr(corpus, "readme", lambda game: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(CommandError, match="There is something in"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_without_pyarrow_one_sentence_tells_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr("replays.management.commands.corpus.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="pip install -r requirements-corpus"):
        call_command("corpus", game="segfault", out=tmp_path / "out")


def test_a_game_without_tables_says_so(tmp_path):
    with pytest.raises(CommandError, match="The game golf has no tables"):
        call_command("corpus", game="golf", out=tmp_path / "out")


def test_of_a_game_without_rules_here_every_value_is_a_row(record, tmp_path):
    record(3, game="counting")
    call_command("corpus", game="counting", out=tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "values-00000.parquet").to_pylist()
    told = [(row["tick"], row["path"], row["number"], row["text"]) for row in rows]
    assert told[:3] == [(0, "score", 0.0, None), (0, "note", None, "at 0"), (1, "score", 1.0, None)]
    assert len(told) == 6


def test_the_readme_tells_every_column(played, tmp_path):
    played(5)
    write(tmp_path / "out")
    text = (tmp_path / "out" / "README.md").read_text()
    for table in ("processes", "defragmenter"):
        schema = pq.read_schema(tmp_path / "out" / f"{table}-00000.parquet")
        for field in schema:
            assert f"| `{field.name}` | `{field.type}` |" in text
            assert field.metadata[b"meaning"].decode() in text
