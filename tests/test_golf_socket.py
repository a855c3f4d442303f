"""At a table of Golf each player is sent what that player may see, and nothing else, ever."""

import asyncio
import json
import re
import time
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import websockets
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from play import rooms
from play.host import Host
from play.models import Room, Seat
from replays import reading, tokens
from replays.models import AccessToken, ReplayShard
from tests.golf_rooms import Person, opened, settle
from tests.sockets import Watcher

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = {"deck_seed", "dealt_cards", "hidden", "deck", "pile", "asked", "awaiting", "seed"}


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.COMPUTER_PAUSE_SECONDS = 0.0
    loose = dict.fromkeys(("table_commands", "table_messages", "reads"), "100000/1")
    settings.LIMITS = settings.LIMITS | loose


class Player(Watcher):
    """A person at a table who keeps every text that the socket sends."""

    def __init__(self, communicator):
        super().__init__(communicator)
        self.texts = []
        self.table = None

    async def message(self):
        event = await self.communicator.receive_output(5)
        if event["type"] == "websocket.close":
            return {"type": "closed", "code": event["code"]}
        self.texts.append(event["text"])
        message = json.loads(event["text"])
        if message["type"] == "table":
            self.table = message
        return message

    async def ask(self, cmd, arg=None):
        await self.say(json.dumps({"cmd": cmd, "arg": arg}))
        while (message := await self.message())["type"] not in ("ok", "refused", "closed"):
            pass
        return message

    async def say(self, text):
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def when(self, true):
        """Return the table as soon as `true` holds of it."""
        async with asyncio.timeout(10):
            while self.table is None or not true(self.table):
                message = await self.message()
                assert message["type"] in ("table", "ping"), message
        return self.table


@asynccontextmanager
async def sitting(code, user=None, **headers):
    from segfault_site.asgi import application

    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    if user is not None:
        lines.append((b"cookie", await sync_to_async(cookie_of)(user)))
    communicator = WebsocketCommunicator(application, f"/golf/rooms/{code}/live", headers=lines)
    accepted, _ = await communicator.connect(5)
    assert accepted
    try:
        yield Player(communicator)
    finally:
        await communicator.disconnect()


def cookie_of(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


@asynccontextmanager
async def hosting():
    """A host that works in a thread, as one in a process of its own does."""
    stopped = asyncio.Event()
    host = Host(shards=0)

    async def work():
        while not stopped.is_set():
            await sync_to_async(host.turn)()
            await asyncio.sleep(min(0.02, host.seconds_to_next()))

    task = asyncio.create_task(work())
    try:
        yield host
    finally:
        stopped.set()
        await task


def room_of(ada, bob, computers=1, begun=True, **options):
    people = [Person(ada), Person(bob)]
    room = opened(*people, computers=computers, **options)
    if begun:
        people[0].done(f"/{room.code}/start")
        settle_all()
    return room


def settle_all():
    host = Host(shards=0)
    settle(host)
    host.let_go()


async def test_a_whole_game_shows_each_player_no_hidden_card_no_seed_and_no_deck(ada, bob):
    rules = {"flip_mode": "endgame", "flip_as_action": True, "knock_early": True}
    room = await sync_to_async(room_of)(ada, bob, begun=False, num_rounds=2, rules=rules)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hosting())
        players = [await stack.enter_async_context(sitting(room.code, user)) for user in (ada, bob)]
        assert (await players[0].ask("START"))["type"] == "ok"
        await asyncio.gather(*(play(player) for player in players))
    lines = await sync_to_async(lambda: list(reading.entries(fresh(room.shard))))()
    assert lines[-1]["snapshot"]["phase"] == "game_over"
    for player, user in zip(players, (ada, bob), strict=True):
        seat = await sync_to_async(rooms.seat_of)(user, room)
        check_texts(player.texts, str(seat.pk), lines)


def fresh(shard):
    return ReplayShard.objects.get(pk=shard.pk)


async def play(player):
    """Make the first possible move whenever there is one, until the game is over."""
    asked = None
    async with asyncio.timeout(60):
        while True:
            table = player.table
            if table and table["view"] and table["view"]["moves"] and table["tick"] != asked:
                asked = table["tick"]
                name, arg = table["view"]["moves"][-1 if asked % 3 else 0]
                if name != "CANCEL":
                    await player.say(json.dumps({"cmd": name, "arg": arg}))
                else:
                    name, arg = table["view"]["moves"][0]
                    await player.say(json.dumps({"cmd": name, "arg": arg}))
            message = await player.message()
            if message["type"] == "ended":
                assert (await player.message()) == {"type": "closed", "code": 1000}
                return
            assert message["type"] in ("table", "ok", "refused", "ping"), message


def check_texts(texts, mine, lines):
    """Hold every text that was sent against what lay open at that tick."""
    tables = [json.loads(text) for text in texts if text.startswith('{"type":"table"')]
    dealt = [line["snapshot"]["hidden"]["deck_seed"] for line in lines]
    seeds = {str(seed) for seed in dealt if seed}
    assert len(seeds) == 2, "one of each round"
    seen = {table["tick"] for table in tables}
    assert {line["tick"] for line in lines if line["tick"] > 4} <= seen, "each event was told"
    for text in texts:
        assert not SECRETS & set(re.findall(r'"(\w+)":', text)), text
        assert not [seed for seed in seeds if seed in text], text
    for table in tables:
        if table["view"] is None:
            continue
        truth = lines[table["tick"]]["snapshot"]
        check_view(table["view"], truth, mine)


def check_view(view, truth, mine):
    assert view["you"] == mine
    for shown, real in zip(view["players"], truth["players"], strict=True):
        for card, dealt in zip(shown["cards"], real["cards"], strict=True):
            if dealt["face_up"]:
                assert (card["rank"], card["suit"]) == (dealt["rank"], dealt["suit"])
            else:
                assert card["rank"] is card["suit"] is None
    held = truth["drawn_card"] and truth["drawn_from"] == "deck"
    if held and truth["current_player_id"] != mine:
        assert view["drawn_card"]["rank"] is None
        assert view["event"]["data"].get("card") is None
        rank, suit = truth["drawn_card"]["rank"], truth["drawn_card"]["suit"]
        assert f"{rank} of {suit}" not in view["words"]
        assert all(f"{rank}{sign}" not in view["words"] for sign in "♥♦♣♠")


async def test_a_player_is_sent_the_table_at_once_and_again_when_the_line_drops(ada, bob):
    room = await sync_to_async(room_of)(ada, bob)
    before = None
    for _ in range(3):
        async with sitting(room.code, bob) as player:
            table = await player.message()
            assert table["type"] == "table"
            assert [seat["you"] for seat in table["room"]["seats"]] == [False, True, False]
            assert table["room"]["seats"][1]["connected"] is True
            assert table["room"]["phase"] == table["view"]["phase"] == "initial_flip"
            assert before in (None, table["view"])
            before = table["view"]


async def test_before_the_game_there_is_a_room_and_no_view(ada, bob):
    room = await sync_to_async(room_of)(ada, bob, begun=False)
    async with sitting(room.code, ada) as player:
        table = await player.message()
        assert (table["room"]["phase"], table["view"], table["tick"]) == ("waiting", None, None)
        assert [seat["name"] for seat in table["room"]["seats"][:2]] == ["ada", "bob"]


async def test_what_changes_around_the_table_is_told(ada, bob, eve):
    room = await sync_to_async(room_of)(ada, bob, begun=False)
    async with sitting(room.code, ada) as player:
        await player.message()
        await done(eve, f"/{room.code}/join")
        await player.when(lambda table: len(table["room"]["seats"]) == 4)
        await done(ada, f"/{room.code}/settings", delay_seconds=9)
        await player.when(lambda table: table["room"]["delay_seconds"] == 9)
        async with sitting(room.code, bob) as other:
            await other.message()
            await player.when(lambda table: table["room"]["seats"][1]["connected"])
        await player.when(lambda table: not table["room"]["seats"][1]["connected"])


async def done(user, address, **body):
    await sync_to_async(lambda: Person(user).done(address, **body))()


async def test_a_command_is_answered_and_a_refusal_says_why(ada, bob):
    room = await sync_to_async(room_of)(ada, bob)
    async with hosting(), sitting(room.code, ada) as player:
        await player.message()
        refused = await player.ask("DRAW", "deck")
        assert refused["type"] == "refused"
        assert "first cards are being turned up" in refused["detail"]
        assert "Event" not in refused["detail"]
        for text in ("", "{", "[]", '{"cmd":1}', '{"cmd":"FLIP","arg":[0,1],"x":1}', '"\\ud800"'):
            await player.say(text)
            while (message := await player.message())["type"] == "table":
                pass
            assert message["type"] == "refused", text
            assert message["detail"].endswith(".")
        asked = time.monotonic()
        assert await player.ask("FLIP", [0, 1]) == {"type": "ok"}
        await player.when(lambda table: table["view"]["event"]["type"] == "initial_flip")
        assert time.monotonic() - asked < 1.0


async def test_too_many_commands_a_second_are_refused_and_a_flood_is_closed(ada, bob, settings):
    room = await sync_to_async(room_of)(ada, bob)
    settings.LIMITS = settings.LIMITS | {"table_commands": "2/5", "table_messages": "6/10"}
    async with sitting(room.code, ada) as player:
        await player.message()
        answers = [await player.ask("SKIP") for _ in range(4)]
        assert "too fast" in answers[-1]["detail"]
        for _ in range(4):
            await player.say("{}")
        assert (await player.until("closed"))["code"] == 4029


@pytest.mark.parametrize("who", ["nobody", "eve", "reader"])
async def test_without_a_seat_there_is_nothing_here(ada, bob, eve, who):
    room = await sync_to_async(room_of)(ada, bob)
    reader = await sync_to_async(tokens.make_token)(bob, "read")
    ways = {
        "nobody": {},
        "eve": {"user": eve},
        "reader": {"Authorization": f"Bearer {reader}"},
    }
    for code in (room.code, "ZZZZZ"):
        async with sitting(code, **ways[who]) as player:
            assert await player.message() == {"type": "closed", "code": 4004}


async def test_a_page_from_elsewhere_cannot_open_the_socket(ada, bob):
    from segfault_site.asgi import application

    room = await sync_to_async(room_of)(ada, bob)
    headers = [(b"origin", b"https://elsewhere.example"), (b"host", b"testserver")]
    headers.append((b"cookie", await sync_to_async(cookie_of)(ada)))
    socket = WebsocketCommunicator(application, f"/golf/rooms/{room.code}/live", headers=headers)
    accepted, _ = await socket.connect(5)
    assert not accepted


async def test_a_token_that_is_revoked_loses_its_socket(ada, bob, monkeypatch):
    monkeypatch.setattr("play.presence.VOUCH_SECONDS", 0.1)
    room = await sync_to_async(room_of)(ada, bob)
    token = await sync_to_async(tokens.make_token)(ada, "play")
    async with sitting(room.code, Authorization=f"Bearer {token}") as player:
        assert (await player.message())["type"] == "table"
        await AccessToken.objects.aupdate(revoked_at=timezone.now())
        assert (await player.until("closed"))["code"] == 4004


@pytest.mark.parametrize("fate", ["hidden", "banned", "left"])
async def test_who_may_be_there_no_more_is_let_go(ada, bob, fate):
    room = await sync_to_async(room_of)(ada, bob)
    async with sitting(room.code, bob) as player:
        await player.message()
        if fate == "hidden":
            await ReplayShard.objects.aupdate(hidden_at=timezone.now())
        elif fate == "banned":
            bob.is_active = False
            await bob.asave()
        else:
            await player.ask("LEAVE")
        assert (await player.until("closed"))["code"] == 4004


async def test_who_comes_after_the_end_is_shown_the_last_table(ada, bob):
    room = await sync_to_async(room_of)(ada, bob, computers=0)
    await sync_to_async(lambda: Person(bob).post(f"/{room.code}/leave"))()
    await sync_to_async(settle_all)()
    async with sitting(room.code, ada) as player:
        table = await player.message()
        assert table["view"]["phase"] == table["room"]["phase"] == "game_over"
        assert (await player.message())["type"] == "ended"
        assert await player.message() == {"type": "closed", "code": 1000}


async def test_a_player_who_is_connected_is_vouched_for_and_then_no_more(ada, bob):
    room = await sync_to_async(room_of)(ada, bob)
    async with sitting(room.code, ada) as player:
        await player.message()
        assert await connected(ada) is True
    async with asyncio.timeout(3):
        while await connected(ada):
            await asyncio.sleep(0.05)


async def connected(user):
    return (await Seat.objects.aget(user=user)).connected


async def test_two_sockets_of_one_seat_are_one_player(ada, bob):
    room = await sync_to_async(room_of)(ada, bob)
    async with sitting(room.code, ada) as one:
        await one.message()
        async with sitting(room.code, ada) as another:
            await another.message()
        await asyncio.sleep(0.4)
        assert await connected(ada) is True
        assert await Room.objects.acount() == 1


async def test_a_browser_hears_the_close_code_from_the_real_server(ada, bob, live_site):
    room = await sync_to_async(room_of)(ada, bob, computers=0)
    address = live_site.replace("http", "ws") + f"/golf/rooms/{room.code}/live"
    async with websockets.connect(address) as nobody:
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(nobody.recv(), 2)
        assert nobody.close_code == 4004
    token = await sync_to_async(tokens.make_token)(ada, "play")
    bearer = {"Authorization": f"Bearer {token}"}
    async with websockets.connect(address, additional_headers=bearer) as player:
        assert json.loads(await player.recv())["type"] == "table"
        await sync_to_async(lambda: Person(bob).post(f"/{room.code}/leave"))()
        await sync_to_async(settle_all)()
        async with asyncio.timeout(5):
            texts = [text async for text in player]
        assert json.loads(texts[-1])["type"] == "ended"
        assert player.close_code == 1000
