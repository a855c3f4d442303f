"""A chunk of frames as a trainer pushes it, read and checked before anything is stored."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from games import hints
from games.game import Refused
from replays import format

MOST_FRAMES = 1_000
MOST_CHUNKS = 100_000
MOST_ABOUT = 64 * 1024  # bytes of meta and run together
OURS = ("game", "visibility", "hints")
"""What is stated by those who know this site; the arena's own trainer states none of it."""
VISIBILITIES = ("public", "unlisted", "private")
REPLAY_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_WORLD = re.compile(r"[0-9a-f]{16}")
_GAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class NotPushed(Refused):
    """A chunk that cannot be; `field` is the one at fault."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}.")
        self.field = field


class Conflicts(NotPushed):
    """A chunk that contradicts what is stored."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk that is right in itself; `digest` names its bytes.

    `texts` are its frames as they are stored, written anew so that no key stands in them twice.
    `count` is None where it says nothing of how many there will be.
    """

    replay_id: str
    world: str | None
    index: int
    count: int | None
    frames: list[dict[str, Any]]
    texts: list[bytes]
    about: dict[str, Any]
    game: str
    visibility: str
    digest: bytes
    hints: dict[str, Any] | None = None
    knows_us: bool = False
    """Whether whoever sends it knows this site, and not only the arena's own push server."""


def read(body: bytes | bytearray) -> Chunk:
    """Return the chunk that a body holds, or raise NotPushed naming the field at fault."""
    stated = format.read_json(bytes(body), repeats=True)
    if not isinstance(stated, dict):
        raise Refused("A chunk is an object.")
    count = _count(stated)
    index = _index(stated, count)
    about = {name: stated[name] for name in ("meta", "run") if stated.get(name) is not None}
    if len(format.write_json(about)) > MOST_ABOUT:
        raise NotPushed("meta", f"with run it may have at most {MOST_ABOUT} bytes")
    meta = about.get("meta", {})
    if not isinstance(meta, dict):
        raise NotPushed("meta", "it must be an object")
    frames = _frames(stated.get("frames"))
    return Chunk(
        replay_id=_matching(stated, "replay_id", REPLAY_ID, "up to 64 letters, digits and . _ : -"),
        world=_matching(stated, "world_ref", _WORLD, "16 digits of a hash", needed=False) or None,
        index=index,
        count=count,
        frames=frames,
        texts=list(map(format.write_json, frames)),
        about=about,
        game=_matching(
            {"game": stated.get("game", meta.get("game"))},
            "game", _GAME, "up to 32 small letters, digits, - and _", needed=False,
        ),
        visibility=_visibility(stated.get("visibility", meta.get("visibility"))),
        digest=sha256(body).digest(),
        hints=_hints(stated.get("hints")) if index == 0 else None,
        knows_us=count is None or any(name in stated for name in OURS),
    )  # fmt: skip


def _whole(stated: dict[str, Any], field: str, least: int, most: int) -> int:
    value = stated.get(field)
    if type(value) is not int or not least <= value <= most:
        raise NotPushed(field, f"it must be a whole number from {least} to {most}")
    return value


def _count(stated: dict[str, Any]) -> int | None:
    if stated.get("chunk_count") is None:
        return None
    return _whole(stated, "chunk_count", 1, MOST_CHUNKS)


def _index(stated: dict[str, Any], count: int | None) -> int:
    index = _whole(stated, "chunk_index", 0, MOST_CHUNKS - 1)
    if count is not None and index >= count:
        raise NotPushed("chunk_index", f"it must be below chunk_count, which is {count}")
    return index


def _matching(
    stated: dict[str, Any], field: str, pattern: re.Pattern[str], words: str, *, needed: bool = True
) -> str:
    value = stated.get(field)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotPushed(field, f"it must be {words}")
    return value


def _frames(stated: Any) -> list[dict[str, Any]]:
    if not isinstance(stated, list):
        raise NotPushed("frames", "it must be a list")
    if len(stated) > MOST_FRAMES:
        raise NotPushed("frames", f"a chunk has at most {MOST_FRAMES}")
    for position, frame in enumerate(stated):
        if type(frame) is not dict:
            raise NotPushed(f"frames/{position}", "a frame is an object")
    return stated


def _hints(stated: Any) -> dict[str, Any] | None:
    if stated is None:
        return None
    try:
        return hints.check(stated)
    except Refused as refusal:
        place, _, sentence = str(refusal).partition(": ")
        raise NotPushed(place, sentence.removesuffix(".")) from None


def _visibility(stated: Any) -> str:
    if stated is None:
        return VISIBILITIES[0]
    if stated not in VISIBILITIES:
        raise NotPushed("visibility", f"it must be one of {', '.join(VISIBILITIES)}")
    return stated
