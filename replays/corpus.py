"""Ended public recordings of a game as Parquet, for training: the same shards, the same bytes."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from games import Game
from games.table import Column, Moment, Table
from replays import reading
from replays.models import ReplayShard
from replays.verify import Broken, check_stored

VERSION = 1
ROWS_AT_ONCE = 5_000
FILE_BYTES = 256 * 2**20
"""A file is closed when it is larger than this; the next one goes on."""

KINDS = {
    "text": pa.string(),
    "truth": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
}
WHERE = (
    Column("shard", "text", "", "id of the shard"),
    Column("tick", "int32", "ticks", "which tick of the shard"),
)


def chosen(game: str, since: datetime | None = None) -> Iterator[ReplayShard]:
    """Yield the shards that a corpus may hold: ended, public and not hidden, the oldest first."""
    shards = (
        ReplayShard.objects.ended().recorded().filter(game=game, visibility="public", veiled=False)
    )
    shards = shards.filter(hidden_at=None).order_by("ended_at", "id")
    yield from (shards.filter(ended_at__gte=since) if since else shards).iterator(chunk_size=50)


def write_corpus(game: Game, shards: Iterable[ReplayShard], folder: Path) -> dict[str, Any]:
    """Write the tables of these shards into a new `folder`; return its manifest.

    All of it is written beside and appears under its name at once. A damaged shard is left out
    and named. Raise FileExistsError where there is something in the folder already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(folder)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    try:
        manifest = fill(game, shards, beside)
        os.replace(beside, folder)  # noqa: PTH105 – the one that replaces an empty folder
    except BaseException:
        shutil.rmtree(beside)
        raise
    return manifest


def fill(game: Game, shards: Iterable[ReplayShard], folder: Path) -> dict[str, Any]:
    files = [TableFiles(table, folder) for table in game.tables]
    included, damaged = [], []
    for shard in shards:
        try:
            check_stored(shard)
        except Broken as broken:
            damaged.append({"shard": str(shard.pk), "reason": str(broken)})
            continue
        for moment in moments(shard):
            for file in files:
                file.add(str(shard.pk), moment)
        included.append(told(shard))
    (folder / "README.md").write_text(readme(game))
    manifest = {
        "game": game.slug,
        "generator": f"manage.py corpus {VERSION}",
        "rules_versions": sorted({shard["rules_version"] for shard in included}),
        "files": [entry for file in files for entry in file.close()],
        "shards": included,
        "left_out": damaged,
    }
    text = json.dumps(manifest, indent=1)
    (folder / "manifest.json").write_text(text + "\n")
    return manifest


def moments(shard: ReplayShard) -> Iterator[Moment]:
    """Yield the ticks of a shard, each beside the one before; a chunk in memory at a time.

    After ticks that never came there is none before.
    """
    known, expected = actions_known(shard), None
    before: dict[str, Any] | None = None
    for entry in reading.entries(shard):
        tick, snapshot = entry["tick"], entry["snapshot"]
        seen = before if tick == expected else None
        yield Moment(tick, seen, snapshot, entry.get("commands", []), known)
        before, expected = snapshot, tick + 1


def actions_known(shard: ReplayShard) -> bool:
    """Tell whether the recording holds the actions that were taken: ours do, and have a seed."""
    return bool(shard.seed and shard.rules_version)


def told(shard: ReplayShard) -> dict[str, Any]:
    return {
        "shard": str(shard.pk),
        "ticks": shard.total_ticks,
        "origin": shard.origin,
        "rules_version": shard.rules_version,
        "actions_known": actions_known(shard),
        "chain": bytes(shard.chain).hex(),
    }


# Parquet


@dataclass
class TableFiles:
    """The files of one table: rows come in one by one and are written some thousand at a time."""

    table: Table
    folder: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    writer: pq.ParquetWriter | None = None

    def __post_init__(self) -> None:
        self.columns = (*WHERE, *self.table.columns)
        self.schema = pa.schema([described(column) for column in self.columns])

    def add(self, shard: str, moment: Moment) -> None:
        where = {"shard": shard, "tick": moment.tick}
        self.rows += [where | row for row in self.table.rows(moment)]
        if len(self.rows) >= ROWS_AT_ONCE:
            self.write()

    def write(self) -> None:
        if self.writer is None:
            name = f"{self.table.name}-{len(self.files):05}.parquet"
            self.files.append({"file": name, "table": self.table.name, "rows": 0})
            self.writer = pq.ParquetWriter(
                self.folder / name, self.schema, compression="zstd", compression_level=9
            )
        self.writer.write_table(pa.Table.from_pylist(self.rows, self.schema))
        self.files[-1]["rows"] += len(self.rows)
        self.rows = []
        if (self.folder / self.files[-1]["file"]).stat().st_size >= FILE_BYTES:
            self.end_file()

    def end_file(self) -> None:
        assert self.writer is not None  # noqa: S101
        self.writer.close()
        self.writer = None
        path = self.folder / self.files[-1]["file"]
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        self.files[-1] |= {"bytes": path.stat().st_size, "sha256": digest}

    def close(self) -> list[dict[str, Any]]:
        """Write what is left, an empty file if there was nothing; return what was written."""
        if self.rows or not self.files:
            self.write()
        if self.writer:
            self.end_file()
        return self.files


def described(column: Column) -> pa.Field:
    meaning = {"unit": column.unit, "meaning": column.meaning}
    return pa.field(column.name, kind(column.kind), metadata=meaning)


def kind(name: str) -> pa.DataType:
    if name.startswith("["):
        return pa.list_(pa.field("element", kind(name[1:-1])))
    base, _, count = name.partition("*")
    return pa.list_(pa.field("element", KINDS[base]), int(count)) if count else KINDS[base]


def readme(game: Game) -> str:
    """Return what the columns are, out of the very schema that is written."""
    parts = [f"# Recordings of {game.title or game.slug} as tables\n", ABOUT]
    for table in game.tables:
        parts.append(f"\n## {table.name}\n\n{table.meaning}\n\n| column | type | unit | meaning |")
        parts.append("|---|---|---|---|")
        for column in (*WHERE, *table.columns):
            unit, arrow = column.unit or "–", kind(column.kind)
            parts.append(f"| `{column.name}` | `{arrow}` | {unit} | {column.meaning} |")
    return "\n".join(parts) + "\n"


ABOUT = """One row a thing and tick, in the order of shards and ticks. What was observed is what was
seen at the end of the tick before, when the action was chosen. Places are x to the east and y to
the south. `manifest.json` names every file with its rows and sha256, and every shard with the
version of its rules."""
