"""Files of snapshots: lines of JSON, a list, an arena's replay, or the site's portable file."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

from .snapshots import BadSnapshot, line_of
from .wire import with_fields

MOST_LINE_BYTES = 32 * 2**20
_ABOUT = ("game", "title", "tick_seconds")


class BadFile(ValueError):
    """A file that holds no snapshots, or one that cannot be recorded; its text names the place."""


@dataclass
class SnapshotFile:
    """What a file says of a recording: its ticks by `lines`, the rest at once."""

    path: Path
    ticks: int
    digest: str
    world: dict[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    run: Any = None
    about: dict[str, Any] = field(default_factory=dict)
    _kept: list[bytes] | None = field(default=None, repr=False)

    def lines(self) -> Iterator[bytes]:
        """Yield each snapshot as a line of JSON."""
        if self._kept is not None:
            yield from self._kept
            return
        with _opened(self.path) as file:
            for place, text in _stated_lines(file):
                yield _line(_parsed(text, place), place)


def read(path: Path) -> SnapshotFile:
    """Return a file whose every tick can be recorded, or raise BadFile or OSError."""
    try:
        if _has_lines(path):
            return _of_lines(path)
        with _opened(path) as file:
            content = file.read()
    except (gzip.BadGzipFile, EOFError) as error:
        raise BadFile(f"{path} is packed by gzip and torn ({error}).") from None
    return _of_whole(path, content)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb") if packed else path.open("rb"))


def _has_lines(path: Path) -> bool:
    """Tell whether a file holds a snapshot a line: then its first line is an object in itself."""
    with _opened(path) as file:
        first = next(_stated_lines(file), (0, b""))[1]
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not isinstance(value.get("frames", value.get("ticks")), list)


def _stated_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that say something, with their numbers from 1."""
    number = 0
    while text := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        if text.strip():
            yield number, text


def _of_lines(path: Path) -> SnapshotFile:
    digest, ticks = sha256(), 0
    with _opened(path) as file:
        for place, text in _stated_lines(file):
            digest.update(_line(_parsed(text, place), place) + b"\n")
            ticks += 1
    return SnapshotFile(path, ticks, digest.hexdigest())


def _parsed(text: bytes, place: int) -> Any:
    if len(text) > MOST_LINE_BYTES:
        raise BadFile(f"Line {place} is longer than {MOST_LINE_BYTES >> 20} MiB.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadFile(f"Line {place} is not JSON.") from None


def _of_whole(path: Path, content: bytes) -> SnapshotFile:
    try:
        stated = json.loads(content)
    except (ValueError, RecursionError):
        raise BadFile(f"{path} holds neither JSON nor lines of JSON.") from None
    told = stated if isinstance(stated, dict) else {}
    listed = told.get("frames", told.get("ticks")) if told else stated
    if not isinstance(listed, list):
        raise BadFile(f"{path} holds no list of snapshots, no frames and no ticks.")
    lines = [_line(entry, number) for number, entry in enumerate(listed, start=1)]
    world, meta, shard = told.get("world"), told.get("meta"), told.get("shard")
    counted = {name: told[name] for name in ("episode", "update") if type(told.get(name)) is int}
    about = shard if isinstance(shard, dict) else {}
    return SnapshotFile(
        path,
        len(lines),
        sha256(b"\n".join(lines)).hexdigest(),
        world if isinstance(world, dict) else None,
        counted | (meta if isinstance(meta, dict) else {}),
        told.get("run"),
        {name: about[name] for name in _ABOUT if about.get(name)},
        lines,
    )


def _line(entry: Any, place: int) -> bytes:
    """Return a snapshot as a line; one of a recording stands inside, beside its time."""
    try:
        return snapshot_line(entry)
    except BadSnapshot as error:
        raise BadFile(f"Tick {place} cannot be recorded: {error}.") from None


def snapshot_line(entry: Any) -> bytes:
    """Return an entry as the line of its snapshot, or raise BadSnapshot."""
    if isinstance(entry, dict) and isinstance(entry.get("snapshot"), dict) and "tick" in entry:
        seconds, snapshot = entry.get("t"), entry["snapshot"]
        timed = isinstance(seconds, int | float) and "t" not in snapshot
        return with_fields(line_of(snapshot), {"t": seconds} if timed else {})
    return line_of(entry)
