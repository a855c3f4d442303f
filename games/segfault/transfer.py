"""Passage through a ghost gate: who left one shard joins another under a new id."""

from games.game import Command, Snapshot
from games.segfault.reading import records, text


def transfers(snapshot: Snapshot) -> list[Command]:
    """Return a JOIN for each process that left by a ghost gate on this tick, by its old id.

    Whoever carries it to another shard gives it a new id that nothing recorded here tells: while
    that shard is live nobody may tie a process to a call sign.
    """
    return [
        Command(
            text(left.get("id")),
            "JOIN",
            {"call_sign": text(left.get("call_sign")), "origin": "ghost"},
        )
        for left in records(snapshot, "departed")
        if left.get("gate") == "ghost"
    ]
