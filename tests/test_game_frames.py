"""A game frame by frame over HTTP: as seed 003 has it, paged, small on the wire, secrets kept."""

import json
import time

import pytest
from backports import zstd

from games import get_game
from games.game import SPECTATOR
from games.golf import export
from replays import frames, recording, sharing
from replays.policy import perspective
from tests.golf_files import bring_in, file_of, longest, of_ticks
from tests.tables import game

GOLF = get_game("golf")


@pytest.fixture
def mine(db, ada):
    """The first recorded game, as ada imported it: private, and over."""
    return bring_in(file_of("game-01"), owner=ada, visibility="private")


def address(shard, rest=""):
    return f"/api/replay/game/{shard.pk}{rest}"


def live_golf(owner, ticks=20, **fields):
    """Record the beginning of a game that goes on."""
    shard = recording.open_shard(GOLF, owner=owner, visibility="private", **fields)
    _, snapshots = game(1)
    rows = [recording.Tick(n, float(n), snapshot) for n, snapshot in enumerate(snapshots[:ticks])]
    recording.append(shard, rows)
    shard.refresh_from_db()
    return shard


def test_frames_are_told_as_the_seed_has_it(client, mine, ada):
    client.force_login(ada)
    told = client.get(address(mine)).json()
    document = file_of("game-01")
    assert told["game_id"] == str(mine.pk)
    assert list(told["frames"][7]) == [
        "index", "event_type", "timestamp", "player_id", "event_data", "state",
    ]  # fmt: skip
    for index, (frame, event) in enumerate(zip(told["frames"], document["events"], strict=True)):
        assert frame["index"] == index
        assert frame["event_type"] == event["type"]
        assert frame["timestamp"] == event["timestamp"]
        assert frame["player_id"] == event["player_id"]
        assert frame["event_data"] == event["data"]
    assert {
        "phase", "players", "current_player_id", "deck_remaining", "discard_top", "drawn_card",
        "current_round", "total_rounds", "finisher_id",
    } <= set(told["frames"][-1]["state"])  # fmt: skip
    seat = told["frames"][-1]["state"]["players"][0]
    assert {"id", "name", "cards", "score", "total_score", "rounds_won", "is_cpu"} <= set(seat)
    assert "hidden" not in told["frames"][-1]["state"]
    about = document["game"]
    assert told["metadata"] == {
        "players": about["players"],
        "winner": about["winner"],
        "final_scores": about["final_scores"],
        "duration": about["duration_seconds"],
        "total_rounds": about["total_rounds"],
        "options": about["options"],
    }
    assert (told["total"], told["next"]) == (25, None)


def test_frames_cut_out_of_lines_are_those_that_the_game_makes(mine):
    page = frames.page(mine, 0, 100, perspective(mine))
    ticks = export.read(file_of("game-01")).frames()
    made = [export.replay_frame(i, seconds, shot) for i, (seconds, shot) in enumerate(ticks)]
    assert json.loads(page.frames) == made


def test_frames_come_a_page_at_a_time(client, mine, ada):
    client.force_login(ada)
    whole = client.get(address(mine)).json()
    found, following = [], address(mine, "?limit=7")
    while following:
        page = client.get(following).json()
        assert page["metadata"] == whole["metadata"]
        assert len(page["frames"]) <= 7
        found += page["frames"]
        following = page["next"]
    assert found == whole["frames"]
    assert client.get(address(mine, "?start=25")).json()["frames"] == []
    for bad in ("start=-1", "start=x", "limit=0", "limit=5001", "limit=1e3"):
        assert client.get(address(mine, f"?{bad}")).status_code == 400


def test_a_page_ends_where_it_would_be_too_large(client, monkeypatch, record):
    monkeypatch.setattr(frames, "MOST_BYTES", 2_000)
    shard = record(300)
    page = client.get(address(shard)).json()
    assert 0 < len(page["frames"]) < 100
    assert page["next"].startswith(f"{address(shard)}?start={len(page['frames'])}&")


def test_a_game_of_any_kind_has_frames(client, record):
    shard = record(130)
    told = client.get(address(shard, "?start=99&limit=2")).json()
    assert told["frames"] == [
        {
            "index": index,
            "event_type": "tick",
            "timestamp": float(index),
            "player_id": None,
            "event_data": {},
            "state": {"score": index, "note": f"at {index}"},
        }
        for index in (99, 100)
    ]
    assert told["metadata"]["duration"] == 129.0
    empty = client.get(address(record(0, live=True))).json()
    assert (empty["frames"], empty["total"], empty["next"]) == ([], 0, None)


def test_a_game_of_segfault_has_frames_from_its_first_tick(client, played):
    shard = played(30)
    told = client.get(address(shard)).json()
    assert [frame["state"]["tick"] for frame in told["frames"]] == list(range(1, 31))


def cards_told(frame):
    """Return every card of the players in a frame."""
    return [card for seat in frame["state"]["players"] for card in seat["cards"]]


def test_while_a_game_goes_on_nobody_reads_what_is_hidden(client, db, ada, bob, mo):
    shard = live_golf(ada)
    recording_of = {"bob": None}
    shard.participants.create(user=bob)
    for user in (ada, bob):
        client.force_login(user)
        body = client.get(address(shard)).content
        told = json.loads(body)
        recording_of[user.username] = told
        assert b"deck_seed" not in body
        assert b"hidden" not in body
        down = [c for frame in told["frames"] for c in cards_told(frame) if not c["face_up"]]
        assert down
        assert all(card["rank"] is None and card["suit"] is None for card in down)
        drawn = [f for f in told["frames"] if f["event_type"] == "card_drawn"]
        assert all(
            f["event_data"]["card"] is None for f in drawn if f["event_data"]["source"] == "deck"
        )
    lines = frames.page(shard, 0, 100, SPECTATOR)
    assert json.loads(lines.frames) == recording_of["ada"]["frames"]
    client.force_login(mo)
    answer = client.get(address(shard))
    assert b"deck_seed" in answer.content
    assert answer["Cache-Control"] == "private, no-store"
    client.force_login(ada)
    assert b"deck_seed" not in client.get(address(shard)).content


def test_when_a_game_is_over_its_cards_are_told(client, db, ada):
    shard = live_golf(ada)
    client.force_login(ada)
    client.get(address(shard))
    recording.finalize(shard)
    assert b"deck_seed" in client.get(address(shard)).content


@pytest.fixture
def long_game(db, ada):
    document = json.loads(longest())
    assert len(document["events"]) > 1_400
    return bring_in(longest(), owner=ada, visibility="private")


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
def test_a_long_game_is_small_on_the_wire(client, long_game, ada, encoding):
    client.force_login(ada)
    answer = client.get(address(long_game), headers={"accept-encoding": encoding})
    assert answer["Content-Encoding"] == encoding
    assert len(answer.content) < 150_000
    again = client.get(
        address(long_game), headers={"accept-encoding": encoding, "if-none-match": answer["ETag"]}
    )
    assert again.status_code == 304
    if encoding == "zstd":
        told = json.loads(zstd.decompress(answer.content))
        assert len(told["frames"]) == long_game.total_ticks


@pytest.mark.slow
def test_frames_of_a_long_game_are_built_quickly(long_game):
    def build():
        began = time.process_time()
        frames.page(long_game, 0, 5_000, perspective(long_game))
        return time.process_time() - began

    assert min(build() for _ in range(5)) < 0.1  # 0.03 on an idle machine


# Through a link


def test_a_link_tells_the_same_frames_and_no_id_of_a_private_game(client, mine, ada):
    link = sharing.make_share(mine, ada, title="The turn", description="Look.")
    client.force_login(ada)
    own = client.get(address(mine)).json()
    client.logout()
    answer = client.get(f"/api/replay/shared/{link.code}")
    told = answer.json()
    assert (told["title"], told["description"], told["view_count"]) == ("The turn", "Look.", 0)
    assert told["replay"]["frames"] == own["frames"]
    assert told["replay"]["metadata"] == own["metadata"]
    assert told["replay"]["game_id"] is None
    assert str(mine.pk).encode() not in answer.content
    assert "private" in answer["Cache-Control"]
    page = client.get(f"/api/replay/shared/{link.code}?start=20&limit=3").json()["replay"]
    assert page["frames"] == own["frames"][20:23]
    assert page["next"] == f"/api/replay/shared/{link.code}?start=23&limit=3"
    sharing.revoke(link)
    assert client.get(page["next"]).status_code == 404


def test_a_link_to_a_live_game_tells_no_secret(client, db, ada):
    link = sharing.make_share(live_golf(ada), ada)
    body = client.get(f"/api/replay/shared/{link.code}").content
    assert b"card_drawn" in body
    assert b"deck_seed" not in body


def test_of_two_with_one_name_both_scores_are_in_the_frames(db, client, ada):
    shard = bring_in(file_of("edge-duplicate-names"), owner=ada)
    last = client.get(address(shard)).json()["frames"][-1]
    names = [seat["name"] for seat in last["state"]["players"]]
    assert len(names) > len(set(names))
    assert set(last["event_data"]["final_scores"]) == {s["id"] for s in last["state"]["players"]}


def test_a_game_that_was_played_here_has_frames_too(client, db, ada):
    document = of_ticks(game(2)[1])
    shard = bring_in(document, owner=ada, visibility="public")
    told = client.get(address(shard)).json()
    assert [frame["event_type"] for frame in told["frames"]] == [
        event["type"] for event in document["events"]
    ]
