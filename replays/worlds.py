"""Worlds: static data that ticks and shards share, named by its hash and kept once."""

import json
from hashlib import sha256
from typing import Any

from games.game import Refused
from replays import format
from replays.models import World

NAME_LENGTH = 16
QUICK_LEVEL = 6  # zstd


class OtherWorld(Refused):
    """Another world is kept under this name."""


def canonical(world: dict[str, Any]) -> bytes:
    """Return the text that names a world, byte for byte as the arena's trainer makes it."""
    return json.dumps(world, sort_keys=True, separators=(",", ":")).encode()


def name_of(text: bytes) -> str:
    """Return the name of a world by its canonical text."""
    return sha256(text).hexdigest()[:NAME_LENGTH]


def keep(name: str, body: bytes) -> None:
    """Keep a world under its name, the first 16 digits of its hash; raise Refused for any other."""
    world = format.read_json(body, repeats=True)
    if not isinstance(world, dict):
        raise Refused("A world is an object.")
    text = canonical(world)
    digest = sha256(text)
    made = digest.hexdigest()[:NAME_LENGTH]
    if made != name:
        raise Refused(f"The hash of this world is {made}, not {name[:NAME_LENGTH]}.")
    kept, _ = World.objects.get_or_create(
        name=name,
        defaults={
            "sha256": digest.digest(),
            "plain_bytes": len(text),
            "body": format.pack([text], QUICK_LEVEL),
        },
    )
    if bytes(kept.sha256) != digest.digest():
        raise OtherWorld(f"Another world is kept as {name} already.")


def text_of(world: World) -> bytes:
    """Return a world as JSON."""
    return format.unpack(bytes(world.body))


def read(world: World) -> dict[str, Any]:
    return format.read_line(text_of(world))


def is_of_voxels(world: World) -> bool:
    """Tell whether a world is one of the arena: it has a size and walls."""
    stated = read(world)
    return isinstance(stated.get("size"), list) and isinstance(stated.get("walls"), list)
