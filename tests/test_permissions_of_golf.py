"""Who gets what of a game of Golf: by its id, through a link, as a file, and live."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from games import get_game
from games.golf import export
from replays import recording, sharing
from replays.models import Participant, ReplayShard, ShareCode
from tests.golf_files import bring_in, file_of
from tests.sockets import watching

NAME = "game-12"  # 129 events: one chunk is sealed, and some ticks are not
ROLES = ("nobody", "player", "other", "owner", "moderator")
READ = {
    "live": (404, 200, 404, 200, 200),
    "ended": (404, 200, 404, 200, 200),
    "imported": (404, 404, 404, 200, 200),  # who played elsewhere is nobody here
    "hidden": (404, 404, 404, 404, 200),
}
SHARE = {
    "live": (401, 403, 404, 201, 403),
    "ended": (401, 201, 404, 201, 403),
    "imported": (401, 404, 404, 201, 403),
    "hidden": (401, 404, 404, 404, 403),
}
EXPORT = {
    "live": (401, 403, 404, 409, 403),
    "ended": (401, 200, 404, 200, 403),
    "imported": (401, 404, 404, 200, 403),
    "hidden": (401, 404, 404, 404, 403),
}
BY_ID = {
    "/api/replay/game/{id}": READ,
    "/replays/{id}": READ,
    "/replays/{id}/index": READ,
    "/replays/{id}/ticks": READ,
    "/replays/{id}/chunks/0": READ,
    "/replays/{id}/picture.png": READ,
    "/replays/{id}/chat": READ,
    "/replay?shard={id}": READ,
    "/spectate/{id}": READ,
    "/api/replay/game/{id}/export": EXPORT,
    "/api/replay/game/{id}/export?format=portable": EXPORT,
    "POST /api/replay/game/{id}/share": SHARE,
}
THROUGH_LINK = (
    "/replay/{code}",
    "/replay/{code}/index",
    "/replay/{code}/ticks",
    "/replay/{code}/chunks/0",
    "/replay/{code}/picture.png",
    "/replay/{code}/chat",
    "/embed/{code}",
    "/r/{code}.json",
    "/r/{code}.ndjson",
    "/r/{code}.png",
    "/api/replay/shared/{code}",
    "/embed/{code}",
    "POST /replay/{code}/watched",
    "POST /replay/{code}/report",
)
NOWHERE = (
    "/api/replay/game/{code}",
    "/api/replay/game/{code}/export",
    "POST /api/replay/game/{code}/share",
    "/api/replay/shared/{code}/export",
    "/replay/{code}/export",
    "/replays/{code}",
    "/spectate/{code}",
)
BODY = {"seconds": 6, "tick": 3, "reason": "rude"}


@pytest.fixture
def cast(ada, bob, eve, mo, settings):
    """Sign everybody in, each in a browser of their own."""
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/60")
    people = {"nobody": None, "player": bob, "other": eve, "owner": ada, "moderator": mo}
    return {role: (user, browser(user)) for role, user in people.items()}


def browser(user) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})
    if user:
        client.force_login(user)
    return client


def the_game(state: str, ada, bob) -> ReplayShard:
    """Return a game that ada's table played, with bob at it; or that ada imported."""
    if state == "imported":
        return bring_in(file_of(NAME), owner=ada, visibility="private")
    shard = recording.open_shard(get_game("golf"), owner=ada, visibility="private")
    ticks = export.read(file_of(NAME)).frames()
    recording.append(shard, [recording.Tick(n, *timed) for n, timed in enumerate(ticks)])
    Participant.objects.create(shard=shard, user=bob)
    if state != "live":
        recording.finalize(shard)
    if state == "hidden":
        ReplayShard.objects.filter(pk=shard.pk).update(hidden_at=timezone.now())
    return ReplayShard.objects.get(pk=shard.pk)


def ask(client: Client, address: str, **names):
    method, _, path = address.rpartition(" ")
    path = path.format(**names)
    answer = (
        client.post(path, json.dumps(BODY if "/replay/" in path else {}), "application/json")
        if method
        else client.get(path)
    )
    if answer.streaming:
        answer.content_read = b"".join(answer.streaming_content)
    return answer


def content_of(answer) -> bytes:
    return answer.content_read if answer.streaming else answer.content


@pytest.mark.parametrize("state", ["live", "ended", "imported", "hidden"])
@pytest.mark.parametrize("address", BY_ID)
def test_by_its_id_a_game_is_for_who_played_or_owns_it(cast, address, state, ada, bob):
    shard = the_game(state, ada, bob)
    answers = tuple(ask(client, address, id=shard.pk).status_code for _, client in cast.values())
    assert dict(zip(ROLES, answers, strict=True)) == dict(
        zip(ROLES, BY_ID[address][state], strict=True)
    )


GONE = ("expired", "revoked", "hidden", "of who may not share it")


def the_link(state: str, ada, bob, eve) -> ShareCode:
    shard = the_game("ended", ada, bob)
    link = sharing.make_share(shard, eve if state == "of who may not share it" else bob)
    match state:
        case "expired":
            ShareCode.objects.update(expires_at=timezone.now())
        case "revoked":
            sharing.revoke(link)
        case "hidden":
            ReplayShard.objects.update(hidden_at=timezone.now())
    return link


@pytest.mark.parametrize("address", THROUGH_LINK)
def test_a_link_opens_the_game_to_everybody_until_it_is_gone(cast, address, ada, bob, eve):
    link = the_link("open", ada, bob, eve)
    for role, (_, client) in cast.items():
        assert ask(client, address, code=link.code).status_code in (200, 201, 204), role
    for state in GONE:
        ReplayShard.objects.all().delete()
        link = the_link(state, ada, bob, eve)
        for role, (_, client) in cast.items():
            gone = ask(client, address, code=link.code)
            never = ask(client, address, code="a" * 12)
            assert gone.status_code == 404, (role, state)
            assert gone.content == never.content, (role, state)


@pytest.mark.parametrize("address", NOWHERE)
def test_a_link_is_no_way_to_a_file_or_to_another_link(cast, address, ada, bob, eve):
    link = the_link("open", ada, bob, eve)
    for role, (_, client) in cast.items():
        assert ask(client, address, code=link.code).status_code in (401, 404), role


def test_a_link_says_nothing_by_which_the_game_stays_open(cast, ada, bob, eve):
    link = the_link("open", ada, bob, eve)
    _, client = cast["other"]
    for address in THROUGH_LINK:
        content = content_of(ask(client, address, code=link.code))
        assert str(link.shard_id).encode() not in content
        assert link.shard_id.hex.encode() not in content


def test_who_was_sent_a_link_cannot_share_or_export_the_game_on(cast, ada, bob, eve):
    link = the_link("open", ada, bob, eve)
    _, client = cast["other"]
    assert ask(client, "/replay/{code}", code=link.code).status_code == 200
    for address in ("POST /api/replay/game/{id}/share", "/api/replay/game/{id}/export"):
        assert ask(client, address, id=link.shard_id).status_code == 404
    assert client.delete(f"/api/replay/shared/{link.code}").status_code == 403
    assert ShareCode.objects.get().revoked_at is None


def test_a_link_opens_one_game_and_no_other(cast, ada, bob, eve):
    link = the_link("open", ada, bob, eve)
    other = bring_in(file_of("game-01"), owner=ada, visibility="private")
    _, client = cast["nobody"]
    told = ask(client, "/api/replay/shared/{code}", code=link.code).json()["replay"]
    assert len(told["frames"]) == link.shard.total_ticks != other.total_ticks
    assert ask(client, "/api/replay/game/{id}", id=other.pk).status_code == 404


def test_who_leaves_the_table_s_list_loses_the_way_in_and_so_do_their_links(cast, ada, bob):
    shard = the_game("ended", ada, bob)
    link = sharing.make_share(shard, bob)
    _, nobody = cast["nobody"]
    assert ask(nobody, "/replay/{code}", code=link.code).status_code == 200
    Participant.objects.all().delete()
    assert ask(nobody, "/replay/{code}", code=link.code).status_code == 404
    assert ask(cast["player"][1], "/api/replay/game/{id}", id=shard.pk).status_code == 404


# Sockets


async def first_word(path: str, client: Client) -> dict:
    """Return what a socket says first: hello, or that it is closed."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = {"Cookie": cookies} if cookies else {}
    async with watching(path, headers) as spectator:
        return await spectator.message()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["live", "hidden"])
async def test_the_live_socket_opens_to_whom_the_game_does(cast, state, ada, bob):
    shard = await sync_to_async(the_game)(state, ada, bob)
    for (role, (_, client)), status in zip(cast.items(), READ[state], strict=True):
        word = await first_word(f"/replays/{shard.pk}/live", client)
        if status == 200:
            assert word["type"] == "hello", role
        else:
            assert word == {"type": "closed", "code": 4004}, role


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", GONE)
async def test_no_socket_opens_through_a_link_that_is_gone(cast, state, ada, bob, eve):
    link = await sync_to_async(the_link)(state, ada, bob, eve)
    for role, (_, client) in cast.items():
        word = await first_word(f"/replay/{link.code}/live", client)
        assert word == {"type": "closed", "code": 4004}, role


@pytest.mark.django_db(transaction=True)
async def test_an_open_socket_closes_when_its_link_is_revoked(cast, ada, bob):
    shard = await sync_to_async(the_game)("live", ada, bob)
    link = await sync_to_async(sharing.make_share)(shard, ada)
    async with watching(f"/replay/{link.code}/live") as spectator:
        assert (await spectator.message())["type"] == "hello"
        await sync_to_async(sharing.revoke)(link)
        assert await spectator.until("closed") == {"type": "closed", "code": 4004}
