"""A process is told each tick over one socket, wherever it goes, and nothing that is hidden."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from play.host import Host
from play.models import LiveShard, Seat
from replays import recording
from replays.models import ReplayShard
from spectate import watching
from tests.sockets import WAIT_SECONDS
from tests.test_host import turns
from tests.test_process_api import Player, put

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/process/live"
OUR_PAGE = [(b"host", b"localhost"), (b"origin", b"http://localhost")]


@pytest.fixture
def host(settings, transactional_db):
    """A host of one shard in which nobody plays yet, and which does not run out."""
    settings.SEGFAULT_COMPUTER_PLAYERS = 0
    settings.EMPTY_SHARD_TICKS = 1000
    host = Host(shards=1)
    turns(host, 2)
    return host


@pytest.fixture
def process(host):
    player = Player(Client())
    turns(host, 1)
    player.shard_id = player.seat.shard_id
    return player


class Socket:
    """A client of the wire; `raw` is everything that came, as it came."""

    def __init__(self, communicator):
        self.communicator = communicator
        self.raw = []

    async def say(self, **message):
        await self.communicator.send_to(json.dumps(message))

    async def message(self):
        """Return the next message, or the close as its code."""
        event = await self.communicator.receive_output(WAIT_SECONDS)
        if event["type"] == "websocket.close":
            return event["code"]
        self.raw.append(event["text"])
        return json.loads(event["text"])

    async def state(self):
        """Return the next state, past all that has a type."""
        async with asyncio.timeout(3 * WAIT_SECONDS):
            while "type" in (message := await self.message()):
                pass
        return message

    async def until(self, kind):
        async with asyncio.timeout(3 * WAIT_SECONDS):
            while (message := await self.message()).get("type") != kind:
                pass
        return message


@asynccontextmanager
async def opened(token=None, *, headers=OUR_PAGE, **more):
    """Open a socket and say whose it is; leave at the end."""
    from segfault_site.asgi import application

    communicator = WebsocketCommunicator(application, ADDRESS, headers=headers)
    accepted, _ = await communicator.connect(WAIT_SECONDS)
    assert accepted
    socket = Socket(communicator)
    try:
        if token is not None:
            await socket.say(token=token, **more)
        yield socket
    finally:
        await communicator.disconnect()


step = sync_to_async(turns)
lay_out = sync_to_async(put)


async def test_the_socket_says_at_once_what_the_state_says_and_again_at_each_tick(host, process):
    async with opened(process.token) as socket:
        first = await socket.state()
        asked = await sync_to_async(process.state)()
        assert {**first, "next_tick_in_ms": 0} == {**asked, "next_tick_in_ms": 0}
        for _ in range(3):
            await step(host, 1)
            told, asked = await socket.state(), await sync_to_async(process.state)()
            assert told["tick"] == asked["tick"]
            assert told["grid"] == asked["grid"]
            assert list(told) == list(asked)


@pytest.fixture
def nobody_hunts(monkeypatch):
    monkeypatch.setattr("games.segfault.rules.hunt", lambda state, rng: None)


async def test_each_tick_comes_once_and_in_order_over_seals_and_bursts(host, process, nobody_hunts):
    async with opened(process.token) as socket:
        first = (await socket.state())["tick"]
        for count in (1, 30, 1, 80):
            await step(host, count)
            await asyncio.sleep(0.05)
        told = [(await socket.state())["tick"] for _ in range(112)]
        assert told == list(range(first + 1, first + 113))


async def test_each_event_comes_once_and_those_of_a_dropped_line_come_later(host, process):
    await lay_out(host, process, (0, 0))
    async with opened(process.token) as socket:
        await socket.state()
        await socket.say(cmd="BROADCAST", arg="one")
        assert (await socket.until("answer"))["status"] == "ok"
        await step(host, 2)
        events = [event for _ in range(2) for event in (await socket.state())["events"]]
        assert [e["message"] for e in events if e["kind"] == "broadcast"] == ["[BCAST] one"]
    last = events[-1]["id"]
    await sync_to_async(process.ask)("BROADCAST", "two")
    await step(host, 2)
    async with opened(process.token, after=last) as socket:
        heard = (await socket.state())["events"]
        assert [e["message"] for e in heard if e["kind"] == "broadcast"] == ["[BCAST] two"]
        assert all(event["id"] > last for event in heard)


async def test_a_command_over_the_socket_is_one_like_any_other(host, process):
    await lay_out(host, process, (4, 4))
    async with opened(process.token) as socket:
        await socket.state()
        await socket.say(cmd="MOVE", arg="9")
        assert await socket.message() == {
            "type": "answer", "status": "ok", "cmd": "MOVE", "arg": "9",
        }  # fmt: skip
        state = await sync_to_async(process.state)()
        assert state["buffered"] == {"cmd": "MOVE", "arg": "9"}
        await step(host, 1)
        assert (await socket.state())["buffered"] is None
        assert host.playing[process.shard_id].snapshot["processes"][0]["pos"] == [5, 3]


@pytest.mark.parametrize(
    "body",
    ['{"cmd":"MOVE","arg":"²"}', '{"cmd":"FLY"}', "{}", "[]", "not JSON", '{"cmd":"MOVE","x":1}'],
)
async def test_a_bad_command_is_answered_with_its_reason_and_changes_nothing(host, process, body):
    async with opened(process.token) as socket:
        await socket.state()
        await socket.communicator.send_to(body)
        answer = await socket.message()
        assert (answer["type"], answer["status_code"]) == ("answer", 400)
        assert answer["detail"].endswith(".")
        await step(host, 1)
        assert (await socket.state())["status"] is None


async def test_the_answer_says_when_commands_come_too_fast(host, process, settings):
    settings.LIMITS = settings.LIMITS | {"process_commands": "2/60"}
    async with opened(process.token) as socket:
        await socket.state()
        for _ in range(3):
            await socket.say(cmd="IDLE")
        answers = [await socket.message() for _ in range(3)]
        assert [answer.get("status_code", 200) for answer in answers] == [200, 200, 429]


async def test_the_socket_follows_through_a_ghost_gate(host, process):
    gates = [("stable", (9, 0)), ("ghost", (1, 0))]
    await lay_out(host, process, (1, 1), gates=gates)
    async with opened(process.token) as socket:
        await socket.state()
        await socket.say(cmd="MOVE", arg="8")
        await socket.until("answer")
        await step(host, 1)
        passing = await socket.state()
        assert (passing["status"], passing["tick"]) == ("transferred", None)
        said = [event["message"] for event in passing["events"]]
        assert "[WARN]: TRANSFER COMPLETE - DESTINATION UNKNOWN." in said
        await step(host, 1)
        entered = await socket.state()
        assert entered["status"] is None
        assert [0, 0] in entered["visible"]
        await step(host, 2)
        ticks = [(await socket.state())["tick"] for _ in range(2)]
        assert ticks == [entered["tick"] + 1, entered["tick"] + 2]
        await socket.say(cmd="IDLE")
        assert (await socket.until("answer"))["status"] == "ok"


async def test_who_escapes_is_told_and_then_where_the_replay_shows_it(host, process):
    await lay_out(host, process, (1, 1), gates=[("stable", (1, 0))])
    async with opened(process.token) as socket:
        await socket.state()
        await socket.say(cmd="MOVE", arg="8")
        await socket.until("answer")
        await step(host, 3)
        left = await socket.state()
        assert (left["status"], left["next_tick_in_ms"]) == ("escaped", None)
        shard = await ReplayShard.objects.aget(pk=process.shard_id)
        await end(host, shard)
        ended = await socket.message()
        assert ended == {
            "type": "ended",
            "status": "escaped",
            "tick": left["tick"],
            "replay": f"/replay?shard={shard.pk}&tick={left['tick']}",
            "place": [1, 0],
            "reason": None,
        }
        assert await socket.message() == 1000
    async with opened(process.token) as again:
        assert (await again.message())["status"] == "escaped"
        assert (await again.message())["replay"] == ended["replay"]
        assert await again.message() == 1000


async def end(host, shard):
    """End a shard as its host would, had everybody gone."""

    def close():
        del host.playing[shard.pk]
        LiveShard.objects.filter(pk=shard.pk).delete()
        recording.finalize(ReplayShard.objects.get(pk=shard.pk))

    await sync_to_async(close)()


async def killed(host, process, socket):
    await lay_out(host, process, (1, 1), danger=(2, 2))
    await socket.state()
    for _ in range(30):
        await step(host, 1)
        if (state := await socket.state())["status"]:
            return state
    raise AssertionError("nobody was killed in 30 ticks")


async def test_who_is_killed_is_told_and_why_once_the_shard_is_over(host, process):
    async with opened(process.token) as socket:
        state = await killed(host, process, socket)
        assert state["status"] == "dead"
        await socket.say(cmd="MOVE", arg="8")
        assert (await socket.until("answer"))["error_code"] == "PROCESS_GONE"
        await end(host, await ReplayShard.objects.aget(pk=process.shard_id))
        ended = await socket.until("ended")
        assert (ended["status"], ended["tick"]) == ("dead", state["tick"])
        assert ended["reason"] in ("los", "patrol", "watchdog")
        assert len(ended["place"]) == 2


async def test_a_hidden_shard_is_played_to_its_end_and_shows_no_replay(host, process):
    async with opened(process.token) as socket:
        await socket.state()
        shards = ReplayShard.objects.filter(pk=process.shard_id)
        await shards.aupdate(hidden_at=timezone.now())
        await asyncio.sleep(0.3)
        await step(host, 1)
        assert (await socket.state())["status"] is None
        await lay_out(host, process, (1, 1), gates=[("stable", (1, 0))])
        await socket.say(cmd="MOVE", arg="8")
        await socket.until("answer")
        await step(host, 1)
        await end(host, await shards.aget())
        ended = await socket.until("ended")
        assert (ended["replay"], ended["place"]) == (None, None)


async def test_nothing_on_the_wire_that_a_process_may_not_know(host, process):
    """Read raw, from the first byte to the death; another process stands beside this one."""
    other = await sync_to_async(Player)(await sync_to_async(Client)())
    await step(host, 1)
    mine, theirs = (
        await Seat.objects.aget(pk=process.process_id),
        await sync_to_async(lambda: other.seat)(),
    )
    playing = host.playing[mine.shard_id]

    def lay():
        put(host, process, (3, 3), danger=(5, 5), gates=[("stable", (4, 3)), ("ghost", (3, 2))])
        beside = playing.state.processes[0].__class__(
            str(theirs.pk), theirs.name, playing.state.board.grid.tile(2, 3)
        )
        playing.state.processes.append(beside)

    await sync_to_async(lay)()
    async with opened(process.token) as socket:
        await socket.state()
        await socket.say(cmd="SAY", arg="who is there?")
        await socket.until("answer")
        for _ in range(4):
            await step(host, 1)
            state = await socket.state()
            if state["status"]:
                break
        raw = "\n".join(socket.raw)
    assert "PROC" in raw
    for secret in (
        str(mine.pk), str(theirs.pk), str(mine.shard_id), mine.name, theirs.name, process.token,
        "stable", "ghost", "target", "watchdog_", "call_sign", "path", "seed",
    ):  # fmt: skip
        assert secret not in raw
    for text in socket.raw:
        message = json.loads(text)
        for key in ("gates", "other_processes"):
            assert all(place in message["visible"] for place in message.get(key, []))
        if message.get("defragger"):
            assert message["defragger"] in message["visible"]


async def test_two_sockets_of_one_process_share_a_feed_and_are_told_alike(host, process):
    from spectate.feeds import here

    async with opened(process.token) as one, opened(process.token) as another:
        await one.state(), await another.state()
        await step(host, 2)
        told = [[(await s.state())["tick"] for _ in range(2)] for s in (one, another)]
        assert told[0] == told[1]
        assert len(here()._feeds) == 1


async def test_players_do_not_count_as_spectators(host, process):
    async with opened(process.token) as socket:
        await socket.state()
        await asyncio.sleep(1.5)
        shard = await ReplayShard.objects.aget(pk=process.shard_id)
        assert await sync_to_async(watching.spectators)(shard) == 0


@pytest.mark.parametrize(
    "first", ['{"token":"unknown"}', '{"token":7}', "{}", "nonsense", '{"cmd":"MOVE","arg":"7"}']
)
async def test_without_the_token_of_a_process_a_socket_is_closed(host, first):
    async with opened() as socket:
        await socket.communicator.send_to(first)
        assert await socket.message() == 4001


async def test_a_socket_that_never_says_whose_it_is_is_closed(host, monkeypatch):
    monkeypatch.setattr("play.live.TOKEN_SECONDS", 0.1)
    async with opened() as socket:
        assert await socket.message() == 4001


async def test_a_token_in_the_query_opens_nothing(host, process, monkeypatch):
    from segfault_site.asgi import application

    monkeypatch.setattr("play.live.TOKEN_SECONDS", 0.1)
    address = f"{ADDRESS}?token={process.token}"
    communicator = WebsocketCommunicator(application, address, headers=OUR_PAGE)
    await communicator.connect(WAIT_SECONDS)
    assert (await communicator.receive_output(WAIT_SECONDS))["code"] == 4001
    await communicator.disconnect()


async def test_unknown_tokens_cannot_be_tried_without_end(host, settings):
    settings.LIMITS = settings.LIMITS | {"process_misses": "2/60"}
    codes = []
    for _ in range(3):
        async with opened("unknown") as socket:
            codes.append(await socket.message())
    assert codes == [4001, 4001, 4029]


async def test_pages_of_other_sites_open_no_socket(host):
    from segfault_site.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", b"https://evil.example")]
    communicator = WebsocketCommunicator(application, ADDRESS, headers=headers)
    accepted, _ = await communicator.connect(WAIT_SECONDS)
    assert not accepted


async def test_who_sends_too_much_is_let_go(host, process):
    async with opened(process.token) as socket:
        await socket.state()
        for _ in range(20):
            await socket.say(cmd="IDLE")
        async with asyncio.timeout(WAIT_SECONDS):
            while (message := await socket.message()) != 4029:
                assert message["type"] == "answer"
    async with opened() as socket:
        await socket.communicator.send_to("x" * 70_000)
        assert await socket.message() == 4029


async def test_a_site_with_a_key_lets_in_who_knows_it(host, process, settings):
    settings.SEGFAULT_API_KEY = "let me play"
    async with opened(process.token) as socket:
        assert await socket.message() == 4001
    async with opened(process.token, headers=[*OUR_PAGE, (b"x-api-key", b"let me play")]) as socket:
        assert (await socket.message())["status"] is None


async def test_a_game_that_is_not_recorded_is_told_too(settings, transactional_db):
    settings.SEGFAULT_REPLAY_LOGGING = False
    settings.EMPTY_SHARD_TICKS = 1000
    host = Host(shards=1)
    await step(host, 2)
    process = await sync_to_async(Player)(await sync_to_async(Client)())
    await step(host, 1)
    async with opened(process.token) as socket:
        first = await socket.state()
        assert first["visible"]
        await step(host, 1)
        assert (await socket.state())["tick"] > first["tick"]
