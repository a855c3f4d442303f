"""Open, append, seal, finalize: what was answered is stored, each tick once, whatever fails."""

import pytest
from django.db import OperationalError, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from games import get_game
from games.game import OMNISCIENT, Command
from replays import format, reading, recording
from replays.models import ReplayChunk, ReplayShard, ReplayTick
from tests.conftest import count_up, shared_recording

pytestmark = pytest.mark.django_db


def ticks_of(shard) -> list[int]:
    return [entry["tick"] for entry in reading.entries(shard)]


def check_whole(shard: ReplayShard) -> None:
    """The row, the chunks, the tail and the chain tell one story."""
    shard.refresh_from_db()
    ticks = ticks_of(shard)
    assert len(ticks) == shard.total_ticks
    if ticks:
        assert ticks == list(range(shard.first_tick, shard.last_tick + 1))
    assert shard.ticks.count() == shard.tail_ticks
    assert sum(len(row.line) for row in shard.ticks.all()) == shard.tail_bytes
    chain = b""
    for number, chunk in enumerate(shard.chunks.all()):
        assert chunk.number == number
        chain = format.link(chain, bytes(chunk.sha256))
        assert bytes(chunk.chain) == chain
    assert bytes(shard.chain) == chain


def test_a_shard_is_live_from_its_opening_and_its_row_is_true(record):
    shard = record(0, live=True)
    assert (shard.ended_at, shard.total_ticks, shard.first_tick) == (None, 0, None)
    recording.append(shard, count_up(1, 7))
    check_whole(shard)
    assert (shard.first_tick, shard.last_tick, shard.total_ticks) == (1, 7, 7)


def test_a_hundred_ticks_are_sealed_into_one_chunk(record):
    shard = record(0, live=True)
    for tick in range(99):
        recording.append(shard, count_up(tick, 1))
    assert (shard.chunks.count(), shard.ticks.count()) == (0, 99)
    recording.append(shard, count_up(99, 1))
    assert (shard.chunks.count(), shard.ticks.count()) == (1, 0)
    check_whole(shard)


def test_two_megabytes_are_sealed_before_a_hundred_ticks(record):
    shard = record(0, live=True)
    large = {"text": ["x" * 60_000] * 12}
    for tick in range(4):
        recording.append(shard, [recording.Tick(tick, float(tick), large)])
    check_whole(shard)
    assert [chunk.last_tick for chunk in shard.chunks.all()] == [2]


@pytest.mark.parametrize("wrong", [0, 4, 6, 7])
def test_a_tick_that_does_not_continue_the_shard_is_refused(record, wrong):
    shard = record(5, live=True)
    with pytest.raises(recording.NotRecorded, match="does not continue"):
        recording.append(shard, count_up(wrong, 1))
    check_whole(shard)
    assert shard.last_tick == 4


def test_a_run_with_a_hole_is_refused_whole(record):
    shard = record(5, live=True)
    with pytest.raises(recording.NotRecorded):
        recording.append(shard, count_up(5, 2) + count_up(8, 1))
    check_whole(shard)
    assert shard.last_tick == 4


def test_one_refused_shard_keeps_all_of_its_batch_out(record):
    good, bad = record(5, live=True), record(5, live=True)
    with pytest.raises(recording.NotRecorded):
        recording.append_all({good.pk: count_up(5, 1), bad.pk: count_up(9, 1)})
    check_whole(good)
    assert good.last_tick == 4


def test_finalizing_twice_is_once(record):
    shard = record(150, live=True)
    assert recording.finalize(shard) is True
    shard.refresh_from_db()
    ended_at = shard.ended_at
    assert recording.finalize(shard) is False
    check_whole(shard)
    assert shard.ended_at == ended_at
    assert (shard.chunks.count(), shard.ticks.count()) == (2, 0)


def test_nothing_is_appended_to_a_shard_that_has_ended(record):
    shard = record(3)
    with pytest.raises(recording.NotRecorded, match="has ended"):
        recording.append(shard, count_up(3, 1))


def test_a_shard_that_ends_without_a_tick_is_whole_too(record):
    shard = record(0)
    assert shard.ended
    check_whole(shard)


def test_the_commands_that_led_to_a_tick_stand_in_its_line(record):
    shard = record(0, live=True)
    asked = (Command("a", "MOVE", "6", 120), Command("b", "SAY", "north", 480))
    recording.append(shard, [recording.Tick(1, 1.0, {"x": 1}, asked)])
    (entry,) = reading.entries(shard)
    assert entry["commands"] == [["a", "MOVE", "6", 120], ["b", "SAY", "north", 480]]


def test_what_is_recorded_is_told_after_the_commit_and_not_before(
    record, django_capture_on_commit_callbacks
):
    heard = []

    def hear(shards, **_):
        heard.extend(shards)

    shard = record(0, live=True)
    recording.recorded.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            recording.append(shard, count_up(0, 1))
            assert heard == []
        assert heard == [shard.pk]
    finally:
        recording.recorded.disconnect(hear)


@pytest.mark.parametrize("ticks", [1, 150])
def test_whichever_write_fails_nothing_is_left_half_done(record, ticks):
    """Make the n-th write fail, for every n, until the operation succeeds."""
    shard = record(60, live=True)
    for failing in range(1, 40):
        writes = 0

        def fail(execute, sql, params, many, context, failing=failing):
            nonlocal writes
            if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
                writes += 1
                if writes == failing:
                    raise OperationalError("database or disk is full")
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail):
                recording.append(shard, count_up(60, ticks))
        except OperationalError:
            check_whole(shard)
            assert shard.last_tick == 59
        else:
            break
    assert failing > 2
    check_whole(shard)
    assert shard.last_tick == 59 + ticks


def test_the_reference_recording_comes_back_tick_by_tick(reference_shard):
    shard = recording.open_shard(get_game("segfault"))
    ticks = [
        recording.Tick(entry["tick"], entry["tick"] * 10.0, entry["snapshot"])
        for entry in reference_shard["ticks"]
    ]
    recording.append(shard, ticks)
    recording.finalize(shard)
    check_whole(shard)
    stored = [entry["snapshot"] for entry in reading.entries(shard)]
    assert stored == [entry["snapshot"] for entry in reference_shard["ticks"]]
    row = reference_shard["shard"]
    for name in ("total_ticks", "total_processes", "total_kills", "total_survivals"):
        assert getattr(shard, name) == row[name], name


def test_a_real_shard_takes_less_than_a_thirtieth_of_its_json():
    path = shared_recording("segfault/shard-medium.json")
    shard = recording.open_shard(get_game("segfault"))
    entries = format.read_json(path.read_bytes(), repeats=True)["ticks"]
    recording.append(
        shard, [recording.Tick(e["tick"], e["tick"] * 10.0, e["snapshot"]) for e in entries]
    )
    recording.finalize(shard)
    plain = sum(len(format.write_json(entry["snapshot"])) for entry in entries)
    assert sum(len(chunk.body) for chunk in shard.chunks.all()) * 24 < plain


class Appending(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        first=st.integers(0, 3),
        runs=st.lists(st.integers(0, 3) | st.integers(0, 130), max_size=6),
        start=st.integers(0, 5) | st.integers(0, 700),
        limit=st.integers(1, 3) | st.integers(1, 500),
    )
    def test_any_range_of_any_sequence_of_appends_reads_back(self, first, runs, start, limit):
        shard = recording.open_shard(get_game("counting"))
        for run in runs:
            shard.refresh_from_db()
            begin = first if shard.next_tick is None else shard.next_tick
            if run:
                recording.append(shard, count_up(begin, run))
        check_whole(shard)
        shard.refresh_from_db()
        every = list(range(first, first + sum(runs)))
        lines = reading.lines(shard, start, limit, OMNISCIENT)
        read = [format.read_line(line)["tick"] for line in lines]
        assert read == [tick for tick in every if tick >= start][:limit]


def test_a_flipped_bit_is_found_and_the_rest_still_reads(record):
    shard = record(300)
    chunk = shard.chunks.get(number=1)
    body = bytearray(chunk.body)
    body[len(body) // 2] ^= 1
    ReplayChunk.objects.filter(pk=chunk.pk).update(body=bytes(body))
    with pytest.raises(reading.Damaged, match="Ticks 100 to 199"):
        reading.lines(shard, 150, 10, OMNISCIENT)
    assert len(reading.lines(shard, 0, 100, OMNISCIENT)) == 100
    assert len(reading.lines(shard, 200, 100, OMNISCIENT)) == 100


def test_the_timeline_of_a_long_shard_is_no_longer_than_a_time_bar_is_wide(record, monkeypatch):
    monkeypatch.setattr(type(get_game("counting")), "metrics", lambda _, s: {"score": s["score"]})
    shard = record(4_321)
    metrics = reading.timeline(shard).metrics
    points = metrics["series"]["score"]
    assert len(points) <= reading.MAX_POINTS
    assert points == list(range(0, 4_321, metrics["step"]))


def test_ticks_stand_once_even_for_who_writes_past_the_recorder(record):
    from django.db import IntegrityError, transaction

    shard = record(3, live=True)
    row = shard.ticks.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplayTick.objects.create(shard=shard, tick=row.tick, line=b"{}", summary=b"{}")
