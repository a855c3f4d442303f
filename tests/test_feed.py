import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError

from games.game import SPECTATOR
from replays import reading, recording
from spectate import feed, feeds, news
from spectate.admission import Way
from spectate.feed import Feed
from spectate.ring import RING_BYTES, RING_TICKS, Entry, Ring
from spectate.spectator import Spectator
from spectate.wires import VIEWER, ViewerWire
from tests.sockets import append, watching


def entry(tick: int, size: int = 100) -> Entry:
    return Entry(tick, (b'{"tick":%d,"t":0.0,' % tick).ljust(size, b" "))


def test_a_ring_holds_64_ticks():
    ring = Ring()
    for tick in range(100):
        ring.add(entry(tick))
    assert (ring.oldest.tick, ring.newest.tick) == (100 - RING_TICKS, 99)
    assert ring.at(50).tick == 50


def test_a_ring_holds_one_mebibyte_and_always_the_newest():
    ring = Ring()
    for tick in range(10):
        ring.add(entry(tick, RING_BYTES // 4))
    assert (ring.oldest.tick, ring.newest.tick) == (6, 9)
    ring.add(entry(10, 2 * RING_BYTES))
    assert (ring.oldest.tick, ring.newest.tick) == (10, 10)


def test_a_ring_has_no_gap():
    ring = Ring()
    for tick in (1, 2, 5):
        ring.add(entry(tick))
    assert (ring.oldest.tick, ring.newest.tick) == (5, 5)


def test_a_tick_is_encoded_once_for_all():
    class CountingWire(ViewerWire):
        encoded = 0

        def tick(self, line):
            self.encoded += 1
            return super().tick(line)

    wire, tick = CountingWire(), entry(1)
    assert tick.event(wire) is tick.event(wire)
    assert wire.encoded == 1


class Line:
    """A way to somebody who reads only when told to."""

    def __init__(self, open_: bool = True) -> None:
        self.open = open_
        self.sent: list[dict] = []
        self.hung_up = False
        self._waiting: list[asyncio.Future] = []

    def send(self, event):
        self.sent.append(event)
        done = asyncio.get_running_loop().create_future()
        if self.open:
            done.set_result(None)
        else:
            self._waiting.append(done)
        return done

    def read(self) -> None:
        """Read what is on its way, and no more."""
        for done in self._waiting:
            done.set_result(None)
        self._waiting.clear()

    def hang_up(self) -> None:
        self.hung_up = True

    @property
    def said(self) -> list[str]:
        return [kind(event) for event in self.sent]


def kind(event: dict) -> str:
    if event["type"] == "websocket.close":
        return f"close {event['code']}"
    text = event["text"]
    start = text.index('"tick":') if '"tick":' in text else -1
    return text[start + 7 :].split(",")[0] if start > 0 else text.split('"')[3]


@pytest.fixture
async def quiet_feed(record):
    """A feed of a live shard of one tick, to which the test adds by itself."""
    shard = await sync_to_async(record)(1, live=True)
    quiet = Feed(shard, SPECTATOR)
    await quiet.ready
    yield quiet
    quiet.stop()


def join(quiet: Feed, line: Line) -> Spectator:
    spectator = Spectator(quiet, VIEWER, Way(shard_id=uuid4()), line.send, line.hang_up)
    quiet.join(spectator)
    return spectator


def tell(quiet: Feed, ticks: range) -> None:
    for tick in ticks:
        quiet._add([entry(tick)])
        quiet._advance_all()


@pytest.mark.django_db(transaction=True)
async def test_a_slow_reader_is_moved_then_let_go_while_others_lose_nothing(quiet_feed):
    slow, quick = Line(open_=False), Line()
    join(quiet_feed, slow)
    join(quiet_feed, quick)
    slow.read()
    await asyncio.sleep(0)
    start = 1
    for _ in range(5):
        tell(quiet_feed, range(start, start + 100))
        start += 100
        for _ in range(3):
            slow.read()
            await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert quick.said == ["hello", *map(str, range(start))]
    assert slow.said[:4] == ["hello", "0", "skipped", "100"]
    assert slow.said[-1] == "close 4008"
    assert len(slow.said) < 20


@pytest.mark.django_db(transaction=True)
async def test_who_does_not_read_at_all_is_let_go(quiet_feed, settings, monkeypatch):
    settings.SOCKET_SEND_SECONDS = 0.1
    monkeypatch.setattr("spectate.spectator.GOODBYE_SECONDS", 0.1)
    line = Line(open_=False)
    spectator = join(quiet_feed, line)
    tell(quiet_feed, range(1, 10))
    spectator.tend(time.monotonic() + 1)
    await asyncio.sleep(0.4)
    assert line.said == ["hello"]
    assert line.hung_up


@pytest.mark.django_db(transaction=True)
async def test_a_socket_holds_one_message_however_far_it_lags(quiet_feed):
    line = Line(open_=False)
    join(quiet_feed, line)
    tell(quiet_feed, range(1, 1000))
    assert len(line.sent) == 1


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_goes_away_and_comes_back_costs_no_tick(record, monkeypatch):
    monkeypatch.setattr(feeds, "AWAY_SECONDS", 0.1)
    monkeypatch.setattr(feed, "AWAY_SECONDS", 0.1)
    away = False

    def fails_while_away(work):
        def wrapped(*arguments):
            if away:
                raise DatabaseError("gone fishing")
            return work(*arguments)

        return wrapped

    monkeypatch.setattr(feeds, "_standing", fails_while_away(feeds._standing))
    monkeypatch.setattr(feed, "_read", fails_while_away(feed._read))
    shard = await sync_to_async(record)(1, live=True)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        assert (await spectator.until("ticks"))["ticks"][0]["tick"] == 0
        away = True
        await append(shard, 150)
        await asyncio.sleep(0.5)
        away = False
        assert await spectator.ticks(150) == list(range(1, 151))


@pytest.mark.django_db(transaction=True)
def test_ticks_that_are_sealed_while_they_are_read_are_read_the_next_time(record, monkeypatch):
    shard = record(99, live=True)
    whole = reading.lines

    def sealed_meanwhile(*arguments):
        return whole(*arguments)[40:]

    monkeypatch.setattr(reading, "lines", sealed_meanwhile)
    assert feed._read(shard, 10, 60, SPECTATOR) == []
    monkeypatch.setattr(reading, "lines", whole)
    assert [one.tick for one in feed._read(shard, 10, 60, SPECTATOR)] == list(range(10, 70))


@pytest.mark.django_db(transaction=True)
async def test_damaged_ticks_are_skipped_and_the_rest_plays(record):
    shard = await sync_to_async(record)(10, live=True)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        await spectator.until("ticks")
        await record_damaged(shard)
        skipped = await spectator.until("skipped")
        assert skipped["from"] == 10
        assert 99 <= skipped["to"] < 120
        left = list(range(skipped["to"] + 1, 121))
        assert await spectator.ticks(len(left)) == left


async def record_damaged(shard) -> None:
    """Seal 100 ticks and damage them in one commit, then go on."""
    from django.db import transaction

    from replays.models import ReplayChunk, ReplayShard
    from tests.conftest import count_up

    def work() -> None:
        with transaction.atomic():
            fresh = ReplayShard.objects.get(pk=shard.pk)
            recording.append(fresh, count_up(10, 111))
            ReplayChunk.objects.filter(shard=fresh).update(body=b"not zstd")

    await sync_to_async(work)()


# News


async def test_news_wakes_only_those_who_follow_the_shard():
    here = feeds.here()
    followed, other = uuid4(), uuid4()
    here._feeds = {(followed, SPECTATOR): None}
    try:
        news.pass_on([other])
        await asyncio.sleep(0)
        assert not here._woken.is_set()
        news.pass_on([followed])
        await asyncio.sleep(0)
        assert here._woken.is_set()
    finally:
        here._feeds = {}
        here._woken.clear()


@pytest.mark.django_db(transaction=True)
async def test_news_comes_faster_than_the_poll(record, monkeypatch):
    monkeypatch.setattr(feeds, "POLL_SECONDS", 30)
    shard = await sync_to_async(record)(1, live=True)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        await spectator.until("ticks")
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await append(shard, 1)
        assert await spectator.ticks(1) == [1]
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("layer", ["refuses", "hangs"])
def test_a_layer_that_is_away_neither_fails_nor_slows_the_host(settings, monkeypatch, layer):
    class Away:
        async def group_send(self, group, message):
            if layer == "hangs":
                await asyncio.sleep(60)
            raise ConnectionError("no Redis here")

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "none"}}
    publisher = news.Publisher()
    monkeypatch.setattr(news, "publisher", publisher)
    monkeypatch.setattr(news, "get_channel_layer", Away)
    began = time.monotonic()
    for _ in range(1000):
        news.pass_on([uuid4()])
    assert time.monotonic() - began < 0.5
    time.sleep(0.5)
    assert publisher.rests


# Redis


class Proxy:
    """A line to Redis that can be cut, and can swallow what is said."""

    def __init__(self) -> None:
        self.stalled = False
        self.port = 0
        self._lines: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._server.close()
        for line in self._lines:
            line.close()
        await asyncio.sleep(0.05)

    async def _serve(self, reader, writer) -> None:
        redis = urlsplit(settings.REDIS_URL)
        there = await asyncio.open_connection(redis.hostname, redis.port or 6379)
        self._lines |= {writer, there[1]}
        await asyncio.gather(self._copy(reader, there[1]), self._copy(there[0], writer))

    async def _copy(self, reader, writer) -> None:
        with suppress(OSError):
            while content := await reader.read(65536):
                if not self.stalled:
                    writer.write(content)
        writer.close()


@pytest.fixture
async def redis(settings, monkeypatch):
    """A line to Redis of the test's own; news within the process is off, Redis alone carries it."""
    proxy = Proxy()
    await proxy.open()
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    hosts = [f"redis://127.0.0.1:{proxy.port}"]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": layer, "CONFIG": {"hosts": hosts}}}
    feeds.here()
    monkeypatch.setattr(news, "listeners", set())
    monkeypatch.setattr(news, "publisher", news.Publisher())
    monkeypatch.setattr(news, "REST_SECONDS", 0.3)
    yield proxy
    await proxy.cut()


@pytest.mark.needs_redis
@pytest.mark.django_db(transaction=True)
async def test_redis_carries_the_news_between_processes(record, redis, monkeypatch):
    monkeypatch.setattr(feeds, "POLL_SECONDS", 30)
    shard = await sync_to_async(record)(1, live=True)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        await spectator.until("ticks")
        await asyncio.sleep(1)
        await append(shard, 1)
        assert await spectator.ticks(1) == [1]


@pytest.mark.needs_redis
@pytest.mark.django_db(transaction=True)
async def test_redis_away_stalled_or_back_changes_nothing_but_speed(record, redis):
    shard = await sync_to_async(record)(1, live=True)
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        assert await spectator.ticks(1) == [0]
        await redis.cut()
        await append(shard, 5)
        assert await spectator.ticks(5) == [1, 2, 3, 4, 5]
        redis.stalled = True
        await redis.open()
        await append(shard, 5)
        assert await spectator.ticks(5) == [6, 7, 8, 9, 10]
        redis.stalled = False
        await append(shard, 5)
        assert await spectator.ticks(5) == [11, 12, 13, 14, 15]


@pytest.mark.needs_redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["from the start", "later"])
async def test_news_is_heard_again_when_redis_is_back(record, redis, monkeypatch, when):
    shard = await sync_to_async(record)(1, live=True)
    if when == "from the start":
        await redis.cut()
    async with watching(f"/replays/{shard.pk}/live") as spectator:
        assert await spectator.ticks(1) == [0]
        if when == "later":
            await asyncio.sleep(0.5)
            await redis.cut()
        await append(shard, 1)
        assert await spectator.ticks(1) == [1]
        await redis.open()
        await asyncio.sleep(2.5)
        monkeypatch.setattr(feeds, "POLL_SECONDS", 30)
        await asyncio.sleep(0.2)
        await append(shard, 1)
        assert await spectator.ticks(1) == [2]
