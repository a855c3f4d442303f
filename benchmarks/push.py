"""How fast pushed chunks are kept and shown, with 16 viewers who read and 16 who do not.

`python -m benchmarks.push [--postgres postgres://user@host/name]` takes a minute. Every chunk that
counts was answered, and so is on disk: of SQLite, or of the PostgreSQL server that is named.
The plain way is in the same run and without HTTP: read the JSON, a row a frame, a commit a chunk.
The site, its senders, its viewers and the disk share the machine.
"""

import argparse
import http.client
import json
import os
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from benchmarks.many_shards import checkpoints
from benchmarks.push_clients import (
    Sender,
    busy,
    one_frame,
    resident,
    send_all,
    watched,
    worker_of,
)
from benchmarks.trial import SHARED_DATA, served, snapshots, trial_postgres, trial_site

SENDERS = 32
LARGE_SENDERS = 2
SMALL_BYTES = 8 * 1024
LARGE_BYTES = 2 * 10**6
SECONDS = 5.0
PLAIN_SECONDS = 2.0
READING = SILENT = 16
REPLAYS = 30
CHUNKS = 4  # of 2 MB, of each of those
SIDE = 160  # columns
CANONICAL: Any = {"sort_keys": True, "separators": (",", ":")}
APPLICATION = "segfault_site.asgi:application"
ARENA = "arena/replay-small.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", default="", help="A server to measure instead of SQLite.")
    server = parser.parse_args().postgres
    os.environ |= {"OPEN_PUSH": "True", "LIMIT_PUSHES": "1000000000/10"}
    with trial_postgres(server) if server else nullcontext("") as database:
        measure(database)


def measure(database: str) -> None:
    frames = snapshots(400, ARENA)
    small, large = filled(frames, SMALL_BYTES), filled(frames, LARGE_BYTES)
    with trial_site(database) as folder, checkpoints():
        with served(APPLICATION, folder) as address:
            port = urlsplit(address).port or 0
            # Viewers first: who comes later is told all that is under way before what is new.
            waits = one_frame(port, frames[0], 60)[1:]
            print(f"one frame to a viewer: p50 {statistics.median(waits) * 1e3:.1f} ms (≤ 20)")
            with watched(port, READING, SILENT):
                print(f"with {READING} viewers who read and {SILENT} who do not:")
                tell_rates(port, small, large)
            print("with nobody watching:")
            tell_rates(port, small, large)
            tell_memory(port, large)
            tell_ways(address)
        tell_plain(small, large)


def filled(frames: list[dict[str, Any]], size: int) -> str:
    """Return as many frames as make up so many bytes, as JSON."""
    listed: list[dict[str, Any]] = []
    while len(json.dumps(listed)) < size and len(listed) < len(frames):
        listed = frames[: len(listed) + max(1, len(listed) // 8)]
    return json.dumps(listed)


def tell_rates(port: int, small: str, large: str) -> None:
    """Tell both rates; where others work on the machine, look at that of a core's time."""
    from django.db import connection

    rate, of_core = pushed(port, small, SENDERS)
    wanted = "≥ 800" if connection.vendor == "postgresql" else "≥ 1,500"
    told = f"{rate:,.0f} a second ({wanted}), {of_core:,.0f} a core"
    print(f"8 KiB chunks, {SENDERS} senders: {told}")
    megabytes = len(large) / 1e6
    rate, of_core = pushed(port, large, LARGE_SENDERS)
    print(
        f"2 MB chunks, {LARGE_SENDERS} senders: {rate * megabytes:,.1f} MB/s (≥ 40),"
        f" {of_core * megabytes:,.1f} a core"
    )


def pushed(port: int, frames: str, senders: int) -> tuple[float, float]:
    """Return how many chunks were answered a second, and a second that the site had a core."""
    name, site = time.time_ns(), worker_of(port)
    listed = [Sender(port, f"{name}-{number}", frames) for number in range(senders)]
    before = busy(site)
    count, seconds = send_all(listed, SECONDS)
    return count / seconds, count / (busy(site) - before)


def tell_memory(port: int, large: str) -> None:
    push_whole(port, large, 3)
    before = resident(worker_of(port))
    push_whole(port, large, REPLAYS)
    grown = resident(worker_of(port)) - before
    print(f"{REPLAYS} replays of {CHUNKS} × 2 MB more: {grown:+.1f} MB of {before:,.0f} (≤ +20)")


def push_whole(port: int, frames: str, replays: int) -> None:
    for _ in range(replays):
        count, _ = send_all([Sender(port, f"whole-{time.time_ns()}", frames, CHUNKS)], 60.0)
        assert count == CHUNKS


def tell_ways(address: str) -> None:
    """Ask for the graph of a world that is as large as those of a trainer, twice and more."""
    path = SHARED_DATA / ARENA
    if not path.exists():
        print(f"no {ARENA} in {SHARED_DATA}: ways are not measured")
        return
    world = json.dumps(tiled(json.loads(path.read_bytes())["world"]), **CANONICAL)
    name = sha256(world.encode()).hexdigest()[:16]
    site = urlsplit(address)
    line = http.client.HTTPConnection(site.hostname or "", site.port)
    line.request("PUT", f"/worlds/{name}", world, {"Content-Type": "application/json"})
    line.getresponse().read()

    def ask() -> int:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        line.request("POST", "/nav/graph", json.dumps({"world_hash": name}), headers)
        return len(line.getresponse().read())

    built = timed(ask)
    kept = statistics.median(timed(ask) for _ in range(30))
    print(
        f"graph of a world: built in {built * 1e3:.0f} ms (≤ 150), kept {kept * 1e3:.1f} ms (≤ 5)"
    )


def tiled(world: dict[str, Any]) -> dict[str, Any]:
    """Return a world of 160 × 160 columns, made of as many of this one as it takes."""
    wide, deep, high = world["size"]
    walls = [
        [x + left, y + top, z, *kind]
        for left in range(0, SIDE, wide)
        for top in range(0, SIDE, deep)
        for x, y, z, *kind in world["walls"]
        if x + left < SIDE and y + top < SIDE
    ]
    return world | {"size": [SIDE, SIDE, high], "walls": walls}


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def tell_plain(small: str, large: str) -> None:
    rate = plain_rate(small)
    print(f"plain, 8 KiB chunks, no HTTP: {rate:,.0f} a second")
    print(f"plain, 2 MB chunks, no HTTP: {plain_rate(large) * len(large) / 1e6:,.1f} MB/s")


def plain_rate(frames: str) -> float:
    """Return how many chunks a second are read, split into rows, and committed one by one."""
    from django.db import transaction

    from games import get_game
    from replays import recording
    from replays.models import ReplayTick

    shard = recording.open_shard(get_game("measured"))
    tick = count = 0
    began = time.perf_counter()
    while time.perf_counter() - began < PLAIN_SECONDS:
        with transaction.atomic():
            for frame in json.loads(frames):
                line = json.dumps({"tick": tick, "snapshot": frame}).encode()
                ReplayTick.objects.create(shard=shard, tick=tick, line=line, summary=b"{}")
                tick += 1
        count += 1
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
