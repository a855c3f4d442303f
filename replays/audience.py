"""How many watch pushed replays from this process, for the pusher's answer and for health."""

from collections import Counter

EVERYTHING = ""
_watching: Counter[str] = Counter()


def join(replay_id: str = EVERYTHING) -> None:
    _watching[replay_id] += 1


def leave(replay_id: str = EVERYTHING) -> None:
    _watching[replay_id] -= 1
    if _watching[replay_id] <= 0:
        del _watching[replay_id]


def of(replay_id: str) -> int:
    """Return how many will be told of this replay: who follows it, and who follows everything."""
    return _watching[EVERYTHING] + (_watching[replay_id] if replay_id != EVERYTHING else 0)


def size() -> int:
    return _watching.total()
