"""Plain statements read and write what the ORM does."""

import datetime as dt

import pytest
from django.utils import timezone

from games import get_game
from replays import push_rows, recording, standing
from replays.models import Push, PushedChunk, ReplayShard
from replays.rows import insert_rows, read_rows, update_rows

pytestmark = pytest.mark.django_db

CHUNK = ("push_id", "index", "sha256", "ticks", "first_tick", "position", "body")


@pytest.fixture
def pushes(ada):
    shard = recording.open_shard(get_game("measured"), owner=ada, hidden_at=timezone.now())
    mine = Push.objects.create(replay_id="mine", owner=ada, shard=shard, chunk_count=3, seconds=0.5)
    return [mine, Push.objects.create(replay_id="open", closed_at=timezone.now())]


@pytest.mark.parametrize(
    ("model", "columns"), [(Push, push_rows.COLUMNS), (ReplayShard, standing.COLUMNS)]
)
def test_rows_are_read_as_the_orm_reads_them(pushes, model, columns):
    named = {"pk": list(model.objects.values_list("pk", flat=True))}
    read = [tuple(map(plain, row)) for row in read_rows(model, columns, named)]
    told = [tuple(map(plain, row)) for row in model.objects.values_list(*columns)]
    assert len(read) == model.objects.count() > 0
    assert sorted(read, key=str) == sorted(told, key=str)


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_rows_are_those_that_are_among_all_that_is_named(pushes):
    mine, open_to_all = (push.pk for push in pushes)
    insert_rows(
        PushedChunk,
        CHUNK,
        [(pk, index, b"\0", 1, None, None, None) for pk in (mine, open_to_all) for index in (0, 1)],
    )
    found = read_rows(PushedChunk, ("push_id", "index"), {"push_id": [mine], "index": [1, 2]})
    assert [tuple(row) for row in found] == [(mine, 1)]
    assert read_rows(PushedChunk, ("push_id",), {"push_id": [], "index": [1]}) == []


def test_rows_are_written_as_the_orm_writes_them(pushes):
    mine = pushes[0]
    mine.closed_at = dt.datetime(2026, 1, 2, 3, 4, 5, 678, dt.UTC)
    mine.shard_id, mine.seconds, mine.chunk_count = None, 0.1, None
    update_rows(Push, [mine], push_rows.CHANGING)
    again = Push.objects.get(pk=mine.pk)
    written = [getattr(again, name) for name in push_rows.CHANGING]
    assert written == [getattr(mine, name) for name in push_rows.CHANGING]
