"""Take in a recording of SEGFAULT of 50 MB, beside the plain way: json.load and a row a tick.

Each runs in a process of its own, so that memory is that of one; ours checks every tick besides.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.plain_site import SCHEMA, SHARD
from benchmarks.trial import ROOT, snapshots, trial_site

BYTES = 50_000_000


def main() -> None:
    if len(sys.argv) > 2:
        {"plain": plain, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))
        return
    with trial_site() as folder:
        file = folder / "recording.json"
        ticks = write(file)
        times = {way: run(way, file) for way in ("plain", "ours")}
    size = BYTES / 1e6
    for way, (seconds, busy, before, peak) in times.items():
        print(
            f"{way}: {ticks:,} ticks, {size:.0f} MB in {seconds:.2f} s ({busy:.2f} busy),", end=" "
        )
        print(f"{peak:.0f} MB at most, {peak - before:.0f} MB more than before")
    print(f"ours takes {times['ours'][0] / times['plain'][0]:.2f} × the time of the plain way,")
    print(f"{times['ours'][3] / times['plain'][3]:.2f} × its memory (to reach: 1.5 s, 150 MB)")


def write(file: Path) -> int:
    """Write real ticks one after the other, renumbered, until it is large enough; count them."""
    real = snapshots(500)
    head = {"shard_id": SHARD, "started_at": 1_770_300_000, "ended_at": 1_770_400_000}
    size = tick = 0
    with file.open("w") as out:
        out.write(f'{{"shard":{json.dumps(head)},"ticks":[')
        while size < BYTES:
            snapshot = real[tick % len(real)]
            tick += 1
            quiet: dict[str, list[str]] = {name: [] for name in snapshot["events"]}
            snapshot = snapshot | {"tick": tick, "events": quiet}
            entry = json.dumps({"tick": tick, "snapshot": snapshot}, separators=(",", ":"))
            size += out.write(("," if tick > 1 else "") + entry)
        out.write("]}")
    return tick


def run(way: str, file: Path) -> tuple[float, ...]:
    """Return seconds, those busy, and the megabytes before and at most, of the best of three."""
    command = [sys.executable, "-m", "benchmarks.import_file", way, str(file)]
    told = [
        subprocess.run(command, cwd=ROOT, env=os.environ, check=True, capture_output=True)
        for _ in range(3)
    ]
    return min(tuple(map(float, answer.stdout.split()[-4:])) for answer in told)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tell(began: float, busy_before: float, before: float) -> None:
    print(time.perf_counter() - began, time.process_time() - busy_before, before, megabytes())


def plain(file: Path) -> None:
    before, began, busy = megabytes(), time.perf_counter(), time.process_time()
    with file.open() as stream:
        whole = json.load(stream)
    database = sqlite3.connect(f"{file}.plain")
    database.executescript("PRAGMA journal_mode=WAL; DROP TABLE IF EXISTS replay_ticks;" + SCHEMA)
    rows = [
        (SHARD, entry["tick"], json.dumps(entry["snapshot"]), whole["shard"]["started_at"])
        for entry in whole["ticks"]
    ]
    insert = "INSERT INTO replay_ticks (shard_id, tick, snapshot, created_at) VALUES (?, ?, ?, ?)"
    database.executemany(insert, rows)
    database.commit()
    tell(began, busy, before)


def ours(file: Path) -> None:
    import django

    django.setup()
    from replays import importing
    from replays.models import ReplayShard

    ReplayShard.objects.all().delete()
    before, began, busy = megabytes(), time.perf_counter(), time.process_time()
    with file.open("rb") as stream:
        importing.read(stream)
    tell(began, busy, before)


if __name__ == "__main__":
    main()
