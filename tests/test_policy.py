"""Who gets what at every address: a new address without a row in these tables fails here.

Each row is a method, an address as the resolver has it, and what anonymous, eve (an outsider), ada
(who owns the shard and made the link) and mo (a moderator) are answered, by what the shard is.
"""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from games import get_game
from play import rooms
from replays import client_wheel, recording, sessions, sharing, tokens, worlds
from replays.api import doors
from replays.models import AccessToken, Participant, ReplayShard, ShareCode
from replays.tokens import make_token
from spectate.models import ChatLine
from tests import towns

Answers = dict[str, tuple[int, int, int, int]]
NEVER_WAS = "00000000-0000-4000-8000-000000000000"
NEVER_MADE = "aaaaaaaaaaaa"
VOXELS = {"size": [4, 4, 4], "walls": []}
WORLD_NAME = sha256(worlds.canonical(VOXELS)).hexdigest()[:16]
WALK = {"world_hash": WORLD_NAME, "start_pos": [1, 1, 0], "goal_pos": [2, 2, 0]}

READ: Answers = {
    "public": (200, 200, 200, 200),
    "unlisted": (200, 200, 200, 200),
    "private": (404, 404, 200, 200),
    "private, played": (404, 404, 200, 200),
    "hidden": (404, 404, 404, 200),
}
SHARE: Answers = {
    "public": (401, 201, 201, 201),
    "unlisted": (401, 403, 201, 403),
    "private": (401, 404, 201, 403),
    "private, played": (401, 404, 201, 403),
    "private, played, live": (401, 404, 403, 403),
    "hidden": (401, 404, 404, 403),
}
EXPORT: Answers = {
    "public": (401, 200, 200, 200),
    "unlisted": (401, 403, 200, 403),
    "private": (401, 404, 200, 403),
    "private, played": (401, 404, 200, 403),
    "private, played, live": (401, 404, 403, 403),
    "hidden": (401, 404, 404, 403),
}
VERIFY: Answers = {
    "public": (401, 200, 200, 200),
    "unlisted": (401, 200, 200, 200),
    "private": (401, 404, 200, 200),
    "hidden": (401, 404, 404, 200),
}
REPORT: Answers = {
    "public": (201, 201, 201, 201),
    "unlisted": (201, 201, 201, 201),
    "private": (404, 404, 201, 404),
    "private, played": (404, 404, 201, 404),
    "hidden": (404, 404, 404, 404),
}
GONE = ("expired", "revoked", "link to hidden", "link to private, not its owner's")
OPEN: Answers = {"link": (200,) * 4} | dict.fromkeys(GONE, (404,) * 4)
OPEN_REPORT: Answers = {"link": (201,) * 4} | dict.fromkeys(GONE, (404,) * 4)
REVOKE: Answers = {
    "link": (401, 403, 204, 204),
    "expired": (401, 404, 204, 204),
    "revoked": (401, 404, 404, 404),
    "link to hidden": (401, 404, 204, 204),
    "link to private, not its owner's": (401, 204, 404, 204),
}
REVOKE_ON_PAGE: Answers = {
    "link": (302, 404, 302, 404),
    "expired": (302, 404, 302, 404),
    "revoked": (302, 404, 404, 404),
    "link to hidden": (302, 404, 302, 404),
    "link to private, not its owner's": (302, 302, 404, 404),
}
WATCHED: Answers = {"link": (204,) * 4} | dict.fromkeys(GONE, (404,) * 4)
LINK_PAGE: Answers = dict.fromkeys(
    ("link", "expired", "revoked", "link to hidden"), (302, 404, 200, 404)
) | {"link to private, not its owner's": (302, 200, 404, 404)}
ROOM: Answers = {
    "waiting": (401, 200, 200, 200),
    "begun": (401, 404, 200, 404),
    "hidden room": (401, 404, 404, 404),
}
TABLE: Answers = {state: (302, *answers[1:]) for state, answers in ROOM.items()}
MAKERS: Answers = ROOM | {"waiting": (401, 403, 200, 403)}
BEFORE_THE_GAME: Answers = MAKERS | {"begun": (401, 404, 409, 404)}
SEATED: Answers = ROOM | {"waiting": (401, 409, 200, 409)}
AGAIN: Answers = ROOM | {"waiting": (401, 409, 409, 409), "begun": (401, 404, 409, 404)}
LEAVE: Answers = SEATED | {"waiting": (401, 409, 204, 409), "begun": (401, 404, 204, 404)}
DELETE_LINE: Answers = {
    "public": (401, 403, 204, 204),
    "unlisted": (401, 403, 204, 204),
    "private": (401, 404, 204, 204),
    "hidden": (401, 404, 404, 204),
}
SPECTATED: Answers = {state: READ[state] for state in ("public", "unlisted", "private", "hidden")}
WATCHED_ROOM: Answers = {"open": (200,) * 4, "closed": (404,) * 4, "hidden": (404,) * 4}
# A session on what is not public is for who opened it alone: here it is ada's.
LOAD: Answers = {state: READ[state] for state in ("public", "unlisted", "private", "hidden")}
SESSION: Answers = {
    "public": (200, 200, 200, 200),
    "unlisted": (404, 404, 200, 404),
    "private": (404, 404, 200, 404),
    "hidden": (404, 404, 404, 404),
}
CLOSE: Answers = SESSION | {
    "public": (204, 204, 204, 204),
    "unlisted": (404, 404, 204, 404),
    "private": (404, 404, 204, 404),
}
ALIKE: Answers = {"": (200, 200, 200, 200)}
BY_TOKEN: Answers = {"read token": (403,) * 4, "revoked token": (401,) * 4}
OWN_PAGE: Answers = {"": (302, 200, 200, 200)}


@dataclass(frozen=True)
class Row:
    method: str
    address: str
    answers: Answers
    query: str = ""
    body: dict | None = field(default=None, hash=False)


ROWS = (
    Row("GET", "", ALIKE),
    Row("GET", "replays", ALIKE),
    Row("GET", "replay", READ, "?shard=<str:shard_id>"),
    Row("GET", "spectate/<uuid:shard_id>", READ),
    Row("GET", "replays/<str:shard_id>", READ),
    Row("GET", "replays/<str:shard_id>/index", READ),
    Row("GET", "replays/<str:shard_id>/ticks", READ),
    Row("GET", "replays/<str:shard_id>/chunks/<str:number>", READ),
    Row("GET", "replays/<str:shard_id>/picture.png", READ),
    Row("POST", "replays/<str:shard_id>/report", REPORT, body={"reason": "rude"}),
    Row("POST", "replays/<str:shard_id>/verify", VERIFY, body={}),
    Row("POST", "api/replay/game/<str:shard_id>/share", SHARE, body={}),
    Row("GET", "api/replay/game/<str:shard_id>", READ),
    Row("GET", "api/replay/game/<str:shard_id>/export", EXPORT),
    Row("POST", "api/replay/import", {"": (401, 400, 400, 400)}, body={}),
    Row("GET", "replay/<str:code>", OPEN),
    Row("GET", "replay/<str:code>/index", OPEN),
    Row("GET", "replay/<str:code>/ticks", OPEN),
    Row("GET", "replay/<str:code>/chunks/<str:number>", OPEN),
    Row("GET", "replay/<str:code>/picture.png", OPEN),
    Row("GET", "embed/<str:code>", OPEN),
    Row("GET", "oembed", OPEN, "?url=http://testserver/replay/<str:code>"),
    *(Row("GET", f"r/<str:code>.{kind}", OPEN) for kind in ("json", "ndjson", "png")),
    Row("POST", "replay/<str:code>/watched", WATCHED, body={"seconds": 9, "tick": 1}),
    Row("GET", "account/links/<str:code>", LINK_PAGE),
    Row("POST", "replay/<str:code>/report", OPEN_REPORT, body={"reason": "rude"}),
    Row("GET", "api/replay/shared/<str:code>", OPEN),
    Row("DELETE", "api/replay/shared/<str:code>", REVOKE),
    *(Row("GET", address, ALIKE) for address in ("api/docs", "api/schema", "healthz", "readyz")),
    Row("GET", "metrics", {"": (404,) * 4}),
    Row("GET", "spectate/shards", ALIKE),
    Row("GET", "spectate/shard/<str:shard_id>", SPECTATED),
    Row("GET", "spectate/<str:room>", WATCHED_ROOM),
    Row("GET", "replays/<str:shard_id>/chat", READ),
    Row("GET", "replay/<str:code>/chat", OPEN),
    Row("DELETE", "replays/<str:shard_id>/chat/<str:line>", DELETE_LINE),
    Row("POST", "chat/guest", ALIKE),
    Row("POST", "api/v1/replay/load", LOAD, body={"node_id": "<str:shard_id>"}),
    Row("DELETE", "api/v1/replay/<str:session_id>", CLOSE),
    Row("GET", "api/v1/replay/<str:session_id>/state", SESSION),
    Row("GET", "api/v1/replay/<str:session_id>/chunk", SESSION),
    Row("POST", "api/v1/replay/<str:session_id>/seek", SESSION, body={"tick": 1}),
    Row("GET", "api/v1/replay/<str:session_id>/stream", SESSION),
    Row("GET", "api/v1/replay/<str:session_id>/agent/<path:agent_id>", SESSION),
    Row("GET", "account", OWN_PAGE),
    Row("POST", "account/tokens", {"": (302, 400, 400, 400)}, body={}),
    Row("POST", "account/tokens/<int:pk>/revoke", {"": (302, 404, 302, 404)}, body={}),
    Row("POST", "account/links/<str:code>/revoke", REVOKE_ON_PAGE, body={}),
    Row("GET", "golf", ALIKE),
    Row("GET", "golf/<str:room>", TABLE),
    Row("GET", "import", ALIKE),
    Row("GET", "docs", ALIKE),
    Row("GET", "docs/<slug:slug>", ALIKE),
    Row("GET", f"client/{client_wheel.NAME}", ALIKE),
    Row("GET", "golf/rooms", {"": (401, 200, 200, 200)}),
    Row("POST", "golf/rooms", {"": (401, 201, 201, 201)}, body={}),
    Row("GET", "golf/rooms/<str:room>", ROOM),
    Row("POST", "golf/rooms/<str:room>/join", ROOM, body={}),
    Row("POST", "golf/rooms/<str:room>/leave", LEAVE, body={}),
    Row("POST", "golf/rooms/<str:room>/start", BEFORE_THE_GAME, body={}),
    Row("POST", "golf/rooms/<str:room>/again", AGAIN, body={}),
    Row("POST", "golf/rooms/<str:room>/computer", BEFORE_THE_GAME, body={"profile": "bold"}),
    Row("POST", "golf/rooms/<str:room>/settings", MAKERS, body={"delay_seconds": 3}),
    Row("POST", "golf/rooms/<str:room>/cmd", SEATED, body={"cmd": "LEAVE"}),
    Row("GET", "account/history", OWN_PAGE),
    Row("POST", "account/call-sign", {"": (302, 400, 400, 400)}, body={}),
    Row("GET", "process", ALIKE),
    Row("POST", "process/join", {"": (503, 503, 503, 503)}, body={}),
    Row("GET", "process/state", {"": (401, 401, 401, 401)}),
    Row("POST", "process/cmd", {"": (401, 401, 401, 401)}, body={}),
    Row("GET", "process/info", ALIKE),
    Row("GET", "leaderboard", ALIKE),
    Row("GET", "SKILL.md", ALIKE),
    Row("POST", "push", {"": (401,) * 4}, body={}),
    Row("GET", "push/<str:replay_id>", {"": (401,) * 4}),
    Row("GET", "worlds/<str:name>", ALIKE),
    Row("GET", "health", ALIKE),
    Row("POST", "nav/graph", ALIKE, body={"world_hash": WORLD_NAME}),
    Row("POST", "nav/path", ALIKE, body=WALK),
    Row("POST", "ingest/<str:token>/push", BY_TOKEN | {"push token": (400,) * 4}, body={}),
    Row("GET", "ingest/<str:token>/push/<str:replay_id>", BY_TOKEN | {"push token": (404,) * 4}),
    Row("GET", "ingest/<str:token>/worlds/<str:name>", BY_TOKEN | {"push token": (200,) * 4}),
    Row("GET", "ingest/<str:token>/health", BY_TOKEN | {"push token": (200,) * 4}),
    Row(
        "POST",
        "ingest/<str:token>/nav/graph",
        BY_TOKEN | {"push token": (200,) * 4},
        body={"world_hash": WORLD_NAME},
    ),
    Row("POST", "ingest/<str:token>/nav/path", BY_TOKEN | {"push token": (200,) * 4}, body=WALK),
)
# What comes from elsewhere is held by prefix: nothing of it opens without its own door.
GROUPS = ("admin", "accounts/", "^accounts/")
CASES = [(row, state) for row in ROWS for state in row.answers]
NAMES = [f"{row.method} {row.address} {state}" for row, state in CASES]
NAMING = "shard_id|code|:room|session_id"
THINGS = [row for row in ROWS if re.search(NAMING, f"{row.address}{row.query}{row.body}")]


def addresses():
    """Yield every address of the site, without the slash at its end."""
    for address in exactly():
        yield address if address.startswith(GROUPS) else address.removesuffix("/")


def test_every_address_stands_in_the_table():
    table = {row.address for row in ROWS}
    served = {address for address in addresses() if not address.startswith(GROUPS)}
    assert served - table == set(), "add a row to ROWS for each of these"
    assert table - served == set(), "these rows are of no address any more"


@pytest.fixture
def cast(ada, eve, mo, settings):
    settings.OPEN_PUSH = False
    settings.EXPORTS_AN_ADDRESS = 1000
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/60")
    return {None: None, "eve": eve, "ada": ada, "mo": mo}


@pytest.mark.parametrize(("row", "state"), CASES, ids=NAMES)
def test_everybody_gets_what_is_theirs(row, state, cast, record):
    for slash in ("", "/") if f"{row.address}/" in exactly() else ("",):
        answers = tuple(
            ask(row, user, fill(row, state, cast, record), slash).status_code
            for user in cast.values()
        )
        assert answers == row.answers[state]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("row", THINGS, ids=lambda row: f"{row.method} {row.address}")
def test_what_one_may_not_see_is_like_what_never_was(row, accept, cast, record):
    for state, expected in row.answers.items():
        for (name, user), status in zip(cast.items(), expected, strict=True):
            if status == 404:
                there = ask(row, user, fill(row, state, cast, record), accept=accept)
                nowhere = {"shard_id": NEVER_WAS, "code": NEVER_MADE, "number": "0"}
                nowhere |= {"room": "ZZZZZ", "line": "1"}
                nowhere |= {"session_id": NEVER_WAS, "agent_id": "agent-1"}
                never = ask(row, user, nowhere, accept=accept)
                assert (there.status_code, there.content) == (404, never.content), (state, name)
                assert told(there) == told(never), (state, name)


def told(response):
    """Return the headers that might tell one answer from another."""
    return {name: value for name, value in response.items() if name != "X-Request-ID"}


def exactly(resolver=None, prefix=""):
    """Yield every address of the site as the resolver has it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address
        else:
            yield from exactly(pattern, address)


def ask(row, user, names, slash="", accept="application/json"):
    """Send the request of a row as `user`, in a browser of their own."""
    client = Client()
    if user:
        client.force_login(user)
    address = named(row.address + slash + row.query, names)
    headers = {"Accept": accept}
    if row.method == "GET":
        return client.get(f"/{address}", headers=headers)
    return client.generic(
        row.method, f"/{address}", b"" if row.body is None else named(json.dumps(row.body), names),
        content_type="application/json", headers=headers,
    )  # fmt: skip


def named(text, names):
    return re.sub(r"<\w+:(\w+)>", lambda found: str(names[found[1]]), text)


def fill(row, state, cast, record):
    """Make the shard, the link or the token that a row is about; return what its address names."""
    ada, eve = cast["ada"], cast["eve"]
    if row.address.startswith("api/v1/replay"):
        return session_of(state, ada)
    if row.address == "spectate/<str:room>":
        return {"room": watched_room(state, record)}
    if row.address.startswith("spectate/shard/"):
        return {"shard_id": shard_of(state, ada, record, live=True, game="segfault").pk}
    if "<str:line>" in row.address:
        shard = shard_of(state, ada, record)
        line = ChatLine.objects.create(shard=shard, tick=0, author="bob", message="hello")
        return {"shard_id": shard.pk, "line": line.pk}
    if "<slug:slug>" in row.address:
        return {"slug": "pushing"}
    if "<int:pk>" in row.address:
        make_token(ada, "read")
        return {"pk": AccessToken.objects.latest("pk").pk}
    if re.match("push|ingest|worlds|nav", row.address):
        doors.forget_tokens()
        worlds.keep(WORLD_NAME, json.dumps(VOXELS).encode())
        return {"token": token_of(state, ada), "replay_id": "none", "name": WORLD_NAME}
    if "<str:room>" in row.address:
        return {"room": room_of(state, ada).code}
    if "code" in row.address + row.query:
        return {"code": link_of(state, ada, eve, record).code, "number": 0}
    return {"shard_id": shard_of(state, ada, record).pk, "number": 0}


def session_of(state, ada):
    """Record a society of ada's and open a session of hers on it."""
    hidden_at = timezone.now() if state == "hidden" else None
    visibility = "public" if state == "hidden" else state
    fields = {"owner": ada, "visibility": visibility, "hidden_at": hidden_at}
    shard = recording.open_shard(get_game("society"), **fields)
    towns.append(shard, towns.told(100, 3, 1))
    recording.finalize(shard)
    shard.refresh_from_db()
    whose = None if visibility == "public" and not hidden_at else ada
    terms = {"layout": "default", "strategy": "all", "max_agents": 9, "preload_ticks": 2}
    session = sessions.open_session(shard, whose, **terms)
    return {"shard_id": shard.pk, "session_id": session.pk, "agent_id": "agent-1"}


def token_of(state, ada):
    token = make_token(ada, "read" if state == "read token" else "push")
    if state == "revoked token":
        tokens.revoke(AccessToken.objects.latest("pk"))
    return token


def watched_room(state, record):
    """Return the code of a room whose game is on."""
    hidden_at = timezone.now() if state == "hidden" else None
    fields = {"hidden_at": hidden_at, "open_to_spectators": state != "closed"}
    ReplayShard.objects.update(room_code=None)
    return record(3, live=True, visibility="private", room_code="ABCDE", **fields).room_code


def shard_of(state, ada, record, **fields):
    if state == "hidden":
        return record(3, owner=ada, hidden_at=timezone.now(), **fields)
    if "played" in state:
        shard = record(3, visibility="private", live="live" in state)
        Participant.objects.create(shard=shard, user=ada)
        return shard
    return record(3, owner=ada, visibility=state or "public", **fields)


def room_of(state, ada):
    """Make a room of ada's, in which a computer player sits beside her."""
    room = rooms.open_room(ada)
    rooms.add_computer(ada, room.code, "steady")
    if state != "waiting":
        rooms.start(ada, room.code)
    if state == "hidden room":
        ReplayShard.objects.filter(pk=room.shard_id).update(hidden_at=timezone.now())
    return room


def link_of(state, ada, eve, record):
    if state == "link to private, not its owner's":
        return sharing.make_share(record(3, owner=ada, visibility="private"), eve)
    link = sharing.make_share(record(3, owner=ada), ada, expires_days=1)
    match state:
        case "expired":
            ShareCode.objects.filter(pk=link.pk).update(expires_at=timezone.now())
        case "revoked":
            sharing.revoke(link)
        case "link to hidden":
            ReplayShard.objects.filter(pk=link.shard_id).update(hidden_at=timezone.now())
    return link


def test_the_admin_opens_to_moderators_alone(cast):
    inside = [address for address in addresses() if address.startswith("admin/")]
    plain = [address for address in inside if not re.search(r"[<(^]|logout|login|jsi18n", address)]
    assert len(plain) > 5
    for address in plain:
        for user in (None, cast["eve"], cast["ada"]):
            client = Client()
            if user:
                client.force_login(user)
            answer = client.get(f"/{address}")
            assert answer.status_code in (302, 403, 404), (address, user)
            assert "/login/" in answer.headers.get("Location", "/login/")


def test_pages_of_an_account_are_for_who_is_signed_in(db):
    entrances = r"login|logout|signup|inactive|email|password|2fa/authenticate|confirm"
    for address in addresses():
        if address.startswith("accounts/") and not re.search(rf"[<(^]|{entrances}", address):
            answer = Client().get(f"/{address}")
            assert answer.status_code in (302, 404, 405), address
