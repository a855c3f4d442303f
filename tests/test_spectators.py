"""How many watch is one number, whoever asks and in however many processes they are served."""

import asyncio
import datetime as dt
import json
import subprocess
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from uuid import uuid4

import pytest
import websockets
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from spectate.models import Watching
from spectate.watching import FRESH, KEPT, spectators, spectators_of, tell
from tests.live_site import ROOT, command, environment, free_port, wait_until_ready
from tests.sockets import append, watching

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_each_process_tells_is_summed(record):
    shard, other = record(1, live=True), record(1, live=True)
    tell("one", {shard.pk: 3, other.pk: 1})
    tell("another", {shard.pk: 4})
    assert spectators(shard) == 7
    assert spectators_of([shard.pk, other.pk, uuid4()]) == {shard.pk: 7, other.pk: 1}
    tell("one", {shard.pk: 1})
    assert spectators(shard) == 5
    assert spectators(other) == 0


def test_a_process_that_died_is_not_counted_and_its_rows_go(record):
    shard = record(1, live=True)
    tell("dead", {shard.pk: 9})
    Watching.objects.update(updated_at=timezone.now() - FRESH - dt.timedelta(seconds=1))
    assert spectators(shard) == 0
    Watching.objects.update(updated_at=timezone.now() - KEPT - dt.timedelta(seconds=1))
    tell("alive", {shard.pk: 1})
    assert not Watching.objects.filter(process="dead").exists()


async def test_spectators_are_told_how_many_they_are_once_a_second_at_most(record):
    shard = await sync_to_async(record)(1, live=True)
    path = f"/replays/{shard.pk}/live"
    async with watching(path) as first:
        assert (await first.message())["spectators"] == 1
        async with watching(path), watching(path), watching(path):
            assert await first.until("spectators") == {"type": "spectators", "count": 4}
        assert await first.until("spectators") == {"type": "spectators", "count": 1}


async def test_a_count_under_way_does_not_outlast_the_last_spectator(record, monkeypatch):
    shard = await sync_to_async(record)(1, live=True)
    counted = threading.Event()

    def slowly(process, counts):
        if counts:
            counted.set()
            time.sleep(0.5)
        tell(process, counts)

    monkeypatch.setattr("spectate.watching.tell", slowly)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        await spectator.message()
        await sync_to_async(counted.wait, thread_sensitive=False)(10)
    await asyncio.sleep(1.5)
    assert await sync_to_async(spectators)(shard) == 0


@pytest.mark.slow
async def test_two_processes_count_spectators_together(record, tmp_path):
    shard = await sync_to_async(record)(1, live=True)
    with site(tmp_path / "one") as one, site(tmp_path / "another") as another:
        async with client(one, shard) as ada, client(another, shard) as bob:
            for socket in (ada, bob):
                assert (await heard(socket, "spectators"))["count"] == 2
            assert await sync_to_async(spectators)(shard) == 2
            await append(shard, 120)
            for socket in (ada, bob):
                assert await ticks_up_to(socket, 120) == list(range(121))
        async with asyncio.timeout(10):
            while await sync_to_async(spectators)(shard):
                await asyncio.sleep(0.1)
    await sync_to_async(connections.close_all)()


@contextmanager
def site(log):
    port = free_port()
    with log.open("w") as output:
        server = subprocess.Popen(
            command(port), cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(server, f"http://127.0.0.1:{port}", log)
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
    assert "Traceback" not in log.read_text()


@asynccontextmanager
async def client(address: str, shard):
    async with websockets.connect(f"{address}/replays/{shard.pk}/live") as socket:
        socket.seen = []
        yield socket


async def heard(socket, kind: str) -> dict:
    """Return the next message of a kind; the ticks on the way are kept."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
        socket.seen += [line["tick"] for line in message.get("ticks", [])]
        assert message["type"] != "skipped"
        if message["type"] == kind:
            return message
    raise AssertionError(f"no {kind} was heard")


async def ticks_up_to(socket, last: int) -> list[int]:
    while last not in socket.seen:
        await heard(socket, "ticks")
    return socket.seen
