"""A file pushed straight from where it lies: the same file is the same recording, and sent once."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from . import wire
from .files import SnapshotFile
from .patience import Patience
from .site import Refused, Site, world_name, world_text

CHUNK_TICKS = 500
CHUNK_BYTES = 2 * 2**20
PATIENCE_SECONDS = 60.0


def push_file(
    site: Site,
    file: SnapshotFile,
    *,
    on_progress: Callable[[int, int], None] = lambda stored, ticks: None,
    on_away: Callable[[str], None] = lambda why: None,
    patience: float = PATIENCE_SECONDS,
    **options: Any,
) -> str | None:
    """Push what the site does not have of a file, and return where it can be watched.

    Raise Refused, or Away when the site has not answered for `patience` seconds: the same call
    goes on from there.
    """
    if not file.ticks:
        raise Refused(f"{file.path} holds no ticks.")
    world = world_text(file.world) if file.world is not None else None
    about = _about(site, file, world, options)
    asking = Patience(patience, on_away)
    standing = asking.ask(lambda: site.standing(about["replay_id"])) or {}
    arrived = set(standing.get("arrived") or ())
    if world is not None and not arrived:
        asking.ask(lambda: site.keep_world(world))
    stored, address = 0, standing.get("url")
    for index, lines, last in chunks(file.lines()):
        if index not in arrived:
            body = wire.body(about, index, lines, last=last)
            told = asking.ask(lambda body=body: site.push(body))  # type: ignore[misc]
            address = told.get("url") or address
        stored += len(lines)
        on_progress(stored, file.ticks)
    if address is None and standing.get("shard_id"):
        address = f"{site.address}/spectate/{standing['shard_id']}"
    return address


def _about(
    site: Site, file: SnapshotFile, world: bytes | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Return what is said of the file; its name is made of all that is sent."""
    given = {name: value for name, value in options.items() if value is not None}
    stated: dict[str, Any] = {"game": "arena" if world else "pushed"} | file.about | given
    stated |= {
        "meta": file.meta,
        "run": file.run,
        "world_ref": world_name(world) if world else None,
    }
    replay_id = stated.pop("replay_id", None)
    named = wire.about("file", **stated)
    digest = sha256(f"{file.digest} {sorted(named.items())!r}".encode()).hexdigest()
    return named | {"replay_id": replay_id or f"file-{digest[:32]}"}


def chunks(lines: Iterator[bytes]) -> Iterator[tuple[int, list[bytes], bool]]:
    """Yield index, lines and whether it is the last of each chunk; the same for the same lines."""
    index = size = 0
    chunk: list[bytes] = []
    for line in lines:
        if chunk and (len(chunk) >= CHUNK_TICKS or size + len(line) > CHUNK_BYTES):
            yield index, chunk, False
            index, chunk, size = index + 1, [], 0
        chunk.append(line)
        size += len(line)
    yield index, chunk, True
