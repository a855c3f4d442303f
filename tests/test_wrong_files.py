"""Hundreds of wrong files: each is refused with one sentence, and none leaves a row."""

import copy
import gzip
import json
import zlib
from random import Random

import pytest
from backports import zstd

from replays import portable, tokens
from replays.models import ReplayChunk, ReplayShard, ReplayTick
from tests.conftest import shared_recording
from tests.golf_files import as_bytes, file_of, small

CHANGES = 150
VALUES = (
    None, True, -1, 0, 1, 2**31, 2**53 + 1, 2**70, 1.5, -0.0, 1e308, "", "x", "\0", "\ud800",
    "A" * 70_000,
    [], [[]], {}, {"rank": "A"}, ["p0"], "p0", "K", "♠",
)  # fmt: skip


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (ReplayShard, ReplayTick, ReplayChunk))


@pytest.fixture
def refused(client, ada, settings):
    """Send a file and demand that it is refused as it should be."""
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "1000000/60")
    token = tokens.make_token(ada, "play")

    def refused(body, *statuses, kind="application/json", **headers):
        headers = {"Authorization": f"Bearer {token}"} | headers
        address = "/api/replay/import"
        answer = client.generic("POST", address, body, content_type=kind, headers=headers)
        told = answer.json()
        assert answer.status_code in (statuses or (400,)), (answer.status_code, told, body[:200])
        assert told["detail"].endswith((".", "…")), told
        assert "\n" not in told["detail"]
        assert len(told["detail"]) < 500
        assert "Traceback" not in told["detail"]
        assert nothing_is_stored()
        return told["detail"]

    return refused


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def inside(document, path):
    for step in path:
        document = document[step]
    return document


def golf() -> dict:
    return file_of("game-02")


FREE = {"exported_at", "room_code", "id", "cpu_profile", "reason", "is_cpu", "format"}
"""What another game might as well have had: told, but not a consequence of the rules."""


@pytest.mark.parametrize("seed", range(CHANGES))
def test_a_changed_game_is_refused(refused, seed):
    chance = Random(seed)
    document = golf()
    kept = [path for path in places(document) if not FREE & set(path)]
    path = chance.choice(kept)
    parent, key = inside(document, path[:-1]), path[-1]
    value = chance.choice([v for v in VALUES if v != parent[key] and type(v) is not float])
    if chance.random() < 0.3:
        del parent[key]
    else:
        parent[key] = value
    if path[-1] == "timestamp" and type(value) is int:
        parent[key] = -5
    refused(as_bytes_even_broken(document))


def as_bytes_even_broken(document) -> bytes:
    return json.dumps(document).encode()


def change(document, *path, to=None, **also):
    document = copy.deepcopy(document)
    inside(document, path[:-1])[path[-1]] = to
    return document


def events(document):
    return document["events"]


def without(document, number):
    del events(document)[number]
    return document


def twice(document, number):
    events(document).insert(number, copy.deepcopy(events(document)[number]))
    return document


def swapped(document, one, other):
    listed = events(document)
    listed[one], listed[other] = listed[other], listed[one]
    return document


def renumbered(document):
    for number, event in enumerate(events(document), start=1):
        event["sequence"] = number
    return document


def forged(document, kind, **told):
    next(e for e in events(document) if e["type"] == kind)["data"].update(told)
    return document


def by_another(document, kind):
    started = next(e for e in events(document) if e["type"] == "game_started")
    players = started["data"]["player_order"]
    event = next(e for e in events(document) if e["type"] == kind)
    event["player_id"] = next(who for who in players if who != event["player_id"])
    return document


FORGERIES = {
    "version 2": lambda: change(golf(), "version", to="2.0"),
    "no version": lambda: change(golf(), "version"),
    "a number as version": lambda: change(golf(), "version", to=1.0),
    "no events": lambda: change(golf(), "events", to=[]),
    "events an object": lambda: change(golf(), "events", to={}),
    "a header of nothing": lambda: change(golf(), "game", to={}),
    "a winner who lost": lambda: change(golf(), "game", "winner", to="Nobody"),
    "a score": lambda: change(golf(), "game", "final_scores", to={"Sofia": -100}),
    "a duration": lambda: change(golf(), "game", "duration_seconds", to=1.0),
    "an option": lambda: change(golf(), "game", "options", "super_kings", to=True),
    "a checksum": lambda: golf() | {"checksum": "sha256:0"},
    "a moment": lambda: change(golf(), "exported_at", to="yesterday"),
    "a moment of another kind": lambda: change(golf(), "exported_at", to=7),
    "a moment before time": lambda: change(golf(), "exported_at", to="0001-01-01T00:00:00+14:00"),
    "sequence from 0": lambda: change(golf(), "events", 0, "sequence", to=0),
    "sequence twice": lambda: change(golf(), "events", 9, "sequence", to=9),
    "a sequence with a gap": lambda: change(golf(), "events", 9, "sequence", to=99),
    "an event left out": lambda: without(golf(), 12),
    "an event left out and hidden": lambda: renumbered(without(golf(), 12)),
    "an event twice": lambda: twice(golf(), 12),
    "an event twice and hidden": lambda: renumbered(twice(golf(), 12)),
    "events in another order": lambda: swapped(golf(), 10, 11),
    "events in another order, hidden": lambda: renumbered(swapped(golf(), 10, 11)),
    "a game without its end": lambda: without(golf(), -1),
    "an unknown type": lambda: change(golf(), "events", 9, "type", to="cheat"),
    "a type of no text": lambda: change(golf(), "events", 9, "type", to=["card_drawn"]),
    "another turn": lambda: by_another(golf(), "card_drawn"),
    "a card that is elsewhere": lambda: forged(
        golf(), "card_drawn", card={"rank": "★", "suit": "hearts"}
    ),
    "a source": lambda: forged(golf(), "card_drawn", source="sleeve"),
    "a position": lambda: forged(golf(), "card_swapped", position=6),
    "a position below": lambda: forged(golf(), "card_swapped", position=-1),
    "another seed": lambda: forged(golf(), "round_started", deck_seed=1),
    "a seed beyond": lambda: forged(golf(), "round_started", deck_seed=2**60),
    "a score of a round": lambda: forged(golf(), "round_ended", scores={}),
    "a round's end": lambda: forged(golf(), "round_ended", round_num=7),
    "final scores": lambda: forged(golf(), "game_ended", final_scores={}),
    "time that goes back": lambda: change(golf(), "events", 9, "timestamp", to=0.0),
    "no time": lambda: without_key(golf(), 9, "timestamp"),
    "time in words": lambda: change(golf(), "events", 9, "timestamp", to="now"),
    "time for ever": lambda: change(golf(), "events", -1, "timestamp", to=1e300),
    "an event of nothing": lambda: change(golf(), "events", 9, to=None),
    "an event of text": lambda: change(golf(), "events", 9, to="card_drawn"),
    "too many events": lambda: golf() | {"events": golf()["events"] * 200},
    "not a game at all": lambda: {"game": {}, "events": []},
    "another game's keys": lambda: {"name": "chess", "moves": ["e4"]},
}


def without_key(document, number, key):
    del events(document)[number][key]
    return document


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_game_is_refused(refused, name):
    refused(as_bytes_even_broken(FORGERIES[name]()))


def test_the_first_event_that_cannot_be_is_named(refused):
    sentence = refused(as_bytes_even_broken(by_another(golf(), "card_drawn")))
    number = next(e["sequence"] for e in events(golf()) if e["type"] == "card_drawn")
    assert sentence.startswith(f"Event {number} (card_drawn)")


GOOD = small()
BODIES = {
    "nothing": b"",
    "white space": b"   ",
    "half": GOOD[: len(GOOD) // 2],
    "without the last": GOOD[:-1],
    "and more": GOOD + b"{}",
    "text": b'"a game"',
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "not JSON": b"<html></html>",
    "UTF-16": GOOD.decode().encode("utf-16"),
    "Latin-1": GOOD.replace(b'"P0"', '"Pé"'.encode("latin-1")),
    "broken UTF-8": GOOD.replace(b'"P0"', b'"\xff\xfe"'),
    "NaN": GOOD.replace(b'"timestamp": 0.0', b'"timestamp": NaN', 1),
    "Infinity": GOOD.replace(b'"timestamp": 0.0', b'"timestamp": Infinity', 1),
    "1e999": GOOD.replace(b'"timestamp": 0.0', b'"timestamp": 1e999', 1),
    "many digits": GOOD.replace(b'"sequence": 1,', b'"sequence": ' + b"1" * 5_000 + b",", 1),
    "U+0000": GOOD.replace(b'"P0"', b'"\\u0000"'),
    "half a pair": GOOD.replace(b'"P0"', b'"\\ud83d"'),
    "a key twice": GOOD.replace(b'"version": "1.0"', b'"version": "1.0", "version": "1.0"', 1),
    "a key twice inside": GOOD.replace(b'"sequence": 2', b'"sequence": 9, "sequence": 2', 1),
    "deep": b'{"game": {}, "events": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep and open": b'{"game": {}, "events": ' + b"[" * 100_000,
    "deep objects": b'{"game": {}, "events": ' + b'{"a":' * 500 + b"1" + b"}" * 501,
    "deep, as ours": b'{"shard": {"started_at": 1}, "ticks": [' + b"[" * 900 + b"]" * 901 + b"}",
    "a long text": b'{"game": {}, "events": [], "version": "' + b"x" * 2**20 + b'"}',
    "many keys": b'{"game": {}, "events": [], ' + b'"a": 1, ' * 100_000 + b'"b": 1}',
    "ours with a text as ticks": b'{"shard": {}, "ticks": "none"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_recording_is_refused(refused, name):
    assert BODIES[name] != GOOD
    refused(BODIES[name], 400, 415)  # a client says no kind of what is empty


@pytest.mark.parametrize("cut", range(0, 100, 4))
def test_a_file_that_ends_too_soon_is_refused(refused, cut):
    part = GOOD[: len(GOOD) * cut // 100]
    refused(part, 400, 415)
    packed = zstd.compress(GOOD), gzip.compress(GOOD)
    for whole in packed:
        refused(whole[: max(4, len(whole) * cut // 100)])


def test_a_golf_file_that_was_cut_off_is_called_that(refused):
    sentence = "This is no whole JSON file: Input data was truncated."
    assert refused(GOOD[: len(GOOD) // 2]) == sentence


KINDS = (
    "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "",
    "nonsense",
    "application/json; charset=utf-16", "application/json; charset=bz2_codec",
    "application/json; charset=rot13", "application/json; charset=latin-1",
    "multipart/form-data; charset=bz2_codec; boundary=x", "application/problem+json",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_of_body_is_refused(refused, kind):
    refused(GOOD, 415, kind=kind)


@pytest.mark.parametrize("named", ["br", "deflate", "gzip, gzip", "zstd;q=1", "aws-chunked"])
def test_another_packing_is_refused(refused, named):
    refused(GOOD, 415, **{"Content-Encoding": named})


@pytest.mark.parametrize("named", ["gzip", "zstd", "GZIP"])
def test_what_is_packed_otherwise_than_it_says_is_refused(refused, named):
    refused(GOOD, **{"Content-Encoding": named})


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{}\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n{}\r\n--x--',
        b"--x\r\nContent-Disposition: form-data\r\nContent-Transfer-Encoding: base64\r\n\r\n!",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 2_000 + b"--x--",
    ],
)
def test_a_form_that_holds_no_recording_is_refused(refused, form):
    refused(form, 400, 415, kind="multipart/form-data; boundary=x")
    refused(form, 400, 415, kind="multipart/form-data")


ZEROS = b"\0" * 2**20
HUGE = 256  # MiB, out of some hundred kilobytes


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(ZEROS) for _ in range(HUGE)) + packer.flush()


def zstd_bomb() -> bytes:
    packer = zstd.ZstdCompressor(level=3)
    return b"".join(packer.compress(ZEROS) for _ in range(HUGE)) + packer.flush()


def sized_bomb() -> bytes:
    return zstd.compress(b" " * (HUGE << 20))


BOMBS = {
    "gzip": gzip_bomb,
    "zstd": zstd_bomb,
    "zstd that says its size": sized_bomb,
    "gzip, many parts": lambda: gzip.compress(b" ") * 100_000,
    "gzip, parts of nothing": lambda: gzip.compress(b"") * 100_000,
    "zstd, many parts": lambda: zstd.compress(b" ") * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_put_out(refused, name):
    body = BOMBS[name]()
    assert len(body) < 4 * 2**20
    refused(body, 400, 413)


def test_a_packed_file_that_asks_for_a_large_window_is_refused(refused):
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    refused(packer.compress(GOOD) + packer.flush())


SEGFAULT_CHANGES = 60


@pytest.mark.parametrize("seed", range(SEGFAULT_CHANGES))
def test_a_changed_recording_of_segfault_is_no_fault_of_ours(client, ada, settings, seed):
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "1000000/60")
    document = json.loads(shared_recording("segfault/shard-small.json").read_bytes())
    document["ticks"] = document["ticks"][:8]
    for name in list(document["shard"]):
        if name.startswith("total_"):
            del document["shard"][name]
    chance = Random(seed)
    path = chance.choice(list(places(document)))
    inside(document, path[:-1])[path[-1]] = chance.choice(VALUES)
    token = tokens.make_token(ada, "play")
    answer = client.generic(
        "POST", "/api/replay/import", as_bytes_even_broken(document),
        content_type="application/json", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code in (201, 400), answer.content
    if answer.status_code == 400:
        assert nothing_is_stored()
    else:  # then it says what could be
        shard = ReplayShard.objects.get()
        assert b"".join(portable.write(shard))


def test_the_files_that_the_wrong_ones_are_made_of_are_good(client, ada):
    token = tokens.make_token(ada, "play")
    for body in (as_bytes(golf()), GOOD):
        answer = client.generic(
            "POST", "/api/replay/import", body,
            content_type="application/json", headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 201
