"""A body as it came, plain or packed: unpacked up to a cap, whatever its headers claim."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from games.game import Refused
from replays.format import DamagedError, unpacker

STEP = 256 * 1024  # bytes unpacked at once
MOST_PARTS = 1_000  # of one packed body; each costs something, and may hold nothing
WINDOW_LOG = 23
"""8 MiB, as RFC 9659 has it for what is sent: what a packed frame may make us set aside."""
MARKS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class TooLarge(Refused):
    """More came, or more came out of it, than is taken."""


def unpacked(
    stream: BinaryIO, most: int, *, packing: str = "", most_packed: int | None = None
) -> bytearray:
    """Return what a stream holds, or raise TooLarge; Refused where it cannot be unpacked.

    `packing` is gzip, zstd or identity; where nothing is said its first bytes tell.
    """
    pieces = _pieces(stream, most if most_packed is None else most_packed)
    first = next(pieces, b"")
    packing = packing or _told_by(first)
    opener = OPENERS.get(packing)
    body = bytearray()
    for piece in _all(first, pieces) if opener is None else _opened(opener, _all(first, pieces)):
        body += piece
        if len(body) > most:
            raise TooLarge(f"The file is larger than {most >> 20} MiB.")
    return body


def _pieces(stream: BinaryIO, most: int) -> Iterator[bytes]:
    came = 0
    while piece := stream.read(STEP):
        came += len(piece)
        if came > most:
            raise TooLarge(f"More than {most >> 20} MiB came.")
        yield piece


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _told_by(first: bytes) -> str:
    return next((name for mark, name in MARKS.items() if first.startswith(mark)), "identity")


# Packed parts, one after the other, as gzip and zstd both allow


class _Gzip:
    def __init__(self) -> None:
        self.part = zlib.decompressobj(wbits=31)
        self.left = b""

    def step(self, piece: bytes) -> bytes:
        out = self.part.decompress(piece, STEP)
        self.left = self.part.unconsumed_tail or self.part.unused_data
        return out

    @property
    def ended(self) -> bool:
        return self.part.eof


class _Zstd:
    def __init__(self) -> None:
        self.part = unpacker(WINDOW_LOG)
        self.left = b""

    def step(self, piece: bytes) -> bytes:
        out = self.part.decompress(piece, STEP)
        self.left = self.part.unused_data if self.part.eof else b""
        return out

    @property
    def ended(self) -> bool:
        return self.part.eof


OPENERS: dict[str, Callable[[], Any]] = {"gzip": _Gzip, "zstd": _Zstd}


def _opened(opener: Callable[[], Any], pieces: Iterator[bytes]) -> Iterator[bytes]:
    part, parts = opener(), 1
    begun = False
    for piece in pieces:
        out = b""
        while piece or len(out) == STEP:
            if part.ended:
                part, parts, out = opener(), parts + 1, b""
                if parts > MOST_PARTS:
                    raise Refused(f"It is packed in more than {MOST_PARTS} parts.")
            try:
                out = part.step(piece)
            except (zlib.error, DamagedError):
                raise Refused("It cannot be unpacked.") from None
            begun, piece = True, part.left
            yield out
            if part.ended and not piece:
                break
    if not begun or not part.ended:
        raise Refused("It is packed, and its end is missing.")
