"""How a body goes out: in the encoding the client likes best, under an ETag of its own."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import deflate

from replays import format

OFFERED = ("zstd", "gzip", "identity")
"""What we answer in; where a client likes two alike, the first."""
QUICK_LEVEL = 3  # zstd, for what is packed while somebody waits
GZIP_LEVEL = 5
"""Of libdeflate: as small as zlib's 6, in a third of its time."""
_QUALITY = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.IGNORECASE)


class Encoded(NamedTuple):
    """A body as it is sent, with its encoding and strong ETag."""

    body: bytes
    encoding: str
    etag: str


@lru_cache(maxsize=512)
def chosen(accept_encoding: str, offered: tuple[str, ...] = OFFERED) -> str:
    """Return the encoding for an Accept-Encoding; identity where it says nothing we know."""
    likes = _likes(accept_encoding)
    others = likes.get("*", 0.0)
    wanted = {name: likes.get(name, others) for name in offered}
    if "identity" not in likes and "*" not in likes:
        wanted["identity"] = 0.0001  # always good enough, unless it is refused
    best = max(offered, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else "identity"


def _likes(accept_encoding: str) -> dict[str, float]:
    likes: dict[str, float] = {}
    for part in accept_encoding[:1000].split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = _QUALITY.fullmatch(parameters[0]) if parameters else None
        if name and (quality or not parameters):
            likes[name.lower()] = float(quality[1]) if quality else 1.0
    return likes


def encode(content: bytes, encoding: str, name: str = "") -> Encoded:
    """Return `content` encoded; its ETag comes from `name`, or from the digest of what is sent."""
    body = packed(content, encoding)
    return Encoded(body, encoding, etag(name or sha256(body).hexdigest()[:32], encoding))


def packed(content: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        return format.pack([content], QUICK_LEVEL)
    return bytes(deflate.gzip_compress(content, GZIP_LEVEL)) if encoding == "gzip" else content


def etag(name: str, encoding: str) -> str:
    return f'"{name}-{encoding}"'
