"""Bytes a tick at rest, rows and indexes counted, beside a JSON row per tick."""

import sqlite3
import time
from pathlib import Path

from benchmarks import plain_site
from benchmarks.trial import record, snapshots, trial_site

LEVELS = (3, 9, 12, 17, 19)
TICKS = 500


def main() -> None:
    with trial_site() as folder:
        recorded = snapshots(TICKS)
        empty = pages(folder / "site.sqlite3", folder / "empty.sqlite3")
        shard = record(recorded)
        ours = (pages(folder / "site.sqlite3", folder / "ours.sqlite3") - empty) / TICKS
        plain_site.store(str(folder / "plain.sqlite3"), recorded)
        plain = pages(folder / "plain.sqlite3", folder / "whole.sqlite3") / TICKS
        print(f"plain: {plain:,.0f} bytes a tick; ours: {ours:,.0f} (to reach: 130),")
        print(f"1/{plain / ours:,.0f} of plain (1/30), as the files of SQLite are after VACUUM")
        for level in LEVELS:
            tell_level(shard, level)


def pages(database: Path, copy: Path) -> int:
    """Return the bytes of all pages that a database needs, without free ones."""
    connection = sqlite3.connect(database)
    connection.execute("VACUUM INTO ?", [str(copy)])
    connection.close()
    return copy.stat().st_size


def tell_level(shard: object, level: int) -> None:
    from replays import format, reading

    contents = [reading.plain(chunk) for chunk in shard.chunks.all()]
    began = time.process_time()
    packed = sum(len(format.pack([content], level)) for content in contents)
    each = (time.process_time() - began) / len(contents)
    size, speed = packed / shard.total_ticks, sum(map(len, contents)) / 1e6 / (each * len(contents))
    now = " (in use)" if level == format.LEVEL else ""
    print(
        f"zstd level {level}{now}: {size:,.0f} bytes a tick in the body, {each * 1000:,.1f} ms of"
    )
    print(f"  CPU a chunk of 100 ticks, {speed:,.0f} MB a second")


if __name__ == "__main__":
    main()
