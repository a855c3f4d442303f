"""Who watches a table sees what lies open, as late as its players have set, and nothing earlier."""

import asyncio
import datetime as dt
import json
import re

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from games import get_game
from play import rooms
from play.models import LiveShard, Room
from replays import recording, sharing
from replays.models import Participant, ReplayShard
from tests.sockets import watching
from tests.tables import game as whole_game

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = {"deck_seed", "dealt_cards", "hidden", "deck", "pile", "asked", "seed", "commands"}
GAME = get_game("golf")


@pytest.fixture
def room(ada):
    """A room of ada's, whose game the test records event by event; `back` is when it began."""

    def room(back: float = 0.0, **terms) -> Room:
        made = rooms.open_room(ada, None, **terms)
        LiveShard.objects.filter(pk=made.pk).delete()  # no host shall step it
        started = timezone.now() - dt.timedelta(seconds=back)
        ReplayShard.objects.filter(pk=made.pk).update(started_at=started)
        made.shard.refresh_from_db()
        return made

    return room


def events(count: int | None = None) -> list[dict]:
    return list(whole_game(1)[1][:count])


def happen(room: Room, snapshots: list[dict], *, first: int = 0, step: float = 1.0) -> None:
    """Record events, each `step` seconds after the other."""
    ticks = [
        recording.Tick(tick, tick * step, snapshot)
        for tick, snapshot in enumerate(snapshots, start=first)
    ]
    recording.append(ReplayShard.objects.get(pk=room.pk), ticks)


def spectating(room: Room):
    return watching(f"/api/replay/spectate/{room.code}")


def browser(user=None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def cookie(user) -> dict[str, str]:
    return {"Cookie": f"sessionid={browser(user).cookies['sessionid'].value}"}


# The messages of seed 003


async def test_a_spectator_is_told_the_game_then_each_event_then_how_it_ended(room):
    table = await sync_to_async(room)()
    told = events()
    await sync_to_async(happen)(table, told[:5])
    async with spectating(table) as client:
        joined = await client.message()
        assert joined["type"] == "spectator_joined"
        assert joined["spectator_count"] == 1
        game = joined["game"]
        assert (game["room_code"], game["slug"], game["tick"]) == (table.code, "golf", 4)
        assert [player["name"] for player in game["players"]]
        assert "event" not in game
        await sync_to_async(happen)(table, told[5:], first=5)
        await sync_to_async(recording.finalize)(table.shard)
        seen = []
        while (message := await client.message())["type"] == "game_update":
            assert message.keys() == {"type", "event", "timestamp"}
            dt.datetime.fromisoformat(message["timestamp"])
            seen.append(message["event"]["sequence"])
        # A whole game at once is more than a slow reader keeps up with: then the game is told anew.
        assert seen == sorted(seen)
        while message["type"] != "game_ended":
            assert message["type"] in ("game_update", "spectator_joined")
            message = await client.message()
        last = told[-1]
        assert message["final_scores"] == {
            player["name"]: player["total_score"] for player in last["players"]
        }
        winner = last["event"]["data"]["winner_id"]
        names = {player["id"]: player["name"] for player in last["players"]}
        assert message["winner"] == names.get(winner)
        assert await client.message() == {"type": "closed", "code": 1000}


async def test_no_hidden_card_no_seed_and_no_deck_is_on_any_wire_of_a_whole_game(room):
    table = await sync_to_async(room)()
    told = events()
    texts: list[str] = []
    addresses = (f"/api/replay/spectate/{table.code}", f"/replay/{table.code}/live")
    async with watching(addresses[0]) as one, watching(addresses[1]) as another:
        await one.message()
        await another.message()
        for tick, snapshot in enumerate(told[:-1]):
            await sync_to_async(happen)(table, [snapshot], first=tick)
            for client, kind in ((one, "game_update"), (another, "ticks")):
                event = {"text": '{"type":""}'}
                while json.loads(event["text"])["type"] != kind:
                    event = await client.communicator.receive_output(5)
                texts.append(event["text"])
            assert_open(json.loads(texts[-1])["ticks"][0]["snapshot"], snapshot)
    for address in ("ticks?limit=500", "index"):
        answer = await sync_to_async(browser().get)(f"/replay/{table.code}/{address}")
        texts.append(answer.content.decode())
    assert len(texts) == 2 * len(told)
    for text in texts:
        assert not SECRETS & set(re.findall(r'"(\w+)":', text)), text[:200]


def assert_open(seen: dict, stored: dict) -> None:
    for player, whole in zip(seen["players"], stored["players"], strict=True):
        for card, real in zip(player["cards"], whole["cards"], strict=True):
            assert real["face_up"] or card == {"rank": None, "suit": None, "face_up": False}
    if stored["drawn_card"] and stored["drawn_from"] == "deck":
        assert seen["drawn_card"]["rank"] is None


async def test_ping_is_answered_and_nothing_else_is(room):
    table = await sync_to_async(room)()
    async with spectating(table) as client:
        await client.message()
        for text in ("hello", "ping"):
            await client.communicator.send_input({"type": "websocket.receive", "text": text})
        event = await client.communicator.receive_output(5)
        assert event["text"] == "pong"


async def test_before_the_game_there_is_a_table_that_waits(room):
    table = await sync_to_async(room)()
    async with spectating(table) as client:
        game = (await client.message())["game"]
        assert (game["phase"], game["tick"]) == ("waiting", None)
        await sync_to_async(happen)(table, events(1))
        assert (await client.message())["event"]["type"] == "game_created"


async def test_the_code_may_be_typed_in_small_letters(room):
    table = await sync_to_async(room)()
    async with watching(f"/api/replay/spectate/{table.code.lower()}") as client:
        assert (await client.message())["type"] == "spectator_joined"


async def test_a_shard_of_segfault_is_spectated_by_its_id(played):
    shard = await sync_to_async(played)(5, live=True)
    async with watching(f"/api/replay/spectate/{shard.pk}") as client:
        game = (await client.message())["game"]
        assert (game["slug"], game["tick"]) == ("segfault", 5)
        assert all(process["call_sign"] is None for process in game["processes"])


@pytest.mark.parametrize("code", ["ZZZZZ", "x", "00000000-0000-4000-8000-000000000000", "%00"])
async def test_an_unknown_code_closes_with_4004(code, db):
    async with watching(f"/api/replay/spectate/{code}") as client:
        assert await client.message() == {"type": "closed", "code": 4004}


async def test_codes_cannot_be_tried_one_after_the_other(db, settings):
    settings.LIMITS = settings.LIMITS | {"share_misses": "2/60"}
    codes = []
    for code in ("AAAAA", "BBBBB", "CCCCC"):
        async with watching(f"/api/replay/spectate/{code}") as client:
            codes.append((await client.message())["code"])
    assert codes == [4004, 4004, 4029]


async def test_more_spectators_than_a_game_takes_are_turned_away(room, settings):
    settings.SPECTATORS_A_GAME = 1
    table = await sync_to_async(room)()
    async with spectating(table) as first:
        assert (await first.message())["spectator_count"] == 1
        async with spectating(table) as second:
            assert await second.message() == {"type": "closed", "code": 4005}


async def test_a_room_that_is_closed_lets_nobody_watch_and_turns_out_who_does(room):
    table = await sync_to_async(room)()
    path = f"/replay/{table.code}/live"
    async with spectating(table) as one, watching(path) as another:
        await one.message()
        await another.message()
        await close(table)
        async with asyncio.timeout(5):
            assert await one.until("closed") == {"type": "closed", "code": 4004}
            assert await another.until("closed") == {"type": "closed", "code": 4004}
    async with spectating(table) as client:
        assert (await client.message())["code"] == 4004
    answer = await sync_to_async(browser().get)(f"/spectate/{table.code}")
    assert answer.status_code == 404


async def close(table: Room) -> None:
    def change() -> None:
        table.open_to_spectators = False
        table.save(update_fields=["open_to_spectators"])

    await sync_to_async(change)()


def test_who_opened_the_room_closes_it_to_spectators_by_its_settings(ada):
    table = rooms.open_room(ada, None)
    rooms.settle(ada, table.code, open_to_spectators=False, delay_seconds=20)
    shard = ReplayShard.objects.get(pk=table.pk)
    assert (shard.open_to_spectators, shard.delay_seconds) == (False, 20)
    assert (shard.room_code, sharing.opened_by(table.code)) == (table.code, None)


# Delay


def readings(base: str, client: Client) -> dict:
    """Return the newest tick that each address tells."""
    index = client.get(f"{base}/index").json()
    ticks = client.get(f"{base}/ticks?start_tick=0&limit=500").json()["ticks"]
    chunks = [chunk["last_tick"] for chunk in index["chunks"]]
    lengths = {len(values) for values in index["metrics"]["series"].values()}
    return {
        "row": index["shard"]["last_tick"],
        "total": index["shard"]["total_ticks"] - 1,
        "tail": index["tail"]["last_tick"] if index["tail"] else max(chunks, default=None),
        "ticks": ticks[-1]["tick"] if ticks else None,
        "metrics": max(lengths, default=0) - 1,
        "late_marks": [mark for mark in index["markers"] if mark["tick"] > ticks[-1]["tick"]],
        "live": index["shard"]["live"],
    }


def newest_everywhere(tick: int) -> dict:
    names = ("row", "total", "tail", "ticks", "metrics")
    return dict.fromkeys(names, tick) | {"late_marks": [], "live": True}


@pytest.fixture
def still_clock():
    """Let no time pass while a test asks one address after the other."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.parametrize("count", [60, 150, 260])
def test_no_address_tells_a_tick_before_its_time(still_clock, room, ada, bob, eve, mo, count):
    table = room(back=count - 0.5, delay_seconds=20)
    happen(table, (events() * 9)[:count])
    newest, due = count - 1, count - 21
    code, own = f"/replay/{table.code}", f"/replays/{table.pk}"
    assert readings(code, browser()) == newest_everywhere(due)
    assert readings(code, browser(ada)) == newest_everywhere(due)
    assert readings(own, browser(ada)) == newest_everywhere(newest)
    assert readings(own, browser(mo)) == newest_everywhere(newest)
    assert browser(eve).get(f"{own}/index").status_code == 404
    link = sharing.make_share(table.shard, ada)
    assert readings(link.get_absolute_url(), browser(eve)) == newest_everywhere(due)
    number = due // 100 if due % 100 != 99 else due // 100 + 1
    assert browser().get(f"{code}/chunks/{number}").status_code == 404
    Participant.objects.create(shard=table.shard, user=bob)
    assert readings(own, browser(bob)) == newest_everywhere(newest)


def test_pictures_and_pages_of_a_delayed_room_show_nothing_newer(still_clock, room):
    table = room(back=59.5, delay_seconds=20)
    happen(table, events(60))
    code = f"/replay/{table.code}"
    stand_in = browser().get(f"{code}/picture.png")
    asked = browser().get(f"{code}/picture.png?tick=59")
    assert asked["ETag"] == stand_in["ETag"]
    assert browser().get(f"{code}/picture.png?tick=25")["ETag"] != stand_in["ETag"]
    page = browser().get(f"/spectate/{table.code}", headers={"Accept": "text/html"})
    assert "40 ticks" in page.content.decode()
    assert "60 ticks" not in page.content.decode()
    ReplayShard.objects.filter(pk=table.pk).update(visibility="public")
    assert browser().get("/replays").json()["shards"] == []


async def test_live_ticks_come_when_their_time_has_come_by_every_socket(room):
    table = await sync_to_async(room)(back=2.0, delay_seconds=3)
    began = table.shard.started_at
    await sync_to_async(happen)(table, events(5), step=0.5)  # at 0, 0.5, 1, 1.5 and 2 s
    async with spectating(table) as one, watching(f"/replay/{table.code}/live") as another:
        assert (await one.message())["game"]["tick"] is None
        assert (await another.message())["shard"]["last_tick"] is None
        for tick in range(5):
            assert (await one.message())["event"]["sequence"] == tick + 1
            assert (await another.until("ticks"))["ticks"][0]["tick"] == tick
            late = (timezone.now() - began).total_seconds() - tick * 0.5
            assert 3.0 <= late < 3.8


async def test_that_a_delayed_game_is_over_comes_late_too(room, ada):
    told = await sync_to_async(events)()
    last = len(told) - 1
    table = await sync_to_async(room)(back=last * 0.01, delay_seconds=2)
    began = table.shard.started_at
    await sync_to_async(happen)(table, told, step=0.01)
    await sync_to_async(recording.finalize)(table.shard)
    async with spectating(table) as client:
        joined = await client.message()
        assert joined["game"]["phase"] != "game_over"
        index = await sync_to_async(browser().get)(f"/replay/{table.code}/index")
        assert index.json()["shard"]["live"] is True
        assert index.json()["shard"]["ended_at"] is None
        await client.until("game_ended")
        assert (timezone.now() - began).total_seconds() >= last * 0.01 + 2
    answer = await sync_to_async(browser().get)(f"/replay/{table.code}/index")
    assert answer.json()["shard"]["last_tick"] == last
    assert answer.json()["shard"]["live"] is False


async def test_a_player_at_the_viewer_is_not_late(room, ada):
    table = await sync_to_async(room)(back=5.0, delay_seconds=60)
    await sync_to_async(happen)(table, events(3))
    headers = await sync_to_async(cookie)(ada)
    async with watching(f"/replays/{table.pk}/live", headers) as player:
        assert (await player.until("ticks"))["ticks"][0]["tick"] == 2


async def test_a_longer_delay_holds_for_those_who_watch_already(room):
    table = await sync_to_async(room)(back=10.0)
    await sync_to_async(happen)(table, events(3))
    async with watching(f"/replay/{table.code}/live") as client:
        assert (await client.until("ticks"))["ticks"][0]["tick"] == 2
        table.delay_seconds = 60
        await sync_to_async(table.save)()
        await asyncio.sleep(0.3)
        await sync_to_async(happen)(table, events(4)[3:], first=3)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await client.until("ticks")


# The end


def test_a_code_opens_nothing_when_the_game_has_long_been_over(room, eve):
    table = room()
    happen(table, events(4))
    recording.finalize(table.shard)
    assert browser(eve).get(f"/spectate/{table.code}").status_code == 200
    before = timezone.now() - dt.timedelta(minutes=11)
    ReplayShard.objects.filter(pk=table.pk).update(ended_at=before)
    for address in (f"/spectate/{table.code}", f"/replay/{table.code}/index"):
        assert browser(eve).get(address).status_code == 404


def test_a_hidden_room_opens_to_nobody(room):
    table = room()
    happen(table, events(4))
    ReplayShard.objects.filter(pk=table.pk).update(hidden_at=timezone.now())
    assert browser().get(f"/spectate/{table.code}").status_code == 404


def test_the_page_of_a_room_is_the_viewer_at_the_live_edge(room):
    table = room()
    happen(table, events(4))
    text = browser().get(f"/spectate/{table.code}").content.decode()
    assert f'"base": "/replay/{table.code}"' in text
    assert '"at_live_edge": true' in text
    assert str(table.pk) not in text


def test_players_are_told_how_many_watch(room, ada):
    from spectate.watching import tell

    table = room()
    tell("a process", {table.pk: 4})
    assert rooms.told(table, ada)["spectators"] == 4
