"""Passage through a ghost gate: who left one shard joins another under a new id."""

from uuid import NAMESPACE_OID, uuid5

from games.game import Command, Snapshot
from games.segfault.reading import records, text


def transfers(snapshot: Snapshot) -> list[Command]:
    """Return a JOIN for each process that left by a ghost gate on this tick."""
    return [
        Command(
            new_id(snapshot, text(left.get("id"))),
            "JOIN",
            {"call_sign": text(left.get("call_sign")), "origin": "ghost"},
        )
        for left in records(snapshot, "departed")
        if left.get("gate") == "ghost"
    ]


def new_id(snapshot: Snapshot, old: str) -> str:
    """Return the id in the next shard: computed, so that the same passage gives the same id."""
    return str(uuid5(NAMESPACE_OID, f"{snapshot.get('shard_id')}/{snapshot.get('tick')}/{old}"))
