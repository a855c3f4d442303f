"""How fast pushed chunks are kept: 32 senders of 8 KiB, one of 2 MB, and each in a commit alone.

`python -m benchmarks.push` takes half a minute. Every chunk that counts was answered, and so is on
disk. The site, its senders and the disk share the machine.
"""

import http.client
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks.many_shards import checkpoints
from benchmarks.trial import served, snapshots, trial_site

SENDERS = 32
SMALL_BYTES = 8 * 1024
LARGE_BYTES = 2 * 10**6
SECONDS = 6.0
APPLICATION = "segfault_site.asgi:application"
ARENA = "arena/replay-small.json"


def main() -> None:
    os.environ |= {"OPEN_PUSH": "True", "LIMIT_PUSHES": "1000000000/10"}
    frames = snapshots(400, ARENA)
    with trial_site() as folder, checkpoints():
        small, large = filled(frames, SMALL_BYTES), filled(frames, LARGE_BYTES)
        with served(APPLICATION, folder) as address:
            pushed(address, small, 4, 1.0, "warm")
            count, seconds = pushed(address, small, SENDERS, SECONDS, "small")
            print(f"8 KiB chunks, {SENDERS} senders: {count / seconds:,.0f} a second (≥ 1,500)")
            count, seconds = pushed(address, large, 2, SECONDS, "large")
            size = len(next(bodies(large, "large-0")))
            rate = count * size / seconds / 1e6
            print(f"2 MB chunks, 2 senders: {rate:,.0f} MB/s (≥ 40)")
        alone = one_by_one(small, 2.0)
        print(f"8 KiB chunks, each in a commit alone, no HTTP: {alone:,.0f} a second")


def filled(frames: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """Return as many frames as make up so many bytes."""
    listed: list[dict[str, Any]] = []
    while len(json.dumps(listed)) < size and len(listed) < len(frames):
        listed = frames[: len(listed) + max(1, len(listed) // 8)]
    return listed


def bodies(frames: list[dict[str, Any]], replay_id: str) -> Iterator[bytes]:
    """Yield the chunks of one replay, one after the other; JSON is made once."""
    listed = json.dumps(frames)
    for index in range(100_000):
        yield (
            f'{{"replay_id": "{replay_id}", "world_ref": null, "game": "arena", "chunk_index":'
            f' {index}, "chunk_count": 100000, "frames": {listed}}}'
        ).encode()


def pushed(
    address: str, frames: list[dict[str, Any]], senders: int, seconds: float, name: str
) -> tuple[int, float]:
    """Return how many chunks were answered, and in how many seconds."""
    counts = [0] * senders
    until = time.perf_counter() + seconds

    def send(number: int) -> None:
        site = urlsplit(address)
        line = http.client.HTTPConnection(site.hostname or "", site.port)
        for body in bodies(frames, f"{name}-{number}"):
            if time.perf_counter() > until:
                return
            line.request("POST", "/push", body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            told = answer.read()
            if answer.status != 200:
                raise RuntimeError(told)
            counts[number] += 1

    began = time.perf_counter()
    each(send, range(senders))
    return sum(counts), time.perf_counter() - began


def each(work: Callable[[int], None], numbers: Iterable[int]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one_by_one(frames: list[dict[str, Any]], seconds: float) -> float:
    """Return how many chunks a second one commit each allows."""
    from replays import pushed_chunk, pushes
    from replays.push_rows import Arrival

    count, began = 0, time.perf_counter()
    for body in bodies(frames, "alone"):
        if time.perf_counter() - began > seconds:
            break
        pushes.take([Arrival(None, pushed_chunk.read(body))])
        count += 1
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
