import asyncio
import datetime as dt
import threading
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from games.game import Game
from replays import recording
from replays.models import ReplayShard, ShareCode
from spectate import threads
from tests.sockets import append, watching

pytestmark = pytest.mark.django_db(transaction=True)


def live(shard: ReplayShard, cursor: int | str | None = None) -> str:
    return f"/replays/{shard.pk}/live" + ("" if cursor is None else f"?cursor={cursor}")


async def change(shard: ReplayShard, **fields) -> None:
    await ReplayShard.objects.filter(pk=shard.pk).aupdate(**fields)


async def test_who_joins_gets_a_snapshot_at_once(record):
    shard = await sync_to_async(record)(7, live=True)
    async with watching(live(shard)) as spectator:
        hello = await spectator.message()
        assert hello["type"] == "hello"
        assert hello["shard"]["shard_id"] == str(shard.pk)
        assert hello["shard"]["live"] is True
        assert hello["cursor"] is None
        newest = await spectator.message()
        assert newest["type"] == "ticks"
        assert newest["ticks"] == [{"tick": 6, "t": 6.0, "snapshot": {"score": 6, "note": "at 6"}}]


async def test_who_joins_before_the_first_tick_gets_it_when_it_comes(record):
    shard = await sync_to_async(record)(0, live=True)
    async with watching(live(shard)) as spectator:
        assert (await spectator.message())["type"] == "hello"
        await append(shard, 2)
        assert await spectator.ticks(2) == [0, 1]


async def test_a_crowd_at_the_door_keeps_no_tick_from_those_who_watch(record):
    shard = await sync_to_async(record)(3, live=True)
    at_the_door = threading.Event()
    async with watching(live(shard)) as spectator:
        assert await spectator.ticks(1) == [2]
        crowd = [asyncio.ensure_future(threads.in_thread(at_the_door.wait)) for _ in range(20)]
        try:
            await append(shard, 2)
            assert await spectator.ticks(2) == [3, 4]
        finally:
            at_the_door.set()
            await asyncio.gather(*crowd)


async def test_a_shard_may_begin_at_any_tick(record):
    shard = await sync_to_async(record)(0, live=True)
    later = [recording.Tick(tick, 0.0, {}) for tick in (1000, 1001, 1002)]
    async with watching(live(shard)) as spectator:
        await asyncio.sleep(0.3)
        await sync_to_async(recording.append)(shard, later)
        assert (await spectator.message())["type"] == "hello"
        assert await spectator.ticks(3) == [1000, 1001, 1002]


async def test_each_tick_comes_once_and_in_order_over_seals_and_bursts(record):
    shard = await sync_to_async(record)(1, live=True)
    async with watching(live(shard)) as one, watching(live(shard)) as another:
        for count in (1, 1, 99, 3, 250, 1):
            await append(shard, count)
        expected = list(range(356))
        assert await one.ticks(356) == expected
        assert await another.ticks(356) == expected


async def test_a_spectator_resumes_where_the_line_dropped(record):
    shard = await sync_to_async(record)(95, live=True)
    async with watching(live(shard)) as spectator:
        assert await spectator_newest(spectator) == 94
    await append(shard, 30)
    async with watching(live(shard, cursor=94)) as spectator:
        assert (await spectator.message())["cursor"] == 94
        assert await spectator.ticks(30) == list(range(95, 125))


async def spectator_newest(spectator) -> int:
    return (await spectator.until("ticks"))["ticks"][0]["tick"]


async def test_a_cursor_that_is_too_old_is_told_what_it_skips(record):
    shard = await sync_to_async(record)(200, live=True)
    async with watching(live(shard, cursor=10)) as spectator:
        assert (await spectator.message())["type"] == "hello"
        assert await spectator.message() == {"type": "skipped", "from": 11, "to": 198}
        assert await spectator.ticks(1) == [199]


async def test_a_cursor_at_the_newest_tick_waits_for_the_next(record):
    shard = await sync_to_async(record)(5, live=True)
    async with watching(live(shard, cursor=4)) as spectator:
        assert (await spectator.message())["cursor"] == 4
        await append(shard, 1)
        assert await spectator.ticks(1) == [5]


@pytest.mark.parametrize("cursor", ["", "abc", "-1", "1e3", "99", "٣", "9" * 30])
async def test_a_cursor_that_this_shard_never_gave_is_as_none(record, cursor):
    shard = await sync_to_async(record)(5, live=True)
    async with watching(live(shard, cursor=cursor)) as spectator:
        assert (await spectator.message())["cursor"] is None
        assert await spectator.ticks(1) == [4]


class Masked(Game):
    """A game that hides a name from spectators."""

    def view(self, snapshot, perspective):
        return snapshot if perspective.kind == "omniscient" else snapshot | {"call_sign": None}


async def test_secrets_are_hidden_while_live(record, monkeypatch):
    masked = Masked("masked")
    monkeypatch.setattr("replays.reading.get_game", lambda slug: masked)
    shard = await sync_to_async(record)(0, live=True, game="masked")
    secret = {"call_sign": "IRIS"}
    command = recording.Command("p1", "move", "n", 5)
    ticks = [recording.Tick(n, float(n), secret, [command]) for n in (1, 2)]
    await sync_to_async(recording.append)(shard, ticks[:1])
    async with watching(live(shard)) as spectator:
        first = await spectator.until("ticks")
        await sync_to_async(recording.append)(shard, ticks[1:])
        second = await spectator.until("ticks")
    for message in (first, second):
        assert message["ticks"][0]["snapshot"] == {"call_sign": None}
        assert "commands" not in message["ticks"][0]


async def test_a_shard_that_ends_tells_its_last_ticks_and_closes(record):
    shard = await sync_to_async(record)(3, live=True)
    async with watching(live(shard, cursor=2)) as spectator:
        await append(shard, 4)
        await sync_to_async(recording.finalize)(shard)
        assert (await spectator.message())["type"] == "hello"
        assert await spectator.ticks(4) == [3, 4, 5, 6]
        ended = await spectator.until("ended")
        assert ended["shard"]["live"] is False
        assert ended["shard"]["last_tick"] == 6
        assert await spectator.message() == {"type": "closed", "code": 1000}


async def test_a_shard_that_has_ended_says_so_and_closes(record):
    shard = await sync_to_async(record)(3)
    async with watching(live(shard)) as spectator:
        assert (await spectator.message())["type"] == "hello"
        assert (await spectator.message())["type"] == "ended"
        assert await spectator.message() == {"type": "closed", "code": 1000}


# Who may watch


@pytest.mark.parametrize(
    "path",
    [
        "/replays/00000000-0000-4000-8000-000000000000/live",
        "/replays/not-a-shard/live",
        "/replay/nocode234567/live",
    ],
)
async def test_what_is_not_there_closes_with_4004(path):
    async with watching(path) as spectator:
        assert await spectator.message() == {"type": "closed", "code": 4004}


@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"hidden_at": timezone.now()}])
async def test_eve_cannot_tell_a_private_or_hidden_shard_from_none(record, eve, fields):
    shard = await sync_to_async(record)(3, live=True, **fields)
    headers = {"cookie": await signed_in(eve)}
    async with watching(live(shard), headers) as spectator:
        assert await spectator.message() == {"type": "closed", "code": 4004}


async def signed_in(user) -> str:
    client = Client()
    await sync_to_async(client.force_login)(user)
    return f"sessionid={client.cookies['sessionid'].value}"


async def test_ada_watches_her_private_shard_and_an_unlisted_one_is_open_by_id(record, ada):
    private = await sync_to_async(record)(3, live=True, owner=ada, visibility="private")
    unlisted = await sync_to_async(record)(3, live=True, visibility="unlisted")
    async with watching(live(private), {"cookie": await signed_in(ada)}) as spectator:
        assert (await spectator.message())["type"] == "hello"
    async with watching(live(unlisted)) as spectator:
        assert (await spectator.message())["type"] == "hello"


async def test_a_link_to_an_unlisted_shard_does_not_give_its_id_away(record, ada):
    shard = await sync_to_async(record)(3, live=True, visibility="unlisted")
    share = await ShareCode.objects.acreate(shard=shard, created_by=ada)
    async with watching(f"/replay/{share.code}/live") as guest:
        assert (await guest.message())["shard"]["shard_id"] is None


async def test_a_site_with_a_key_asks_for_it_on_sockets_too(record, settings):
    settings.SEGFAULT_API_KEY = "let me in"
    shard = await sync_to_async(record)(3, live=True)
    async with watching(live(shard), {"X-API-Key": "let me in"}) as knows:
        assert (await knows.message())["type"] == "hello"
        async with watching(live(shard)) as stranger:
            assert await stranger.message() == {"type": "closed", "code": 4004}


async def test_codes_that_open_nothing_are_counted(settings, monkeypatch):
    somebody = uuid4().hex
    monkeypatch.setattr("spectate.consumers.address", lambda scope: somebody)
    settings.LIMITS = settings.LIMITS | {"share_misses": "3/60"}
    codes = []
    for _ in range(5):
        async with watching("/replay/nocode234567/live") as guest:
            codes.append((await guest.message())["code"])
    assert codes == [4004, 4004, 4004, 4029, 4029]


async def test_a_hidden_shard_closes_its_sockets_within_five_seconds(record):
    shard = await sync_to_async(record)(3, live=True)
    async with asyncio.timeout(5), watching(live(shard)) as spectator:
        await spectator.until("ticks")
        await change(shard, hidden_at=timezone.now())
        assert (await spectator.until("closed"))["code"] == 4004


async def test_a_shard_made_private_closes_all_but_its_owner(record, ada):
    shard = await sync_to_async(record)(3, live=True, owner=ada)
    async with asyncio.timeout(5), watching(live(shard)) as spectator:
        await spectator.until("ticks")
        await change(shard, visibility="private")
        assert (await spectator.until("closed"))["code"] == 4004
    async with watching(live(shard), {"cookie": await signed_in(ada)}) as spectator:
        await spectator.until("ticks")
        await asyncio.sleep(0.3)
        await append(shard, 1)
        assert await spectator.ticks(1) == [3]


async def test_a_deleted_shard_closes_its_sockets(record):
    shard = await sync_to_async(record)(3, live=True)
    async with asyncio.timeout(5), watching(live(shard)) as spectator:
        await spectator.until("ticks")
        await ReplayShard.objects.filter(pk=shard.pk).adelete()
        assert (await spectator.until("closed"))["code"] == 4004


@pytest.mark.parametrize("closed", ["revoked_at", "expires_at"])
async def test_a_link_that_is_closed_closes_its_sockets_within_five_seconds(record, ada, closed):
    shard = await sync_to_async(record)(3, live=True)
    share = await ShareCode.objects.acreate(shard=shard, created_by=ada)
    async with asyncio.timeout(6), watching(f"/replay/{share.code}/live") as guest:
        await guest.until("ticks")
        async with watching(live(shard)) as other:
            await other.until("ticks")
            now = timezone.now() - dt.timedelta(seconds=1)
            await ShareCode.objects.filter(pk=share.pk).aupdate(**{closed: now})
            assert (await guest.until("closed"))["code"] == 4004
            await append(shard, 1)
            assert await other.ticks(1) == [3]


# Origin, limits, what comes in


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://localhost:3000", "127.0.0.1:8000", True),
        ("https://watch.example", "watch.example", True),
        (None, "127.0.0.1:8000", True),
        ("https://evil.example", "127.0.0.1:8000", False),
        ("http://127.0.0.1:8000.evil.example", "127.0.0.1:8000", False),
        ("http://evil.example:8000", "evil.example:8000", False),
        ("null", "127.0.0.1:8000", False),
    ],
)
async def test_a_foreign_origin_is_refused(record, settings, origin, host, allowed):
    from segfault_site.asgi import application

    settings.SITE_URL = "https://watch.example"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "watch.example"]
    shard = await sync_to_async(record)(3, live=True)
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    socket = WebsocketCommunicator(application, live(shard), headers=headers)
    accepted, _ = await socket.connect()
    assert accepted is allowed
    await socket.disconnect()


async def test_an_address_that_is_no_socket_is_refused_without_an_error():
    from segfault_site.asgi import application

    socket = WebsocketCommunicator(application, "/nothing/here")
    assert (await socket.connect())[0] is False


@pytest.mark.parametrize("limit", ["SOCKETS_AN_ADDRESS", "SOCKETS_A_SHARD", "SOCKETS_A_PROCESS"])
async def test_there_is_a_limit_to_sockets(record, settings, limit):
    setattr(settings, limit, 2)
    shard = await sync_to_async(record)(3, live=True)
    async with watching(live(shard)) as one, watching(live(shard)) as another:
        await one.until("ticks")
        await another.until("ticks")
        async with watching(live(shard)) as third:
            assert await third.message() == {"type": "closed", "code": 4005}
    async with watching(live(shard)) as later:
        assert (await later.message())["type"] == "hello"


@pytest.mark.parametrize("texts", [["x"] * 21, ["x" * 65537]])
async def test_who_says_too_much_is_let_go(record, texts):
    shard = await sync_to_async(record)(3, live=True)
    async with watching(live(shard)) as spectator:
        await spectator.until("ticks")
        for text in texts:
            await spectator.communicator.send_to(text_data=text)
        assert (await spectator.until("closed"))["code"] == 4029


async def test_a_ping_comes_every_twenty_seconds(record, monkeypatch):
    monkeypatch.setattr("spectate.spectator.PING_SECONDS", 0.5)
    shard = await sync_to_async(record)(3, live=True)
    async with watching(live(shard)) as spectator:
        assert await spectator.until("ping") == {"type": "ping"}
        assert await spectator.until("ping") == {"type": "ping"}
