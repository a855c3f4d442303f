"""What a game pays for a tick: the client's `tick` beside posting each tick from the game's loop.

`python -m benchmarks.client` takes half a minute. The plain way is in the same run: `json.dumps`
and a POST a tick, on one connection that stays open. The site shares the machine.
"""

import http.client
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.trial import served, snapshots, trial_site
from client.segfault_client import Recording

APPLICATION = "segfault_site.asgi:application"
ARENA = "arena/replay-small.json"
TICKS = 4_000
PLAIN_TICKS = 400
PAUSE_SECONDS = 0.001  # what the game does between two ticks


def main() -> None:
    os.environ |= {"OPEN_PUSH": "True", "LIMIT_PUSHES": "1000000000/10"}
    frames = snapshots(400, ARENA)
    encoded = times(PLAIN_TICKS, frames, lambda frame: json.dumps(frame).encode())
    with trial_site() as folder, served(APPLICATION, folder) as address:
        told, left_out = recorded(address, Path(folder) / "spool", frames)
        plain = posted(address, frames)
    ratio = statistics.median(plain) / statistics.median(told)
    print(f"json.dumps alone: {words(encoded)}")
    print(f"tick: {words(told)}, {left_out} of {TICKS} left out (0)")
    print(f"a POST a tick: {words(plain)}, {ratio:.0f} times as long")


def words(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    median, late = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return f"p50 {median * 1e6:,.0f} µs, p99 {late * 1e6:,.0f} µs"


def times(count: int, frames: list[Any], work: Callable[[Any], Any]) -> list[float]:
    """Return how long each call took, with the game's own work in between."""
    taken = []
    for number in range(count):
        began = time.perf_counter()
        work(frames[number % len(frames)])
        taken.append(time.perf_counter() - began)
        time.sleep(PAUSE_SECONDS)
    return taken


def recorded(address: str, spool: Path, frames: list[Any]) -> tuple[list[float], int]:
    with Recording(address, "", spool=spool, game="measured") as recording:
        taken = times(TICKS, frames, recording.tick)
        recording.close(60.0)
    assert recording.whole, recording.refused
    return taken, recording.left_out


def posted(address: str, frames: list[Any]) -> list[float]:
    site, index = urlsplit(address), iter(range(PLAIN_TICKS))
    line = http.client.HTTPConnection(site.hostname or "", site.port)

    def post(frame: Any) -> None:
        stated = {"replay_id": "plain", "chunk_index": next(index), "frames": [frame]}
        body = json.dumps(stated | {"game": "measured", "chunk_count": PLAIN_TICKS})
        line.request("POST", "/push", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return times(PLAIN_TICKS, frames, post)


if __name__ == "__main__":
    main()
