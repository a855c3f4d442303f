"""What tests of Golf's files share: recorded games as documents and bytes, and a game to import."""

import json
from functools import lru_cache
from io import BytesIO
from typing import Any

from games.golf import export
from replays import exporting, importing
from replays.models import ReplayShard
from tests.tables import GAME, game, played, recorded


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def bring_in(document: Any, **asked: Any) -> ReplayShard:
    body = document if isinstance(document, bytes) else as_bytes(document)
    return importing.read(BytesIO(body), **asked)


def taken_out(shard: ReplayShard, kind: str = "own") -> bytes:
    return b"".join(exporting.file(shard, kind).pieces)


def of_ticks(snapshots: Any) -> dict[str, Any]:
    """Return the export of a game that was played in a test."""
    ticks = [(1.25 * tick, snapshot) for tick, snapshot in enumerate(snapshots)]
    told = {"exported_at": "2026-11-21T09:12:17+00:00", "rules_version": GAME.version}
    return export.document(ticks, game_id="0a946da7-970c-4ed0-a760-896cff11bd3c", **told)


@lru_cache(maxsize=1)
def small() -> bytes:
    """Return a short game of two players, as bytes."""
    return as_bytes(of_ticks(game(1)[1]))


@lru_cache(maxsize=1)
def longest() -> bytes:
    """Return a game of six players and eighteen rounds: some 1,600 events."""
    return as_bytes(of_ticks(played({"seats": 6, "num_rounds": 18, "num_decks": 2}, 5)))


def file_of(name: str) -> dict[str, Any]:
    return recorded(name)
