"""A recording as a file to take away: the game's own kind where it has one, else the portable."""

from collections.abc import Iterator
from typing import NamedTuple

from games.game import Refused
from replays import format, portable, reading
from replays.models import ReplayShard

KINDS = ("own", "portable")


class File(NamedTuple):
    """A file by name, and its bytes piece by piece."""

    name: str
    pieces: Iterator[bytes]


def file(shard: ReplayShard, kind: str = "own") -> File:
    """Return the file of a shard that has ended, or raise Refused; its pieces may raise Damaged.

    The same recording gives the same bytes, here and wherever it was imported.
    """
    if not shard.ended:
        raise Refused("This shard is still live: it can be exported once it has ended.")
    game = shard.rules
    if kind == "own" and game.file_keys:
        return File(game.filename(str(shard.pk)), own(shard))
    name = f"{shard.game}-{str(shard.pk)[:8]}.json"
    portable_name = f"{shard.game}-replay-{str(shard.pk)[:8]}.json" if game.file_keys else name
    return File(portable_name, portable.write(shard))


def own(shard: ReplayShard) -> Iterator[bytes]:
    """Yield the game's own kind of file; what it says of when is when the recording ended."""
    if shard.ended_at is None or not shard.total_ticks:
        raise Refused("A game without events cannot be exported.")
    ticks = ((entry["t"], entry["snapshot"]) for entry in reading.entries(shard))
    document = shard.rules.write_file(
        ticks,
        game_id=str(shard.pk),
        written_at=shard.ended_at.isoformat(),
        rules_version=shard.rules_version,
    )
    yield format.write_json(document)
