"""The crowd talks: who may say what, who hears it, what stays of it, and who may take it away."""

import asyncio
import json
import re
import time
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from games.game import Refused
from play.models import LiveShard, PendingCommand, Seat
from replays import recording, sharing
from replays.models import ReplayShard
from replays.tokens import make_token
from spectate import chat, chats
from spectate.chat import Author, plain
from spectate.models import ChatLine, Silence
from tests.chromium import accessibility_violations
from tests.conftest import count_up
from tests.sockets import Watcher, append, watching

real = pytest.mark.django_db(transaction=True)
BY_ADA = Author("ada", guest="a-key")


class Talker(Watcher):
    """A client of the chat's wire."""

    async def say(self, text: str) -> None:
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def line(self) -> dict:
        """Return the next line that is heard."""
        return (await self.until("lines"))["lines"][-1]


@asynccontextmanager
async def talking(path: str, user=None, **headers):
    if user is not None:
        headers["Cookie"] = await sync_to_async(cookie_of)(user)
    async with watching(path, headers) as watcher:
        yield watcher


def cookie_of(user) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def talker(watcher: Watcher) -> Talker:
    return Talker(watcher.communicator)


def of(shard: ReplayShard) -> str:
    return f"/replays/{shard.pk}/chat"


# What may be said


@pytest.mark.parametrize(
    "text", ["hello", "  spaced  ", "x" * 256, "שלום", "👩‍🚀 go", "a\u2067b\u2069c", "<b>&"]
)
def test_a_line_of_text_is_kept_as_it_is(text):
    assert plain(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "   ", "x" * 257, "a\nb", "a\tb", "a\0b", "a\x1b[31m", "a\u2028b", "\u200b\u200d",
     "a\u202eb", "a\u202e\u202cb\u202c", "a\u2066b", "a\u2066\u202eb\u2069", "\ud800", "\ue000"],
)  # fmt: skip
def test_what_could_harm_a_page_or_a_reader_is_refused(text):
    with pytest.raises(Refused):
        plain(text)


# Live


@real
async def test_what_one_says_all_who_watch_hear_at_once_with_name_tick_and_time(record, ada):
    shard = await sync_to_async(record)(7, live=True)
    async with talking(of(shard), ada) as a, talking(of(shard)) as b:
        hello = await a.message()
        assert hello == {
            "type": "hello", "name": "ada", "guest": False, "kept": True, "can_write": True,
            "may_delete": False, "silenced": None,
        }  # fmt: skip
        stranger = await b.message()
        assert stranger["guest"]
        assert re.fullmatch("guest-[0-9a-f]{6}", stranger["name"])
        before = time.time() * 1000
        await talker(a).say(" Look at that! ")
        heard = [await talker(one).line() for one in (a, b)]
        assert heard[0] == heard[1]
        line = heard[0]
        assert (line["author"], line["guest"], line["tick"]) == ("ada", False, 6)
        assert line["message"] == "Look at that!"
        assert before - 1000 < line["timestamp_ms"] < before + 5000
        assert line.keys() == {"id", "tick", "author", "guest", "message", "timestamp_ms"}


@real
async def test_who_joins_is_told_the_last_fifty_lines(record):
    shard = await sync_to_async(record)(3, live=True)
    for number in range(60):
        await sync_to_async(chat.say)(BY_ADA, shard.pk, f"line {number}")
    for _ in range(2):
        async with talking(of(shard)) as client:
            lines = (await client.until("lines"))["lines"]
            assert [line["message"] for line in lines] == [f"line {n}" for n in range(10, 60)]


@real
async def test_a_line_that_another_process_stored_is_heard_soon(record):
    shard, other = await sync_to_async(record)(3, live=True), await sync_to_async(record)(3)
    async with talking(of(shard)) as client:
        await client.message()
        await sync_to_async(ChatLine.objects.create)(shard=other, tick=0, author="x", message="no")
        await sync_to_async(chat.say)(BY_ADA, shard.pk, "from afar")
        assert (await talker(client).line())["message"] == "from afar"


@real
async def test_a_line_whose_commit_came_late_is_heard_too(record):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as client:
        await client.message()
        await sync_to_async(chat.say)(BY_ADA, shard.pk, "first")
        await talker(client).line()
        early = timezone.now() - timezone.timedelta(seconds=3)
        late = {"author": "x", "message": "late", "at": early, "changed_at": early}
        await sync_to_async(ChatLine.objects.create)(shard=shard, tick=0, **late)
        assert (await talker(client).line())["message"] == "late"


@real
async def test_a_text_is_encoded_once_for_all_who_listen(record, monkeypatch):
    from spectate import chat_live

    shard = await sync_to_async(record)(3, live=True)
    encoded = []
    lines = chat_live.ViewerWords.lines
    count = lambda self, told: encoded.append(1) or lines(self, told)  # noqa: E731
    async with talking(of(shard)) as a, talking(of(shard)) as b, talking(of(shard)) as c:
        for one in (a, b, c):
            await one.message()
        monkeypatch.setattr(chat_live.ViewerWords, "lines", count)
        await sync_to_async(chat.say)(BY_ADA, shard.pk, "once")
        for one in (a, b, c):
            await talker(one).line()
    assert len(encoded) == 1


@real
async def test_five_lines_in_ten_seconds_are_enough(record, ada):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard), ada) as one, talking(of(shard), ada) as other:
        await one.message()
        await other.message()
        for number in range(5):
            await talker(one).say(f"{number}")
            await talker(one).line()
        await talker(other).say("another")
        refused = await other.until("refused")
        assert re.match(r"Not so fast: wait \d+ s\.", refused["detail"])
    assert await ChatLine.objects.acount() == 5


@real
async def test_what_is_not_taken_is_refused_to_who_said_it_alone(record):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as one, talking(of(shard)) as other:
        await one.message()
        await other.message()
        await talker(one).say("x" * 257)
        assert "at most 256" in (await one.until("refused"))["detail"]
        await talker(one).say("pong")
        await talker(one).say("good")
        assert (await talker(other).line())["message"] == "good"
    assert await ChatLine.objects.acount() == 1


@real
async def test_who_says_far_too_much_is_let_go(record):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as client:
        await client.message()
        for _ in range(21):
            await talker(client).say("again")
        assert (await client.until("closed"))["code"] == 4029


@real
async def test_a_token_that_reads_cannot_write_and_one_that_plays_can(record, ada):
    shard = await sync_to_async(record)(3, live=True)
    for scope, may in (("read", False), ("play", True)):
        token = await sync_to_async(make_token)(ada, scope)
        async with talking(of(shard), Authorization=f"Bearer {token}") as client:
            assert (await client.message())["can_write"] is may
            await talker(client).say("hi")
            assert (await client.until("lines" if may else "refused"))["type"]


@real
async def test_where_guests_may_not_write_they_still_hear(record, settings):
    settings.CHAT_GUESTS = False
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as client:
        assert (await client.message())["can_write"] is False
        await talker(client).say("hi")
        assert (await client.until("refused"))["detail"] == "Sign in to write here."


@real
async def test_a_guest_keeps_the_name_as_long_as_the_session(record):
    shard = await sync_to_async(record)(3, live=True)
    browser = Client()
    name = (await sync_to_async(browser.post)("/chat/guest")).json()["name"]
    assert (await sync_to_async(browser.post)("/chat/guest")).json()["name"] == name
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    for _ in range(2):
        async with talking(of(shard), Cookie=cookie) as client:
            hello = await client.message()
            assert (hello["name"], hello["kept"]) == (name, True)


# Who may listen


@real
async def test_a_hidden_shard_hides_its_chat_and_closes_it(record):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as client:
        await client.message()
        await ReplayShard.objects.filter(pk=shard.pk).aupdate(hidden_at=timezone.now())
        async with asyncio.timeout(5):
            assert (await client.until("closed"))["code"] == 4004
    async with talking(of(shard)) as client:
        assert (await client.message())["code"] == 4004


@real
async def test_a_revoked_link_closes_the_chat_that_it_opened(record, ada):
    shard = await sync_to_async(record)(3, live=True, owner=ada, visibility="private")
    link = await sync_to_async(sharing.make_share)(shard, ada)
    async with talking(of(shard)) as client:
        assert (await client.message())["code"] == 4004
    async with talking(f"/replay/{link.code}/chat") as client:
        assert (await client.message())["type"] == "hello"
        await talker(client).say("through a link")
        await talker(client).line()
        await sync_to_async(sharing.revoke)(link)
        async with asyncio.timeout(5):
            assert (await client.until("closed"))["code"] == 4004


@real
async def test_the_chat_closes_with_the_shard_and_can_still_be_read(record):
    shard = await sync_to_async(record)(3, live=True)
    async with talking(of(shard)) as client:
        await client.message()
        await talker(client).say("the end")
        await talker(client).line()
        await sync_to_async(recording.finalize)(shard)
        assert (await client.until("closed"))["code"] == 1000
    async with talking(of(shard)) as client:
        assert (await talker(client).line())["message"] == "the end"
        assert (await client.until("closed"))["code"] == 1000
    with pytest.raises(Refused, match="has ended"):
        await sync_to_async(chat.say)(BY_ADA, shard.pk, "too late")


@real
async def test_who_does_not_read_is_let_go_and_keeps_nobody_waiting(settings):
    settings.SOCKET_SEND_SECONDS = 0.2
    codes = []

    async def never(event):
        await asyncio.sleep(60)

    deaf = chats.Listener(chats.Way(), never, codes.append)
    for _ in range(chats.MOST_WAITING + 2):
        deaf.hear({"type": "websocket.send", "text": "x"})
    assert codes == [4008]
    slow = chats.Listener(chats.Way(), never, codes.append)
    slow.hear({"type": "websocket.send", "text": "x"})
    await asyncio.sleep(0.4)
    assert codes == [4008, 4008]
    deaf.left()


# The original's chat


@real
async def test_the_originals_chat_is_that_of_all_public_shards_of_segfault(played, record, ada):
    shard = await sync_to_async(played)(3, live=True)
    private = await sync_to_async(played)(3, live=True, owner=ada, visibility="private")
    other = await sync_to_async(record)(3, live=True)
    await sync_to_async(chat.say)(BY_ADA, shard.pk, "before")
    async with talking("/chat/ws", ada) as lobby, talking(of(shard)) as client:
        await client.message()
        first = json.loads((await lobby.communicator.receive_output(5))["text"])
        assert first.keys() == {"author", "message", "timestamp_ms"}
        assert first["message"] == "before"
        await sync_to_async(chat.say)(BY_ADA, private.pk, "secret")
        await sync_to_async(chat.say)(BY_ADA, other.pk, "elsewhere")
        await sync_to_async(chat.say)(BY_ADA, shard.pk, "here")
        await talker(lobby).say("to all")
        heard = []
        while len(heard) < 2:
            heard.append(json.loads((await lobby.communicator.receive_output(5))["text"]))
        assert {line["message"] for line in heard} == {"here", "to all"}
        assert {line["author"] for line in heard} == {"ada"}
    line = await ChatLine.objects.aget(message="to all")
    assert (line.shard_id, line.tick) == (None, None)


@real
async def test_the_originals_chat_pings_every_thirty_seconds_or_so(db, monkeypatch):
    monkeypatch.setattr(chats, "PING_SECONDS", 0.2)
    monkeypatch.setattr(chats, "RECHECK_SECONDS", 0.1)
    async with talking("/chat/ws") as lobby:
        assert await lobby.message() == {"type": "ping"}
        assert await lobby.message() == {"type": "ping"}


@real
async def test_the_originals_chat_asks_for_the_key_where_there_is_one(db, settings):
    settings.SEGFAULT_API_KEY = "a key"
    async with talking("/chat/ws") as lobby:
        assert (await lobby.message())["code"] == 4004
    async with talking("/chat/ws", **{"X-API-Key": "a key"}) as lobby:
        await talker(lobby).say("hi")
        heard = json.loads((await lobby.communicator.receive_output(5))["text"])
        assert heard["message"] == "hi"


# In a replay


def said_at(shard: ReplayShard, *ticks: int) -> None:
    for tick in ticks:
        ChatLine.objects.create(shard=shard, tick=tick, author="ada", message=f"at {tick}")


@pytest.mark.django_db
def test_what_was_said_is_read_by_ticks(record, client):
    shard = record(300)
    said_at(shard, 5, 5, 120, 299)
    line = ChatLine.objects.get(tick=120)
    read = lambda query: client.get(f"{of(shard)}?{query}").json()  # noqa: E731
    assert [one["tick"] for one in read("")["lines"]] == [5, 5, 120, 299]
    assert [one["tick"] for one in read("start_tick=6&end_tick=298")["lines"]] == [120]
    assert read("start_tick=6&end_tick=298")["has_more"] is False
    assert [one["tick"] for one in read(f"after={line.pk}")["lines"]] == [299]
    assert client.get(f"{of(shard)}?start_tick=-1").status_code == 400
    assert client.head(of(shard)).status_code == 200


@pytest.mark.django_db
def test_much_that_was_said_comes_in_parts(record, client, monkeypatch):
    monkeypatch.setattr("spectate.api.MOST_LINES", 3)
    shard = record(5)
    said_at(shard, *[2] * 4, 1, 1, 3)
    found, query = [], ""
    while True:
        answer = client.get(f"{of(shard)}?{query}").json()
        found += answer["lines"]
        if not answer["has_more"]:
            break
        query = f"after={found[-1]['id']}"
    assert [line["tick"] for line in found] == [1, 1, 2, 2, 2, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_the_chat_of_a_table_that_is_shown_late_stands_at_the_tick_that_the_crowd_sees(record):
    shard = record(10, live=True, room_code="ABCDE", delay_seconds=5)
    began = timezone.now() - timezone.timedelta(seconds=9.5)
    ReplayShard.objects.filter(pk=shard.pk).update(started_at=began)
    assert chat.say(BY_ADA, shard.pk, "now").tick == 4


# Moderation


@pytest.mark.django_db
def test_owner_and_moderators_delete_a_line_and_nobody_else(record, ada, eve, mo, client):
    shard = record(3, owner=ada)
    for user, status in ((None, 401), (eve, 403), (ada, 204), (mo, 204)):
        said_at(shard, 1)
        line = ChatLine.objects.latest("pk")
        browser = Client()
        if user:
            browser.force_login(user)
        assert browser.delete(f"{of(shard)}/{line.pk}").status_code == status
        line.refresh_from_db()
        assert line.deleted is (status == 204)
        if status == 204:
            assert LogEntry.objects.filter(object_id=line.pk, user=user).exists()
            assert browser.delete(f"{of(shard)}/{line.pk}").status_code == 404
    assert len(client.get(of(shard)).json()["lines"]) == 2


@pytest.mark.django_db
def test_a_line_that_two_delete_at_once_is_deleted_by_one_of_them(record, ada, mo):
    line = chat.say(BY_ADA, record(3, live=True, owner=ada).pk, "rude")
    seen_by_mo = ChatLine.objects.get(pk=line.pk)
    chat.delete(line, ada)
    chat.delete(seen_by_mo, mo)
    assert (decisions(line, ada), decisions(line, mo)) == (1, 0)


@real
async def test_a_deleted_line_goes_from_every_page_and_can_be_put_back(record, ada):
    shard = await sync_to_async(record)(3, live=True, owner=ada)
    async with talking(of(shard)) as client, talking("/chat/ws") as lobby:
        await client.message()
        line = await sync_to_async(chat.say)(BY_ADA, shard.pk, "rude")
        await talker(client).line()
        await sync_to_async(chat.delete)(line, ada)
        assert await client.until("deleted") == {"type": "deleted", "ids": [line.pk]}
        async with talking(of(shard)) as late:
            await late.message()
            assert await late.communicator.receive_nothing(0.3)
        back = {"deleted_at": None, "changed_at": timezone.now()}
        await ChatLine.objects.filter(pk=line.pk).aupdate(**back)
        assert (await talker(client).line())["id"] == line.pk
        assert await lobby.communicator.receive_nothing(0.1)


def decisions(thing, user) -> int:
    """Return how many entries the history of a thing has of a moderator."""
    kind = ContentType.objects.get_for_model(thing)
    entries = LogEntry.objects.filter(content_type=kind, object_id=thing.pk, user=user)
    return entries.count()


def act(client: Client, model: str, action: str, *pks: int):
    body = {"action": action, "_selected_action": pks}
    return client.post(f"/admin/spectate/{model}/", body, follow=True)


@pytest.mark.django_db
def test_a_moderator_deletes_mutes_and_bans_and_takes_each_back(record, ada, mo, client):
    shard = record(3, live=True)
    line = chat.say(Author("ada", ada.pk), shard.pk, "rude")
    client.force_login(mo)
    act(client, "chatline", "delete_lines", line.pk)
    line.refresh_from_db()
    assert line.deleted
    act(client, "chatline", "restore", line.pk)
    line.refresh_from_db()
    assert not line.deleted
    for action, words in (("mute_10_minutes", "You are muted until"), ("ban", "You are banned")):
        act(client, "chatline", action, line.pk)
        with pytest.raises(Refused, match=words):
            chat.say(Author("ada", ada.pk), shard.pk, "more")
        silence = Silence.objects.in_force().get()
        assert act(client, "silence", "lift", silence.pk).status_code == 200
        chat.say(Author("ada", ada.pk), shard.pk, "fine")
        assert decisions(silence, mo) == 2
    assert decisions(line, mo) == 2
    for address in ("chatline/", "silence/", f"chatline/{line.pk}/change/"):
        assert client.get(f"/admin/spectate/{address}").status_code == 200
    assert client.post(f"/admin/spectate/chatline/{line.pk}/delete/").status_code == 403


@pytest.mark.django_db
def test_a_mute_is_of_one_person_and_ends_by_itself(record, ada, bob, mo):
    shard = record(3, live=True)
    line = chat.say(Author("guest-1", guest="one"), shard.pk, "rude")
    silence = chat.silence(line, mo, 600)
    with pytest.raises(Refused, match="muted"):
        chat.say(Author("guest-1", guest="one"), shard.pk, "more")
    chat.say(Author("guest-2", guest="two"), shard.pk, "hello")
    chat.say(Author("bob", bob.pk), shard.pk, "hello")
    Silence.objects.filter(pk=silence.pk).update(until=timezone.now())
    chat.say(Author("guest-1", guest="one"), shard.pk, "sorry")


@real
async def test_who_is_muted_is_told_so_at_once_and_when_writing(record, ada, mo):
    shard = await sync_to_async(record)(3, live=True)
    line = await sync_to_async(chat.say)(Author("ada", ada.pk), shard.pk, "rude")
    await sync_to_async(chat.silence)(line, mo, 600)
    async with talking(of(shard), ada) as client:
        silenced = (await client.message())["silenced"]
        assert silenced["until"] > time.time() + 500
        await talker(client).say("but")
        refused = await client.until("refused")
        assert refused["silenced"]
        assert refused["detail"].startswith("You are muted until")


# What bleeds through


@pytest.fixture
def seated(played) -> Seat:
    """A process in a live shard."""
    shard = played(5, live=True)
    LiveShard.objects.create(shard=shard)
    return Seat.objects.create(shard=shard, name="Runner")


@pytest.mark.django_db(transaction=True)
def test_rarely_a_fragment_reaches_a_process_cut_off_and_nobodys(seated, settings):
    settings.CHAT_BLEED_CHANCE = 1.0
    text = "the defragmenter waits at the north gate, run"
    chat.say(BY_ADA, seated.shard_id, text)
    command = PendingCommand.objects.get()
    assert (command.who, command.name) == (str(seated.pk), "BLEED")
    assert command.arg in text
    assert 0 < len(command.arg) <= 24
    assert "ada" not in json.dumps(command.command.as_list())
    chat.say(BY_ADA, None, "to all")
    assert PendingCommand.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_bleeds_where_that_is_off_or_nobody_plays(seated, record, settings):
    settings.CHAT_BLEED_CHANCE = 0.0
    chat.say(BY_ADA, seated.shard_id, "off")
    settings.CHAT_BLEED_CHANCE = 1.0
    chat.say(BY_ADA, record(3, live=True).pk, "another game")
    Seat.objects.update(left_at=timezone.now())
    chat.say(BY_ADA, seated.shard_id, "gone")
    assert not PendingCommand.objects.exists()


# In a browser


@real
def test_a_crowd_talks_in_the_viewer(live_site, record, ada, page, page_of):
    shard = record(30, live=True)
    page.goto(f"{live_site}/spectate/{shard.pk}")
    other = page_of(ada)
    other.goto(f"{live_site}/spectate/{shard.pk}")
    expect(page.locator(".chat-as")).to_contain_text("You write as a guest.")
    expect(other.locator(".chat-as")).to_have_text("You write as ada.")
    page.get_by_label("Say something").fill("<i>hello</i> all")
    page.keyboard.press("Enter")
    said = other.locator(".chat-line")
    expect(said).to_contain_text("<i>hello</i> all")
    expect(page.locator(".chat-as")).to_contain_text(re.compile("You write as guest-[0-9a-f]{6}"))
    name = page.locator(".chat-as").text_content()
    other.get_by_label("Say something").fill("hi k k k")
    other.get_by_role("button", name="Send").click()
    expect(page.locator(".chat-line").nth(1)).to_contain_text("ada hi k k k")
    page.reload()
    expect(page.locator(".chat-as")).to_have_text(name)
    expect(page.locator(".chat-line")).to_have_count(2)
    assert accessibility_violations(page) == []


@real
def test_in_a_replay_the_chat_is_in_step(live_site, record, page):
    shard = record(1200)
    said_at(shard, 10, 20, 1100)
    page.goto(f"{live_site}/replay?shard={shard.pk}&tick=15")
    lines = page.locator(".chat-line")
    expect(lines).to_have_text([re.compile("at 10$")])
    expect(page.get_by_label("Say something")).to_be_hidden()
    page.goto(f"{live_site}/replay?shard={shard.pk}&tick=20")
    expect(lines).to_have_count(2)
    page.keyboard.press(",")
    expect(lines).to_have_count(1)
    page.keyboard.press("End")
    expect(lines.last).to_contain_text("at 1100")
    lines.last.get_by_role("button", name="Go to tick 1100").click()
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "1100")


@real
def test_those_who_look_at_what_is_live_talk_there(live_site, record, ada, page, page_of):
    page.goto(f"{live_site}/spectate/shards")
    expect(page.get_by_text("Nobody has said anything.")).to_be_visible()
    page.get_by_label("Say something").fill("who is winning? <b>")
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log).to_contain_text("who is winning? <b>")
    expect(log).to_contain_text(re.compile(r"guest-\w{6}"))
    other = page_of(ada)
    other.goto(f"{live_site}/spectate/shards")
    expect(other.get_by_role("log")).to_contain_text("who is winning?")
    other.get_by_label("Say something").fill("nobody")
    other.get_by_role("button", name="Send").click()
    expect(log).to_contain_text("ada nobody")
    expect(other.get_by_label("Say something")).to_have_value("")
    assert accessibility_violations(page) == []


@real
def test_an_owner_deletes_a_line_and_a_muted_person_reads_why(live_site, record, ada, bob, page_of):
    shard = record(30, live=True, owner=ada)
    line = chat.say(Author("bob", bob.pk), shard.pk, "rude")
    chat.silence(line, ada, 600)
    page, other = page_of(ada), page_of(bob)
    for one in (page, other):
        one.goto(f"{live_site}/spectate/{shard.pk}")
    expect(other.get_by_role("status").filter(has_text="You are muted")).to_be_visible()
    expect(other.get_by_label("Say something")).to_be_disabled()
    expect(other.locator(".chat-delete")).to_have_count(0)
    page.get_by_role("button", name="Delete what bob said").click()
    for one in (page, other):
        expect(one.locator(".chat-line")).to_have_count(0)


@real
def test_the_chat_is_a_tab_on_a_phone(live_site, record, new_context):
    shard = record(30, live=True)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = new_context(**phone).new_page()
    page.goto(f"{live_site}/spectate/{shard.pk}")
    page.get_by_role("tab", name="Chat").click()
    field = page.get_by_label("Say something")
    field.fill("from a phone")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".chat-line")).to_contain_text("from a phone")
    recording.append(shard, count_up(30, 1))
    expect(page.locator("#viewer")).to_have_attribute("data-tick", "30")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@real
async def test_chat_goes_on_beside_the_ticks(record):
    shard = await sync_to_async(record)(3, live=True)
    live = f"/replays/{shard.pk}/live"
    async with watching(live) as spectator, talking(of(shard)) as client:
        await client.message()
        await append(shard, 2)
        assert (await spectator.until("ticks"))["ticks"]
        await talker(client).say("two more")
        assert (await talker(client).line())["tick"] == 4
