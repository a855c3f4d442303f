"""Games as files over HTTP: the same bytes out, in and out again, for who may, within limits."""

import gzip
import io
import json
import time
from datetime import UTC, datetime

import pytest
from asgiref.testing import ApplicationCommunicator
from backports import zstd
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import AsyncClient, Client

from games.golf import export
from replays import exporting, portable, tokens
from replays.api import files
from replays.models import Participant, ReplayChunk, ReplayShard, ReplayTick
from tests.conftest import shared_recording
from tests.golf_files import as_bytes, bring_in, file_of, longest, small, taken_out
from tests.tables import EDGES, RECORDED

NAMES = [*RECORDED, *EDGES]


@pytest.fixture
def send(client, ada):
    """Bring in a file as ada, as a program does with a token."""
    token = tokens.make_token(ada, "play")

    def send(body, content_type="application/json", query="", **headers):
        headers = {"Authorization": f"Bearer {token}"} | headers
        address = f"/api/replay/import{query}"
        return client.generic("POST", address, body, content_type=content_type, headers=headers)

    return send


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (ReplayShard, ReplayTick, ReplayChunk))


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# In


def test_a_game_is_brought_in_and_is_private(send, client, ada):
    answer = send(as_bytes(file_of("game-01")))
    made = answer.json()
    assert answer.status_code == 201
    shard = ReplayShard.objects.get()
    assert made == {
        "game_id": str(shard.pk),
        "url": f"/replay?shard={shard.pk}",
        "message": "Game imported successfully",
        "warnings": [],
    }
    assert str(shard.pk) == file_of("game-01")["game"]["id"]
    assert (shard.owner, shard.visibility, shard.origin) == (ada, "private", "import")
    assert shard.ended_at == datetime(2026, 11, 21, 9, 12, 17, 218850, UTC)
    assert (shard.ended_at - shard.started_at).total_seconds() == pytest.approx(49.722943)
    assert client.get(made["url"]).status_code == 404
    client.force_login(ada)
    assert client.get(made["url"]).status_code == 200


def test_the_same_file_again_names_the_game_that_is_there(send, eve, client):
    first = send(small()).json()
    again = send(small())
    assert again.status_code == 409
    assert {again.json()[name] == first[name] for name in ("game_id", "url")} == {True}
    pretty = send(json.dumps(json.loads(small()), indent=2).encode())
    assert pretty.status_code == 409
    token = tokens.make_token(eve, "play")
    headers = {"Authorization": f"Bearer {token}"}
    other = client.post("/api/replay/import", small(), "application/json", headers=headers)
    assert other.status_code == 201
    assert other.json()["game_id"] != first["game_id"]


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize(
    ("packing", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress), ("identity", bytes)]
)
def test_a_file_comes_packed_or_plain(send, kind, packing, pack):
    assert send(pack(small()), kind, **{"Content-Encoding": packing}).status_code == 201
    assert send(pack(small()), kind).status_code == 409  # its first bytes tell


def test_a_file_comes_in_a_form(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    file = SimpleUploadedFile("game.json", small())
    assert client.post("/api/replay/import", {"file": file}).status_code == 403
    client.get("/account")
    csrf = client.cookies["csrftoken"].value
    packed = SimpleUploadedFile("game.json.gz", gzip.compress(small()))
    answer = client.post("/api/replay/import", {"file": packed}, headers={"X-CSRFToken": csrf})
    assert answer.status_code == 201
    file.seek(0)
    named = client.post("/api/replay/import", {"file": file, "csrfmiddlewaretoken": csrf})
    assert named.status_code == 409
    raw = client.generic("POST", "/api/replay/import", small(), content_type="application/json")
    assert raw.status_code == 403
    for wrong in ({}, {"file": "text"}, {"a": io.BytesIO(b"{}"), "b": io.BytesIO(b"{}")}):
        headers = {"X-CSRFToken": csrf}
        assert client.post("/api/replay/import", wrong, headers=headers).status_code == 400


def test_who_is_not_signed_in_brings_nothing_in(client, db, ada):
    def answer(**headers):
        return client.post("/api/replay/import", small(), "application/json", headers=headers)

    assert answer().status_code == 401
    assert answer(Authorization="Bearer nothing").status_code == 401
    token = tokens.make_token(ada, "read")
    assert answer(Authorization=f"Bearer {token}").status_code == 403
    assert nothing_is_stored()


def test_visibility_may_be_asked_for(send):
    assert send(small(), query="?visibility=everybody").status_code == 400
    assert send(small(), query="?visibility=unlisted").status_code == 201
    assert ReplayShard.objects.get().visibility == "unlisted"


@pytest.mark.parametrize(("limit", "terms"), [("imports", "2/60"), ("imports_hour", "2/3600")])
def test_imports_are_limited(send, settings, limit, terms):
    settings.LIMITS = settings.LIMITS | {limit: terms}
    answers = [send(b"{}").status_code for _ in range(3)]
    assert answers == [400, 400, 429]


def test_what_was_checked_and_what_was_simulated_is_told(send, client, played, ada, mo):
    game = send(as_bytes(file_of("game-01"))).json()["game_id"]
    reference = shared_recording("segfault/shard-small.json").read_bytes()
    other = send(reference).json()["game_id"]
    ours = played(60)
    content = b"".join(portable.write(ours))
    ours.delete()
    simulated = send(content).json()["game_id"]
    verdicts = {str(shard.pk): shard.verdict for shard in ReplayShard.objects.all()}
    assert verdicts[game]["state"] == verdicts[simulated]["state"] == "verified"
    assert verdicts[other]["state"] == "checked"
    assert "does not name" in verdicts[other]["sentence"]
    client.force_login(ada)
    assert client.get(f"/replays/{other}/index").json()["shard"]["verdict"]["state"] == "checked"
    client.force_login(mo)
    mo.is_superuser = True
    mo.save()
    page = client.get(f"/admin/replays/replayshard/{other}/change/").content
    assert b"Each tick was checked when it was imported." in page


def test_a_forged_recording_with_seed_and_commands_is_found_out(send, played):
    shard = played(60)
    document = json.loads(b"".join(portable.write(shard)))
    shard.delete()
    del document["digests"]
    moved = next(
        tick for tick in document["ticks"] if tick["snapshot"]["watchdog"]["quiet_ticks"] == 0
    )
    moved["snapshot"]["watchdog"]["quiet_ticks"] = 1
    answer = send(as_bytes(document))
    assert answer.status_code == 400
    assert f"Tick {moved['tick']} differs: watchdog.quiet_ticks" in answer.json()["detail"]
    assert nothing_is_stored()


@pytest.mark.slow
def test_a_long_game_is_brought_in_within_a_second(db):
    bring_in(small())
    body = longest()
    began = time.process_time()
    shard = bring_in(body)
    assert time.process_time() - began < 1.0  # 0.25 on an idle machine
    assert shard.total_ticks > 1_400


# Out


@pytest.fixture
def mine(db, ada):
    return bring_in(file_of("game-01"), owner=ada, visibility="private")


def test_a_game_is_taken_away_under_its_name(client, mine, ada):
    client.force_login(ada)
    answer = client.get(f"/api/replay/game/{mine.pk}/export")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="golf-game-0a946da7.json"'
    assert answer["Cache-Control"] == "private, no-store"
    assert json.loads(body_of(answer))["version"] == "1.0"
    other = client.get(f"/api/replay/game/{mine.pk}/export?format=portable")
    assert "golf-replay-0a946da7.json" in other["Content-Disposition"]
    assert json.loads(body_of(other))["format"] == "segfault-replay"
    assert client.get(f"/api/replay/game/{mine.pk}/export?format=xml").status_code == 400
    headed = client.head(f"/api/replay/game/{mine.pk}/export")
    assert headed.status_code == 200
    assert "Content-Length" not in headed


def test_what_is_brought_in_is_sent_and_not_asked_for(client, ada):
    client.force_login(ada)
    for ask in (client.get, client.head, client.put, client.delete):
        assert ask("/api/replay/import").status_code == 405


@pytest.mark.parametrize(
    ("encoding", "unpack"), [("gzip", gzip.decompress), ("zstd", zstd.decompress)]
)
def test_an_export_is_packed_as_the_client_takes_it(client, mine, ada, encoding, unpack):
    client.force_login(ada)
    address = f"/api/replay/game/{mine.pk}/export"
    answer = client.get(address, headers={"Accept-Encoding": encoding})
    assert answer["Content-Encoding"] == encoding
    assert unpack(body_of(answer)) == taken_out(mine)


def test_other_games_are_taken_away_as_the_portable_file(client, record, eve):
    shard = record(130)
    client.force_login(eve)
    answer = client.get(f"/api/replay/game/{shard.pk}/export")
    assert f'filename="counting-{str(shard.pk)[:8]}.json"' in answer["Content-Disposition"]
    assert body_of(answer) == b"".join(portable.write(shard))


def test_who_may_take_a_game_away(client, mine, ada, bob, eve, mo):
    address = f"/api/replay/game/{mine.pk}/export"
    Participant.objects.create(shard=mine, user=bob)
    assert client.get(address).status_code == 401
    for user, status in ((eve, 404), (bob, 200), (ada, 200), (mo, 403)):
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status
        body_of(answer)


def test_what_is_live_damaged_or_empty_is_not_taken_away(client, record, ada):
    client.force_login(ada)
    live, damaged = record(3, live=True, owner=ada), record(250, owner=ada)
    assert client.get(f"/api/replay/game/{live.pk}/export").status_code == 409
    ReplayChunk.objects.filter(shard=damaged, number=0).update(body=b"nothing")
    answer = client.get(f"/api/replay/game/{damaged.pk}/export")
    assert (answer.status_code, answer.json()["valid_range"]) == (410, {"min": 0, "max": 99})
    empty = record(0, owner=ada, game="golf")
    assert client.get(f"/api/replay/game/{empty.pk}/export").status_code == 409
    assert not files.EXPORTS.running


def test_three_exports_run_at_once_for_a_user(client, record, ada):
    shard = record(250, owner=ada)
    client.force_login(ada)
    address = f"/api/replay/game/{shard.pk}/export"
    running = [client.get(address) for _ in range(3)]
    refused = client.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    body_of(running[0])
    assert body_of(client.get(address)) == b"".join(portable.write(shard))
    for given_up in running[1:]:
        given_up.pieces.close()
    assert not files.EXPORTS.running


@pytest.mark.django_db(transaction=True)
async def test_an_export_is_sent_piece_by_piece(django_user_model, record):
    from asgiref.sync import sync_to_async

    shard = await sync_to_async(record)(450)
    user = await django_user_model.objects.acreate(username="ada")
    client = AsyncClient()
    await client.aforce_login(user)
    answer = await client.get(f"/api/replay/game/{shard.pk}/export")
    pieces = [piece async for piece in answer.streaming_content]
    assert len(pieces) >= 6  # head, five chunks, end
    assert b"".join(pieces) == await sync_to_async(lambda: b"".join(portable.write(shard)))()


# Round trips


@pytest.mark.parametrize("name", NAMES)
def test_in_out_in_elsewhere_and_out_are_the_same_bytes(db, name):
    for kind in exporting.KINDS:
        first = taken_out(bring_in(file_of(name)), kind)
        ReplayShard.objects.all().delete()  # elsewhere
        assert taken_out(bring_in(first), kind) == first
        ReplayShard.objects.all().delete()


def strictly_read(body: bytes) -> dict:
    """Read an export as a reader does that knows the keys of 1.0 and no others."""
    document = json.loads(body)
    game = document["game"]
    keys = ("id", "room_code", "players", "winner", "final_scores", "duration_seconds",
            "total_rounds", "options")  # fmt: skip
    return {
        "version": document["version"],
        "exported_at": datetime.fromisoformat(document["exported_at"]),
        "game": {key: game[key] for key in keys},
        "events": [
            {key: event[key] for key in ("type", "sequence", "player_id", "data", "timestamp")}
            for event in document["events"]
        ],
    }


@pytest.mark.parametrize("name", RECORDED)
def test_a_reader_of_1_0_finds_its_own_file_again(db, name):
    original = as_bytes(file_of(name))
    assert strictly_read(taken_out(bring_in(original))) == strictly_read(original)


@pytest.mark.parametrize(
    ("name", "mended"),
    [
        ("edge-reshuffle", ()),
        ("edge-duplicate-names", ("final_scores",)),
        ("edge-tie", ("winner",)),
    ],
)
def test_edges_come_back_but_for_what_1_0_gets_wrong(db, name, mended):
    original = strictly_read(as_bytes(file_of(name)))
    ours = strictly_read(taken_out(bring_in(file_of(name))))
    for key in mended:
        del original["game"][key], ours["game"][key]
    assert ours == original


def test_what_is_taken_away_tells_apart_who_shares_a_name(db):
    game = json.loads(taken_out(bring_in(file_of("edge-duplicate-names"))))["game"]
    assert len(set(game["players"])) < len(game["player_ids"])
    assert set(game["final_scores_by_id"]) == set(game["player_ids"])


def test_the_commands_write_and_read_the_same_files(db, tmp_path, capsys):
    shard = bring_in(file_of("game-01"))
    own, whole = tmp_path / "own.json", tmp_path / "whole.json"
    call_command("export_shard", str(shard.pk), "--format", "own", "-o", str(own))
    call_command("export_shard", str(shard.pk), "-o", str(whole))
    assert export.read(json.loads(own.read_bytes())).game_id == str(shard.pk)
    packed = tmp_path / "own.json.gz"
    packed.write_bytes(gzip.compress(own.read_bytes()))
    for file in (packed, whole):
        ReplayShard.objects.all().delete()
        call_command("import_shard", str(file))
        assert capsys.readouterr().out.splitlines()[-1] == str(shard.pk)


# Nobody sends more than is taken, whatever the headers say


async def test_a_body_without_end_is_cut_off(settings):
    from segfault_site.asgi import application

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": "POST", "path": "/api/replay/import", "query_string": b"",
        "headers": headers, "scheme": "http", "client": ("127.0.0.1", 1),
        "asgi": {"version": "3.0"},
        "http_version": "1.1", "raw_path": b"/api/replay/import", "root_path": "",
        "server": ("localhost", 80),
    }  # fmt: skip
    connection = ApplicationCommunicator(application, scope)
    sent = 0
    while sent <= 17 * 2**20:
        piece = {"type": "http.request", "body": b" " * 2**20, "more_body": True}
        await connection.send_input(piece)
        sent += 2**20
    start = await connection.receive_output(10)
    assert start["status"] == 413
    body = await connection.receive_output(10)
    assert json.loads(body["body"])["error_code"] == "TOO_LARGE"
    await connection.wait(10)


def test_a_stated_length_that_is_too_large_is_refused_at_once(send):
    assert send(b" " * (16 * 2**20 + 2**20)).status_code == 413
    assert send(b" " * (16 * 2**20 + 1)).status_code == 413
    assert nothing_is_stored()
