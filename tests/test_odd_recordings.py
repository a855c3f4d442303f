"""Odd recordings, as other makers push them or bring them in: none breaks an answer."""

import json
from itertools import pairwise

import pytest

from games.game import Refused
from replays import reading, tokens
from replays.models import ReplayShard
from tests.golf_files import bring_in, file_of


@pytest.fixture
def pushed(client, ada):
    """Push frames as ada, as a game of that name, and return the shard that they became."""
    headers = {"Authorization": f"Bearer {tokens.make_token(ada, 'push')}"}

    def pushed(game, frames):
        chunk = {"replay_id": "odd", "chunk_index": 0, "chunk_count": 1, "game": game}
        body = json.dumps(chunk | {"frames": frames})
        answer = client.post("/push", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        return ReplayShard.objects.get()

    return pushed


# Golf that is none

SEAT = {"id": "p1", "name": "Ada", "total_score": 3}
NO_GAMES = [
    [{}],
    [{"event": 5}],
    [{"event": {"type": "game_created"}}],
    [{"event": {"type": [], "player_id": {}, "data": 0, "sequence": 1}}],
    [{"players": [[]], "event": None, "phase": {}}],
    [{"players": ["x"], "total_rounds": [], "options": 7, "hidden": 1}],
    [{"players": [SEAT | {"name": []}, SEAT | {"name": {}}, {"id": "p2"}], "phase": "game_over"}],
    [{"phase": "game_over", "event": {"type": "game_ended", "player_id": None, "data": {}}}],
]


@pytest.mark.parametrize("frames", NO_GAMES)
def test_golf_that_is_no_game_is_told_and_not_exported_as_one(client, ada, pushed, frames):
    shard = pushed("golf", frames)
    client.force_login(ada)
    told = client.get(f"/api/replay/game/{shard.pk}")
    assert told.status_code == 200
    assert len(told.json()["frames"]) == len(frames)
    own = client.get(f"/api/replay/game/{shard.pk}/export")
    assert own.status_code == 409
    assert own.json()["detail"].startswith("Event 1")
    plain = client.get(f"/api/replay/game/{shard.pk}/export?format=portable")
    assert plain.status_code == 200


def test_a_pushed_game_is_exported_as_one(client, ada, pushed):
    brought = bring_in(file_of("game-01"), owner=ada)
    frames = [entry["snapshot"] for entry in reading.entries(brought)]
    brought.delete()
    shard = pushed("golf", frames)
    client.force_login(ada)
    answer = client.get(f"/api/replay/game/{shard.pk}/export")
    assert answer.status_code == 200
    assert json.loads(answer.getvalue())["game"]["winner"] == file_of("game-01")["game"]["winner"]


def test_a_game_of_a_million_years_is_refused():
    document = file_of("game-01")
    document["events"][-1]["timestamp"] = document["game"]["duration_seconds"] = 1e15
    with pytest.raises(Refused, match=r"Event 25 \(game_ended\): timestamp must be a time"):
        bring_in(document)


# Ticks that never came


def with_gap(game, snapshot, present):
    """Return the file of a recording that holds only some ticks, which it states."""
    ticks = [{"tick": tick, "snapshot": snapshot(tick)} for tick in present]
    gaps = [[before + 1, after - 1] for before, after in pairwise(present) if after > before + 1]
    shard = {"game": game, "started_at": 1_795_000_000, "gaps": gaps}
    return {"shard": shard, "ticks": ticks}


PRESENT = [*range(3, 50), *range(60, 70), *range(400, 460)]


@pytest.fixture
def gappy(db, ada):
    return bring_in(with_gap("counting", lambda tick: {"score": tick}, PRESENT), owner=ada)


@pytest.mark.parametrize("limit", [7, 50, 500])
def test_frames_of_a_recording_with_gaps_come_once_each(client, gappy, limit):
    told, address = [], f"/api/replay/game/{gappy.pk}?limit={limit}"
    while address:
        page = client.get(address).json()
        told += [(frame["index"], frame["state"]["score"]) for frame in page["frames"]]
        address = page["next"]
    assert told == [(tick - 3, tick) for tick in PRESENT]


@pytest.mark.parametrize("limit", [7, 50, 500])
def test_ticks_of_a_recording_with_gaps_come_once_each(client, gappy, limit):
    told, start, has_more = [], 0, True
    while has_more:
        page = client.get(f"/replays/{gappy.pk}?start_tick={start}&limit={limit}").json()
        assert len(page["ticks"]) == min(limit, len(PRESENT) - len(told))
        told += [tick["tick"] for tick in page["ticks"]]
        start, has_more = told[-1] + 1, page["has_more"]
    assert told == PRESENT
